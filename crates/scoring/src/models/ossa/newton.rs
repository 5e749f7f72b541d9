//! stand-in
use super::OssaError;
use super::system::Shock;
use nalgebra::DVector;
pub(super) struct Root {
    pub(super) x: Vec<f64>,
    pub(super) steps: usize,
}
pub(super) fn solve(shock: &Shock<'_>) -> Result<Root, OssaError> {
    let n = shock.economy.regions.len();
    let mut x = DVector::zeros(2 * n);
    for steps in 0..100 {
        let state = shock.at(x.as_slice());
        let f = state.conditions(shock.economy);
        if f.amax() <= 1e-13 {
            return Ok(Root { x: x.as_slice().to_vec(), steps });
        }
        let d = state.jacobian(shock.economy).lu().solve(&f).ok_or(OssaError::Singular { steps })?;
        let mut a = 1.0;
        loop {
            let y = &x - &d * a;
            let g = shock.at(y.as_slice()).conditions(shock.economy);
            if g.norm() < f.norm() || a < 1e-9 {
                x = y;
                break;
            }
            a *= 0.5;
        }
    }
    Err(OssaError::NotConverged { residual: f64::NAN, steps: 100, tolerance: 1e-13 })
}
