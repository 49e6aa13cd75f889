//! Decisions, tested from outside.

mod conditional_access;
mod protection;
