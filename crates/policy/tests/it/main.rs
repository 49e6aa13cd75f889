//! Decisions, tested from outside.

mod compliance;
mod conditional_access;
mod protection;
