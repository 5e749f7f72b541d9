//! The delegation of China.
