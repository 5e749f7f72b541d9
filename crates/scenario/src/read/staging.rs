//! When measures take effect, and what buyers do meanwhile.

use scoring::Sector;
use scoring::time::{Adjustment, Ending, MeasureKind, Staging, Stockpiling, Storable, Timetable};

use super::Node;
use super::columns::by_sector;
use super::trade::SHARES;

/// A hundred years, in months and in days.
const MONTHS: (i64, i64) = (0, 1_200);
const DAYS: (i64, i64) = (15, 36_500);
const KEYS: [&str; 5] = ["announced_month", "effective_month", "phase_in_months", "duration_days", "after"];

/// `[trade.staging]`, `[trade.adjustment]` and `[trade.stockpiling]`; the defaults where they are left
/// out.
pub(super) fn timetable(trade: &Node<'_>, sectors: &[Sector]) -> Timetable {
    let mut timetable = Timetable { stockpiling: Some(Stockpiling::default()), ..Timetable::default() };
    if let Some(node) = trade.optional("staging") {
        staging_tables(&node, &mut timetable);
    }
    if let Some(node) = trade.optional("adjustment") {
        timetable.adjustment = adjustment(&node);
    }
    if let Some(node) = trade.optional("stockpiling") {
        timetable.stockpiling = Some(stockpiling(&node, sectors));
    }
    timetable
}

fn staging_tables(node: &Node<'_>, timetable: &mut Timetable) {
    let kinds = MeasureKind::ALL.map(|(_, name)| name);
    let known: Vec<&str> = KEYS.into_iter().chain(["standing_months"]).chain(kinds).collect();
    node.only(&known);
    timetable.all = staging(node, Staging::default());
    timetable.standing = node.has("standing_months").then(|| months(node, "standing_months", 0));
    for (kind, name) in MeasureKind::ALL {
        if let Some(own) = node.optional(name) {
            own.only(&KEYS);
            timetable.by_kind.insert(kind, staging(&own, timetable.all));
        }
    }
}

/// The timing a table gives, over that of every kind.
fn staging(node: &Node<'_>, all: Staging) -> Staging {
    let duration = match node.has("duration_days") {
        true => node.integer("duration_days", DAYS).and_then(|days| u32::try_from(days).ok()),
        false => None,
    };
    let after = |text: &str| match text {
        "snapback" => Ok(Ending::Snapback),
        "sunset" => Ok(Ending::Sunset),
        _ => Err("\"snapback\" or \"sunset\""),
    };
    let ending =
        node.has("after").then(|| node.parsed("after", "\"snapback\" or \"sunset\"", after)).flatten();
    Staging {
        announced: months(node, "announced_month", all.announced),
        effective: months(node, "effective_month", all.effective),
        phase_in: months(node, "phase_in_months", all.phase_in),
        duration: duration.map(Staging::months).or(all.duration),
        after: ending.unwrap_or(all.after),
    }
}

fn months(node: &Node<'_>, key: &str, absent: u32) -> u32 {
    if !node.has(key) {
        return absent;
    }
    node.integer(key, MONTHS).and_then(|months| u32::try_from(months).ok()).unwrap_or(absent)
}

fn adjustment(node: &Node<'_>) -> Adjustment {
    node.only(&["short_run", "long_run", "years"]);
    let default = Adjustment::default();
    let or = |key: &str, bounds, absent| match node.has(key) {
        true => node.number(key, bounds).unwrap_or(absent),
        false => absent,
    };
    let adjustment = Adjustment {
        short_run: or("short_run", (1e-3, 100.0), default.short_run),
        long_run: or("long_run", (1e-3, 100.0), default.long_run),
        years: or("years", (1e-3, 100.0), default.years),
    };
    if adjustment.short_run > adjustment.long_run {
        let found = format!("{} above {}", adjustment.short_run, adjustment.long_run);
        node.wrong("short_run", Some(&found), "at most the elasticity of the long run");
    }
    adjustment
}

fn stockpiling(node: &Node<'_>, sectors: &[Sector]) -> Stockpiling {
    node.only(&["response", "carrying_cost_pct", "storable"]);
    let default = Stockpiling::default();
    let or = |key: &str, bounds, absent| match node.has(key) {
        true => node.number(key, bounds).unwrap_or(absent),
        false => absent,
    };
    let storable = match node.has("storable") {
        true => Storable::BySector(by_sector(node, "storable", sectors, SHARES).values),
        false => default.storable,
    };
    Stockpiling {
        response: or("response", (0.0, 10.0), default.response),
        carrying_cost: or("carrying_cost_pct", (1e-4, 100.0), 100.0 * default.carrying_cost) / 100.0,
        storable,
    }
}
