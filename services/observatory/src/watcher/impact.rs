//! What an offer does, sector by sector, with bands.

use scoring_server::{Bench, Sheet, SheetError};
use serde_json::Value as Json;
use tariff::Offer;

/// The impact as the page shows it; nothing where the scenario has no trade data.
pub(crate) fn document(bench: &Bench, offer: &Offer) -> Result<Option<Json>, SheetError> {
    let sheet = Sheet::new(bench.scenario(), bench.agenda())?;
    sheet.map(|sheet| sheet.document(offer)).transpose()
}
