//! `doorward policy eval`: sign-ins in, decisions out.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use doorward_policy::conditional_access::{Decision, PolicySet, decide};
use serde::Serialize;

use super::set::{Policies, Sources};
use super::sign_in::{self, SignIn};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    sources: Sources,
    /// Sign-ins to decide, as JSON lines.
    #[arg(long, value_name = "FILE")]
    sign_ins: PathBuf,
    /// Where decisions go, as JSON lines; standard output when left out.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    #[serde(flatten)]
    decision: &'a Decision,
}

/// Everything is read before anything is written, so bad input leaves nothing behind.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let (directory, Policies { set, .. }) = arguments.sources.load()?;
    let sign_ins = sign_in::read(&arguments.sign_ins, &directory)?;
    match &arguments.output {
        Some(file) => write_file(file, &set, &sign_ins),
        None => write(io::stdout().lock(), &set, &sign_ins).context("standard output"),
    }
}

fn write_file(path: &Path, set: &PolicySet, sign_ins: &[SignIn]) -> anyhow::Result<()> {
    let place = || format!("{}", path.display());
    let file = File::create(path).with_context(place)?;
    let written = write(file, set, sign_ins);
    if written.is_err() && path.is_file() {
        // Half a file would pass for a whole one.
        fs::remove_file(path).with_context(place)?;
    }
    written.with_context(place)
}

fn write(target: impl Write, set: &PolicySet, sign_ins: &[SignIn]) -> io::Result<()> {
    let mut target = BufWriter::new(target);
    for sign_in in sign_ins {
        let decision = decide(set, &sign_in.facts);
        serde_json::to_writer(&mut target, &Line { id: &sign_in.id, decision: &decision })?;
        target.write_all(b"\n")?;
    }
    target.flush()
}
