//! What no offer can exceed, proved by weighted sums (weak duality).

use super::climb::weighted;
use super::support::Support;
use crate::table::{Grains, grains};

/// Share by which bounds are raised, so that rounding cannot make them too low.
const SLACK: f64 = 1e-9;

/// Weights, and the most that the sum of gains under them can reach.
struct Plane {
    weights: Vec<f64>,
    most: f64,
}

/// Upper bounds over every offer of a field.
pub(super) struct Ceiling {
    planes: Vec<Plane>,
}

impl Ceiling {
    /// From supports of the tables; `beyond` is the most that remainders add to each party's worth.
    pub(super) fn new(supports: &[Support], walk: &[Grains], beyond: &[f64]) -> Self {
        let base: Vec<Grains> = walk
            .iter()
            .zip(beyond)
            .map(|(walk, more)| walk - grains(*more) - Grains::from(*more > 0.0))
            .collect();
        let plane = |support: &Support| {
            let most = weighted(&support.weights, &support.offer.worth) - weighted(&support.weights, &base);
            let weights: Vec<f64> = support.weights.iter().map(|w| *w as f64).collect();
            let most = most as f64;
            Plane { weights, most: most + most.abs() * SLACK }
        };
        Self { planes: supports.iter().map(plane).collect() }
    }

    /// Whether the planes prove that no offer is in the landing zone.
    pub(super) fn nothing_in_zone(&self) -> bool {
        self.planes.iter().any(|plane| plane.most < 0.0)
    }

    /// Above every product of gains in the landing zone: where Σ wᵢgᵢ ≤ W, the product is at most
    /// (W/n)ⁿ/Π wᵢ, by the inequality of the two means.
    pub(super) fn product(&self) -> f64 {
        let of = |plane: &Plane| {
            let mean = plane.most.max(0.0) / plane.weights.len() as f64;
            plane.weights.iter().map(|w| mean / w).product::<f64>()
        };
        let positive = self.planes.iter().filter(|plane| plane.weights.iter().all(|w| *w > 0.0));
        positive.map(of).fold(f64::INFINITY, f64::min) * (1.0 + SLACK)
    }

    /// Above every least gain in the parties' own scales: the least of gᵢ/sᵢ is at most
    /// W/Σ wᵢsᵢ.
    pub(super) fn least(&self, scales: &[f64]) -> f64 {
        let of = |plane: &Plane| {
            let scale: f64 = plane.weights.iter().zip(scales).map(|(w, s)| w * s).sum();
            if scale > 0.0 { plane.most / scale } else { f64::INFINITY }
        };
        self.planes.iter().map(of).fold(f64::INFINITY, f64::min)
    }

    /// Above every sum of gains.
    pub(super) fn sum(&self) -> f64 {
        let even = self.planes.iter().filter(|plane| plane.weights.windows(2).all(|w| w[0] == w[1]));
        even.map(|plane| plane.most / plane.weights[0]).fold(f64::INFINITY, f64::min)
    }

    /// Above one party's gain in the landing zone: the others' are not negative there.
    pub(super) fn best(&self, party: usize) -> f64 {
        let of = |plane: &Plane| {
            let weight = plane.weights[party];
            if weight > 0.0 { plane.most / weight } else { f64::INFINITY }
        };
        self.planes.iter().map(of).fold(f64::INFINITY, f64::min)
    }
}
