//! The console: its session, who may do what, its log pages, and service access.

mod app_protection;
pub(crate) mod browser;
pub(crate) mod form;
mod log;
mod roles;
mod services;
mod session;
mod what_if;
