//! The classical solutions among efficient offers, told apart exactly.

use std::cmp::Ordering;

use num_bigint::BigInt;

use super::field::{Field, Valued};
use crate::table::{Grains, from_grains};

/// The solutions among some efficient offers.
pub(super) struct Solutions {
    /// Each party's greatest worth in the landing zone; none where the zone is empty.
    pub(super) ideal: Option<Vec<Grains>>,
    pub(super) nash: Option<Valued>,
    pub(super) kalai_smorodinsky: Option<Valued>,
    pub(super) egalitarian: Option<Valued>,
    pub(super) utilitarian: Option<Valued>,
    /// Distance from the ideal to the nearest offer of the zone.
    pub(super) opposition: Option<f64>,
}

/// A fraction with a positive denominator, compared by its value.
#[derive(Debug, Clone, Copy)]
struct Share(Grains, Grains);

impl Share {
    const WHOLE: Self = Self(1, 1);
}

impl PartialEq for Share {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Share {}

impl PartialOrd for Share {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Share {
    fn cmp(&self, other: &Self) -> Ordering {
        let cross = |a: Grains, b: Grains| i128::from(a) * i128::from(b);
        cross(self.0, other.1).cmp(&cross(other.0, self.1))
    }
}

impl Solutions {
    /// Among `offers`, which hold every efficient one or those that a method found.
    pub(super) fn among(field: &Field<'_>, offers: &[Valued]) -> Self {
        let zone: Vec<&Valued> = offers.iter().filter(|v| field.in_zone(&v.worth)).collect();
        let all: Vec<&Valued> = offers.iter().collect();
        let gains =
            |v: &Valued| -> Vec<Grains> { v.worth.iter().zip(&field.walk).map(|(u, r)| u - r).collect() };
        let top = |party: usize| zone.iter().map(|v| v.worth[party]).max();
        let ideal: Option<Vec<Grains>> = (0..field.parties.len()).map(top).collect();
        let shares = |v: &Valued| {
            let scales = ideal.iter().flatten().zip(&field.walk).map(|(top, walk)| top - walk);
            // A party that cannot gain has all it can have anywhere in the zone.
            let shares = gains(v).into_iter().zip(scales).filter(|(_, scale)| *scale > 0);
            shares.map(|(gain, scale)| Share(gain, scale)).min().unwrap_or(Share::WHOLE)
        };
        Self {
            nash: first(&zone, |v| gains(v).into_iter().map(BigInt::from).product::<BigInt>()),
            kalai_smorodinsky: first(&zone, shares),
            egalitarian: first(&all, |v| gains(v).into_iter().min()),
            utilitarian: first(&all, Valued::sum),
            opposition: ideal.as_ref().and_then(|ideal| opposition(&zone, ideal)),
            ideal,
        }
    }
}

/// The offer with the greatest key; among equals the tie rule decides.
fn first<K: Ord>(offers: &[&Valued], key: impl Fn(&Valued) -> K) -> Option<Valued> {
    let keyed = offers.iter().map(|v| (key(v), *v));
    keyed.max_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.before(a.1))).map(|(_, v)| v.clone())
}

fn opposition(zone: &[&Valued], ideal: &[Grains]) -> Option<f64> {
    zone.iter().map(|v| distance(&v.worth, ideal)).min_by(f64::total_cmp)
}

/// The Euclidean distance of two worths, in utilities.
fn distance(a: &[Grains], b: &[Grains]) -> f64 {
    let square = |(a, b): (&Grains, &Grains)| from_grains(a - b).powi(2);
    a.iter().zip(b).map(square).sum::<f64>().sqrt()
}
