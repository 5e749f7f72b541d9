//! What a party buys from third countries, and what they pay.

use std::collections::BTreeMap;

use scoring::{Sector, ThirdCountry};
use tariff::PartyId;

use super::Node;
use super::cells::{Cells, Row};
use super::columns::{column, file, only};
use super::trade::{MILLION, Pair, RATES, SHARES, VALUES};

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
    rate: f64,
}

/// Reads the file a table names; nothing where it is wrong. A sector a country has no row for is
/// not bought there, and a country that sells nothing is left out.
pub(super) fn third_countries(node: &Node<'_>, sectors: &[Sector], pair: Pair<'_>) -> Third {
    node.only(&["file", "only", "partner", "sector", "value_musd", "rate_pct", "added_rate_pct"]);
    let mut by_country: BTreeMap<PartyId, Vec<Option<Purchase>>> = BTreeMap::new();
    let table = file(node).and_then(|cells| Some((columns(node, &cells)?, only(node, &cells)?, cells)));
    let rows = table.iter().flat_map(|(columns, only, cells)| {
        let rows = cells.rows(node.reading).filter(|row| only.admits(row));
        rows.map(move |row| (columns, cells, row))
    });
    for (columns, cells, row) in rows {
        let Some(purchase) = purchase(node, cells, columns, row, sectors) else { continue };
        if pair.contains(&Some(&purchase.country)) {
            continue; // the flow between the two stands in a column of its own
        }
        let none = || sectors.iter().map(|_| None).collect();
        let bought = by_country.entry(purchase.country.clone()).or_insert_with(none);
        let sector = purchase.sector;
        if bought[sector].replace(purchase).is_some() {
            cells.wrong(node.reading, row, columns.sector, "each sector of a country once");
        }
    }
    let mut countries: Vec<_> = by_country.into_iter().map(|(name, bought)| country(name, &bought)).collect();
    countries.retain(|c| c.imports_usd.iter().any(|usd| *usd > 0.0));
    added_rates(node, sectors, &mut countries);
    let paid = |s: usize| countries.iter().map(|c| c.imports_usd[s] * (1.0 + c.base_rate[s])).sum();
    Third { paid: (0..sectors.len()).map(paid).collect(), countries }
}

fn country(partner: PartyId, bought: &[Option<Purchase>]) -> ThirdCountry {
    let column = |of: fn(&Purchase) -> f64| bought.iter().map(|p| p.as_ref().map_or(0.0, of)).collect();
    ThirdCountry { base_rate: column(|p| p.rate), ..ThirdCountry::free(partner, column(|p| p.usd)) }
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
    let country = party(node, cells, row, columns.partner);
    let sector = place(node, cells, row, columns.sector, sectors);
    let value = cells.number(node.reading, row, columns.value, VALUES);
    let rate = cells.number(node.reading, row, columns.rate, RATES);
    Some(Purchase { country: country?, sector: sector?, usd: value? * MILLION, rate: rate? / 100.0 })
}

fn party(node: &Node<'_>, cells: &Cells, row: &Row, column: usize) -> Option<PartyId> {
    let party = PartyId::new(row.cell(column));
    party.map_err(|error| cells.wrong(node.reading, row, column, &error.to_string())).ok()
}

fn place(node: &Node<'_>, cells: &Cells, row: &Row, column: usize, sectors: &[Sector]) -> Option<usize> {
    let found = sectors.iter().position(|s| s.id.as_str() == row.cell(column));
    if found.is_none() {
        cells.wrong(node.reading, row, column, "a sector of the scenario");
    }
    found
}

/// What each third country pays now over its duty of the data year, and on which share of its goods:
/// from a file with a row for every country and sector in which it sells; nothing where the key is
/// left out.
fn added_rates(node: &Node<'_>, sectors: &[Sector], countries: &mut [ThirdCountry]) {
    let Some(table) = node.optional("added_rate_pct") else { return };
    let Some(rates) = rates(&table, sectors) else { return };
    for country in countries {
        for (place, sector) in sectors.iter().enumerate().filter(|(s, _)| country.imports_usd[*s] > 0.0) {
            let Some((added, exposed)) = rates.get(&(country.partner.clone(), place)) else {
                let missing = format!("{} of {}", sector.id, country.partner);
                let expected = format!("a rate for every supplier, also for {missing}");
                table.wrong("file", Some("no such row"), &expected);
                continue;
            };
            country.added_rate[place] = *added;
            country.exposed[place] = *exposed;
        }
    }
}

/// Added rate and exposed share by country and sector.
type Rates = BTreeMap<(PartyId, usize), (f64, f64)>;

fn rates(table: &Node<'_>, sectors: &[Sector]) -> Option<Rates> {
    table.only(&["file", "only", "partner", "sector", "column", "exposed_share"]);
    let cells = file(table)?;
    let [partner, sector, rate] = ["partner", "sector", "column"].map(|key| column(table, &cells, key));
    let (partner, sector, rate) = (partner?, sector?, rate?);
    let exposed = match table.has("exposed_share") {
        true => Some(column(table, &cells, "exposed_share")?),
        false => None,
    };
    let only = only(table, &cells)?;
    let mut rates = Rates::new();
    // What is wrong with a row is said there, and not again as a missing row.
    let mut sound = true;
    for row in cells.rows(table.reading).filter(|row| only.admits(row)) {
        let country = party(table, &cells, row, partner);
        let place = place(table, &cells, row, sector, sectors);
        let added = cells.number(table.reading, row, rate, RATES);
        let share = exposed.map_or(Some(1.0), |column| cells.number(table.reading, row, column, SHARES));
        let (Some(country), Some(place), Some(added), Some(share)) = (country, place, added, share) else {
            sound = false;
            continue;
        };
        if rates.insert((country, place), (added / 100.0, share)).is_some() {
            cells.wrong(table.reading, row, sector, "each sector of a country once");
        }
    }
    sound.then_some(rates)
}
