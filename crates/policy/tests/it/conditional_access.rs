//! Conditional access, rule by rule.

mod apply;
mod build;
mod filter;
mod grant;
mod laws;
mod regions;
mod service;
mod session;
