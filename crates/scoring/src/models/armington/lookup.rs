//! Where the facts hold what an instrument is about.

use tariff::{Instrument, PartyId, SectorId};

use crate::{ScoringError, Side, TradeBase};

/// The place of a flow into `by` from `other`: the home party's by sector, then the partner's.
pub(super) fn flow(
    base: &TradeBase,
    instrument: &Instrument,
    by: &PartyId,
    other: &PartyId,
    sector: &SectorId,
) -> Result<usize, ScoringError> {
    let side = between(base, by, other).ok_or_else(|| no_data(base, instrument, None))?;
    place(base, side, sector).ok_or_else(|| no_data(base, instrument, None))
}

/// The place of a flow into `importer`.
pub(super) fn place(base: &TradeBase, importer: Side, sector: &SectorId) -> Option<usize> {
    Some(importer.index() * base.facts().sectors.len() + base.sector(sector)?)
}

/// The place of the parcels into `by`.
pub(super) fn parcels(
    base: &TradeBase,
    instrument: &Instrument,
    by: &PartyId,
    other: &PartyId,
) -> Result<usize, ScoringError> {
    let side = between(base, by, other);
    let found = base.facts().parcels.iter().position(|p| Some(p.importer) == side);
    found.ok_or_else(|| no_data(base, instrument, Some("facts on the parcels into it")))
}

/// The place of the digital services that `by` taxes.
pub(super) fn services(
    base: &TradeBase,
    instrument: &Instrument,
    by: &PartyId,
    other: &PartyId,
) -> Result<usize, ScoringError> {
    let side = between(base, by, other);
    let found = base.facts().digital_services.iter().position(|s| Some(s.by) == side);
    found.ok_or_else(|| no_data(base, instrument, Some("a fact on digital services it taxes")))
}

/// The side of `by`, if the trade base is about these two.
pub(super) fn between(base: &TradeBase, by: &PartyId, other: &PartyId) -> Option<Side> {
    let side = base.side(by)?;
    (base.side(other)? != side).then_some(side)
}

/// What the facts lack: `missing`, or the two parties and their goods.
pub(super) fn no_data(base: &TradeBase, instrument: &Instrument, missing: Option<&str>) -> ScoringError {
    let facts = base.facts();
    let known = || {
        format!("the trade of {} and {} in {} known sectors", facts.home, facts.partner, facts.sectors.len())
    };
    ScoringError::NoData {
        instrument: instrument.to_string(),
        expected: missing.map_or_else(known, ToOwned::to_owned),
    }
}
