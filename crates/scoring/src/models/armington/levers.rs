//! Which place of the agenda moves what.

use smallvec::SmallVec;
use tariff::{Agenda, Instrument, Issue, IssueKind, Offer, Value};

use crate::lines::LimitLine;
use crate::validate::{MAX_RATE, MAX_USD};
use crate::{ScoringError, Side, TradeBase};

use super::groups::{Links, Target};
use super::lookup::{self, no_data};
use super::market::Terms;
use super::settings::{Control, Limits, Quota, Settings};

/// Scaled integer of a percentage with two decimals that stands for 100%.
const WHOLE: f64 = 10_000.0;

/// A value that an offer sets, or that stands.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lever<T> {
    Place(usize),
    Stands(T),
}

impl<T> Lever<T> {
    /// The place of the agenda that sets it, if one does.
    fn place(&self) -> Option<usize> {
        match self {
            Self::Place(place) => Some(*place),
            Self::Stands(_) => None,
        }
    }
}

impl Lever<f64> {
    /// A share or rate: percent with two decimals on the agenda.
    fn share(self, value: &impl Fn(usize) -> Value) -> f64 {
        match self {
            Self::Stands(share) => share,
            Self::Place(place) => number(value(place)) as f64 / WHOLE,
        }
    }

    /// US dollars.
    fn usd(self, value: &impl Fn(usize) -> Value) -> f64 {
        match self {
            Self::Stands(usd) => usd,
            Self::Place(place) => number(value(place)) as f64,
        }
    }
}

/// What moves one flow.
#[derive(Debug, Clone, Copy)]
pub(super) struct FlowLevers {
    pub(super) added: Lever<f64>,
    pub(super) excluded: Option<usize>,
}

/// What moves the limits of one flow.
#[derive(Debug, Clone, Copy)]
pub(super) struct LimitLevers {
    pub(super) flow: usize,
    pub(super) quota: Option<QuotaLevers>,
    pub(super) control: Option<ControlLevers>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct QuotaLevers {
    pub(super) usd: Lever<f64>,
    pub(super) in_rate: Lever<f64>,
    pub(super) holder: Side,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct ControlLevers {
    pub(super) cap: Lever<f64>,
    /// The switch that suspends it.
    pub(super) relief: Option<usize>,
}

/// Everything an agenda moves in a trade base.
#[derive(Debug, Clone)]
pub(super) struct Levers {
    /// The home party's by sector, then the partner's.
    pub(super) flows: Vec<FlowLevers>,
    /// In order of flow.
    pub(super) limits: Vec<LimitLevers>,
    pub(super) floors: Vec<(usize, usize)>,
    pub(super) thresholds: Vec<Lever<i64>>,
    pub(super) services: Vec<Lever<f64>>,
    /// The length of the pause.
    pub(super) pause: Option<usize>,
    groups: Vec<Vec<usize>>,
    flags: Vec<&'static str>,
}

impl FlowLevers {
    /// `quota` says whether a quota on the flow is open.
    fn terms(&self, value: &impl Fn(usize) -> Value, quota: impl Fn() -> bool) -> Terms {
        let added = self.added.share(value);
        // Without an added layer there is nothing to be excluded from but a quota: all goods pay one
        // rate.
        let excluded = match self.excluded {
            Some(place) if added > 0.0 || quota() => number(value(place)) as f64 / WHOLE,
            _ => 0.0,
        };
        Terms { added, excluded }
    }
}

impl Levers {
    /// Reads the instruments of the agenda.
    pub(super) fn find(base: &TradeBase, agenda: &Agenda) -> Result<Self, ScoringError> {
        let mut levers = Self::standing(base);
        let mut links = Links::default();
        let instruments = || {
            let issues = agenda.issues().iter().enumerate();
            issues.filter_map(|(place, issue)| Some((place, issue.instrument()?)))
        };
        for (place, instrument) in instruments() {
            bounds(&agenda.issues()[place], instrument)?;
            levers.attach(base, place, instrument, &mut links)?;
        }
        // What relief suspends is only known once every control is.
        for (place, instrument) in instruments() {
            levers.attach_relief(base, place, instrument, &mut links);
        }
        levers.groups = links.into_groups();
        Ok(levers)
    }

    /// What stands where the agenda is silent.
    fn standing(base: &TradeBase) -> Self {
        let facts = base.facts();
        let flow = |flow: &crate::Flow| FlowLevers { added: Lever::Stands(flow.added_rate), excluded: None };
        let mut levers = Self {
            flows: facts.imports.iter().chain(&facts.exports).map(flow).collect(),
            limits: Vec::new(),
            floors: Vec::new(),
            thresholds: facts.parcels.iter().map(|p| Lever::Stands(p.threshold_usd)).collect(),
            services: facts.digital_services.iter().map(|s| Lever::Stands(s.rate)).collect(),
            pause: None,
            groups: Vec::new(),
            flags: Vec::new(),
        };
        for quota in &facts.quotas {
            if let Some(flow) = lookup::place(base, quota.importer, &quota.sector) {
                levers.limit(flow).quota = Some(QuotaLevers {
                    usd: Lever::Stands(quota.quota_usd),
                    in_rate: Lever::Stands(quota.in_quota_rate),
                    holder: quota.rent_holder,
                });
            }
        }
        for control in &facts.export_controls {
            if let Some(flow) = lookup::place(base, control.exporter.other(), &control.sector) {
                let cap = Lever::Stands(control.cap);
                levers.limit(flow).control = Some(ControlLevers { cap, relief: None });
            }
        }
        levers
    }

    /// The limits of a flow, made where there are none yet.
    fn limit(&mut self, flow: usize) -> &mut LimitLevers {
        let at = match self.limits.binary_search_by_key(&flow, |limit| limit.flow) {
            Ok(at) => at,
            Err(at) => {
                self.limits.insert(at, LimitLevers { flow, quota: None, control: None });
                at
            }
        };
        &mut self.limits[at]
    }

    fn attach(
        &mut self,
        base: &TradeBase,
        place: usize,
        instrument: &Instrument,
        links: &mut Links,
    ) -> Result<(), ScoringError> {
        let flow_of = |by, on, sector| lookup::flow(base, instrument, by, on, sector);
        let target = match instrument {
            Instrument::AddedRate { by, on, sector } => {
                let flow = flow_of(by, on, sector)?;
                self.flows[flow].added = Lever::Place(place);
                Target::Flow(flow)
            }
            Instrument::ExcludedShare { by, on, sector } => {
                let flow = flow_of(by, on, sector)?;
                self.flows[flow].excluded = Some(place);
                Target::Flow(flow)
            }
            Instrument::PurchaseCommitment { by, from, sector } => {
                let flow = flow_of(by, from, sector)?;
                self.floors.push((flow, place));
                Target::Flow(flow)
            }
            Instrument::TariffRateQuota { by, on, sector } => {
                let flow = flow_of(by, on, sector)?;
                self.quota(base, instrument, flow)?.usd = Lever::Place(place);
                Target::Flow(flow)
            }
            Instrument::InQuotaRate { by, on, sector } => {
                let flow = flow_of(by, on, sector)?;
                self.quota(base, instrument, flow)?.in_rate = Lever::Place(place);
                Target::Flow(flow)
            }
            // The exporter's lever on the other party's imports.
            Instrument::ExportControl { by, on, sector } => {
                let flow = flow_of(on, by, sector)?;
                let cap = Lever::Place(place);
                self.limit(flow).control = Some(ControlLevers { cap, relief: None });
                Target::Flow(flow)
            }
            Instrument::DeMinimis { by, on } => {
                let parcels = lookup::parcels(base, instrument, by, on)?;
                self.thresholds[parcels] = Lever::Place(place);
                Target::Parcels(parcels)
            }
            Instrument::DigitalServicesTax { by, on } => {
                let services = lookup::services(base, instrument, by, on)?;
                self.services[services] = Lever::Place(place);
                Target::Services(services)
            }
            Instrument::ExportControlRelief { .. } => return Ok(()),
            Instrument::Pause => {
                self.pause = Some(place);
                self.flag("pause_not_counted");
                return Ok(());
            }
        };
        links.add(place, vec![target]);
        Ok(())
    }

    /// The quota of a flow: who holds the rent is a fact that no offer brings.
    fn quota(
        &mut self,
        base: &TradeBase,
        instrument: &Instrument,
        flow: usize,
    ) -> Result<&mut QuotaLevers, ScoringError> {
        let quota = self.limit(flow).quota.as_mut();
        quota.ok_or_else(|| no_data(base, instrument, Some("a fact on this tariff-rate quota")))
    }

    /// Relief moves every flow that the party controls; where no control is known it moves nothing.
    fn attach_relief(&mut self, base: &TradeBase, place: usize, instrument: &Instrument, links: &mut Links) {
        let Instrument::ExportControlRelief { by, on } = instrument else { return };
        let sectors = base.facts().sectors.len();
        let importer = lookup::between(base, on, by).map(Side::index);
        let mut suspended = Vec::new();
        for limit in self.limits.iter_mut().filter(|limit| Some(limit.flow / sectors) == importer) {
            if let Some(control) = &mut limit.control {
                control.relief = Some(place);
                suspended.push(Target::Flow(limit.flow));
            }
        }
        if suspended.is_empty() {
            self.flag("export_controls_not_counted");
        } else {
            links.add(place, suspended);
        }
    }

    fn flag(&mut self, flag: &'static str) {
        if !self.flags.contains(&flag) {
            self.flags.push(flag);
        }
    }

    /// What results say of each limit, in the order of [`Settings::limits`].
    pub(super) fn limit_lines(&self) -> Vec<LimitLine> {
        let line = |limit: &LimitLevers| LimitLine {
            flow: limit.flow,
            rent_holder: limit.quota.map(|quota| quota.holder),
            controlled: limit.control.is_some(),
        };
        self.limits.iter().map(line).collect()
    }

    pub(super) fn groups(&self) -> &[Vec<usize>] {
        &self.groups
    }

    /// What results on this agenda must say of it.
    pub(super) fn flags(&self) -> &[&'static str] {
        &self.flags
    }

    /// Everything an offer sets.
    pub(super) fn settings(&self, offer: &Offer) -> Settings {
        let value = |place: usize| offer.value(place);
        Settings {
            terms: self.terms(offer),
            limits: self.limits.iter().map(|limit| limit.at(&value)).collect(),
            floors: self.floors.iter().map(|(flow, place)| (*flow, floor(value(*place)))).collect(),
            thresholds: self.thresholds(offer),
            services: self.services.iter().map(|lever| lever.share(&value)).collect(),
        }
    }

    /// What an offer says about every flow.
    pub(super) fn terms(&self, offer: &Offer) -> Vec<Terms> {
        (0..self.flows.len()).map(|flow| self.terms_at(flow, &|place| offer.value(place))).collect()
    }

    /// What the values at the places of an agenda say about one flow.
    pub(super) fn terms_at(&self, flow: usize, value: &impl Fn(usize) -> Value) -> Terms {
        let open = || self.limits_at(flow, value).and_then(|l| l.quota).is_some_and(|q| q.usd > 0.0);
        self.flows[flow].terms(value, open)
    }

    /// What the values at the places of an agenda limit one flow by.
    pub(super) fn limits_at(&self, flow: usize, value: &impl Fn(usize) -> Value) -> Option<Limits> {
        let at = self.limits.binary_search_by_key(&flow, |limit| limit.flow).ok()?;
        Some(self.limits[at].at(value))
    }

    /// The place of each flow's purchase commitment on the agenda, if it has one.
    pub(super) fn floor_by_flow(&self) -> Vec<Option<usize>> {
        let mut places = vec![None; self.flows.len()];
        self.floors.iter().for_each(|(flow, place)| places[*flow] = Some(*place));
        places
    }

    /// The flows whose figures each place of an agenda of `places` moves, ascending.
    pub(super) fn flows_by_place(&self, places: usize) -> Vec<SmallVec<[usize; 1]>> {
        let of_flows = self.flows.iter().enumerate().flat_map(|(flow, levers)| {
            levers.added.place().into_iter().chain(levers.excluded).map(move |place| (place, flow))
        });
        let of_limits = self.limits.iter().flat_map(|limit| limit.places().map(|place| (place, limit.flow)));
        let of_floors = self.floors.iter().map(|(flow, place)| (*place, *flow));
        let mut flows = vec![SmallVec::new(); places];
        for (place, flow) in of_flows.chain(of_limits).chain(of_floors) {
            flows[place].push(flow);
        }
        for flows in &mut flows {
            flows.sort_unstable();
            flows.dedup();
        }
        flows
    }

    /// The customs thresholds for parcels, US dollars.
    fn thresholds(&self, offer: &Offer) -> Vec<i64> {
        let at = |lever: &Lever<i64>| match *lever {
            Lever::Stands(usd) => usd,
            Lever::Place(place) => number(offer.value(place)),
        };
        self.thresholds.iter().map(at).collect()
    }
}

impl LimitLevers {
    fn at(&self, value: &impl Fn(usize) -> Value) -> Limits {
        let suspended = |place: usize| value(place) == Value::Switch(true);
        Limits {
            flow: self.flow,
            quota: self.quota.map(|q| Quota { usd: q.usd.usd(value), in_rate: q.in_rate.share(value) }),
            control: self.control.map(|control| Control {
                cap: (!control.relief.is_some_and(suspended)).then(|| control.cap.share(value)),
            }),
        }
    }

    /// The places of the agenda that move it.
    fn places(&self) -> impl Iterator<Item = usize> {
        let quota = self.quota.into_iter().flat_map(|quota| [quota.usd.place(), quota.in_rate.place()]);
        let control = self.control.into_iter().flat_map(|control| [control.cap.place(), control.relief]);
        quota.chain(control).flatten()
    }
}

/// What an issue can be set to, within the bounds of facts: no offer asks for what no fact could say.
fn bounds(issue: &Issue, instrument: &Instrument) -> Result<(), ScoringError> {
    let IssueKind::Number(range) = issue.kind() else { return Ok(()) };
    let (most, expected) = match instrument {
        Instrument::PurchaseCommitment { .. }
        | Instrument::TariffRateQuota { .. }
        | Instrument::DeMinimis { .. } => (MAX_USD, "an issue of US dollars that ends at 1e16 at the latest"),
        _ => (MAX_RATE * WHOLE, "an issue that ends at 10,000% at the latest"),
    };
    if range.max() as f64 <= most || *instrument == Instrument::Pause {
        return Ok(());
    }
    let given = format!("an end of {}", range.max());
    Err(ScoringError::BadFact { place: instrument.to_string(), given, expected })
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
