//! Decisions, tested from outside.

mod protection;
