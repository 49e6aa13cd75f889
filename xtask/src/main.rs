//! Checks and benchmarks of the workspace: `cargo xtask arch`, `cargo xtask bench [startup | decide | lists | tools]`.

mod arch;
mod bench;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["arch"] => arch::run(),
        ["bench"] => bench::run(None),
        ["bench", part] => bench::run(Some(part)),
        _ => Err(anyhow::anyhow!("usage: cargo xtask arch | bench [startup | decide | lists | tools]")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::from(1)
        }
    }
}
