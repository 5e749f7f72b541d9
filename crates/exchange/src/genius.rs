//! GENIUS: one XML file for the domain, one for each profile (Lin et al. 2014).

use roxmltree::{Document, Node, ParsingOptions};

use crate::domain::{ForeignIssue, ForeignKind, Profile};
use crate::{ExchangeError, Options};

/// The most nodes of a file: a domain of many thousand values has fewer.
const NODES: u32 = 500_000;

/// A file of GENIUS.
pub(crate) enum File {
    Domain(String, Vec<ForeignIssue>),
    Profile(Box<Profile>, Vec<ForeignIssue>),
    /// Neither: settings of a session, a list of domains and the like.
    Other,
}

pub(crate) fn read(file: &str, stem: &str, text: &str, options: &Options) -> Result<File, ExchangeError> {
    let parsing = ParsingOptions { allow_dtd: false, nodes_limit: NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, parsing)
        .map_err(|error| ExchangeError::malformed(file, format!("this XML cannot be read: {error}")))?;
    let root = document.root_element();
    if let Some(odd) = root.descendants().find(|n| is_nonlinear(n)) {
        return Err(ExchangeError::unsupported(
            file,
            format!("<{}>, a nonlinear utility space,", odd.tag_name().name()),
        ));
    }
    let nodes: Vec<Node<'_, '_>> = root.descendants().filter(|n| n.has_tag_name("issue")).collect();
    if nodes.is_empty() {
        let wanted = ["negotiation_template", "utility_space"].contains(&root.tag_name().name());
        return if wanted {
            Err(ExchangeError::malformed(file, "no <issue> was found"))
        } else {
            Ok(File::Other)
        };
    }
    let mut issues = nodes.iter().map(|node| issue(file, *node, options)).collect::<Result<Vec<_>, _>>()?;
    tell_apart(&mut issues);
    if !is_profile(root) {
        let objective = root.descendants().find(|n| n.has_tag_name("objective"));
        let name = objective.and_then(|o| o.attribute("name")).unwrap_or(stem).trim();
        let name = if name.is_empty() || name == "root" { stem } else { name };
        return Ok(File::Domain(name.to_owned(), issues));
    }
    let weights = weights(file, root, &nodes)?;
    let evaluations = nodes
        .iter()
        .zip(&issues)
        .map(|(node, issue)| evaluations(file, *node, issue))
        .collect::<Result<_, _>>()?;
    let single = |tag: &str| root.descendants().find(|n| n.has_tag_name(tag));
    let value = |tag: &str, otherwise: f64| match single(tag) {
        Some(node) => number_of(file, node, "value", Some(otherwise)),
        None => Ok(otherwise),
    };
    // GENIUS writes 0 where there is no discount.
    let discount = Some(value("discount_factor", 1.0)?).filter(|d| *d > 0.0).unwrap_or(1.0);
    let reservation = value("reservation", 0.0)?;
    let profile = Profile { name: stem.to_owned(), weights, evaluations, reservation, discount };
    Ok(File::Profile(Box::new(profile), issues))
}

/// A template is a domain whatever it carries; else what has weights or evaluations is a profile.
fn is_profile(root: Node<'_, '_>) -> bool {
    let says = |n: Node<'_, '_>| {
        ["weight", "evaluator", "reservation"].contains(&n.tag_name().name()) || n.has_attribute("evaluation")
    };
    root.tag_name().name() != "negotiation_template" && root.descendants().any(says)
}

/// GENIUS knows issues by their index, and some domains repeat a name: the second gets its place added.
fn tell_apart(issues: &mut [ForeignIssue]) {
    for turn in 1..issues.len() {
        let (before, rest) = issues.split_at_mut(turn);
        if let Some(issue) = rest.first_mut()
            && before.iter().any(|other| other.name == issue.name)
        {
            issue.name = format!("{} ({})", issue.name, turn + 1);
        }
    }
}

fn is_nonlinear(node: &Node<'_, '_>) -> bool {
    let name = node.tag_name().name();
    let kind = node.attribute("type").unwrap_or_default();
    ["hyperRectangle", "constraint", "ufun", "nonlinear_utility_space"].contains(&name)
        || (name == "utility_space" && kind.eq_ignore_ascii_case("nonlinear"))
}

fn issue(file: &str, node: Node<'_, '_>, options: &Options) -> Result<ForeignIssue, ExchangeError> {
    let name = node.attribute("name").unwrap_or_default().trim().to_owned();
    let kind =
        ["vtype", "type", "etype"].iter().filter_map(|key| node.attribute(*key)).next().unwrap_or("discrete");
    let kind = match kind.to_ascii_lowercase().as_str() {
        "integer" => {
            let (low, high) = range(file, &name, node)?;
            if low.fract() != 0.0 || high.fract() != 0.0 || low.abs() > 1e15 || high.abs() > 1e15 {
                return Err(ExchangeError::malformed(
                    file,
                    format!(
                        "issue {name:?}: bounds of an integer issue: expected whole numbers, found {low} and {high}"
                    ),
                ));
            }
            ForeignKind::Integer(low as i64, high as i64)
        }
        "real" => {
            let (low, high) = range(file, &name, node)?;
            ForeignKind::Real(low, high, options.real_steps)
        }
        "discrete" => ForeignKind::Discrete(labels(node)),
        other => return Err(ExchangeError::unsupported(file, format!("issue {name:?} of type {other:?}"))),
    };
    Ok(ForeignIssue { name, kind })
}

fn labels(node: Node<'_, '_>) -> Vec<String> {
    let items = node.children().filter(|n| n.has_tag_name("item"));
    items.map(|item| item.attribute("value").unwrap_or_default().trim().to_owned()).collect()
}

fn range(file: &str, name: &str, node: Node<'_, '_>) -> Result<(f64, f64), ExchangeError> {
    let inner = node.children().find(|n| n.has_tag_name("range"));
    let bound = |key: &str| {
        let holder = inner.filter(|n| n.has_attribute(key)).or(Some(node).filter(|n| n.has_attribute(key)));
        let missing = || ExchangeError::malformed(file, format!("issue {name:?}: no {key} was found"));
        number_of(file, holder.ok_or_else(missing)?, key, None)
    };
    let (low, high) = (bound("lowerbound")?, bound("upperbound")?);
    if low > high {
        let why = format!("issue {name:?}: lowerbound {low} is above upperbound {high}");
        return Err(ExchangeError::malformed(file, why));
    }
    Ok((low, high))
}

/// Weights by the issues' indices, or in order where these are missing; issues without one get 0, unless
/// no issue has one.
fn weights(file: &str, root: Node<'_, '_>, issues: &[Node<'_, '_>]) -> Result<Vec<f64>, ExchangeError> {
    let found: Vec<Node<'_, '_>> = root.descendants().filter(|n| n.has_tag_name("weight")).collect();
    if found.is_empty() {
        return Ok(vec![1.0 / issues.len().max(1) as f64; issues.len()]);
    }
    let mut weights = vec![0.0; issues.len()];
    for (turn, node) in found.iter().enumerate() {
        let index = node.attribute("index").map(str::trim);
        let place =
            issues.iter().position(|i| i.attribute("index").map(str::trim) == index && index.is_some());
        let place = place.unwrap_or(turn);
        let value = number_of(file, *node, "value", Some(0.0))?;
        if value < 0.0 {
            return Err(ExchangeError::malformed(
                file,
                format!("weight {}: expected 0 or more, found {value}", turn + 1),
            ));
        }
        match weights.get_mut(place) {
            Some(weight) => *weight = value,
            None => {
                return Err(ExchangeError::malformed(
                    file,
                    format!("weight {} belongs to no issue", turn + 1),
                ));
            }
        }
    }
    Ok(weights)
}

fn evaluations(file: &str, node: Node<'_, '_>, issue: &ForeignIssue) -> Result<Vec<f64>, ExchangeError> {
    if let ForeignKind::Discrete(_) = issue.kind {
        let items = node.children().filter(|n| n.has_tag_name("item"));
        return items.map(|item| number_of(file, item, "evaluation", Some(0.0))).collect();
    }
    if issue.kind.levels() > tariff::MAX_LEVELS as usize {
        return Err(ExchangeError::malformed(
            file,
            format!("issue {:?} has more than {} values", issue.name, tariff::MAX_LEVELS),
        ));
    }
    let evaluator = node.children().find(|n| n.has_tag_name("evaluator"));
    let parameter = |keys: [&str; 2], otherwise: f64| {
        let text = evaluator.and_then(|e| keys.iter().find_map(|key| e.attribute(*key)));
        text.map_or(Ok(otherwise), |text| number(file, keys[0], text))
    };
    let shape = evaluator.and_then(|e| e.attribute("ftype")).unwrap_or("linear");
    let (low, high) =
        (issue.kind.number(0).unwrap_or(0.0), issue.kind.number(issue.kind.levels() - 1).unwrap_or(0.0));
    let values = (0..issue.kind.levels()).filter_map(|level| issue.kind.number(level));
    match shape.to_ascii_lowercase().as_str() {
        "linear" => {
            let (offset, slope) =
                (parameter(["offset", "parameter0"], 0.0)?, parameter(["slope", "parameter1"], 1.0)?);
            // GENIUS counts an integer issue with `offset` and `slope` from its lower bound, a line with
            // numbered parameters from 0.
            let named = evaluator.is_some_and(|e| e.has_attribute("offset") || e.has_attribute("slope"));
            let from = if named && matches!(issue.kind, ForeignKind::Integer(..)) { low } else { 0.0 };
            Ok(values.map(|x| (offset + slope * (x - from)).clamp(0.0, 1.0)).collect())
        }
        "constant" => {
            let value = parameter(["parameter0", "offset"], 1.0)?;
            Ok(values.map(|_| value.clamp(0.0, 1.0)).collect())
        }
        "triangular" => {
            let (from, to) =
                (parameter(["parameter0", "from"], low)?, parameter(["parameter1", "to"], high)?);
            let top = parameter(["parameter2", "top"], f64::midpoint(from, to))?;
            let at = |x: f64| {
                let up = if top > from { (x - from) / (top - from) } else { 1.0 };
                let down = if to > top { (to - x) / (to - top) } else { 1.0 };
                if x < from || x > to { 0.0 } else { up.min(down).clamp(0.0, 1.0) }
            };
            Ok(values.map(at).collect())
        }
        other => Err(ExchangeError::unsupported(
            file,
            format!("issue {:?} with an evaluator of type {other:?}", issue.name),
        )),
    }
}

/// The number in an attribute; one that is missing or empty is what it would otherwise be.
fn number_of(
    file: &str,
    node: Node<'_, '_>,
    key: &str,
    otherwise: Option<f64>,
) -> Result<f64, ExchangeError> {
    let text = node.attribute(key).unwrap_or_default().trim();
    match otherwise {
        Some(otherwise) if text.is_empty() => Ok(otherwise),
        _ => number(file, key, text).map_err(|_| {
            let (line, text) = (node.document().text_pos_at(node.range().start).row, text.chars().take(60));
            let text: String = text.collect();
            let what = node.tag_name().name();
            ExchangeError::malformed(
                &format!("{file}:{line}"),
                format!("<{what} {key}>: expected a number, found {text:?}"),
            )
        }),
    }
}

/// A number as people in several countries write it.
pub(crate) fn number(file: &str, what: &str, text: &str) -> Result<f64, ExchangeError> {
    let text = text.trim();
    let found = text.parse::<f64>().or_else(|_| text.replace(',', ".").parse());
    match found {
        Ok(number) if number.is_finite() => Ok(number),
        _ => {
            let text: String = text.chars().take(60).collect();
            Err(ExchangeError::malformed(file, format!("{what}: expected a number, found {text:?}")))
        }
    }
}
