//! `doorward policy`: what policies really do, without a server.

mod check;
mod directory;
mod eval;
mod files;
mod set;
mod sign_in;

use std::process::ExitCode;

use clap::Subcommand;

/// Work with policies offline.
#[derive(Subcommand)]
pub(crate) enum PolicyCommand {
    /// Decide a list of sign-ins against a set of policies.
    Eval(eval::Arguments),
    /// Say what in policy files the engine does not know.
    Check(check::Arguments),
}

/// Exit status for input that cannot be used, like that of a wrong command line.
const BAD_INPUT: u8 = 2;

/// Runs the command. Bad input is told on stderr and by the exit status.
pub(crate) fn run(command: PolicyCommand) -> anyhow::Result<ExitCode> {
    let outcome = match command {
        PolicyCommand::Eval(arguments) => eval::run(&arguments).map(|()| ExitCode::SUCCESS),
        PolicyCommand::Check(arguments) => check::run(&arguments),
    };
    Ok(outcome.unwrap_or_else(|error| {
        eprintln!("doorward: {error:#}");
        ExitCode::from(BAD_INPUT)
    }))
}
