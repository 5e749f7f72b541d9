use crate::joint::{Choice, Joint};
use crate::table::{Grains, from_grains};

/// A point of the efficient curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Own utility of the offer, tables only.
    pub own: f64,
    /// Its value to the opponent prior.
    pub prior: f64,
}

/// One exchange along the curve: a joint group moves on to its next choice.
#[derive(Debug, Clone, Copy)]
struct Exchange {
    joint: usize,
    /// Position among the joint's choices.
    choice: usize,
    /// Totals after the exchange.
    own: Grains,
    prior: Grains,
}

/// All offers that maximise own + λ·prior for some λ ≥ 0, from the best for the holder to the best
/// for the prior. Both are sums over joint groups, so each group is maximised alone, and the curve
/// is the groups' upper convex hulls with their edges in the order of their slopes.
#[derive(Debug)]
pub(crate) struct Curve {
    start: Vec<usize>,
    own: Grains,
    prior: Grains,
    exchanges: Vec<Exchange>,
}

impl Curve {
    pub(crate) fn new(joints: &[Joint]) -> Self {
        let hulls: Vec<Vec<usize>> = joints.iter().map(|j| hull(&j.choices)).collect();
        let start: Vec<usize> = hulls.iter().map(|h| h[0]).collect();
        let first = |(joint, at): (&Joint, &usize)| joint.choices[*at];
        let (own, prior) = joints
            .iter()
            .zip(&start)
            .map(first)
            .fold((0, 0), |sum, choice| (sum.0 + choice.own, sum.1 + choice.prior));
        Self { exchanges: exchanges(joints, &hulls, own, prior), start, own, prior }
    }

    /// How many points the curve has.
    pub(crate) fn len(&self) -> usize {
        self.exchanges.len() + 1
    }

    /// Own utility and prior at a point.
    pub(crate) fn totals(&self, point: usize) -> (Grains, Grains) {
        point.checked_sub(1).map_or((self.own, self.prior), |last| {
            let exchange = self.exchanges[last];
            (exchange.own, exchange.prior)
        })
    }

    /// The last point worth `target` or more, if the first is.
    pub(crate) fn last_at_least(&self, target: Grains) -> Option<usize> {
        (self.own >= target).then(|| self.exchanges.partition_point(|x| x.own >= target))
    }

    /// The position of each joint group's choice at a point.
    pub(crate) fn choices(&self, point: usize) -> Vec<usize> {
        let mut choices = self.start.clone();
        for exchange in &self.exchanges[..point] {
            choices[exchange.joint] = exchange.choice;
        }
        choices
    }

    pub(crate) fn points(&self) -> impl Iterator<Item = Point> + '_ {
        (0..self.len()).map(|point| {
            let (own, prior) = self.totals(point);
            Point { own: from_grains(own), prior: from_grains(prior) }
        })
    }
}

/// The edges of all hulls, the greatest gain of prior per own utility first; equal slopes in the
/// order of the groups, and the edges of one group in the order of its hull.
fn exchanges(joints: &[Joint], hulls: &[Vec<usize>], own: Grains, prior: Grains) -> Vec<Exchange> {
    let mut edges: Vec<(Grains, Grains, usize, usize)> = Vec::new();
    for (number, (joint, hull)) in joints.iter().zip(hulls).enumerate() {
        for pair in hull.windows(2) {
            let (from, to) = (joint.choices[pair[0]], joint.choices[pair[1]]);
            edges.push((from.own - to.own, to.prior - from.prior, number, pair[1]));
        }
    }
    // Exact: the products stay below 2^82.
    let slope = |loss: Grains, gain: Grains| i128::from(loss) * i128::from(gain);
    edges.sort_by(|a, b| slope(a.0, b.1).cmp(&slope(b.0, a.1)));
    let mut totals = (own, prior);
    let walk = edges.into_iter().map(|(loss, gain, joint, choice)| {
        totals = (totals.0 - loss, totals.1 + gain);
        Exchange { joint, choice, own: totals.0, prior: totals.1 }
    });
    walk.collect()
}

/// Positions of the upper convex hull of (own, prior), from the greatest own utility (the greatest
/// prior among equals, then the first) to the greatest prior: own falls and prior rises strictly.
fn hull(choices: &[Choice]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..choices.len()).collect();
    order.sort_by_key(|at| (-choices[*at].own, -choices[*at].prior, *at));
    let mut hull: Vec<usize> = Vec::new();
    for at in order {
        let next = choices[at];
        if hull.last().is_some_and(|last| choices[*last].prior >= next.prior) {
            continue;
        }
        while let [.., before, last] = hull[..]
            && !turns(choices[before], choices[last], next)
        {
            hull.pop();
        }
        hull.push(at);
    }
    hull
}

/// Whether `b` lies strictly above the line from `a` to `c`.
fn turns(a: Choice, b: Choice, c: Choice) -> bool {
    let product = |x: Grains, y: Grains| i128::from(x) * i128::from(y);
    product(b.prior - a.prior, b.own - c.own) > product(c.prior - b.prior, a.own - b.own)
}
