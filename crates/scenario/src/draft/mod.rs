//! A scenario drafted from one table of trade: what an analyst has becomes what a talk needs.

mod table;
mod text;

use tariff::PartyId;

use crate::ScenarioError;
use table::Table;

/// What a draft is made from.
#[derive(Debug, Clone, Copy)]
pub struct DraftRequest<'a> {
    /// The scenario's name: lowercase letters, digits, `-`.
    pub name: &'a str,
    /// The party whose deficit is counted; it speaks first.
    pub home: &'a PartyId,
    /// The other party.
    pub partner: &'a PartyId,
    /// The year of the data.
    pub year: u16,
    /// The name of the table, for what is said of it.
    pub table: &'a str,
    /// The table: CSV with the columns `importer`, `exporter`, `sector`, `value_musd`, `tariff_pct` and,
    /// if there are any, `added_pct` and `sigma`.
    pub csv: &'a str,
}

/// A file of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftFile {
    /// Its path inside the scenario's folder.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Drafts a scenario: `public/` with `scenario.toml`, `sectors.csv` and the table as it is, a mandate
/// for each party, and a page for where the data come from. The table stays the one place of its
/// numbers: change a cell, and the scenario changes.
///
/// Every row is what `importer` buys of `sector` from `exporter`; a row with twice the same party is
/// what it buys of its own goods. Rows of other importers are left alone.
///
/// # Errors
/// [`ScenarioError::Broken`] with everything that is wrong in the table: file, line, column.
///
/// ```
/// use detente_scenario::{DraftRequest, draft};
/// use tariff::PartyId;
/// let csv = "importer,exporter,sector,value_musd,tariff_pct\n\
///            NOR,SWE,fish,100,5\nNOR,NOR,fish,400,0\nSWE,NOR,fish,80,3\nSWE,SWE,fish,300,0\n";
/// let (home, partner) = (PartyId::new("NOR")?, PartyId::new("SWE")?);
/// let files = draft(&DraftRequest {
///     name: "fish", home: &home, partner: &partner, year: 2024, table: "trade.csv", csv,
/// })?;
/// assert_eq!(files[0].path, "public/scenario.toml");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn draft(request: &DraftRequest<'_>) -> Result<Vec<DraftFile>, ScenarioError> {
    let table = Table::read(request)?;
    let mandate = |party: &PartyId, other: &PartyId, home: bool| DraftFile {
        path: format!("mandates/{party}.toml"),
        text: text::mandate(party, other, home),
    };
    let file = |path: &str, text: String| DraftFile { path: path.to_owned(), text };
    Ok(vec![
        file("public/scenario.toml", text::scenario(request, &table)),
        file("public/sectors.csv", text::sectors(&table)),
        file("public/trade.csv", request.csv.to_owned()),
        file("public/PROVENANCE.md", text::provenance(request)),
        mandate(request.home, request.partner, true),
        mandate(request.partner, request.home, false),
    ])
}
