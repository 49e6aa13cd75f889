//! Doorward: self-hosted, app-based conditional access. This is the only place that names a concrete store, clock and randomness.

mod admin;
mod attestation;
mod config;
mod demo;
mod doctor;
mod domain;
mod durable_file;
mod init;
mod listen;
mod master_key;
mod metrics;
mod os;
mod policy;
mod private_file;
mod server;
mod sign_ins;
mod telemetry;
mod tls;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Config;

/// A server makes and drops many small things on all its threads, which the C library's allocator does not do well.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Self-hosted, app-based conditional access.
#[derive(Parser)]
#[command(name = "doorward", version, propagate_version = true, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server.
    Serve(ConfigFile),
    /// Make the data folder, a tenant and its first administrator; prints a one-time password.
    Init(init::Arguments),
    /// Check configuration, files, keys, database and certificate, and say what to do.
    Doctor(ConfigFile),
    /// Administer a tenant from the command line.
    Admin(admin::Arguments),
    /// Take over what has changed in the domain of the configuration.
    Sync(domain::Arguments),
    /// Show the sign-in log.
    SignIns(sign_ins::Arguments),
    /// Show the whole system on sample data: a server, software phones, every scenario.
    Demo(demo::Arguments),
    /// Work with policies offline.
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
}

/// Which configuration to use.
#[derive(clap::Args, Clone)]
struct ConfigFile {
    /// Configuration file; see docs/doorward.toml.
    #[arg(long, value_name = "FILE", default_value = "/etc/doorward.toml", env = "DOORWARD_CONFIG")]
    config: PathBuf,
}

impl ConfigFile {
    fn load(&self) -> anyhow::Result<Config> {
        Config::load(&self.config)
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Command::Policy(command) => policy::run(command),
        other => runtime().and_then(|runtime| runtime.block_on(run(other))),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("doorward: {error:#}");
            ExitCode::from(1)
        }
    }
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(file) => {
            let config = file.load()?;
            telemetry::start(&config.log)?;
            server::run(&config).await.map(|()| ExitCode::SUCCESS)
        }
        Command::Init(arguments) => init::run(arguments).await.map(|()| ExitCode::SUCCESS),
        Command::Doctor(file) => doctor::run(&file.config).await,
        Command::Admin(arguments) => admin::run(arguments).await.map(|()| ExitCode::SUCCESS),
        Command::Sync(arguments) => domain::run(arguments).await.map(|()| ExitCode::SUCCESS),
        Command::SignIns(arguments) => sign_ins::run(arguments).await.map(|()| ExitCode::SUCCESS),
        Command::Demo(arguments) => demo::run(arguments).await,
        Command::Policy(command) => policy::run(command),
    }
}
