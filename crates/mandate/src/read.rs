//! From the file as it stands to a mandate, with every problem found in one pass.

use std::collections::BTreeMap;

use tariff::{IssueId, PartyId, SectorId};
use toml::Spanned;

use crate::figure::Figure;
use crate::file::{RawMandate, RawObjective, RawRedLine, Source};
use crate::mandate::{Better, Objective, Over, Prior, RedLine, Worth};
use crate::walk_away::WalkAway;
use crate::{MAX_ENTRIES, Mandate, MandateError, Problem};

impl Mandate {
    /// Reads a mandate; `file` is the name that errors give it.
    ///
    /// # Errors
    /// [`MandateError::Broken`] with every problem found, or [`MandateError::TooLarge`].
    pub fn parse(file: &str, text: &str) -> Result<Self, MandateError> {
        let source = Source { file, text };
        let raw = source.parse()?;
        let mut reader = Reader { source, problems: Vec::new() };
        let mandate = reader.mandate(raw);
        match mandate {
            Some(mandate) if reader.problems.is_empty() => Ok(mandate),
            _ => {
                reader.problems.sort_by_key(|p| p.line);
                Err(MandateError::Broken(reader.problems))
            }
        }
    }
}

/// Turns a raw file into a mandate and notes every problem on the way.
struct Reader<'a> {
    source: Source<'a>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn note<T>(&mut self, at: &Spanned<T>, key: &str, what: impl Into<String>) {
        let line = self.source.line_of(at);
        self.problems.push(self.source.problem(line, key, what));
    }

    fn mandate(&mut self, raw: RawMandate) -> Option<Mandate> {
        let party = self.name::<PartyId>(&raw.party, "party");
        let walk_away = self.walk_away(&raw.walk_away);
        let walk_away_line = self.source.line_of(&raw.walk_away);
        let discount = raw.discount.as_ref().map_or(1.0, |given| self.discount(given));
        let objectives = self.objectives(&raw.objective, "objective", 1);
        let lines = raw.red_line.iter().map(|line| self.red_line(line)).collect();
        let prior = raw.opponent_prior.map(|prior| {
            let line = self.source.line_of(&prior.party);
            let party = self.name::<PartyId>(&prior.party, "opponent_prior.party");
            let objectives = self.objectives(&prior.objective, "opponent_prior.objective", line);
            party.map(|party| Prior { party, objectives })
        });
        if raw.red_line.len() > MAX_ENTRIES {
            let given = raw.red_line.len();
            self.note(&raw.party, "red_line", format!("{given} red lines: expected at most {MAX_ENTRIES}"));
        }
        let file = self.source.file.to_owned();
        let (prior, party) = (prior.flatten(), party?);
        let red_lines = lines;
        Some(Mandate { file, party, walk_away, walk_away_line, discount, objectives, red_lines, prior })
    }

    fn objectives(&mut self, raw: &[RawObjective], key: &str, line: usize) -> Vec<Objective> {
        let objectives: Vec<Objective> = raw.iter().filter_map(|o| self.objective(o, key)).collect();
        if raw.is_empty() || raw.len() > MAX_ENTRIES {
            let what = format!("{} objectives: expected 1 to {MAX_ENTRIES}", raw.len());
            self.problems.push(self.source.problem(line, key, what));
            return objectives;
        }
        let sum: f64 = raw.iter().map(|o| *o.weight.get_ref()).sum();
        let off = (sum - 1.0).abs() > 1e-9;
        if off && let Some(last) = raw.last() {
            let what = format!("the weights sum to {sum:.6}: expected 1");
            self.note(&last.weight, &format!("{key}.weight"), what);
        }
        objectives
    }

    fn objective(&mut self, raw: &RawObjective, key: &str) -> Option<Objective> {
        let weight = self.weight(&raw.weight, &format!("{key}.weight"));
        let name = raw.name.get_ref();
        if name.is_empty() || name.chars().count() > 64 {
            self.note(&raw.name, &format!("{key}.name"), "expected 1 to 64 characters");
        }
        let over = match (&raw.figure, &raw.issue) {
            (Some(figure), None) => self.figure(raw, figure, key),
            (None, Some(issue)) => self.issue(raw, issue, key),
            _ => {
                self.note(&raw.name, key, format!("{name:?}: expected either `figure` or `issue`"));
                None
            }
        };
        let line = self.source.line_of(&raw.name);
        Some(Objective { name: name.clone(), weight, over: over?, line })
    }

    fn figure(&mut self, raw: &RawObjective, figure: &Spanned<String>, key: &str) -> Option<Over> {
        for (stray, name) in [(raw.values.is_some(), "values"), (raw.points.is_some(), "points")] {
            if stray {
                self.note(figure, &format!("{key}.{name}"), "belongs to an `issue`, not to a `figure`");
            }
        }
        let named = Figure::named(figure.get_ref());
        if named.is_none() {
            let what = format!("{:?} is no figure: expected one of {}", figure.get_ref(), Figure::names());
            self.note(figure, &format!("{key}.figure"), what);
        }
        let better = self.better(raw, figure, key);
        let of = raw.of.as_ref().and_then(|of| self.name::<PartyId>(of, &format!("{key}.of")));
        let sectors =
            raw.sectors.as_ref().map_or_else(Vec::new, |s| self.sectors(s, &format!("{key}.sectors")));
        Some(Over::Figure { figure: named?, of, sectors, better: better? })
    }

    fn better(&mut self, raw: &RawObjective, figure: &Spanned<String>, key: &str) -> Option<Better> {
        let key = format!("{key}.better");
        let Some(better) = &raw.better else {
            self.note(figure, &key, "missing: expected \"higher\" or \"lower\"");
            return None;
        };
        match better.get_ref().as_str() {
            "higher" => Some(Better::Higher),
            "lower" => Some(Better::Lower),
            other => {
                self.note(better, &key, format!("{other:?}: expected \"higher\" or \"lower\""));
                None
            }
        }
    }

    fn sectors(&mut self, raw: &Spanned<Vec<String>>, key: &str) -> Vec<SectorId> {
        if raw.get_ref().is_empty() {
            self.note(raw, key, "empty: expected at least one sector, or no such key for all of them");
        }
        let mut sectors = Vec::new();
        for text in raw.get_ref() {
            match SectorId::new(text) {
                Ok(sector) if !sectors.contains(&sector) => sectors.push(sector),
                Ok(sector) => {
                    self.note(raw, key, format!("{sector} stands twice: expected each sector once"))
                }
                Err(error) => self.note(raw, key, error.to_string()),
            }
        }
        sectors
    }

    fn issue(&mut self, raw: &RawObjective, issue: &Spanned<String>, key: &str) -> Option<Over> {
        let strays = [raw.better.is_some(), raw.of.is_some(), raw.sectors.is_some()];
        for (stray, name) in strays.into_iter().zip(["better", "of", "sectors"]) {
            if stray {
                self.note(issue, &format!("{key}.{name}"), "belongs to a `figure`, not to an `issue`");
            }
        }
        let worth = match (&raw.values, &raw.points) {
            (Some(values), None) => self.values(values, &format!("{key}.values")),
            (None, Some(points)) => self.points(points, &format!("{key}.points")),
            _ => {
                self.note(issue, key, "expected either `values` or `points`");
                None
            }
        };
        let issue = self.name::<IssueId>(issue, &format!("{key}.issue"));
        Some(Over::Issue { issue: issue?, worth: worth? })
    }

    fn values(&mut self, raw: &Spanned<BTreeMap<String, f64>>, key: &str) -> Option<Worth> {
        let stray = raw.get_ref().iter().find(|(_, worth)| !(0.0..=1.0).contains(*worth));
        if let Some((value, worth)) = stray {
            self.note(raw, key, format!("{value:?} is worth {worth}: expected 0 to 1"));
            return None;
        }
        Some(Worth::Values(raw.get_ref().clone()))
    }

    fn points(&mut self, raw: &Spanned<Vec<[f64; 2]>>, key: &str) -> Option<Worth> {
        let points = raw.get_ref();
        let rising = points.windows(2).all(|w| w[0][0] < w[1][0]);
        let fits = points.iter().all(|[at, worth]| at.is_finite() && (0.0..=1.0).contains(worth));
        if points.is_empty() || !rising || !fits {
            self.note(raw, key, "expected pairs [number, worth] with rising numbers and worth from 0 to 1");
            return None;
        }
        Some(Worth::Points(points.clone()))
    }

    fn red_line(&mut self, raw: &RawRedLine) -> RedLine {
        let (min, max) = (raw.min.as_ref().map(|m| *m.get_ref()), raw.max.as_ref().map(|m| *m.get_ref()));
        let bounds = [&raw.min, &raw.max].into_iter().flatten();
        for bound in bounds.filter(|b| !b.get_ref().is_finite()) {
            self.note(bound, "red_line", "expected a finite number");
        }
        if min.is_none() && max.is_none() && raw.allowed.is_none() {
            self.note(&raw.issues, "red_line", "expected `min`, `max` or `allowed`");
        }
        if raw.allowed.is_some() && (min.is_some() || max.is_some()) {
            self.note(&raw.issues, "red_line", "expected either `allowed` or a bound, not both");
        }
        if let (Some(low), Some(high)) = (min, max)
            && low > high
        {
            self.note(&raw.issues, "red_line", format!("min {low} is above max {high}"));
        }
        let allowed = raw.allowed.as_ref().map(|a| a.get_ref().iter().cloned().collect());
        let line = self.source.line_of(&raw.issues);
        RedLine { issues: raw.issues.get_ref().clone(), min, max, allowed, line }
    }

    fn weight(&mut self, raw: &Spanned<f64>, key: &str) -> f64 {
        let weight = *raw.get_ref();
        if !(weight > 0.0 && weight <= 1.0) {
            self.note(raw, key, format!("{weight}: expected a number above 0, at most 1"));
        }
        weight
    }

    fn discount(&mut self, raw: &Spanned<f64>) -> f64 {
        let discount = *raw.get_ref();
        if !(discount > 0.0 && discount <= 1.0) {
            self.note(raw, "discount", format!("{discount}: expected a number above 0, at most 1"));
        }
        discount
    }

    fn walk_away(&mut self, raw: &Spanned<WalkAway>) -> WalkAway {
        match raw.get_ref() {
            WalkAway::Value(value) if !(0.0..=1.0).contains(value) => {
                self.note(raw, "walk_away", format!("{value}: expected a number from 0 to 1"));
            }
            WalkAway::Worth(fallback) if !(-1.0..=1.0).contains(&fallback.plus) => {
                let what = format!("{}: expected a number from -1 to 1", fallback.plus);
                self.note(raw, "walk_away.plus", what);
            }
            _ => {}
        }
        raw.get_ref().clone()
    }

    fn name<T: std::str::FromStr<Err = tariff::TariffError>>(
        &mut self,
        raw: &Spanned<String>,
        key: &str,
    ) -> Option<T> {
        match raw.get_ref().parse() {
            Ok(name) => Some(name),
            Err(error) => {
                self.note(raw, key, error.to_string());
                None
            }
        }
    }
}
