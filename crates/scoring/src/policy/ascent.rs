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
/// The first step of a search at most, in the unit of the variables: nothing is known of the curvature
/// yet, and a leap may end where there is no equilibrium.
const FIRST_STEP: f64 = 0.1;
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
#[derive(Debug, Clone)]
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
    let climb = Climb { objective, best: RefCell::new(Best::new(objective(&start)?, start)) };
    let mut steps = 0;
    for _ in 0..MAX_SEARCHES {
        let before = climb.best.borrow().gradient_norm;
        if before <= AIM {
            break;
        }
        steps += climb.by_value() + climb.by_slope();
        if climb.best.borrow().gradient_norm == before {
            break;
        }
    }
    let Best { point, gradient_norm, .. } = climb.best.into_inner();
    if gradient_norm <= ACCEPTED {
        return Ok(Summit { point, steps, gradient_norm });
    }
    Err(PolicyError::NotOptimal { gradient_norm, steps, tolerance: ACCEPTED })
}

/// The best point so far.
struct Best {
    point: Vec<f64>,
    value: f64,
    gradient_norm: f64,
}

impl Best {
    fn new((value, slopes): Slope, point: Vec<f64>) -> Self {
        Self { point, value, gradient_norm: norm(&slopes) }
    }

    /// Takes a point that is higher, or as high to rounding and flatter.
    fn consider(&mut self, point: &[f64], value: f64, slopes: &[f64]) {
        let gradient_norm = norm(slopes);
        let rounding = ROUNDING * (1.0 + self.value.abs());
        let flatter = value >= self.value - rounding && gradient_norm < self.gradient_norm;
        if value > self.value + rounding || flatter {
            *self = Self { point: point.to_vec(), value, gradient_norm };
        }
    }
}

/// A climb under way.
struct Climb<'a> {
    objective: &'a Objective<'a>,
    best: RefCell<Best>,
}

impl Climb<'_> {
    fn by_value(&self) -> usize {
        self.search(LBFGS::new(MoreThuenteLineSearch::new(), MEMORY), NEAR)
    }

    fn by_slope(&self) -> usize {
        let halving = BacktrackingLineSearch::new(SlopeFalls).rho(0.5);
        halving.map_or(0, |halving| self.search(LBFGS::new(halving, MEMORY), AIM))
    }

    /// Searches on from the best point and says in how many steps. A search that fails on the way has
    /// ended there: the best point it saw is kept and judged by its slope.
    fn search<'a, L>(&'a self, method: LBFGS<L, Vec<f64>, Vec<f64>, f64>, aim: f64) -> usize
    where
        LBFGS<L, Vec<f64>, Vec<f64>, f64>: Solver<Downhill<'a>, Progress>,
    {
        let (start, slope) = (self.best.borrow().point.clone(), self.best.borrow().gradient_norm);
        // The first step is the gradient itself.
        let unit = (FIRST_STEP / slope).min(1.0);
        let problem = Downhill { climb: self, unit, last: RefCell::new(None) };
        let method =
            method.with_tolerance_grad(aim * unit).and_then(|method| method.with_tolerance_cost(0.0));
        let begin = |state: Progress| state.param(start).max_iters(MAX_STEPS);
        let ran =
            method.and_then(|method| Executor::new(problem, method).configure(begin).timer(false).run());
        ran.map_or(0, |ended| usize::try_from(ended.state.get_iter()).unwrap_or(usize::MAX))
    }
}

type Progress = IterState<Vec<f64>, Vec<f64>, (), (), (), f64>;

/// The objective turned over, since the method goes down, with its last value kept: value and slopes
/// are asked for one after the other and come from one equilibrium.
struct Downhill<'a> {
    climb: &'a Climb<'a>,
    /// What one unit of the objective counts.
    unit: f64,
    last: RefCell<Option<(Vec<f64>, Slope)>>,
}

impl Downhill<'_> {
    fn at(&self, point: &[f64]) -> Result<Slope, Error> {
        if let Some((known, slope)) = self.last.borrow().as_ref()
            && known == point
        {
            return Ok(slope.clone());
        }
        let (value, slopes) = (self.climb.objective)(point)?;
        self.climb.best.borrow_mut().consider(point, value, &slopes);
        let slope: Slope = (-value * self.unit, slopes.iter().map(|slope| -slope * self.unit).collect());
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
