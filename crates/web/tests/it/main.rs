//! Tests of the HTTP layer.
#![cfg(test)]
#![expect(unreachable_pub, reason = "modules of a test binary share helpers")]

mod account;
mod attacks;
mod authenticator;
mod authority;
mod compliance;
mod computer;
mod console;
mod domain;
mod forms;
mod graph;
mod linux;
mod lock_out;
mod mam;
mod page_samples;
mod pages;
mod registration;
mod what_if;
mod world;
