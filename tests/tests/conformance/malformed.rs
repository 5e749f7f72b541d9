//! Rows 10–12 and what random bytes do: nothing that cannot be read becomes an entry, and nothing
//! stops the mediator.

use std::sync::OnceLock;

use bytes::Bytes;
use detente_tests::seats::encode;
use detente_tests::talks_at::{entries, small_terms};
use proptest::prelude::*;
use prost::Message as _;
use tokio::runtime::Runtime;
use tonic::Code;
use wire::WireAct;
use wire::pb::mediation::v1 as pb;
use wire::pb::mediation::v1::attend_request::Message as Up;

use crate::{Room, assert_refused};

#[tokio::test]
async fn row_10_a_message_over_the_limit() {
    let mut room = Room::open().await;
    let payload = Bytes::from(vec![0; wire::MEDIATION_MESSAGE_LIMIT + 1]);
    room.usa.say(1, Up::Submit(pb::Submit { payload, signatures: Vec::new() })).await;
    assert_eq!(room.usa.end().await.unwrap_err().code, Code::OutOfRange);
    assert_eq!(room.tip().await, 2);
}

#[tokio::test]
async fn row_11_bytes_that_are_no_move() {
    let mut room = Room::open().await;
    for payload in [&b"\xff\xff\xff"[..], &[0x0a, 0x7f], &[0x0a, 0x02, 0xc3, 0x28]] {
        let refused = room.usa.submit(1, Bytes::copy_from_slice(payload)).await.unwrap_err();
        assert_refused(&refused, Code::InvalidArgument, "UNDECODABLE");
    }
    room.goes_on().await;
}

#[tokio::test]
async fn row_11_an_empty_message_and_an_empty_act() {
    let mut room = Room::open().await;
    let empty = pb::AttendRequest { client_seq: 1, ..pb::AttendRequest::default() };
    room.usa.send(empty).await;
    let refused = room.usa.answer().await.unwrap_err();
    assert_refused(&refused, Code::InvalidArgument, "UNSUPPORTED_VERSION");
    let refused = room.usa.submit(1, Bytes::new()).await.unwrap_err();
    assert_refused(&refused, Code::InvalidArgument, "UNSUPPORTED_VERSION");
    room.goes_on().await;
}

#[tokio::test]
async fn row_12_fields_of_a_later_version_in_a_move() {
    let mut room = Room::open().await;
    let act = room.propose(500);
    let mut payload = encode(&room.terms, &room.talk, "USA", 1, act).to_vec();
    // Field 99, a varint.
    payload.extend_from_slice(&[0x98, 0x06, 0x01]);
    let refused = room.usa.submit(1, payload.into()).await.unwrap_err();
    assert_refused(&refused, Code::InvalidArgument, "UNSUPPORTED_VERSION");
    room.goes_on().await;
}

#[tokio::test]
async fn row_12_a_later_procedure_in_terms() {
    let mut room = Room::open().await;
    let terms = wire::encode_terms(&small_terms(&["USA", "CHN"], 3));
    let terms = Some(pb::Terms { procedure: 99, ..terms });
    let request = pb::ConveneTalkRequest { request_id: "later".into(), terms, trace: None };
    let status = room.client.convene_talk(request).await.unwrap_err();
    assert_refused(&(&status).into(), Code::InvalidArgument, "UNSUPPORTED_VERSION");
}

#[tokio::test]
async fn terms_that_cannot_be() {
    let mut room = Room::open().await;
    let good = wire::encode_terms(&small_terms(&["USA", "CHN"], 3));
    let table: Vec<(pb::Terms, &str)> = vec![
        (pb::Terms { parties: vec!["USA".into()], ..good.clone() }, "BAD_TERMS"),
        (pb::Terms { parties: vec!["USA".into(), "USA".into()], ..good.clone() }, "BAD_TERMS"),
        (pb::Terms { parties: vec!["USA".into(), "\u{7}".into()], ..good.clone() }, "BAD_NAME"),
        (pb::Terms { rounds: 0, ..good.clone() }, "BAD_TERMS"),
        (pb::Terms { rounds: u32::MAX, ..good.clone() }, "BAD_TERMS"),
        (pb::Terms { turn_limit_us: -1, ..good.clone() }, "BAD_TERMS"),
        (pb::Terms { agenda: Bytes::new(), ..good.clone() }, "BAD_AGENDA"),
        (pb::Terms { agenda: Bytes::from_static(b"\xff"), ..good.clone() }, "UNDECODABLE"),
        (pb::Terms { scenario_digest: Bytes::from_static(b"short"), ..good.clone() }, "MALFORMED"),
        (pb::Terms { scenario: "\u{0}".into(), ..good.clone() }, "MALFORMED"),
    ];
    for (place, (terms, reason)) in table.into_iter().enumerate() {
        let request_id = format!("bad {place}");
        let request = pb::ConveneTalkRequest { request_id, terms: Some(terms), trace: None };
        let status = room.client.convene_talk(request).await.unwrap_err();
        assert_refused(&(&status).into(), Code::InvalidArgument, reason);
    }
}

/// One room for all cases: what the earlier ones sent must not matter to the later.
fn room() -> (&'static Runtime, &'static tokio::sync::Mutex<Room>) {
    static ROOM: OnceLock<(Runtime, tokio::sync::Mutex<Room>)> = OnceLock::new();
    let (runtime, room) = ROOM.get_or_init(|| {
        let runtime = Runtime::new().unwrap();
        let room = tokio::sync::Mutex::new(runtime.block_on(Room::open()));
        (runtime, room)
    });
    (runtime, room)
}

/// Bytes at random, and a good move with some bytes at random.
fn payloads() -> impl Strategy<Value = (Vec<u8>, Option<(prop::sample::Index, u8)>)> {
    let noise = prop::collection::vec(any::<u8>(), 0..200).prop_map(|bytes| (bytes, None));
    let broken = (any::<prop::sample::Index>(), 1_u8..).prop_map(|change| (Vec::new(), Some(change)));
    prop_oneof![noise, broken]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_stop_the_mediator_and_only_a_good_move_becomes_an_entry((noise, change) in payloads()) {
        let (runtime, room) = room();
        runtime.block_on(async {
            let mut room = room.lock().await;
            let payload = match change {
                None => noise,
                Some((at, flip)) => {
                    // By CHN, out of turn: not even a change that leaves it valid makes it an entry.
                    let act = room.propose(500);
                    let mut good = encode(&room.terms, &room.talk, "CHN", 1, act).to_vec();
                    let at = at.index(good.len());
                    good[at] ^= flip;
                    good
                }
            };
            let before = entries(&*room.log, &room.talk).await.len();
            let submit = pb::Submit { payload: payload.into(), signatures: Vec::new() };
            room.chn.say(1, Up::Submit(submit)).await;
            match room.chn.answer_or_end().await {
                Ok(answer) => prop_assert!(answer.is_err()),
                // A change can make it the move of another party, which costs the seat.
                Err(ended) => {
                    prop_assert_eq!(ended.reason, "IMPERSONATION");
                    let (mut client, talk) = (room.mediator.client().await, room.talk.clone());
                    room.chn = detente_tests::seats::Seat::take(&mut client, &talk, "CHN").await.unwrap();
                }
            }
            prop_assert_eq!(entries(&*room.log, &room.talk).await.len(), before);
            Ok(())
        })?;
    }

    #[test]
    fn no_envelope_stops_the_mediator(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let (runtime, room) = room();
        // What prost refuses never gets past tonic; the rest is a message of a stranger.
        if let Ok(envelope) = pb::AttendRequest::decode(bytes.as_slice()) {
            runtime.block_on(async {
                let mut room = room.lock().await;
                let talk = room.talk.clone();
                let mut client = room.mediator.client().await;
                let opened = detente_tests::seats::Seat::open(&mut client, &talk, "CHN".into(), envelope).await;
                prop_assert!(opened.is_err());
                let refused = room.chn.act(&small_terms(&["USA", "CHN"], 3), 1, WireAct::Accept([0; 32])).await;
                prop_assert_eq!(refused.unwrap_err().reason, "OUT_OF_TURN");
                Ok(())
            })?;
        }
    }
}
