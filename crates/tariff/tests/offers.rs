//! Offers and agendas: what can be constructed is valid, and what is not valid says why.
#![allow(clippy::unwrap_used, reason = "the helpers of a test may unwrap as it does")]

use detente_tariff::{
    Agenda, AgendaDigest, Choices, Instrument, Issue, IssueKind, Label, NumberRange, PartyId, SectorId,
    TariffError, Value,
};
use proptest::prelude::*;

fn number(min: i64, step: i64, steps: i64) -> IssueKind {
    let unit = Label::new("usd").unwrap();
    IssueKind::Number(NumberRange::new(unit, 0, min, min + step * steps, step).unwrap())
}

fn choice(labels: &[&str]) -> IssueKind {
    IssueKind::Choice(Choices::new(labels.iter().map(|l| Label::new(l).unwrap()).collect()).unwrap())
}

fn agenda() -> Agenda {
    let issues = vec![
        Issue::new("Number of rooms", number(-3, 2, 10), None).unwrap(),
        Issue::new("colour", choice(&["red", "green", "19'' LCD"]), None).unwrap(),
        Issue::new("switch", IssueKind::Switch, None).unwrap(),
    ];
    Agenda::new(issues, AgendaDigest::of(b"test")).unwrap()
}

proptest! {
    #[test]
    fn levels_and_values_are_one_to_one(min in -1_000_000_i64..1_000_000, step in 1_i64..1000, steps in 0_i64..500) {
        let issue = Issue::new("x", number(min, step, steps), None).unwrap();
        prop_assert_eq!(i64::from(issue.levels()), steps + 1);
        for level in 0..issue.levels() {
            let value = issue.value_at(level).unwrap();
            prop_assert_eq!(issue.level_of(value).unwrap(), level);
        }
        prop_assert!(issue.value_at(issue.levels()).is_none());
    }

    #[test]
    fn a_number_is_taken_exactly_when_it_is_in_range_and_on_a_step(n in any::<i64>()) {
        let issue = Issue::new("x", number(-3, 2, 10), None).unwrap();
        let fits = (-3..=17).contains(&n) && (n + 3) % 2 == 0;
        prop_assert_eq!(issue.level_of(Value::Number(n)).is_ok(), fits);
    }

    #[test]
    fn any_range_is_refused_or_countable(min in any::<i64>(), max in any::<i64>(), step in any::<i64>()) {
        if let Ok(range) = NumberRange::new(Label::new("u").unwrap(), 2, min, max, step) {
            let issue = Issue::new("x", IssueKind::Number(range), None).unwrap();
            prop_assert_eq!(issue.value_at(0), Some(Value::Number(min)));
            prop_assert_eq!(issue.value_at(issue.levels() - 1), Some(Value::Number(max)));
        }
    }

    #[test]
    fn names_are_kept_exactly_or_refused(text in "\\PC{0,80}") {
        if let Ok(label) = Label::new(&text) {
            prop_assert_eq!(label.as_str(), text);
        }
    }

    #[test]
    fn an_offer_at_levels_reads_back_the_same_levels(a in 0_u32..11, b in 0_u32..3, c in 0_u32..2) {
        let agenda = agenda();
        let offer = agenda.offer_at(&[a, b, c]).unwrap();
        prop_assert_eq!(agenda.levels_of(&offer).unwrap(), vec![a, b, c]);
    }
}

fn named(pairs: &[(&str, Value)]) -> Result<detente_tariff::Offer, TariffError> {
    agenda().offer_named(pairs.iter().copied(), |_, value| Ok(value))
}

#[test]
fn an_offer_is_complete_in_order_and_names_only_issues_of_the_agenda() {
    let rooms = ("Number of rooms", Value::Number(1));
    let colour = ("colour", Value::Choice(2));
    let switch = ("switch", Value::Switch(true));
    assert!(named(&[rooms, colour, switch]).is_ok());
    let refusals = [
        (named(&[rooms, colour]), "no value for issue switch"),
        (named(&[rooms, colour, switch, colour]), "colour appears twice"),
        (named(&[rooms, ("price", Value::Number(1)), switch]), "price is not on the agenda"),
        (named(&[rooms, switch, colour]), "issue switch stands where the agenda has colour"),
        (named(&[("Number of rooms", Value::Number(2)), colour, switch]), "not -3 plus a multiple of 2"),
        (named(&[("Number of rooms", Value::Number(1_000_000_000)), colour, switch]), "outside -3..=17"),
        (named(&[rooms, ("colour", Value::Choice(3)), switch]), "not one of its labels"),
        (named(&[rooms, ("colour", Value::Switch(true)), switch]), "expected one of its labels"),
    ];
    for (offer, message) in refusals {
        let error = offer.unwrap_err().to_string();
        assert!(error.contains(message), "{error:?} does not say {message:?}");
    }
}

#[test]
fn an_offer_for_another_agenda_is_refused_even_if_its_values_would_fit() {
    let other = Agenda::new(agenda().issues().to_vec(), AgendaDigest::of(b"spelled otherwise")).unwrap();
    let offer = other.offer_at(&[0, 0, 0]).unwrap();
    assert!(matches!(agenda().check(&offer), Err(TariffError::OtherAgenda { .. })));
}

#[test]
fn an_instrument_asks_for_its_unit() {
    let instrument = || Instrument::AddedRate {
        by: PartyId::new("USA").unwrap(),
        on: PartyId::new("CHN").unwrap(),
        sector: SectorId::new("steel").unwrap(),
    };
    let percent = IssueKind::Number(NumberRange::percent(0, 12_500, 500).unwrap());
    let negative = IssueKind::Number(NumberRange::percent(-500, 12_500, 500).unwrap());
    let issue = Issue::new("usa.rate.steel", percent.clone(), Some(instrument())).unwrap();
    assert_eq!(issue.display(Value::Number(3_050)), "30.5 percent");
    assert!(Issue::new("usa.rate.steel", IssueKind::Switch, Some(instrument())).is_err());
    assert!(Issue::new("usa.rate.steel", negative, Some(instrument())).is_err());
    let twice = vec![issue.clone(), Issue::new("again", percent, Some(instrument())).unwrap()];
    let error = Agenda::new(twice, AgendaDigest::of(b"")).unwrap_err();
    assert!(matches!(error, TariffError::DuplicateInstrument(_)));
    assert!(matches!(
        Agenda::new(vec![issue.clone(), issue], AgendaDigest::of(b"")).unwrap_err(),
        TariffError::DuplicateIssue(_)
    ));
}
