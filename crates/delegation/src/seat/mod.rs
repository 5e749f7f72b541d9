//! The seat of a person: a page served by the party's own delegation, on loopback, where somebody
//! weighs offers against the party's mandate and makes its moves.
//!
//! A [`Desk`] holds every talk that is attended, each at a table of its own. A [`SeatBriefing`] seats
//! the person at the table of a talk; the delegation's runtime then waits for their move as it waits
//! for a strategy's. What a person sends is read, judged and typed in [`moves`] before it reaches a
//! table, and what is shown of a table is written in [`documents`].

mod desk;
mod documents;
mod key;
mod lines;
mod moves;
mod person;
mod table;
mod web;

pub use desk::Desk;
pub use person::SeatBriefing;
pub use web::serve_seat;
