//! Time: how figures move from month to month after an agreement.
//!
//! - [`Adjustment`]: elasticities grow with the time since a rate changed.
//! - [`Timetable`]: when each measure takes effect, for how long, and what follows.
//! - [`path()`]: imports, exports, deficit, revenue and prices by month, with what is bought ahead of
//!   an announced rise and not bought after it.
//!
//! No clock is read here: months are counted from the agreement, and whoever knows its date adds it.

mod aggregate;
mod horizon;
mod path;
mod staging;
mod stock;

pub use aggregate::{Aggregate, AggregateMonth, Rise, aggregate};
pub use horizon::{Adjustment, Horizon};
pub use path::{Month, PartyMonth, Path, path};
pub(crate) use staging::Stage;
pub use staging::{Ending, MeasureKind, Staging, Timetable};
pub use stock::{Stockpiling, Storable};

/// Months in a year.
pub(crate) const MONTHS: f64 = 12.0;
/// The longest time, in months, that anything here speaks of: a hundred years.
pub(crate) const MAX_MONTHS: u32 = 1_200;
/// Months that are worked out past those shown, for what is bought ahead of them and drawn down in them.
pub(crate) const BEYOND: usize = 24;
