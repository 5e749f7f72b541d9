//! What happens beside the moves arrives as log records with the ids of the span it happened in: all of
//! docs/telemetry.md's events but the missed turn, which is in one_trace.rs.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::{Arc, LazyLock, Mutex};

use detente_tests::collector::{Collector, EventData, SpanData};
use detente_tests::mediators::{Mediator, free_port};
use detente_tests::seats::{Seat, encode};
use detente_tests::shaky::DoubtfulLog;
use detente_tests::talks_at::{convene, entries, small_offer, small_terms, watch_until};
use record::{Log, MemoryLog, TalkId};
use telemetry::{Guard, names};
use tokio::runtime::Runtime;
use wire::pb::mediation::v1 as pb;
use wire::pb::mediation::v1::attend_request::Message as Up;
use wire::{PublicTerms, WireAct};

/// The telemetry of this process and where it goes, for all tests here: a process has one.
struct Watched {
    collector: Collector,
    guard: Mutex<Guard>,
    _runtime: Runtime,
}

static WATCHED: LazyLock<Watched> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let collector = std::thread::scope(|scope| {
        scope.spawn(|| runtime.block_on(Collector::start()).unwrap()).join().unwrap()
    });
    let mut config = telemetry::Config::new("detente-mediator");
    config.endpoint = Some(collector.endpoint());
    let guard = Mutex::new(telemetry::init(&config).unwrap());
    Watched { collector, guard, _runtime: runtime }
});

/// What has been told of a talk, all of it.
async fn told(log: &dyn Log, talk: &TalkId) -> (Vec<SpanData>, Vec<EventData>) {
    tokio::task::spawn_blocking(|| WATCHED.guard.lock().unwrap().flush().unwrap()).await.unwrap();
    let (trace, _) = place(log, talk).await;
    let mut spans = WATCHED.collector.spans();
    let mut events = WATCHED.collector.events();
    spans.retain(|span| span.trace_id == trace);
    events.retain(|event| event.trace_id == trace);
    (spans, events)
}

/// The trace of a talk, and the span of its present round, as they stand beside its last entry.
async fn place(log: &dyn Log, talk: &TalkId) -> (String, String) {
    let beside = entries(log, talk).await.last().unwrap().trace.clone().unwrap();
    let mut parts = beside.split('-').skip(1);
    (parts.next().unwrap().to_owned(), parts.next().unwrap().to_owned())
}

fn one<'a>(events: &'a [EventData], name: &str) -> &'a EventData {
    let found: Vec<_> = events.iter().filter(|event| event.name == name).collect();
    assert_eq!(found.len(), 1, "{name} in {events:#?}");
    found[0]
}

fn span<'a>(spans: &'a [SpanData], event: &EventData) -> &'a SpanData {
    spans.iter().find(|span| span.span_id == event.span_id).unwrap()
}

/// A talk whose seats are taken, on a mediator over `log`.
async fn opened(log: &Arc<impl Log + 'static>) -> (Mediator, PublicTerms, TalkId, [Seat; 2]) {
    LazyLock::force(&WATCHED);
    let mediator = Mediator::over(log.clone()).await;
    let (terms, mut client) = (small_terms(&["USA", "CHN"], 5), mediator.client().await);
    let name = format!("{:p}", Arc::as_ptr(log));
    let talk = convene(&mut client, &name, &terms).await;
    let mut usa = Seat::take(&mut client, &talk, "USA").await.unwrap();
    let chn = Seat::take(&mut client, &talk, "CHN").await.unwrap();
    usa.entry(2).await;
    (mediator, terms, talk, [usa, chn])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_is_told_on_its_decision() {
    let log = Arc::new(MemoryLog::new());
    let (_mediator, terms, talk, [_, mut chn]) = opened(&log).await;
    let offer = small_offer(&terms, 500);
    chn.act(&terms, 1, WireAct::Propose(offer)).await.unwrap_err();
    let (spans, events) = told(&*log, &talk).await;
    let refused = one(&events, names::events::REFUSED);
    assert_eq!(refused.attributes[names::REFUSAL], "OUT_OF_TURN");
    let decide = span(&spans, refused);
    assert_eq!((decide.name.as_str(), decide.error.as_str()), ("decide", "OUT_OF_TURN"));
    assert_eq!(decide.attributes[names::REFUSAL], "OUT_OF_TURN");
    assert_eq!(decide.attributes[names::PARTY], "CHN");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_after_the_end_is_told_in_the_last_round() {
    let log = Arc::new(MemoryLog::new());
    let (mediator, terms, talk, [mut usa, chn]) = opened(&log).await;
    drop(chn);
    usa.act(&terms, 1, WireAct::WalkAway("enough".to_owned())).await.unwrap();
    usa.end().await.unwrap();
    let payload = encode(&terms, &talk, "CHN", 1, WireAct::WalkAway(String::new()));
    let submit = Some(pb::Submit { payload, signatures: Vec::new() });
    let request = pb::SubmitMoveRequest {
        talk: talk.to_string(),
        party: "CHN".to_owned(),
        client_seq: 1,
        submit,
        ..Default::default()
    };
    mediator.client().await.submit_move(request).await.unwrap_err();
    let (_, events) = told(&*log, &talk).await;
    let refused = one(&events, names::events::REFUSED);
    assert_eq!(refused.attributes[names::REFUSAL], "TALK_CLOSED");
    assert_eq!(refused.attributes[names::PARTY], "CHN");
    assert_eq!(refused.span_id, place(&*log, &talk).await.1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seat_that_comes_back_is_told_in_the_round_at_hand() {
    let log = Arc::new(MemoryLog::new());
    let (mediator, _, talk, [usa, chn]) = opened(&log).await;
    let read = usa.entries.last().unwrap().clone();
    drop((usa, chn));
    let hello = pb::Hello {
        party: "USA".to_owned(),
        after_seq: read.seq,
        after_hash: bytes::Bytes::copy_from_slice(read.hash().as_bytes()),
        credit: 0,
    };
    let _back = Seat::resume(&mut mediator.client().await, &talk, hello).await.unwrap();
    let (spans, events) = told(&*log, &talk).await;
    let resumed = one(&events, names::events::RESUMED);
    assert_eq!(resumed.attributes[names::PARTY], "USA");
    assert_eq!(resumed.attributes[names::ENTRY_SEQ], read.seq.to_string());
    assert_eq!(resumed.attributes[names::TALK], talk.to_string());
    assert_eq!(resumed.span_id, place(&*log, &talk).await.1);
    assert_eq!(span(&spans, resumed).name, "round");
}

/// A round that began in an append of unknown fate is told once its entry is found in the record.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_round_that_began_in_doubt_is_told_once() {
    let log = Arc::new(DoubtfulLog::new(Arc::new(MemoryLog::new())));
    let (_mediator, terms, talk, [mut usa, mut chn]) = opened(&log).await;
    usa.act(&terms, 1, WireAct::Propose(small_offer(&terms, 500))).await.unwrap();
    log.doubt_next();
    let payload = encode(&terms, &talk, "CHN", 1, WireAct::Propose(small_offer(&terms, 1_000)));
    assert_eq!(chn.submit(1, payload.clone()).await.unwrap_err().reason, "RECORD_UNAVAILABLE");
    assert!(chn.submit(1, payload).await.unwrap().duplicate, "it stands in the record");
    usa.act(&terms, 2, WireAct::Propose(small_offer(&terms, 1_500))).await.unwrap();
    let (spans, events) = told(&*log, &talk).await;
    let rounds: Vec<_> = spans.iter().filter(|span| span.name == "round").collect();
    assert_eq!(rounds.len(), 2, "{rounds:#?}");
    let (_, second) = place(&*log, &talk).await;
    assert_eq!(rounds.iter().filter(|round| round.span_id == second).count(), 1);
    let last =
        spans.iter().find(|s| s.attributes.get("messaging.message.id").is_some_and(|id| id == "USA/2"));
    assert_eq!(last.unwrap().parent, second);
    let refused = one(&events, names::events::REFUSED);
    assert_eq!(span(&spans, refused).error, "RECORD_UNAVAILABLE");
}

/// Two mediators on one record: the later one takes the talk over, the earlier one finds out at its next
/// append.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_takeover_and_a_fence_are_told_in_the_round_at_hand() {
    let log = Arc::new(MemoryLog::new());
    let (_first, terms, talk, [mut usa, _chn]) = opened(&log).await;
    let second = Mediator::at(free_port(), log.clone()).await;
    // It takes over before it serves, and listens before both.
    watch_until(&mut second.client().await, &talk, |_| true).await;
    let (_, round) = place(&*log, &talk).await;
    let offer = small_offer(&terms, 500);
    let payload = encode(&terms, &talk, "USA", 1, WireAct::Propose(offer));
    usa.say(1, Up::Submit(pb::Submit { payload, signatures: Vec::new() })).await;
    assert_eq!(usa.end().await.unwrap_err().reason, "SEAT_SUPERSEDED", "there is nothing to be had here");
    let (spans, events) = told(&*log, &talk).await;

    let taken = one(&events, names::events::TAKEN_OVER);
    assert_eq!((taken.attributes[names::EPOCH].as_str(), &taken.span_id), ("2", &round));
    let fenced = one(&events, names::events::FENCED);
    assert_eq!((fenced.attributes[names::TALK].as_str(), &fenced.span_id), (talk.as_str(), &round));
    assert_eq!(span(&spans, fenced).name, "round");
    let refused = one(&events, names::events::REFUSED);
    let decide = span(&spans, refused);
    assert_eq!((decide.name.as_str(), decide.error.as_str()), ("decide", "FENCED"));
    // The round is told by both, and is the same.
    let rounds: Vec<_> = spans.iter().filter(|span| span.span_id == round).collect();
    assert_eq!(rounds.len(), 2);
    assert_eq!(rounds[0], rounds[1]);
}
