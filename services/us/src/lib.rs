//! The delegation of the United States.
