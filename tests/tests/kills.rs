//! kill −9 of the real processes in the middle of a talk, each after a named entry: restarted on the
//! same record, the talk goes on to the same end.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::Path;

use detente_tests::mediators::client;
use detente_tests::patiently;
use detente_tests::programs::Process;
use detente_tests::talks_at::{convene, moves, scenario_terms, sound, watch_to_the_end, watch_until};
use record::{Page, SqliteReader, TalkId};
use transcript::Transcript;

const SCENARIO: &str = "geneva-2025";
/// The entry after which a process dies: some rounds in.
const NAMED: u64 = 12;
const ALL: Page = Page { entries: usize::MAX, bytes: usize::MAX };

async fn mediator(listen: &str, record: &Path) -> Process {
    let record = record.display().to_string();
    Process::start("detente", &["serve", "mediator", "--listen", listen, "--record", &record]).await
}

async fn delegation(party: &str, mediator: &str) -> Process {
    // The pace keeps the talk from ending before the kill arrives.
    let arguments = ["serve", "delegation", "--party", party, "--mediator", mediator, "--scenario", SCENARIO];
    Process::start("detente", &[&arguments[..], &["--seed", "7", "--pace", "20ms"]].concat()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_processes_come_back_and_the_talk_ends_as_it_would_have() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("talks.db");
    let mut table = mediator("127.0.0.1:0", &record).await;
    let (url, listen) = (table.url(), table.address().to_owned());
    let mut usa = delegation("USA", &url).await;
    let _chn = delegation("CHN", &url).await;
    let terms = scenario_terms(SCENARIO, None);
    let mut watching = client(&url).await;

    let talk = convene(&mut watching, "in peace", &terms).await;
    let peace = watch_to_the_end(&mut watching, &talk).await;
    assert!(peace.talk().agreed().is_some());

    let without_usa = convene(&mut watching, "a delegation dies", &terms).await;
    watch_until(&mut watching, &without_usa, |t| t.tip().seq >= NAMED).await;
    usa.kill().await;
    usa = delegation("USA", &url).await;
    let after_usa = watch_to_the_end(&mut watching, &without_usa).await;

    let without_table = convene(&mut watching, "the mediator dies", &terms).await;
    watch_until(&mut watching, &without_table, |t| t.tip().seq >= NAMED).await;
    table.kill().await;
    table = mediator(&listen, &record).await;
    let after_table = watch_to_the_end(&mut client(&url).await, &without_table).await;
    assert!(after_table.tip().epoch > 1, "the takeover is an entry");

    // Both at once, and the mediator first to come back.
    let without_both = convene(&mut client(&url).await, "both die", &terms).await;
    watch_until(&mut client(&url).await, &without_both, |t| t.tip().seq >= NAMED).await;
    usa.kill().await;
    table.kill().await;
    table = mediator(&listen, &record).await;
    usa = delegation("USA", &url).await;
    let after_both = watch_to_the_end(&mut client(&url).await, &without_both).await;

    assert!(usa.terminate().await.success());
    assert!(table.terminate().await.success());
    for (talk, seen) in
        [(&without_usa, &after_usa), (&without_table, &after_table), (&without_both, &after_both)]
    {
        assert_eq!(seen.talk().agreed(), peace.talk().agreed(), "{talk}");
        assert_eq!(seen.talk().history().len(), peace.talk().history().len(), "{talk}");
        patiently("the record", async { assert_whole(&record, talk, seen) }).await;
    }
}

/// The file holds what was watched: dense, chained, each move once.
fn assert_whole(record: &Path, talk: &TalkId, seen: &Transcript) {
    let reader = SqliteReader::open(record).unwrap();
    assert_eq!(reader.verify(talk).unwrap(), seen.tip());
    let entries = reader.read(talk, 0, ALL).unwrap();
    assert_eq!(sound(talk, &entries).tip(), seen.tip());
    assert_eq!(moves(&entries).len(), seen.talk().history().len());
}
