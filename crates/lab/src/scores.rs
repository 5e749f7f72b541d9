use crate::{Played, Tournament};

/// What a strategy's talks in one scenario were worth, repetition by repetition: the mean over
/// opponents, both profiles, both orders of moving, deadlines and information policies.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Mean utility of each repetition. Repetitions that came out the same to the last bit count
    /// once: then there is one.
    pub utility: Vec<f64>,
}

/// What strategies made of a tournament: figures behind every table and plot.
#[derive(Debug, Clone)]
pub struct Scores {
    /// The strategies' names.
    pub entrants: Vec<String>,
    /// The scenarios' names.
    pub arenas: Vec<String>,
    /// By strategy, then scenario.
    pub cells: Vec<Vec<Cell>>,
    /// Sums over all talks of a strategy.
    pub totals: Vec<Total>,
    /// Mean utility of a strategy (row) against another (column), over everything.
    pub payoffs: Vec<Vec<f64>>,
    /// Whether every repetition was the same as the first, for all strategies.
    pub repetitions_identical: bool,
    /// Talks that were played.
    pub talks: u64,
    /// Offers that were proposed.
    pub offers: u64,
}

/// Sums over a strategy's talks; a talk with itself counts for both of its seats.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Total {
    /// How many seats it sat in.
    pub seats: u64,
    /// Sum of utilities.
    pub utility: f64,
    /// Sum of utilities less walk-away values.
    pub advantage: f64,
    /// Agreements.
    pub agreements: u64,
    /// Sum of utilities of both sides.
    pub welfare: f64,
    /// Sum of fairness of agreements ([`Played::fairness`]), and of how many.
    pub fairness: (f64, u64),
    /// Turns it had.
    pub turns: u64,
    /// Turns it missed.
    pub missed: u64,
    /// Talks it forfeited by that.
    pub forfeits: u64,
    /// Why it missed the last of them, by the talks' numbers.
    pub reason: Option<String>,
    /// Sum of rounds.
    pub rounds: u64,
    /// Sum of distances of agreements from the Nash point, and of how many.
    pub nash: (f64, u64),
    /// The same from the Kalai–Smorodinsky point.
    pub kalai_smorodinsky: (f64, u64),
    /// The same from the efficient edge.
    pub pareto: (f64, u64),
    /// Sum of rank correlations of its models of the other side with the truth, and of how many.
    pub spearman: (f64, u64),
    /// The same of Kendall's τ-b.
    pub kendall: (f64, u64),
    /// The same of root mean squared differences.
    pub rmse: (f64, u64),
}

impl Scores {
    /// Adds up what was played, in the order of the talks' numbers.
    pub fn of<'a>(tournament: &Tournament, played: impl Iterator<Item = &'a Played>) -> Self {
        let (n, m) = (tournament.entrants.len(), tournament.arenas.len());
        let repetitions = tournament.repetitions as usize;
        let mut sums = vec![vec![vec![(0.0, 0_u64); repetitions]; m]; n];
        let mut payoffs = vec![vec![(0.0, 0_u64); n]; n];
        let mut totals = vec![Total::default(); n];
        let (mut talks, mut offers) = (0, 0);
        for talk in played {
            let given = tournament.at(talk.talk);
            (talks, offers) = (talks + 1, offers + u64::from(talk.offers));
            for party in 0..2 {
                let (me, other) = (given.entrants[party], given.entrants[1 - party]);
                add(&mut sums[me][given.arena][given.repetition as usize], talk.utility[party]);
                add(&mut payoffs[me][other], talk.utility[party]);
                totals[me].take(talk, party);
            }
        }
        let cells: Vec<Vec<Cell>> =
            sums.into_iter().map(|row| row.into_iter().map(|sums| cell(&sums)).collect()).collect();
        Self {
            entrants: tournament.entrants.iter().map(|(name, _)| name.clone()).collect(),
            arenas: tournament.arenas.iter().map(|arena| arena.name().to_owned()).collect(),
            repetitions_identical: cells.iter().flatten().all(|cell| cell.utility.len() <= 1),
            cells,
            totals,
            payoffs: payoffs.into_iter().map(|row| row.into_iter().map(mean).collect()).collect(),
            talks,
            offers,
        }
    }

    /// Mean utility of a strategy in each scenario.
    #[must_use]
    pub fn by_arena(&self, entrant: usize) -> Vec<f64> {
        self.cells[entrant].iter().map(|cell| average(&cell.utility)).collect()
    }

    /// Mean utility of a strategy: the mean over scenarios, each of which counts the same.
    #[must_use]
    pub fn mean(&self, entrant: usize) -> f64 {
        average(&self.by_arena(entrant))
    }
}

impl Total {
    fn take(&mut self, talk: &Played, party: usize) {
        self.seats += 1;
        self.utility += talk.utility[party];
        self.advantage += talk.advantage[party];
        self.agreements += u64::from(talk.agreed);
        self.welfare += talk.welfare();
        self.turns += u64::from(talk.turns[party]);
        self.missed += u64::from(talk.missed[party]);
        self.forfeits += u64::from(talk.forfeited == Some(party));
        if let Some(reason) = &talk.reasons[party] {
            self.reason = Some(reason.clone());
        }
        self.rounds += u64::from(talk.round);
        let model = talk.models[party];
        let pairs = [
            (&mut self.fairness, talk.fairness()),
            (&mut self.nash, talk.nash_distance),
            (&mut self.kalai_smorodinsky, talk.kalai_smorodinsky_distance),
            (&mut self.pareto, talk.pareto_distance),
            (&mut self.spearman, model.map(|model| model.spearman)),
            (&mut self.kendall, model.map(|model| model.kendall)),
            (&mut self.rmse, model.map(|model| model.rmse)),
        ];
        for (sum, figure) in pairs {
            if let Some(figure) = figure {
                add(sum, figure);
            }
        }
    }
}

fn cell(sums: &[(f64, u64)]) -> Cell {
    let played = sums.iter().filter(|(_, count)| *count > 0);
    let mut utility: Vec<f64> = played.map(|sum| mean(*sum)).collect();
    if utility.iter().all(|u| Some(u.to_bits()) == utility.first().map(|f| f.to_bits())) {
        utility.truncate(1);
    }
    Cell { utility }
}

fn add(sum: &mut (f64, u64), value: f64) {
    *sum = (sum.0 + value, sum.1 + 1);
}

/// The mean of a sum over its count; 0 of nothing.
pub(crate) fn mean((sum, count): (f64, u64)) -> f64 {
    if count == 0 { 0.0 } else { sum / count as f64 }
}

/// The mean of some numbers; 0 of none.
pub(crate) fn average(values: &[f64]) -> f64 {
    mean((values.iter().sum(), values.len() as u64))
}
