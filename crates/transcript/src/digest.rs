//! An agenda of fifty issues in a dozen lines: rates and exclusions of each party as one line each,
//! and what moved between two offers in words.

use tariff::{Agenda, Instrument, Issue, IssueKind, NumberRange, Offer, Value};

/// The lines an agenda is read in.
#[derive(Debug)]
pub struct Digest {
    agenda: Agenda,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    label: String,
    /// Places of the agenda; more than one for numbers of one party, one unit and many sectors.
    places: Vec<usize>,
}

impl Digest {
    /// The lines of an agenda.
    #[must_use]
    pub fn new(agenda: &Agenda) -> Self {
        let mut lines: Vec<Line> = Vec::new();
        for (place, issue) in agenda.issues().iter().enumerate() {
            let label = label(issue);
            match lines.iter_mut().find(|line| line.label == label) {
                Some(line) => line.places.push(place),
                None => lines.push(Line { label, places: vec![place] }),
            }
        }
        Self { agenda: agenda.clone(), lines }
    }

    /// Every line: its label, and the value of each of the offers on it.
    pub fn lines<'a>(&'a self, offers: &'a [Option<&Offer>]) -> impl Iterator<Item = (String, Vec<String>)> {
        let cell =
            |line: &Line, offer: &Option<&Offer>| offer.map_or_else(String::new, |o| self.cell(line, o));
        self.lines
            .iter()
            .map(move |line| (line.label.clone(), offers.iter().map(|o| cell(line, o)).collect()))
    }

    /// What moved from one offer to the next, a phrase for each line that did.
    #[must_use]
    pub fn moved(&self, before: &Offer, after: &Offer) -> Vec<String> {
        self.lines.iter().filter_map(|line| self.change(line, before, after)).collect()
    }

    fn cell(&self, line: &Line, offer: &Offer) -> String {
        let Some((low, high)) = self.bounds(line, offer) else { return String::new() };
        let first = &self.agenda.issues()[line.places[0]];
        match (first.kind(), low == high) {
            (IssueKind::Number(range), false) => {
                format!(
                    "{}–{}, mean {}",
                    number(low, range),
                    spoken(first, Value::Number(high)),
                    self.mean(line, offer)
                )
            }
            _ => spoken(first, offer.value(line.places[0])),
        }
    }

    /// Lowest and highest level on a line of numbers; for others level 0 twice.
    fn bounds(&self, line: &Line, offer: &Offer) -> Option<(i64, i64)> {
        let of = |place: &usize| if let Value::Number(n) = offer.value(*place) { n } else { 0 };
        Some((line.places.iter().map(of).min()?, line.places.iter().map(of).max()?))
    }

    fn mean(&self, line: &Line, offer: &Offer) -> String {
        let IssueKind::Number(range) = self.agenda.issues()[line.places[0]].kind() else {
            return String::new();
        };
        let of = |place: &usize| if let Value::Number(n) = offer.value(*place) { n } else { 0 };
        let sum: i64 = line.places.iter().map(of).sum();
        let mean = sum as f64 / line.places.len() as f64 / 10_f64.powi(i32::from(range.scale()));
        format!("{mean:.1}{}", suffix(range))
    }

    fn change(&self, line: &Line, before: &Offer, after: &Offer) -> Option<String> {
        let (mut lower, mut higher) = (0, 0);
        for place in &line.places {
            match after.value(*place).cmp(&before.value(*place)) {
                std::cmp::Ordering::Less => lower += 1,
                std::cmp::Ordering::Greater => higher += 1,
                std::cmp::Ordering::Equal => {}
            }
        }
        if lower + higher == 0 {
            return None;
        }
        let label = &line.label;
        if let [place] = line.places[..] {
            let issue = &self.agenda.issues()[place];
            let (from, to) = (spoken(issue, before.value(place)), spoken(issue, after.value(place)));
            return Some(format!("{label} {from} → {to}"));
        }
        let direction = match (lower, higher) {
            (n, 0) => format!("lower in {n}"),
            (0, n) => format!("higher in {n}"),
            (down, up) => format!("lower in {down}, higher in {up}"),
        };
        let (from, to) = (self.mean(line, before), self.mean(line, after));
        Some(format!("{label} {direction} of {} sectors, mean {from} → {to}", line.places.len()))
    }
}

/// What an issue is about, in words that name no sector.
#[must_use]
pub fn label(issue: &Issue) -> String {
    match issue.instrument() {
        Some(Instrument::AddedRate { by, on, .. }) => format!("{by} added rate on {on}"),
        Some(Instrument::ExcludedShare { by, on, .. }) => format!("{by} exclusions for {on}"),
        Some(Instrument::PurchaseCommitment { by, sector, .. }) => format!("{by} buys {sector}"),
        Some(Instrument::DeMinimis { by, .. }) => format!("{by} de minimis"),
        Some(Instrument::TariffRateQuota { by, on, .. }) => format!("{by} quotas for {on}"),
        Some(Instrument::InQuotaRate { by, on, .. }) => format!("{by} in-quota rate on {on}"),
        Some(Instrument::ExportControl { by, on, .. }) => format!("{by} export controls to {on}"),
        Some(Instrument::DigitalServicesTax { by, on }) => format!("{by} digital services tax on {on}"),
        Some(Instrument::ExportControlRelief { by, .. }) => format!("{by} eases export controls"),
        Some(Instrument::Pause) => "pause".to_owned(),
        None => issue.id().to_string(),
    }
}

/// A value as a person says it: `10%`, `12.5 bn USD`, `90 days`, `on`.
#[must_use]
pub fn spoken(issue: &Issue, value: Value) -> String {
    match (issue.kind(), value) {
        (IssueKind::Number(range), Value::Number(n)) => format!("{}{}", number(n, range), suffix(range)),
        _ => issue.display(value),
    }
}

fn number(n: i64, range: &NumberRange) -> String {
    let value = n as f64 / 10_f64.powi(i32::from(range.scale()));
    if in_billions(range) { format!("{}", value / 1e9) } else { format!("{value}") }
}

fn suffix(range: &NumberRange) -> String {
    match range.unit().as_str() {
        "percent" => "%".to_owned(),
        "usd" if in_billions(range) => " bn USD".to_owned(),
        "usd" => " USD".to_owned(),
        "day" => " days".to_owned(),
        other => format!(" {other}"),
    }
}

fn in_billions(range: &NumberRange) -> bool {
    range.unit().as_str() == "usd" && range.max() >= 1_000_000_000
}
