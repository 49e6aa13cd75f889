//! `doorward policy check`: what in policy files the engine does not know.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use doorward_model::conditional_access::ConditionalAccessPolicy;
use doorward_policy::conditional_access;
use doorward_wire::policy_file::Severity;
use uuid::Uuid;

use super::directory::Directory;
use super::files::{self, LocatedPolicy};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Policy files, or folders of `*.json`.
    #[arg(value_name = "PATH", required_unless_present = "policies")]
    paths: Vec<PathBuf>,
    /// The same, named as for `eval`.
    #[arg(long, num_args = 1.., value_name = "PATH")]
    policies: Vec<PathBuf>,
    /// Directory, for its authentication strengths.
    #[arg(long, value_name = "FILE")]
    directory: Option<PathBuf>,
}

/// What was found, in the order of the files.
#[derive(Default)]
struct Report {
    lines: Vec<String>,
    errors: usize,
}

impl Report {
    fn error(&mut self, text: &str) {
        self.errors += 1;
        self.lines.push(format!("error: {text}"));
    }

    fn warning(&mut self, text: &str) {
        self.lines.push(format!("warning: {text}"));
    }
}

/// Prints one line for each finding; succeeds when none of them is an error.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let directory = arguments.directory.as_deref().map(Directory::read).transpose()?;
    let mut report = Report::default();
    let mut count = 0;
    for file in files::expand(&[arguments.paths.as_slice(), &arguments.policies].concat())? {
        match files::read_policies(&file) {
            Ok(policies) => {
                count += policies.len();
                policies.iter().for_each(|policy| check(policy, directory.as_ref(), &mut report));
            }
            Err(error) => report.error(&format!("{error:#}")),
        }
    }
    let warnings = report.lines.len() - report.errors;
    let summary = format!("{count} policies, {} errors, {warnings} warnings", report.errors);
    let mut out = io::stdout().lock();
    report.lines.iter().chain([&summary]).try_for_each(|line| writeln!(out, "{line}")).context("standard output")?;
    Ok(if report.errors == 0 { ExitCode::SUCCESS } else { ExitCode::from(super::BAD_INPUT) })
}

fn check(located: &LocatedPolicy, directory: Option<&Directory>, report: &mut Report) {
    let file = located.file.display();
    for finding in &located.reading.findings {
        let text = format!("{file}: {} {}", finding.path, finding.message);
        match finding.severity {
            Severity::Unsupported => report.error(&text),
            Severity::Warning => report.warning(&text),
        }
    }
    let Some(policy) = &located.reading.policy else { return };
    let strengths = directory.map(|directory| directory.strengths.as_slice()).unwrap_or_default();
    if let Err(error) = conditional_access::check(policy, strengths) {
        report.error(&format!("{file}: {}: {error}", located.reading.path));
    }
    for (place, text) in odd_ids(policy) {
        report.warning(&format!("{file}: {}.conditions.{place}: {text:?} is not an id: it matches nothing", located.reading.path));
    }
}

/// Names and placeholders where ids belong: exports of templates are full of them.
fn odd_ids(policy: &ConditionalAccessPolicy) -> Vec<(&'static str, &str)> {
    const USERS: &[&str] = &["All", "None", "GuestsOrExternalUsers"];
    const APPS: &[&str] = &["All", "None", "Office365", "MicrosoftAdminPortals"];
    const WORKLOADS: &[&str] = &["None", "ServicePrincipalsInMyTenant"];
    const LOCATIONS: &[&str] = &["All", "AllTrusted"];
    let conditions = &policy.conditions;
    let (users, apps) = (&conditions.users, &conditions.applications);
    let (workloads, locations) = (&conditions.client_applications, &conditions.locations);
    let lists: [(&'static str, &Vec<String>, &[&str]); 12] = [
        ("users.includeUsers", &users.include_users, USERS),
        ("users.excludeUsers", &users.exclude_users, USERS),
        ("users.includeGroups", &users.include_groups, &[]),
        ("users.excludeGroups", &users.exclude_groups, &[]),
        ("users.includeRoles", &users.include_roles, &[]),
        ("users.excludeRoles", &users.exclude_roles, &[]),
        ("clientApplications.includeServicePrincipals", &workloads.include_service_principals, WORKLOADS),
        ("clientApplications.excludeServicePrincipals", &workloads.exclude_service_principals, WORKLOADS),
        ("applications.includeApplications", &apps.include_applications, APPS),
        ("applications.excludeApplications", &apps.exclude_applications, APPS),
        ("locations.includeLocations", &locations.include, LOCATIONS),
        ("locations.excludeLocations", &locations.exclude, LOCATIONS),
    ];
    let is_odd = |id: &str, words: &[&str]| !words.iter().any(|word| word.eq_ignore_ascii_case(id)) && Uuid::try_parse(id).is_err();
    lists
        .into_iter()
        .flat_map(|(place, ids, words)| ids.iter().filter(move |id| is_odd(id, words)).map(move |id| (place, id.as_str())))
        .collect()
}
