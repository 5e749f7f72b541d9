//! Many talks at once, in process: tournaments, metrics, statistics.

mod play;
pub mod speed;

pub use play::{Seat, play};
