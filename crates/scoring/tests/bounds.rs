//! What is too large, or no number at all, is refused: no figure wraps, and none is a quiet zero.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "shared with the tests of the default model")]
mod common;

use common::{facts, flow, home, partner, sector};
use detente_scoring::{
    ArmingtonCes, ExportControl, Flag, Flow, Model, Sector, Side, Supply, TariffEquivalent, TradeBase,
    TradeFacts, compile_model,
};
use tariff::{Agenda, AgendaDigest, Instrument, Issue, IssueKind, Label, NumberRange, Value};

fn percent(max_bps: i64) -> IssueKind {
    IssueKind::Number(NumberRange::percent(0, max_bps, max_bps / 1_000).unwrap())
}

fn usd(max: i64) -> IssueKind {
    IssueKind::Number(NumberRange::new(Label::new("usd").unwrap(), 0, 0, max, max / 1_000).unwrap())
}

fn agenda(kind: IssueKind, instrument: Instrument) -> Agenda {
    let issue = Issue::new("only", kind, Some(instrument)).unwrap();
    Agenda::new(vec![issue], AgendaDigest::of(b"bounds")).unwrap()
}

fn rate() -> Instrument {
    Instrument::AddedRate { by: home(), on: partner(), sector: sector(0) }
}

fn purchase() -> Instrument {
    Instrument::PurchaseCommitment { by: home(), from: partner(), sector: sector(0) }
}

fn cap() -> Instrument {
    Instrument::ExportControl { by: partner(), on: home(), sector: sector(0) }
}

/// Headlines, impact and near headlines at the only issue's value, from the value `still`.
fn refusals(facts: TradeFacts, agenda: &Agenda, still: i64, value: i64) -> Vec<String> {
    let base = TradeBase::new(facts).unwrap();
    let still = agenda.offer(vec![Value::Number(still)]).unwrap();
    let offer = agenda.offer(vec![Value::Number(value)]).unwrap();
    let model = ArmingtonCes::compile(&base, agenda, &still).unwrap();
    let near = model.near(&still).unwrap();
    [
        model.impact(&offer).map(|_| ()),
        model.headlines(&offer).map(|_| ()),
        near.headlines(&offer).map(|_| ()),
        model.near(&offer).map(|_| ()),
    ]
    .map(|result| result.unwrap_err().to_string())
    .to_vec()
}

fn one(flow: Flow) -> TradeFacts {
    facts(vec![flow.clone()], vec![flow])
}

#[test]
fn a_ban_whose_price_is_beyond_numbers_is_an_error() {
    for sigma in [1.0005, 1.01] {
        let thin = Flow { spending_usd: 1.1e9, ..flow(0, sigma, Supply::Infinite) };
        let agenda = agenda(percent(10_000), cap());
        for message in refusals(one(thin), &agenda, 10_000, 0) {
            assert!(message.starts_with("NOR imports of sector_0: "), "{message}");
            assert!(message.contains("no figure rather than a wrong one"), "{message}");
        }
    }
}

#[test]
fn a_purchase_past_every_bound_is_an_error() {
    let agenda = agenda(usd(10_000_000_000_000_000), purchase());
    for message in refusals(one(flow(0, 2.0, Supply::Infinite)), &agenda, 0, 10_000_000_000_000_000) {
        assert!(message.contains("sector_0: value in the model: 1e16"), "{message}");
    }
}

#[test]
fn levers_keep_to_the_bounds_of_facts() {
    let base = TradeBase::new(one(flow(0, 2.0, Supply::Infinite))).unwrap();
    let refused = |kind: IssueKind, instrument: Instrument| {
        let agenda = agenda(kind, instrument);
        let free = agenda.offer(vec![Value::Number(0)]).unwrap();
        let error = |name| compile_model(name, &base, &agenda, &free).err().map(|e| e.to_string());
        let [first, ..] = ["armington", "gsim", "smart"].map(error);
        first.unwrap_or_default()
    };
    assert!(refused(usd(9_000_000_000_000_000_000), purchase()).contains("1e16"));
    assert!(refused(percent(20_000_000), rate()).contains("10,000%"));
    assert_eq!(refused(percent(1_000_000), rate()), "");
    assert_eq!(refused(usd(10_000_000_000_000_000), purchase()), "");
}

#[test]
fn the_flows_of_a_base_have_a_bound_together() {
    let large = Flow { value_usd: 1e16, base_rate: 0.0, spending_usd: 1e16, ..Flow::default() };
    let sectors = (0..512).map(|s| Sector { id: sector(s), name: format!("Sector {s}") }).collect();
    let imports = vec![large; 512];
    let given =
        TradeFacts { sectors, exports: imports.clone(), imports, ..TradeFacts::between(home(), partner()) };
    let error = TradeBase::new(given).unwrap_err().to_string();
    assert!(error.contains("the value of all flows") && error.contains("1e17"), "{error}");
}

#[test]
fn a_cap_that_a_million_times_the_price_would_keep_has_no_rate() {
    let hard = Flow { spending_usd: 1e9, eta: -0.4, ..flow(0, 1.2, Supply::Infinite) };
    let agenda = agenda(percent(10_000), cap());
    let base = TradeBase::new(one(hard)).unwrap();
    let at = |value: i64| agenda.offer(vec![Value::Number(value)]).unwrap();
    let model = ArmingtonCes::compile(&base, &agenda, &at(10_000)).unwrap();
    let line = |value: i64| model.impact(&at(value)).unwrap().export_controls[0].tariff_equivalent.after;
    assert!(matches!(line(5_000), TariffEquivalent::Bps(bps) if bps > 1e4));
    // q̂ = s^η where there is no other source: at 0.1% s is 10⁷.5.
    assert_eq!(line(10), TariffEquivalent::Infinite);
}

#[test]
fn what_simpler_models_leave_out_is_said() {
    let mut given = one(flow(0, 2.0, Supply::Infinite));
    let agenda = agenda(percent(10_000), rate());
    let still = agenda.offer(vec![Value::Number(0)]).unwrap();
    let flags = |given: &TradeFacts, name: &str| {
        let base = TradeBase::new(given.clone()).unwrap();
        let flags = compile_model(name, &base, &agenda, &still).unwrap().impact(&still).unwrap().flags;
        assert!(flags.iter().all(|flag| base.meaning(flag).is_some() || flag.as_str().contains("estimated")));
        ["third_rates_not_counted", "limits_not_counted"].map(|code| flags.contains(&Flag::new(code)))
    };
    assert_eq!(["gsim", "smart"].map(|name| flags(&given, name)), [[false, false]; 2]);
    given.third_countries[1][0].added_rate[0] = 0.1;
    assert_eq!(["gsim", "smart"].map(|name| flags(&given, name)), [[true, false]; 2]);
    given.export_controls = vec![ExportControl { exporter: Side::Partner, sector: sector(0), cap: 0.5 }];
    assert_eq!(["gsim", "smart"].map(|name| flags(&given, name)), [[true, true]; 2]);
    assert_eq!(flags(&given, "armington"), [false, false]);
}
