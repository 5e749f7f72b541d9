use std::sync::Arc;

use serde::{Deserialize, Serialize};
use strategy::{Factory, Place};

use crate::{Arena, Information, Modelled};

/// How talks are written down: a journal of another form is another tournament's.
const FORM: u32 = 2;

/// A strategy of a tournament: the text that named it, and what makes it.
pub type Entrant = (String, Arc<dyn Factory>);

/// Everything that is to be played.
#[derive(Debug)]
pub struct Tournament {
    /// The strategies, under the texts that name them.
    pub entrants: Vec<Entrant>,
    /// The scenarios.
    pub arenas: Vec<Arena>,
    /// Rounds of a talk; each scenario's own if empty.
    pub rounds: Vec<u32>,
    /// What the strategies are told of the other side.
    pub information: Vec<Information>,
    /// Repetitions of every talk.
    pub repetitions: u32,
    /// The seed of everything.
    pub seed: u64,
    /// Whether strategies also meet themselves.
    pub self_play: bool,
    /// Whether opponent models are compared with the truth after every decision, and not only after the
    /// last: for studies, since it takes longer than most decisions.
    pub model_rounds: bool,
}

/// One talk to be played. Numbers are places in the tournament's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// The scenario.
    pub arena: usize,
    /// The strategy of the scenario's first party, and that of its second.
    pub entrants: [usize; 2],
    /// Which party moves first: 0 or 1.
    pub first: usize,
    /// What both are told of the other side.
    pub information: Information,
    /// Rounds until the talk fails.
    pub rounds: u32,
    /// Which repetition it is, from 0.
    pub repetition: u32,
}

/// What came of a talk. Pairs are in the order of the scenario's parties.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Played {
    /// The talk's number.
    pub talk: u64,
    /// Whether all agreed.
    pub agreed: bool,
    /// How it ended: `agreed`, `rounds`, `deadline`, `walked away` or `forfeited`.
    pub ending: String,
    /// The round it ended in.
    pub round: u32,
    /// Offers that were proposed.
    pub offers: u32,
    /// Turns each had.
    pub turns: [u32; 2],
    /// Turns each missed.
    pub missed: [u32; 2],
    /// Who forfeited the talk by missing too many in a row, 0 or 1.
    pub forfeited: Option<usize>,
    /// Why each missed the last turn it missed; none where it missed none.
    pub reasons: [Option<String>; 2],
    /// What the outcome is worth to each: of the agreement, or the walk-away value.
    pub utility: [f64; 2],
    /// Utility less walk-away value.
    pub advantage: [f64; 2],
    /// Euclidean distance in utilities from the nearest efficient offer that is listed; none without
    /// an agreement.
    pub pareto_distance: Option<f64>,
    /// Euclidean distance from the Nash (1950) point: greatest product of gains.
    pub nash_distance: Option<f64>,
    /// Euclidean distance from the Kalai–Smorodinsky (1975) point: greatest least share of what each
    /// could gain.
    pub kalai_smorodinsky_distance: Option<f64>,
    /// How near each side's model of the other came to the truth, as of its last decision; none for
    /// strategies without one.
    pub models: [Option<Modelled>; 2],
    /// The same after every decision, with its round, where the tournament asks for it.
    #[serde(default, skip_serializing_if = "nothing")]
    pub model_rounds: [Vec<(u32, Modelled)>; 2],
}

fn nothing(rounds: &[Vec<(u32, Modelled)>; 2]) -> bool {
    rounds.iter().all(Vec::is_empty)
}

impl Played {
    /// Sum of utilities.
    #[must_use]
    pub fn welfare(&self) -> f64 {
        self.utility.iter().sum()
    }

    /// Product of advantages (Nash 1950).
    #[must_use]
    pub fn product(&self) -> f64 {
        self.advantage.iter().product()
    }

    /// How evenly the gains of an agreement fall: the lesser advantage over the greater, 1 where both are
    /// nothing. None without an agreement, which is even in a way nobody means.
    #[must_use]
    pub fn fairness(&self) -> Option<f64> {
        let (low, high) =
            (self.advantage[0].min(self.advantage[1]), self.advantage[0].max(self.advantage[1]));
        self.agreed.then(|| if high <= 0.0 { 1.0 } else { (low / high).max(0.0) })
    }
}

impl Tournament {
    /// How many talks there are.
    #[must_use]
    pub fn talks(&self) -> u64 {
        let n = self.entrants.len() as u64;
        let pairs = if self.self_play { n * n } else { n * n.saturating_sub(1) };
        let rounds = self.rounds.len().max(1) as u64;
        pairs
            * 2
            * self.arenas.len() as u64
            * rounds
            * self.information.len() as u64
            * u64::from(self.repetitions)
    }

    /// The talk of this number, below [`Tournament::talks`]: repetitions run fastest, scenarios
    /// slowest.
    #[must_use]
    pub fn at(&self, talk: u64) -> Match {
        let mut rest = talk;
        let mut digit = |radix: usize| {
            let radix = radix.max(1) as u64;
            let found = rest % radix;
            rest /= radix;
            found as usize
        };
        let repetition = digit(self.repetitions as usize) as u32;
        let first = digit(2);
        let information = self.information[digit(self.information.len())];
        let rounds = digit(self.rounds.len());
        let n = self.entrants.len();
        let others = if self.self_play { n } else { n - 1 };
        let (second, one) = (digit(others), digit(n));
        // Without self-play the others are numbered past the first.
        let two = if self.self_play || second < one { second } else { second + 1 };
        let arena = digit(self.arenas.len());
        let rounds = self.rounds.get(rounds).copied().unwrap_or_else(|| self.arenas[arena].rounds());
        Match { arena, entrants: [one, two], first, information, rounds, repetition }
    }

    /// Whether the talk waits for strategies elsewhere.
    pub(crate) fn is_remote(&self, talk: u64) -> bool {
        self.at(talk).entrants.iter().any(|at| self.entrants[*at].1.place() == Place::Remote)
    }

    /// A digest of what is played, so that results are not taken for another tournament's.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        // What a file says and not only what it is called: the factory's own text.
        let entrants: Vec<(&str, String)> =
            self.entrants.iter().map(|(name, factory)| (name.as_str(), factory.contents())).collect();
        let arenas: Vec<String> = self.arenas.iter().map(Arena::contents).collect();
        let rest = (&self.rounds, &self.information, self.repetitions, self.seed, self.self_play);
        let rest = (rest, self.model_rounds, FORM);
        let all = format!("{}{entrants:?}{arenas:?}{rest:?}", env!("CARGO_PKG_VERSION"));
        tariff::AgendaDigest::of(all.as_bytes()).to_string()
    }
}
