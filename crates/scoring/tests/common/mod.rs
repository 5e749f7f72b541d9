//! A small world to score: two parties, any number of sectors, every instrument on the agenda.

use detente_scoring::{
    ArmingtonCes, Flow, Parcels, Sector, Side, Supply, ThirdCountry, TradeBase, TradeFacts, Tranche,
};
use tariff::{
    Agenda, AgendaDigest, Instrument, Issue, IssueKind, NumberRange, Offer, PartyId, SectorId, Value,
};

/// The highest added rate on the agenda: 1000%.
pub(crate) const MAX_RATE: i64 = 100_000;

pub(crate) fn home() -> PartyId {
    PartyId::new("NOR").unwrap()
}

pub(crate) fn partner() -> PartyId {
    PartyId::new("SWE").unwrap()
}

pub(crate) fn sector(s: usize) -> SectorId {
    SectorId::new(&format!("sector_{s}")).unwrap()
}

/// One sector's flow; `kind` varies elasticities, tranches and sizes.
pub(crate) fn flow(kind: usize, sigma: f64, supply: Supply) -> Flow {
    let value = 1e9 + 1e8 * kind as f64;
    let carved = [0.0, 0.25, 0.6][kind % 3];
    Flow {
        value_usd: value,
        base_rate: 0.03 * kind as f64,
        spending_usd: value * (4.0 + kind as f64),
        sigma,
        supply,
        others_supply: supply,
        added_rate: 0.0,
        tranches: vec![
            Tranche::negotiated("full", 1.0 - carved, 0.0),
            Tranche::fixed("carved_out", carved, 0.0),
        ],
        ..Flow::default()
    }
}

/// Facts whose tariffs at an added rate of zero are those of the data year.
pub(crate) fn facts(imports: Vec<Flow>, exports: Vec<Flow>) -> TradeFacts {
    let sectors = imports.len();
    let third = |name: &str, size: f64| {
        let bought = (0..sectors).map(|s| size * (1.0 + s as f64)).collect();
        ThirdCountry::free(PartyId::new(name).unwrap(), bought)
    };
    TradeFacts {
        year: 2024,
        sectors: (0..sectors).map(|s| Sector { id: sector(s), name: format!("Sector {s}") }).collect(),
        imports,
        exports,
        third_countries: [vec![third("DNK", 3e8), third("FIN", 2e8)], vec![third("DNK", 1e8)]],
        parcels: vec![Parcels {
            importer: Side::Home,
            base_threshold_usd: 800,
            threshold_usd: 800,
            ending_cost_low_usd: 10_900_000_000,
            ending_cost_high_usd: 13_000_000_000,
        }],
        ..TradeFacts::between(home(), partner())
    }
}

/// Rates, exclusions and purchases of every sector each way, and the threshold for parcels.
pub(crate) fn agenda(sectors: usize) -> Agenda {
    let mut issues = Vec::new();
    let mut add = |name: String, kind: NumberRange, instrument| {
        issues.push(Issue::new(&name, IssueKind::Number(kind), Some(instrument)).unwrap());
    };
    let usd = |max, step| NumberRange::new(tariff::Label::new("usd").unwrap(), 0, 0, max, step).unwrap();
    for (by, on) in [(home(), partner()), (partner(), home())] {
        for s in 0..sectors {
            let (by, on) = (|| by.clone(), || on.clone());
            let rate = Instrument::AddedRate { by: by(), on: on(), sector: sector(s) };
            add(format!("{}.rate.{s}", by()), NumberRange::percent(0, MAX_RATE, 1).unwrap(), rate);
            let excluded = Instrument::ExcludedShare { by: by(), on: on(), sector: sector(s) };
            add(format!("{}.excluded.{s}", by()), NumberRange::percent(0, 10_000, 1).unwrap(), excluded);
            let purchase = Instrument::PurchaseCommitment { by: by(), from: on(), sector: sector(s) };
            add(format!("{}.purchase.{s}", by()), usd(10_000_000_000, 100_000_000), purchase);
        }
    }
    add("threshold".into(), usd(1_000, 100), Instrument::DeMinimis { by: home(), on: partner() });
    Agenda::new(issues, AgendaDigest::of(b"test")).unwrap()
}

/// Values of one flow's issues.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Levers {
    pub(crate) rate: i64,
    pub(crate) excluded: i64,
    pub(crate) purchase: i64,
}

/// An offer from the levers of each flow (home's sectors, then partner's) and the threshold.
pub(crate) fn offer(agenda: &Agenda, levers: &[Levers], threshold: i64) -> Offer {
    let each = levers.iter().flat_map(|l| [l.rate, l.excluded, l.purchase]);
    agenda.offer(each.chain([threshold]).map(Value::Number).collect()).unwrap()
}

/// The model of `sectors` sectors with σ and supply as given, from free trade.
pub(crate) fn model(sectors: usize, sigma: f64, supply: Supply) -> (ArmingtonCes, Agenda) {
    let flows: Vec<_> = (0..sectors).map(|s| flow(s, sigma, supply)).collect();
    let base = TradeBase::new(facts(flows.clone(), flows)).unwrap();
    let agenda = agenda(sectors);
    let free = offer(&agenda, &vec![Levers::default(); 2 * sectors], 800);
    (ArmingtonCes::compile(&base, &agenda, &free).unwrap(), agenda)
}
