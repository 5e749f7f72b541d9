use std::collections::BTreeMap;

use tariff::{Issue, IssueKind, Value};

use crate::mandate::Worth;

impl Worth {
    /// The worth of every level of `issue`, or what does not fit.
    pub(crate) fn levels(&self, issue: &Issue) -> Result<Vec<f64>, String> {
        match self {
            Self::Values(values) => named(values, issue),
            Self::Points(points) => interpolated(points, issue),
        }
    }
}

/// Every value of the issue stands in the table once, and nothing else does.
fn named(values: &BTreeMap<String, f64>, issue: &Issue) -> Result<Vec<f64>, String> {
    if values.len() > issue.levels() as usize {
        let spelled: Vec<String> = (0..issue.levels()).filter_map(|l| spelling(issue, l)).collect();
        let stray = values.keys().find(|key| !spelled.contains(key)).map_or("", String::as_str);
        return Err(format!("{stray:?} is no value of {}", issue.id()));
    }
    let worth = |level| {
        let name = spelling(issue, level).unwrap_or_default();
        values.get(&name).copied().ok_or_else(|| {
            format!("no worth for {name:?}: expected every value of {} and nothing else", issue.id())
        })
    };
    (0..issue.levels()).map(worth).collect()
}

/// A value as a mandate file spells it: a label, `on`, `off`, or a number in the issue's unit.
pub(crate) fn spelling(issue: &Issue, level: u32) -> Option<String> {
    let value = issue.value_at(level)?;
    let text = issue.display(value);
    Some(match issue.kind() {
        IssueKind::Number(range) => text.trim_end_matches(range.unit().as_str()).trim_end().to_owned(),
        IssueKind::Choice(_) | IssueKind::Switch => text,
    })
}

fn interpolated(points: &[[f64; 2]], issue: &Issue) -> Result<Vec<f64>, String> {
    let at = |level| number(issue, level).map(|n| line(points, n));
    let levels: Option<Vec<f64>> = (0..issue.levels()).map(at).collect();
    levels.ok_or_else(|| format!("{} takes no numbers: expected `values`", issue.id()))
}

/// A number in its issue's unit.
pub(crate) fn number(issue: &Issue, level: u32) -> Option<f64> {
    match (issue.kind(), issue.value_at(level)?) {
        (IssueKind::Number(range), Value::Number(n)) => {
            Some(n as f64 / 10_f64.powi(i32::from(range.scale())))
        }
        _ => None,
    }
}

/// Straight lines between the points, level before the first and after the last.
fn line(points: &[[f64; 2]], at: f64) -> f64 {
    let after = points.iter().position(|[x, _]| *x >= at);
    match after {
        Some(0) => points[0][1],
        Some(next) => {
            let ([x0, y0], [x1, y1]) = (points[next - 1], points[next]);
            y0 + (y1 - y0) * (at - x0) / (x1 - x0)
        }
        None => points.last().map_or(0.0, |[_, y]| *y),
    }
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn points_are_joined_by_straight_lines() {
        let points = [[0.0, 0.2], [90.0, 1.0], [180.0, 0.4]];
        let expected = [(-5.0, 0.2), (0.0, 0.2), (45.0, 0.6), (90.0, 1.0), (135.0, 0.7), (400.0, 0.4)];
        for (at, worth) in expected {
            assert!((line(&points, at) - worth).abs() < 1e-12, "{at}");
        }
    }
}
