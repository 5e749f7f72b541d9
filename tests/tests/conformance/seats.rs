//! Rows 13, 14, 16, 17, 24, 28, 33: who may sit where, and for how long.

use std::sync::Arc;
use std::time::Duration;

use detente_tests::mediators::{Mediator, free_port, standing_clock};
use detente_tests::seats::{Seat, encode, envelope};
use detente_tests::talks_at::small_terms;
use mediator::Limits;
use record::{MemoryLog, TalkId};
use tonic::Code;
use wire::WireAct;
use wire::pb::mediation::v1 as pb;
use wire::pb::mediation::v1::attend_request::Message as Up;

use crate::{Room, assert_refused};

async fn room_with(limits: Limits) -> Room {
    let log = Arc::new(MemoryLog::new());
    let mediator = Mediator::start(free_port(), log.clone(), standing_clock(), limits).await;
    Room::seated(mediator, log, small_terms(&["USA", "CHN"], 200)).await
}

async fn refused(room: &mut Room, hello: pb::Hello) -> detente_tests::seats::Refusal {
    Seat::resume(&mut room.client, &room.talk, hello).await.err().expect("the seat is refused")
}

#[tokio::test]
async fn row_13_the_first_message_is_not_hello() {
    let mut room = Room::open().await;
    let talk = room.talk.clone();
    for first in
        [Up::Heartbeat(pb::Heartbeat {}), Up::Submit(pb::Submit::default()), Up::Bye(pb::Bye::default())]
    {
        let first = envelope(&talk, 0, first);
        let refused = Seat::open(&mut room.client, &talk, "USA".into(), first).await.err().unwrap();
        assert_refused(&refused, Code::FailedPrecondition, "NO_HELLO");
    }
    room.goes_on().await;
}

#[tokio::test]
async fn row_13_no_hello_in_time() {
    let mut room = room_with(Limits { hello: Duration::from_millis(50), ..Limits::default() }).await;
    let silent = tokio_stream::pending::<pb::AttendRequest>();
    let mut down = room.client.attend(silent).await.unwrap().into_inner();
    let status = detente_tests::patiently("the end", down.message()).await.unwrap_err();
    assert_refused(&(&status).into(), Code::DeadlineExceeded, "NO_HELLO");
}

#[tokio::test]
async fn row_13_a_second_hello_ends_the_stream() {
    let mut room = Room::open().await;
    room.usa.say(0, Up::Hello(pb::Hello { party: "USA".into(), ..pb::Hello::default() })).await;
    assert_refused(&room.usa.end().await.unwrap_err(), Code::FailedPrecondition, "NO_HELLO");
}

#[tokio::test]
async fn row_14_the_newest_stream_has_the_seat() {
    let mut room = Room::open().await;
    let newer = Seat::take(&mut room.client, &room.talk, "USA").await.unwrap();
    let mut older = std::mem::replace(&mut room.usa, newer);
    assert_refused(&older.end().await.unwrap_err(), Code::Aborted, "SEAT_SUPERSEDED");
    room.goes_on().await;
}

#[tokio::test]
async fn row_14_a_seat_that_has_seen_a_later_epoch_is_not_served_by_an_older_mediator() {
    let mut room = Room::open().await;
    let ahead = pb::AttendRequest { epoch: 7, ..envelope(&room.talk, 0, Up::Heartbeat(pb::Heartbeat {})) };
    room.usa.send(ahead).await;
    let refused = room.usa.end().await.unwrap_err();
    assert_refused(&refused, Code::Unavailable, "FENCED");
    assert!(refused.retry);
}

#[tokio::test]
async fn row_16_a_stranger_gets_no_seat() {
    let mut room = Room::open().await;
    for stranger in ["CHE", "usa", "", "USA ", "\u{0}"] {
        let hello = pb::Hello { party: stranger.into(), ..pb::Hello::default() };
        assert_refused(&refused(&mut room, hello).await, Code::PermissionDenied, "NOT_A_PARTY");
    }
    let nowhere = TalkId::new("talk-0").unwrap();
    let missing = Seat::take(&mut room.client, &nowhere, "USA").await.err().unwrap();
    assert_refused(&missing, Code::NotFound, "NO_SUCH_TALK");
}

#[tokio::test]
async fn row_17_a_move_in_another_party_s_name() {
    let mut room = Room::open().await;
    let forged = encode(&room.terms, &room.talk, "USA", 1, room.propose(500));
    room.chn.say(1, Up::Submit(pb::Submit { payload: forged, signatures: Vec::new() })).await;
    assert_refused(&room.chn.end().await.unwrap_err(), Code::PermissionDenied, "IMPERSONATION");
    assert_eq!(room.tip().await, 2);
    room.goes_on().await;
}

#[tokio::test]
async fn a_move_for_another_talk_or_under_another_number_than_its_envelope_s() {
    let mut room = Room::open().await;
    let act = room.propose(500);
    let other = encode(&room.terms, &TalkId::new("talk-0").unwrap(), "USA", 1, act.clone());
    assert_refused(&room.usa.submit(1, other).await.unwrap_err(), Code::InvalidArgument, "OTHER_TALK");
    let off = encode(&room.terms, &room.talk, "USA", 2, act);
    assert_refused(&room.usa.submit(1, off).await.unwrap_err(), Code::InvalidArgument, "MALFORMED");
    let elsewhere = pb::AttendRequest {
        talk: "talk-0".into(),
        ..envelope(&room.talk, 0, Up::Heartbeat(pb::Heartbeat {}))
    };
    room.goes_on().await;
    room.chn.send(elsewhere).await;
    assert_refused(&room.chn.end().await.unwrap_err(), Code::InvalidArgument, "OTHER_TALK");
}

#[tokio::test]
async fn row_24_a_seat_that_knows_more_or_other_than_the_record() {
    let mut room = Room::open().await;
    let hello = |after_seq, after_hash: &[u8]| {
        let after_hash = bytes::Bytes::copy_from_slice(after_hash);
        pb::Hello { party: "USA".into(), after_seq, after_hash, credit: 0 }
    };
    for (seq, hash) in [(3, vec![]), (u64::MAX, vec![]), (2, vec![7; 32]), (1, vec![7])] {
        let refused = refused(&mut room, hello(seq, &hash)).await;
        assert_refused(&refused, Code::DataLoss, "HISTORY_ROLLED_BACK");
    }
    let second = room.usa.entry(2).await;
    let back = Seat::resume(&mut room.client, &room.talk, hello(2, second.hash().as_bytes())).await;
    room.usa = back.unwrap();
    room.goes_on().await;
}

#[tokio::test]
async fn row_28_entries_wait_for_credit_and_then_the_seat_is_let_go() {
    let mut room = room_with(Limits { slow_consumer: Duration::from_millis(50), ..Limits::default() }).await;
    let hello = pb::Hello { party: "CHN".into(), credit: 1, ..pb::Hello::default() };
    let mut slow = Seat::resume(&mut room.client, &room.talk, hello).await.unwrap();
    assert_refused(&slow.end().await.unwrap_err(), Code::ResourceExhausted, "SLOW_CONSUMER");
    assert_eq!(slow.entries.len(), 1);
    room.goes_on().await;
}

#[tokio::test]
async fn row_28_credit_counts_entries_one_by_one() {
    let mut room = Room::open().await;
    let hello = pb::Hello { party: "CHN".into(), credit: 1, ..pb::Hello::default() };
    let mut chn = Seat::resume(&mut room.client, &room.talk, hello).await.unwrap();
    chn.entry(1).await;
    // Answers are free: this one comes although entry 2 has to wait.
    let act = room.propose(500);
    assert_refused(&chn.act(&room.terms, 1, act).await.unwrap_err(), Code::FailedPrecondition, "OUT_OF_TURN");
    assert_eq!(chn.entries.len(), 1);
    chn.say(0, Up::Credit(pb::Credit { entries: 1 })).await;
    assert_eq!(chn.entry(2).await.seq, 2);
    room.goes_on().await;
}

#[tokio::test]
async fn row_28_a_thousand_quiet_streams_do_not_stop_a_talk() {
    let mut room = Room::open().await;
    let mut quiet = Vec::new();
    let mut other = room.mediator.client().await;
    for _ in 0..1_000 {
        let request = pb::WatchEntriesRequest { talk: room.talk.to_string(), after_seq: 2 };
        quiet.push(other.watch_entries(request).await.unwrap().into_inner());
    }
    room.goes_on().await;
    for mut watch in quiet {
        let batch = detente_tests::patiently("an entry", watch.message()).await.unwrap().unwrap();
        assert_eq!(batch.entries[0].seq, 3);
    }
}

#[tokio::test]
async fn row_33_a_party_without_a_memory_goes_on_from_welcome() {
    let mut room = Room::open().await;
    room.goes_on().await;
    let (counter, again) = (room.propose(1_000), room.propose(1_500));
    room.chn.act(&room.terms, 1, counter).await.unwrap();
    let mut usa = Seat::take(&mut room.client, &room.talk, "USA").await.unwrap();
    assert_eq!((usa.welcome.tip_seq, usa.welcome.client_seq), (4, 1));
    usa.entry(4).await;
    let ack = usa.act(&room.terms, usa.welcome.client_seq + 1, again).await.unwrap();
    assert_eq!(ack.entry_seq, 5);
    assert_eq!(usa.entries.iter().map(|e| e.seq).take(4).collect::<Vec<_>>(), [1, 2, 3, 4]);
}

#[tokio::test]
async fn one_submission_at_a_time() {
    let mut room = Room::open().await;
    let held = room.log.hold_next_sync();
    let (first, second) = (room.propose(500), room.propose(1_000));
    let submit = |act| {
        let payload = encode(&room.terms, &room.talk, "USA", 1, act);
        Up::Submit(pb::Submit { payload, signatures: Vec::new() })
    };
    room.usa.say(1, submit(first)).await;
    room.usa.say(1, submit(second)).await;
    let refused = room.usa.answer().await.unwrap_err();
    assert_refused(&refused, Code::FailedPrecondition, "SUBMISSION_IN_FLIGHT");
    held.release();
    assert_eq!(room.usa.answer().await.unwrap().entry_seq, 3);
    let refused = room.usa.act(&room.terms, 1, WireAct::WalkAway(String::new())).await.unwrap_err();
    assert_refused(&refused, Code::AlreadyExists, "REQUEST_ID_REUSED");
}
