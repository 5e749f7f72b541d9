use serde::Serialize;

use crate::Scores;

/// Steps of the replicator dynamics.
const STEPS: usize = 20_000;
/// Shares of a population below this count as none.
const EXTINCT: f64 = 1e-4;
/// A deviation that gains no more is none.
const INDIFFERENT: f64 = 1e-9;
/// Of so many strategies every choice is tried as the support of an equilibrium,
const ALL_SUPPORTS: usize = 12;
/// of more those of up to so many.
const SOME_SUPPORTS: usize = 3;
/// So many equilibria are listed: where all should do the same, every choice of some is one.
const MOST: usize = 100;
/// A pivot below this is none.
const SINGULAR: f64 = 1e-12;

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
    /// Symmetric Nash equilibria, found by trying all supports, the smallest first, and a hundred at most; of
    /// more than twelve strategies those in which at most three are played.
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

/// Symmetric equilibria, support by support, the smallest first.
fn equilibria(payoffs: &[Vec<f64>], name: &impl Fn(usize) -> String) -> Vec<Equilibrium> {
    let n = payoffs.len();
    let largest = if n <= ALL_SUPPORTS { n } else { SOME_SUPPORTS };
    let mut found = Vec::new();
    for size in 1..=largest {
        each_support(n, size, &mut Vec::new(), &mut |support| {
            let Some(mixture) = indifferent(payoffs, support) else { return };
            let mut shares = vec![0.0; n];
            support.iter().zip(&mixture).for_each(|(at, share)| shares[*at] = *share);
            let worth = values(payoffs, &shares);
            let value = dot(&shares, &worth);
            if found.len() < MOST && worth.iter().all(|w| *w <= value + INDIFFERENT) {
                let mixture = support.iter().map(|at| name(*at)).zip(mixture).collect();
                found.push(Equilibrium { mixture, value });
            }
        });
    }
    found
}

/// Shows every choice of `size` of the first `n` numbers, in order.
fn each_support(n: usize, size: usize, chosen: &mut Vec<usize>, show: &mut impl FnMut(&[usize])) {
    if chosen.len() == size {
        return show(chosen);
    }
    let from = chosen.last().map_or(0, |last| last + 1);
    for next in from..=n - (size - chosen.len()) {
        chosen.push(next);
        each_support(n, size, chosen, show);
        chosen.pop();
    }
}

/// The mixture of a support against which all of it earn the same; none where there is not exactly one
/// that plays them all.
fn indifferent(payoffs: &[Vec<f64>], support: &[usize]) -> Option<Vec<f64>> {
    // What each earns less the common value is 0; the shares sum to 1.
    let earns = |row: &usize| support.iter().map(|at| payoffs[*row][*at]).chain([-1.0, 0.0]).collect();
    let mut rows: Vec<Vec<f64>> = support.iter().map(earns).collect();
    rows.push(support.iter().map(|_| 1.0).chain([0.0, 1.0]).collect());
    let mut solved = solved(rows)?;
    solved.pop();
    solved.iter().all(|share| *share > INDIFFERENT).then_some(solved)
}

/// Linear equations, each with its right side at the end, by Gauss with partial pivots; none where they
/// are not independent.
fn solved(mut rows: Vec<Vec<f64>>) -> Option<Vec<f64>> {
    let n = rows.len();
    for column in 0..n {
        let pivot = (column..n).max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()))?;
        rows.swap(column, pivot);
        let (above, below) = rows.split_at_mut(column + 1);
        let pivot = &above[column];
        if pivot[column].abs() < SINGULAR {
            return None;
        }
        for row in below {
            let factor = row[column] / pivot[column];
            row.iter_mut().zip(pivot).for_each(|(cell, of)| *cell -= factor * of);
        }
    }
    let mut found = vec![0.0; n];
    for row in (0..n).rev() {
        let known = dot(&rows[row][row + 1..n], &found[row + 1..]);
        found[row] = (rows[row][n] - known) / rows[row][row];
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn game<const N: usize>(payoffs: [[f64; N]; N]) -> Population {
        let names = ["hawk", "dove", "owl"];
        let scores = Scores {
            entrants: (0..N)
                .map(|at| names.get(at).map_or(format!("bird {at}"), |name| name.to_string()))
                .collect(),
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

    #[test]
    fn three_that_beat_each_other_in_turn_are_played_alike() {
        // Rock, scissors, paper, the winner taking more than the loser loses: the middle is all there is.
        let population = game([[0.5, 1.0, 0.2], [0.2, 0.5, 1.0], [1.0, 0.2, 0.5]]);
        assert_eq!(population.equilibria.len(), 1, "{:?}", population.equilibria);
        let middle = &population.equilibria[0];
        assert!(middle.mixture.iter().all(|(_, share)| (share - 1.0 / 3.0).abs() < 1e-9), "{middle:?}");
        assert!((middle.value - 1.7 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn where_everybody_should_do_the_same_every_mixture_of_some_is_an_equilibrium() {
        let alike: [[f64; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        let sizes: Vec<usize> = game(alike).equilibria.iter().map(|e| e.mixture.len()).collect();
        assert_eq!(sizes, [1, 1, 1, 2, 2, 2, 3]);
        let mut many = [[0.0; 13]; 13];
        (0..13).for_each(|at| many[at][at] = 1.0);
        let found = game(many).equilibria;
        assert!(found.len() == 100 && found.iter().all(|e| e.mixture.len() <= 3), "{}", found.len());
    }
}
