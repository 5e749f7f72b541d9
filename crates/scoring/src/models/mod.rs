//! The models, one folder each.

pub(crate) mod armington;
pub mod gsim;
pub(crate) mod linear;
pub mod ossa;
pub mod smart;
