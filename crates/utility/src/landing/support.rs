//! Offers that maximise a weighted sum of utilities. Each is efficient, and each bounds every other
//! offer: nothing lies beyond the plane it supports.

use super::climb::weighted;
use super::field::{Field, Part, Valued, valued};
use crate::curve::Curve;
use crate::joint::{Choice, Joint};
use crate::table::Grains;

/// An offer no other beats in the sum of worths under `weights`.
#[derive(Debug, Clone)]
pub(super) struct Support {
    /// One for each party, not negative, not all zero.
    pub(super) weights: Vec<i64>,
    /// A pick for each part.
    pub(super) picks: Vec<usize>,
    pub(super) offer: Valued,
}

/// Weights are this fine where they are found step by step.
const FINENESS: f64 = (1 << 20) as f64;
/// Steps towards each solution where more than two parties meet.
const STEPS: usize = 250;
/// Directions from party to party where more than two meet.
const SPREAD: usize = 400;
/// Picks weighed in all where more than two parties meet, as far as [`FEWEST`] allows.
const MOST_WEIGHED: usize = 1 << 26;
/// Exchanges gone over to write down the vertices of two parties' envelope, as far as [`FEWEST`]
/// vertices allow.
const MOST_EXCHANGED: usize = 1 << 28;
/// Directions or vertices that even the largest parts have.
const FEWEST: usize = 16;

/// The supports of a field. For two parties, every vertex of the concave envelope and the weights of
/// every edge of it, or as many as the work allows, spaced evenly; for more, directions spread evenly and steps towards the solutions.
pub(super) fn supports(field: &Field<'_>, parts: &[Part]) -> Vec<Support> {
    if field.parties.len() == 2 { envelope(field, parts) } else { directions(field, parts) }
}

/// The support of one set of weights; of several offers the one with the greater sum, then with the
/// lower levels.
pub(super) fn support(field: &Field<'_>, parts: &[Part], weights: Vec<i64>) -> Support {
    let best = |part: &Part| {
        let key = |at: usize| {
            let pick = &part.picks[at];
            let sum: Grains = pick.worth.iter().sum();
            (weighted(&weights, &pick.worth), sum, std::cmp::Reverse(pick.index))
        };
        (0..part.picks.len()).max_by_key(|at| key(*at)).unwrap_or(0)
    };
    let picks: Vec<usize> = parts.iter().map(best).collect();
    let offer = valued(field.agenda, parts, &picks);
    Support { weights, picks, offer }
}

fn envelope(field: &Field<'_>, parts: &[Part]) -> Vec<Support> {
    let choice =
        |pick: &super::field::Pick| Choice { index: pick.index, own: pick.worth[0], prior: pick.worth[1] };
    let joint =
        |part: &Part| Joint { group: part.group.clone(), choices: part.picks.iter().map(choice).collect() };
    let joints: Vec<Joint> = parts.iter().map(joint).collect();
    let curve = Curve::new(&joints);
    let mut supports = vec![support(field, parts, vec![1, 0]), support(field, parts, vec![0, 1])];
    for point in spaced(curve.len()) {
        let here = curve.totals(point);
        let before = point.checked_sub(1).map(|before| curve.totals(before));
        // An edge is supported by its normal, a lone vertex by any weights.
        let weights = before.map_or_else(|| vec![1, 1], |b| vec![here.1 - b.1, b.0 - here.0]);
        let picks = curve.choices(point);
        if before.is_some() || curve.len() == 1 {
            let offer = valued(field.agenda, parts, &picks);
            supports.push(Support { weights, picks, offer });
        }
    }
    supports
}

/// All of so many vertices, or as many as can be written down, the first and the last among them: each
/// takes a walk along the exchanges before it.
fn spaced(vertices: usize) -> impl Iterator<Item = usize> {
    let wanted = (MOST_EXCHANGED / vertices.max(1)).max(FEWEST).min(vertices);
    (0..wanted).map(move |at| at * (vertices - 1) / (wanted - 1).max(1))
}

fn directions(field: &Field<'_>, parts: &[Part]) -> Vec<Support> {
    let parties = field.parties.len();
    let picks: usize = parts.iter().map(|part| part.picks.len()).sum();
    // The spread and three ways towards the solutions have a quarter each.
    let affordable = (MOST_WEIGHED / 4 / picks.max(1)).max(FEWEST);
    let mut found: Vec<Support> = Vec::new();
    let mut add = |weights: Vec<i64>| {
        let support = support(field, parts, weights);
        let worth = support.offer.worth.clone();
        found.push(support);
        worth
    };
    let unit = |party: usize| (0..parties).map(|p| if p == party { 1 << 20 } else { 1 }).collect();
    let tops: Vec<Vec<Grains>> = (0..parties).map(|party| add(unit(party))).collect();
    spread(parties, affordable.min(SPREAD)).into_iter().for_each(|weights| drop(add(weights)));
    let gain = |worth: &[Grains], party: usize| (worth[party] - field.walk[party]) as f64;
    let ideal: Vec<f64> = (0..parties).map(|p| gain(&tops[p], p).max(1.0)).collect();
    let steps = affordable.min(STEPS);
    ascend_product(steps, &mut add, &gain, &tops);
    for scales in [vec![1.0; parties], ideal] {
        ascend_least(steps, &scales, &mut add, &gain);
    }
    found
}

/// Positive weights spread evenly over all directions: a lattice on the simplex (Scheffé 1958), the
/// finest of at most `most` points.
fn spread(parties: usize, most: usize) -> Vec<Vec<i64>> {
    let mut finest = vec![vec![1; parties]];
    for total in parties as i64 + 1.. {
        let mut next = Vec::new();
        lattice(parties, total, most, &mut Vec::new(), &mut next);
        if next.len() > most {
            break;
        }
        finest = next;
    }
    finest
}

/// Every way to write `total` as `left` positive parts after those in `head`; gives up past the `most`
/// that are wanted.
fn lattice(left: usize, total: i64, most: usize, head: &mut Vec<i64>, found: &mut Vec<Vec<i64>>) {
    if left == 1 {
        found.push([head.as_slice(), &[total]].concat());
        return;
    }
    for part in 1..=total - left as i64 + 1 {
        if found.len() > most {
            return;
        }
        head.push(part);
        lattice(left - 1, total - part, most, head, found);
        head.pop();
    }
}

/// Positive integers in the proportions of `weights`.
fn fine(weights: &[f64]) -> Vec<i64> {
    let most = weights.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    weights.iter().map(|w| ((w / most * FINENESS) as i64).max(1)).collect()
}

/// Towards the greatest product of gains on the convex hull (Frank and Wolfe 1956): the weights are
/// the product's gradient.
fn ascend_product(
    steps: usize,
    add: &mut impl FnMut(Vec<i64>) -> Vec<Grains>,
    gain: &impl Fn(&[Grains], usize) -> f64,
    tops: &[Vec<Grains>],
) {
    let parties = tops.len();
    let mean = |p: usize| tops.iter().map(|top| gain(top, p)).sum::<f64>() / parties as f64;
    let mut here: Vec<f64> = (0..parties).map(mean).collect();
    for step in 0..steps {
        let floor = here.iter().copied().fold(1.0, f64::max) * 1e-6;
        let weights: Vec<f64> = here.iter().map(|gain| 1.0 / gain.max(floor)).collect();
        let towards = add(fine(&weights));
        let share = 2.0 / (step as f64 + parties as f64 + 2.0);
        here.iter_mut().enumerate().for_each(|(p, h)| *h += share * (gain(&towards, p) - *h));
    }
}

/// Towards the greatest least gain by multiplicative weights (Freund and Schapire 1999): whoever is
/// behind gains weight.
fn ascend_least(
    steps: usize,
    scales: &[f64],
    add: &mut impl FnMut(Vec<i64>) -> Vec<Grains>,
    gain: &impl Fn(&[Grains], usize) -> f64,
) {
    let mut logs = vec![0.0_f64; scales.len()];
    let range = scales.iter().copied().fold(1.0, f64::max);
    let reach = scales.iter().map(|scale| range / scale).fold(1.0, f64::max);
    for step in 0..steps {
        let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = logs.iter().zip(scales).map(|(log, s)| (log - top).exp() / s).collect();
        let worth = add(fine(&weights));
        let rate = 4.0 / (reach * (1.0 + step as f64).sqrt());
        for (party, log) in logs.iter_mut().enumerate() {
            *log -= rate * gain(&worth, party) / range;
        }
    }
}
