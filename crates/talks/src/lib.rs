//! How talks proceed: sans-I/O state machines of the procedures.
