//! Other suppliers at other rates: they compete in the same market, and it shows.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

use detente_scoring::{
    ArmingtonCes, Flow, Impact, Market, Model, ScoringError, Sector, Side, Supply, ThirdCountry, TradeBase,
    TradeFacts, Tranche, equilibrium,
};
use proptest::prelude::*;
use tariff::{Agenda, AgendaDigest, Instrument, Issue, IssueKind, NumberRange, PartyId, SectorId, Value};

fn party(name: &str) -> PartyId {
    PartyId::new(name).unwrap()
}

/// Norway buys 100 from Sweden, 80 from Denmark and 60 from Finland, and makes 260 itself.
fn facts(sigma: f64, supply: Supply, denmark: f64) -> TradeFacts {
    let flow = Flow {
        value_usd: 100e9,
        base_rate: 0.05,
        spending_usd: 500e9,
        sigma,
        supply,
        others_supply: supply,
        tranches: vec![Tranche::negotiated("all", 1.0, 0.0)],
        ..Flow::default()
    };
    let third = |name: &str, usd: f64, added: f64| ThirdCountry {
        base_rate: vec![0.02],
        added_rate: vec![added],
        ..ThirdCountry::free(party(name), vec![usd])
    };
    TradeFacts {
        year: 2024,
        sectors: vec![Sector { id: SectorId::new("fish").unwrap(), name: "Fish".to_owned() }],
        imports: vec![flow],
        exports: vec![Flow::default()],
        third_countries: [vec![third("DNK", 80e9, denmark), third("FIN", 60e9, 0.0)], Vec::new()],
        ..TradeFacts::between(party("NOR"), party("SWE"))
    }
}

fn agenda() -> Agenda {
    let fish = SectorId::new("fish").unwrap();
    let rate = Instrument::AddedRate { by: party("NOR"), on: party("SWE"), sector: fish };
    let kind = IssueKind::Number(NumberRange::percent(0, 10_000, 1).unwrap());
    Agenda::new(vec![Issue::new("rate", kind, Some(rate)).unwrap()], AgendaDigest::of(b"test")).unwrap()
}

/// What Norway's added rate on Sweden does, from a status quo of 50%, in basis points.
fn impact(facts: TradeFacts, rate: i64) -> Impact {
    let agenda = agenda();
    let quo = agenda.offer(vec![Value::Number(5_000)]).unwrap();
    let model = ArmingtonCes::compile(&TradeBase::new(facts).unwrap(), &agenda, &quo).unwrap();
    model.impact(&agenda.offer(vec![Value::Number(rate)]).unwrap()).unwrap()
}

/// What a cut of Sweden's rate from 50% to `rate` is worth to its exporters.
fn gain(facts: TradeFacts, rate: i64) -> i64 {
    let imports = impact(facts, rate).imports;
    imports.after - imports.before
}

fn supplies() -> impl Strategy<Value = Supply> {
    prop_oneof![Just(Supply::Infinite), (0.5..8.0_f64).prop_map(Supply::Finite)]
}

proptest! {
    /// The market with every supplier a source of its own, as the plain solver clears it.
    #[test]
    fn a_third_country_is_a_source_like_any_other(
        sigma in 0.8..6.0_f64, supply in supplies(), denmark in 0.0..1.5_f64, rate in 0..10_000_i64,
    ) {
        let impact = impact(facts(sigma, supply, denmark), rate);
        let paid = [100e9 * 1.05, 80e9 * 1.02, 60e9 * 1.02];
        let v0 = [500e9 - paid.iter().sum::<f64>(), paid[0], paid[1], paid[2]];
        let (t0, t1) = ([0.0, 0.05, 0.02, 0.02], [0.0, 0.05 + rate as f64 / 1e4, 0.02 + denmark, 0.02]);
        let market = Market { v0: &v0, t0: &t0, t1: &t1, sigma, eta: -0.5, supply: &[supply; 4] };
        let cleared = equilibrium(&market).unwrap();
        let close = |given: i64, expected: f64| (given as f64 / expected - 1.0).abs() < 1e-9;
        prop_assert!(close(impact.imports.after, cleared.exporter_revenue[1]));
        prop_assert!(close(impact.diversion[0].imports.after, cleared.exporter_revenue[2]));
        prop_assert!(close(impact.diversion[1].imports.after, cleared.exporter_revenue[3]));
        let price = impact.sectors[0].imports.price.after / 1e4 + 1.0;
        prop_assert!((price / cleared.price_index - 1.0).abs() < 1e-9);
    }

    /// Goods that replace each other: the less Denmark pays, the less a cut is worth to Sweden.
    #[test]
    fn a_cut_for_one_lowers_what_the_same_cut_is_worth_to_another(
        sigma in 1.2..6.0_f64, supply in supplies(), high in 0.1..1.5_f64, cut in 0.1..1.0_f64, rate in 0..4_500_i64,
    ) {
        let low = high * (1.0 - cut);
        prop_assert!(gain(facts(sigma, supply, low), rate) < gain(facts(sigma, supply, high), rate));
    }

    /// The data year has the rates of the data year, whoever pays what now.
    #[test]
    fn the_base_is_the_data(sigma in 0.8..6.0_f64, supply in supplies(), denmark in 0.0..1.5_f64) {
        let impact = impact(facts(sigma, supply, denmark), 0);
        prop_assert_eq!(impact.imports.base, 100_000_000_000);
        prop_assert_eq!(impact.diversion[0].imports.base, 80_000_000_000);
        if denmark == 0.0 {
            prop_assert_eq!(impact.imports.after, impact.imports.base);
        }
    }
}

/// Sweden and Denmark with equal trade and equal rates take from each other alike.
#[test]
fn equal_substitutes_are_symmetric() {
    let world = |denmark: f64, sweden: i64| {
        let mut facts = facts(3.0, Supply::Infinite, denmark);
        facts.imports[0].base_rate = 0.02;
        facts.third_countries[0][0].imports_usd = vec![100e9];
        impact(facts, sweden)
    };
    let one = world(0.5, 1_000);
    let other = world(0.1, 5_000);
    assert_eq!(one.imports.after, other.diversion[0].imports.after);
    assert_eq!(one.diversion[0].imports.after, other.imports.after);
}

#[test]
fn rates_of_other_deals_are_set_on_the_facts() {
    let base = TradeBase::new(facts(3.0, Supply::Infinite, 0.0)).unwrap();
    let agreed = base.with_third_rates(Side::Home, &[0], &[(party("DNK"), 0.2)]).unwrap();
    assert_eq!(agreed.facts(), &facts(3.0, Supply::Infinite, 0.2));
    for (country, sector, rate) in [("USA", 0, 0.2), ("DNK", 1, 0.2), ("DNK", 0, -0.2), ("DNK", 0, f64::NAN)]
    {
        let refused = base.with_third_rates(Side::Home, &[sector], &[(party(country), rate)]);
        assert!(matches!(refused, Err(ScoringError::BadFact { .. })), "{country} {sector} {rate}");
    }
}

/// Shares of spending must leave it whole once they count.
#[test]
fn suppliers_cannot_sell_more_than_is_spent() {
    let mut facts = facts(3.0, Supply::Infinite, 0.1);
    facts.imports[0].spending_usd = 200e9;
    let error = TradeBase::new(facts.clone()).unwrap_err().to_string();
    assert!(error.contains("NOR imports of fish: spending"), "{error}");
    facts.third_countries[0][0].added_rate[0] = 0.0;
    assert!(TradeBase::new(facts).is_ok(), "without other rates the shares are not used");
}

/// A side whose other suppliers nobody names says so; one that buys nothing has nothing to say.
#[test]
fn unknown_diversion_is_flagged() {
    let flags = |facts: TradeFacts| {
        let flags = impact(facts, 0).flags;
        flags.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let mut facts = facts(3.0, Supply::Infinite, 0.0);
    assert_eq!(flags(facts.clone()), Vec::<String>::new());
    facts.third_countries[0].clear();
    facts.exports[0] = facts.imports[0].clone();
    assert_eq!(flags(facts.clone()), ["diversion_not_by_partner:NOR", "diversion_not_by_partner:SWE"]);
    let base = TradeBase::new(facts).unwrap();
    let flag = detente_scoring::Flag::new("diversion_not_by_partner:SWE");
    assert!(base.meaning(&flag).is_some_and(|text| text.contains("suppliers")));
}

/// Where nothing is bought nothing happens, and no figure is a NaN.
#[test]
fn zero_flows_stay_exactly_zero() {
    for supply in [Supply::Infinite, Supply::Finite(2.0)] {
        for spending in [0.0, 500e9] {
            let mut facts = facts(3.0, supply, 0.5);
            facts.imports[0].value_usd = 0.0;
            facts.imports[0].spending_usd = spending;
            if spending == 0.0 {
                facts.third_countries[0].clear();
            }
            let impact = impact(facts, 0);
            assert_eq!([impact.imports.before, impact.imports.after, impact.exports.after], [0; 3]);
            let price = impact.parties[0].price_effect;
            assert!(price.after.is_finite() && price.after == price.before, "{price:?}");
        }
    }
}
