//! Agendas whose edge is too large to list: the offers on its convex hull, and near each solution the
//! best offer that exchanges find.

use super::ceiling::Ceiling;
use super::climb::Climb;
use super::field::{Field, Part, Valued};
use super::front::efficient;
use super::goal::Goal;
use super::points::Solutions;
use super::support::{Support, support, supports};

/// Supports from which each solution is approached.
const STARTS: usize = 3;

/// What was found, and what nothing exceeds.
pub(super) struct Found {
    /// Offers known to be efficient.
    pub(super) edge: Vec<Valued>,
    /// The efficient among all that were looked at.
    pub(super) pool: Vec<Valued>,
    pub(super) ceiling: Ceiling,
}

pub(super) fn solve(field: &Field<'_>, parts: &[Part]) -> Found {
    let parties = field.parties.len();
    let mut supports = supports(field, parts);
    supports.push(support(field, parts, vec![1; parties]));
    let by_levels = |a: &Valued, b: &Valued| a.levels.cmp(&b.levels);
    let edge = supports.iter().filter(|s| s.weights.iter().all(|w| *w > 0));
    let edge = efficient(edge.map(|s| s.offer.clone()).collect(), |v| &v.worth, by_levels);
    let mut pool: Vec<Valued> = supports.iter().map(|s| s.offer.clone()).collect();
    let approach = |goal: &Goal| approach(field, parts, &supports, goal);

    for party in 0..parties {
        pool.extend(approach(&Goal::Best(party)));
    }
    let ideal = Solutions::among(field, &pool).ideal;
    let gains = ideal.map(|ideal| ideal.iter().zip(&field.walk).map(|(top, r)| (top - r) as f64).collect());
    let goals = [Some(Goal::Product), Some(Goal::Least(vec![1.0; parties])), gains.map(Goal::Least)];
    for goal in goals.into_iter().flatten() {
        pool.extend(approach(&goal));
    }
    let pool = efficient(pool, |v| &v.worth, by_levels);
    let nash = Solutions::among(field, &pool).nash;
    supports.extend(nash.and_then(|nash| tangent(field, parts, &nash)));
    Found { edge, pool, ceiling: Ceiling::new(&supports, &field.walk, &vec![0.0; parties]) }
}

/// The tops of climbs from the best supports for a goal.
fn approach(field: &Field<'_>, parts: &[Part], supports: &[Support], goal: &Goal) -> Vec<Valued> {
    let score = |s: &Support| goal.score(&s.offer.worth, &field.walk);
    let mut order: Vec<&Support> = supports.iter().collect();
    order.sort_by(|a, b| score(b).partial_cmp(&score(a)).unwrap_or(std::cmp::Ordering::Equal));
    order.dedup_by(|a, b| a.picks == b.picks);
    let climb = |s: &&Support| Climb::new(parts, &field.walk, goal, &s.picks, &s.weights).top(field.agenda);
    order.iter().take(STARTS).map(climb).collect()
}

/// The plane along which products of gains change least at an offer: the tight bound where the
/// greatest product on the hull lies there, at a vertex and not inside an edge.
fn tangent(field: &Field<'_>, parts: &[Part], near: &Valued) -> Option<Support> {
    let gains = near.worth.iter().zip(&field.walk).map(|(worth, walk)| worth - walk);
    let gains: Vec<i64> = gains.collect();
    let most = *gains.iter().max()?;
    // Weights in proportion to 1/gain, as whole numbers.
    let weight = |gain: &i64| ((i128::from(most) << 20) / i128::from(*gain)).min(1 << 40) as i64;
    let inside = gains.iter().all(|gain| *gain > 0);
    inside.then(|| support(field, parts, gains.iter().map(weight).collect()))
}
