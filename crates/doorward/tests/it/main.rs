//! The program, run as a person runs it.
#![cfg(test)]

mod demo;
mod doctor;
mod policy_check;
mod policy_diff;
mod policy_documentation;
mod policy_eval;
mod policy_gaps;
mod policy_report;
mod replay;
mod searching;
mod what_if;
mod what_if_agreement;
