//! The public part of a scenario: data, status quo, agenda, procedure.
