//! What the models say of things that have happened, beside what was published.
//!
//! The published figures stand in `data/` with their provenance. Nothing here is fitted to them: a
//! miss is shown beside a hit.

mod front_loading;
mod reciprocal;
mod timeline;

pub use front_loading::{Comparison, Expectation, FrontLoading, MonthOfTrade, front_loading_2025};
pub use reciprocal::{ReciprocalRate, reciprocal_rates};
pub use timeline::{TimelineStep, timeline};
