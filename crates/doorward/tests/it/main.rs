//! The program, run as a person runs it.
#![cfg(test)]

mod demo;
mod doctor;
mod policy_check;
mod policy_eval;
mod policy_report;
mod replay;
mod what_if;
mod what_if_agreement;
