//! The runtime of a seat at the table.
