//! Facts on measures other than duties: quotas, export controls, taxes on digital services.

use scoring::{DigitalServices, ExportControl, Sector, Side, TariffQuota};
use tariff::SectorId;

use super::Node;
use super::trade::{Pair, RATES};

const DOLLARS: (f64, f64) = (0.0, 1e16);
const PERCENT: (f64, f64) = (0.0, 100.0);

/// The side of the party that `key` names.
pub(super) fn side(node: &Node<'_>, key: &str, pair: Pair<'_>) -> Option<Side> {
    const EXPECTED: &str = "the home party or the partner";
    let name = node.text(key, EXPECTED)?;
    let mut sides = Side::BOTH.into_iter().zip(pair);
    let found = sides.find(|(_, party)| party.is_some_and(|p| p.as_str() == name));
    if found.is_none() {
        node.wrong(key, Some(name), EXPECTED);
    }
    found.map(|(side, _)| side)
}

/// Checks that `key`, where it is given, names the side other than `first`.
fn opposite(node: &Node<'_>, key: &str, first: Option<Side>, pair: Pair<'_>) {
    if node.has(key) && first.is_some() && side(node, key, pair) == first {
        node.wrong(key, node.text(key, ""), "the other party");
    }
}

/// The sectors of a table: `sector`, or a list `sectors`.
fn sectors_of(node: &Node<'_>, sectors: &[Sector]) -> Vec<SectorId> {
    let key = if node.has("sectors") { "sectors" } else { "sector" };
    let names = match key {
        "sector" => node.text(key, "a sector, or a list sectors").map(|name| vec![name]),
        _ => node.texts(key, "a list of sectors"),
    };
    let known = |name: &&str| {
        let found = sectors.iter().find(|s| s.id.as_str() == *name);
        if found.is_none() {
            let ids: Vec<_> = sectors.iter().map(|s| s.id.as_str()).collect();
            node.wrong(key, Some(&format!("{name:?}")), &format!("one of {}", ids.join(", ")));
        }
        found.map(|s| s.id.clone())
    };
    names.iter().flatten().filter_map(known).collect()
}

/// `[[trade.tariff_rate_quota]]`: one quota for each of its sectors.
pub(super) fn quotas(node: &Node<'_>, sectors: &[Sector], pair: Pair<'_>) -> Vec<TariffQuota> {
    let mut quotas = Vec::new();
    for table in node.tables("tariff_rate_quota") {
        table.only(&["by", "on", "sector", "sectors", "quota_usd", "in_quota_rate_pct", "rent"]);
        let importer = side(&table, "by", pair);
        opposite(&table, "on", importer, pair);
        let rate = table.number("in_quota_rate_pct", RATES);
        let quota = if table.has("quota_usd") { table.number("quota_usd", DOLLARS) } else { Some(0.0) };
        let holder = table.parsed("rent", "\"importer\" or \"exporter\"", |text| match text {
            "importer" => Ok(false),
            "exporter" => Ok(true),
            _ => Err("\"importer\" or \"exporter\""),
        });
        let listed = sectors_of(&table, sectors);
        let (Some(importer), Some(rate), Some(quota_usd), Some(abroad)) = (importer, rate, quota, holder)
        else {
            continue;
        };
        let rent_holder = if abroad { importer.other() } else { importer };
        let quota =
            |sector| TariffQuota { importer, sector, quota_usd, in_quota_rate: rate / 100.0, rent_holder };
        quotas.extend(listed.into_iter().map(quota));
    }
    quotas
}

/// `[[trade.export_control]]`: one cap for each of its sectors.
pub(super) fn export_controls(node: &Node<'_>, sectors: &[Sector], pair: Pair<'_>) -> Vec<ExportControl> {
    let mut controls = Vec::new();
    for table in node.tables("export_control") {
        table.only(&["by", "on", "sector", "sectors", "cap_pct"]);
        let exporter = side(&table, "by", pair);
        opposite(&table, "on", exporter, pair);
        let cap = table.number("cap_pct", RATES);
        let listed = sectors_of(&table, sectors);
        let (Some(exporter), Some(cap)) = (exporter, cap) else { continue };
        let control = |sector| ExportControl { exporter, sector, cap: cap / 100.0 };
        controls.extend(listed.into_iter().map(control));
    }
    controls
}

/// `[[trade.digital_services]]`: what they earn and what they are taxed.
pub(super) fn digital_services(node: &Node<'_>, pair: Pair<'_>) -> Option<DigitalServices> {
    node.only(&["by", "on", "revenue_usd", "base_rate_pct", "rate_pct"]);
    let by = side(node, "by", pair);
    opposite(node, "on", by, pair);
    let revenue = node.number("revenue_usd", DOLLARS);
    let base = node.number("base_rate_pct", PERCENT);
    let rate = if node.has("rate_pct") { node.number("rate_pct", PERCENT) } else { base };
    Some(DigitalServices { by: by?, revenue_usd: revenue?, base_rate: base? / 100.0, rate: rate? / 100.0 })
}
