//! Facts on measures other than duties: quotas, export controls, taxes on digital services.

use tariff::SectorId;

use crate::Side;

/// A tariff-rate quota on one flow: an amount at a lower rate, the rest at the full one.
///
/// It covers the negotiated tranche of the flow, of which there must be exactly one; goods excluded
/// from the added rate do not count against it.
#[derive(Debug, Clone, PartialEq)]
pub struct TariffQuota {
    /// Who imports under it.
    pub importer: Side,
    /// The goods.
    pub sector: SectorId,
    /// The quota in US dollars a year at the prices of the data year, 0 for none: used where the
    /// agenda has no issue on it.
    pub quota_usd: f64,
    /// The whole duty within the quota, as a fraction: used where the agenda has no issue on it. It
    /// never counts for more than the rate outside the quota.
    pub in_quota_rate: f64,
    /// Whose firms or treasury hold the right to import at the lower rate, and so the rent.
    pub rent_holder: Side,
}

/// A cap on what one party lets out of one sector to the other.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportControl {
    /// Who exports, controls, and has the rent.
    pub exporter: Side,
    /// The goods.
    pub sector: SectorId,
    /// The cap at the status quo as a share of the quantity of the data year, 0 for a ban: used
    /// where the agenda has no issue on it.
    pub cap: f64,
}

/// What the digital services of one party earn in the other, and what they are taxed there.
#[derive(Debug, Clone, PartialEq)]
pub struct DigitalServices {
    /// Who taxes.
    pub by: Side,
    /// What the other party's firms earn there in the data year that the tax falls on, US dollars.
    pub revenue_usd: f64,
    /// The tax of the data year, as a fraction.
    pub base_rate: f64,
    /// The tax at the status quo: used where the agenda has no issue on it.
    pub rate: f64,
}

/// One layer of duty within a tranche, by the law it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// What it is called, such as `fentanyl`.
    pub name: String,
    /// Its duty, as a fraction. Layers add.
    pub rate: f64,
}
