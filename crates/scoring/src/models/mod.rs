//! The models, one folder each.

pub(crate) mod armington;
pub mod ossa;
