//! `doorward policy check`: what is suspicious about a set of policies.

mod report;

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
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
    findings.extend(duplicate_ids(&located));
    let (readable, policies): (Vec<_>, Vec<_>) = located.iter().filter_map(|policy| Some((policy, policy.reading.policy.clone()?))).unzip();
    for finding in check::review(&policies, directory.map(Directory::catalogue).as_ref()) {
        findings.extend(readable.get(finding.policy).map(|policy| judged(policy, finding)));
    }
    Report::new(located.len(), findings)
}

/// Ids that files give to two policies. Those that a policy gets from the name of its file do not count: names recur in other folders.
fn duplicate_ids(located: &[LocatedPolicy]) -> Vec<Finding> {
    let mut seen = HashSet::new();
    let named = located.iter().filter(|policy| policy.reading.has_own_id);
    let doubles = named.filter(|policy| !seen.insert(policy.reading.id.to_lowercase()));
    let message = "another policy has this id too, and decisions could not tell the two apart: give one of them another";
    doubles.map(|policy| of_policy(policy, Weight::Error, "duplicate-id", "id", message.to_owned())).collect()
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
        path: finding.path.clone(),
        ..of_policy(located, weight, rule, place.trim_start_matches('.'), format!("this {}, {consequence}", finding.message))
    }
}

fn judged(located: &LocatedPolicy, finding: check::Finding) -> Finding {
    of_policy(located, finding.rule.weight(), finding.rule.name(), finding.member, finding.message)
}

/// A finding about a member of a policy, or all of it when `place` is empty.
fn of_policy(located: &LocatedPolicy, weight: Weight, rule: &'static str, place: &str, message: String) -> Finding {
    let reading = &located.reading;
    Finding {
        weight,
        rule,
        file: located.file.display().to_string(),
        path: if place.is_empty() { reading.path.clone() } else { format!("{}.{place}", reading.path) },
        policy: Some(reading.id.clone()),
        name: reading.policy.as_ref().and_then(|policy| policy.display_name.clone()),
        place: place.to_owned(),
        message,
    }
}
