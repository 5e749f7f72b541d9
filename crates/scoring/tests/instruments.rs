//! What quotas, export controls and taxes on digital services do, at and between their kinks.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use detente_scoring::{
    ArmingtonCes, DigitalServices, ExportControl, Flow, Impact, Model, Regime, Sector, Side, Supply,
    TariffEquivalent, TariffQuota, TradeBase, TradeFacts, Tranche,
};
use proptest::prelude::*;
use tariff::{
    Agenda, AgendaDigest, Instrument, Issue, IssueKind, Label, NumberRange, Offer, PartyId, SectorId, Value,
};

const STEEL: usize = 0;
const CARS: usize = 1;
/// Dollars of the data year each way and sector.
const VALUE: f64 = 1e9;

fn home() -> PartyId {
    PartyId::new("NOR").unwrap()
}

fn partner() -> PartyId {
    PartyId::new("SWE").unwrap()
}

fn sector(s: usize) -> SectorId {
    SectorId::new(["steel", "cars"][s]).unwrap()
}

/// Two sectors, a carved-out tenth in each, a quota on home's imports of cars, an export control on
/// the partner's steel, a tax on digital services.
fn facts(sigma: f64, supply: Supply) -> TradeFacts {
    let flow = Flow {
        value_usd: VALUE,
        base_rate: 0.03,
        spending_usd: 6.0 * VALUE,
        sigma,
        supply,
        others_supply: supply,
        tranches: vec![Tranche::negotiated("full", 0.9, 0.0), Tranche::fixed("carved_out", 0.1, 0.0)],
        ..Flow::default()
    };
    TradeFacts {
        year: 2024,
        sectors: (0..2).map(|s| Sector { id: sector(s), name: format!("Sector {s}") }).collect(),
        imports: vec![flow.clone(); 2],
        exports: vec![flow; 2],
        quotas: vec![TariffQuota {
            importer: Side::Home,
            sector: sector(CARS),
            quota_usd: 0.0,
            in_quota_rate: 0.05,
            rent_holder: Side::Partner,
        }],
        export_controls: vec![ExportControl { exporter: Side::Partner, sector: sector(STEEL), cap: 10.0 }],
        digital_services: vec![DigitalServices {
            by: Side::Partner,
            revenue_usd: 5e9,
            base_rate: 0.02,
            rate: 0.02,
        }],
        ..TradeFacts::between(home(), partner())
    }
}

/// What the agenda of these tests sets.
#[derive(Debug, Clone, Copy)]
struct Deal {
    /// Added rate on steel and cars, basis points.
    rates: [i64; 2],
    quota: i64,
    in_rate: i64,
    /// Basis points of the data year's quantity of steel.
    cap: i64,
    relief: bool,
    services: i64,
}

const FREE: Deal = Deal { rates: [0, 0], quota: 0, in_rate: 500, cap: 100_000, relief: false, services: 200 };

fn agenda() -> Agenda {
    let (by, on) = (home, partner);
    let percent = || IssueKind::Number(NumberRange::percent(0, 100_000, 1).unwrap());
    let share = || IssueKind::Number(NumberRange::percent(0, 10_000, 1).unwrap());
    let usd = NumberRange::new(Label::new("usd").unwrap(), 0, 0, 5_000_000_000, 10_000).unwrap();
    let rate = |s| Instrument::AddedRate { by: by(), on: on(), sector: sector(s) };
    let issues = [
        ("rate.steel", percent(), rate(STEEL)),
        ("rate.cars", percent(), rate(CARS)),
        (
            "quota",
            IssueKind::Number(usd),
            Instrument::TariffRateQuota { by: by(), on: on(), sector: sector(CARS) },
        ),
        ("in_rate", percent(), Instrument::InQuotaRate { by: by(), on: on(), sector: sector(CARS) }),
        ("cap", percent(), Instrument::ExportControl { by: on(), on: by(), sector: sector(STEEL) }),
        ("relief", IssueKind::Switch, Instrument::ExportControlRelief { by: on(), on: by() }),
        ("services", share(), Instrument::DigitalServicesTax { by: on(), on: by() }),
    ];
    let issue = |(id, kind, instrument)| Issue::new(id, kind, Some(instrument)).unwrap();
    Agenda::new(issues.into_iter().map(issue).collect(), AgendaDigest::of(b"instruments")).unwrap()
}

fn offer(agenda: &Agenda, deal: Deal) -> Offer {
    let [steel, cars] = deal.rates;
    let mut values: Vec<_> =
        [steel, cars, deal.quota, deal.in_rate, deal.cap].into_iter().map(Value::Number).collect();
    values.extend([Value::Switch(deal.relief), Value::Number(deal.services)]);
    agenda.offer(values).unwrap()
}

struct World {
    model: ArmingtonCes,
    agenda: Agenda,
}

impl World {
    fn new(sigma: f64, supply: Supply) -> Self {
        let agenda = agenda();
        let base = TradeBase::new(facts(sigma, supply)).unwrap();
        let model = ArmingtonCes::compile(&base, &agenda, &offer(&agenda, FREE)).unwrap();
        Self { model, agenda }
    }

    fn at(&self, deal: Deal) -> Impact {
        self.model.impact(&offer(&self.agenda, deal)).unwrap()
    }
}

fn cars(impact: &Impact) -> i64 {
    impact.sectors[CARS].imports.value.after
}

fn steel(impact: &Impact) -> i64 {
    impact.sectors[STEEL].imports.value.after
}

fn supply() -> impl Strategy<Value = Supply> {
    prop_oneof![2 => Just(Supply::Infinite), 1 => (0.3..20.0_f64).prop_map(Supply::Finite)]
}

/// σ and the supply elasticity.
fn worlds() -> impl Strategy<Value = (f64, Supply)> {
    (prop_oneof![Just(1.0), 0.7..7.0_f64], supply())
}

/// What is wanted of the quota's goods at a rate: a quota that nobody fills tells.
fn deals() -> impl Strategy<Value = Deal> {
    let rates = [0..15_000_i64, 0..15_000_i64];
    let quota = prop_oneof![Just(0), (1..200_i64).prop_map(|n| n * 10_000_000)];
    (rates, quota, 0..2_000_i64, 100..15_000_i64, any::<bool>(), 0..1_000_i64).prop_map(
        |(rates, quota, in_rate, cap, relief, services)| Deal {
            rates,
            quota,
            in_rate,
            cap,
            relief,
            services,
        },
    )
}

fn wanted(world: &World, added: i64, in_rate: i64) -> i64 {
    let impact = world.at(Deal { rates: [0, added], quota: 5_000_000_000, in_rate, ..FREE });
    assert_eq!(impact.quotas[0].regime.after, Regime::UnderFilled);
    impact.quotas[0].in_quota.after
}

/// The most that imports move with 10,000 dollars of quota: where supply is finite (ε ≥ 0.3) the
/// price moves with the quantity, by 1/ε.
const STEEPEST: i64 = 10_001 + 33_334;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn imports_rise_with_the_quota_and_never_jump(
        (sigma, supply) in worlds(), added in 300..15_000_i64, start in 0..1_400_i64,
    ) {
        let world = World::new(sigma, supply);
        let at = |quota: i64| world.at(Deal { rates: [0, added], quota, ..FREE });
        let quota = start * 1_000_000;
        let (less, more) = (at(quota), at(quota + 10_000));
        let rise = cars(&more) - cars(&less);
        prop_assert!((-1..=STEEPEST).contains(&rise), "{rise}");
        let wide = at(quota + 100_000_000);
        prop_assert!(cars(&wide) >= cars(&less) - 1);
        let price = |impact: &Impact| impact.sectors[CARS].imports.price.after;
        prop_assert!(price(&wide) <= price(&less) + 1e-6);
        prop_assert!(price(&less) - price(&more) < 1.0, "less than a basis point");
    }

    #[test]
    fn the_regimes_follow_each_other_and_the_rent_is_theirs((sigma, supply) in worlds(), added in 1_000..15_000_i64) {
        let world = World::new(sigma, supply);
        let at = |quota: i64| world.at(Deal { rates: [0, added], quota, ..FREE });
        let mut seen = Vec::new();
        for step in 0..=110_i64 {
            let impact = at(step * 10_000_000);
            let line = &impact.quotas[0];
            let flow = impact.sectors[CARS].imports;
            seen.push(line.regime.after);
            match line.regime.after {
                Regime::None => prop_assert_eq!(step, 0),
                Regime::OverFilled => prop_assert_eq!(line.in_quota.after, line.quota.after),
                Regime::Binding => {
                    prop_assert!((line.in_quota.after - line.quota.after).abs() <= 1);
                    prop_assert!(line.rent.after > 0);
                }
                Regime::UnderFilled => {
                    prop_assert!(line.in_quota.after <= line.quota.after);
                    prop_assert_eq!(line.rent.after, 0);
                }
            }
            prop_assert!(flow.duty.after >= 0 && flow.rate.after >= 299.9);
        }
        let order = [Regime::None, Regime::OverFilled, Regime::Binding, Regime::UnderFilled];
        let rank = |regime: &Regime| order.iter().position(|r| r == regime).unwrap();
        prop_assert!(seen.windows(2).all(|pair| rank(&pair[0]) <= rank(&pair[1])), "{seen:?}");
        prop_assert_eq!(seen.first(), Some(&Regime::None));
        prop_assert_eq!(seen.last(), Some(&Regime::UnderFilled));
    }

    #[test]
    fn a_quota_of_nothing_and_one_at_the_full_rate_change_nothing(
        (sigma, supply) in worlds(), added in 0..15_000_i64, quota in 0..1_400_i64,
    ) {
        let world = World::new(sigma, supply);
        let plain = world.at(Deal { rates: [0, added], ..FREE });
        let idle = world.at(Deal { rates: [0, added], quota: quota * 1_000_000, in_rate: 300 + added, ..FREE });
        prop_assert_eq!(&plain.sectors, &idle.sectors);
        prop_assert_eq!(idle.quotas[0].rent.after, 0);
        prop_assert_eq!(plain.quotas[0].regime.after, Regime::None);
    }

    #[test]
    fn what_buyers_pay_is_value_duty_and_rent(added in 1_000..15_000_i64, quota in 1..1_200_i64, cap in 1..200_i64) {
        // Spending on the flow follows from the price index where supply is infinite and σ = 2:
        // the flow's spending is what total spending less the others' leaves.
        let world = World::new(2.0, Supply::Infinite);
        let deal = Deal { rates: [added, added], quota: quota * 1_000_000, cap: cap * 100, ..FREE };
        let impact = world.at(deal);
        for (s, rent) in [(STEEL, impact.export_controls[0].rent.after), (CARS, impact.quotas[0].rent.after)] {
            let flow = impact.sectors[s].imports;
            let index = 1.0 + flow.price.after / 1e4;
            let total = 6.0 * VALUE * index.powf(0.5);
            // Others pay no more than before, so their spending is their demand shift P^(η+σ).
            let others = (6.0 - 1.03) * VALUE * index.powf(1.5);
            let spent = (flow.value.after + flow.duty.after + rent) as f64;
            prop_assert!((spent - (total - others)).abs() < 1e-6 * VALUE, "{s}: {spent} {}", total - others);
        }
    }

    #[test]
    fn a_cap_that_binds_is_met_and_one_that_does_not_changes_nothing(
        (sigma, supply) in worlds(), added in 0..10_000_i64, cap in 1..300_i64,
    ) {
        let world = World::new(sigma, supply);
        let free = world.at(Deal { rates: [added, 0], ..FREE });
        let capped = world.at(Deal { rates: [added, 0], cap: cap * 100, ..FREE });
        let line = &capped.export_controls[0];
        match line.tariff_equivalent.after {
            TariffEquivalent::Bps(0.0) => {
                prop_assert_eq!(&free.sectors, &capped.sectors);
                prop_assert_eq!(line.rent.after, 0);
            }
            TariffEquivalent::Bps(bps) => {
                prop_assert!(bps > 0.0 && line.rent.after > 0);
                prop_assert!(steel(&capped) < steel(&free));
                prop_assert!(capped.sectors[STEEL].imports.price.after >= free.sectors[STEEL].imports.price.after);
            }
            TariffEquivalent::Infinite => prop_assert!(false, "no ban was asked for"),
        }
    }

    #[test]
    fn under_infinite_supply_a_binding_cap_is_the_share_of_the_data_year(sigma in 0.7..7.0_f64, cap in 1..10_000_i64) {
        let impact = World::new(sigma, Supply::Infinite).at(Deal { cap, ..FREE });
        let expected = (VALUE * cap as f64 / 10_000.0).round() as i64;
        prop_assert!((steel(&impact) - expected).abs() <= 1);
    }

    #[test]
    fn a_tariff_of_the_shadow_rate_stops_as_much(sigma in 1.2..6.0_f64, cap in 500..9_000_i64) {
        // The equivalent is over the duties paid: put on every tranche it gives the same quantities.
        let impact = World::new(sigma, Supply::Infinite).at(Deal { cap, ..FREE });
        let TariffEquivalent::Bps(bps) = impact.export_controls[0].tariff_equivalent.after else {
            panic!("a ban")
        };
        let mut facts = facts(sigma, Supply::Infinite);
        let extra = (1.03 * (1.0 + bps / 1e4)) - 1.03;
        facts.imports[STEEL].tranches = vec![Tranche::fixed("all", 1.0, extra)];
        facts.imports[STEEL].tranches.push(Tranche::negotiated("none", 0.0, 0.0));
        let agenda = agenda();
        let free = offer(&agenda, FREE);
        let model = ArmingtonCes::compile(&TradeBase::new(facts).unwrap(), &agenda, &free).unwrap();
        let taxed = model.impact(&free).unwrap();
        prop_assert!((steel(&taxed) - steel(&impact)).abs() <= 2);
        prop_assert!((taxed.sectors[STEEL].imports.price.after - impact.sectors[STEEL].imports.price.after).abs() < 1e-5);
    }

    #[test]
    fn offers_near_a_reference_count_limits_too(
        (sigma, supply) in worlds(), from in deals(), to in deals(), places in prop::collection::vec(0..7_usize, 0..5),
    ) {
        let world = World::new(sigma, supply);
        let (reference, other) = (offer(&world.agenda, from), offer(&world.agenda, to));
        let near = world.model.near(&reference).unwrap();
        let changes: Vec<_> = places.iter().map(|place| (*place, other.value(*place))).collect();
        let mut values = reference.values().to_vec();
        changes.iter().for_each(|(place, value)| values[*place] = *value);
        let changed = world.agenda.offer(values).unwrap();
        prop_assert_eq!(near.with(&changes).unwrap(), world.model.impact(&changed).unwrap().headlines());
        prop_assert_eq!(near.headlines(&other).unwrap(), world.model.impact(&other).unwrap().headlines());
    }

    #[test]
    fn sums_stay_additive_over_the_groups(
        sigma in 0.7..6.0_f64, rates in [0..15_000_i64, 0..15_000_i64], quota in 0..1_200_i64, cap in 1..300_i64,
        services in 0..1_000_i64,
    ) {
        let world = World::new(sigma, Supply::Infinite);
        let target = Deal { rates, quota: quota * 1_000_000, cap: cap * 100, services, ..FREE };
        let target = offer(&world.agenda, target);
        let start = offer(&world.agenda, FREE);
        let sums = |offer: &Offer| {
            let impact = world.model.impact(offer).unwrap();
            [impact.imports.after, impact.parties[0].tariff_revenue.after, impact.parties[1].quota_rent.after,
             impact.parties[1].control_rent.after, impact.digital_services[0].tax.after]
        };
        let at_start = sums(&start);
        let mut total = at_start;
        for group in world.model.interactions() {
            let mut values = start.values().to_vec();
            group.iter().for_each(|place| values[*place] = target.value(*place));
            let moved = sums(&world.agenda.offer(values).unwrap());
            (0..total.len()).for_each(|i| total[i] += moved[i] - at_start[i]);
        }
        prop_assert_eq!(total, sums(&target));
    }
}

#[test]
fn imports_are_continuous_at_both_kinks_of_the_quota() {
    for sigma in [0.8, 1.0, 2.85, 6.0] {
        for supply in [Supply::Infinite, Supply::Finite(2.0)] {
            let world = World::new(sigma, supply);
            for kink in [wanted(&world, 5_000, 5_300), wanted(&world, 5_000, 500)] {
                let near = |usd: i64| {
                    let quota = (kink / 10_000) * 10_000 + usd;
                    cars(&world.at(Deal { rates: [0, 5_000], quota, ..FREE }))
                };
                for usd in (-100_000..100_000).step_by(10_000) {
                    let rise = near(usd + 10_000) - near(usd);
                    assert!((-1..=STEEPEST).contains(&rise), "sigma {sigma}: {rise} at {kink} + {usd}");
                }
            }
        }
    }
}

#[test]
fn a_ban_stops_trade_exactly_and_has_no_rate() {
    for supply in [Supply::Infinite, Supply::Finite(1.5)] {
        let world = World::new(2.85, supply);
        let banned = world.at(Deal { cap: 0, ..FREE });
        let flow = banned.sectors[STEEL].imports;
        assert_eq!((flow.value.after, flow.duty.after), (0, 0));
        assert_eq!(banned.export_controls[0].tariff_equivalent.after, TariffEquivalent::Infinite);
        assert!(banned.flags.iter().any(|f| f.as_str() == "export_ban"));
        assert!(banned.flags.iter().all(|f| world.model.base().meaning(f).is_some()));
        let json = serde_json::to_value(&banned).unwrap();
        assert_eq!(json["export_controls"][0]["tariff_equivalent_bps"]["after"], "infinite");
        assert_eq!(json["export_controls"][0]["cap_bps"]["after"], 0.0);
        // The limit of ever smaller caps.
        let nearly = world.at(Deal { cap: 1, ..FREE });
        let price = |impact: &Impact| impact.sectors[STEEL].imports.price.after;
        assert!(price(&nearly) < price(&banned) && price(&banned) - price(&nearly) < 60.0);
        assert!(steel(&nearly) <= 100_001 && steel(&nearly) > 0);
    }
}

#[test]
fn a_ban_of_goods_nothing_replaces_is_refused() {
    let world = World::new(0.9, Supply::Infinite);
    let error = world.model.impact(&offer(&world.agenda, Deal { cap: 0, ..FREE })).unwrap_err();
    assert!(error.to_string().contains("no price stops these goods"), "{error}");
}

#[test]
fn relief_suspends_every_control_and_joins_what_it_moves() {
    let world = World::new(2.0, Supply::Infinite);
    let capped = Deal { cap: 2_000, ..FREE };
    let relieved = world.at(Deal { relief: true, ..capped });
    assert_eq!(steel(&relieved), steel(&world.at(FREE)));
    assert!(steel(&world.at(capped)) < steel(&relieved));
    assert_eq!(relieved.export_controls[0].cap.after, None);
    assert!(relieved.flags.iter().all(|f| f.as_str() != "export_controls_not_counted"));
    assert_eq!(world.model.interactions(), [vec![0, 4, 5], vec![1, 2, 3], vec![6]]);
}

#[test]
fn a_tax_on_digital_services_has_its_own_line() {
    let world = World::new(2.0, Supply::Infinite);
    let impact = world.at(Deal { services: 600, ..FREE });
    let line = &impact.digital_services[0];
    assert_eq!((line.by.as_str(), line.on.as_str()), ("SWE", "NOR"));
    assert_eq!((line.tax.base, line.tax.before, line.tax.after), (100_000_000, 100_000_000, 300_000_000));
    assert_eq!(line.rate.after, 600.0);
    assert_eq!(impact.sectors, world.at(FREE).sectors);
}

#[test]
fn rents_are_listed_by_who_has_them() {
    let world = World::new(2.0, Supply::Infinite);
    let impact = world.at(Deal { rates: [0, 2_500], quota: 700_000_000, cap: 5_000, ..FREE });
    let json = serde_json::to_value(&impact).unwrap();
    assert_eq!(json["quota_rent_usd"]["SWE"]["after"], json["quotas"][0]["quota_rent_usd"]["after"]);
    assert_eq!(json["quota_rent_usd"]["NOR"]["after"], 0);
    assert_eq!(
        json["control_rent_usd"]["SWE"]["after"],
        json["export_controls"][0]["control_rent_usd"]["after"]
    );
    assert_eq!(json["quotas"][0]["regime"]["before"], "none");
    assert!(impact.flags.iter().any(|f| f.as_str() == "rent_outside_trade_value"));
}

#[test]
fn a_purchase_goes_no_further_than_an_export_control() {
    let mut facts = facts(2.0, Supply::Infinite);
    facts.export_controls[0].cap = 0.8;
    let usd = NumberRange::new(Label::new("usd").unwrap(), 0, 0, 5_000_000_000, 100_000_000).unwrap();
    let buys = Instrument::PurchaseCommitment { by: home(), from: partner(), sector: sector(STEEL) };
    let issue = Issue::new("buys", IssueKind::Number(usd), Some(buys)).unwrap();
    let agenda = Agenda::new(vec![issue], AgendaDigest::of(b"buys")).unwrap();
    let none = agenda.offer(vec![Value::Number(0)]).unwrap();
    let model = ArmingtonCes::compile(&TradeBase::new(facts).unwrap(), &agenda, &none).unwrap();
    let impact = model.impact(&agenda.offer(vec![Value::Number(2_000_000_000)]).unwrap()).unwrap();
    assert!((steel(&impact) - 800_000_000).abs() <= 1);
    assert!(impact.flags.iter().any(|f| f.as_str() == "purchase_exceeds_control"));
}

#[test]
fn layers_add_and_carve_outs_stay_out() {
    use detente_scoring::Layer;
    let layer = |name: &str, rate: f64| Layer { name: name.to_owned(), rate };
    let mut facts = facts(2.0, Supply::Infinite);
    (facts.quotas, facts.export_controls) = (Vec::new(), Vec::new());
    let fentanyl = || vec![layer("fentanyl", 0.20)];
    facts.imports[STEEL].tranches = vec![
        Tranche::negotiated("full", 0.5, 0.0).stacked(fentanyl()),
        Tranche::fixed("electronics_exempt", 0.3, 0.0).stacked(fentanyl()),
        Tranche::fixed("section_232", 0.2, 0.0)
            .stacked([fentanyl(), vec![layer("section_232", 0.25)]].concat()),
    ];
    facts.imports[STEEL].base_rate = 0.0;
    let rate = Instrument::AddedRate { by: home(), on: partner(), sector: sector(STEEL) };
    let kind = IssueKind::Number(NumberRange::percent(0, 12_500, 500).unwrap());
    let agenda =
        Agenda::new(vec![Issue::new("rate", kind, Some(rate)).unwrap()], AgendaDigest::of(b"layers"))
            .unwrap();
    let at = |bps: i64| agenda.offer(vec![Value::Number(bps)]).unwrap();
    let base = TradeBase::new(facts.clone()).unwrap();
    let impact = ArmingtonCes::compile(&base, &agenda, &at(0)).unwrap().impact(&at(12_500)).unwrap();
    // 145% on half, 20% on what is carved out, 45% on what pays another law's layer.
    let expected = 0.5 * 14_500.0 + 0.3 * 2_000.0 + 0.2 * 4_500.0;
    assert!((impact.sectors[STEEL].imports.rate.after - expected).abs() < 1e-9);
    facts.imports[STEEL].tranches[0].extra = 0.30;
    let error = TradeBase::new(facts).unwrap_err().to_string();
    assert!(error.contains("layers that add up to the extra duty"), "{error}");
}

#[test]
fn a_quota_without_its_fact_and_facts_that_cannot_be_are_named() {
    let refused = |edit: &dyn Fn(&mut TradeFacts)| {
        let mut facts = facts(2.0, Supply::Infinite);
        edit(&mut facts);
        let base = match TradeBase::new(facts) {
            Ok(base) => base,
            Err(error) => return error.to_string(),
        };
        let agenda = agenda();
        ArmingtonCes::compile(&base, &agenda, &offer(&agenda, FREE)).unwrap_err().to_string()
    };
    let error = refused(&|f| f.quotas.clear());
    assert!(error.contains("expected a fact on this tariff-rate quota"), "{error}");
    let error = refused(&|f| f.digital_services.clear());
    assert!(error.contains("expected a fact on digital services it taxes"), "{error}");
    let error = refused(&|f| f.quotas[0].in_quota_rate = f64::NAN);
    assert!(error.contains("NOR imports of cars: tariff-rate quota: in-quota rate: NaN"), "{error}");
    let error = refused(&|f| f.imports[CARS].tranches[1].negotiated = true);
    assert!(error.contains("exactly one negotiated tranche"), "{error}");
    let error = refused(&|f| f.export_controls[0].cap = -0.1);
    assert!(error.contains("SWE exports of steel: export control: -0.1"), "{error}");
    let error = refused(&|f| f.digital_services[0].rate = 2.0);
    assert!(error.contains("SWE tax on digital services: 2"), "{error}");
}

#[test]
fn a_cap_and_a_quota_hold_in_every_month_they_are_in_force() {
    use detente_scoring::time::{Staging, Timetable, path};
    let world = World::new(4.0, Supply::Infinite);
    let base = world.model.base();
    let late = Timetable { all: Staging { effective: 2, ..Staging::default() }, ..Timetable::default() };
    let months = |deal: Deal| {
        let (from, to) = (offer(&world.agenda, FREE), offer(&world.agenda, deal));
        path(base, &world.agenda, &from, &to, &late, 24).unwrap().months
    };
    let capped = months(Deal { cap: 4_000, ..FREE });
    let month = VALUE / 12.0;
    for (m, at) in capped.iter().enumerate() {
        let expected = if m < 2 { 2.0 * month } else { 1.4 * month };
        assert!((at.imports as f64 - expected).abs() <= 2.0, "{m}: {}", at.imports);
    }
    let (taxed, quota) = (Deal { rates: [0, 5_000], ..FREE }, 800_000_000);
    let (plain, eased) = (months(taxed), months(Deal { quota, ..taxed }));
    assert_eq!(plain[1], eased[1]);
    assert!((2..24).all(|m| eased[m].imports > plain[m].imports));
    let error = path(
        base,
        &world.agenda,
        &offer(&world.agenda, FREE),
        &offer(&world.agenda, Deal { cap: 0, ..FREE }),
        &Timetable { adjustment: slow(), ..late.clone() },
        4,
    );
    assert!(error.unwrap_err().to_string().contains("no price stops these goods"));
}

/// An elasticity so low at first that σ(0) is below 1.
fn slow() -> detente_scoring::time::Adjustment {
    detente_scoring::time::Adjustment { short_run: 0.4, ..Default::default() }
}
