//! Where limits meet each other, exclusions, purchases, and parameters that are drawn.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "shared with the tests of the default model")]
mod common;

use common::{facts, flow, home, partner, sector};
use detente_scoring::uncertainty::{Distributions, Ensemble};
use detente_scoring::{ArmingtonCes, Flag, Flow, Impact, Model, Side, Supply, TariffQuota, TradeBase};
use proptest::prelude::*;
use tariff::{Agenda, AgendaDigest, Instrument, Issue, IssueKind, Label, NumberRange, Offer, Value};

/// Rate, exclusion and cap in basis points, quota and purchase in US dollars.
#[derive(Debug, Clone, Copy)]
struct Deal {
    rate: i64,
    excluded: i64,
    cap: i64,
    quota: i64,
    purchase: i64,
}

const FREE: Deal = Deal { rate: 0, excluded: 0, cap: 10_000, quota: 0, purchase: 0 };

fn agenda() -> Agenda {
    let percent = || IssueKind::Number(NumberRange::percent(0, 10_000, 1).unwrap());
    let usd = || {
        let range = NumberRange::new(Label::new("usd").unwrap(), 0, 0, 5_000_000_000, 100_000).unwrap();
        IssueKind::Number(range)
    };
    let (by, on, goods) = (home, partner, || sector(0));
    let issues = [
        ("rate", percent(), Instrument::AddedRate { by: by(), on: on(), sector: goods() }),
        ("excluded", percent(), Instrument::ExcludedShare { by: by(), on: on(), sector: goods() }),
        ("cap", percent(), Instrument::ExportControl { by: on(), on: by(), sector: goods() }),
        ("quota", usd(), Instrument::TariffRateQuota { by: by(), on: on(), sector: goods() }),
        ("purchase", usd(), Instrument::PurchaseCommitment { by: by(), from: on(), sector: goods() }),
    ];
    let issues = issues.into_iter().map(|(id, kind, what)| Issue::new(id, kind, Some(what)).unwrap());
    Agenda::new(issues.collect(), AgendaDigest::of(b"limits")).unwrap()
}

fn offer(agenda: &Agenda, deal: Deal) -> Offer {
    let Deal { rate, excluded, cap, quota, purchase } = deal;
    agenda.offer([rate, excluded, cap, quota, purchase].map(Value::Number).to_vec()).unwrap()
}

fn base(flow: &Flow) -> TradeBase {
    let mut facts = facts(vec![flow.clone()], vec![flow.clone()]);
    facts.quotas = vec![TariffQuota {
        importer: Side::Home,
        sector: sector(0),
        quota_usd: 0.0,
        in_quota_rate: 0.0,
        rent_holder: Side::Home,
    }];
    TradeBase::new(facts).unwrap()
}

fn model(flow: &Flow) -> ArmingtonCes {
    let agenda = agenda();
    ArmingtonCes::compile(&base(flow), &agenda, &offer(&agenda, FREE)).unwrap()
}

fn at(model: &ArmingtonCes, deal: Deal) -> Impact {
    model.impact(&offer(&agenda(), deal)).unwrap()
}

fn imports(impact: &Impact) -> i64 {
    impact.sectors[0].imports.value.after
}

#[test]
fn one_draw_at_a_low_sigma_leaves_a_ban_its_bands() {
    let agenda = agenda();
    for sigma in [1.1, 1.6, 2.0, 2.85] {
        let base = base(&flow(0, sigma, Supply::Infinite));
        let spread = Distributions::published(&base);
        let free = offer(&agenda, FREE);
        let ensemble = Ensemble::compile(&base, &agenda, &free, &spread, 500, 3).unwrap();
        let bands = ensemble.bands(&offer(&agenda, Deal { cap: 0, ..FREE })).unwrap();
        assert_eq!((bands.figures.imports.p5, bands.figures.imports.p95), (0, 0));
        let price = bands.figures.parties[0].price_effect;
        assert!(0.0 < price.p5 && price.p5 < price.p50 && price.p50 < price.p95, "{price:?}");
        // The floor is one for bans: an offer without any has the bands it had.
        let taxed = ensemble.headlines(&offer(&agenda, Deal { rate: 1_000, ..FREE })).unwrap();
        let mut distinct: Vec<i64> = taxed.iter().map(|draw| draw.imports).collect();
        distinct.sort_unstable();
        distinct.dedup();
        assert!(distinct.len() > 490, "{}", distinct.len());
    }
    let low = base(&flow(0, 0.9, Supply::Infinite));
    let spread = Distributions::none(&low);
    let ensemble = Ensemble::compile(&low, &agenda, &offer(&agenda, FREE), &spread, 4, 3).unwrap();
    assert!(ensemble.bands(&offer(&agenda, Deal { cap: 0, ..FREE })).is_err(), "what the facts say stands");
}

#[test]
fn a_purchase_under_a_cap_keeps_the_quantity_not_its_old_price() {
    // With ε = 1 a cap of half the quantity halves the exporter's price as well.
    let model = model(&Flow { value_usd: 1e9, ..flow(0, 2.0, Supply::Finite(1.0)) });
    let capped = at(&model, Deal { cap: 5_000, ..FREE });
    assert!((imports(&capped) - 250_000_000).abs() <= 1, "{}", imports(&capped));
    let bought = at(&model, Deal { cap: 5_000, purchase: 500_000_000, ..FREE });
    assert!((imports(&bought) - imports(&capped)).abs() <= 1, "{}", imports(&bought));
    assert!(bought.flags.contains(&Flag::new("purchase_exceeds_control")));
    let small = at(&model, Deal { cap: 5_000, purchase: 200_000_000, ..FREE });
    assert!(!small.flags.contains(&Flag::new("purchase_exceeds_control")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn excluded_goods_stay_out_of_a_quota_where_the_added_rate_ends(
        sigma in 0.7..6.0_f64, excluded in 0..=9_000_i64, quota in 0..=2_000_i64,
    ) {
        // Within the quota the duty of the data year is waived, so that it counts at no added rate too.
        let model = model(&flow(1, sigma, Supply::Infinite));
        let deal = Deal { excluded, quota: 1_000_000 * quota, ..FREE };
        let [none, little] = [0, 1].map(|rate| at(&model, Deal { rate, ..deal }));
        let jump = (imports(&none) - imports(&little)).abs();
        prop_assert!(jump < imports(&none) / 1_000, "{jump}");
        let [none, little] = [&none, &little].map(|impact| impact.quotas[0].rent.after);
        prop_assert!((none - little).abs() < 200_000, "{none} {little}");
    }
}
