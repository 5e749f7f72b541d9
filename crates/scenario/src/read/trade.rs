//! The facts of trade: constants, and columns of the data files by sector.

use scoring::{
    Flag, Flow, Layer, Notice, Parcels, Published, ScoringError, Sector, Supply, ThirdCountry, TradeBase,
    TradeFacts, Tranche,
};
use tariff::PartyId;

use crate::scenario::Party;

use super::Node;
use super::columns::{by_sector, sectors};
use super::measures;
use super::staging::timetable;
use super::third::{Third, third_countries};

const KEYS: [&str; 20] = [
    "home_households",
    "partner_households",
    "home",
    "partner",
    "year",
    "deficit_concept",
    "elasticities",
    "sectors",
    "imports",
    "exports",
    "parcels",
    "tariff_rate_quota",
    "export_control",
    "digital_services",
    "staging",
    "adjustment",
    "stockpiling",
    "published",
    "notice",
    "eta",
];
const FLOW_KEYS: [&str; 12] = [
    "value_musd",
    "base_rate_pct",
    "added_rate_pct",
    "sigma",
    "eta",
    "supply_elasticity",
    "others_supply_elasticity",
    "penetration",
    "own_musd",
    "share_of_imports",
    "tranche",
    "third_countries",
];
pub(super) const MILLION: f64 = 1e6;
pub(super) const VALUES: (f64, f64) = (0.0, 1e9);
pub(super) const RATES: (f64, f64) = (0.0, 10_000.0);
/// Not below what undoes a base rate.
const EXTRA: (f64, f64) = (-RATES.1, RATES.1);
pub(super) const SHARES: (f64, f64) = (0.0, 1.0);
const DOLLARS: (i64, i64) = (0, 1_000_000_000_000_000);

/// What could be read of the facts.
pub(super) struct Trade {
    /// The sectors; none where they are wrong themselves.
    pub(super) sectors: Option<Vec<Sector>>,
    /// The facts; none where anything is wrong.
    pub(super) base: Option<TradeBase>,
}

/// Reads the facts.
pub(super) fn trade(node: &Node<'_>, parties: &[Party]) -> Trade {
    let sectors = node.table("sectors", "where the sectors are listed").and_then(|n| sectors(&n));
    let base = sectors.as_ref().and_then(|sectors| facts(node, parties, sectors));
    Trade { sectors, base }
}

fn facts(node: &Node<'_>, parties: &[Party], sectors: &[Sector]) -> Option<TradeBase> {
    node.only(&KEYS);
    let home = party(node, "home", parties);
    let partner = party(node, "partner", parties);
    let year = node.integer("year", (1900, 2100));
    let concept = node.text("deficit_concept", "what the deficit counts");
    let pair = [home.as_ref(), partner.as_ref()];
    let elasticities = match node.has("elasticities") {
        true => node.text("elasticities", "where the elasticities come from, in a few words"),
        false => Some("of the trade data"),
    };
    let households = ["home_households", "partner_households"].map(|key| {
        let count = node.has(key).then(|| node.integer(key, (1, 10_000_000_000))).flatten();
        count.and_then(|count| u64::try_from(count).ok())
    });
    let imports = node.table("imports", "what the home party buys").map(|n| flows(&n, sectors, pair));
    let exports = node.table("exports", "what the partner buys").map(|n| flows(&n, sectors, pair));
    let parcels = node.tables("parcels").iter().filter_map(|n| parcels(n, pair)).collect();
    let quotas = measures::quotas(node, sectors, pair);
    let export_controls = measures::export_controls(node, sectors, pair);
    let digital_services = node.tables("digital_services");
    let digital_services =
        digital_services.iter().filter_map(|n| measures::digital_services(n, pair)).collect();
    let timetable = timetable(node, sectors);
    let published = node.tables("published").iter().filter_map(published).collect();
    let notices = node.tables("notice").iter().filter_map(notice).collect();
    let ((imports, third_home), (exports, third_partner)) = (imports?, exports?);
    if node.reading.any_problem() {
        return None;
    }
    let facts = TradeFacts {
        year: u16::try_from(year?).ok()?,
        deficit_concept: concept?.to_owned(),
        elasticities: elasticities?.to_owned(),
        households,
        sectors: sectors.to_vec(),
        imports,
        exports,
        third_countries: [third_home, third_partner],
        parcels,
        quotas,
        export_controls,
        digital_services,
        timetable,
        published,
        notices,
        ..TradeFacts::between(home?, partner?)
    };
    TradeBase::new(facts).map_err(|error| impossible(node, &error)).ok()
}

/// Notes what only shows across columns, where the flows stand.
fn impossible(node: &Node<'_>, error: &ScoringError) {
    let home = node.text("home", "").unwrap_or_default();
    match error {
        ScoringError::BadFact { place, given, expected } => {
            let key = if place.starts_with(home) { "imports" } else { "exports" };
            node.wrong(key, Some(&format!("{place}: {given}")), expected);
        }
        other => node.wrong("imports", Some(&other.to_string()), "facts that can be"),
    }
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

/// The two parties, as far as they could be read.
pub(super) type Pair<'a> = [Option<&'a PartyId>; 2];

fn flows(node: &Node<'_>, sectors: &[Sector], pair: Pair<'_>) -> (Vec<Flow>, Vec<ThirdCountry>) {
    node.only(&FLOW_KEYS);
    let column = |key: &str, bounds| by_sector(node, key, sectors, bounds);
    let by_sector = |key: &str, bounds| column(key, bounds).values;
    let or = |key: &str, bounds, absent: f64| match node.has(key) {
        true => by_sector(key, bounds),
        false => vec![absent; sectors.len()],
    };
    let value = by_sector("value_musd", VALUES);
    let rate = by_sector("base_rate_pct", RATES);
    let added = by_sector("added_rate_pct", RATES);
    let sigmas = column("sigma", (1e-3, 100.0));
    let eta = or("eta", (-100.0, 0.0), -0.5);
    // Otherwise a dearer partner would lose the others sales.
    let small = |s: &usize| sigmas.sound && sigmas.values[*s] <= -eta[*s];
    (0..sectors.len()).filter(small).for_each(|s| {
        sigmas.wrong(s, &format!("an elasticity above {}, the size of eta", -eta[s]));
    });
    let sigma = sigmas.values;
    let supply = or("supply_elasticity", (0.0, 1e6), f64::INFINITY);
    let others_supply = or("others_supply_elasticity", (0.0, 1e6), f64::INFINITY);
    let spending = spending(node, sectors);
    let third = match node.optional("third_countries") {
        Some(third) => third_countries(&third, sectors, pair),
        None => Third { countries: Vec::new(), paid: vec![0.0; sectors.len()] },
    };
    let share = node.has("share_of_imports").then(|| by_sector("share_of_imports", SHARES));
    if share.is_none() && third.countries.is_empty() {
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
            _ => paid + third.paid[s],
        };
        Flow {
            value_usd: value[s] * MILLION,
            base_rate: rate[s] / 100.0,
            spending_usd: spending.of(s, all_imports),
            sigma: sigma[s],
            eta: eta[s],
            supply: elasticity(supply[s]),
            others_supply: elasticity(others_supply[s]),
            added_rate: added[s] / 100.0,
            tranches: tranches.iter().map(|t| t.at(s)).collect(),
        }
    };
    ((0..sectors.len()).map(flow).collect(), third.countries)
}

/// What is spent on goods from every source, given what is spent on imports.
enum Spending {
    /// Imports as a share of it, by sector.
    Penetration(Vec<f64>),
    /// What is spent on the importer's own goods, by sector; US dollars.
    Own(Vec<f64>),
}

impl Spending {
    fn of(&self, sector: usize, imports: f64) -> f64 {
        match self {
            Self::Penetration(shares) if shares[sector] > 0.0 => imports / shares[sector],
            Self::Penetration(_) => 0.0,
            Self::Own(own) => imports + own[sector],
        }
    }
}

fn spending(node: &Node<'_>, sectors: &[Sector]) -> Spending {
    if !node.has("own_musd") {
        return Spending::Penetration(by_sector(node, "penetration", sectors, SHARES).values);
    }
    if node.has("penetration") {
        node.wrong("penetration", Some("penetration beside own_musd"), "one of the two");
    }
    let own = by_sector(node, "own_musd", sectors, VALUES).values;
    Spending::Own(own.into_iter().map(|musd| musd * MILLION).collect())
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
    layers: Vec<(&'a str, Vec<f64>)>,
}

impl TrancheColumns<'_> {
    fn at(&self, sector: usize) -> Tranche {
        Tranche {
            name: self.name.to_owned(),
            share: self.share[sector],
            extra: self.extra[sector] / 100.0,
            negotiated: self.negotiated,
            layers: self.layers.iter().map(|(name, pct)| layer(name, pct[sector])).collect(),
        }
    }
}

fn tranches<'a>(node: &Node<'a>, sectors: &[Sector]) -> Vec<TrancheColumns<'a>> {
    let listed = node.tables("tranche");
    if listed.is_empty() {
        node.wrong("tranche", None, "at least one table of tranche");
    }
    let read = |tranche: Node<'a>| {
        tranche.only(&["name", "share", "extra_pct", "layer", "negotiated"]);
        let layers = layers(&tranche, sectors);
        Some(TrancheColumns {
            share: by_sector(&tranche, "share", sectors, SHARES).values,
            extra: extra(&tranche, sectors, &layers),
            layers,
            negotiated: tranche.flag("negotiated", false),
            name: tranche.text("name", "what the goods are")?,
        })
    };
    listed.into_iter().filter_map(read).collect()
}

/// The layers of a tranche, each with its duty by sector in percent.
fn layers<'a>(tranche: &Node<'a>, sectors: &[Sector]) -> Vec<(&'a str, Vec<f64>)> {
    let read = |layer: Node<'a>| {
        layer.only(&["name", "pct"]);
        let pct = by_sector(&layer, "pct", sectors, RATES).values;
        Some((layer.text("name", "what the layer is called, such as the law it rests on")?, pct))
    };
    tranche.tables("layer").into_iter().filter_map(read).collect()
}

fn layer(name: &str, pct: f64) -> Layer {
    Layer { name: name.to_owned(), rate: pct / 100.0 }
}

/// What goods pay over the base rate, in percent by sector: given, or the sum of the layers.
fn extra(tranche: &Node<'_>, sectors: &[Sector], layers: &[(&str, Vec<f64>)]) -> Vec<f64> {
    if layers.is_empty() {
        return by_sector(tranche, "extra_pct", sectors, EXTRA).values;
    }
    if tranche.has("extra_pct") {
        tranche.wrong("extra_pct", Some("extra_pct beside layers"), "one of the two: layers add up");
    }
    (0..sectors.len()).map(|s| layers.iter().map(|(_, pct)| pct[s]).sum()).collect()
}

fn parcels(node: &Node<'_>, pair: Pair<'_>) -> Option<Parcels> {
    node.only(&[
        "importer",
        "base_threshold_usd",
        "threshold_usd",
        "ending_cost_low_usd",
        "ending_cost_high_usd",
    ]);
    let importer = measures::side(node, "importer", pair);
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
