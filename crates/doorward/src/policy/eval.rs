//! `doorward policy eval`: sign-ins in, decisions out.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use doorward_model::conditional_access::ConditionalAccessPolicy;
use doorward_model::service_policy::{ServicePolicy, check_certificate_conflict};
use doorward_policy::conditional_access::{self, Decision, PolicySet, decide};
use doorward_wire::policy_file::service_policy;
use serde::Serialize;

use super::directory::Directory;
use super::files::{self, LocatedPolicy};
use super::sign_in::{self, SignIn};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Policy files, or folders of `*.json`.
    #[arg(long, required = true, num_args = 1.., value_name = "PATH")]
    policies: Vec<PathBuf>,
    /// Directory: users, groups, applications, named locations.
    #[arg(long, value_name = "FILE")]
    directory: PathBuf,
    /// Sign-ins to decide, as JSON lines.
    #[arg(long, value_name = "FILE")]
    sign_ins: PathBuf,
    /// Service policies.
    #[arg(long, value_name = "FILE")]
    service_policies: Option<PathBuf>,
    /// Where decisions go, as JSON lines; standard output when left out.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Leave out policies that the engine cannot decide, and list them on stderr, instead of refusing the run.
    #[arg(long)]
    skip_unsupported: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    #[serde(flatten)]
    decision: &'a Decision,
}

/// Everything is read before anything is written, so bad input leaves nothing behind.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let directory = Directory::read(&arguments.directory)?;
    let policies = supported_policies(arguments, &directory)?;
    let services = service_policies(arguments.service_policies.as_deref())?;
    check_certificate_conflict(&services, directory.certificate_based_authentication)?;
    let set = conditional_access::compile(&policies, &services, &directory.named_locations, &directory.strengths)?;
    let sign_ins = sign_in::read(&arguments.sign_ins, &directory)?;
    match &arguments.output {
        Some(file) => write_file(file, &set, &sign_ins),
        None => write(io::stdout().lock(), &set, &sign_ins).context("standard output"),
    }
}

fn supported_policies(arguments: &Arguments, directory: &Directory) -> anyhow::Result<Vec<ConditionalAccessPolicy>> {
    let mut supported = Vec::new();
    let mut reasons = Vec::new();
    for file in files::expand(&arguments.policies)? {
        for located in files::read_policies(&file)? {
            match decidable(located, directory) {
                Ok(policy) => supported.push(policy),
                Err(reason) => reasons.push(reason),
            }
        }
    }
    if arguments.skip_unsupported {
        for reason in reasons {
            eprintln!("skipped: {reason}");
        }
    } else if !reasons.is_empty() {
        bail!("unsupported policies (--skip-unsupported leaves them out):\n{}", reasons.join("\n"));
    }
    Ok(supported)
}

/// The policy, or a line that says why it cannot be decided.
fn decidable(located: LocatedPolicy, directory: &Directory) -> Result<ConditionalAccessPolicy, String> {
    let LocatedPolicy { file, reading } = located;
    let place = file.display();
    let unsupported: Vec<_> = reading.unsupported().map(|finding| format!("{} {}", finding.path, finding.message)).collect();
    let policy = reading.policy.ok_or_else(|| format!("{place}: policy {:?}: {}", reading.id, unsupported.join("; ")))?;
    match conditional_access::check(&policy, &directory.strengths) {
        Ok(()) => Ok(policy),
        Err(error) => Err(format!("{place}: {}: {error}", reading.path)),
    }
}

fn service_policies(file: Option<&Path>) -> anyhow::Result<Vec<ServicePolicy>> {
    let Some(file) = file else { return Ok(Vec::new()) };
    let document = files::read_json(file)?;
    service_policy::read_file(&document.root()).with_context(|| format!("{}", file.display()))
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
