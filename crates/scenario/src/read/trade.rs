//! The facts of trade: constants, and columns of the data files by sector.

use std::collections::BTreeMap;
use std::rc::Rc;

use scoring::{
    Flag, Flow, Notice, Parcels, Published, Sector, Side, Supply, ThirdCountry, TradeBase, TradeFacts,
    Tranche,
};
use tariff::{PartyId, SectorId};

use crate::scenario::Party;

use super::Node;
use super::cells::Cells;

const KEYS: [&str; 11] = [
    "home",
    "partner",
    "year",
    "deficit_concept",
    "sectors",
    "imports",
    "exports",
    "parcels",
    "published",
    "notice",
    "eta",
];
const FLOW_KEYS: [&str; 11] = [
    "value_musd",
    "base_rate_pct",
    "added_rate_pct",
    "sigma",
    "eta",
    "supply_elasticity",
    "others_supply_elasticity",
    "penetration",
    "share_of_imports",
    "tranche",
    "third_countries",
];
const MILLION: f64 = 1e6;
const VALUES: (f64, f64) = (0.0, 1e9);
const RATES: (f64, f64) = (0.0, 10_000.0);
const SHARES: (f64, f64) = (0.0, 1.0);
const DOLLARS: (i64, i64) = (0, 1_000_000_000_000_000);

/// Reads the facts; none if anything in them is wrong.
pub(super) fn trade(node: &Node<'_>, parties: &[Party]) -> Option<TradeBase> {
    node.only(&KEYS);
    let home = party(node, "home", parties);
    let partner = party(node, "partner", parties);
    let year = node.integer("year", (1900, 2100));
    let concept = node.text("deficit_concept", "what the deficit counts");
    let sectors = node.table("sectors", "where the sectors are listed").and_then(|n| sectors(&n))?;
    let pair = [home.as_ref(), partner.as_ref()];
    let imports = node.table("imports", "what the home party buys").map(|n| flows(&n, &sectors, pair));
    let exports = node.table("exports", "what the partner buys").map(|n| flows(&n, &sectors, pair));
    let parcels = node.tables("parcels").iter().filter_map(|n| parcels(n, pair)).collect();
    let published = node.tables("published").iter().filter_map(published).collect();
    let notices = node.tables("notice").iter().filter_map(notice).collect();
    let ((imports, third_home), (exports, third_partner)) = (imports?, exports?);
    if node.reading.any_problem() {
        return None;
    }
    let facts = TradeFacts {
        year: u16::try_from(year?).ok()?,
        deficit_concept: concept?.to_owned(),
        sectors,
        imports,
        exports,
        third_countries: [third_home, third_partner],
        parcels,
        published,
        notices,
        ..TradeFacts::between(home?, partner?)
    };
    let base = TradeBase::new(facts);
    base.map_err(|error| node.wrong("year", Some(&error.to_string()), "facts that can be")).ok()
}

fn party(node: &Node<'_>, key: &str, parties: &[Party]) -> Option<PartyId> {
    let name = node.text(key, "one of the parties")?;
    let found = parties.iter().find(|p| p.id.as_str() == name);
    if found.is_none() {
        let names: Vec<_> = parties.iter().map(|p| p.id.as_str()).collect();
        node.wrong(key, Some(&format!("{name:?}")), &format!("one of {}", names.join(", ")));
    }
    found.map(|p| p.id.clone())
}

fn sectors(node: &Node<'_>) -> Option<Vec<Sector>> {
    node.only(&["file", "id", "name"]);
    let cells = file(node)?;
    let (id, name) = (column(node, &cells, "id")?, column(node, &cells, "name")?);
    let read = |row: &super::cells::Row| match SectorId::new(row.cell(id)) {
        Ok(id) => Some(Sector { id, name: row.cell(name).to_owned() }),
        Err(error) => {
            let found = Some(format!("{:?}", row.cell(id)));
            node.reading.wrong(&cells.name, row.line, "sector", found, &error.to_string());
            None
        }
    };
    cells.keyed(node.reading, id);
    let sectors: Vec<_> = cells.rows().iter().filter_map(read).collect();
    if sectors.is_empty() {
        node.wrong("file", Some("no sector"), "a file with a row per sector");
        return None;
    }
    Some(sectors)
}

fn file(node: &Node<'_>) -> Option<Rc<Cells>> {
    let name = node.text("file", "the name of a data file")?;
    node.reading.cells(name, node, "file")
}

fn column(node: &Node<'_>, cells: &Cells, key: &str) -> Option<usize> {
    let name = node.text(key, "the name of a column")?;
    cells.column(node.reading, name, node.line(key))
}

type Pair<'a> = [Option<&'a PartyId>; 2];

fn flows(node: &Node<'_>, sectors: &[Sector], pair: Pair<'_>) -> (Vec<Flow>, Vec<ThirdCountry>) {
    node.only(&FLOW_KEYS);
    let by_sector = |key: &str, bounds| by_sector(node, key, sectors, bounds);
    let or = |key: &str, bounds, absent: f64| match node.has(key) {
        true => by_sector(key, bounds),
        false => vec![absent; sectors.len()],
    };
    let value = by_sector("value_musd", VALUES);
    let rate = by_sector("base_rate_pct", RATES);
    let added = by_sector("added_rate_pct", RATES);
    let sigma = by_sector("sigma", (1e-3, 100.0));
    let eta = or("eta", (-100.0, 0.0), -0.5);
    let supply = or("supply_elasticity", (0.0, 1e6), f64::INFINITY);
    let others_supply = or("others_supply_elasticity", (0.0, 1e6), f64::INFINITY);
    let penetration = by_sector("penetration", SHARES);
    let (third, third_paid) = match node.optional("third_countries") {
        Some(third) => third_countries(&third, sectors, pair),
        None => (Vec::new(), vec![0.0; sectors.len()]),
    };
    let share = node.has("share_of_imports").then(|| by_sector("share_of_imports", SHARES));
    if share.is_none() && third.is_empty() {
        node.wrong(
            "share_of_imports",
            None,
            "the partner's share of the importer's imports, or third_countries",
        );
    }
    let tranches = tranches(node, sectors);
    let flow = |s: usize| {
        let paid = value[s] * MILLION * (1.0 + rate[s] / 100.0);
        let all_imports = match &share {
            Some(share) if share[s] > 0.0 => paid / share[s],
            _ => paid + third_paid[s],
        };
        Flow {
            value_usd: value[s] * MILLION,
            base_rate: rate[s] / 100.0,
            spending_usd: if penetration[s] > 0.0 { all_imports / penetration[s] } else { 0.0 },
            sigma: sigma[s],
            eta: eta[s],
            supply: elasticity(supply[s]),
            others_supply: elasticity(others_supply[s]),
            added_rate: added[s] / 100.0,
            tranches: tranches.iter().map(|t| t.at(s)).collect(),
        }
    };
    ((0..sectors.len()).map(flow).collect(), third)
}

fn elasticity(value: f64) -> Supply {
    if value.is_finite() { Supply::Finite(value) } else { Supply::Infinite }
}

/// A tranche over all sectors.
struct TrancheColumns<'a> {
    name: &'a str,
    share: Vec<f64>,
    extra: Vec<f64>,
    negotiated: bool,
}

impl TrancheColumns<'_> {
    fn at(&self, sector: usize) -> Tranche {
        Tranche {
            name: self.name.to_owned(),
            share: self.share[sector],
            extra: self.extra[sector] / 100.0,
            negotiated: self.negotiated,
        }
    }
}

fn tranches<'a>(node: &Node<'a>, sectors: &[Sector]) -> Vec<TrancheColumns<'a>> {
    let listed = node.tables("tranche");
    if listed.is_empty() {
        node.wrong("tranche", None, "at least one table of tranche");
    }
    let read = |tranche: Node<'a>| {
        tranche.only(&["name", "share", "extra_pct", "negotiated"]);
        Some(TrancheColumns {
            share: by_sector(&tranche, "share", sectors, SHARES),
            extra: by_sector(&tranche, "extra_pct", sectors, RATES),
            negotiated: tranche.flag("negotiated", false),
            name: tranche.text("name", "what the goods are")?,
        })
    };
    listed.into_iter().filter_map(read).collect()
}

/// One number per sector: a constant, or a column of a data file with a row per sector. Stand-ins
/// where it is wrong.
fn by_sector(node: &Node<'_>, key: &str, sectors: &[Sector], bounds: (f64, f64)) -> Vec<f64> {
    let stand_in = || vec![bounds.0; sectors.len()];
    if node.has(key) && !node.is_table(key) {
        return node.number(key, bounds).map_or_else(stand_in, |n| vec![n; sectors.len()]);
    }
    let expected = "a number, or { file = ..., column = ... } with a row per sector";
    let Some(place) = node.table(key, expected) else { return stand_in() };
    place.only(&["file", "column", "key"]);
    read_column(&place, sectors, bounds).unwrap_or_else(stand_in)
}

fn read_column(place: &Node<'_>, sectors: &[Sector], bounds: (f64, f64)) -> Option<Vec<f64>> {
    let cells = file(place)?;
    let values = column(place, &cells, "column")?;
    let key = if place.has("key") { place.text("key", "the column of sectors")? } else { "sector" };
    let keys = cells.column(place.reading, key, place.line("column"))?;
    let rows = cells.keyed(place.reading, keys);
    for (name, row) in &rows {
        if !sectors.iter().any(|s| s.id.as_str() == *name) {
            let found = Some(format!("{name:?}"));
            place.reading.wrong(&cells.name, row.line, key, found, "a sector of the scenario");
        }
    }
    let read = |sector: &Sector| match rows.get(sector.id.as_str()) {
        Some(row) => cells.number(place.reading, row, values, bounds),
        None => {
            let expected = format!("a row for every sector, also for {}", sector.id);
            place.reading.wrong(&cells.name, 1, key, None, &expected);
            None
        }
    };
    Some(sectors.iter().map(|s| read(s).unwrap_or(bounds.0)).collect())
}

/// Imports from third countries, and what is paid for them with duty, by sector.
fn third_countries(node: &Node<'_>, sectors: &[Sector], pair: Pair<'_>) -> (Vec<ThirdCountry>, Vec<f64>) {
    node.only(&["file", "partner", "sector", "value_musd", "rate_pct"]);
    let nothing = (Vec::new(), vec![0.0; sectors.len()]);
    let read = || {
        let cells = file(node)?;
        let columns = ["partner", "sector", "value_musd", "rate_pct"].map(|key| column(node, &cells, key));
        let [Some(partner), Some(sector), Some(value), Some(rate)] = columns else { return None };
        let mut countries: BTreeMap<PartyId, Vec<Option<f64>>> = BTreeMap::new();
        let mut paid = vec![0.0; sectors.len()];
        for row in cells.rows() {
            let wrong = |column: &str, cell: usize, expected: &str| {
                let found = Some(format!("{:?}", row.cell(cell)));
                node.reading.wrong(&cells.name, row.line, column, found, expected);
            };
            let Ok(country) = PartyId::new(row.cell(partner)) else {
                wrong("partner", partner, "a country such as JPN");
                continue;
            };
            let Some(s) = sectors.iter().position(|s| s.id.as_str() == row.cell(sector)) else {
                wrong("sector", sector, "a sector of the scenario");
                continue;
            };
            let amounts = (
                cells.number(node.reading, row, value, VALUES),
                cells.number(node.reading, row, rate, RATES),
            );
            let (Some(value), Some(rate)) = amounts else { continue };
            if pair.contains(&Some(&country)) {
                continue; // the flow between the two stands in a column of its own
            }
            let by_sector = countries.entry(country).or_insert_with(|| vec![None; sectors.len()]);
            if by_sector[s].replace(value * MILLION).is_some() {
                wrong("sector", sector, "each sector of a country once");
            }
            paid[s] += value * MILLION * (1.0 + rate / 100.0);
        }
        let countries = countries.into_iter().map(|(partner, values)| ThirdCountry {
            partner,
            imports_usd: values.into_iter().map(|v| v.unwrap_or(0.0)).collect(),
        });
        Some((countries.collect(), paid))
    };
    read().unwrap_or(nothing)
}

fn parcels(node: &Node<'_>, pair: Pair<'_>) -> Option<Parcels> {
    node.only(&[
        "importer",
        "base_threshold_usd",
        "threshold_usd",
        "ending_cost_low_usd",
        "ending_cost_high_usd",
    ]);
    let name = node.text("importer", "the home party or the partner");
    let sides = Side::BOTH.into_iter().zip(pair);
    let mut sides = sides.filter(|(_, party)| party.is_some_and(|p| Some(p.as_str()) == name));
    let importer = sides.next().map(|(side, _)| side);
    if importer.is_none() && name.is_some() {
        node.wrong("importer", name, "the home party or the partner");
    }
    let [base, now, low, high] =
        ["base_threshold_usd", "threshold_usd", "ending_cost_low_usd", "ending_cost_high_usd"]
            .map(|key| node.integer(key, DOLLARS));
    Some(Parcels {
        importer: importer?,
        base_threshold_usd: base?,
        threshold_usd: now?,
        ending_cost_low_usd: low?,
        ending_cost_high_usd: high?,
    })
}

fn published(node: &Node<'_>) -> Option<Published> {
    node.only(&["figure", "usd", "source"]);
    let figure = node.text("figure", "what the figure counts");
    let usd = node.integer("usd", (-DOLLARS.1, DOLLARS.1));
    let source = node.text("source", "who published it");
    Some(Published { figure: figure?.to_owned(), usd: usd?, source: source?.to_owned() })
}

fn notice(node: &Node<'_>) -> Option<Notice> {
    node.only(&["flag", "meaning"]);
    let flag = node.parsed("flag", "lowercase words joined by '_'", |text| {
        let fits = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if fits { Ok(Flag::new(text)) } else { Err("lowercase words joined by '_'") }
    });
    let meaning = node.text("meaning", "what the flag means, in a sentence");
    Some(Notice { flag: flag?, meaning: meaning?.to_owned() })
}
