use num_bigint::BigUint;
use tariff::Offer;

use super::ceiling::Ceiling;
use super::field::{Field, Valued};
use super::front::resolved;
use super::points::Solutions;
use super::{Method, bounded, probe, utilities};
use crate::table::{Grains, from_grains};
use crate::{Preferences, UtilityError};

/// Grains in one utility.
const UNIT: f64 = (1_u64 << 40) as f64;

/// An offer and what it is worth to each party, in the parties' order.
#[derive(Debug, Clone, PartialEq)]
pub struct Deal {
    /// The offer.
    pub offer: Offer,
    /// Its utilities.
    pub utilities: Vec<f64>,
    /// Whether no party would rather walk away.
    pub in_zone: bool,
}

/// A solution: an offer with the greatest value of what the solution asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// The offer, with its utilities.
    pub deal: Deal,
    /// The value of the solution's formula there.
    pub value: f64,
    /// The value of the true solution differs by no more: 0 where this one is exact. None where nothing
    /// could be proved.
    pub bound: Option<f64>,
}

/// What was found of the offers all parties prefer to walking away.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LandingZone {
    /// How many offers the agenda has, as a decimal number.
    pub offers: String,
    /// How the zone was found.
    pub method: Method,
    /// The share of the Nash product by which the best offer may exceed the one found: 0 where it is
    /// exact, and where the zone is proved to be empty. None where nothing could be proved.
    pub bound: Option<f64>,
    /// Whether efficient offers exist, or may exist, that are not listed in `pareto`.
    pub capped: bool,
    /// Efficient offers, the best for the first party first; one for each combination of utilities.
    /// By search: offers that none of those valued improves upon.
    pub pareto: Vec<Deal>,
    /// The parties' walk-away values.
    pub walk_away: Vec<f64>,
    /// Each party's greatest utility in the zone; none where the zone is empty, or was not found.
    pub ideal: Option<Vec<f64>>,
    /// The greatest product of gains; none where the zone is empty.
    pub nash: Option<Solution>,
    /// The greatest least share of what each could gain; none where the zone is empty.
    pub kalai_smorodinsky: Option<Solution>,
    /// The greatest least gain; below 0 where the zone is empty.
    pub egalitarian: Option<Solution>,
    /// The greatest sum of utilities, in the zone or not.
    pub utilitarian: Option<Solution>,
    /// The least Euclidean distance, in utilities, of an offer of the zone from the ideal: how opposed
    /// the parties are. None where the zone is empty.
    pub opposition: Option<f64>,
    parties: Vec<Preferences>,
}

/// How far an offer lies from the points of a landing zone: Euclidean distances in utilities. None
/// for points that do not exist.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distances {
    /// From the nearest listed efficient offer.
    pub edge: f64,
    /// From the Nash point.
    pub nash: Option<f64>,
    /// From the Kalai–Smorodinsky point.
    pub kalai_smorodinsky: Option<f64>,
    /// From the egalitarian point.
    pub egalitarian: Option<f64>,
    /// From the utilitarian point.
    pub utilitarian: Option<f64>,
}

/// What a method found.
pub(super) struct Edge {
    listed: Vec<Valued>,
    /// Where the solutions are chosen from.
    pool: Vec<Valued>,
    capped: bool,
    proof: Proof,
}

enum Proof {
    Exact,
    Bounded(Ceiling),
    None,
}

impl Edge {
    /// Every efficient offer, of which at most so many are listed.
    pub(super) fn exact(front: Vec<Valued>, most: usize) -> Self {
        let edge = resolved(front.clone());
        let capped = edge.len() > most.max(2);
        Self { listed: spaced(edge, most), pool: front, capped, proof: Proof::Exact }
    }

    /// The hull of the edge.
    pub(super) fn bounded(found: bounded::Found, most: usize) -> Self {
        let listed = spaced(resolved(found.edge), most);
        Self { listed, pool: found.pool, capped: true, proof: Proof::Bounded(found.ceiling) }
    }

    /// What a search came upon.
    pub(super) fn searched(found: probe::Found, most: usize) -> Self {
        let listed = spaced(resolved(found.pool.clone()), most);
        let proof = found.ceiling.map_or(Proof::None, Proof::Bounded);
        Self { listed, pool: found.pool, capped: true, proof }
    }
}

/// At most so many, evenly spaced, the first and the last among them.
fn spaced(front: Vec<Valued>, most: usize) -> Vec<Valued> {
    let (count, most) = (front.len(), most.max(2));
    if count <= most {
        return front;
    }
    let mut wanted = (0..most).map(|at| at * (count - 1) / (most - 1)).peekable();
    let keep = |(at, valued): (usize, Valued)| {
        let hit = wanted.next_if_eq(&at).is_some();
        hit.then_some(valued)
    };
    front.into_iter().enumerate().filter_map(keep).collect()
}

impl LandingZone {
    pub(super) fn put_together(
        field: &Field<'_>,
        size: &BigUint,
        method: Method,
        edge: Edge,
    ) -> Result<Self, UtilityError> {
        let found = Solutions::among(field, &edge.pool);
        let deal = |v: &Valued| deal(field, v);
        let gains = Gains { walk: &field.walk, ideal: found.ideal.as_deref() };
        let solution = |v: &Option<Valued>, value: &dyn Fn(&Valued) -> f64, most: Option<f64>| {
            let Some(v) = v else { return Ok(None) };
            let value = value(v);
            let bound = most.map(|most| (most - value).max(0.0));
            let bound = if matches!(edge.proof, Proof::Exact) { Some(0.0) } else { bound };
            Ok::<_, UtilityError>(Some(Solution { deal: deal(v)?, value, bound }))
        };
        let ceiling = match &edge.proof {
            Proof::Bounded(ceiling) => Some(ceiling),
            Proof::Exact | Proof::None => None,
        };
        let parties = field.parties.len();
        let walk_away: Vec<f64> = field.parties.iter().map(Preferences::walk_away).collect();
        let base: f64 = field.walk.iter().map(|walk| from_grains(*walk)).sum();
        let nash = solution(
            &found.nash,
            &|v| gains.product(v),
            ceiling.map(|c| c.product() / UNIT.powi(parties as i32)),
        )?;
        let share = |v: &Valued| gains.share(v, &gains.scales());
        let mut kalai_smorodinsky = solution(&found.kalai_smorodinsky, &share, None)?;
        if let (Some(ceiling), Some(v), Some(ks)) =
            (ceiling, &found.kalai_smorodinsky, &mut kalai_smorodinsky)
        {
            // The ideal itself is known within bounds: so is every share of it.
            let highest: Vec<f64> = (0..parties).map(|party| ceiling.best(party)).collect();
            ks.bound = Some(ceiling.least(&gains.scales()) - gains.share(v, &highest));
        }
        let even = vec![1.0; parties];
        let zone = Self {
            offers: size.to_string(),
            method,
            bound: nash_bound(nash.as_ref(), &edge.proof),
            capped: edge.capped,
            pareto: edge.listed.iter().map(deal).collect::<Result<_, _>>()?,
            walk_away,
            ideal: found.ideal.as_ref().map(|ideal| ideal.iter().copied().map(from_grains).collect()),
            nash,
            kalai_smorodinsky,
            egalitarian: solution(
                &found.egalitarian,
                &|v| gains.least(v),
                ceiling.map(|c| c.least(&even) / UNIT),
            )?,
            utilitarian: solution(
                &found.utilitarian,
                &|v| v.worth.iter().copied().map(from_grains).sum(),
                ceiling.map(|c| c.sum() / UNIT + base),
            )?,
            opposition: found.opposition,
            parties: field.parties.to_vec(),
        };
        Ok(zone)
    }

    /// What an offer is worth to each party.
    #[must_use]
    pub fn utilities(&self, offer: &Offer) -> Vec<f64> {
        utilities(&self.parties, offer)
    }

    /// Whether an offer keeps to every party's red lines.
    #[must_use]
    pub fn permits(&self, offer: &Offer) -> bool {
        self.parties.iter().all(|party| party.permits(offer))
    }

    /// Whether an offer lies in the landing zone: it keeps to every red line, and no party would
    /// rather walk away.
    #[must_use]
    pub fn contains(&self, offer: &Offer) -> bool {
        self.parties.iter().all(|party| party.acceptable(offer))
    }

    /// How far an offer lies from the edge and from each solution. An offer may be worth the same as
    /// a solution and break a red line: [`LandingZone::contains`] says whether it may be agreed.
    #[must_use]
    pub fn distance(&self, offer: &Offer) -> Distances {
        let here = self.utilities(offer);
        let from = |deal: &Deal| distance(&here, &deal.utilities);
        let to = |solution: &Option<Solution>| solution.as_ref().map(|s| from(&s.deal));
        Distances {
            edge: self.pareto.iter().map(from).fold(f64::INFINITY, f64::min),
            nash: to(&self.nash),
            kalai_smorodinsky: to(&self.kalai_smorodinsky),
            egalitarian: to(&self.egalitarian),
            utilitarian: to(&self.utilitarian),
        }
    }
}

fn deal(field: &Field<'_>, valued: &Valued) -> Result<Deal, UtilityError> {
    // As `Utility::value` has them: sums may pass 1 by what their entries were rounded.
    let utilities = valued.worth.iter().map(|worth| from_grains(*worth).clamp(0.0, 1.0)).collect();
    let offer = field.agenda.offer_at(&valued.levels)?;
    Ok(Deal { offer, utilities, in_zone: field.in_zone(&valued.worth) })
}

fn nash_bound(nash: Option<&Solution>, proof: &Proof) -> Option<f64> {
    match (proof, nash) {
        (Proof::Exact, _) => Some(0.0),
        (Proof::Bounded(ceiling), None) => ceiling.nothing_in_zone().then_some(0.0),
        (Proof::Bounded(_), Some(nash)) => nash.bound.map(|gap| gap / nash.value).filter(|b| b.is_finite()),
        (Proof::None, _) => None,
    }
}

/// Gains over walk-away values, in utilities.
struct Gains<'a> {
    walk: &'a [Grains],
    ideal: Option<&'a [Grains]>,
}

impl Gains<'_> {
    fn of(&self, v: &Valued) -> Vec<f64> {
        v.worth.iter().zip(self.walk).map(|(worth, walk)| from_grains(worth - walk)).collect()
    }

    fn product(&self, v: &Valued) -> f64 {
        self.of(v).into_iter().product()
    }

    fn least(&self, v: &Valued) -> f64 {
        self.of(v).into_iter().fold(f64::INFINITY, f64::min)
    }

    /// The most that each party is known to be able to gain, in grains.
    fn scales(&self) -> Vec<f64> {
        let ideal = self.ideal.unwrap_or_default();
        ideal.iter().zip(self.walk).map(|(top, walk)| (top - walk) as f64).collect()
    }

    fn share(&self, v: &Valued, scales: &[f64]) -> f64 {
        let shares = self.of(v).into_iter().zip(scales).filter(|(_, scale)| **scale > 0.0);
        shares.map(|(gain, scale)| gain * UNIT / scale).fold(1.0, f64::min)
    }
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}
