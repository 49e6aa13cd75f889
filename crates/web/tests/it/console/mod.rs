//! The console: its session, who may do what, its log pages, service access, conditional access, gaps.

mod app_protection;
pub(crate) mod browser;
pub(crate) mod compliance;
mod conditional_access;
pub(crate) mod directory;
pub(crate) mod directory_routes;
pub(crate) mod form;
mod gaps;
mod log;
mod reference;
pub(crate) mod roles;
pub(crate) mod services;
mod session;
mod settings;
mod what_if;
