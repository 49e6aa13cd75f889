//! `doorward policy`: what policies really do, without a server.

mod check;
mod diff;
mod directory;
mod eval;
mod files;
mod gaps;
mod names;
mod paragraph;
mod region;
mod replay;
mod report;
mod set;
mod sign_in;
mod what_if;
mod witness;

use std::process::ExitCode;

use clap::Subcommand;

/// Work with policies offline.
#[derive(Subcommand)]
pub(crate) enum PolicyCommand {
    /// Decide a list of sign-ins against a set of policies.
    Eval(eval::Arguments),
    /// Decide one sign-in, and say how every condition of every policy stands to it.
    WhatIf(Box<what_if::Arguments>),
    /// Decide the sign-ins of a log again, and say how many decisions change.
    Replay(Box<replay::Arguments>),
    /// Say what in a set of policies is unknown, cannot work or could lock people out.
    Check(check::Arguments),
    /// Find every way to a resource that does without a requirement.
    Gaps(gaps::Arguments),
    /// Say who gains or loses access to what when policies change.
    Diff(diff::Arguments),
}

/// Exit status for input that cannot be used, like that of a wrong command line.
const BAD_INPUT: u8 = 2;

/// Runs the command. Bad input is told on stderr and by the exit status.
pub(crate) fn run(command: PolicyCommand) -> anyhow::Result<ExitCode> {
    let outcome = match command {
        PolicyCommand::Eval(arguments) => eval::run(&arguments).map(|()| ExitCode::SUCCESS),
        PolicyCommand::WhatIf(arguments) => what_if::run(&arguments).map(|()| ExitCode::SUCCESS),
        PolicyCommand::Replay(arguments) => replay::run(&arguments),
        PolicyCommand::Check(arguments) => check::run(&arguments),
        PolicyCommand::Gaps(arguments) => gaps::run(&arguments),
        PolicyCommand::Diff(arguments) => diff::run(&arguments),
    };
    Ok(outcome.unwrap_or_else(|error| {
        eprintln!("doorward: {}", told(&error));
        ExitCode::from(BAD_INPUT)
    }))
}

/// An error in its own lines. It may quote what it was given, which must not steer the terminal.
fn told(error: &anyhow::Error) -> String {
    format!("{error:#}").split('\n').map(paragraph::printable).collect::<Vec<_>>().join("\n")
}
