use std::sync::Arc;

use scoring::{Impact, Model};
use tariff::{Agenda, Offer};
use utility::Remainder;

use crate::MandateError;
use crate::figure::Gauge;
use crate::mandate::Better;
use crate::part::grain_below;

/// Levels of one issue tried while looking for the ends of a figure.
const TRIED: u32 = 8;

/// An objective over a figure that is no sum over groups of issues.
#[derive(Debug, Clone)]
pub(crate) struct Term {
    pub(crate) gauge: Gauge,
    worst: f64,
    best: f64,
    weight: f64,
}

impl Term {
    /// Scales `gauge` between the least and the greatest figure found by changing one issue after
    /// the other from the status quo, wherever that helps. An offer beyond those counts as at them.
    /// None where the figure never changes.
    pub(crate) fn new(
        gauge: Gauge,
        better: Better,
        weight: f64,
        model: &dyn Model,
        status_quo: &[u32],
        agenda: &Agenda,
    ) -> Result<Option<Self>, MandateError> {
        let low = end(&gauge, model, agenda, status_quo, -1.0)?;
        let high = end(&gauge, model, agenda, status_quo, 1.0)?;
        let (worst, best) = match better {
            Better::Higher => (low, high),
            Better::Lower => (high, low),
        };
        Ok((low < high).then_some(Self { gauge, worst, best, weight }))
    }

    pub(crate) fn contribution(&self, offer: &Offer, impact: &Impact) -> f64 {
        let figure = self.gauge.read(offer, impact);
        let scaled = (figure - self.worst) / (self.best - self.worst);
        grain_below(self.weight * scaled.clamp(0.0, 1.0))
    }
}

fn end(
    gauge: &Gauge,
    model: &dyn Model,
    agenda: &Agenda,
    status_quo: &[u32],
    sign: f64,
) -> Result<f64, MandateError> {
    let read = |levels: &[u32]| -> Result<f64, MandateError> {
        let offer = agenda.offer_at(levels)?;
        Ok(sign * gauge.read(&offer, &model.impact(&offer)?))
    };
    let mut levels = status_quo.to_vec();
    let mut best = read(&levels)?;
    for place in model.interactions().iter().flatten() {
        let last = agenda.issues()[*place].levels() - 1;
        let mut kept = levels[*place];
        for tried in 0..=TRIED.min(last) {
            levels[*place] = (u64::from(last) * u64::from(tried) / u64::from(TRIED.min(last).max(1))) as u32;
            let figure = read(&levels)?;
            if figure > best {
                (best, kept) = (figure, levels[*place]);
            }
        }
        levels[*place] = kept;
    }
    Ok(sign * best)
}

/// The remainder of a utility: all terms, over one impact.
pub(crate) struct BlackBox {
    pub(crate) model: Arc<dyn Model>,
    pub(crate) terms: Vec<Term>,
}

impl Remainder for BlackBox {
    /// An offer whose impact cannot be computed gains nothing here.
    fn value(&self, offer: &Offer) -> f64 {
        let Ok(impact) = self.model.impact(offer) else { return 0.0 };
        self.terms.iter().map(|term| term.contribution(offer, &impact)).sum()
    }

    fn bounds(&self) -> (f64, f64) {
        (0.0, self.terms.iter().map(|term| term.weight).sum())
    }
}
