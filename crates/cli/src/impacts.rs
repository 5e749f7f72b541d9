//! An impact as tables: what stands, what would stand, sector by sector.

use scoring::time::{Month, Path};
use scoring::uncertainty::{Band, Tornado};
use scoring::{Burden, Diversion, Impact, Usd};
use tariff::PartyId;

use crate::tables::{Sheet, bn, bn_change, moments, percent};

/// So many third countries are named; the JSON document has them all.
const DIVERTED: usize = 5;

/// Headline figures, then sectors, then what a reader must know.
pub(crate) fn show(impact: &Impact, burden: &[Burden; 2]) -> String {
    let notes = notes(impact);
    let mut sheet = Sheet::new(1, &HEADLINE);
    for row in headline(impact, burden) {
        sheet.row(row);
    }
    format!("{sheet}\n\n{}\n\n{notes}", sectors(impact))
}

/// What the columns of [`headline`] are.
pub(crate) const HEADLINE: [&str; 6] = ["USD bn a year", "base", "before", "after", "change", "p5 to p95"];

/// A headline figure: its name, its three moments, its change, where it lies for nine draws in ten.
pub(crate) type Row = [String; 6];

/// The headline figures: dollars, then rates.
pub(crate) fn headline(impact: &Impact, burden: &[Burden; 2]) -> Vec<Row> {
    let mut rows = trade(impact);
    rows.extend(beside(impact));
    rows.extend(burden.iter().flat_map(borne));
    rows.extend(rates(impact));
    rows
}

/// Goods trade and what the parties collect on it.
fn trade(impact: &Impact) -> Vec<Row> {
    let [home, partner] = [&impact.parties[0].party, &impact.parties[1].party];
    let sure = impact.bands.as_ref().map(|bands| &bands.figures);
    let mut rows = vec![
        dollars(
            format!("deficit of {home} with {partner}"),
            impact.bilateral_deficit,
            sure.map(|f| f.bilateral_deficit),
        ),
        dollars(format!("imports of {home} from {partner}"), impact.imports, sure.map(|f| f.imports)),
        dollars(format!("exports of {home} to {partner}"), impact.exports, sure.map(|f| f.exports)),
        dollars("total trade".to_owned(), impact.total_trade, sure.map(|f| f.total_trade)),
    ];
    for (place, party) in impact.parties.iter().enumerate() {
        let band = sure.map(|f| f.parties[place].tariff_revenue);
        rows.push(dollars(format!("tariff revenue of {}", party.party), party.tariff_revenue, band));
    }
    rows
}

/// What stands beside goods trade: diversion, rents, services, parcels.
fn beside(impact: &Impact) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut row = |name: String, figure: Usd| rows.push(dollars(name, figure, None));
    for party in &impact.parties {
        if let Some(others) = third_countries(impact, &party.party) {
            row(format!("imports of {} from third countries", party.party), others);
        }
        for (what, rent) in [("quotas", party.quota_rent), ("export controls", party.control_rent)] {
            if rent != Usd::default() {
                row(format!("rent of {what} to {}", party.party), rent);
            }
        }
    }
    for services in &impact.digital_services {
        row(format!("digital services tax of {} on {}", services.by, services.on), services.tax);
    }
    for parcels in &impact.de_minimis {
        row(format!("parcels: cost to buyers in {}", parcels.importer), parcels.consumer_cost);
    }
    rows
}

/// What the buyers of a party bear, and what the party gains with its revenue.
fn borne(burden: &Burden) -> Vec<Row> {
    let party = &burden.party;
    let mut rows = vec![dollars(format!("cost to buyers in {party}"), burden.consumer_cost, None)];
    rows.extend(burden.per_household.map(|each| {
        let dollars = |usd: i64| format!("{usd} USD");
        let change = format!("{:+} USD", each.after - each.before);
        named(format!("the same for each household in {party}"), moments(each, dollars, change), None)
    }));
    rows.push(dollars(format!("welfare of {party}, revenue handed back"), burden.welfare, None));
    rows
}

fn rates(impact: &Impact) -> Vec<Row> {
    let mut rows = Vec::new();
    for (place, party) in impact.parties.iter().enumerate() {
        let sure = impact.bands.as_ref().map(|bands| &bands.figures.parties[place]);
        let rates = [
            ("average tariff", party.average_tariff, sure.map(|f| f.average_tariff)),
            (
                "average tariff, base weights",
                party.average_tariff_base_weights,
                sure.map(|f| f.average_tariff_base_weights),
            ),
            ("prices of all it buys, against base", party.price_effect, sure.map(|f| f.price_effect)),
        ];
        for (name, rate, band) in rates {
            let change = format!("{:+.1}", (rate.after - rate.before) / 100.0);
            let band = band.map(|band| between(percent(band.p5), percent(band.p95)));
            rows.push(named(format!("{} {name}", party.party), moments(rate, percent, change), band));
        }
    }
    rows
}

fn dollars(name: String, figure: Usd, band: Option<Band<i64>>) -> Row {
    let band = band.map(|band| between(bn(band.p5), bn(band.p95)));
    named(name, moments(figure, bn, bn_change(figure.after - figure.before)), band)
}

fn named(name: String, [base, before, after, change]: [String; 4], band: Option<String>) -> Row {
    [name, base, before, after, change, band.unwrap_or_default()]
}

/// The ends of a band; nothing where they are one.
fn between(low: String, high: String) -> String {
    if low == high { String::new() } else { format!("{low} to {high}") }
}

/// What a party buys from third countries taken together; none where the data name none.
fn third_countries(impact: &Impact, importer: &PartyId) -> Option<Usd> {
    let mine = impact.diversion.iter().filter(|third| third.importer == *importer).map(|third| third.imports);
    mine.reduce(|sum, third| Usd {
        base: sum.base + third.base,
        before: sum.before + third.before,
        after: sum.after + third.after,
    })
}

/// The third countries whose trade changes most, and by how much.
fn diverted(impact: &Impact) -> Option<String> {
    let change = |third: &Diversion| third.imports.after - third.imports.before;
    let mut most: Vec<&Diversion> = impact.diversion.iter().filter(|third| change(third) != 0).collect();
    most.sort_by_key(|third| std::cmp::Reverse(change(third).abs()));
    let buyers = most.iter().any(|third| third.importer != most[0].importer);
    let named: Vec<String> = most
        .iter()
        .take(DIVERTED)
        .map(|third| {
            let to = if buyers { format!(" to {}", third.importer) } else { String::new() };
            format!("{}{to} {}", third.partner, bn_change(change(third)))
        })
        .collect();
    (!named.is_empty()).then(|| format!("diversion        most for {} (bn USD)", named.join(", ")))
}

fn sectors(impact: &Impact) -> Sheet {
    let header =
        ["sector, USD bn", "imports: base", "before", "after", "exports: base", "before", "after", "deficit"];
    let mut sheet = Sheet::new(1, &header);
    for sector in &impact.sectors {
        let (imports, exports) = (sector.imports.value, sector.exports.value);
        let known = imports.base != 0 && exports.base != 0;
        let deficit = if known { bn_change(imports.after - exports.after) } else { NOT_KNOWN.to_owned() };
        let cells = moments_of(imports).into_iter().chain(moments_of(exports)).chain([deficit]);
        sheet.row(std::iter::once(sector.sector.to_string()).chain(cells));
    }
    sheet
}

/// Where the data have no figure: not the same as nothing.
const NOT_KNOWN: &str = "–";

/// The three values of a flow; none where the data year has none.
pub(crate) fn moments_of(figure: Usd) -> [String; 3] {
    match figure.base {
        0 => [NOT_KNOWN; 3].map(str::to_owned),
        _ => [figure.base, figure.before, figure.after].map(bn),
    }
}

/// Which set, for when, and over how many draws the bands lie.
pub(crate) fn elasticities(impact: &Impact) -> String {
    let horizon = match impact.horizon.years() {
        Some(years) => format!("{years} years after the change"),
        None => "long run".to_owned(),
    };
    let bands = impact.bands.as_ref().map(|bands| format!("; p5 to p95 over {} draws", bands.draws));
    format!("{}, {horizon}{}", impact.elasticities.name, bands.unwrap_or_default())
}

fn notes(impact: &Impact) -> String {
    let mut lines = vec![
        format!("model            {}", impact.model),
        format!("elasticities     {}", elasticities(impact)),
        format!("deficit concept  {}", impact.deficit_concept),
    ];
    lines.extend(diverted(impact));
    for published in impact.published.iter() {
        lines.push(format!(
            "published        {}: {} bn ({})",
            published.figure,
            bn(published.usd),
            published.source
        ));
    }
    let flags = impact.flags.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    lines.push(format!("flags            {}", if flags.is_empty() { "none" } else { &flags }));
    lines.join("\n")
}

/// The months after an agreement, every month of the first year and then each quarter's first.
pub(crate) fn months(path: &Path) -> Sheet {
    let [home, partner] = [&path.status_quo.parties[0].party, &path.status_quo.parties[1].party];
    let (ahead_home, ahead_partner) = (format!("{home} stock"), format!("{partner} stock"));
    let header = ["month, USD bn", "imports", "exports", "deficit", &ahead_home, &ahead_partner];
    let mut sheet = Sheet::new(1, &header);
    let mut row = |name: String, month: &Month| {
        let stocks = [&month.parties[0], &month.parties[1]].map(|party| bn(party.stock));
        let figures = [month.imports, month.exports, month.deficit].map(bn);
        sheet.row(std::iter::once(name).chain(figures).chain(stocks));
    };
    row("data year / 12".to_owned(), &path.data_year);
    row("status quo / 12".to_owned(), &path.status_quo);
    let shown = path.months.iter().filter(|month| month.month < 12 || month.month % 3 == 0);
    shown.for_each(|month| row(month.month.to_string(), month));
    sheet
}

/// What the deficit depends on most, the widest swing first.
pub(crate) fn tornado(tornado: &Tornado) -> Sheet {
    let header = ["deficit, USD bn, if this alone is", "p5", "p95", "at p5", "at p95", "swing"];
    let mut sheet = Sheet::new(1, &header);
    for bar in &tornado.bars {
        let swing = format!("{:.2}", bar.swing() as f64 / 1e9);
        let (low, high) = (format!("{:.3}", bar.low), format!("{:.3}", bar.high));
        sheet.row([bar.parameter.to_string(), low, high, bn(bar.at_low), bn(bar.at_high), swing]);
    }
    sheet
}
