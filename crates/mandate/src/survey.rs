use scoring::Model;
use tariff::{Agenda, Offer};

use crate::MandateError;
use crate::figure::Gauge;

/// The most impacts that compiling a mandate computes.
const MAX_IMPACTS: u128 = 1 << 17;

/// How far gauges move from the status quo when one group of interacting issues is varied and the
/// others stay. For a figure that is a sum over such groups this is all there is to know.
pub(crate) struct Survey {
    pub(crate) groups: Vec<Group>,
}

/// The readings over one group.
pub(crate) struct Group {
    pub(crate) places: Vec<usize>,
    /// By gauge, then by combination of levels, the last place running fastest.
    pub(crate) readings: Vec<Vec<f64>>,
}

impl Survey {
    pub(crate) fn new(
        model: &dyn Model,
        agenda: &Agenda,
        status_quo: &Offer,
        gauges: &[&Gauge],
    ) -> Result<Self, MandateError> {
        if gauges.is_empty() {
            return Ok(Self { groups: Vec::new() });
        }
        let needed: u128 = model.interactions().iter().map(|places| combinations(agenda, places)).sum();
        if needed > MAX_IMPACTS {
            return Err(MandateError::TooManyCombinations { given: needed, max: MAX_IMPACTS });
        }
        let levels = agenda.levels_of(status_quo)?;
        let group = |places: &Vec<usize>| survey(model, agenda, levels, gauges, places);
        Ok(Self { groups: model.interactions().iter().map(group).collect::<Result<_, _>>()? })
    }
}

fn survey(
    model: &dyn Model,
    agenda: &Agenda,
    status_quo: &[u32],
    gauges: &[&Gauge],
    places: &[usize],
) -> Result<Group, MandateError> {
    let mut levels = status_quo.to_vec();
    places.iter().for_each(|place| levels[*place] = 0);
    let mut readings = vec![Vec::new(); gauges.len()];
    loop {
        let offer = agenda.offer_at(&levels)?;
        let impact = model.impact(&offer)?;
        for (reading, gauge) in readings.iter_mut().zip(gauges) {
            reading.push(gauge.read(&offer, &impact));
        }
        if !advance(agenda, places, &mut levels) {
            return Ok(Group { places: places.to_vec(), readings });
        }
    }
}

/// Moves on to the next combination, the last place fastest; false after the last.
fn advance(agenda: &Agenda, places: &[usize], levels: &mut [u32]) -> bool {
    for place in places.iter().rev() {
        levels[*place] += 1;
        if levels[*place] < agenda.issues()[*place].levels() {
            return true;
        }
        levels[*place] = 0;
    }
    false
}

fn combinations(agenda: &Agenda, places: &[usize]) -> u128 {
    places.iter().fold(1, |n, p| n.saturating_mul(u128::from(agenda.issues()[*p].levels())))
}
