use std::fmt;
use std::sync::Arc;

use tariff::{PartyId, SectorId};

use crate::time::Horizon;
use crate::uncertainty::Bands;
use crate::{DigitalServicesImpact, ElasticitySet, ExportControlImpact, Published, QuotaImpact};

/// One figure at three moments: in the data year, at the status quo, at the offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Figure<T> {
    /// In the data year, under the tariffs of that year.
    pub base: T,
    /// In the model at the status quo.
    pub before: T,
    /// In the model at the offer.
    pub after: T,
}

/// Whole US dollars a year.
pub type Usd = Figure<i64>;
/// Basis points (1% = 100). JSON shows them to a millionth.
pub type Bps = Figure<f64>;

impl<T> Figure<T> {
    pub(crate) fn of([base, before, after]: [T; 3]) -> Self {
        Self { base, before, after }
    }
}

impl Usd {
    /// The figure whose three values are `f` of the values here and in `other`.
    pub(crate) fn zip(self, other: Self, f: impl Fn(i64, i64) -> i64) -> Self {
        Self {
            base: f(self.base, other.base),
            before: f(self.before, other.before),
            after: f(self.after, other.after),
        }
    }
}

/// What a reader must know about the figures, as a code: lowercase words joined by `_`, at times
/// with `:` and what it is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Flag(Arc<str>);

impl Flag {
    /// A flag with this code.
    #[must_use]
    pub fn new(code: &str) -> Self {
        Self(code.into())
    }

    /// Its code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What one offer does to the trade of two parties. The *home* party is the first of the
/// scenario's trade data: imports are what it buys from the partner, exports what it sells to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Impact {
    /// The model that gave the figures.
    pub model: &'static str,
    /// How long after the change the figures hold.
    pub horizon: Horizon,
    /// What the deficit counts.
    pub deficit_concept: Arc<str>,
    /// Imports less exports: positive when the home party buys more.
    pub bilateral_deficit: Usd,
    /// Imports of the home party from the partner, at customs value.
    pub imports: Usd,
    /// Exports of the home party to the partner.
    pub exports: Usd,
    /// Imports plus exports.
    pub total_trade: Usd,
    /// By sector, in the order of the trade data. Totals are the sums of these whole dollars.
    pub sectors: Vec<SectorImpact>,
    /// By party: home, then partner.
    pub parties: [PartyImpact; 2],
    /// Imports from third countries, where the data name them.
    pub diversion: Vec<Diversion>,
    /// Parcels below a customs threshold, which trade statistics leave out.
    pub de_minimis: Vec<DeMinimisImpact>,
    /// Tariff-rate quotas.
    pub quotas: Vec<QuotaImpact>,
    /// Export controls.
    pub export_controls: Vec<ExportControlImpact>,
    /// Taxes on digital services, which are no goods.
    pub digital_services: Vec<DigitalServicesImpact>,
    /// The elasticities behind the figures.
    pub elasticities: Arc<ElasticitySet>,
    /// How sure the figures at the offer are, where that was asked
    /// ([`crate::uncertainty::with_bands`]).
    pub bands: Option<Box<Bands>>,
    /// Published figures to read beside these.
    pub published: Arc<[Published]>,
    /// What a reader must know: estimates, instruments the model does not count, limits reached.
    pub flags: Vec<Flag>,
}

impl Impact {
    /// The figures of one party.
    #[must_use]
    pub fn party(&self, party: &PartyId) -> Option<&PartyImpact> {
        self.parties.iter().find(|p| p.party == *party)
    }

    /// The figures of one sector.
    #[must_use]
    pub fn sector(&self, sector: &SectorId) -> Option<&SectorImpact> {
        self.sectors.iter().find(|s| s.sector == *sector)
    }
}

/// What an offer does in one sector.
#[derive(Debug, Clone, PartialEq)]
pub struct SectorImpact {
    /// The sector.
    pub sector: SectorId,
    /// What the home party buys from the partner.
    pub imports: FlowImpact,
    /// What the partner buys from the home party.
    pub exports: FlowImpact,
}

/// What an offer does to one sector's goods in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct FlowImpact {
    /// Value without duty.
    pub value: Usd,
    /// Duty the importer collects on it.
    pub duty: Usd,
    /// Average tariff at the trade weights of the data year.
    pub rate: Bps,
    /// Change of the importer's price index of the sector, all sources, against the data year.
    pub price: Bps,
}

/// What an offer does to one party.
#[derive(Debug, Clone, PartialEq)]
pub struct PartyImpact {
    /// The party.
    pub party: PartyId,
    /// Duties it collects on the other party's goods.
    pub tariff_revenue: Usd,
    /// Its average tariff on the other party's goods after substitution: duty over imports.
    pub average_tariff: Bps,
    /// The same before substitution: weighted by the imports of the data year.
    pub average_tariff_base_weights: Bps,
    /// Change of the price of the goods it buys from all sources, against the data year: sectors
    /// weighted by its spending in that year (Laspeyres).
    pub price_effect: Bps,
    /// Rents of the tariff-rate quotas it holds.
    pub quota_rent: Usd,
    /// Rents of its export controls.
    pub control_rent: Usd,
}

/// What one party buys from a third country.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Diversion {
    /// The party that buys.
    #[serde(serialize_with = "crate::json::name")]
    pub importer: PartyId,
    /// The third country.
    #[serde(serialize_with = "crate::json::name")]
    pub partner: PartyId,
    /// Its imports from there, all sectors, without duty.
    #[serde(rename = "imports_usd")]
    pub imports: Usd,
}

/// What a customs threshold for parcels costs; an estimate outside the trade statistics.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct DeMinimisImpact {
    /// The party that buys.
    #[serde(serialize_with = "crate::json::name")]
    pub importer: PartyId,
    /// The party the parcels come from.
    #[serde(serialize_with = "crate::json::name")]
    pub exporter: PartyId,
    /// The threshold in dollars.
    #[serde(rename = "threshold_usd")]
    pub threshold: Usd,
    /// What buyers pay more in a year than in the data year: middle of the published range.
    #[serde(rename = "consumer_cost_usd")]
    pub consumer_cost: Usd,
    /// The same at the low end of the range.
    #[serde(rename = "consumer_cost_low_usd")]
    pub consumer_cost_low: Usd,
    /// The same at the high end of the range.
    #[serde(rename = "consumer_cost_high_usd")]
    pub consumer_cost_high: Usd,
}
