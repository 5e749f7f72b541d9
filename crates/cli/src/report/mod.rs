//! `detente score --html`: a score as one self-contained page.

mod months;
mod sectors;

use page::{Document, Table, escape};
use scoring::time::Path;
use scoring::uncertainty::Tornado;
use scoring::{Burden, Impact, Usd};
use scoring_server::Bench;
use tariff::Offer;

use crate::impacts;
use crate::offers;
use crate::tables::{bn, bn_change};

/// Months that a page shows unless others are asked for.
pub(crate) const MONTHS: u32 = 36;

/// Everything a page can show of one offer.
pub(crate) struct Score<'a> {
    pub(crate) bench: &'a Bench,
    pub(crate) offer: &'a Offer,
    pub(crate) impact: &'a Impact,
    pub(crate) burden: &'a [Burden; 2],
    /// The months after the agreement, by the default model.
    pub(crate) months: Option<Months>,
    /// What the deficit depends on most, by the default model.
    pub(crate) tornado: Option<Tornado>,
}

/// The months after an agreement.
pub(crate) struct Months {
    pub(crate) path: Path,
    /// The path where σ is at its 5th and at its 95th percentile.
    pub(crate) band: Option<[Path; 2]>,
}

/// The page.
pub(crate) fn html(score: &Score<'_>) -> String {
    let Score { bench, impact, .. } = score;
    let scenario = bench.scenario();
    let lead = "What an offer does: base is the data year, before the status quo, after the offer.";
    let mut page = Document::new(scenario.title(), lead);
    page.section("Headline figures", &headline(score));
    page.section("Sector by sector", &sectors::charts(impact));
    if let Some(months) = &score.months {
        page.section("Month by month", &months::chart(&months.path, months.band.as_ref()));
    }
    if !impact.diversion.is_empty() {
        page.section("Diversion", &diversion(impact));
    }
    if let Some(found) = &score.tornado {
        page.section("What the deficit depends on most", &tornado(found));
    }
    page.section("The offer", &offer(score));
    page.section("What to know", &notes(score));
    page.section("Sources", &sources(score));
    page.html()
}

fn headline(score: &Score<'_>) -> String {
    let mut table = Table::new("US dollars in billions a year; rates in percent", &impacts::HEADLINE);
    for row in impacts::headline(score.impact, score.burden) {
        table.row(row);
    }
    table.html()
}

fn diversion(impact: &Impact) -> String {
    let mut lines: Vec<_> = impact.diversion.iter().collect();
    lines.sort_by_key(|third| std::cmp::Reverse((third.imports.after - third.imports.before).abs()));
    let header = ["buyer and supplier", "base", "before", "after", "change"];
    let mut table = Table::new("Imports from third countries, USD bn", &header);
    for third in lines {
        let Usd { base, before, after } = third.imports;
        let name = format!("{} from {}", third.importer, third.partner);
        table.row([name, bn(base), bn(before), bn(after), bn_change(after - before)]);
    }
    table.html()
}

fn tornado(tornado: &Tornado) -> String {
    let caption =
        "Deficit, USD bn, with one parameter at its 5th and 95th percentile and the others at their medians";
    let mut table = Table::new(caption, &["parameter", "p5", "p95", "deficit at p5", "deficit at p95"]);
    for bar in &tornado.bars {
        let (low, high) = (format!("{:.3}", bar.low), format!("{:.3}", bar.high));
        table.row([bar.parameter.to_string(), low, high, bn(bar.at_low), bn(bar.at_high)]);
    }
    table.html()
}

/// The issues on which the offer leaves the status quo.
fn offer(score: &Score<'_>) -> String {
    let Score { bench, offer, .. } = score;
    let mut table = Table::new("Issues that move", &["issue", "status quo", "offer"]);
    let mut moved = 0;
    for (place, issue) in bench.agenda().issues().iter().enumerate() {
        let (stood, stands) = (bench.status_quo().value(place), offer.value(place));
        if stood == stands {
            continue;
        }
        let title = bench.scenario().issue_title(place).unwrap_or(issue.id().as_str()).to_owned();
        table.row([title, offers::spoken(issue, stood), offers::spoken(issue, stands)]);
        moved += 1;
    }
    if moved == 0 { "<p>The status quo: nothing moves.</p>".to_owned() } else { table.html() }
}

fn notes(score: &Score<'_>) -> String {
    let base = score.bench.model().map(|model| model.base());
    let flag = |flag: &scoring::Flag| {
        let meaning = base.and_then(|base| base.meaning(flag)).unwrap_or_default();
        format!("<li><code>{}</code>: {}</li>\n", escape(flag.as_str()), escape(meaning))
    };
    let flags: String = score.impact.flags.iter().map(flag).collect();
    let impact = score.impact;
    let about = [
        format!("Model: {}.", impact.model),
        format!("Elasticities: {}.", impacts::elasticities(impact)),
        format!("Deficit concept: {}.", impact.deficit_concept),
    ];
    format!("<p>{}</p>\n<ul>\n{flags}</ul>", escape(&about.join(" ")))
}

fn sources(score: &Score<'_>) -> String {
    let scenario = score.bench.scenario();
    let source = |source: &scenario::Source| {
        format!(
            "<li>{}: {} ({})</li>\n",
            escape(&source.what),
            escape(&source.citation),
            escape(&source.licence)
        )
    };
    let listed: String = scenario.sources().iter().map(source).collect();
    let published = score.impact.published.iter().map(|p| {
        format!("<li>Published: {}: {} bn USD ({})</li>\n", escape(&p.figure), bn(p.usd), escape(&p.source))
    });
    format!(
        "<ul>\n{listed}{}</ul>\n<p class=\"note\">Scenario digest {}</p>",
        published.collect::<String>(),
        scenario.digest()
    )
}
