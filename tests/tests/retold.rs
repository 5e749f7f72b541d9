//! A mediator that is killed loses the spans it had not sent. The next one tells the talk and its last
//! rounds again, as they were, so that what delegations say below them hangs nowhere in the air.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;
use std::path::Path;

use detente_tests::collector::{Collector, SpanData};
use detente_tests::mediators::client;
use detente_tests::programs::{Process, program};
use detente_tests::rotel::free_addresses;
use detente_tests::talks_at::{convene, scenario_terms, watch_to_the_end, watch_until};
use detente_tests::traced::trace_of;
use detente_tests::{PATIENCE, patiently};
use record::{Page, SqliteReader, TalkId};
use transcript::Transcript;
use wire::pb::mediation::v1 as pb;

/// Where whoever convenes the talk stands.
const CALLER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

async fn mediator(listen: &str, folder: &Path, otlp: &str) -> Process {
    let record = folder.join("talks.db").display().to_string();
    Process::start("detente-mediator", &["--listen", listen, "--record", &record, "--otlp", otlp]).await
}

async fn delegations(mediator: &str, otlp: &str) -> [Process; 2] {
    let seat = ["--mediator", mediator, "--otlp", otlp, "--pace", "20ms"];
    [Process::start("detente-us", &seat).await, Process::start("detente-china", &seat).await]
}

fn named<'a>(spans: &'a [SpanData], name: &str) -> Vec<&'a SpanData> {
    spans.iter().filter(|span| span.name == name).collect()
}

/// The place beside each entry that began a talk or a round, and the time of that entry.
fn beside_entries(record: &Path, talk: &TalkId) -> BTreeMap<String, i64> {
    let all = Page { entries: usize::MAX, bytes: usize::MAX };
    let entries = SqliteReader::open(record).unwrap().read(talk, 0, all).unwrap();
    let mut began = BTreeMap::new();
    for entry in entries {
        let span = entry.trace.unwrap().split('-').nth(2).unwrap().to_owned();
        began.entry(span).or_insert(entry.time_us);
    }
    began
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_mediator_never_sent_is_told_by_the_next_one() {
    let (collector, folder) = (Collector::start().await.unwrap(), tempfile::tempdir().unwrap());
    // Nobody listens there, so the first mediator loses every span it makes.
    let [nowhere] = free_addresses();
    let first = mediator("127.0.0.1:0", folder.path(), &format!("http://{nowhere}")).await;
    let (url, address) = (first.url(), first.address().to_owned());
    let delegations = delegations(&url, &collector.endpoint()).await;
    let mut watching = client(&url).await;
    let ended = convene(&mut watching, "over by then", &scenario_terms("geneva-2025", Some(2))).await;
    let ended = watch_to_the_end(&mut watching, &ended).await;
    let talk = convene(&mut watching, "lost", &scenario_terms("geneva-2025", None)).await;
    let half = watch_until(&mut watching, &talk, |t| t.talk().round() > 5).await;
    first.kill().await;
    let second = mediator(&address, folder.path(), &collector.endpoint()).await;
    let over = watch_to_the_end(&mut client(&url).await, &talk).await;
    for process in delegations.into_iter().chain([second]) {
        assert!(process.terminate().await.success());
    }

    let mut spans = collector.spans();
    assert_no_orphan(&spans);
    let of_ended: Vec<_> = spans.extract_if(.., |span| span.trace_id == trace_of(&ended)).collect();
    assert_eq!((named(&of_ended, "talk").len(), named(&of_ended, "round").len()), (1, 2));
    assert_eq!(named(&of_ended, "propose").len(), ended.talk().history().len());
    let began = beside_entries(&folder.path().join("talks.db"), &talk);
    assert_eq!(began.len(), over.talk().round() as usize + 1);
    for (span, time_us) in &began {
        let told: Vec<_> = spans.iter().filter(|told| told.span_id == *span).collect();
        assert_eq!(told.len(), 1, "{told:#?}");
        assert_eq!(
            told[0].start_ns,
            u64::try_from(*time_us).unwrap() * 1_000,
            "an entry's time is its span's"
        );
    }
    let mut rounds: Vec<u32> =
        named(&spans, "round").iter().map(|span| span.attributes["detente.round"].parse().unwrap()).collect();
    rounds.sort_unstable();
    assert_eq!(rounds, (1..=over.talk().round()).collect::<Vec<_>>());
    // Of the first mediator's decisions none was sent, and none of their parts.
    let decided = named(&spans, "decide").len();
    assert!(decided < over.talk().history().len() - half.talk().history().len() + 2, "{decided}");
}

fn assert_no_orphan(spans: &[SpanData]) {
    for span in spans.iter().filter(|span| !span.parent.is_empty()) {
        assert!(spans.iter().any(|above| above.span_id == span.parent), "{span:#?}");
    }
}

/// Convenes with a place in a trace, as a caller with telemetry of its own does.
async fn convene_below(mediator: &str, caller: &str) -> TalkId {
    let trace = Some(pb::TraceContext { traceparent: caller.to_owned(), tracestate: String::new() });
    let terms = Some(wire::encode_terms(&scenario_terms("geneva-2025", None)));
    let request = pb::ConveneTalkRequest { request_id: "below".to_owned(), terms, trace };
    let mut client = client(mediator).await;
    let convened = patiently("a talk", client.convene_talk(request)).await.unwrap();
    TalkId::new(&convened.into_inner().talk.unwrap().talk).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_told_again_is_the_same_as_before() {
    let (collector, folder) = (Collector::start().await.unwrap(), tempfile::tempdir().unwrap());
    let otlp = collector.endpoint();
    let first = mediator("127.0.0.1:0", folder.path(), &otlp).await;
    let (url, address) = (first.url(), first.address().to_owned());
    let delegations = delegations(&url, &otlp).await;
    let talk = convene_below(&url, CALLER).await;
    // Some of it has been sent when the mediator dies.
    collector.wait_for(|spans| named(spans, "round").len() > 2, PATIENCE).await.unwrap();
    first.kill().await;
    let second = mediator(&address, folder.path(), &otlp).await;
    let over = watch_to_the_end(&mut client(&url).await, &talk).await;
    for process in delegations.into_iter().chain([second]) {
        assert!(process.terminate().await.success());
    }

    let spans = collector.spans();
    let talks = named(&spans, "talk");
    assert_eq!(talks.len(), 2, "told when it was convened, and again");
    assert_eq!(talks[0], talks[1]);
    assert_eq!((talks[0].trace_id.as_str(), talks[0].parent.as_str()), (&CALLER[3..35], &CALLER[36..52]));
    assert_told_again(&named(&spans, "round"), &over);
    assert_replayed(folder.path(), &talk);
    let below_the_talk: Vec<_> = spans.iter().filter(|span| span.name != "talk").collect();
    for span in &below_the_talk {
        let known = talks[0].span_id == span.parent;
        // The kill may have come between a decision's parts and the decision itself.
        let part = ["persist", "deliver"].contains(&span.name.as_str());
        let above = below_the_talk.iter().any(|above| above.span_id == span.parent);
        assert!(known || part || above, "{span:#?}");
    }
}

/// Where the talk was convened from is part of its first entry, and comes out the same.
fn assert_replayed(folder: &Path, talk: &TalkId) {
    let mut replay = std::process::Command::new(program("detente"));
    replay.args(["record", "replay", talk.as_str(), "--record", "talks.db"]).current_dir(folder);
    let output = replay.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn assert_told_again(rounds: &[&SpanData], over: &Transcript) {
    let mut by_id = BTreeMap::<&str, Vec<&SpanData>>::new();
    for round in rounds {
        by_id.entry(&round.span_id).or_default().push(round);
    }
    assert_eq!(by_id.len(), over.talk().round() as usize);
    let again: Vec<_> = by_id.values().filter(|told| told.len() == 2).collect();
    assert!(again.len() > 2, "{by_id:#?}");
    assert!(again.iter().all(|told| told[0] == told[1]), "{again:#?}");
    assert!(by_id.values().all(|told| told.len() <= 2));
}
