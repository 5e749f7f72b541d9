//! The shipped Geneva scenario gives the figures of its reference, computed in another language.

#![allow(clippy::unwrap_used)] // only in tests

use detente_scenario::Scenario;
use scoring::{ArmingtonCes, Elasticities, Impact, Model, Supply, pass_through, wto_experiment};
use tariff::{Agenda, AgendaDigest, Instrument, Offer, Value};

fn geneva() -> (Scenario, Agenda) {
    let scenario = Scenario::load("geneva-2025").unwrap_or_else(|e| panic!("{e}"));
    let agenda = scenario.agenda(AgendaDigest::of(b"test"));
    (scenario, agenda)
}

/// The status quo with both added rates at other levels, all else as it stands.
fn with_rates(scenario: &Scenario, agenda: &Agenda, usa: i64, chn: i64) -> Offer {
    let value = |(issue, standing): (&tariff::Issue, &Value)| match issue.instrument() {
        Some(Instrument::AddedRate { by, .. }) => Value::Number(if by.as_str() == "USA" { usa } else { chn }),
        _ => *standing,
    };
    let values = agenda.issues().iter().zip(scenario.status_quo()).map(value).collect();
    agenda.offer(values).unwrap()
}

fn billion(usd: i64) -> f64 {
    (usd as f64 / 1e6).round() / 1e3
}

/// Trade in percent, imports, exports, deficit in billions.
fn row(impact: &Impact, at: impl Fn(&scoring::Usd) -> i64) -> [f64; 4] {
    let trade = 100.0 * (at(&impact.total_trade) as f64 / impact.total_trade.base as f64 - 1.0);
    [
        trade,
        billion(at(&impact.imports)),
        billion(at(&impact.exports)),
        billion(at(&impact.bilateral_deficit)),
    ]
}

/// Equal to the digits the reference prints: hundredths of a percent, then millions.
fn close<const N: usize>(given: [f64; N], expected: [f64; N]) {
    for (i, (g, e)) in given.iter().zip(expected).enumerate() {
        let half_a_digit = if i == 0 { 0.005 } else { 0.0005 };
        assert!((g - e).abs() <= half_a_digit * 1.01, "{given:?} is not {expected:?}");
    }
}

#[test]
fn tariffs_in_force_and_the_real_deal_meet_the_reference() {
    let (scenario, agenda) = geneva();
    let model = scenario.model(&agenda).unwrap().unwrap();
    let impact = model.impact(&with_rates(&scenario, &agenda, 1_000, 1_000)).unwrap();
    close(row(&impact, |u| u.base), [0.0, 429.426, 143.500, 285.926]);
    close(row(&impact, |u| u.before), [-74.99, 127.108, 16.177, 110.931]);
    close(row(&impact, |u| u.after), [-39.66, 240.899, 104.787, 136.112]);
    let duties = impact.parties.each_ref().map(|p| p.tariff_revenue);
    assert_eq!(duties.map(|d| billion(d.base)), [46.661, 17.348]);
    assert_eq!(duties.map(|d| billion(d.before)), [77.748, 22.419]);
    assert_eq!(duties.map(|d| billion(d.after)), [88.919, 24.937]);
}

#[test]
fn the_wto_experiment_meets_the_reference_for_every_elasticity() {
    let (scenario, _) = geneva();
    let base = scenario.trade().unwrap();
    let cases = [
        (Elasticities::default(), [-88.66, 48.468, 16.498], [-79.18, 102.763, 16.498]),
        (Elasticities::uniform(2.0), [-79.27, 86.079, 32.676], [-69.98, 139.317, 32.676]),
        (Elasticities::uniform(0.76), [-45.37, 231.460, 81.517], [-39.37, 265.854, 81.517]),
        (
            Elasticities { scale: 0.38, ..Elasticities::default() },
            [-57.30, 183.881, 60.743],
            [-50.31, 223.935, 60.743],
        ),
    ];
    for (elasticities, everything, exempt) in cases {
        let run = wto_experiment(base, &elasticities).unwrap();
        for (change, expected) in [(run.on_everything, everything), (run.electronics_exempt, exempt)] {
            close([change.percent(), change.imports / 1e9, change.exports / 1e9], expected);
        }
    }
}

#[test]
fn the_published_direction_of_the_wto_is_met_within_six_points() {
    let (scenario, _) = geneva();
    let run = wto_experiment(scenario.trade().unwrap(), &Elasticities::default()).unwrap();
    let (all, exempt) = (run.on_everything.percent(), run.electronics_exempt.percent());
    assert!((all + 91.0).abs() < 6.0 && (exempt + 81.0).abs() < 6.0 && all < exempt);
}

#[test]
fn the_agenda_is_the_one_that_was_pinned_down() {
    let (scenario, agenda) = geneva();
    let count = |prefix: &str| agenda.issues().iter().filter(|i| i.id().as_str().starts_with(prefix)).count();
    assert_eq!((count("usa.rate."), count("chn.rate."), agenda.len()), (24, 24, 59));
    assert_eq!(agenda.issue("usa.rate.steel").unwrap().levels(), 26);
    assert_eq!(scenario.rounds(), 30);
    let quo = scenario.status_quo_offer(&agenda).unwrap();
    assert_eq!(quo, with_rates(&scenario, &agenda, 12_500, 12_500));
}

#[test]
fn the_status_quo_changes_nothing_exactly() {
    let (scenario, agenda) = geneva();
    let model = scenario.model(&agenda).unwrap().unwrap();
    let impact = model.impact(&scenario.status_quo_offer(&agenda).unwrap()).unwrap();
    let same = |u: &scoring::Usd| assert_eq!(u.before, u.after);
    [&impact.imports, &impact.exports, &impact.bilateral_deficit].into_iter().for_each(same);
    for sector in &impact.sectors {
        for flow in [sector.imports, sector.exports] {
            same(&flow.value);
            same(&flow.duty);
            assert_eq!((flow.rate.before, flow.price.before), (flow.rate.after, flow.price.after));
        }
    }
    for party in &impact.parties {
        assert_eq!(party.average_tariff.before.to_bits(), party.average_tariff.after.to_bits());
        assert_eq!(party.price_effect.before.to_bits(), party.price_effect.after.to_bits());
    }
    assert!(impact.diversion.iter().all(|d| d.imports.before == d.imports.after));
}

#[test]
fn every_estimate_is_flagged_and_every_flag_explained() {
    let (scenario, agenda) = geneva();
    let model: ArmingtonCes = scenario.model(&agenda).unwrap().unwrap();
    let impact = model.impact(&scenario.status_quo_offer(&agenda).unwrap()).unwrap();
    let flags: Vec<_> = impact.flags.iter().map(|f| f.as_str()).collect();
    for expected in [
        "estimated_tariff",
        "estimated_export_split",
        "estimated_penetration",
        "estimated_de_minimis",
        // By sector no data name China's other suppliers.
        "diversion_not_by_partner:CHN",
    ] {
        assert!(flags.contains(&expected), "{flags:?}");
    }
    assert!(impact.flags.iter().all(|f| model.base().meaning(f).is_some()), "{flags:?}");
    assert_eq!(impact.published[0].usd, 295_400_000_000);
}

#[test]
fn buyers_bear_all_of_a_duty_only_if_exporters_sell_at_any_price() {
    let (scenario, _) = geneva();
    let base = scenario.trade().unwrap();
    let passed = |supply| pass_through(base, 0.2, supply).unwrap();
    assert_eq!(passed(Supply::Infinite), 1.0);
    let finite = [2.0, 10.0, 25.0, 100.0].map(|elasticity| passed(Supply::Finite(elasticity)));
    assert!(finite.is_sorted() && finite[0] > 0.0 && finite[3] < 1.0, "{finite:?}");
    // ε/(ε+σ) is what passes where the partner's share of the market is small.
    assert!((finite[2] - 0.9).abs() < 0.05, "{finite:?}");
}
