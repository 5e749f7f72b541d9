//! The gRPC contract and every validation of untrusted input.
