//! Which place of the agenda moves what.

use tariff::{Agenda, Instrument, Offer, Value};

use crate::lines::LimitLine;
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

impl Lever<f64> {
    /// A share or rate: percent with two decimals on the agenda.
    fn share(self, offer: &Offer) -> f64 {
        match self {
            Self::Stands(share) => share,
            Self::Place(place) => number(offer, place) as f64 / WHOLE,
        }
    }

    /// US dollars.
    fn usd(self, offer: &Offer) -> f64 {
        match self {
            Self::Stands(usd) => usd,
            Self::Place(place) => number(offer, place) as f64,
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
        Settings {
            terms: self.terms(offer),
            limits: self.limits.iter().map(|limit| limit.at(offer)).collect(),
            floors: self.floors.iter().map(|(flow, place)| (*flow, number(offer, *place) as f64)).collect(),
            thresholds: self.thresholds(offer),
            services: self.services.iter().map(|lever| lever.share(offer)).collect(),
        }
    }

    /// What an offer says about every flow.
    pub(super) fn terms(&self, offer: &Offer) -> Vec<Terms> {
        let terms = |levers: &FlowLevers| {
            let added = levers.added.share(offer);
            // Without an added layer there is nothing to be excluded from: all goods pay one rate.
            let excluded = match levers.excluded {
                Some(place) if added > 0.0 => number(offer, place) as f64 / WHOLE,
                _ => 0.0,
            };
            Terms { added, excluded }
        };
        self.flows.iter().map(terms).collect()
    }

    /// The customs thresholds for parcels, US dollars.
    fn thresholds(&self, offer: &Offer) -> Vec<i64> {
        let at = |lever: &Lever<i64>| match *lever {
            Lever::Stands(usd) => usd,
            Lever::Place(place) => number(offer, place),
        };
        self.thresholds.iter().map(at).collect()
    }
}

impl LimitLevers {
    fn at(&self, offer: &Offer) -> Limits {
        let suspended = |place: usize| offer.value(place) == Value::Switch(true);
        Limits {
            flow: self.flow,
            quota: self.quota.map(|q| Quota { usd: q.usd.usd(offer), in_rate: q.in_rate.share(offer) }),
            control: self.control.map(|control| Control {
                cap: (!control.relief.is_some_and(suspended)).then(|| control.cap.share(offer)),
            }),
        }
    }
}

/// The scaled integer at a place; an agenda only lets numbers stand where an instrument needs one.
fn number(offer: &Offer, place: usize) -> i64 {
    match offer.value(place) {
        Value::Number(n) => n,
        Value::Choice(_) | Value::Switch(_) => 0,
    }
}
