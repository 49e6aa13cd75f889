//! The program, run as a person runs it.
#![cfg(test)]

mod policy_eval;
