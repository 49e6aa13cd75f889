//! The console: its session, who may do what, its log pages, service access, conditional access, gaps.

mod browser;
mod conditional_access;
mod gaps;
mod log;
mod roles;
mod services;
mod session;
mod what_if;
