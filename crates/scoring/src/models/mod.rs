//! The models, one folder each.

pub(crate) mod armington;
pub mod caliendo_parro;
pub mod deficit_ge;
pub mod gsim;
pub(crate) mod linear;
pub mod ossa;
pub mod smart;
