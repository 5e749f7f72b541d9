//! What an offer does sector by sector, as two charts with their tables.

use page::{Bars, Series, Table};
use scoring::{Impact, SectorImpact, Usd};

use crate::impacts::moments_of;

type Flow = fn(&SectorImpact) -> Usd;

/// Imports and exports of the home party.
pub(super) fn charts(impact: &Impact) -> String {
    let [home, partner] = [&impact.parties[0].party, &impact.parties[1].party];
    let imports = chart(impact, &format!("Imports of {home} from {partner}"), |s| s.imports.value);
    let exports = chart(impact, &format!("Exports of {home} to {partner}"), |s| s.exports.value);
    format!("{imports}\n{exports}")
}

fn chart(impact: &Impact, title: &str, flow: Flow) -> String {
    let mut sectors: Vec<&SectorImpact> = impact.sectors.iter().collect();
    sectors.sort_by_key(|sector| std::cmp::Reverse(flow(sector).base));
    let series = |name: &str, class: &'static str, at: fn(Usd) -> i64| Series {
        name: name.to_owned(),
        class,
        figures: sectors.iter().map(|s| at(flow(s)) as f64 / 1e9).collect(),
    };
    let title = format!("{title}, USD bn a year");
    let bars = Bars {
        description: format!("{title}: one group of three bars for each sector, largest first"),
        categories: sectors.iter().map(|s| s.sector.to_string()).collect(),
        series: vec![
            series("base", "base", |f| f.base),
            series("before", "before", |f| f.before),
            series("after", "after", |f| f.after),
        ],
        title: title.clone(),
    };
    let mut table = Table::new(&title, &["sector", "base", "before", "after"]);
    for sector in &sectors {
        let [base, before, after] = moments_of(flow(sector));
        table.row([sector.sector.to_string(), base, before, after]);
    }
    format!(
        "<figure>{}<figcaption>{}</figcaption></figure>\n{}",
        bars.svg(),
        page::escape(&title),
        table.folded("The same as a table")
    )
}
