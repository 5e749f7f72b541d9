//! Ossa's multi-sector general equilibrium with monopolistic competition, in exact hat algebra.

mod economy;
mod equilibrium;
mod game;
mod state;
mod study;
mod system;

pub use economy::{Economy, Facts};
pub use equilibrium::Equilibrium;
pub(crate) use study::read;
pub use study::{Choice, policy};
