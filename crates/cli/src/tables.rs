//! Tables for people.

use comfy_table::{CellAlignment, Table, presets};
use scoring::{Impact, Usd};
use scoring_server::Bench;
use tariff::Offer;

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header(header.to_vec());
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// An offer, issue by issue, beside the status quo; what does not change is left out.
pub(crate) fn offer(bench: &Bench, offer: &Offer) -> String {
    let mut table = table(&["issue", "status quo", "agreed"]);
    let values = bench.status_quo().values().iter().zip(offer.values());
    for (issue, (before, after)) in bench.agenda().issues().iter().zip(values) {
        if before != after {
            table.add_row([issue.id().to_string(), issue.display(*before), issue.display(*after)]);
        }
    }
    table.to_string()
}

/// An impact: headline figures, then sectors.
pub(crate) fn impact(impact: &Impact) -> String {
    let mut headline = table(&["USD bn a year", "base", "before", "after"]);
    let rows = [
        ("deficit", impact.bilateral_deficit),
        ("imports", impact.imports),
        ("exports", impact.exports),
        ("total trade", impact.total_trade),
    ];
    for (name, figure) in rows {
        headline.add_row(billions(name, figure));
    }
    for party in &impact.parties {
        headline.add_row(billions(&format!("{} tariff revenue", party.party), party.tariff_revenue));
    }
    for party in &impact.parties {
        let rate = party.average_tariff;
        let percent = |bps: f64| format!("{:.1} %", bps / 100.0);
        let name = format!("{} average tariff", party.party);
        headline.add_row([name, percent(rate.base), percent(rate.before), percent(rate.after)]);
    }
    let mut sectors = table(&["sector, USD bn", "imports before", "after", "exports before", "after"]);
    for sector in &impact.sectors {
        let (imports, exports) = (sector.imports.value, sector.exports.value);
        let cells = [imports.before, imports.after, exports.before, exports.after].map(bn);
        sectors.add_row(std::iter::once(sector.sector.to_string()).chain(cells));
    }
    let flags = impact.flags.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    format!("{headline}\n{sectors}\ndeficit concept: {}\nflags: {flags}", impact.deficit_concept)
}

fn billions(name: &str, figure: Usd) -> [String; 4] {
    [name.to_owned(), bn(figure.base), bn(figure.before), bn(figure.after)]
}

fn bn(dollars: i64) -> String {
    format!("{:.2}", dollars as f64 / 1e9)
}
