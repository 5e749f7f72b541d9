use std::fmt;
use std::sync::{Arc, OnceLock};

use scoring::{Model, Side};
use tariff::{Agenda, Offer, PartyId};
use utility::{Motive, Motives, Utility};

use crate::figure::{Figure, Gauge};
use crate::mandate::Better;
use crate::part::scaled;
use crate::survey::Survey;
use crate::{Compiled, MandateError};

/// What a trading party may want of the figures it is judged by. Buying more can be wanted, for
/// what it does to prices, and feared, for what it does to producers.
const WANTED: [(Figure, Better); 9] = [
    (Figure::Exports, Better::Higher),
    (Figure::Imports, Better::Higher),
    (Figure::Imports, Better::Lower),
    (Figure::Deficit, Better::Lower),
    (Figure::TotalTrade, Better::Higher),
    (Figure::Revenue, Better::Higher),
    (Figure::Prices, Better::Lower),
    (Figure::AverageTariffBaseWeights, Better::Higher),
    (Figure::RetainedLeverage, Better::Higher),
];

/// The figures of the other trading party as motives, surveyed when somebody asks.
pub(crate) struct ImpactMotives {
    party: PartyId,
    agenda: Agenda,
    model: Arc<dyn Model>,
    status_quo: Offer,
    found: OnceLock<Vec<Motive>>,
}

impl ImpactMotives {
    /// Those of the party that trades with the mandate's own.
    pub(crate) fn new(compiled: &Compiled) -> Option<Self> {
        let model = Arc::clone(compiled.model.as_ref()?);
        let base = model.base();
        let other = match base.side(&compiled.party)? {
            Side::Home => Side::Partner,
            Side::Partner => Side::Home,
        };
        Some(Self {
            party: base.facts().party(other).clone(),
            agenda: compiled.agenda.clone(),
            status_quo: compiled.status_quo.clone(),
            model,
            found: OnceLock::new(),
        })
    }

    /// The figures that some offer changes, each scaled over the agenda.
    fn survey(&self) -> Result<Vec<Motive>, MandateError> {
        let base = self.model.base();
        let Some(side) = base.side(&self.party) else { return Ok(Vec::new()) };
        let sectors: Vec<usize> = (0..base.facts().sectors.len()).collect();
        let gauge = |figure| Gauge::new(figure, side, sectors.clone(), self.model.as_ref(), &self.agenda);
        let gauges: Vec<Gauge> = WANTED.iter().map(|(figure, _)| gauge(*figure)).collect();
        let read: Vec<&Gauge> = gauges.iter().collect();
        let survey = Survey::new(self.model.as_ref(), &self.agenda, &self.status_quo, &read)?;
        let mut motives = Vec::new();
        for (place, (figure, better)) in WANTED.into_iter().enumerate() {
            let Some(tables) = scaled(&self.agenda, &survey.groups, place, better, 1.0) else { continue };
            let way = if better == Better::Higher { "more" } else { "less" };
            let worth = Utility::additive(&self.agenda, tables?)?;
            motives.push(Motive { name: format!("{} {way} {}", self.party, figure.name()), worth });
        }
        Ok(motives)
    }
}

impl fmt::Debug for ImpactMotives {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImpactMotives").field("party", &self.party).finish_non_exhaustive()
    }
}

impl Motives for ImpactMotives {
    /// Nothing, where the survey fails: the mandate was compiled from the same survey, so a strategy
    /// that gets this far never sees it.
    fn motives(&self) -> &[Motive] {
        self.found.get_or_init(|| self.survey().unwrap_or_default())
    }
}
