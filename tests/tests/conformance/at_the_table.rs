//! Rows 1–5, 7–9, 32: moves that the rules of procedure or the agenda refuse. Each is a Rejected
//! message, nothing is written, and the stream lives.

use bytes::Bytes;
use detente_tests::seats::encode;
use prost::Message as _;
use tonic::Code;
use wire::WireAct;
use wire::pb::mediation::v1 as pb;
use wire::pb::tariff::v1::issue_value::Value;
use wire::pb::tariff::v1::{IssueValue, Offer};

use crate::{Room, assert_refused};

#[tokio::test]
async fn row_1_an_offer_out_of_turn() {
    let mut room = Room::open().await;
    let act = room.propose(500);
    let refused = room.chn.act(&room.terms, 1, act).await.unwrap_err();
    assert_refused(&refused, Code::FailedPrecondition, "OUT_OF_TURN");
    assert_eq!(refused.details["turn"], "USA");
    assert_eq!(room.tip().await, 2);
    room.goes_on().await;
}

#[tokio::test]
async fn row_2_the_same_bytes_again_get_the_original_answer() {
    let mut room = Room::open().await;
    let act = room.propose(500);
    let first = room.usa.act(&room.terms, 1, act.clone()).await.unwrap();
    assert_eq!((first.client_seq, first.entry_seq, first.duplicate), (1, 3, false));
    let again = room.usa.act(&room.terms, 1, act.clone()).await.unwrap();
    assert_eq!(again, pb::Ack { duplicate: true, ..first });
    // The unary mirror is the same handler.
    let payload = encode(&room.terms, &room.talk, "USA", 1, act);
    let unary = room.client.submit_move(submit_move(&room, "USA", 1, payload)).await.unwrap().into_inner();
    assert_eq!(unary.ack.unwrap(), pb::Ack { duplicate: true, ..first });
    assert_eq!(room.tip().await, 3);
}

#[tokio::test]
async fn row_3_other_bytes_under_a_taken_number() {
    let mut room = Room::open().await;
    room.goes_on().await;
    let act = room.propose(1_000);
    let refused = room.usa.act(&room.terms, 1, act).await.unwrap_err();
    assert_refused(&refused, Code::AlreadyExists, "REQUEST_ID_REUSED");
    assert_eq!(refused.details["entry"], "3");
    assert_eq!(room.tip().await, 3);
}

#[tokio::test]
async fn row_4_a_gap_in_the_numbers() {
    let mut room = Room::open().await;
    for skipped in [0, 2, u64::MAX] {
        let act = room.propose(500);
        let refused = room.usa.act(&room.terms, skipped, act).await.unwrap_err();
        assert_refused(&refused, Code::FailedPrecondition, "SEQUENCE_GAP");
        assert_eq!(refused.details["expected"], "1");
    }
    room.goes_on().await;
}

#[tokio::test]
async fn row_5_an_acceptance_of_a_superseded_offer() {
    let mut room = Room::open().await;
    let first = room.propose(500);
    room.usa.act(&room.terms, 1, first).await.unwrap();
    let superseded = room.chn.entry(3).await.hash();
    let counter = room.propose(1_000);
    room.chn.act(&room.terms, 1, counter).await.unwrap();
    // USA had its own offer superseded by the counter-offer of entry 4.
    let refused = room.usa.act(&room.terms, 2, WireAct::Accept(superseded.0)).await.unwrap_err();
    assert_refused(&refused, Code::Aborted, "STALE_BASE");
    assert_eq!(refused.details["tip"], "4");
    let standing = room.usa.entry(4).await.hash();
    assert_eq!(room.usa.act(&room.terms, 2, WireAct::Accept(standing.0)).await.unwrap().entry_seq, 5);
}

#[tokio::test]
async fn rows_7_and_8_rates_beyond_the_agenda() {
    let mut room = Room::open().await;
    // Minus 5 percent, 10^9 percent, and the ends of the integer.
    for bps in [-500, 100_000_000_000, i64::MIN, i64::MAX] {
        let values = vec![number("rate", bps), choice("venue", "Geneva"), switch("pause")];
        let refused = offered(&mut room, values).await;
        assert_refused(&refused, Code::InvalidArgument, "RATE_OUT_OF_RANGE");
        assert_eq!((refused.details["min"].as_str(), refused.details["max"].as_str()), ("0", "10000"));
        assert_eq!(refused.field.as_deref(), Some("rate"));
    }
    room.goes_on().await;
}

#[tokio::test]
async fn row_9_issues_that_are_not_the_agenda_s() {
    let (rate, venue, pause) = (|| number("rate", 500), || choice("venue", "Geneva"), || switch("pause"));
    let table: Vec<(Vec<IssueValue>, &str)> = vec![
        (vec![rate(), venue(), number("soy", 1)], "UNKNOWN_ISSUE"),
        (vec![rate(), venue(), pause(), number("soy", 1)], "UNKNOWN_ISSUE"),
        (vec![rate(), venue(), pause(), rate()], "DUPLICATE_ISSUE"),
        (vec![rate(), pause()], "INCOMPLETE_OFFER"),
        (vec![], "INCOMPLETE_OFFER"),
        (vec![venue(), rate(), pause()], "ISSUE_ORDER"),
        (vec![number("rate", 501), venue(), pause()], "OFF_STEP"),
        (vec![switch("rate"), venue(), pause()], "WRONG_KIND"),
        (vec![rate(), choice("venue", "Paris"), pause()], "UNKNOWN_LABEL"),
        (vec![rate(), venue(), IssueValue { issue: "pause".into(), value: None }], "UNSUPPORTED_VERSION"),
    ];
    let mut room = Room::open().await;
    for (values, reason) in table {
        assert_refused(&offered(&mut room, values).await, Code::InvalidArgument, reason);
    }
    assert_eq!(room.tip().await, 2);
    room.goes_on().await;
}

#[tokio::test]
async fn an_offer_for_another_agenda() {
    let mut room = Room::open().await;
    let values = vec![number("rate", 500), choice("venue", "Geneva"), switch("pause")];
    let offer = Offer { agenda_digest: vec![7; 32], values };
    let payload = proposal(&room, offer);
    let refused = room.usa.submit(1, payload).await.unwrap_err();
    assert_refused(&refused, Code::InvalidArgument, "OTHER_AGENDA");
    room.goes_on().await;
}

#[tokio::test]
async fn an_acceptance_where_nothing_stands() {
    let mut room = Room::open().await;
    let refused = room.usa.act(&room.terms, 1, WireAct::Accept([9; 32])).await.unwrap_err();
    assert_refused(&refused, Code::FailedPrecondition, "NOTHING_TO_ACCEPT");
    room.goes_on().await;
}

#[tokio::test]
async fn row_32_a_move_after_the_talk_has_ended() {
    let mut room = Room::open().await;
    let walked = room.usa.act(&room.terms, 1, WireAct::WalkAway("enough".into())).await.unwrap();
    room.chn.end().await.unwrap();
    // The same walk-away again: the original answer, after the end too.
    let payload = encode(&room.terms, &room.talk, "USA", 1, WireAct::WalkAway("enough".into()));
    let again = room.client.submit_move(submit_move(&room, "USA", 1, payload)).await.unwrap().into_inner();
    assert_eq!(again.ack.unwrap(), pb::Ack { duplicate: true, ..walked });
    // Anything else is too late, by stream and by call.
    let late = encode(&room.terms, &room.talk, "CHN", 1, WireAct::Accept([9; 32]));
    let hello = pb::Hello { party: "CHN".into(), after_seq: room.tip().await, ..pb::Hello::default() };
    let mut chn = detente_tests::seats::Seat::resume(&mut room.client, &room.talk, hello).await.unwrap();
    let refused = chn.submit(1, late.clone()).await.unwrap_err();
    assert_refused(&refused, Code::FailedPrecondition, "TALK_CLOSED");
    let status = room.client.submit_move(submit_move(&room, "CHN", 1, late)).await.unwrap_err();
    assert_refused(&(&status).into(), Code::FailedPrecondition, "TALK_CLOSED");
}

fn submit_move(room: &Room, party: &str, client_seq: u64, payload: Bytes) -> pb::SubmitMoveRequest {
    let submit = Some(pb::Submit { payload, signatures: Vec::new() });
    pb::SubmitMoveRequest {
        talk: room.talk.to_string(),
        party: party.into(),
        client_seq,
        submit,
        trace: None,
    }
}

async fn offered(room: &mut Room, values: Vec<IssueValue>) -> detente_tests::seats::Refusal {
    let agenda_digest = room.terms.terms.agenda().digest().as_bytes().to_vec();
    let payload = proposal(room, Offer { agenda_digest, values });
    room.usa.submit(1, payload).await.unwrap_err()
}

fn proposal(room: &Room, offer: Offer) -> Bytes {
    let act = Some(pb::r#move::Act::Propose(pb::Propose { offer: Some(offer) }));
    let talk = room.talk.to_string();
    let given = pb::Move { talk, party: "USA".into(), client_seq: 1, round: 0, reply_to: Bytes::new(), act };
    given.encode_to_vec().into()
}

fn number(issue: &str, n: i64) -> IssueValue {
    IssueValue { issue: issue.into(), value: Some(Value::Number(n)) }
}

fn choice(issue: &str, label: &str) -> IssueValue {
    IssueValue { issue: issue.into(), value: Some(Value::Choice(label.into())) }
}

fn switch(issue: &str) -> IssueValue {
    IssueValue { issue: issue.into(), value: Some(Value::Switch(true)) }
}
