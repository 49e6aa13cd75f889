//! `doorward policy check`: what is suspicious about a set of policies.

mod report;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use doorward_model::conditional_access::ConditionalAccessPolicy;
use doorward_policy::conditional_access::check::{self, Weight};
use doorward_wire::policy_file::{self, Severity};

use super::directory::Directory;
use super::files::{self, LocatedPolicy};
use report::{Finding, Report};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Policy files, or folders of `*.json`.
    #[arg(value_name = "PATH", required_unless_present = "policies")]
    paths: Vec<PathBuf>,
    /// The same, named as for `eval`.
    #[arg(long, num_args = 1.., value_name = "PATH")]
    policies: Vec<PathBuf>,
    /// Directory: finds ids that nobody has.
    #[arg(long, value_name = "FILE")]
    directory: Option<PathBuf>,
    /// How to print what was found.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// For people: equal findings together.
    Table,
    /// For programs: one object with every finding.
    Json,
}

/// Prints the findings; succeeds when none of them is an error.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let directory = arguments.directory.as_deref().map(Directory::read).transpose()?;
    let files = files::expand(&[arguments.paths.as_slice(), &arguments.policies].concat())?;
    let report = review(&files, directory.as_ref());
    let text = match arguments.format {
        Format::Table => report.table(),
        Format::Json => report.json()?,
    };
    writeln!(io::stdout().lock(), "{text}").context("standard output")?;
    Ok(if report.errors == 0 { ExitCode::SUCCESS } else { ExitCode::from(super::BAD_INPUT) })
}

/// What reading the files finds, then what the policies as a set show.
fn review(files: &[PathBuf], directory: Option<&Directory>) -> Report {
    let mut findings = Vec::new();
    let mut located = Vec::new();
    for file in files {
        match files::read_policies(file) {
            Ok(policies) => located.extend(policies),
            Err(error) => findings.push(broken(file, &error)),
        }
    }
    findings.extend(located.iter().flat_map(|policy| policy.reading.findings.iter().map(|finding| read(policy, finding))));
    let (readable, policies): (Vec<_>, Vec<_>) = located.iter().filter_map(|policy| Some((policy, identified(policy)?))).unzip();
    for finding in check::review(&policies, directory.map(Directory::catalogue).as_ref()) {
        findings.extend(readable.get(finding.policy).map(|policy| judged(policy, finding)));
    }
    Report::new(located.len(), findings)
}

/// The policy under an id of its own: files of one name in two folders are not twice the same policy.
fn identified(located: &LocatedPolicy) -> Option<ConditionalAccessPolicy> {
    let mut policy = located.reading.policy.clone()?;
    if !located.reading.has_own_id {
        policy.id = format!("{} {}", located.file.display(), located.reading.path);
    }
    Some(policy)
}

fn broken(file: &Path, error: &anyhow::Error) -> Finding {
    let file = file.display().to_string();
    let told = format!("{error:#}");
    let message = told.strip_prefix(&format!("{file}: ")).unwrap_or(&told).to_owned();
    let path = "$".to_owned();
    Finding { weight: Weight::Error, rule: "broken-file", file, path, policy: None, name: None, place: String::new(), message }
}

fn read(located: &LocatedPolicy, finding: &policy_file::Finding) -> Finding {
    let (weight, rule, consequence) = match finding.severity {
        Severity::Unsupported => (Weight::Error, "unsupported", "so the policy cannot be decided: correct it or take it away"),
        Severity::Warning => (Weight::Warning, "ignored-member", "so it is passed over; it has no bearing on who gets in"),
    };
    let place = finding.path.strip_prefix(&located.reading.path).unwrap_or(&finding.path);
    Finding {
        weight,
        rule,
        file: located.file.display().to_string(),
        path: finding.path.clone(),
        policy: Some(located.reading.id.clone()),
        name: name(located),
        place: place.trim_start_matches('.').to_owned(),
        message: format!("this {}, {consequence}", finding.message),
    }
}

fn judged(located: &LocatedPolicy, finding: check::Finding) -> Finding {
    let reading = &located.reading;
    Finding {
        weight: finding.rule.weight(),
        rule: finding.rule.name(),
        file: located.file.display().to_string(),
        path: if finding.member.is_empty() { reading.path.clone() } else { format!("{}.{}", reading.path, finding.member) },
        policy: Some(reading.id.clone()),
        name: name(located),
        place: finding.member.to_owned(),
        message: finding.message,
    }
}

/// The name that people know the policy by, where it could be read.
fn name(located: &LocatedPolicy) -> Option<String> {
    located.reading.policy.as_ref().and_then(|policy| policy.display_name.clone())
}
