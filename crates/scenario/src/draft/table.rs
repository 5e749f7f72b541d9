//! The table a draft is made from, checked cell by cell.

use std::collections::{HashMap, HashSet};

use tariff::{PartyId, SectorId};

use crate::ScenarioError;
use crate::files::Files;
use crate::read::{Cells, Place, Reading, Row};

use super::DraftRequest;

const NEEDED: [&str; 5] = ["importer", "exporter", "sector", "value_musd", "tariff_pct"];
const ADDED: &str = "added_pct";
const SIGMA: &str = "sigma";
const VALUES: (f64, f64) = (0.0, 1e9);
const RATES: (f64, f64) = (0.0, 10_000.0);
const SIGMAS: (f64, f64) = (0.001, 100.0);
/// The size of the demand elasticity a draft has; σ must lie above it.
const ETA: f64 = 0.5;
/// Decimals of a rate on an agenda.
const HUNDREDTHS: f64 = 100.0;
/// The steps an agenda can take, in hundredths of a point, the widest first.
const STEPS: [i64; 5] = [500, 100, 50, 10, 1];

/// What a draft needs to know of the table.
pub(super) struct Table {
    /// In order of appearance.
    pub(super) sectors: Vec<SectorId>,
    pub(super) has_sigma: bool,
    pub(super) has_added: bool,
    /// The two parties' trade by sector: home's imports, then the partner's.
    pub(super) sides: [Side; 2],
}

/// What one party buys.
#[derive(Default)]
pub(super) struct Side {
    /// Added rate on the other party by sector, in hundredths of a point.
    pub(super) added: Vec<i64>,
    /// Whether any row says what it buys of its own goods.
    pub(super) own: bool,
    /// Whether any third country sells to it.
    pub(super) third: bool,
}

/// Where the columns stand.
struct Columns {
    needed: [usize; 5],
    added: Option<usize>,
    sigma: Option<usize>,
}

/// One row between two parties.
struct Trade<'a> {
    importer: &'a str,
    exporter: &'a str,
    sector: SectorId,
    value: f64,
    added: f64,
}

impl Table {
    pub(super) fn read(request: &DraftRequest<'_>) -> Result<Self, ScenarioError> {
        let files = Files::none();
        let reading = Reading::new(&files);
        let table = Cells::read(&reading, request.table, request.csv.to_owned())
            .and_then(|cells| Self::of(&reading, &cells, request));
        match table {
            Some(table) if !reading.any_problem() => Ok(table),
            _ => Err(ScenarioError::Broken(reading.into_problems())),
        }
    }

    fn of(reading: &Reading<'_>, cells: &Cells, request: &DraftRequest<'_>) -> Option<Self> {
        let columns = columns(reading, cells)?;
        if cells.len() == 0 {
            let expected = "a row for each importer, exporter and sector";
            reading.wrong(&cells.name, || Place::START, "row", None, expected);
        }
        let rows: Vec<_> =
            cells.rows(reading).map(|row| (row, trade(reading, cells, &columns, row))).collect();
        repeated(reading, cells, &columns);
        let mut table = Self {
            sectors: Vec::new(),
            has_sigma: columns.sigma.is_some(),
            has_added: columns.added.is_some(),
            sides: [Side::default(), Side::default()],
        };
        let trades: Vec<&Trade<'_>> = rows.iter().filter_map(|(_, trade)| trade.as_ref()).collect();
        let mut seen = HashSet::new();
        let new = trades.iter().map(|trade| &trade.sector).filter(|sector| seen.insert(*sector));
        table.sectors.extend(new.cloned());
        let pair = [request.home, request.partner];
        for (side, (importer, exporter)) in [(pair[0], pair[1]), (pair[1], pair[0])].into_iter().enumerate() {
            table.sides[side] = of_side(&trades, importer, exporter, &table.sectors);
            // A row that is wrong was told of; it is not missing too.
            let buys = |t: &&&Trade<'_>| t.importer == importer.as_str() && t.exporter == exporter.as_str();
            let bought: HashSet<_> = trades.iter().filter(buys).map(|trade| &trade.sector).collect();
            for sector in table.sectors.iter().filter(|_| trades.len() == rows.len()) {
                if !bought.contains(sector) {
                    let expected =
                        format!("a row for what {importer} buys of {sector} from {exporter}, 0 for nothing");
                    reading.wrong(&cells.name, || Place::START, "sector", None, &expected);
                }
            }
        }
        Some(table)
    }

    /// The step of the agenda in hundredths of a point: the widest on which every added rate lies.
    pub(super) fn step(&self) -> i64 {
        let fits = |step: &i64| self.sides.iter().flat_map(|s| &s.added).all(|added| added % step == 0);
        STEPS.into_iter().find(fits).unwrap_or(1)
    }
}

fn columns(reading: &Reading<'_>, cells: &Cells) -> Option<Columns> {
    let place = |name: &str| cells.header().iter().position(|known| known == name);
    let missing: Vec<_> = NEEDED.into_iter().filter(|name| place(name).is_none()).collect();
    for name in &missing {
        let expected = format!("this column; the columns are {}", cells.header().join(", "));
        reading.wrong(&cells.name, || Place::START, name, None, &expected);
    }
    let needed = NEEDED.map(|name| place(name).unwrap_or_default());
    missing.is_empty().then(|| Columns { needed, added: place(ADDED), sigma: place(SIGMA) })
}

fn trade<'a>(reading: &Reading<'_>, cells: &Cells, columns: &Columns, row: &'a Row) -> Option<Trade<'a>> {
    let [importer, exporter, sector, value, tariff] = columns.needed;
    for column in [importer, exporter] {
        if let Err(error) = PartyId::new(row.cell(column)) {
            cells.wrong(reading, row, column, &error.to_string());
        }
    }
    let named = SectorId::new(row.cell(sector));
    let named = named.map_err(|error| cells.wrong(reading, row, sector, &error.to_string())).ok();
    let value = cells.number(reading, row, value, VALUES);
    cells.number(reading, row, tariff, RATES);
    let sigma = columns.sigma.and_then(|column| Some((column, cells.number(reading, row, column, SIGMAS)?)));
    if let Some((column, _)) = sigma.filter(|(_, sigma)| *sigma <= ETA) {
        cells.wrong(reading, row, column, &format!("an elasticity above {ETA}, the size of eta"));
    }
    let added = columns.added.map_or(Some(0.0), |column| cells.number(reading, row, column, RATES))?;
    let exact = added * HUNDREDTHS;
    if let Some(column) = columns.added.filter(|_| (exact - exact.round()).abs() > 1e-6) {
        cells.wrong(reading, row, column, "a rate with at most 2 decimals");
    }
    let (importer, exporter) = (row.cell(importer), row.cell(exporter));
    Some(Trade { importer, exporter, sector: named?, value: value?, added })
}

/// Notes rows that say the same trade again.
fn repeated(reading: &Reading<'_>, cells: &Cells, columns: &Columns) {
    let [importer, exporter, sector, ..] = columns.needed;
    let mut seen = HashSet::new();
    for row in cells.rows(reading) {
        if !seen.insert([importer, exporter, sector].map(|column| row.cell(column))) {
            cells.wrong(reading, row, sector, "each sector of an importer and exporter once");
        }
    }
}

fn of_side(trades: &[&Trade<'_>], importer: &PartyId, exporter: &PartyId, sectors: &[SectorId]) -> Side {
    let bought: Vec<_> = trades.iter().filter(|t| t.importer == importer.as_str()).collect();
    // The first row of a sector counts; another one is a problem of its own.
    let between = bought.iter().rev().filter(|t| t.exporter == exporter.as_str());
    let added: HashMap<_, _> = between.map(|t| (&t.sector, (t.added * HUNDREDTHS).round() as i64)).collect();
    Side {
        added: sectors.iter().map(|sector| added.get(sector).copied().unwrap_or_default()).collect(),
        own: bought.iter().any(|t| t.exporter == t.importer),
        third: bought.iter().any(|t| {
            let pair = [importer.as_str(), exporter.as_str()];
            t.value > 0.0 && !pair.contains(&t.exporter)
        }),
    }
}
