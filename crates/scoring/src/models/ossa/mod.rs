//! Ossa's multi-sector general equilibrium with monopolistic competition, in exact hat algebra.

mod economy;
mod equilibrium;
mod error;
mod game;
mod newton;
mod system;

pub use economy::{Economy, Facts};
pub use equilibrium::Equilibrium;
pub use error::OssaError;
