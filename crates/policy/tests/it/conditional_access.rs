//! Conditional access, rule by rule.

mod agreement;
mod apply;
mod build;
mod check;
mod decision_cache;
mod filter;
mod frequency;
mod generate;
mod grant;
mod laws;
mod oracle;
mod regions;
mod service;
mod session;
