//! The console: its session, who may do what, its log pages, and service access.

mod browser;
mod compliance;
mod log;
mod roles;
mod services;
mod session;
mod what_if;
