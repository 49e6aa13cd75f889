//! The console: its session, who may do what, its log pages, and service access.

mod app_protection;
pub(crate) mod browser;
mod directory;
mod directory_routes;
pub(crate) mod form;
mod log;
mod roles;
mod services;
mod session;
mod settings;
mod what_if;
