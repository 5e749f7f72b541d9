//! Rows 21–23 and 25: what is left after the machine, the disk or the file has failed.

use std::sync::Arc;

use detente_tests::mediators::Mediator;
use detente_tests::seats::{Seat, encode};
use detente_tests::talks_at::{convene, entries, moves, small_terms, sound};
use record::{FailedSync, Log as _, MemoryLog};
use tonic::Code;
use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use wire::pb::mediation::v1 as pb;
use wire::pb::mediation::v1::attend_request::Message as Up;

use crate::{Room, assert_refused};

/// The same talk after the machine has stopped and another mediator has taken over.
async fn restarted(room: Room) -> Room {
    let Room { mediator, log, terms, talk, .. } = room;
    let address = mediator.address();
    mediator.kill().await;
    let log = Arc::new(log.crash());
    let mediator = Mediator::at(address, log.clone()).await;
    let mut client = mediator.client().await;
    let usa = Seat::take(&mut client, &talk, "USA").await.unwrap();
    let chn = Seat::take(&mut client, &talk, "CHN").await.unwrap();
    Room { mediator, log, client, terms, talk, usa, chn }
}

#[tokio::test]
async fn row_21_killed_when_the_entry_was_durable_and_nobody_knew() {
    let mut room = Room::open().await;
    room.log.fail_next_sync(FailedSync::Kept);
    let act = room.propose(500);
    let refused = room.usa.act(&room.terms, 1, act.clone()).await.unwrap_err();
    assert_refused(&refused, Code::Unavailable, "RECORD_UNAVAILABLE");
    let mut room = restarted(room).await;
    assert_eq!(room.usa.welcome.client_seq, 1);
    let again = room.usa.act(&room.terms, 1, act).await.unwrap();
    assert_eq!((again.entry_seq, again.duplicate), (3, true));
    let left = entries(&*room.log, &room.talk).await;
    assert_eq!(moves(&left).len(), 1);
    drop(sound(&room.talk, &left));
}

#[tokio::test]
async fn row_22_killed_before_the_entry_was_durable() {
    let room = Room::open().await;
    let act = room.propose(500);
    let payload = encode(&room.terms, &room.talk, "USA", 1, act.clone());
    let mut held = room.log.hold_next_sync();
    room.usa.say(1, Up::Submit(pb::Submit { payload, signatures: Vec::new() })).await;
    detente_tests::patiently("the sync", held.reached()).await;
    let mut room = restarted(room).await;
    assert_eq!(room.usa.welcome.client_seq, 0);
    // Entry 3 is the takeover; the move was never acknowledged and is made again.
    let again = room.usa.act(&room.terms, 1, act).await.unwrap();
    assert_eq!((again.entry_seq, again.duplicate), (4, false));
    drop(sound(&room.talk, &entries(&*room.log, &room.talk).await));
}

#[tokio::test]
async fn row_23_a_talk_whose_record_is_damaged_is_refused_and_the_others_go_on() {
    let mut room = Room::open().await;
    room.goes_on().await;
    let other = convene(&mut room.client, "other", &small_terms(&["USA", "CHN"], 3)).await;
    let Room { mediator, log, talk, .. } = room;
    mediator.kill().await;
    let log = Arc::new(log.crash());
    assert!(log.flip_byte(&talk, 3, 0));
    let mediator = Mediator::over(log.clone()).await;
    let mut client = mediator.client().await;
    let refused = Seat::take(&mut client, &talk, "USA").await.err().unwrap();
    assert_refused(&refused, Code::DataLoss, "RECORD_BROKEN");
    let request = pb::WatchEntriesRequest { talk: talk.to_string(), after_seq: 0 };
    let status = client.watch_entries(request).await.err().unwrap();
    assert_refused(&(&status).into(), Code::DataLoss, "RECORD_BROKEN");
    let listed = client.list_talks(pb::ListTalksRequest::default()).await.unwrap().into_inner().talks;
    assert_eq!(listed.len(), 2);
    drop(Seat::take(&mut client, &other, "USA").await.unwrap());
    // No repair.
    assert!(log.verify(&talk).await.is_err());
}

#[tokio::test]
async fn row_25_after_a_failed_sync_nothing_is_written_and_reads_go_on() {
    for left in [FailedSync::Lost, FailedSync::Kept] {
        let mut room = Room::open().await;
        let channel = Endpoint::from_shared(room.mediator.url()).unwrap().connect().await.unwrap();
        let service = "detente.mediation.v1.MediationService".to_owned();
        let health = HealthClient::new(channel).watch(HealthCheckRequest { service }).await;
        let mut health = health.unwrap().into_inner();
        assert_eq!(health.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
        room.log.fail_next_sync(left);
        let act = room.propose(500);
        let refused = room.usa.act(&room.terms, 1, act).await.unwrap_err();
        assert_refused(&refused, Code::Unavailable, "RECORD_UNAVAILABLE");
        // Whoever restarts sick processes is told.
        let told = detente_tests::patiently("the health", health.message()).await.unwrap().unwrap();
        assert_eq!(told.status(), ServingStatus::NotServing);
        assert!(refused.retry, "a passing trouble says when to try again");
        // A later move is refused too, whichever way the disk went: the writer is poisoned.
        let counter = room.propose(1_000);
        let (seat, number) = if left == FailedSync::Lost { (&mut room.usa, 1) } else { (&mut room.chn, 1) };
        let refused = seat.act(&room.terms, number, counter).await.unwrap_err();
        assert_refused(&refused, Code::Unavailable, "RECORD_UNAVAILABLE");
        let request =
            pb::ListEntriesRequest { talk: room.talk.to_string(), ..pb::ListEntriesRequest::default() };
        let read = room.client.list_entries(request).await.unwrap().into_inner();
        assert_eq!(read.tip_seq, if left == FailedSync::Lost { 2 } else { 3 });
    }
}

#[tokio::test]
async fn convening_again_after_a_lost_answer_gives_the_same_talk() {
    let log = Arc::new(MemoryLog::new());
    let mediator = Mediator::over(log.clone()).await;
    let mut client = mediator.client().await;
    let terms = small_terms(&["USA", "CHN"], 3);
    log.fail_next_sync(FailedSync::Kept);
    let encoded = Some(wire::encode_terms(&terms));
    let request = pb::ConveneTalkRequest { request_id: "once".into(), terms: encoded, trace: None };
    let status = client.convene_talk(request).await.unwrap_err();
    assert_refused(&(&status).into(), Code::Unavailable, "RECORD_UNAVAILABLE");
    mediator.kill().await;
    let log = Arc::new(log.crash());
    let mediator = Mediator::over(log.clone()).await;
    let mut client = mediator.client().await;
    let talk = convene(&mut client, "once", &terms).await;
    assert_eq!(log.talks(None, 9).await.unwrap().len(), 1);
    assert_eq!(log.talks(None, 9).await.unwrap()[0].talk, talk);
    // The same id for something else is refused.
    let others = Some(wire::encode_terms(&small_terms(&["USA", "CHN"], 4)));
    let request = pb::ConveneTalkRequest { request_id: "once".into(), terms: others, trace: None };
    let status = client.convene_talk(request).await.unwrap_err();
    assert_refused(&(&status).into(), Code::AlreadyExists, "REQUEST_ID_REUSED");
}
