use std::collections::BTreeSet;
use std::fmt::Write as _;

use toml::{Table, Value};

use crate::domain::{Convention, Domain, ForeignIssue, ForeignKind, Settled};
use crate::{ExchangeError, Format};

/// A file to be written below a scenario's folder, and its text.
pub type Written = (String, String);

/// The scenario of a domain, named `name`: its public part, a mandate for each profile, and where it
/// all comes from.
///
/// # Errors
/// A profile's utilities do not lie between 0 and 1 under the convention.
pub fn files(
    domain: &Domain,
    name: &str,
    format: Format,
    convention: Convention,
) -> Result<Vec<Written>, ExchangeError> {
    let parties = parties(domain);
    let mut files = vec![
        ("public/scenario.toml".to_owned(), scenario(domain, name, &parties, format)),
        ("public/PROVENANCE.md".to_owned(), provenance(domain, &parties, format, convention)),
    ];
    for (party, profile) in parties.iter().zip(&domain.profiles) {
        let settled = profile.settle(convention, &domain.issues)?;
        let mut text = format!(
            "# The profile {:?}. {}.\n# No deal was worth {} there, and the discount factor is {}.\n",
            profile.name,
            convention.words(),
            profile.reservation,
            profile.discount
        );
        text += &mandate(domain, party, &settled, profile.discount);
        files.push((format!("mandates/{party}.toml"), text));
    }
    Ok(files)
}

/// Names of the parties: from the profiles' names, in capitals, distinct, at most 16 letters.
fn parties(domain: &Domain) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let name = |(turn, profile): (usize, &crate::Profile)| {
        // Files are called such as laptop_buyer_utility: the last word that says something.
        let says = |word: &&str| {
            let plain = word.to_ascii_lowercase();
            word.chars().any(|c| c.is_ascii_alphabetic())
                && !["utility", "profile", "prof", "ufun", "util", "domain", "space"]
                    .contains(&plain.as_str())
        };
        let word = profile.name.rsplit(['_', '-', ' ', '.']).find(says).unwrap_or(&profile.name);
        let mut name: String =
            word.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
        name.truncate(12);
        let mut number = turn + 1;
        while name.is_empty() || !taken.insert(name.clone()) {
            name = format!("PARTY{number}");
            number += domain.profiles.len();
        }
        name
    };
    domain.profiles.iter().enumerate().map(name).collect()
}

/// A name as an issue or a label can have it: printable, within a length, distinct.
fn names(given: impl Iterator<Item = String>, most: usize) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let fit = |(turn, text): (usize, String)| {
        let printable: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let mut name: String = printable.trim().chars().take(most).collect::<String>().trim().to_owned();
        let mut turn = turn;
        while name.is_empty() || taken.contains(&name) {
            name = format!("{} ({})", name.chars().take(most - 8).collect::<String>(), turn + 1)
                .trim()
                .to_owned();
            turn += 1_000;
        }
        taken.insert(name.clone());
        name
    };
    given.enumerate().map(fit).collect()
}

fn ids(domain: &Domain) -> Vec<String> {
    names(domain.issues.iter().map(|issue| issue.name.clone()), 64)
}

fn labels(issue: &ForeignIssue) -> Vec<String> {
    let ForeignKind::Discrete(labels) = &issue.kind else { return Vec::new() };
    names(labels.iter().cloned(), 128)
}

fn scenario(domain: &Domain, name: &str, parties: &[String], format: Format) -> String {
    let mut root = Table::new();
    root.insert("format".into(), Value::Integer(1));
    root.insert("name".into(), name.into());
    let title = names(std::iter::once(domain.name.clone()), 100).remove(0);
    root.insert("title".into(), title.into());
    root.insert("story".into(), format!("A domain of {}, taken over from its files.", tool(format)).into());
    let party = |(id, profile): (&String, &crate::Profile)| {
        let mut party = Table::new();
        party.insert("id".into(), id.clone().into());
        party.insert("name".into(), names(std::iter::once(profile.name.clone()), 64).remove(0).into());
        Value::Table(party)
    };
    root.insert("party".into(), Value::Array(parties.iter().zip(&domain.profiles).map(party).collect()));
    let mut talk = Table::new();
    talk.insert("procedure".into(), "alternating-offers".into());
    talk.insert("rounds".into(), Value::Integer(60));
    root.insert("talk".into(), Value::Table(talk));
    let issues =
        domain.issues.iter().zip(ids(domain)).map(|(issue, id)| Value::Table(issue_table(issue, id)));
    root.insert("issue".into(), Value::Array(issues.collect()));
    let mut source = Table::new();
    source.insert(
        "what".into(),
        format!("Issues, values, weights and evaluations of the domain {}", domain.name.trim()).into(),
    );
    source.insert("citation".into(), format!("files in the format of {}", tool(format)).into());
    source.insert("licence".into(), "as the files' own".into());
    root.insert("source".into(), Value::Array(vec![Value::Table(source)]));
    root.to_string()
}

fn tool(format: Format) -> &'static str {
    match format {
        Format::Genius => "GENIUS",
        Format::GeniusWeb => "GeniusWeb",
        Format::Negmas => "NegMAS",
    }
}

/// Decimals that hold every value of a real issue, at most 9.
fn decimals(low: f64, step: f64) -> u32 {
    let fits = |digits: &u32| {
        let unit = 10_f64.powi(*digits as i32);
        [low, step].iter().all(|x| ((x * unit).round() - x * unit).abs() < 1e-6)
    };
    (0..=9).find(fits).unwrap_or(9)
}

fn issue_table(issue: &ForeignIssue, id: String) -> Table {
    let mut table = Table::new();
    table.insert("id".into(), id.into());
    match &issue.kind {
        ForeignKind::Discrete(_) => {
            let labels = labels(issue);
            table.insert("status_quo".into(), labels[0].clone().into());
            table.insert("choice".into(), Value::Array(labels.into_iter().map(Value::String).collect()));
        }
        ForeignKind::Integer(low, high) => {
            table.insert("number".into(), Value::Table(number(0, *low as f64, *high as f64, 1.0)));
            table.insert("status_quo".into(), Value::Integer(*low));
        }
        ForeignKind::Real(..) => {
            let grid = Grid::of(&issue.kind);
            table.insert(
                "number".into(),
                Value::Table(number(grid.decimals, grid.low, grid.at(grid.steps), grid.step)),
            );
            table.insert("status_quo".into(), Value::Float(grid.low));
        }
    }
    table
}

fn number(decimals: u32, low: f64, high: f64, step: f64) -> Table {
    let mut table = Table::new();
    table.insert("unit".into(), "number".into());
    table.insert("decimals".into(), Value::Integer(i64::from(decimals)));
    for (key, value) in [("min", low), ("max", high), ("step", step)] {
        let value = if decimals == 0 { Value::Integer(value as i64) } else { Value::Float(value) };
        table.insert(key.into(), value);
    }
    table
}

/// The values of a real issue as scaled integers have them.
struct Grid {
    decimals: u32,
    low: f64,
    step: f64,
    steps: u32,
}

impl Grid {
    fn of(kind: &ForeignKind) -> Self {
        let ForeignKind::Real(low, high, steps) = *kind else {
            return Self { decimals: 0, low: 0.0, step: 1.0, steps: 0 };
        };
        let step = (high - low) / f64::from(steps);
        let decimals = decimals(low, step).max(1);
        let unit = 10_f64.powi(decimals as i32);
        let rounded = |x: f64| (x * unit).round() / unit;
        Self { decimals, low: rounded(low), step: rounded(step).max(1.0 / unit), steps }
    }

    fn at(&self, level: u32) -> f64 {
        let unit = 10_f64.powi(self.decimals as i32);
        ((self.low + self.step * f64::from(level)) * unit).round() / unit
    }
}

fn mandate(domain: &Domain, party: &str, settled: &Settled, discount: f64) -> String {
    let mut root = Table::new();
    root.insert("party".into(), party.into());
    root.insert("walk_away".into(), Value::Float(settled.walk_away));
    if discount != 1.0 {
        root.insert("discount".into(), Value::Float(discount));
    }
    let ids = ids(domain);
    let mut objectives = Vec::new();
    for (place, issue) in domain.issues.iter().enumerate() {
        if settled.weights[place] > 0.0 {
            objectives.push(objective(issue, &ids[place], settled.weights[place], &settled.worths[place]));
        }
    }
    // Weights sum to 1: what no offer brings stands with an objective that is worth nothing.
    let rest = 1.0 - settled.weights.iter().sum::<f64>();
    if rest > 1e-9 || objectives.is_empty() {
        let nothing = vec![0.0; domain.issues[0].kind.levels()];
        let mut table = objective(&domain.issues[0], &ids[0], rest.max(1e-9), &nothing);
        table.insert("name".into(), "out of reach".into());
        objectives.push(table);
    }
    root.insert("objective".into(), Value::Array(objectives.into_iter().map(Value::Table).collect()));
    root.to_string()
}

fn objective(issue: &ForeignIssue, id: &str, weight: f64, worths: &[f64]) -> Table {
    let mut table = Table::new();
    table.insert("name".into(), id.into());
    table.insert("weight".into(), Value::Float(weight));
    table.insert("issue".into(), id.into());
    if let ForeignKind::Discrete(_) = issue.kind {
        let values =
            labels(issue).into_iter().zip(worths).map(|(label, worth)| (label, Value::Float(*worth)));
        table.insert("values".into(), Value::Table(values.collect()));
    } else {
        let grid = Grid::of(&issue.kind);
        let x = |level: usize| match issue.kind {
            ForeignKind::Integer(low, _) => low as f64 + level as f64,
            _ => grid.at(level as u32),
        };
        let point = |level: usize| Value::Array(vec![Value::Float(x(level)), Value::Float(worths[level])]);
        table.insert("points".into(), Value::Array(corners(worths).into_iter().map(point).collect()));
    }
    table
}

/// Where a line through evenly spaced points bends, and its ends.
fn corners(worths: &[f64]) -> Vec<usize> {
    let last = worths.len().saturating_sub(1);
    let bends = |at: &usize| (worths[at - 1] + worths[at + 1] - 2.0 * worths[*at]).abs() > 1e-12;
    let mut corners: Vec<usize> = vec![0];
    corners.extend((1..last).filter(bends));
    if last > 0 {
        corners.push(last);
    }
    corners
}

fn provenance(domain: &Domain, parties: &[String], format: Format, convention: Convention) -> String {
    let mut text = format!(
        "# Where the numbers come from\n\nTaken over from files in the format of {}: the domain {:?} and its profiles, parties in the order of \
         their files' names.\n\n- Utilities: {}.\n- Numeric issues are held as scaled integers; steps and decimals stand in `scenario.toml`.\n",
        tool(format),
        domain.name,
        convention.words()
    );
    for (party, profile) in parties.iter().zip(&domain.profiles) {
        let _ = writeln!(
            text,
            "- {party} is the profile {:?}: no deal was worth {} there; its discount factor is {} (1 for none), applied at agreement in tournaments.",
            profile.name, profile.reservation, profile.discount
        );
    }
    text
}

/// A party as it is exported.
#[derive(Debug, Clone, PartialEq)]
pub struct Exported {
    /// Its name.
    pub party: String,
    /// What each value of each issue adds to utility.
    pub worths: Vec<Vec<f64>>,
    /// The utility of no deal.
    pub walk_away: f64,
    /// The discount factor from the beginning of a talk to its end; 1 for none.
    pub discount: f64,
}

/// A scenario as NegMAS reads it: the outcome space, and a utility function for each party, additive over
/// issues and, where utility is discounted, inside a function of the relative time.
#[must_use]
pub fn export_negmas(name: &str, issues: &[(String, Vec<String>)], parties: &[Exported]) -> Vec<Written> {
    let text = |text: &str| serde_json::to_string(text).unwrap_or_default();
    let mut domain = format!("name: {}\ntype: CartesianOutcomeSpace\nissues:\n", text(name));
    for (id, labels) in issues {
        let _ = writeln!(domain, "- name: {}\n  type: CategoricalIssue\n  values:", text(id));
        labels.iter().for_each(|label| domain += &format!("  - {}\n", text(label)));
    }
    let mut files = vec![(format!("{name}.yml"), domain)];
    for Exported { party, worths, walk_away, discount } in parties {
        let mut ufun = format!(
            "name: {}\ntype: LinearAdditiveUtilityFunction\nreserved_value: {walk_away:?}\nweights:\n{}values:\n",
            text(party),
            "- 1.0\n".repeat(worths.len())
        );
        for ((_, labels), worths) in issues.iter().zip(worths) {
            ufun += "- type: TableFun\n  mapping:\n";
            labels
                .iter()
                .zip(worths)
                .for_each(|(label, worth)| ufun += &format!("    {}: {worth:?}\n", text(label)));
        }
        if *discount != 1.0 {
            let inner: String = ufun.lines().map(|line| format!("  {line}\n")).collect();
            ufun = format!(
                "name: {}\ntype: ExpDiscountedUFun\ndiscount: {discount:?}\nfactor: relative_time\n\
                 dynamic_reservation: false\nreserved_value: {walk_away:?}\nufun:\n{inner}",
                text(party)
            );
        }
        files.push((format!("{party}.yml"), ufun));
    }
    files
}
