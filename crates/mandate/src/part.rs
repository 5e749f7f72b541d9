use scoring::Impact;
use tariff::{Agenda, Offer};
use utility::{Table, UtilityError};

use crate::black_box::Term;
use crate::figure::Gauge;
use crate::mandate::Better;
use crate::survey::Group;

/// An objective on one agenda: what each offer contributes to the utility through it.
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) weight: f64,
    pub(crate) source: Source,
    pub(crate) values: Contributes,
}

/// What is read before it is scaled.
pub(crate) enum Source {
    Figure(Gauge),
    /// The issue at a place, by its table of worths.
    Issue(usize, Vec<f64>),
}

/// Where contributions come from.
pub(crate) enum Contributes {
    /// The sum of one entry of each table.
    Tables(Vec<Table>),
    /// The term of the utility's remainder.
    BlackBox(Term),
}

impl Part {
    /// What an offer contributes; `impact` is its own, if there is a model.
    pub(crate) fn contribution(&self, levels: &[u32], offer: &Offer, impact: Option<&Impact>) -> f64 {
        match &self.values {
            Contributes::Tables(tables) => tables.iter().map(|table| table.at(levels)).sum(),
            Contributes::BlackBox(term) => impact.map_or(0.0, |impact| term.contribution(offer, impact)),
        }
    }
}

/// The tables of an objective over a figure, min–max scaled: over each group of a survey the part
/// of the distance from the worst to the best total. None where the figure never changes.
pub(crate) fn scaled(
    agenda: &Agenda,
    groups: &[Group],
    gauge: usize,
    better: Better,
    weight: f64,
) -> Option<Result<Vec<Table>, UtilityError>> {
    let sign = match better {
        Better::Higher => 1.0,
        Better::Lower => -1.0,
    };
    let worst = |group: &Group| group.readings[gauge].iter().map(|r| sign * r).fold(f64::INFINITY, f64::min);
    let best =
        |group: &Group| group.readings[gauge].iter().map(|r| sign * r).fold(f64::NEG_INFINITY, f64::max);
    let range: f64 = groups.iter().map(|group| best(group) - worst(group)).sum();
    if range <= 0.0 || !range.is_finite() {
        return None;
    }
    let moved = groups.iter().filter(|group| best(group) > worst(group));
    let table = |group: &Group| {
        let worst = worst(group);
        let entry = |reading: &f64| grain_below(weight * (sign * reading - worst) / range);
        Table::new(agenda, group.places.clone(), group.readings[gauge].iter().map(entry).collect())
    };
    Some(moved.map(table).collect())
}

/// The greatest multiple of 2⁻⁴⁰ not above `value`: sums of contributions are exact, and never pass 1.
pub(crate) fn grain_below(value: f64) -> f64 {
    const GRAINS: f64 = (1_u64 << 40) as f64;
    (value * GRAINS).floor() / GRAINS
}
