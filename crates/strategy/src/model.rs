//! What the other side wants, as far as its offers tell: opponent models, additive over issues.

mod bayesian;
mod estimate;
mod impact;
mod quality;

use std::str::FromStr;

use talks::What;
use tariff::Agenda;

use crate::{Brief, Ledger, Situation};
use bayesian::Bayesian;
use impact::Impact;
pub(crate) use impact::Mixtures;

pub use estimate::Estimate;
pub use quality::{Quality, Yardstick, quality};

/// A way to model an opponent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelKind {
    /// What the brief presumes, whatever is offered.
    Prior,
    /// The frequency model of HardHeaded (van Krimpen, Looije & Hajizadeh 2013): what an opponent
    /// leaves unchanged weighs more, what it offers often it likes.
    HardHeaded,
    /// The frequency model of Agent Smith (van Galen Last 2012): the share of offers with a value, every
    /// issue weighing the same.
    Smith,
    /// The scalable Bayesian model (Hindriks & Tykhonov 2008): independent hypotheses for each issue on
    /// its weight and on the shape of its evaluation.
    Bayesian,
    /// Détente's own: which mixture of impacts (exports, deficit, prices and so on) the offers speak
    /// for; see `impact.rs`. The model of HardHeaded where the brief knows of no impacts.
    Impact,
}

impl ModelKind {
    /// Every kind, by its name.
    pub const ALL: [(&'static str, Self); 5] = [
        ("prior", Self::Prior),
        ("hardheaded", Self::HardHeaded),
        ("smith", Self::Smith),
        ("bayesian", Self::Bayesian),
        ("impact", Self::Impact),
    ];

    /// How it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("prior", |(name, _)| name)
    }
}

impl FromStr for ModelKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.iter().find(|(name, _)| *name == text).map(|(_, kind)| *kind).ok_or(())
    }
}

/// A model of the opponents' offers, kept up to date: a function of the history alone, each offer of
/// which is read once. Several opponents are modelled as one.
#[derive(Debug, Clone)]
pub struct OpponentModel {
    kind: ModelKind,
    brief: Option<Brief>,
    starts: u64,
    read: usize,
    version: u64,
    frequencies: Frequencies,
    bayesian: Option<Bayesian>,
    impact: Option<Impact>,
    estimate: Estimate,
}

impl OpponentModel {
    /// A model of this kind, of nobody yet.
    #[must_use]
    pub fn new(kind: ModelKind) -> Self {
        Self {
            kind,
            brief: None,
            starts: 0,
            read: 0,
            version: 0,
            frequencies: Frequencies::default(),
            bayesian: None,
            impact: None,
            estimate: Estimate::default(),
        }
    }

    /// Takes in the offers of others that it has not read, and says what it makes of them. Without a
    /// prior, [`ModelKind::Prior`] presumes that the other side wants the opposite.
    pub fn follow(&mut self, situation: &Situation<'_>, ledger: &Ledger) -> &Estimate {
        if !self.continues(situation, ledger) {
            self.begin(situation, ledger);
        }
        if self.kind == ModelKind::Prior {
            return &self.estimate;
        }
        let history = situation.talk().history();
        for past in history[self.read..].iter().filter(|past| past.party != *situation.me()) {
            if let What::Proposed(offer) = &past.what
                && let Ok(levels) = situation.preferences().agenda().levels_of(offer)
            {
                self.take(levels);
            }
        }
        self.read = history.len();
        &self.estimate
    }

    /// What it makes of the other side by now; none before it was first asked.
    #[must_use]
    pub fn estimate(&self) -> Option<&Estimate> {
        self.brief.is_some().then_some(&self.estimate)
    }

    /// Rises whenever the estimate changes.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    fn continues(&self, situation: &Situation<'_>, ledger: &Ledger) -> bool {
        let same = self.brief.as_ref().is_some_and(|brief| brief.is_same(situation.brief()));
        same && self.starts == ledger.starts()
    }

    fn begin(&mut self, situation: &Situation<'_>, ledger: &Ledger) {
        let agenda = situation.talk().terms().agenda();
        *self = Self { version: self.version + 1, ..Self::new(self.kind) };
        (self.brief, self.starts) = (Some(situation.brief().clone()), ledger.starts());
        self.frequencies = Frequencies::new(agenda);
        self.estimate = match self.kind {
            ModelKind::Prior => match situation.brief().prior() {
                Some(prior) => Estimate::of(prior),
                None => Estimate::opposite(situation.preferences().utility()),
            },
            ModelKind::Bayesian => {
                let bayesian = Bayesian::new(agenda);
                let estimate = bayesian.estimate();
                self.bayesian = Some(bayesian);
                estimate
            }
            ModelKind::Impact => match situation.brief().mixtures() {
                Some(mixtures) => self.impact.insert(Impact::new(mixtures)).estimate(),
                None => Estimate::even(agenda),
            },
            ModelKind::HardHeaded | ModelKind::Smith => Estimate::even(agenda),
        };
    }

    fn take(&mut self, levels: &[u32]) {
        if let Some(impact) = &mut self.impact {
            if impact.take(levels) {
                self.version += 1;
                self.estimate = impact.estimate();
            }
            return;
        }
        self.version += 1;
        match (self.kind, &mut self.bayesian) {
            (ModelKind::Smith, _) => self.frequencies.smith(levels, &mut self.estimate),
            (ModelKind::HardHeaded | ModelKind::Impact, _) => {
                self.frequencies.hard_headed(levels, &mut self.estimate);
            }
            (_, Some(bayesian)) => {
                if bayesian.take(levels) {
                    self.estimate = bayesian.estimate();
                }
            }
            (_, None) => {}
        }
    }
}

/// Counts of what was offered.
#[derive(Debug, Clone, Default)]
struct Frequencies {
    offers: u32,
    counts: Vec<Vec<u32>>,
    last: Option<Vec<u32>>,
}

impl Frequencies {
    fn new(agenda: &Agenda) -> Self {
        let counts = agenda.issues().iter().map(|issue| vec![0; issue.levels() as usize]).collect();
        Self { counts, ..Self::default() }
    }

    /// g = 0.2/n; an unchanged issue's weight w becomes (w + g)/(1 + g·unchanged), another's w/(1 + g·unchanged);
    /// a value is worth 1 + the times it was offered, over the issue's greatest.
    fn hard_headed(&mut self, levels: &[u32], estimate: &mut Estimate) {
        let gain = 0.2 / levels.len() as f64;
        if let Some(last) = &self.last {
            let unchanged = last.iter().zip(levels).filter(|(a, b)| a == b).count() as f64;
            for (place, weight) in estimate.weights.iter_mut().enumerate() {
                let more = if last[place] == levels[place] { gain } else { 0.0 };
                *weight = (*weight + more) / (1.0 + gain * unchanged);
            }
        }
        for (place, level) in levels.iter().enumerate() {
            let counts = &mut self.counts[place];
            counts[*level as usize] += 1;
            let most = counts.iter().max().map_or(1.0, |most| f64::from(most + 1));
            let values = counts.iter().map(|count| f64::from(count + 1) / most);
            estimate.values[place].iter_mut().zip(values).for_each(|(value, now)| *value = now);
        }
        self.last = Some(levels.to_vec());
    }

    fn smith(&mut self, levels: &[u32], estimate: &mut Estimate) {
        self.offers += 1;
        for (place, level) in levels.iter().enumerate() {
            self.counts[place][*level as usize] += 1;
            let share = |count: &u32| f64::from(*count) / f64::from(self.offers);
            estimate.values[place].iter_mut().zip(&self.counts[place]).for_each(|(v, c)| *v = share(c));
        }
    }
}
