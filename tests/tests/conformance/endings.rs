//! Rows 19, 20 and 30: time, and a mediator that goes away in order.

use std::sync::Arc;

use ambient::ManualClock;
use detente_tests::mediators::{GENEVA_US, Mediator, free_port};
use detente_tests::seats::{Seat, encode};
use detente_tests::talks_at::{entries, small_terms, sound, watch_to_the_end};
use mediator::Limits;
use record::MemoryLog;
use talks::{Failure, Outcome, Time};
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use wire::pb::mediation::v1 as pb;
use wire::pb::mediation::v1::attend_response::Message as Down;
use wire::{OutgoingMove, PublicTerms};

use crate::{Room, assert_refused};

const SECOND: i64 = 1_000_000;

async fn room_at(clock: Arc<ManualClock>, terms: PublicTerms) -> Room {
    let log = Arc::new(MemoryLog::new());
    let mediator = Mediator::start(free_port(), log.clone(), clock, Limits::default()).await;
    Room::seated(mediator, log, terms).await
}

fn timed(with: impl FnOnce(talks::Terms) -> talks::Terms) -> PublicTerms {
    let public = small_terms(&["USA", "CHN"], 10);
    PublicTerms { terms: with(public.terms), ..public }
}

#[tokio::test]
async fn row_19_only_the_mediator_s_time_counts_and_it_never_runs_back() {
    let clock = Arc::new(ManualClock::at(GENEVA_US));
    let mut room = room_at(clock.clone(), small_terms(&["USA", "CHN"], 10)).await;
    clock.advance_us(-86_400 * SECOND);
    room.goes_on().await;
    let times: Vec<_> = entries(&*room.log, &room.talk).await.iter().map(|e| e.time_us).collect();
    assert_eq!(times, [GENEVA_US; 3]);
}

#[tokio::test]
async fn row_20_after_the_deadline_the_talk_is_closed_and_a_retry_gets_its_original_answer() {
    let clock = Arc::new(ManualClock::at(GENEVA_US));
    let deadline = Time(GENEVA_US + 3_600 * SECOND);
    let mut room = room_at(clock.clone(), timed(|terms| terms.with_deadline(deadline))).await;
    let first = encode(&room.terms, &room.talk, "USA", 1, room.propose(500));
    let ack = room.usa.submit(1, first.clone()).await.unwrap();
    clock.advance_us(3_600 * SECOND);
    // The move itself makes the mediator look at its clock: the entry comes first, then the answer.
    let act = room.propose(1_000);
    let refused = room.chn.act(&room.terms, 1, act).await.unwrap_err();
    assert_refused(&refused, Code::FailedPrecondition, "TALK_CLOSED");
    let submit = Some(pb::Submit { payload: first, signatures: Vec::new() });
    let talk = room.talk.to_string();
    let again = pb::SubmitMoveRequest { talk, party: "USA".into(), client_seq: 1, submit, trace: None };
    let again = room.client.submit_move(again).await.unwrap().into_inner().ack.unwrap();
    assert_eq!(again, pb::Ack { duplicate: true, ..ack });
    let over = watch_to_the_end(&mut room.client, &room.talk).await;
    assert_eq!(over.talk().outcome(), Some(&Outcome::Failed(Failure::DeadlinePassed)));
}

#[tokio::test]
async fn row_20_a_move_for_a_round_that_is_over() {
    let clock = Arc::new(ManualClock::at(GENEVA_US));
    let limited = |terms: talks::Terms| terms.with_turn_limit_us(60 * SECOND).unwrap();
    let mut room = room_at(clock.clone(), timed(limited)).await;
    room.goes_on().await;
    clock.advance_us(60 * SECOND);
    // CHN misses its turn and with it the round; its late move for round 1 comes in round 2.
    let who = detente_tests::talks_at::party("CHN");
    let act = room.propose(1_000);
    let late = OutgoingMove { talk: room.talk.as_str(), party: &who, client_seq: 1, round: 1, act };
    let payload = wire::encode_move(room.terms.terms.agenda(), &late);
    let refused = room.chn.submit(1, payload).await.unwrap_err();
    assert_refused(&refused, Code::FailedPrecondition, "ROUND_CLOSED");
    assert_eq!(refused.details["round"], "2");
    let left = entries(&*room.log, &room.talk).await;
    assert_eq!(i32::from(left[3].kind), wire::EntryKind::TurnMissed as i32);
    drop(sound(&room.talk, &left));
}

#[tokio::test]
async fn row_30_a_drain_tells_seats_and_watchers_to_come_back() {
    let mut room = Room::open().await;
    let request = pb::WatchEntriesRequest { talk: room.talk.to_string(), after_seq: 2 };
    let mut watch = room.client.watch_entries(request).await.unwrap().into_inner();
    let mut other = room.mediator.client().await;
    let mut awaited =
        other.watch_talks(pb::WatchTalksRequest { party: "CHE".into() }).await.unwrap().into_inner();
    room.mediator.ask_to_end();
    let mut said = Vec::new();
    while let Some(message) = room.usa.next().await.unwrap() {
        said.push(message);
    }
    assert!(matches!(said[..], [Down::Draining(_), Down::Bye(_)]), "{said:?}");
    for status in [watch.message().await.unwrap_err(), awaited.message().await.unwrap_err()] {
        let refused = (&status).into();
        assert_refused(&refused, Code::Unavailable, "DRAINING");
        assert!(refused.retry);
    }
    room.chn.end().await.unwrap();
    room.mediator.ended().await.unwrap();
}

#[tokio::test]
async fn row_30_health_says_not_serving_and_a_stuck_stream_is_cut() {
    let log = Arc::new(MemoryLog::new());
    let limits = Limits { drain: std::time::Duration::from_millis(100), ..Limits::default() };
    let clock = detente_tests::mediators::standing_clock();
    let mediator = Mediator::start(free_port(), log, clock, limits).await;
    let channel = tonic::transport::Endpoint::from_shared(mediator.url()).unwrap().connect().await.unwrap();
    let service = "detente.mediation.v1.MediationService".to_owned();
    let mut health = HealthClient::new(channel);
    let mut watch = health.watch(HealthCheckRequest { service }).await.unwrap().into_inner();
    assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
    mediator.ask_to_end();
    assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::NotServing);
    // This watch stays open and would hold the shutdown for ever.
    let cut = mediator.ended().await.unwrap_err();
    assert!(matches!(cut, mediator::ServeError::Cut(_)), "{cut}");
}

#[tokio::test]
async fn the_move_that_ends_a_talk_is_acknowledged_too() {
    // The end of the stream and the answer become ready at the same moment: neither may hide the other.
    for _ in 0..40 {
        let mut room = Room::open().await;
        let ack = room.usa.act(&room.terms, 1, wire::WireAct::WalkAway("enough".into())).await.unwrap();
        assert_eq!((ack.entry_seq, ack.duplicate), (3, false));
        room.usa.end().await.unwrap();
        assert_eq!(room.usa.entries.len(), 4);
    }
}

#[tokio::test]
async fn who_comes_back_after_the_last_entry_is_sent_home() {
    let log = Arc::new(MemoryLog::new());
    let limits = Limits { heartbeat: std::time::Duration::from_millis(20), ..Limits::default() };
    let clock = detente_tests::mediators::standing_clock();
    let mediator = Mediator::start(free_port(), log.clone(), clock, limits).await;
    let mut room = Room::seated(mediator, log, small_terms(&["USA", "CHN"], 10)).await;
    room.usa.act(&room.terms, 1, wire::WireAct::WalkAway("enough".into())).await.unwrap();
    room.usa.end().await.unwrap();
    let (tip, hash) = {
        let last = room.usa.entries.last().unwrap();
        (last.seq, bytes::Bytes::copy_from_slice(last.hash().as_bytes()))
    };
    let hello = pb::Hello { party: "USA".into(), after_seq: tip, after_hash: hash, credit: 0 };
    let mut back = Seat::resume(&mut room.client, &room.talk, hello).await.unwrap();
    back.end().await.unwrap();
    assert_eq!(back.entries.len(), 0);
    let request = pb::WatchEntriesRequest { talk: room.talk.to_string(), after_seq: tip };
    let mut watch = room.client.watch_entries(request).await.unwrap().into_inner();
    assert!(detente_tests::patiently("the end", watch.message()).await.unwrap().is_none());
}
