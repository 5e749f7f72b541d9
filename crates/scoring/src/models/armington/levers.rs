//! Which place of the agenda moves what.

use tariff::{Agenda, Instrument, Offer, PartyId, SectorId, Value};

use crate::{ScoringError, Side, TradeBase};

use super::market::Terms;

/// Scaled integer of a percentage with two decimals that stands for 100%.
const WHOLE: f64 = 10_000.0;

/// A value that an offer sets, or that stands.
#[derive(Debug, Clone, Copy)]
enum Lever<T> {
    Place(usize),
    Stands(T),
}

/// What moves one flow.
#[derive(Debug, Clone, Copy)]
struct FlowLevers {
    added: Lever<f64>,
    excluded: Option<usize>,
}

/// Everything an agenda moves in a trade base.
#[derive(Debug, Clone)]
pub(super) struct Levers {
    /// The home party's by sector, then the partner's.
    flows: Vec<FlowLevers>,
    floors: Vec<(usize, usize)>,
    thresholds: Vec<Lever<i64>>,
    groups: Vec<Vec<usize>>,
    flags: Vec<&'static str>,
}

/// What a place of the agenda moves; places with equal targets interact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Flow(usize),
    Parcels(usize),
}

impl FlowLevers {
    fn terms(&self, value: impl Fn(usize) -> Value) -> Terms {
        let added = match self.added {
            Lever::Stands(rate) => rate,
            Lever::Place(place) => number(value(place)) as f64 / WHOLE,
        };
        // Without an added layer there is nothing to be excluded from: all goods pay one rate.
        let excluded = match self.excluded {
            Some(place) if added > 0.0 => number(value(place)) as f64 / WHOLE,
            _ => 0.0,
        };
        Terms { added, excluded }
    }
}

impl Levers {
    /// Reads the instruments of the agenda.
    pub(super) fn find(base: &TradeBase, agenda: &Agenda) -> Result<Self, ScoringError> {
        let facts = base.facts();
        let standing =
            |flow: &crate::Flow| FlowLevers { added: Lever::Stands(flow.added_rate), excluded: None };
        let mut levers = Self {
            flows: facts.imports.iter().chain(&facts.exports).map(standing).collect(),
            floors: Vec::new(),
            thresholds: facts.parcels.iter().map(|p| Lever::Stands(p.threshold_usd)).collect(),
            groups: Vec::new(),
            flags: Vec::new(),
        };
        let mut targets = Vec::new();
        for (place, issue) in agenda.issues().iter().enumerate() {
            if let Some(instrument) = issue.instrument() {
                levers.attach(base, place, instrument, &mut targets)?;
            }
        }
        Ok(levers)
    }

    fn attach(
        &mut self,
        base: &TradeBase,
        place: usize,
        instrument: &Instrument,
        targets: &mut Vec<Target>,
    ) -> Result<(), ScoringError> {
        match instrument {
            Instrument::AddedRate { by, on, sector } => {
                let flow = find_flow(base, instrument, by, on, sector)?;
                self.flows[flow].added = Lever::Place(place);
                self.group(place, Target::Flow(flow), targets);
            }
            Instrument::ExcludedShare { by, on, sector } => {
                let flow = find_flow(base, instrument, by, on, sector)?;
                self.flows[flow].excluded = Some(place);
                self.group(place, Target::Flow(flow), targets);
            }
            Instrument::PurchaseCommitment { by, from, sector } => {
                let flow = find_flow(base, instrument, by, from, sector)?;
                self.floors.push((flow, place));
                self.group(place, Target::Flow(flow), targets);
            }
            Instrument::DeMinimis { by, on } => {
                let parcels = find_parcels(base, instrument, by, on)?;
                self.thresholds[parcels] = Lever::Place(place);
                self.group(place, Target::Parcels(parcels), targets);
            }
            Instrument::ExportControlRelief { .. } => self.flag("export_controls_not_counted"),
            Instrument::Pause => self.flag("pause_not_counted"),
        }
        Ok(())
    }

    fn group(&mut self, place: usize, target: Target, targets: &mut Vec<Target>) {
        match targets.iter().position(|t| *t == target) {
            Some(group) => self.groups[group].push(place),
            None => {
                targets.push(target);
                self.groups.push(vec![place]);
            }
        }
    }

    fn flag(&mut self, flag: &'static str) {
        if !self.flags.contains(&flag) {
            self.flags.push(flag);
        }
    }

    pub(super) fn groups(&self) -> &[Vec<usize>] {
        &self.groups
    }

    /// What results on this agenda must say of it.
    pub(super) fn flags(&self) -> &[&'static str] {
        &self.flags
    }

    /// What an offer says about every flow.
    pub(super) fn terms(&self, offer: &Offer) -> Vec<Terms> {
        self.flows.iter().map(|levers| levers.terms(|place| offer.value(place))).collect()
    }

    /// What the values at the places of an agenda say about one flow.
    pub(super) fn terms_at(&self, flow: usize, value: impl Fn(usize) -> Value) -> Terms {
        self.flows[flow].terms(value)
    }

    /// The flows under a purchase commitment, each with its floor in US dollars.
    pub(super) fn floors<'a>(&'a self, offer: &'a Offer) -> impl Iterator<Item = (usize, f64)> + 'a {
        self.floors.iter().map(|(flow, place)| (*flow, floor(offer.value(*place))))
    }

    /// The place of each flow's purchase commitment on the agenda, if it has one.
    pub(super) fn floor_by_flow(&self) -> Vec<Option<usize>> {
        let mut places = vec![None; self.flows.len()];
        self.floors.iter().for_each(|(flow, place)| places[*flow] = Some(*place));
        places
    }

    /// The flow whose figures each place of an agenda of `places` moves, if any.
    pub(super) fn flow_by_place(&self, places: usize) -> Vec<Option<usize>> {
        let mut flows = vec![None; places];
        for (flow, levers) in self.flows.iter().enumerate() {
            let added = match levers.added {
                Lever::Place(place) => Some(place),
                Lever::Stands(_) => None,
            };
            added.into_iter().chain(levers.excluded).for_each(|place| flows[place] = Some(flow));
        }
        self.floors.iter().for_each(|(flow, place)| flows[*place] = Some(*flow));
        flows
    }

    /// The customs thresholds for parcels, US dollars.
    pub(super) fn thresholds(&self, offer: &Offer) -> Vec<i64> {
        let at = |lever: &Lever<i64>| match *lever {
            Lever::Stands(usd) => usd,
            Lever::Place(place) => number(offer.value(place)),
        };
        self.thresholds.iter().map(at).collect()
    }
}

/// The thresholds of the data year.
pub(super) fn base_thresholds(base: &TradeBase) -> Vec<i64> {
    base.facts().parcels.iter().map(|p| p.base_threshold_usd).collect()
}

/// A purchase commitment in US dollars.
pub(super) fn floor(value: Value) -> f64 {
    number(value) as f64
}

/// The scaled integer of a value; an agenda only lets numbers stand where an instrument needs one.
fn number(value: Value) -> i64 {
    match value {
        Value::Number(n) => n,
        Value::Choice(_) | Value::Switch(_) => 0,
    }
}

fn find_flow(
    base: &TradeBase,
    instrument: &Instrument,
    by: &PartyId,
    other: &PartyId,
    sector: &SectorId,
) -> Result<usize, ScoringError> {
    let side = between(base, by, other).ok_or_else(|| no_data(base, instrument))?;
    let sector = base.sector(sector).ok_or_else(|| no_data(base, instrument))?;
    Ok(side.index() * base.facts().sectors.len() + sector)
}

fn find_parcels(
    base: &TradeBase,
    instrument: &Instrument,
    by: &PartyId,
    other: &PartyId,
) -> Result<usize, ScoringError> {
    let side = between(base, by, other).ok_or_else(|| no_data(base, instrument))?;
    let found = base.facts().parcels.iter().position(|p| p.importer == side);
    found.ok_or_else(|| no_data(base, instrument))
}

/// The side of `by`, if the trade base is about these two.
fn between(base: &TradeBase, by: &PartyId, other: &PartyId) -> Option<Side> {
    let side = base.side(by)?;
    (base.side(other)? != side).then_some(side)
}

fn no_data(base: &TradeBase, instrument: &Instrument) -> ScoringError {
    let facts = base.facts();
    let parcels = if facts.parcels.is_empty() { "without parcels" } else { "and its parcels" };
    ScoringError::NoData {
        instrument: instrument.to_string(),
        expected: format!(
            "the trade of {} and {} in {} known sectors, {parcels}",
            facts.home,
            facts.partner,
            facts.sectors.len()
        ),
    }
}
