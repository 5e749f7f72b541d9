use serde::Serialize;

use crate::Scores;

/// Steps of the replicator dynamics.
const STEPS: usize = 20_000;
/// Shares of a population below this count as none.
const EXTINCT: f64 = 1e-4;
/// A deviation that gains no more is none.
const INDIFFERENT: f64 = 1e-9;

/// A mixture of strategies from which, in the payoffs of a tournament, nobody gains by deviating.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Equilibrium {
    /// The strategies that are played, with their probabilities.
    pub mixture: Vec<(String, f64)>,
    /// What it is worth to whoever plays it.
    pub value: f64,
}

/// Empirical game theory (Wellman 2006): the tournament's payoffs as a symmetric game, in which
/// everybody chooses a strategy and meets somebody else's choice.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Population {
    /// Symmetric Nash equilibria in which at most two strategies are played.
    pub equilibria: Vec<Equilibrium>,
    /// Where the replicator dynamics (Taylor & Jonker 1978) lead from equal shares: what is left.
    pub replicator: Equilibrium,
    /// What the best deviation from that would gain: 0 in an equilibrium.
    pub regret: f64,
    /// For each strategy, the best answer to it and what that answer gains over playing the same.
    pub best_responses: Vec<(String, String, f64)>,
    /// Shares of the dynamics at evenly spaced instants, a row each, in the order of the strategies.
    pub trajectory: Vec<Vec<f64>>,
}

impl Population {
    /// What the payoffs of a tournament lead to. Talks of a strategy with itself are needed: without
    /// them there is no such game.
    #[must_use]
    pub fn of(scores: &Scores) -> Self {
        let payoffs = &scores.payoffs;
        let n = payoffs.len();
        let name = |at: usize| scores.entrants[at].clone();
        let mut shares = vec![1.0 / n as f64; n];
        let mut trajectory = Vec::new();
        for step in 0..STEPS {
            if step % (STEPS / 100) == 0 {
                trajectory.push(shares.clone());
            }
            shares = grown(payoffs, &shares);
        }
        let worth = values(payoffs, &shares);
        let value = dot(&shares, &worth);
        let best = worth.iter().copied().fold(f64::MIN, f64::max);
        let left = (0..n).filter(|at| shares[*at] >= EXTINCT).map(|at| (name(at), shares[at]));
        let response = |at: usize| {
            let best = (0..n).max_by(|a, b| payoffs[*a][at].total_cmp(&payoffs[*b][at]).then(b.cmp(a)));
            let best = best.unwrap_or(at);
            (name(at), name(best), payoffs[best][at] - payoffs[at][at])
        };
        Self {
            equilibria: equilibria(payoffs, &name),
            replicator: Equilibrium { mixture: left.collect(), value },
            regret: (best - value).max(0.0),
            best_responses: (0..n).map(response).collect(),
            trajectory,
        }
    }
}

/// One step of the dynamics: shares grow with what they earn above the average.
fn grown(payoffs: &[Vec<f64>], shares: &[f64]) -> Vec<f64> {
    let worth = values(payoffs, shares);
    let value = dot(shares, &worth);
    let next: Vec<f64> = shares.iter().zip(&worth).map(|(x, w)| x * (1.0 + 0.5 * (w - value))).collect();
    let sum: f64 = next.iter().sum();
    next.into_iter().map(|x| x / sum).collect()
}

/// What each strategy earns against a population.
fn values(payoffs: &[Vec<f64>], shares: &[f64]) -> Vec<f64> {
    payoffs.iter().map(|row| dot(row, shares)).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn equilibria(payoffs: &[Vec<f64>], name: &impl Fn(usize) -> String) -> Vec<Equilibrium> {
    let n = payoffs.len();
    let mut found = Vec::new();
    let mut try_out = |mixture: Vec<(usize, f64)>| {
        let mut shares = vec![0.0; n];
        mixture.iter().for_each(|(at, share)| shares[*at] = *share);
        let worth = values(payoffs, &shares);
        let value = dot(&shares, &worth);
        if worth.iter().all(|w| *w <= value + INDIFFERENT) {
            let mixture = mixture.into_iter().map(|(at, share)| (name(at), share)).collect();
            found.push(Equilibrium { mixture, value });
        }
    };
    for a in 0..n {
        try_out(vec![(a, 1.0)]);
        for b in a + 1..n {
            // Both earn the same where x·(A[a][a] − A[b][a]) = (1 − x)·(A[b][b] − A[a][b]).
            let (up, down) = (payoffs[b][b] - payoffs[a][b], payoffs[a][a] - payoffs[b][a]);
            let share = up / (up + down);
            if share > 0.0 && share < 1.0 {
                try_out(vec![(a, share), (b, 1.0 - share)]);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn game(payoffs: [[f64; 2]; 2]) -> Population {
        let scores = Scores {
            entrants: vec!["hawk".to_owned(), "dove".to_owned()],
            arenas: Vec::new(),
            cells: Vec::new(),
            totals: Vec::new(),
            payoffs: payoffs.iter().map(|row| row.to_vec()).collect(),
            repetitions_identical: true,
            talks: 0,
            offers: 0,
        };
        Population::of(&scores)
    }

    #[test]
    fn hawks_and_doves_live_together_in_the_textbook_shares() {
        // V = 2, C = 4 (Maynard Smith & Price 1973), in thirds: half of each.
        let population = game([[-1.0 / 3.0, 2.0 / 3.0], [0.0, 1.0 / 3.0]]);
        assert_eq!(population.equilibria.len(), 1);
        assert!((population.equilibria[0].mixture[0].1 - 0.5).abs() < 1e-9);
        assert!((population.replicator.mixture[0].1 - 0.5).abs() < 1e-3);
        assert!(population.regret < 1e-3);
    }

    #[test]
    fn a_dominant_strategy_takes_over() {
        let population = game([[0.5, 0.9], [0.1, 0.6]]);
        assert_eq!(population.equilibria.len(), 1);
        assert_eq!(population.replicator.mixture[0].0, "hawk");
        assert_eq!(population.best_responses[1], ("dove".to_owned(), "hawk".to_owned(), 0.9 - 0.6));
    }
}
