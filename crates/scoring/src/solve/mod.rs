//! Solving a model's equations: a damped Newton with an analytic Jacobian.
//!
//! A model gives its equations as a [`System`]; [`newton`] returns a root whose residual was tested
//! on those equations, or says why there is none. It never returns a point that did not converge.

mod linear;
mod newton;

pub(crate) use linear::{solve_bordered, solve_linear};
pub(crate) use nalgebra::{DMatrix as Matrix, DVector as Vector};
pub(crate) use newton::{Newton, Root, System, largest};
