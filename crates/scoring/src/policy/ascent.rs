//! The way up: a quasi-Newton method on an objective that costs an equilibrium to look at.

use std::cell::RefCell;

use argmin::core::{CostFunction, Error, Executor, Gradient, IterState, Solver, State};
use argmin::solver::linesearch::condition::LineSearchCondition;
use argmin::solver::linesearch::{BacktrackingLineSearch, MoreThuenteLineSearch};
use argmin::solver::quasinewton::LBFGS;

use super::PolicyError;
use super::levers::norm;

/// How many past steps the method remembers.
const MEMORY: usize = 12;
/// The slope it aims at.
const AIM: f64 = 1e-10;
/// The slope from which values of equal size may stand for unequal points.
const NEAR: f64 = 1e-6;
/// The slope that is accepted: the value of an objective near its top differs from it by the square.
const ACCEPTED: f64 = 1e-7;
/// Steps before a search gives up.
const MAX_STEPS: u64 = 500;
/// Pairs of searches, each without the memory of the last.
const MAX_SEARCHES: usize = 8;
/// Differences in value that may be nothing but rounding, relative to 1 and the value.
const ROUNDING: f64 = 1e-13;

/// The value of an objective and its slopes.
pub(super) type Slope = (f64, Vec<f64>);

/// What is to be maximised.
type Objective<'a> = dyn Fn(&[f64]) -> Result<Slope, PolicyError> + 'a;

/// The top of an objective.
#[derive(Debug)]
pub(super) struct Summit {
    pub(super) point: Vec<f64>,
    pub(super) steps: usize,
    pub(super) gradient_norm: f64,
}

/// The point where `objective` is largest, as far as steps upward lead from `start`.
///
/// L-BFGS (Liu & Nocedal 1989), first with a line search on values (Moré & Thuente 1994); where they
/// no longer tell two points apart the slopes still do, so then with one on slopes.
pub(super) fn climb(objective: &Objective<'_>, start: Vec<f64>) -> Result<Summit, PolicyError> {
    let (value, slopes) = objective(&start)?;
    let mut best = Best { value, summit: Summit { point: start, steps: 0, gradient_norm: norm(&slopes) } };
    for _ in 0..MAX_SEARCHES {
        let reached = best.summit.gradient_norm <= AIM;
        if reached || !(best.improve(objective, by_value)? | best.improve(objective, by_slope)?) {
            break;
        }
    }
    let Summit { gradient_norm, steps, .. } = best.summit;
    if gradient_norm <= ACCEPTED {
        return Ok(best.summit);
    }
    Err(PolicyError::NotOptimal { gradient_norm, steps, tolerance: ACCEPTED })
}

/// The best point so far.
struct Best {
    value: f64,
    summit: Summit,
}

/// One search from a point: where it ended and after how many steps.
type Search = fn(&Objective<'_>, &[f64]) -> (Vec<f64>, usize);

impl Best {
    /// Searches on from here; says whether that led anywhere.
    fn improve(&mut self, objective: &Objective<'_>, search: Search) -> Result<bool, PolicyError> {
        let (point, steps) = search(objective, &self.summit.point);
        let (value, slopes) = objective(&point)?;
        let gradient_norm = norm(&slopes);
        self.summit.steps += steps;
        let rounding = ROUNDING * (1.0 + self.value.abs());
        let flatter = gradient_norm < self.summit.gradient_norm && value >= self.value - rounding;
        let better = value > self.value + rounding || flatter;
        if better {
            self.value = value;
            self.summit = Summit { point, steps: self.summit.steps, gradient_norm };
        }
        Ok(better)
    }
}

fn by_value(objective: &Objective<'_>, start: &[f64]) -> (Vec<f64>, usize) {
    run(objective, start, LBFGS::new(MoreThuenteLineSearch::new(), MEMORY), NEAR)
}

fn by_slope(objective: &Objective<'_>, start: &[f64]) -> (Vec<f64>, usize) {
    let halving = BacktrackingLineSearch::new(SlopeFalls).rho(0.5);
    match halving {
        Ok(halving) => run(objective, start, LBFGS::new(halving, MEMORY), AIM),
        Err(_) => (start.to_vec(), 0),
    }
}

/// Runs a method to its end. Where it fails on the way, that is its end: the point is judged by others.
fn run<L>(
    objective: &Objective<'_>,
    start: &[f64],
    method: LBFGS<L, Vec<f64>, Vec<f64>, f64>,
    aim: f64,
) -> (Vec<f64>, usize)
where
    for<'a> LBFGS<L, Vec<f64>, Vec<f64>, f64>: Solver<Downhill<'a>, Progress>,
{
    let problem = Downhill { objective, last: RefCell::new(None) };
    let method = method.with_tolerance_grad(aim).and_then(|method| method.with_tolerance_cost(0.0));
    let begin = |state: Progress| state.param(start.to_vec()).max_iters(MAX_STEPS);
    let ran = method.and_then(|method| Executor::new(problem, method).configure(begin).timer(false).run());
    match ran {
        Ok(ended) => {
            let steps = usize::try_from(ended.state.get_iter()).unwrap_or(usize::MAX);
            let point = ended.state.param.or(ended.state.best_param);
            (point.unwrap_or_else(|| start.to_vec()), steps)
        }
        Err(_) => (start.to_vec(), 0),
    }
}

type Progress = IterState<Vec<f64>, Vec<f64>, (), (), (), f64>;

/// The objective turned over, since the method goes down, with its last value kept: value and slopes
/// are asked for one after the other and come from one equilibrium.
struct Downhill<'a> {
    objective: &'a Objective<'a>,
    last: RefCell<Option<(Vec<f64>, Slope)>>,
}

impl Downhill<'_> {
    fn at(&self, point: &[f64]) -> Result<Slope, Error> {
        if let Some((known, slope)) = self.last.borrow().as_ref()
            && known == point
        {
            return Ok(slope.clone());
        }
        let (value, slopes) = (self.objective)(point)?;
        let slope: Slope = (-value, slopes.iter().map(|slope| -slope).collect());
        *self.last.borrow_mut() = Some((point.to_vec(), slope.clone()));
        Ok(slope)
    }
}

impl CostFunction for Downhill<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, point: &Self::Param) -> Result<f64, Error> {
        Ok(self.at(point)?.0)
    }
}

impl Gradient for Downhill<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, point: &Self::Param) -> Result<Vec<f64>, Error> {
        Ok(self.at(point)?.1)
    }
}

/// Accepts a step along which the slope falls and the value does not worsen by more than rounding, as
/// the approximate conditions of Hager & Zhang (2005) do.
#[derive(Clone)]
struct SlopeFalls;

impl SlopeFalls {
    /// What must be left of the slope at most.
    const LEFT: f64 = 0.9;
    /// A step too short to be worth another look.
    const SHORTEST: f64 = 1e-6;
}

impl LineSearchCondition<Vec<f64>, Vec<f64>, f64> for SlopeFalls {
    fn evaluate_condition(
        &self,
        cost: f64,
        gradient: Option<&Vec<f64>>,
        initial_cost: f64,
        initial_gradient: &Vec<f64>,
        direction: &Vec<f64>,
        length: f64,
    ) -> bool {
        let along = |gradient: &Vec<f64>| gradient.iter().zip(direction).map(|(g, d)| g * d).sum::<f64>();
        let left = gradient.map_or(f64::INFINITY, along).abs();
        let falls = left <= Self::LEFT * along(initial_gradient).abs();
        let holds = cost <= initial_cost + ROUNDING * (1.0 + initial_cost.abs());
        (falls && holds) || length < Self::SHORTEST
    }

    fn requires_current_gradient(&self) -> bool {
        true
    }
}
