//! The issues: single ones, and templates that make one issue per sector.

use std::collections::HashSet;

use scoring::Sector;
use tariff::{
    Choices, Instrument, Issue, IssueKind, Label, MAX_ISSUES, NumberRange, PartyId, SectorId, TariffError,
    Value,
};

use crate::scenario::Party;

use super::Node;
use super::trade::Trade;

const KEYS: [&str; 12] = [
    "id",
    "title",
    "sectors",
    "sector",
    "instrument",
    "by",
    "on",
    "from",
    "number",
    "choice",
    "switch",
    "status_quo",
];
const INSTRUMENTS: &str = "one of \"added_rate\", \"excluded_share\", \"purchase_commitment\", \
                           \"de_minimis\", \"tariff_rate_quota\", \"in_quota_rate\", \"export_control\", \
                           \"export_control_relief\", \"digital_services_tax\", \"pause\"";
const PLACE: &str = "{sector}";
const NAME: &str = "{name}";

/// The issues in order, with what belongs to each.
#[derive(Default)]
pub(super) struct Issues {
    pub(super) issues: Vec<Issue>,
    pub(super) titles: Vec<String>,
    pub(super) status_quo: Vec<Value>,
    names: HashSet<String>,
    instruments: HashSet<Instrument>,
}

/// What a template is read against.
struct Known<'a> {
    parties: &'a [Party],
    /// None where they could not be read: what names one is then left alone.
    sectors: Option<&'a [Sector]>,
}

impl<'a> Known<'a> {
    fn names(&self) -> Vec<&'a str> {
        self.sectors.into_iter().flatten().map(|s| s.id.as_str()).collect()
    }
}

/// A template as it stands in the file.
struct Template<'a> {
    node: &'a Node<'a>,
    id: &'a str,
    title: &'a str,
    kind: IssueKind,
    status_quo: Value,
}

pub(super) fn issues(root: &Node<'_>, parties: &[Party], trade: Option<&Trade>) -> Issues {
    let sectors = trade.map_or(Some(&[][..]), |t| t.sectors.as_deref());
    let known = Known { parties, sectors };
    let mut issues = Issues::default();
    let nodes = root.tables("issue");
    if nodes.is_empty() {
        root.wrong("issue", None, "at least one table [[issue]]");
    }
    for node in &nodes {
        node.only(&KEYS);
        read(node, &known, &mut issues);
    }
    if issues.issues.len() > MAX_ISSUES {
        let found = format!("{} issues", issues.issues.len());
        root.wrong("issue", Some(&found), "at most 1024 issues on one agenda");
    }
    issues
}

fn read(node: &Node<'_>, known: &Known<'_>, issues: &mut Issues) {
    let id = node.text("id", "the issue's name");
    let title = if node.has("title") { node.text("title", "the issue's name for people") } else { id };
    let kind = kind(node);
    let status_quo = kind.as_ref().and_then(|kind| status_quo(node, kind));
    let sectors = sectors(node, known);
    let (Some(id), Some(title), Some(kind), Some(status_quo)) = (id, title, kind, status_quo) else { return };
    let template = Template { node, id, title, kind, status_quo };
    match sectors {
        Sectors::Wrong => {}
        Sectors::None => add(&template, None, known, issues),
        Sectors::One(sector) => add(&template, Some(sector), known, issues),
        Sectors::Each(sectors) if !id.contains(PLACE) => {
            let expected = format!("a name with {PLACE} in it, as {} issues are made from it", sectors.len());
            node.wrong("id", Some(&format!("{id:?}")), &expected);
        }
        Sectors::Each(sectors) => sectors.into_iter().for_each(|s| add(&template, Some(s), known, issues)),
    }
}

fn add(template: &Template<'_>, sector: Option<&Sector>, known: &Known<'_>, issues: &mut Issues) {
    let node = template.node;
    let fill = |text: &str| match sector {
        Some(s) => text.replace(PLACE, s.id.as_str()).replace(NAME, &s.name),
        None => text.to_owned(),
    };
    let id = fill(template.id);
    if !issues.names.insert(id.clone()) {
        node.wrong("id", Some(&format!("{id:?} again")), "a name that no other issue has");
        return;
    }
    let instrument = match node.has("instrument") {
        true => match instrument(node, sector.map(|s| &s.id), known) {
            Some(instrument) => Some(instrument),
            None => return,
        },
        false => None,
    };
    if instrument.as_ref().is_some_and(|i| !issues.instruments.insert(i.clone())) {
        node.wrong("instrument", Some(&format!("{id:?} sets it again")), "each instrument once");
        return;
    }
    match Issue::new(&id, template.kind.clone(), instrument) {
        Ok(issue) => {
            issues.issues.push(issue);
            issues.titles.push(fill(template.title));
            issues.status_quo.push(template.status_quo);
        }
        Err(TariffError::InstrumentKind { expected, .. }) => {
            node.wrong("instrument", Some("another kind of value"), expected)
        }
        Err(error) => node.wrong("id", Some(&format!("{id:?}")), &error.to_string()),
    }
}

enum Sectors<'a> {
    None,
    One(&'a Sector),
    Each(Vec<&'a Sector>),
    Wrong,
}

fn sectors<'k>(node: &Node<'_>, known: &Known<'k>) -> Sectors<'k> {
    if known.sectors.is_none() && (node.has("sector") || node.has("sectors")) {
        return Sectors::Wrong;
    }
    match (node.has("sector"), node.has("sectors")) {
        (false, false) => Sectors::None,
        (true, true) => {
            node.wrong("sector", Some("sector beside sectors"), "one of the two");
            Sectors::Wrong
        }
        (true, false) => {
            let name = node.text("sector", "a sector");
            name.and_then(|name| find(node, "sector", name, known)).map_or(Sectors::Wrong, Sectors::One)
        }
        (false, true) => each_sector(node, known),
    }
}

fn each_sector<'k>(node: &Node<'_>, known: &Known<'k>) -> Sectors<'k> {
    const EXPECTED: &str = "\"all\" or a list of sectors";
    if node.is_text("sectors") {
        return match node.text("sectors", EXPECTED) {
            Some("all") if !known.names().is_empty() => {
                Sectors::Each(known.sectors.into_iter().flatten().collect())
            }
            other => {
                let found = other.map(|t| format!("{t:?} of {} sectors", known.names().len()));
                node.wrong("sectors", found.as_deref(), EXPECTED);
                Sectors::Wrong
            }
        };
    }
    let Some(names) = node.texts("sectors", EXPECTED) else { return Sectors::Wrong };
    let found: Vec<_> = names.iter().filter_map(|name| find(node, "sectors", name, known)).collect();
    if found.len() == names.len() { Sectors::Each(found) } else { Sectors::Wrong }
}

fn find<'k>(node: &Node<'_>, key: &str, name: &str, known: &Known<'k>) -> Option<&'k Sector> {
    let found = known.sectors.into_iter().flatten().find(|s| s.id.as_str() == name);
    if found.is_none() {
        let names = known.names();
        let expected = match names.is_empty() {
            true => "a scenario with [trade], which has the sectors".to_owned(),
            false => format!("one of {}", names.join(", ")),
        };
        node.wrong(key, Some(&format!("{name:?}")), &expected);
    }
    found
}

fn instrument(node: &Node<'_>, sector: Option<&SectorId>, known: &Known<'_>) -> Option<Instrument> {
    let party = |key: &str| party(node, key, known);
    let goods = || {
        if sector.is_none() {
            node.wrong("sector", None, "the sector (or sectors) the instrument is about");
        }
        sector.cloned()
    };
    let name = node.text("instrument", INSTRUMENTS)?;
    if name != "pause" && !node.has("by") {
        node.wrong("by", None, "the party whose policy it is");
    }
    Some(match name {
        "added_rate" => Instrument::AddedRate { by: party("by")?, on: party("on")?, sector: goods()? },
        "excluded_share" => {
            Instrument::ExcludedShare { by: party("by")?, on: party("on")?, sector: goods()? }
        }
        "purchase_commitment" => {
            Instrument::PurchaseCommitment { by: party("by")?, from: party("from")?, sector: goods()? }
        }
        "de_minimis" => Instrument::DeMinimis { by: party("by")?, on: party("on")? },
        "tariff_rate_quota" => {
            Instrument::TariffRateQuota { by: party("by")?, on: party("on")?, sector: goods()? }
        }
        "in_quota_rate" => Instrument::InQuotaRate { by: party("by")?, on: party("on")?, sector: goods()? },
        "export_control" => {
            Instrument::ExportControl { by: party("by")?, on: party("on")?, sector: goods()? }
        }
        "digital_services_tax" => Instrument::DigitalServicesTax { by: party("by")?, on: party("on")? },
        "export_control_relief" => Instrument::ExportControlRelief { by: party("by")?, on: party("on")? },
        "pause" => Instrument::Pause,
        other => {
            node.wrong("instrument", Some(&format!("{other:?}")), INSTRUMENTS);
            return None;
        }
    })
}

fn party(node: &Node<'_>, key: &str, known: &Known<'_>) -> Option<PartyId> {
    let name = node.text(key, "one of the parties")?;
    let found = known.parties.iter().find(|p| p.id.as_str() == name);
    if found.is_none() {
        let names: Vec<_> = known.parties.iter().map(|p| p.id.as_str()).collect();
        node.wrong(key, Some(&format!("{name:?}")), &format!("one of {}", names.join(", ")));
    }
    found.map(|p| p.id.clone())
}

fn kind(node: &Node<'_>) -> Option<IssueKind> {
    let given = ["number", "choice", "switch"].iter().filter(|key| node.has(key)).count();
    if given != 1 {
        let found = (given > 1).then(|| format!("{given} kinds of value"));
        let expected = "exactly one of number = {...}, choice = [...], switch = true";
        node.wrong("number", found.as_deref(), expected);
        return None;
    }
    if node.has("number") {
        return range(&node.table("number", "a table of unit, decimals, min, max, step")?);
    }
    if node.has("choice") {
        return choices(node);
    }
    if !node.flag("switch", true) {
        node.wrong("switch", Some("false"), "true, or another kind of value");
    }
    Some(IssueKind::Switch)
}

fn range(node: &Node<'_>) -> Option<IssueKind> {
    node.only(&["unit", "decimals", "min", "max", "step"]);
    let unit = node.parsed("unit", "the unit, such as \"percent\"", Label::new);
    let decimals = if node.has("decimals") { node.integer("decimals", (0, 9)) } else { Some(0) };
    let decimals = u8::try_from(decimals?).ok()?;
    let [min, max, step] = ["min", "max", "step"].map(|key| node.scaled(key, decimals));
    match NumberRange::new(unit?, decimals, min?, max?, step?) {
        Ok(range) => Some(IssueKind::Number(range)),
        Err(error) => {
            let (key, expected) = match error {
                TariffError::BadRange { expected, step, .. } if step <= 0 => ("step", expected.to_owned()),
                TariffError::BadRange { expected, .. } => ("max", expected.to_owned()),
                other => ("max", other.to_string()),
            };
            node.wrong(key, Some("a range that is not valid"), &expected);
            None
        }
    }
}

fn choices(node: &Node<'_>) -> Option<IssueKind> {
    let labels = node.texts("choice", "a list of labels")?;
    let labels: Result<Vec<_>, _> = labels.into_iter().map(Label::new).collect();
    match labels.and_then(Choices::new) {
        Ok(choices) => Some(IssueKind::Choice(choices)),
        Err(error) => {
            node.wrong("choice", Some("labels that are not valid"), &error.to_string());
            None
        }
    }
}

/// The value of the status quo, checked against the kind.
fn status_quo(node: &Node<'_>, kind: &IssueKind) -> Option<Value> {
    let value = match kind {
        IssueKind::Number(range) => Value::Number(node.scaled("status_quo", range.scale())?),
        IssueKind::Choice(choices) => {
            let label = node.text("status_quo", "one of the labels")?;
            let found = choices.labels().iter().position(|l| l.as_str() == label);
            let Some(index) = found else {
                node.wrong("status_quo", Some(&format!("{label:?}")), "one of the labels of the choice");
                return None;
            };
            Value::Choice(u32::try_from(index).ok()?)
        }
        IssueKind::Switch if node.has("status_quo") => Value::Switch(node.flag("status_quo", false)),
        IssueKind::Switch => {
            node.wrong("status_quo", None, "true or false");
            return None;
        }
    };
    let probe = Issue::new("status quo", kind.clone(), None).ok()?;
    if probe.level_of(value).is_err() {
        node.wrong("status_quo", Some(&probe.display(value)), &values_of(&probe));
        return None;
    }
    Some(value)
}

/// The values an issue takes, for people.
fn values_of(issue: &Issue) -> String {
    let IssueKind::Number(range) = issue.kind() else { return "a value of the issue".to_owned() };
    let [min, max, step] = [range.min(), range.max(), range.step()].map(|n| issue.display(Value::Number(n)));
    format!("{min} to {max} in steps of {step}")
}
