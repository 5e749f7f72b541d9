//! What a party buys from third countries.

use std::collections::BTreeMap;

use scoring::{Sector, ThirdCountry};
use tariff::PartyId;

use super::Node;
use super::cells::{Cells, Row};
use super::columns::{column, file};
use super::trade::{MILLION, Pair, RATES, VALUES};

/// Imports by third country, and what is paid for all of them with duty, by sector.
pub(super) struct Third {
    pub(super) countries: Vec<ThirdCountry>,
    pub(super) paid: Vec<f64>,
}

/// Where the columns stand.
struct Columns {
    partner: usize,
    sector: usize,
    value: usize,
    rate: usize,
}

/// One row, read.
struct Purchase {
    country: PartyId,
    sector: usize,
    usd: f64,
    paid: f64,
}

/// Reads the file a table names; nothing where it is wrong. A sector a country has no row for is
/// not bought there.
pub(super) fn third_countries(node: &Node<'_>, sectors: &[Sector], pair: Pair<'_>) -> Third {
    node.only(&["file", "partner", "sector", "value_musd", "rate_pct"]);
    let mut by_country: BTreeMap<PartyId, Vec<Option<f64>>> = BTreeMap::new();
    let mut paid = vec![0.0; sectors.len()];
    let found = file(node).and_then(|cells| Some((columns(node, &cells)?, cells)));
    for (columns, cells, row) in
        found.iter().flat_map(|(c, cells)| cells.rows().iter().map(move |r| (c, cells, r)))
    {
        let Some(purchase) = purchase(node, cells, columns, row, sectors) else { continue };
        if pair.contains(&Some(&purchase.country)) {
            continue; // the flow between the two stands in a column of its own
        }
        let values = by_country.entry(purchase.country).or_insert_with(|| vec![None; sectors.len()]);
        if values[purchase.sector].replace(purchase.usd).is_some() {
            wrong(node, cells, row, columns.sector, "sector", "each sector of a country once");
        }
        paid[purchase.sector] += purchase.paid;
    }
    let country = |(partner, values): (PartyId, Vec<Option<f64>>)| ThirdCountry {
        partner,
        imports_usd: values.into_iter().map(|v| v.unwrap_or(0.0)).collect(),
    };
    Third { countries: by_country.into_iter().map(country).collect(), paid }
}

fn columns(node: &Node<'_>, cells: &Cells) -> Option<Columns> {
    let [partner, sector, value, rate] =
        ["partner", "sector", "value_musd", "rate_pct"].map(|key| column(node, cells, key));
    Some(Columns { partner: partner?, sector: sector?, value: value?, rate: rate? })
}

fn purchase(
    node: &Node<'_>,
    cells: &Cells,
    columns: &Columns,
    row: &Row,
    sectors: &[Sector],
) -> Option<Purchase> {
    let country = PartyId::new(row.cell(columns.partner));
    let country =
        country.map_err(|error| wrong(node, cells, row, columns.partner, "partner", &error.to_string())).ok();
    let sector = sectors.iter().position(|s| s.id.as_str() == row.cell(columns.sector));
    if sector.is_none() {
        wrong(node, cells, row, columns.sector, "sector", "a sector of the scenario");
    }
    let value = cells.number(node.reading, row, columns.value, VALUES);
    let rate = cells.number(node.reading, row, columns.rate, RATES);
    let usd = value? * MILLION;
    Some(Purchase { country: country?, sector: sector?, usd, paid: usd * (1.0 + rate? / 100.0) })
}

fn wrong(node: &Node<'_>, cells: &Cells, row: &Row, column: usize, key: &str, expected: &str) {
    let found = Some(format!("{:?}", row.cell(column)));
    node.reading.wrong(&cells.name, row.line, key, found, expected);
}
