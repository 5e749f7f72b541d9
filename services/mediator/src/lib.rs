//! The service that runs the table and never learns what anybody wants.
