//! Packed offers: what goes out comes back the same, and nothing that comes in can do harm.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use detente_wire::pb::scoring::v1 as pb;
use detente_wire::{Refused, decode_agenda, decode_packed, encode_agenda, encode_packed};
use proptest::prelude::*;
use tariff::{Agenda, Choices, Issue, IssueKind, Label, NumberRange, Offer};

fn kind() -> impl Strategy<Value = IssueKind> {
    let number = (-1000_i64..1000, 1_i64..50, 0_i64..40).prop_map(|(min, step, steps)| {
        let unit = Label::new("t").unwrap();
        IssueKind::Number(NumberRange::new(unit, 0, min, min + step * steps, step).unwrap())
    });
    let choice = (1_usize..6).prop_map(|n| {
        let labels = (0..n).map(|i| Label::new(&format!("label {i}")).unwrap());
        IssueKind::Choice(Choices::new(labels.collect()).unwrap())
    });
    prop_oneof![number, choice, Just(IssueKind::Switch)]
}

fn batch() -> impl Strategy<Value = (Agenda, Vec<Offer>)> {
    let kinds = prop::collection::vec(kind(), 1..12);
    (kinds, prop::collection::vec(any::<u64>(), 1..9)).prop_map(|(kinds, picks)| {
        let issue = |(place, kind)| Issue::new(&format!("issue {place}"), kind, None).unwrap();
        let issues: Vec<Issue> = kinds.into_iter().enumerate().map(issue).collect();
        let agenda = decode_agenda(&encode_agenda(&issues)).unwrap();
        let offer = |pick: &u64| {
            let levels: Vec<u32> = issues.iter().map(|i| (pick % u64::from(i.levels())) as u32).collect();
            agenda.offer_at(&levels).unwrap()
        };
        let offers = picks.iter().map(offer).collect();
        (agenda, offers)
    })
}

proptest! {
    #[test]
    fn offers_come_back_the_same((agenda, offers) in batch()) {
        prop_assert_eq!(decode_packed(&agenda, &encode_packed(&agenda, &offers)).unwrap(), offers);
    }

    #[test]
    fn any_values_are_offers_or_refused(
        (agenda, offers) in batch(), at in any::<prop::sample::Index>(), value in any::<i64>(), cut in 0_usize..4,
    ) {
        let mut packed = encode_packed(&agenda, &offers);
        let place = at.index(packed.values.len());
        packed.values[place] = value;
        packed.values.truncate(packed.values.len().saturating_sub(cut));
        match decode_packed(&agenda, &packed) {
            Ok(offers) => prop_assert_eq!(encode_packed(&agenda, &offers).values, packed.values),
            Err(error) => prop_assert_eq!(Refused::from(error).code, tonic::Code::InvalidArgument),
        }
    }
}

#[test]
fn each_fault_has_its_reason() {
    let number = NumberRange::percent(0, 1_000, 500).unwrap();
    let labels = Choices::new(vec![Label::new("a").unwrap(), Label::new("b").unwrap()]).unwrap();
    let issues = [
        Issue::new("rate", IssueKind::Number(number), None).unwrap(),
        Issue::new("label", IssueKind::Choice(labels), None).unwrap(),
        Issue::new("switch", IssueKind::Switch, None).unwrap(),
    ];
    let agenda = decode_agenda(&encode_agenda(&issues)).unwrap();
    let digest = agenda.digest().as_bytes().to_vec();
    let reason = |agenda_digest: &[u8], values: &[i64]| {
        let packed = pb::PackedOffers { agenda_digest: agenda_digest.to_vec(), values: values.to_vec() };
        decode_packed(&agenda, &packed).map_err(|error| Refused::from(error).reason)
    };
    assert_eq!(reason(&digest, &[500, 1, 1, 0, 0, 0]).unwrap().len(), 2);
    assert_eq!(reason(&digest, &[600, 1, 1]), Err("OFF_STEP"));
    assert_eq!(reason(&digest, &[i64::MAX, 1, 1]), Err("RATE_OUT_OF_RANGE"));
    assert_eq!(reason(&digest, &[500, 2, 1]), Err("UNKNOWN_LABEL"));
    assert_eq!(reason(&digest, &[500, -1, 1]), Err("UNKNOWN_LABEL"));
    assert_eq!(reason(&digest, &[500, 1, 2]), Err("WRONG_KIND"));
    assert_eq!(reason(&digest, &[500, 1]), Err("MALFORMED"));
    assert_eq!(reason(&digest[1..], &[500, 1, 1]), Err("MALFORMED"));
    assert_eq!(reason(&[7; 32], &[500, 1, 1]), Err("OTHER_AGENDA"));
}
