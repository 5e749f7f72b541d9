use tariff::Offer;

use crate::Planner;
use crate::joint::Joint;
use crate::planner::ceil_grains;
use crate::search::Trial;

/// Sweeps over all groups before the best choices are taken.
const SWEEPS: usize = 8;

pub(crate) fn random(planner: &Planner, target: f64, draw: &mut dyn FnMut() -> u64) -> Option<Offer> {
    let target = ceil_grains(target);
    let mut choices: Vec<usize> =
        planner.joints().iter().map(|joint| below(draw, joint.choices.len())).collect();
    for sweep in 0..=SWEEPS {
        for number in shuffled(choices.len(), draw) {
            let trial = Trial::new(planner, &choices);
            if trial.permitted && trial.own >= target {
                return planner.offer(&choices);
            }
            let joint = &planner.joints()[number];
            choices[number] = raised(joint, choices[number], sweep == SWEEPS, draw);
        }
    }
    let fits = |offer: &Offer| planner.preferences().permits(offer);
    let worth = |offer: &Offer| ceil_grains(planner.preferences().utility().value(offer)) >= target;
    let last = planner.offer(&choices).filter(|offer| fits(offer) && worth(offer));
    last.or_else(|| Some(planner.best().clone()).filter(|offer| fits(offer) && worth(offer)))
}

/// A choice of `joint` worth at least as much as the one at `from`: any such, or the best.
fn raised(joint: &Joint, from: usize, best: bool, draw: &mut dyn FnMut() -> u64) -> usize {
    let floor = if best { joint.choices.iter().map(|c| c.own).max() } else { Some(joint.choices[from].own) };
    let fits = |at: &usize| floor.is_none_or(|floor| joint.choices[*at].own >= floor);
    let open: Vec<usize> = (0..joint.choices.len()).filter(fits).collect();
    open.get(below(draw, open.len().max(1))).copied().unwrap_or(from)
}

/// A number below `bound`, which is at least 1; uniform to within 2⁻³², by multiplication.
fn below(draw: &mut dyn FnMut() -> u64, bound: usize) -> usize {
    ((u128::from(draw()) * bound as u128) >> 64) as usize
}

/// The numbers below `n` in random order (Fisher and Yates 1938).
fn shuffled(n: usize, draw: &mut dyn FnMut() -> u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for last in (1..n).rev() {
        order.swap(last, below(draw, last + 1));
    }
    order
}
