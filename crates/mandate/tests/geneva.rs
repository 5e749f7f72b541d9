//! The shipped scenario: the figures that its conventions are pinned to, and the default mandates.

#![allow(clippy::unwrap_used)]

mod common;

use common::{CHN, Geneva, USA};
use detente_mandate::Compiled;
use tariff::{Instrument, Offer, Value};
use utility::{Planner, Preferences};

/// Tariffs alone: the objectives and weights of the default mandates without the rest of the table.
const USA_TARIFFS: &str = include_str!("fixtures/usa_tariffs.toml");
const CHN_TARIFFS: &str = include_str!("fixtures/chn_tariffs.toml");

fn worth(compiled: &Compiled, offer: &Offer) -> f64 {
    compiled.preferences().utility().value(offer)
}

/// Reference figures to three decimals, from an independent implementation.
#[test]
fn tariffs_alone_are_worth_what_the_reference_says() {
    let geneva = Geneva::rates_only();
    let (usa, chn) = (geneva.compile(USA_TARIFFS), geneva.compile(CHN_TARIFFS));
    for (offer, expected) in
        [(&geneva.status_quo, (0.3552, 0.3223)), (&geneva.uniform(10, 10), (0.6015, 0.6171))]
    {
        let found = (worth(&usa, offer), worth(&chn, offer));
        assert!((found.0 - expected.0).abs() < 5e-5, "{found:?} for {expected:?}");
        assert!((found.1 - expected.1).abs() < 5e-5, "{found:?} for {expected:?}");
    }
}

/// Nash (1950), sector by sector: argmax of the product of gains over walk-away, on the efficient
/// curve of both utilities. Near 30% and 5%: the US 10 points on top of 20 that are not on the table.
#[test]
fn the_nash_point_by_sector_is_near_thirty_and_five() {
    let geneva = Geneva::rates_only();
    let nash = nash(&geneva, &geneva.compile(USA_TARIFFS), &geneva.compile(CHN_TARIFFS));
    assert!((20.0 + geneva.average_rate(&nash, "USA") - 30.0).abs() < 1.0);
    assert!((geneva.average_rate(&nash, "CHN") - 5.0).abs() < 1.0);
}

/// Of the 676 offers of one rate a side, those that keep to the US red line and that both sides
/// prefer to the status quo, and to 0.15 above it: the reference counts 481 and 41.
#[test]
fn at_a_bar_of_the_status_quo_the_zone_is_trivial_and_above_it_small() {
    let geneva = Geneva::rates_only();
    let (usa, chn) = (geneva.compile(USA_TARIFFS), geneva.compile(CHN_TARIFFS));
    let bars = (worth(&usa, &geneva.status_quo), worth(&chn, &geneva.status_quo));
    let uniform: Vec<Offer> = (2..26)
        .flat_map(|u| (0..26).map(move |c| (5 * u, 5 * c)))
        .map(|(u, c)| geneva.uniform(u, c))
        .collect();
    let zone = |more: f64| {
        let inside = |o: &&Offer| worth(&usa, o) > bars.0 + more && worth(&chn, o) > bars.1 + more;
        uniform.iter().filter(inside).count()
    };
    assert_eq!((zone(0.0), zone(0.15)), (481, 41));
}

fn nash(geneva: &Geneva, usa: &Compiled, chn: &Compiled) -> Offer {
    let bars = (worth(usa, &geneva.status_quo) + 0.15, worth(chn, &geneva.status_quo) + 0.15);
    let red_lines = [usa.preferences().red_lines(), chn.preferences().red_lines()].concat();
    let both = Preferences::new(usa.preferences().utility().clone(), 0.0).unwrap().with_red_lines(red_lines);
    let planner = Planner::new(&both, Some(chn.preferences().utility())).unwrap();
    let product = |p: &utility::Point| (p.own - bars.0).max(0.0) * (p.prior - bars.1).max(0.0);
    let best = planner.curve().max_by(|a, b| product(a).total_cmp(&product(b))).unwrap();
    planner.on_curve(best.own).unwrap()
}

#[test]
fn the_shipped_walk_away_values_are_the_status_quo_and_fifteen_points() {
    let geneva = Geneva::whole();
    for text in [USA, CHN] {
        let compiled = geneva.compile(text);
        let status_quo = worth(&compiled, &geneva.status_quo);
        let bar = compiled.preferences().walk_away();
        assert!((bar - status_quo - 0.15).abs() < 1e-3, "{}: {bar} over {status_quo}", compiled.party());
    }
}

#[test]
fn the_real_deal_is_acceptable_to_both() {
    let geneva = Geneva::whole();
    for text in [USA, CHN] {
        let compiled = geneva.compile(text);
        assert!(compiled.preferences().acceptable(&geneva.real_deal()));
        assert!(!compiled.preferences().acceptable(&geneva.status_quo));
    }
}

/// Both concede along their ladders of 40 rungs, rung for rung, as MiCRO does against itself.
#[test]
fn ladders_meet_near_the_real_deal() {
    let geneva = Geneva::whole();
    let (usa, chn) = (geneva.compile(USA), geneva.compile(CHN));
    let ladder = |c: &Compiled| Planner::new(c.preferences(), c.prior()).unwrap().ladder(40);
    let (ours, theirs) = (ladder(&usa), ladder(&chn));
    assert_eq!((ours.rungs().len(), theirs.rungs().len()), (40, 40));
    let meets = |(mine, yours): &(&utility::Rung, &utility::Rung)| {
        chn.preferences().permits(&mine.offer) && worth(&chn, &mine.offer) >= yours.own
    };
    let deal = &ours.rungs().iter().zip(theirs.rungs()).find(meets).unwrap().0.offer;
    assert!(usa.preferences().acceptable(deal) && chn.preferences().acceptable(deal));
    let real = geneva.real_deal();
    assert!((worth(&usa, deal) - worth(&usa, &real)).abs() < 0.08);
    assert!((worth(&chn, deal) - worth(&chn, &real)).abs() < 0.08);
    assert!((geneva.average_rate(deal, "USA") - 10.0).abs() < 2.5);
    assert!((5..=15).contains(&median_rate(&geneva, deal, "CHN")));
}

fn median_rate(geneva: &Geneva, offer: &Offer, party: &str) -> i64 {
    let rate = |(issue, value): (&tariff::Issue, &Value)| match (issue.instrument(), value) {
        (Some(Instrument::AddedRate { by, .. }), Value::Number(bps)) if by.as_str() == party => {
            Some(bps / 100)
        }
        _ => None,
    };
    let mut rates: Vec<i64> = geneva.agenda.issues().iter().zip(offer.values()).filter_map(rate).collect();
    rates.sort_unstable();
    rates[rates.len() / 2]
}

/// Pause, switches and purchases colour the talk; they do not decide it.
#[test]
fn the_rest_of_the_table_has_at_most_fifteen_percent() {
    let geneva = Geneva::whole();
    for text in [USA, CHN] {
        let explained = geneva.compile(text).explain(&geneva.status_quo).unwrap();
        let rest: f64 = explained.objectives.iter().filter(|o| o.unit == "worth").map(|o| o.weight).sum();
        assert!(rest <= 0.15, "{rest}");
    }
}
