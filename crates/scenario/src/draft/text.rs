//! The texts of a draft.

use std::fmt::Write as _;

use tariff::PartyId;

use super::DraftRequest;
use super::table::{Side, Table};

/// The least height of the agenda, in hundredths of a point.
const LEAST_TOP: i64 = 5_000;
/// The share of spending that is imported where the table has no row of a party's own goods.
const PENETRATION: f64 = 0.3;
/// The elasticity of substitution where the table has none: near the median of US imports (Broda &
/// Weinstein 2006).
const SIGMA: f64 = 3.0;

pub(super) fn scenario(request: &DraftRequest<'_>, table: &Table) -> String {
    let DraftRequest { name, home, partner, year, .. } = request;
    let mut text = format!(
        r#"# Drafted from trade.csv; yours to change. The format: docs/scenarios.md.
format = 1
name = "{name}"
title = "{home} and {partner}"
story = "What the talk is about, for people."

[[party]]
id = "{home}"
name = "{home}"

[[party]]
id = "{partner}"
name = "{partner}"

[talk]
procedure = "alternating-offers"
rounds = 20

# ---------------------------------------------------------------- facts of trade
[trade]
home = "{home}"
partner = "{partner}"
year = {year}
deficit_concept = "imports_minus_exports"
sectors = {{ file = "sectors.csv", id = "sector", name = "name" }}

"#
    );
    text += &flow("imports", home, partner, table, &table.sides[0]);
    text += &flow("exports", partner, home, table, &table.sides[1]);
    text += &notices(table);
    text += "# ---------------------------------------------------------------- the agenda\n";
    for (side, by, on) in [(0, home, partner), (1, partner, home)] {
        text += &rates(by, on, table, &table.sides[side]);
    }
    text
}

/// The facts of one direction, each a look into the table.
fn flow(key: &str, importer: &PartyId, exporter: &PartyId, table: &Table, side: &Side) -> String {
    let rows = format!(r#"only = {{ importer = "{importer}", exporter = "{exporter}" }}"#);
    let column = |name: &str| format!(r#"{{ file = "trade.csv", column = "{name}", {rows} }}"#);
    let mut text = format!(
        "# What {importer} buys from {exporter}.\n[trade.{key}]\nvalue_musd = {}\nbase_rate_pct = {}\n",
        column("value_musd"),
        column("tariff_pct"),
    );
    let added = if table.has_added { column("added_pct") } else { "0".to_owned() };
    let sigma = if table.has_sigma { column("sigma") } else { format!("{SIGMA:.1}") };
    let _ = writeln!(text, "added_rate_pct = {added}\nsigma = {sigma}");
    if side.own {
        let rows = format!(r#"only = {{ importer = "{importer}", exporter = "{importer}" }}, absent = 0"#);
        let _ = writeln!(text, r#"own_musd = {{ file = "trade.csv", column = "value_musd", {rows} }}"#);
    } else {
        let _ = writeln!(text, "penetration = {PENETRATION}");
    }
    if !side.third {
        text += "share_of_imports = 1\n";
    }
    text += &format!(
        "\n[[trade.{key}.tranche]]\nname = \"all\"\nshare = 1\nextra_pct = 0\nnegotiated = true\n\n"
    );
    if side.third {
        text += &third(key, importer, table.has_added);
    }
    text
}

fn third(key: &str, importer: &PartyId, has_added: bool) -> String {
    let columns = r#"partner = "exporter"
sector = "sector""#;
    let only = format!(r#"only = {{ importer = "{importer}" }}"#);
    let mut text = format!(
        r#"[trade.{key}.third_countries]
file = "trade.csv"
{only}
{columns}
value_musd = "value_musd"
rate_pct = "tariff_pct"

"#
    );
    if has_added {
        text += &format!(
            r#"[trade.{key}.third_countries.added_rate_pct]
file = "trade.csv"
{only}
{columns}
column = "added_pct"

"#
        );
    }
    text
}

fn notices(table: &Table) -> String {
    let mut text = String::new();
    let mut notice = |flag: &str, meaning: &str| {
        text += &format!("[[trade.notice]]\nflag = \"{flag}\"\nmeaning = \"{meaning}\"\n\n");
    };
    if !table.has_sigma {
        notice(
            "assumed_elasticity",
            &format!("every elasticity of substitution is {SIGMA:.1}: the data have none"),
        );
    }
    if table.sides.iter().any(|side| !side.own) {
        let meaning =
            format!("where the data have no own goods, imports are taken to be {PENETRATION} of spending");
        notice("assumed_penetration", &meaning);
    }
    text
}

/// One issue for each sector, where it stands now.
fn rates(by: &PartyId, on: &PartyId, table: &Table, side: &Side) -> String {
    let step = table.step();
    let top = side.added.iter().copied().fold(LEAST_TOP, i64::max);
    let top = (top + step - 1) / step * step;
    let code = by.as_str().to_lowercase();
    let mut text = String::new();
    for (sector, added) in table.sectors.iter().zip(&side.added) {
        text += &format!(
            r#"[[issue]]
id = "{code}.rate.{sector}"
title = "{by}'s added rate on {sector} from {on}"
sector = "{sector}"
instrument = "added_rate"
by = "{by}"
on = "{on}"
number = {{ unit = "percent", decimals = 2, min = 0, max = {}, step = {} }}
status_quo = {}

"#,
            points(top),
            points(step),
            points(*added)
        );
    }
    text
}

/// Hundredths of a point as points.
fn points(hundredths: i64) -> f64 {
    hundredths as f64 / 100.0
}

pub(super) fn sectors(table: &Table) -> String {
    table
        .sectors
        .iter()
        .fold("sector,name\n".to_owned(), |text, sector| text + &format!("{sector},{sector}\n"))
}

pub(super) fn provenance(request: &DraftRequest<'_>) -> String {
    format!(
        "# Where the numbers of {} come from\n\n\
         | file | what, units | origin | licence |\n|---|---|---|---|\n\
         | trade.csv | who buys what from whom in {}; million US dollars, percent | say it here | say it here |\n\n\
         Say also what is estimated, and how; give each estimate a `[[trade.notice]]` in scenario.toml.\n",
        request.name, request.year
    )
}

pub(super) fn mandate(party: &PartyId, other: &PartyId, home: bool) -> String {
    let last = match home {
        true => ("deficit", "the balance", "lower"),
        false => ("imports", "supplies from abroad", "higher"),
    };
    let (figure, name, better) = last;
    format!(
        r#"# What {party} wants of {other}: a draft, nobody's position. The format: docs/mandates.md.
party = "{party}"

# Below this utility no deal is better than a deal; `detente explain --status-quo` says what the
# status quo is worth.
walk_away = 0.3

[[objective]]
name = "exports"
weight = 0.4
figure = "exports"
better = "higher"

[[objective]]
name = "prices at home"
weight = 0.2
figure = "prices"
better = "lower"

[[objective]]
name = "leverage retained"
weight = 0.2
figure = "retained_leverage"
better = "higher"

[[objective]]
name = "{name}"
weight = 0.2
figure = "{figure}"
better = "{better}"
"#
    )
}
