//! A talk whose mediator is stopped at every append, before and after it is durable, ends as the
//! same talk left in peace: no entry lost or doubled, the chain whole, the same moves and outcome.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;
use std::time::Duration;

use delegation::service::{Profile, Settings};
use delegation::{Config, DelegationError};
use detente_tests::mediators::Mediator;
use detente_tests::patiently;
use detente_tests::shaky::{ShakyLog, Stop};
use detente_tests::talks_at::{convene, entries, moves, party, scenario_terms, sound, watch_to_the_end};
use record::{Log, MemoryLog, TalkId};
use scenario::Scenario;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use transcript::Transcript;

/// Three parties and choices only: quick to bargain about, some thirty entries.
const SCENARIO: &str = "protocol-of-talks";

/// The third party, by configuration alone.
const HOST: Profile = Profile {
    party: "CHE",
    name: "Switzerland, the host",
    mandates: &[(SCENARIO, include_str!("../../scenarios/protocol-of-talks/mandates/CHE.toml"))],
    strategy: "linear",
    rules: &[],
};

struct Seats(JoinSet<Result<(), DelegationError>>);

impl Seats {
    /// Delegations that come back whenever the mediator at `url` does.
    fn take(url: &str, talk: &TalkId) -> Self {
        let scenario = Arc::new(Scenario::load(SCENARIO).unwrap());
        let mut seats = JoinSet::new();
        for profile in [us::PROFILE, china::PROFILE, HOST] {
            let settings = Settings { scenario: &scenario, mandate: None, strategy: None, seed: 7 };
            let briefing = Arc::new(settings.briefing(&profile).unwrap());
            let config = Config {
                longest_wait: Duration::from_millis(50),
                ..Config::new(party(profile.party), url.to_owned(), briefing)
            };
            seats.spawn(delegation::attend_talk(config, talk.clone(), CancellationToken::new()));
        }
        Self(seats)
    }

    /// Each has read the talk to its end.
    async fn done(mut self) {
        while let Some(attended) = patiently("the delegations", self.0.join_next()).await {
            attended.unwrap().unwrap();
        }
    }
}

/// The talk without any trouble.
async fn undisturbed() -> (Transcript, Vec<bytes::Bytes>) {
    let log = Arc::new(MemoryLog::new());
    let mediator = Mediator::over(log.clone()).await;
    let mut client = mediator.client().await;
    let talk = convene(&mut client, "the talk", &scenario_terms(SCENARIO, None)).await;
    let seats = Seats::take(&mediator.url(), &talk);
    let over = watch_to_the_end(&mut client, &talk).await;
    seats.done().await;
    (over, moves(&entries(&*log, &talk).await))
}

async fn is_over(log: &MemoryLog, talk: &TalkId) -> bool {
    let tip = log.tip(talk).await.unwrap().seq;
    let last = log.read(talk, tip - 1, record::Page::default()).await.unwrap();
    i32::from(last[0].kind) == wire::EntryKind::Closed as i32
}

/// Stops the mediator at every append: at each `stops` in turn, over and over.
async fn disturbed(stops: &[Stop]) -> (Transcript, Vec<bytes::Bytes>, usize) {
    let mut disk = Arc::new(MemoryLog::new());
    let mediator = Mediator::over(disk.clone()).await;
    let (url, address) = (mediator.url(), mediator.address());
    let talk = convene(&mut mediator.client().await, "the talk", &scenario_terms(SCENARIO, None)).await;
    mediator.kill().await;
    let seats = Seats::take(&url, &talk);
    let mut restarts = 0;
    while !is_over(&disk, &talk).await {
        let (log, mut stopped) = ShakyLog::new(disk.clone(), stops[restarts % stops.len()]);
        let mediator = Mediator::at(address, Arc::new(log)).await;
        patiently("the next append", stopped.recv()).await.unwrap();
        mediator.kill().await;
        disk = Arc::new(disk.crash());
        restarts += 1;
    }
    // Those who missed the end come and read it.
    let _mediator = Mediator::at(address, disk.clone()).await;
    seats.done().await;
    let left = entries(&*disk, &talk).await;
    disk.verify(&talk).await.unwrap();
    (sound(&talk, &left), moves(&left), restarts)
}

fn assert_same(disturbed: &Transcript, undisturbed: &Transcript) {
    let (ours, theirs) = (disturbed.talk(), undisturbed.talk());
    assert!(theirs.agreed().is_some(), "the talk in peace agrees");
    assert_eq!(ours.agreed(), theirs.agreed());
    assert_eq!((ours.round(), ours.history().len()), (theirs.round(), theirs.history().len()));
}

/// The moves are the same bytes but for acceptances, which name an entry by its hash.
fn assert_same_moves(ours: &[bytes::Bytes], theirs: &[bytes::Bytes]) {
    let lengths = |moves: &[bytes::Bytes]| moves.iter().map(bytes::Bytes::len).collect::<Vec<_>>();
    assert_eq!(lengths(ours), lengths(theirs));
    assert_eq!(ours[0], theirs[0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_after_every_entry_was_durable_and_before_anybody_knew() {
    let (peace, moves_in_peace) = undisturbed().await;
    let (over, moves, restarts) = disturbed(&[Stop::AfterSync]).await;
    assert_same(&over, &peace);
    assert_same_moves(&moves, &moves_in_peace);
    // The opening, and every move; the last one came together with the end.
    assert_eq!(restarts, moves.len() + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_every_entry_by_a_disk_that_forgets_it_first() {
    let (peace, moves_in_peace) = undisturbed().await;
    let (over, moves, restarts) = disturbed(&[Stop::BeforeSync, Stop::AfterSync]).await;
    assert_same(&over, &peace);
    assert_same_moves(&moves, &moves_in_peace);
    assert_eq!(restarts, 2 * (moves.len() + 1));
}
