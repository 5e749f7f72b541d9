//! How sure the Geneva figures are: what the published distributions say of the real deal.

#![allow(clippy::unwrap_used, reason = "only in tests")]

use detente_scenario::Scenario;
use scoring::uncertainty::{Band, Bands, Distributions, Ensemble, Parameter, Tornado};
use scoring::{Elasticities, Model as _, PartyHeadlines, Side};
use tariff::{AgendaDigest, Instrument, Value};

/// 10 points each way, all else as it stands.
fn deal() -> (Bands, Tornado, i64) {
    let scenario = Scenario::load("geneva-2025").unwrap_or_else(|e| panic!("{e}"));
    let agenda = scenario.agenda(AgendaDigest::of(b"test"));
    let value = |(issue, standing): (&tariff::Issue, &Value)| match issue.instrument() {
        Some(Instrument::AddedRate { .. }) => Value::Number(1_000),
        _ => *standing,
    };
    let offer = agenda.offer(agenda.issues().iter().zip(scenario.status_quo()).map(value).collect()).unwrap();
    let model = scenario.model(&agenda).unwrap().unwrap();
    let point = model.impact(&offer).unwrap().bilateral_deficit.after;
    let spreads = Distributions::published(model.base());
    let ensemble = Ensemble::around(model, &Elasticities::default(), &spreads, 1_000, 2025).unwrap();
    (ensemble.bands(&offer).unwrap(), ensemble.tornado(&offer).unwrap(), point)
}

fn billions(band: Band<i64>) -> [f64; 3] {
    [band.p5, band.p50, band.p95].map(|usd| (usd as f64 / 1e8).round() / 10.0)
}

#[test]
fn the_bands_of_the_real_deal_are_those_the_documentation_prints() {
    let (bands, tornado, point) = deal();
    let f = &bands.figures;
    let party = |p: &PartyHeadlines<Band<i64>, Band<f64>>| {
        let price = [p.price_effect.p5, p.price_effect.p50, p.price_effect.p95].map(f64::round);
        format!("revenue {:?} price {price:?}", billions(p.tariff_revenue))
    };
    let rows = [
        format!("deficit {:?}", billions(f.bilateral_deficit)),
        format!("imports {:?}", billions(f.imports)),
        format!("exports {:?}", billions(f.exports)),
        format!("trade {:?}", billions(f.total_trade)),
        party(&f.parties[0]),
        party(&f.parties[1]),
    ];
    let bar = |b: &scoring::uncertainty::Bar| {
        let ends = billions(Band { p5: b.at_low, p50: 0, p95: b.at_high });
        format!("{} {:.2} to {:.2}: {} to {}", b.parameter, b.low, b.high, ends[0], ends[2])
    };
    let bars: Vec<String> = tornado.bars.iter().take(8).map(bar).collect();
    insta::assert_snapshot!([rows.as_slice(), &bars].concat().join("\n"));
    assert!(f.bilateral_deficit.p5 < point && point < f.bilateral_deficit.p95);
    assert_eq!(tornado.at_median, point);
}

#[test]
fn prices_rest_on_the_penetration_and_trade_does_not() {
    let (bands, tornado, _) = deal();
    let swing = |parameter: &Parameter| {
        tornado.bars.iter().find(|b| b.parameter == *parameter).map(scoring::uncertainty::Bar::swing).unwrap()
    };
    // As GENEVA's facts say of them: they matter little for the fall in trade.
    assert!(swing(&Parameter::Penetration(Side::Home)) < swing(&Parameter::SigmaLevel) / 2);
    let price = bands.figures.parties[0].price_effect;
    assert!(price.p95 / price.p5 > 1.3, "{price:?}");
}
