//! Checks and benchmarks of the workspace: `cargo xtask arch`, `cargo xtask bench`.

mod arch;
mod bench;

use std::process::ExitCode;

fn main() -> ExitCode {
    let task = std::env::args().nth(1).unwrap_or_default();
    let outcome = match task.as_str() {
        "arch" => arch::run(),
        "bench" => bench::run(),
        _ => Err(anyhow::anyhow!("usage: cargo xtask arch | bench")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::from(1)
        }
    }
}
