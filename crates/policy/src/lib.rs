//! Decisions, pure and total: facts in, a decision with its reasons out. No I/O, no clock, no randomness, no panics.

pub mod compliance;
pub mod conditional_access;
pub mod protection;
