use crate::ScoringError;

use super::{Matrix, Vector, solve_linear};

/// Equations F(x) = 0, as many as unknowns.
///
/// A model scales them so that a residual of 1 is of the size of the data: unknowns in logs, each
/// equation divided by a base value.
pub(crate) trait System {
    /// Everything that follows from x and that residuals and Jacobian share.
    type State;

    /// The state at x.
    fn state(&self, x: &Vector<f64>) -> Self::State;

    /// F at a state. An entry that is not finite means that x is out of bounds.
    fn residuals(&self, state: &Self::State) -> Vector<f64>;

    /// ∂F_row/∂x_column at a state.
    fn jacobian(&self, state: &Self::State) -> Matrix<f64>;

    /// The Newton step s with J·s = −F; by its blocks where a model knows them.
    ///
    /// # Errors
    /// [`ScoringError::Singular`] where J has no inverse.
    fn step(&self, state: &Self::State, residuals: &Vector<f64>) -> Result<Vector<f64>, ScoringError> {
        solve_linear(self.jacobian(state), -residuals)
    }
}

/// A point at which every residual is within the tolerance.
#[derive(Debug, Clone)]
pub(crate) struct Root<S> {
    /// What follows from the unknowns there.
    pub(crate) state: S,
    /// The largest residual in size.
    pub(crate) residual: f64,
    /// Steps taken.
    pub(crate) steps: u32,
}

/// How long and how precisely to look.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Newton {
    /// The largest residual in size that is accepted.
    pub(crate) tolerance: f64,
    /// The most steps.
    pub(crate) max_steps: u32,
    /// The most times one step is halved.
    pub(crate) max_halvings: u32,
}

impl Default for Newton {
    fn default() -> Self {
        Self { tolerance: 1e-12, max_steps: 200, max_halvings: 40 }
    }
}

/// A step is accepted where it takes off at least this part of what a straight line would: with less,
/// an overshoot that happens to gain a little would be taken.
const SUFFICIENT: f64 = 0.25;

impl Newton {
    /// A root near `start`.
    ///
    /// Each step solves J·s = −F and is halved until the Euclidean norm of F falls; a start within
    /// the tolerance is returned as it is, to the bit.
    ///
    /// # Errors
    /// [`ScoringError::Singular`] where J has no inverse, [`ScoringError::NotConverged`] with the
    /// residual that is left.
    pub(crate) fn solve<M: System>(
        &self,
        system: &M,
        start: Vector<f64>,
    ) -> Result<Root<M::State>, ScoringError> {
        let mut at = Point::new(system, start);
        let mut steps = 0;
        while !at.within(self.tolerance) && steps < self.max_steps {
            let Some(nearer) = self.step(system, &at)? else { break };
            at = nearer;
            steps += 1;
        }
        let residual = largest(at.residuals.iter().copied());
        if at.within(self.tolerance) {
            return Ok(Root { state: at.state, residual, steps });
        }
        Err(ScoringError::NotConverged { residual, steps, tolerance: self.tolerance })
    }

    /// The next point; none where no step comes nearer.
    fn step<M: System>(&self, system: &M, at: &Point<M>) -> Result<Option<Point<M>>, ScoringError> {
        if !at.norm.is_finite() {
            return Ok(None);
        }
        let direction = system.step(&at.state, &at.residuals)?;
        Ok((0..self.max_halvings).find_map(|halvings| {
            let part = 0.5_f64.powi(i32::try_from(halvings).unwrap_or(i32::MAX));
            let nearer = Point::new(system, &at.x + &direction * part);
            (nearer.norm <= (1.0 - SUFFICIENT * part) * at.norm).then_some(nearer)
        }))
    }
}

/// The largest in size; not a number where one is not, which `f64::max` would pass over.
pub(crate) fn largest(residuals: impl IntoIterator<Item = f64>) -> f64 {
    let larger = |worst: f64, r: f64| if worst.is_nan() || r.abs() <= worst { worst } else { r.abs() };
    residuals.into_iter().fold(0.0, larger)
}

/// A trial point.
struct Point<M: System> {
    x: Vector<f64>,
    state: M::State,
    residuals: Vector<f64>,
    norm: f64,
}

impl<M: System> Point<M> {
    fn new(system: &M, x: Vector<f64>) -> Self {
        let state = system.state(&x);
        let residuals = system.residuals(&state);
        let norm = residuals.norm();
        Self { x, state, residuals, norm }
    }

    /// Whether every residual is within the tolerance; never where one is not a number.
    fn within(&self, tolerance: f64) -> bool {
        self.residuals.iter().all(|r| r.abs() <= tolerance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A system in two unknowns from plain functions.
    struct Two<F, J>(F, J);

    impl<F, J> System for Two<F, J>
    where
        F: Fn(f64, f64) -> [f64; 2],
        J: Fn(f64, f64) -> [[f64; 2]; 2],
    {
        type State = (f64, f64);

        fn state(&self, x: &Vector<f64>) -> Self::State {
            (x[0], x[1])
        }

        fn residuals(&self, (x, y): &Self::State) -> Vector<f64> {
            Vector::from_row_slice(&self.0(*x, *y))
        }

        fn jacobian(&self, (x, y): &Self::State) -> Matrix<f64> {
            Matrix::from_row_slice(2, 2, self.1(*x, *y).as_flattened())
        }
    }

    fn solve(
        residuals: impl Fn(f64, f64) -> [f64; 2],
        jacobian: impl Fn(f64, f64) -> [[f64; 2]; 2],
        start: [f64; 2],
    ) -> Result<Root<(f64, f64)>, ScoringError> {
        Newton::default().solve(&Two(residuals, jacobian), Vector::from_row_slice(&start))
    }

    #[test]
    fn a_root_is_found_where_a_full_step_overshoots() {
        // Undamped Newton on atan diverges from any start beyond 1.39.
        let root = solve(
            |x, y| [x.atan(), (y - 2.0 * x).atan()],
            |x, y| {
                let (dx, dy) = (1.0 / (1.0 + x * x), 1.0 / (1.0 + (y - 2.0 * x).powi(2)));
                [[dx, 0.0], [-2.0 * dy, dy]]
            },
            [20.0, -30.0],
        )
        .unwrap();
        let (x, y) = root.state;
        assert!(x.abs().max(y.abs()) < 1e-11 && root.residual <= 1e-12 && root.steps > 2, "{root:?}");
    }

    #[test]
    fn a_start_within_the_tolerance_stays_as_it_is() {
        let root = solve(|x, y| [x - 1.0, y], |_, _| [[1.0, 0.0], [0.0, 1.0]], [1.0 + 1e-13, 0.0]).unwrap();
        assert_eq!((root.state, root.steps), ((1.0 + 1e-13, 0.0), 0));
    }

    #[test]
    fn equations_without_a_root_say_so_with_their_residual() {
        let failed = solve(|x, y| [x * x + 1.0, y], |x, _| [[2.0 * x, 0.0], [0.0, 1.0]], [3.0, 1.0]);
        assert!(
            matches!(failed, Err(ScoringError::NotConverged { residual, .. }) if residual >= 1.0),
            "{failed:?}"
        );
    }

    #[test]
    fn equations_that_repeat_each_other_are_singular() {
        let failed = solve(|x, y| [x + y - 1.0, 2.0 * (x + y)], |_, _| [[1.0, 1.0], [2.0, 2.0]], [0.0, 0.0]);
        assert_eq!(failed.unwrap_err(), ScoringError::Singular { unknowns: 2 });
    }

    #[test]
    fn what_is_not_a_number_never_passes_for_a_root() {
        let failed = solve(|x, y| [(x - 5.0).ln(), y], |_, _| [[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0]);
        assert!(
            matches!(failed, Err(ScoringError::NotConverged { residual, .. }) if residual.is_nan()),
            "{failed:?}"
        );
    }
}
