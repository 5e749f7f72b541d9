//! Many talks at once, in process: tournaments, metrics, statistics.

mod play;

pub use play::{Seat, play};
