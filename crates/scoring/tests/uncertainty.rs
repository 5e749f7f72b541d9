//! Bands and tornado: what must hold of them, and percentiles checked against models compiled at the
//! parameters where they must lie.

#![allow(clippy::unwrap_used, reason = "only in tests")]
#![allow(dead_code, reason = "the common world has more than this file needs")]

mod common;

use common::{Levers, model, offer};
use detente_scoring::uncertainty::{
    Band, Bands, Distributions, Ensemble, Parameter, Spread, SupplySpread, with_bands,
};
use detente_scoring::{ArmingtonCes, Elasticities, Model, ScoringError, Supply};
use proptest::prelude::*;
use tariff::Agenda;

const SECTORS: usize = 3;
const DRAWS: usize = 200;

fn levers(rate: i64) -> Vec<Levers> {
    vec![Levers { rate, ..Levers::default() }; 2 * SECTORS]
}

fn any_levers() -> impl Strategy<Value = Vec<Levers>> {
    let one = (0..=30_000_i64, 0..=10_000_i64, prop_oneof![4 => Just(0), 1 => Just(2_000_000_000_i64)]);
    let one = one.prop_map(|(rate, excluded, purchase)| Levers { rate, excluded, purchase });
    prop::collection::vec(one, 2 * SECTORS)
}

fn ensemble(model: &ArmingtonCes, spreads: &Distributions, draws: usize, seed: u32) -> Ensemble {
    Ensemble::around(model.clone(), &Elasticities::default(), spreads, draws, seed).unwrap()
}

fn published(sigma: f64, supply: Supply) -> (Ensemble, Agenda) {
    let (model, agenda) = model(SECTORS, sigma, supply);
    let spreads = Distributions::published(model.base());
    (ensemble(&model, &spreads, DRAWS, 11), agenda)
}

/// Every band, money as float.
fn all(bands: &Bands) -> Vec<Band<f64>> {
    let f = &bands.figures;
    let money = [f.bilateral_deficit, f.imports, f.exports, f.total_trade];
    let money = money.into_iter().chain(f.parties.map(|p| p.tariff_revenue));
    let rates = f.parties.map(|p| [p.average_tariff, p.average_tariff_base_weights, p.price_effect]);
    let float = |b: Band<i64>| Band { p5: b.p5 as f64, p50: b.p50 as f64, p95: b.p95 as f64 };
    money.map(float).chain(rates.into_iter().flatten()).collect()
}

fn one_number(bands: &Bands) -> bool {
    all(bands).iter().all(|b| b.p5.to_bits() == b.p50.to_bits() && b.p50.to_bits() == b.p95.to_bits())
}

fn sigma() -> impl Strategy<Value = f64> {
    prop_oneof![Just(1.0), Just(0.76), 0.6..8.0_f64]
}

fn supply() -> impl Strategy<Value = Supply> {
    prop_oneof![3 => Just(Supply::Infinite), 1 => (0.5..30.0_f64).prop_map(Supply::Finite)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn bands_are_ordered_and_finite(sigma in sigma(), supply in supply(), levers in any_levers()) {
        let (ensemble, agenda) = published(sigma, supply);
        let bands = ensemble.bands(&offer(&agenda, &levers, 800)).unwrap();
        prop_assert_eq!(bands.draws, DRAWS);
        for band in all(&bands) {
            prop_assert!(band.p5 <= band.p50 && band.p50 <= band.p95, "{:?}", band);
            prop_assert!(band.p5.is_finite() && band.p95.is_finite(), "{:?}", band);
        }
    }

    #[test]
    fn without_uncertainty_every_band_is_the_point(
        sigma in sigma(), supply in supply(), levers in any_levers(), seed in any::<u32>(),
    ) {
        let (model, agenda) = model(SECTORS, sigma, supply);
        let certain = ensemble(&model, &Distributions::none(model.base()), 8, seed);
        let offer = offer(&agenda, &levers, 800);
        let bands = certain.bands(&offer).unwrap();
        prop_assert!(one_number(&bands));
        let points = certain.headlines(&offer).unwrap();
        let impact = model.impact(&offer).unwrap();
        prop_assert!(points.iter().all(|p| *p == impact.headlines()));
        prop_assert_eq!(bands.figures.bilateral_deficit.p50, impact.bilateral_deficit.after);
        prop_assert_eq!(bands.figures.parties[1].price_effect.p95, impact.parties[1].price_effect.after);
    }

    #[test]
    fn the_schedule_of_the_data_year_is_certain(sigma in sigma(), supply in supply()) {
        let (ensemble, agenda) = published(sigma, supply);
        let offer = offer(&agenda, &levers(0), 800);
        let bands = ensemble.bands(&offer).unwrap();
        let base = ensemble.model().impact(&offer).unwrap();
        prop_assert!(one_number(&bands), "{:?}", bands);
        prop_assert_eq!(bands.figures.imports.p5, base.imports.base);
        prop_assert_eq!(bands.figures.parties[0].tariff_revenue.p95, base.parties[0].tariff_revenue.base);
        prop_assert_eq!(bands.figures.parties[0].price_effect.p5, 0.0);
    }

    #[test]
    fn the_widest_spreads_leave_every_draw_valid(sigma in sigma(), seed in any::<u32>()) {
        let (model, agenda) = model(SECTORS, sigma, Supply::Infinite);
        let widest = Spread::new(2.0).unwrap();
        let spreads = Distributions {
            sigma_level: widest,
            long_run: widest,
            sigma: vec![widest; SECTORS],
            eta: widest,
            penetration: [widest; 2],
            supply: Some(SupplySpread { median: 5.0, spread: widest }),
        };
        let bands = ensemble(&model, &spreads, 32, seed).bands(&offer(&agenda, &levers(14_500), 800)).unwrap();
        prop_assert!(all(&bands).iter().all(|b| b.p5.is_finite() && b.p95.is_finite()));
        prop_assert!(bands.figures.imports.p5 >= 0);
    }
}

#[test]
fn a_percentile_is_the_model_at_that_percentile_of_its_only_parameter() {
    let (model, agenda) = model(SECTORS, 2.7, Supply::Infinite);
    let offer = offer(&agenda, &levers(4_000), 800);
    let level = Spread::of_range((2.5, 5.1)).unwrap();
    let spreads = Distributions { sigma_level: level, ..Distributions::none(model.base()) };
    let bands = ensemble(&model, &spreads, 4096, 3).bands(&offer).unwrap();
    let free = common::offer(&agenda, &levers(0), 800);
    let at = |factor: f64| {
        let scaled = Elasticities { scale: factor, ..Elasticities::default() };
        let model = ArmingtonCes::compile_with(model.base(), &agenda, &free, &scaled).unwrap();
        model.impact(&offer).unwrap()
    };
    // More substitution, less trade: the 5th percentile of imports is at the 95th of σ. The ends of
    // the range are those percentiles by definition.
    let width = (5.1_f64 / 2.5).sqrt();
    let close = |name: &str, given: i64, expected: i64| {
        assert!((given - expected).abs() <= expected / 500, "{name}: {given} {expected}");
    };
    close("p5", bands.figures.imports.p5, at(width).imports.after);
    close("p50", bands.figures.imports.p50, at(1.0).imports.after);
    close("p95", bands.figures.imports.p95, at(1.0 / width).imports.after);
    close("p95 trade", bands.figures.total_trade.p95, at(1.0 / width).total_trade.after);
}

#[test]
fn supply_without_spread_is_the_model_of_that_supply() {
    let (free, agenda) = model(SECTORS, 2.7, Supply::Infinite);
    let supply = Some(SupplySpread { median: 5.0, spread: Spread::NONE });
    let spreads = Distributions { supply, ..Distributions::none(free.base()) };
    let offer = offer(&agenda, &levers(3_000), 800);
    let drawn = ensemble(&free, &spreads, 2, 1).headlines(&offer).unwrap();
    let (finite, _) = model(SECTORS, 2.7, Supply::Finite(5.0));
    assert_eq!(drawn[1], finite.impact(&offer).unwrap().headlines());
}

#[test]
fn the_same_seed_gives_the_same_bits_on_any_number_of_threads() {
    let offer_at = |agenda: &Agenda| offer(agenda, &levers(7_000), 800);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let (ensemble, agenda) = published(2.7, Supply::Infinite);
            let offer = offer_at(&agenda);
            (ensemble.headlines(&offer).unwrap(), ensemble.bands(&offer).unwrap())
        })
    };
    let alone = on(1);
    for threads in [2, 5] {
        assert_eq!(on(threads), alone, "{threads} threads");
    }
    let (model, agenda) = model(SECTORS, 2.7, Supply::Infinite);
    let other = ensemble(&model, &Distributions::published(model.base()), DRAWS, 12);
    assert_ne!(other.headlines(&offer_at(&agenda)).unwrap(), alone.0, "another seed");
}

#[test]
fn errors_that_sectors_share_do_not_average_out() {
    let (model, agenda) = model(24, 2.7, Supply::Infinite);
    let rates = vec![Levers { rate: 4_000, ..Levers::default() }; 48];
    let none = Distributions::none(model.base());
    let width = |spreads: Distributions| {
        let trade = ensemble(&model, &spreads, 1_000, 5).bands(&offer(&agenda, &rates, 800)).unwrap();
        let trade = trade.figures.total_trade;
        (trade.p95 - trade.p5) as f64 / trade.p50 as f64
    };
    let spread = Spread::new(0.2).unwrap();
    let own = width(Distributions { sigma: vec![spread; 24], ..none.clone() });
    let shared = width(Distributions { sigma_level: spread, ..none });
    // Twenty-four independent errors of about equal weight: a fifth of the width, √24 being 4.9.
    assert!(shared / own > 3.5 && shared / own < 6.5, "{shared} {own}");
}

#[test]
fn the_tornado_is_ordered_and_its_ends_are_models() {
    let (ensemble, agenda) = published(2.7, Supply::Infinite);
    let mut rates = levers(4_000);
    rates[1].rate = 0;
    rates[SECTORS + 1].rate = 0;
    let offer = offer(&agenda, &rates, 800);
    let tornado = ensemble.tornado(&offer).unwrap();
    assert_eq!(tornado.figure, "bilateral_deficit_usd");
    assert_eq!(tornado.at_median, ensemble.model().impact(&offer).unwrap().bilateral_deficit.after);
    // Five common parameters (supply is certain) and one for each sector.
    assert_eq!(tornado.bars.len(), 5 + SECTORS);
    assert!(tornado.bars.windows(2).all(|pair| pair[0].swing() >= pair[1].swing()));
    assert!(tornado.bars.iter().all(|bar| bar.low.abs() < bar.high.abs()));
    let free = tornado.bars.iter().find(|b| b.parameter == Parameter::Sigma(common::sector(1))).unwrap();
    assert_eq!(free.swing(), 0, "nothing is charged in that sector");
    let level = tornado.bars.iter().find(|b| b.parameter == Parameter::SigmaLevel).unwrap();
    let scaled = Elasticities { scale: level.low, ..Elasticities::default() };
    let status_quo = common::offer(&agenda, &levers(0), 800);
    let base = ensemble.model().base();
    let low = ArmingtonCes::compile_with(base, &agenda, &status_quo, &scaled).unwrap();
    let expected = low.impact(&offer).unwrap().bilateral_deficit.after;
    // The factor is computed in two ways: a dollar may differ.
    assert!((level.at_low - expected).abs() <= 1, "{} {expected}", level.at_low);
    let json = serde_json::to_value(&tornado).unwrap();
    assert!(json["bars"][0]["parameter"].is_string() && json["bars"][0]["at_high"].is_i64());
}

#[test]
fn nothing_certain_has_a_bar() {
    let (model, agenda) = model(1, 2.7, Supply::Infinite);
    let certain = ensemble(&model, &Distributions::none(model.base()), 1, 0);
    let offer = offer(&agenda, &[Levers { rate: 3_000, ..Levers::default() }; 2], 800);
    assert!(certain.tornado(&offer).unwrap().bars.is_empty());
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let (model, agenda) = model(SECTORS, 2.7, Supply::Infinite);
    let none = Distributions::none(model.base());
    let refused = |spreads: &Distributions, draws: usize| {
        let made = Ensemble::around(model.clone(), &Elasticities::default(), spreads, draws, 0);
        made.unwrap_err().to_string()
    };
    assert!(refused(&none, 0).starts_with("draws: 0 is not valid"));
    assert!(refused(&none, 65_537).contains("1 to 65536"));
    let (large, _) = common::model(20, 2.7, Supply::Infinite);
    let many = Distributions::none(large.base());
    let many = Ensemble::around(large, &Elasticities::default(), &many, 65_536, 0).unwrap_err().to_string();
    assert!(many.contains("65536 of 40 flows") && many.contains("2000000"), "{many}");
    let short = Distributions { sigma: vec![Spread::NONE], ..none.clone() };
    assert!(refused(&short, 1).contains("one spread per sector"));
    let supply = Some(SupplySpread { median: f64::NAN, spread: Spread::NONE });
    assert!(refused(&Distributions { supply, ..none.clone() }, 1).contains("supply elasticity"));
    for wrong in [-0.1, 2.1, f64::NAN, f64::INFINITY] {
        assert!(matches!(Spread::new(wrong), Err(ScoringError::BadFact { .. })), "{wrong}");
    }
    assert!(Spread::of_range((2.0, 1.0)).is_err());
    let other = tariff::Agenda::new(agenda.issues().to_vec(), tariff::AgendaDigest::of(b"other")).unwrap();
    let stray = offer(&other, &levers(0), 0);
    assert!(matches!(ensemble(&model, &none, 1, 0).bands(&stray), Err(ScoringError::Offer(_))));
}

#[test]
fn an_impact_with_bands_says_so_in_json() {
    let (ensemble, agenda) = published(2.7, Supply::Infinite);
    let offer = offer(&agenda, &levers(3_000), 800);
    let plain = ensemble.model().impact(&offer).unwrap();
    assert!(serde_json::to_value(&plain).unwrap()["bands"].is_null());
    let impact = with_bands(plain, &ensemble, &offer).unwrap();
    let json = serde_json::to_value(&impact).unwrap();
    let bands = &json["bands"];
    for key in ["bilateral_deficit_usd", "imports_usd", "exports_usd", "total_trade_usd"] {
        assert!(
            bands[key]["p5"].is_i64() && bands[key]["p50"].is_i64() && bands[key]["p95"].is_i64(),
            "{key}"
        );
    }
    assert!(bands["tariff_revenue_usd"]["NOR"]["p50"].is_i64());
    for key in ["average_tariff_bps", "average_tariff_base_weights_bps", "price_effect_bps"] {
        assert!(bands[key]["SWE"]["p95"].is_f64(), "{key}");
    }
    assert_eq!((&bands["draws"], &bands["seed"]), (&DRAWS.into(), &11.into()));
    let elasticities = &json["elasticities"];
    assert_eq!(elasticities["set"], "of the trade data");
    assert_eq!(elasticities["sigma"]["sector_0"]["imports"], 2.7);
    assert_eq!(elasticities["eta"]["sector_1"]["exports"], -0.5);
    assert_eq!(elasticities["supply"]["sector_2"]["imports"], "infinite");
}

#[test]
fn one_flow_without_room_leaves_the_others_their_penetration() {
    let world = |full: bool| {
        let mut flows: Vec<_> = (0..SECTORS).map(|s| common::flow(s, 2.7, Supply::Infinite)).collect();
        // A sector of a thousand dollars that the partner serves alone.
        flows[0].value_usd = 1e3;
        flows[0].base_rate = 0.0;
        flows[0].spending_usd = if full { 1e3 } else { 1e6 };
        let mut facts = common::facts(flows.clone(), flows);
        for country in facts.third_countries.iter_mut().flatten() {
            country.imports_usd[0] = 0.0;
        }
        let base = detente_scoring::TradeBase::new(facts).unwrap();
        let agenda = common::agenda(SECTORS);
        let free = offer(&agenda, &levers(0), 800);
        let model = ArmingtonCes::compile(&base, &agenda, &free).unwrap();
        let mut spreads = Distributions::none(model.base());
        spreads.penetration = Distributions::published(model.base()).penetration;
        let ensemble = ensemble(&model, &spreads, DRAWS, 5);
        let taxed = offer(&agenda, &levers(3_000), 800);
        let prices = ensemble.bands(&taxed).unwrap().figures.parties[0].price_effect;
        (prices, ensemble.tornado(&taxed).unwrap())
    };
    let ((tight, tornado), (wide, _)) = (world(true), world(false));
    assert!((tight.p95 - wide.p95).abs() < 1e-3 * wide.p95, "{tight:?} {wide:?}");
    assert!(tight.p95 > 1.1 * tight.p50, "{tight:?}");
    let home = Parameter::Penetration(detente_scoring::Side::Home);
    let bar = tornado.bars.iter().find(|bar| bar.parameter == home).unwrap();
    // All but the small flow grow by what was drawn.
    assert!(bar.high > 1.1 && (bar.high * bar.low - 1.0).abs() < 1e-5, "{bar:?}");
    assert!(bar.high * bar.low < 1.0, "{bar:?}");
}

#[test]
fn right_after_a_change_nothing_rests_on_the_long_run() {
    let (model, agenda) = common::model(3, 3.0, Supply::Infinite);
    let free = common::offer(&agenda, &[common::Levers::default(); 6], 800);
    let spread = Distributions::published(model.base());
    let bar = |years: f64| {
        let soon = Elasticities::at_horizon(years);
        let model = ArmingtonCes::compile_with(model.base(), &agenda, &free, &soon).unwrap();
        let ensemble = Ensemble::around(model, &soon, &spread, 1, 7).unwrap();
        let offer = common::offer(&agenda, &[common::Levers { rate: 3_000, ..Default::default() }; 6], 800);
        let tornado = ensemble.tornado(&offer).unwrap();
        tornado
            .bars
            .into_iter()
            .find(|bar| bar.parameter == Parameter::LongRun)
            .map_or(1.0, |bar| bar.high / bar.low)
    };
    assert_eq!(bar(0.0), 1.0);
    let wider = [0.0, 1.0, 5.0, 60.0].map(bar);
    assert!(wider.windows(2).all(|pair| pair[0] < pair[1]), "{wider:?}");
}
