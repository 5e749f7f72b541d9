//! The border: what goes out comes back the same, and nothing that comes in can do harm.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use detente_wire::{
    Names, OutgoingMove, Refused, WireAct, WireError, decode_agenda, decode_move, decode_offer,
    encode_agenda, encode_move, encode_offer,
};
use proptest::prelude::*;
use prost::Message as _;
use talks::{Act, Seq};
use tariff::{Agenda, Choices, Instrument, Issue, IssueKind, Label, NumberRange, PartyId, SectorId};
use tonic::Code;

fn kind() -> impl Strategy<Value = IssueKind> {
    let number = (0_u8..=9, -1000_i64..1000, 1_i64..50, 0_i64..40).prop_map(|(scale, min, step, steps)| {
        let unit = Label::new("kg CO₂").unwrap();
        IssueKind::Number(NumberRange::new(unit, scale, min, min + step * steps, step).unwrap())
    });
    let choice = (1_usize..6).prop_map(|n| {
        let labels = (0..n).map(|i| Label::new(&format!("19'' label {i}")).unwrap());
        IssueKind::Choice(Choices::new(labels.collect()).unwrap())
    });
    prop_oneof![number, choice, Just(IssueKind::Switch)]
}

fn issues() -> impl Strategy<Value = Vec<Issue>> {
    prop::collection::vec(kind(), 1..12).prop_map(|kinds| {
        let issue =
            |(place, kind): (usize, IssueKind)| Issue::new(&format!("issue {place}"), kind, None).unwrap();
        kinds.into_iter().enumerate().map(issue).collect()
    })
}

/// An agenda with an offer on it.
fn offer() -> impl Strategy<Value = (Agenda, tariff::Offer)> {
    (issues(), any::<u64>()).prop_map(|(issues, pick)| {
        let agenda = decode_agenda(&encode_agenda(&issues)).unwrap();
        let levels: Vec<u32> = issues.iter().map(|issue| (pick % u64::from(issue.levels())) as u32).collect();
        let offer = agenda.offer_at(&levels).unwrap();
        (agenda, offer)
    })
}

fn usa() -> PartyId {
    PartyId::new("USA").unwrap()
}

fn propose(agenda: &Agenda, offer: &tariff::Offer) -> bytes::Bytes {
    let act = WireAct::Propose(offer.clone());
    encode_move(agenda, &OutgoingMove { talk: "talk", party: &usa(), client_seq: 3, round: 2, act })
}

proptest! {
    #[test]
    fn an_agenda_comes_back_the_same(issues in issues()) {
        let stored = encode_agenda(&issues);
        let agenda = decode_agenda(&stored).unwrap();
        prop_assert_eq!(agenda.issues(), &issues[..]);
        prop_assert_eq!(agenda.digest(), tariff::AgendaDigest::of(&stored));
    }

    #[test]
    fn an_offer_and_its_move_come_back_the_same((agenda, offer) in offer()) {
        prop_assert_eq!(&decode_offer(&agenda, &encode_offer(&agenda, &offer)).unwrap(), &offer);
        let received = decode_move(&propose(&agenda, &offer), &agenda, None).unwrap();
        prop_assert_eq!(received.talk.as_str(), "talk");
        prop_assert_eq!(received.submission.party, usa());
        prop_assert_eq!((received.submission.client_seq, received.submission.round), (3, Some(2)));
        prop_assert_eq!(received.submission.act, Act::Propose(offer));
    }

    #[test]
    fn a_damaged_move_is_refused_or_valid_and_never_panics(
        (agenda, offer) in offer(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut payload = propose(&agenda, &offer).to_vec();
        let at = at.index(payload.len());
        payload[at] = byte;
        if let Ok(received) = decode_move(&payload, &agenda, None)
            && let Act::Propose(offer) = received.submission.act
        {
            prop_assert!(agenda.levels_of(&offer).is_ok());
        }
    }

    #[test]
    fn any_bytes_are_refused_or_valid_and_never_panic(payload in prop::collection::vec(any::<u8>(), 0..400)) {
        let agenda = decode_agenda(&encode_agenda(&[Issue::new("x", IssueKind::Switch, None).unwrap()])).unwrap();
        let _ = decode_move(&payload, &agenda, None);
        let _ = decode_agenda(&payload);
    }
}

#[test]
fn instruments_come_back_the_same() {
    let (by, on, sector) = (usa(), PartyId::new("CHN").unwrap(), SectorId::new("steel").unwrap());
    let percent = || IssueKind::Number(NumberRange::percent(0, 10_000, 500).unwrap());
    let number =
        |unit: &str| IssueKind::Number(NumberRange::new(Label::new(unit).unwrap(), 0, 0, 180, 30).unwrap());
    let levers = [
        (percent(), Instrument::AddedRate { by: by.clone(), on: on.clone(), sector: sector.clone() }),
        (percent(), Instrument::ExcludedShare { by: by.clone(), on: on.clone(), sector: sector.clone() }),
        (
            number("usd"),
            Instrument::PurchaseCommitment { by: by.clone(), from: on.clone(), sector: sector.clone() },
        ),
        (
            number("usd"),
            Instrument::TariffRateQuota { by: by.clone(), on: on.clone(), sector: sector.clone() },
        ),
        (percent(), Instrument::InQuotaRate { by: by.clone(), on: on.clone(), sector: sector.clone() }),
        (percent(), Instrument::ExportControl { by: by.clone(), on: on.clone(), sector }),
        (percent(), Instrument::DigitalServicesTax { by: by.clone(), on: on.clone() }),
        (number("usd"), Instrument::DeMinimis { by: by.clone(), on: on.clone() }),
        (IssueKind::Switch, Instrument::ExportControlRelief { by, on }),
        (number("day"), Instrument::Pause),
    ];
    let issue = |(place, (kind, lever)): (usize, (IssueKind, Instrument))| {
        Issue::new(&format!("i{place}"), kind, Some(lever)).unwrap()
    };
    let issues: Vec<Issue> = levers.into_iter().enumerate().map(issue).collect();
    assert_eq!(decode_agenda(&encode_agenda(&issues)).unwrap().issues(), &issues[..]);
}

#[test]
fn a_field_of_a_later_version_is_refused_and_not_dropped() {
    let agenda = decode_agenda(&encode_agenda(&[Issue::new("x", IssueKind::Switch, None).unwrap()])).unwrap();
    let offer = agenda.offer_at(&[0]).unwrap();
    let mut payload = propose(&agenda, &offer).to_vec();
    // Field 100, varint 1.
    payload.extend([0xa0, 0x06, 0x01]);
    let error = decode_move(&payload, &agenda, None).unwrap_err();
    assert!(matches!(error, WireError::Unsupported { .. }), "{error}");
    assert_eq!(Refused::from(error).reason, "UNSUPPORTED_VERSION");
}

#[test]
fn an_acceptance_names_the_standing_entry_and_anything_else_is_entry_0() {
    let agenda = decode_agenda(&encode_agenda(&[Issue::new("x", IssueKind::Switch, None).unwrap()])).unwrap();
    let accept = |hash| {
        let act = WireAct::Accept(hash);
        encode_move(&agenda, &OutgoingMove { talk: "t", party: &usa(), client_seq: 1, round: 0, act })
    };
    let standing = Some(Names { seq: Seq(7), hash: [1; 32] });
    let named =
        |payload: bytes::Bytes, standing| decode_move(&payload, &agenda, standing).unwrap().submission.act;
    assert_eq!(named(accept([1; 32]), standing), Act::Accept { offer: Seq(7) });
    assert_eq!(named(accept([2; 32]), standing), Act::Accept { offer: Seq(0) });
    assert_eq!(named(accept([1; 32]), None), Act::Accept { offer: Seq(0) });
}

#[test]
fn a_refusal_carries_its_details_both_ways_it_travels() {
    let refused = Refused::new(Code::Aborted, "STALE_BASE", "decide anew").with("tip", 9).at("move.accept");
    let status = refused.status();
    assert_eq!((status.code(), Refused::reason_of(&status).as_deref()), (Code::Aborted, Some("STALE_BASE")));
    let inside = refused.rpc_status();
    assert_eq!((inside.code, inside.message.as_str()), (Code::Aborted as i32, "decide anew"));
    assert_eq!(inside.details.len(), 2, "ErrorInfo and BadRequest");
    assert!(inside.encoded_len() > 0);
}
