//! Figures over time: adjustment, staging, pauses, and what is bought ahead.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "other tests use the rest")]
mod common;

use common::{Levers, facts, flow, home, offer, partner, sector};
use detente_scoring::time::{
    Adjustment, Aggregate, Ending, Horizon, MeasureKind, Path, Rise, Staging, Stockpiling, Storable,
    Timetable, aggregate, path,
};
use detente_scoring::{ArmingtonCes, Elasticities, Model, Supply, TradeBase};
use proptest::prelude::*;
use tariff::{Agenda, AgendaDigest, Instrument, Issue, IssueKind, Label, NumberRange, Value};

const SECTORS: usize = 2;

fn base(sigma: f64) -> TradeBase {
    let flows: Vec<_> = (0..SECTORS).map(|s| flow(s, sigma, Supply::Infinite)).collect();
    TradeBase::new(facts(flows.clone(), flows)).unwrap()
}

/// The same added rate on everything, basis points.
fn rates(bps: i64) -> Vec<Levers> {
    vec![Levers { rate: bps, ..Levers::default() }; 2 * SECTORS]
}

fn run(before: i64, after: i64, timetable: &Timetable, months: u32) -> Path {
    let agenda = common::agenda(SECTORS);
    let (from, to) = (offer(&agenda, &rates(before), 800), offer(&agenda, &rates(after), 800));
    path(&base(2.5), &agenda, &from, &to, timetable, months).unwrap()
}

fn staged(staging: Staging) -> Timetable {
    Timetable { all: staging, ..Timetable::default() }
}

fn pause(months: u32) -> Staging {
    Staging { duration: Some(months), after: Ending::Snapback, ..Staging::default() }
}

fn storing(timetable: Timetable) -> Timetable {
    Timetable { stockpiling: Some(Stockpiling::default()), ..timetable }
}

#[test]
fn long_after_the_agreement_the_path_is_the_static_model() {
    let agenda = common::agenda(SECTORS);
    let (from, to) = (offer(&agenda, &rates(12_500), 800), offer(&agenda, &rates(1_000), 800));
    let impact = ArmingtonCes::compile(&base(2.5), &agenda, &from).unwrap().impact(&to).unwrap();
    let phased = staged(Staging { effective: 5, phase_in: 9, ..Staging::default() });
    for timetable in [Timetable::default(), phased] {
        let path = path(&base(2.5), &agenda, &from, &to, &timetable, 1_200).unwrap();
        let last = path.months.last().unwrap();
        for (monthly, yearly) in [
            (last.imports, impact.imports.after),
            (last.exports, impact.exports.after),
            (last.parties[0].tariff_revenue, impact.parties[0].tariff_revenue.after),
        ] {
            assert!((12 * monthly - yearly).abs() <= 12 * SECTORS as i64, "{monthly} {yearly}");
        }
        assert!((last.parties[0].price_effect - impact.parties[0].price_effect.after).abs() < 1e-6);
        let standing = impact.imports.before / 12;
        assert!((path.status_quo.imports - standing).abs() <= SECTORS as i64);
        assert_eq!(path.data_year.imports, (impact.imports.base as f64 / 12.0).round() as i64);
    }
}

#[test]
fn an_agreement_on_the_status_quo_changes_no_month() {
    let path = run(5_000, 5_000, &storing(staged(pause(3))), 40);
    for month in &path.months {
        assert_eq!((month.imports, month.exports), (path.status_quo.imports, path.status_quo.exports));
        assert_eq!(month.parties[0].stock, 0);
    }
}

#[test]
fn one_change_adjusts_with_the_elasticity_of_its_age() {
    let path = run(0, 2_500, &Timetable::default(), 61);
    let agenda = common::agenda(SECTORS);
    let free = offer(&agenda, &rates(0), 800);
    for month in [0, 6, 24, 60] {
        let years = (f64::from(month) + 0.5) / 12.0;
        let model =
            ArmingtonCes::compile_with(&base(2.5), &agenda, &free, &Elasticities::at_horizon(years)).unwrap();
        let impact = model.impact(&offer(&agenda, &rates(2_500), 800)).unwrap();
        assert_eq!(impact.horizon, Horizon::At(years));
        // From the rates of the data year, the path is the static model at each horizon.
        let given = 12 * path.months[month as usize].imports;
        assert!((given - impact.imports.after).abs() <= 12 * SECTORS as i64, "{month}");
        assert_eq!(path.at(years), Some(&path.months[month as usize]));
    }
    let imports: Vec<i64> = path.months.iter().map(|m| m.imports).collect();
    assert!(imports.windows(2).all(|pair| pair[1] < pair[0]), "the longer, the less");
    assert!(path.at(-0.1).is_none() && path.at(61.0).is_none());
}

#[test]
fn a_pause_snaps_back_and_buyers_see_it_coming() {
    let plain = run(12_500, 1_000, &staged(pause(3)), 30);
    let stored = run(12_500, 1_000, &storing(staged(pause(3))), 30);
    let imports = |path: &Path, m: usize| path.months[m].imports;
    assert!(imports(&plain, 2) > plain.status_quo.imports);
    // A cut that is taken back leaves a trace which fades: its two changes differ in age.
    let far = run(12_500, 1_000, &staged(pause(3)), 300);
    let trace = |m: usize| imports(&far, m) - far.status_quo.imports;
    assert!(trace(3) > trace(29) && trace(29) > trace(299) && trace(299) < far.status_quo.imports / 1_000);
    // Ahead of the end more is bought than without foresight, afterwards less, and in all the same.
    (0..3).for_each(|m| assert!(imports(&stored, m) > imports(&plain, m), "{m}"));
    assert!(imports(&stored, 3) < imports(&plain, 3));
    let sum = |path: &Path| path.months.iter().map(|m| m.imports).sum::<i64>();
    assert!((sum(&stored) - sum(&plain)).abs() <= 60, "rounding");
    assert!(stored.months[2].parties[0].stock > 0);
    assert_eq!(stored.months[29].parties[0].stock, 0);
    // The later it is bought the less it costs to carry.
    let ahead = |m: usize| imports(&stored, m) - imports(&plain, m);
    assert!(ahead(0) < ahead(1) && ahead(1) < ahead(2));
}

#[test]
fn what_comes_without_notice_is_not_bought_ahead() {
    let late = Staging { effective: 6, announced: 6, ..Staging::default() };
    assert_eq!(run(0, 2_500, &storing(staged(late)), 24), run(0, 2_500, &staged(late), 24));
    let early = Staging { announced: 2, ..late };
    let path = run(0, 2_500, &storing(staged(early)), 24);
    let still = path.months[0].imports;
    assert_eq!(path.months[1].imports, still);
    assert!(path.months[2].imports > still && path.months[5].imports > path.months[2].imports);
    let fixed = Storable::BySector(vec![0.0; SECTORS]);
    let none = Stockpiling { storable: fixed, ..Stockpiling::default() };
    let unstored = Timetable { stockpiling: Some(none), ..staged(early) };
    assert_eq!(run(0, 2_500, &unstored, 24).months[5].imports, still);
}

#[test]
fn a_phase_in_takes_its_months_and_a_sunset_ends_the_duty() {
    let path = run(12_500, 0, &staged(Staging { phase_in: 10, ..Staging::default() }), 12);
    assert!(path.months.windows(2).all(|pair| pair[1].imports > pair[0].imports));
    let at_once = run(12_500, 0, &Timetable::default(), 12);
    assert!(path.months[0].imports < at_once.months[0].imports);
    // From 25% to 50% for a year; then no added duty is left at all.
    let sunset = Staging { duration: Some(12), after: Ending::Sunset, ..Staging::default() };
    let path = run(2_500, 5_000, &staged(sunset), 40);
    assert!(path.months[11].imports < path.status_quo.imports);
    assert!(path.months[12].imports > path.status_quo.imports);
    assert_eq!(path.data_year.imports, run(0, 0, &Timetable::default(), 1).months[0].imports);
    assert!(path.months[39].imports <= path.data_year.imports);
}

#[test]
fn a_young_status_quo_has_not_been_adjusted_to() {
    let young = Timetable { standing: Some(1), ..Timetable::default() };
    let path = run(12_500, 12_500, &young, 36);
    assert!(path.months[0].imports > path.status_quo.imports);
    assert!(path.months.windows(2).all(|pair| pair[1].imports < pair[0].imports));
}

#[test]
fn a_kind_has_a_timing_of_its_own_and_the_pause_bounds_rates_only() {
    let rate = Instrument::AddedRate { by: home(), on: partner(), sector: sector(0) };
    let buys = Instrument::PurchaseCommitment { by: partner(), from: home(), sector: sector(1) };
    let number = |unit: &str, scale, max, step| {
        IssueKind::Number(NumberRange::new(Label::new(unit).unwrap(), scale, 0, max, step).unwrap())
    };
    let issues = [
        ("rate", number("percent", 2, 10_000, 100), rate),
        ("buys", number("usd", 0, 10_000_000_000, 1_000_000_000), buys),
        ("pause", number("day", 0, 180, 30), Instrument::Pause),
    ];
    let issues = issues.into_iter().map(|(id, kind, i)| Issue::new(id, kind, Some(i)).unwrap());
    let agenda = Agenda::new(issues.collect(), AgendaDigest::of(b"pause")).unwrap();
    let at = |rate, buys, days| agenda.offer([rate, buys, days].map(Value::Number).to_vec()).unwrap();
    let late = Staging { effective: 4, ..Staging::default() };
    let by_kind = [(MeasureKind::PurchaseCommitment, late)].into();
    let timetable = Timetable { by_kind, ..Timetable::default() };
    let base = base(2.5);
    let path = path(&base, &agenda, &at(5_000, 0, 0), &at(0, 6_000_000_000, 90), &timetable, 12).unwrap();
    let exports: Vec<bool> = path.months.iter().map(|m| m.exports > path.status_quo.exports).collect();
    assert_eq!(exports, [vec![false; 4], vec![true; 8]].concat());
    let free: Vec<bool> = path
        .months
        .iter()
        .map(|m| m.parties[0].tariff_revenue < path.status_quo.parties[0].tariff_revenue)
        .collect();
    assert_eq!(free[..4], [true, true, true, false]);
}

#[test]
fn timetables_that_cannot_be_are_named() {
    let agenda = common::agenda(SECTORS);
    let free = offer(&agenda, &rates(0), 800);
    let refused = |timetable: Timetable| {
        path(&base(2.5), &agenda, &free, &free, &timetable, 12).unwrap_err().to_string()
    };
    let endless = Staging { effective: 2_000, ..Staging::default() };
    assert!(refused(staged(endless)).contains("at most 1200 months"));
    let backwards = Adjustment { short_run: 3.0, ..Adjustment::default() };
    assert!(
        refused(Timetable { adjustment: backwards, ..Timetable::default() }).contains("adjustment: 3 to 2")
    );
    let free_storage = Stockpiling { carrying_cost: 0.0, ..Stockpiling::default() };
    assert!(
        refused(Timetable { stockpiling: Some(free_storage), ..Timetable::default() })
            .contains("stockpiling")
    );
    let late = Elasticities::at_horizon(f64::NAN);
    let error = ArmingtonCes::compile_with(&base(2.5), &agenda, &free, &late).unwrap_err();
    assert!(error.to_string().contains("horizon: NaN"), "{error}");
}

#[test]
fn a_path_and_a_horizon_read_as_json() {
    let path = serde_json::to_value(run(0, 2_500, &Timetable::default(), 2)).unwrap();
    assert_eq!(path["months"][1]["month"], 1);
    assert!(path["months"][0]["deficit_usd"].is_i64());
    assert_eq!(path["months"][0]["parties"][0]["party"], "NOR");
    let json = |horizon: Horizon| serde_json::to_value(horizon).unwrap();
    assert_eq!(json(Horizon::LongRun), serde_json::json!({"name": "long_run", "years": null}));
    assert_eq!(json(Horizon::At(1.0)), serde_json::json!({"name": "at", "years": 1.0}));
}

fn issue(id: &str, max: i64, what: Instrument) -> Issue {
    let (unit, scale) = if max > 100_000 { ("usd", 0) } else { ("percent", 2) };
    let range = NumberRange::new(Label::new(unit).unwrap(), scale, 0, max, max / 1_000).unwrap();
    Issue::new(id, IssueKind::Number(range), Some(what)).unwrap()
}

/// A path on an agenda of its own, between two lists of values.
fn path_of(issues: Vec<Issue>, from: &[i64], to: &[i64], timetable: &Timetable, base: &TradeBase) -> Path {
    let agenda = Agenda::new(issues, AgendaDigest::of(b"path")).unwrap();
    let offer = |values: &[i64]| agenda.offer(values.iter().copied().map(Value::Number).collect()).unwrap();
    path(base, &agenda, &offer(from), &offer(to), timetable, 40).unwrap()
}

#[test]
fn what_is_bought_ahead_keeps_to_commitments_and_caps() {
    let mut single = facts(vec![flow(0, 2.5, Supply::Infinite)], vec![flow(0, 2.5, Supply::Infinite)]);
    single.imports[0].value_usd = 1.2e9;
    let base = TradeBase::new(single).unwrap();
    let rate =
        || issue("rate", 10_000, Instrument::AddedRate { by: home(), on: partner(), sector: sector(0) });
    let late = storing(staged(Staging { effective: 8, ..Staging::default() }));
    let plain = Timetable { stockpiling: None, ..late.clone() };
    let sum = |path: &Path| path.months.iter().map(|m| m.imports).sum::<i64>();
    // A floor of 80 millions a month, from the start on, and a duty from month 8 on.
    let buys = Instrument::PurchaseCommitment { by: home(), from: partner(), sector: sector(0) };
    let now = [(MeasureKind::PurchaseCommitment, Staging::default())];
    let floors = |timetable: &Timetable| {
        let timetable = Timetable { by_kind: now.into(), ..timetable.clone() };
        let issues = vec![rate(), issue("buys", 5_000_000_000, buys.clone())];
        path_of(issues, &[0, 0], &[2_500, 960_000_000], &timetable, &base)
    };
    let (stored, unstored) = (floors(&late), floors(&plain));
    assert!(stored.months.iter().all(|m| m.imports >= 80_000_000 - 1), "{:?}", stored.months);
    assert!(stored.months[7].imports > unstored.months[7].imports);
    assert!((sum(&stored) - sum(&unstored)).abs() <= 40);
    // A cap of 102% leaves little room before the rise.
    let cap = Instrument::ExportControl { by: partner(), on: home(), sector: sector(0) };
    let caps = |timetable: &Timetable| {
        let issues = vec![rate(), issue("cap", 20_000, cap.clone())];
        path_of(issues, &[0, 10_200], &[2_500, 10_200], timetable, &base)
    };
    let (stored, unstored) = (caps(&late), caps(&plain));
    assert!(stored.months.iter().all(|m| m.imports <= 102_000_000 + 1), "{:?}", stored.months);
    assert!(stored.months[7].imports > unstored.months[7].imports);
    assert!((sum(&stored) - sum(&unstored)).abs() <= 40);
}

#[test]
fn a_rise_is_known_when_the_measure_that_makes_it_is() {
    let base = base(2.5);
    let rate =
        || issue("rate", 10_000, Instrument::AddedRate { by: home(), on: partner(), sector: sector(0) });
    let excluded = Instrument::ExcludedShare { by: home(), on: partner(), sector: sector(0) };
    let excluded = || issue("excluded", 10_000, excluded.clone());
    // The exclusion ends in month 8; the added rate stands. Only what is said of exclusions counts.
    let at = |rates: u32, exclusions: u32| {
        let ends = |announced| Staging { announced, effective: 8, ..Staging::default() };
        let by_kind = [(MeasureKind::AddedRate, ends(rates)), (MeasureKind::ExcludedShare, ends(exclusions))];
        let timetable = storing(Timetable { by_kind: by_kind.into(), ..Timetable::default() });
        path_of(vec![rate(), excluded()], &[5_000, 8_000], &[5_000, 0], &timetable, &base)
    };
    let ahead = |path: &Path, m: usize| path.months[m].imports > path.status_quo.imports + 2;
    assert!(ahead(&at(8, 0), 7), "announced, though rates were not");
    assert!(!ahead(&at(0, 8), 7), "not announced, though rates were");
    let middle = at(0, 4);
    assert!(!ahead(&middle, 3) && ahead(&middle, 4));
}

#[test]
fn a_low_elasticity_at_a_short_horizon_cuts_demand_and_errors_say_where() {
    let agenda = common::agenda(SECTORS);
    let free = offer(&agenda, &rates(0), 800);
    let taxed = offer(&agenda, &rates(2_500), 800);
    // σ = 1.2 is 0.456 right after a change: less than |η| = 0.5.
    let path = path(&base(1.2), &agenda, &free, &taxed, &Timetable::default(), 24).unwrap();
    assert!(path.months.windows(2).all(|pair| pair[1].imports < pair[0].imports));
    let at = |elasticities: &Elasticities| {
        let model = ArmingtonCes::compile_with(&base(1.2), &agenda, &free, elasticities)?;
        model.impact(&taxed)
    };
    let soon = at(&Elasticities::at_horizon(0.0)).unwrap();
    let said = serde_json::to_value(&*soon.elasticities).unwrap();
    let eta = said["eta"]["sector_0"]["imports"].as_f64().unwrap();
    assert!((eta + 0.95 * 0.456).abs() < 1e-6, "{eta}");
    let high = Elasticities { eta: Some(-1.3), ..Elasticities::at_horizon(1.0) };
    let error = at(&high).unwrap_err().to_string();
    assert!(error.starts_with("NOR imports of sector_0 at sigma 0.6"), "{error}");
    assert!(error.contains(", 1.00 years on: eta: -1.3 is not valid"), "{error}");
}

fn rises() -> impl Strategy<Value = Vec<Rise>> {
    let rise = (0..20_u32, 0..8_u32, 0.0..1.5_f64);
    prop::collection::vec(rise, 0..5).prop_map(|mut rises| {
        rises.sort_by_key(|(effective, ..)| *effective);
        let rise = |(effective, notice, by): (u32, u32, f64)| Rise {
            announced: effective.saturating_sub(notice),
            effective,
            by,
            expected: by,
        };
        rises.into_iter().map(rise).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn stocks_are_drawn_down_by_what_they_were_built(
        rises in rises(), response in 0.0..8.0_f64, cost in 0.001..0.2_f64,
    ) {
        let flow = Aggregate { annual_usd: 1.2e12, base_rate: 0.02, rises };
        let stockpiling = Stockpiling { response, carrying_cost: cost, ..Stockpiling::default() };
        let months = aggregate(&flow, &Adjustment::default(), &stockpiling, 60).unwrap();
        let built: f64 = months.iter().map(|m| m.imports_usd - m.consumption_usd).sum();
        prop_assert!(built.abs() < 1.0, "{built}");
        for month in &months {
            prop_assert!(month.imports_usd >= -1e-3 && month.stock_usd >= -1e-3, "{month:?}");
        }
        prop_assert!(months[59].stock_usd.abs() < 1.0);
    }

    #[test]
    fn paths_conserve_stocks_too_and_never_fall_below_nothing(
        before in 0..15_000_i64, after in 0..15_000_i64, effective in 0..8_u32, duration in 1..20_u32,
        phase_in in 0..6_u32, sunset: bool,
    ) {
        let after_it = if sunset { Ending::Sunset } else { Ending::Snapback };
        let staging = Staging { announced: 0, effective, phase_in, duration: Some(duration), after: after_it };
        let plain = run(before, after, &staged(staging), 48);
        let stored = run(before, after, &storing(staged(staging)), 48);
        let sum = |path: &Path| path.months.iter().map(|m| m.imports).sum::<i64>();
        prop_assert!((sum(&plain) - sum(&stored)).abs() <= 2 * 48);
        for month in &stored.months {
            prop_assert!(month.imports >= 0 && month.exports >= 0);
            prop_assert!(month.parties.iter().all(|p| p.stock >= -2));
        }
        prop_assert!(stored.months[47].parties.iter().all(|p| p.stock.abs() <= 2));
    }
}
