//! Figures with a line of their own beside goods trade: quotas and who gains from them, export
//! controls, taxes on digital services.

use serde::{Serialize, Serializer};
use tariff::{PartyId, SectorId};

use crate::impact::{Bps, Figure, Usd};
use crate::outcome::{Limited, Regime};
use crate::{Side, TradeBase, TradeFacts};

/// Basis points in 1.
const BPS: f64 = 1e4;
/// A power of price past which no tariff is meant any more.
const MAX_SHADOW: f64 = 1e6;

/// What a tariff-rate quota does.
///
/// The quota and what enters under it are at the prices of the data year. The rent is what buyers
/// pay above the exporter's price and the duty; it is in no trade value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QuotaImpact {
    /// The party that imports.
    #[serde(serialize_with = "crate::json::name")]
    pub importer: PartyId,
    /// The party the goods come from.
    #[serde(serialize_with = "crate::json::name")]
    pub exporter: PartyId,
    /// The goods.
    #[serde(serialize_with = "crate::json::name")]
    pub sector: SectorId,
    /// The party that has the rent.
    #[serde(serialize_with = "crate::json::name")]
    pub rent_holder: PartyId,
    /// The quota; 0 for none.
    #[serde(rename = "quota_usd")]
    pub quota: Usd,
    /// What enters under it.
    #[serde(rename = "in_quota_usd")]
    pub in_quota: Usd,
    /// Where it stands.
    pub regime: Figure<Regime>,
    /// The rent.
    #[serde(rename = "quota_rent_usd")]
    pub rent: Usd,
}

/// What an export control does. The rent is the exporter's, and is in no trade value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExportControlImpact {
    /// The party that controls.
    #[serde(serialize_with = "crate::json::name")]
    pub exporter: PartyId,
    /// The party that gets the goods.
    #[serde(serialize_with = "crate::json::name")]
    pub importer: PartyId,
    /// The goods.
    #[serde(serialize_with = "crate::json::name")]
    pub sector: SectorId,
    /// The cap as a share of the data year's quantity, in basis points; none where nothing is
    /// controlled.
    #[serde(rename = "cap_bps")]
    pub cap: Figure<Option<f64>>,
    /// The tariff that would stop as much.
    #[serde(rename = "tariff_equivalent_bps")]
    pub tariff_equivalent: Figure<TariffEquivalent>,
    /// The rent.
    #[serde(rename = "control_rent_usd")]
    pub rent: Usd,
}

/// The tariff that would stop as much as an export control does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TariffEquivalent {
    /// A rate over the duties that are paid, in basis points; 0 where the cap does not bind.
    Bps(f64),
    /// No rate stops everything, as a ban does, and none past a million times the price is meant. JSON says `"infinite"`.
    Infinite,
}

impl Serialize for TariffEquivalent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bps(bps) => serializer.serialize_f64(crate::json::millionth(*bps)),
            Self::Infinite => serializer.serialize_str("infinite"),
        }
    }
}

/// What a tax on digital services raises; outside goods trade. What they earn is taken to stand
/// whatever the tax.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DigitalServicesImpact {
    /// The party that taxes.
    #[serde(serialize_with = "crate::json::name")]
    pub by: PartyId,
    /// The party whose firms pay.
    #[serde(serialize_with = "crate::json::name")]
    pub on: PartyId,
    /// The tax.
    #[serde(rename = "rate_bps")]
    pub rate: Bps,
    /// What it raises in a year.
    #[serde(rename = "tax_usd")]
    pub tax: Usd,
}

/// What one moment sets beside the flows of goods.
#[derive(Debug, Clone)]
pub(crate) struct Beside {
    /// Customs thresholds for parcels, US dollars, in the order of the facts.
    pub(crate) thresholds: Vec<i64>,
    /// Taxes on digital services, as fractions, in the order of the facts.
    pub(crate) services: Vec<f64>,
    /// Limits, in the order of the frame's lines.
    pub(crate) limits: Vec<Limited>,
}

impl Beside {
    /// The data year: its thresholds and taxes, and no limits, which its trade already knows.
    pub(crate) fn at_rest(base: &TradeBase, limits: usize) -> Self {
        let facts = base.facts();
        Self {
            thresholds: facts.parcels.iter().map(|p| p.base_threshold_usd).collect(),
            services: facts.digital_services.iter().map(|s| s.base_rate).collect(),
            limits: vec![Limited::default(); limits],
        }
    }
}

/// What a limited flow is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LimitLine {
    /// The home party's by sector, then the partner's.
    pub(crate) flow: usize,
    /// Who has the rent of its quota, where it has one.
    pub(crate) rent_holder: Option<Side>,
    /// Whether it has an export control.
    pub(crate) controlled: bool,
}

impl LimitLine {
    fn importer(self, facts: &TradeFacts) -> Side {
        if self.flow < facts.sectors.len() { Side::Home } else { Side::Partner }
    }

    fn sector(self, facts: &TradeFacts) -> SectorId {
        facts.sectors[self.flow % facts.sectors.len()].id.clone()
    }

    fn quota(self, facts: &TradeFacts, at: [&Limited; 3]) -> Option<QuotaImpact> {
        let holder = self.rent_holder?;
        let importer = self.importer(facts);
        Some(QuotaImpact {
            importer: facts.party(importer).clone(),
            exporter: facts.party(importer.other()).clone(),
            sector: self.sector(facts),
            rent_holder: facts.party(holder).clone(),
            quota: Figure::of(at.map(|l| dollars(l.quota_usd))),
            in_quota: Figure::of(at.map(|l| dollars(l.in_quota))),
            regime: Figure::of(at.map(|l| l.regime)),
            rent: Figure::of(at.map(|l| dollars(l.quota_rent))),
        })
    }

    fn control(self, facts: &TradeFacts, at: [&Limited; 3]) -> Option<ExportControlImpact> {
        let importer = self.importer(facts);
        let equivalent = |limited: &Limited| match limited.shadow {
            shadow if shadow > MAX_SHADOW => TariffEquivalent::Infinite,
            shadow => TariffEquivalent::Bps((shadow - 1.0) * BPS),
        };
        self.controlled.then(|| ExportControlImpact {
            exporter: facts.party(importer.other()).clone(),
            importer: facts.party(importer).clone(),
            sector: self.sector(facts),
            cap: Figure::of(at.map(|l| l.cap.map(|cap| crate::json::millionth(cap * BPS)))),
            tariff_equivalent: Figure::of(at.map(equivalent)),
            rent: Figure::of(at.map(|l| dollars(l.control_rent))),
        })
    }
}

/// The lines of the limits.
pub(crate) fn limits(
    facts: &TradeFacts,
    lines: &[LimitLine],
    three: [&Beside; 3],
) -> (Vec<QuotaImpact>, Vec<ExportControlImpact>) {
    let at = |i: usize| three.map(|beside| &beside.limits[i]);
    let quotas = lines.iter().enumerate().filter_map(|(i, line)| line.quota(facts, at(i)));
    let controls = lines.iter().enumerate().filter_map(|(i, line)| line.control(facts, at(i)));
    (quotas.collect(), controls.collect())
}

/// The lines of the taxes on digital services.
pub(crate) fn services(facts: &TradeFacts, three: [&Beside; 3]) -> Vec<DigitalServicesImpact> {
    let lines = facts.digital_services.iter().enumerate();
    lines
        .map(|(i, services)| {
            let rates = three.map(|beside| beside.services[i]);
            DigitalServicesImpact {
                by: facts.party(services.by).clone(),
                on: facts.party(services.by.other()).clone(),
                rate: Figure::of(rates.map(|rate| crate::json::millionth(rate * BPS))),
                tax: Figure::of(rates.map(|rate| dollars(rate * services.revenue_usd))),
            }
        })
        .collect()
}

/// The rents of a party, from quotas and from its export controls.
pub(crate) fn rents(party: &PartyId, quotas: &[QuotaImpact], controls: &[ExportControlImpact]) -> (Usd, Usd) {
    let sum =
        |rents: &mut dyn Iterator<Item = Usd>| rents.fold(Usd::default(), |a, b| a.zip(b, |a, b| a + b));
    let held = sum(&mut quotas.iter().filter(|q| q.rent_holder == *party).map(|q| q.rent));
    (held, sum(&mut controls.iter().filter(|c| c.exporter == *party).map(|c| c.rent)))
}

fn dollars(value: f64) -> i64 {
    value.round() as i64
}
