//! `doorward policy gaps`: every way to a resource that does without a requirement.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::ValueEnum;
use doorward_model::conditional_access::GrantControl;
use doorward_policy::conditional_access::UserFacts;
use doorward_policy::conditional_access::regions::{self, Gaps, Requirement, Target, Universe};
use serde_json::json;

use super::directory::Directory;
use super::paragraph::hanging;
use super::region::{self, Words, counted, grouped, numbered};
use super::report::{self, Ground};
use super::set::Sources;
use super::witness;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    sources: Sources,
    /// What every sign-in should have shown: grant controls, any one of which is enough. `block` asks who gets in at all.
    #[arg(long, required = true, num_args = 1.., value_delimiter = ',', value_parser = control, value_name = "CONTROL")]
    require: Vec<GrantControl>,
    /// Resources to look at, by app id or name; all applications of the directory when left out.
    #[arg(long, num_args = 1.., value_name = "APP")]
    resource: Vec<String>,
    #[command(flatten)]
    pub(super) output: Output,
}

/// How a search ends and how its answer is told.
#[derive(clap::Args)]
pub(super) struct Output {
    /// Form of the answer.
    #[arg(long, value_enum, default_value = "table")]
    pub(super) format: Format,
    /// Seconds after which the search gives what it has and says that it is not complete.
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    time_limit: u64,
    /// Regions to show; all of them are in the JSON.
    #[arg(long, default_value_t = 20, value_name = "COUNT")]
    pub(super) most: usize,
    /// Write the example of every region to a file, as sign-ins that `eval` reads.
    #[arg(long, value_name = "FILE")]
    witnesses: Option<PathBuf>,
    /// Write a report for people to a file: one page that needs nothing else.
    #[arg(long, value_name = "FILE")]
    pub(super) html: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
}

/// Exit status when something was found, and when nothing was found but not everywhere was looked.
pub(super) const FOUND: u8 = 1;
pub(super) const INCOMPLETE: u8 = 3;

impl Output {
    /// Writes the example of each region, under the name that the JSON gives it.
    pub(super) fn write_witnesses<'a>(&self, regions: impl Iterator<Item = (String, &'a regions::Region)>) -> anyhow::Result<()> {
        let Some(file) = &self.witnesses else { return Ok(()) };
        let lines = regions.map(|(id, region)| format!("{}\n", witness::sign_in(&id, &region.witness)));
        std::fs::write(file, lines.collect::<String>()).with_context(|| format!("{}", file.display()))
    }

    /// Says when the time is up.
    pub(super) fn clock(&self) -> impl Fn() -> bool + use<> {
        let (begun, limit) = (Instant::now(), Duration::from_secs(self.time_limit));
        move || begun.elapsed() > limit
    }
}

fn control(word: &str) -> Result<GrantControl, String> {
    let words = GrantControl::ALL.iter().map(|control| control.as_str()).collect::<Vec<_>>();
    GrantControl::from_wire(word).ok_or_else(|| format!("not a grant control; known are {}", words.join(", ")))
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let (directory, policies) = arguments.sources.load()?;
    let users = people(&directory)?;
    let targets = resources(&directory, &arguments.resource)?;
    let clients = directory.listed_clients();
    let universe = Universe { users: &users, targets: &targets, clients: &clients, named_locations: &directory.named_locations };
    let requirement = Requirement(arguments.require.clone());
    let found = regions::gaps(&policies.set, universe, &requirement, &arguments.output.clock())?;
    let words = Words::new(&directory.names, &users, &found.axes);
    let question = question(&directory, &targets, &arguments.require);
    arguments.output.write_witnesses(numbered("gap", &found.regions))?;
    if let Some(file) = &arguments.output.html {
        let ground = Ground { names: &directory.names, users: &users, sets: &[&policies], words: &words, most: arguments.output.most };
        report::write_gaps(file, &ground, &found, &question, &arguments.require, &targets)?;
    }
    let text = match arguments.output.format {
        Format::Table => table(&found, &words, &question, arguments.output.most),
        Format::Json => json(&found, &words, &question),
    };
    io::stdout().lock().write_all(text.as_bytes()).context("standard output")?;
    Ok(match (found.regions.is_empty(), found.is_complete()) {
        (false, _) => ExitCode::from(FOUND),
        (true, false) => ExitCode::from(INCOMPLETE),
        (true, true) => ExitCode::SUCCESS,
    })
}

/// Everyone. A search among nobody would find nothing, and that would pass for safety.
pub(super) fn people(directory: &Directory) -> anyhow::Result<Vec<UserFacts>> {
    let users = directory.everyone();
    ensure!(!users.is_empty(), "the directory has no users: there is nobody to look at");
    Ok(users)
}

/// The resources that are named, each once, or all.
fn resources(directory: &Directory, wanted: &[String]) -> anyhow::Result<Vec<Target>> {
    if wanted.is_empty() {
        let all: Vec<_> = directory.resources().into_iter().map(Target::Resource).collect();
        ensure!(!all.is_empty(), "the directory has no applications: there is no resource to look at");
        return Ok(all);
    }
    let mut targets = Vec::new();
    for name in wanted {
        let id = directory.names.applications.find(name).with_context(|| format!("--resource {name}"))?;
        let target = Target::Resource(directory.resource(id));
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    Ok(targets)
}

fn question(directory: &Directory, targets: &[Target], controls: &[GrantControl]) -> String {
    let names: Vec<_> =
        targets
            .iter()
            .filter_map(|target| {
                if let Target::Resource(resource) = target { Some(directory.names.applications.label(&resource.app_id)) } else { None }
            })
            .collect();
    let to = if names.len() > 4 { counted(names.len(), "resource") } else { names.join(", ") };
    let without: Vec<_> = controls.iter().filter(|control| **control != GrantControl::Block).map(|control| control.as_str()).collect();
    if without.is_empty() { format!("Ways to {to}") } else { format!("Ways to {to} without {}", without.join(" or ")) }
}

fn table(found: &Gaps, words: &Words<'_>, question: &str, most: usize) -> String {
    let count = match (found.regions.len(), found.is_complete()) {
        (0, true) => "none.".to_owned(),
        (0, false) => "none found so far.".to_owned(),
        (count, _) => grouped(count),
    };
    let mut text = hanging("", &format!("{question}: {count}"));
    text.push_str(&blocks(&found.regions, words, most));
    text.push_str(&remark(found));
    text
}

/// Each region with what restricts it and a sign-in that shows it.
pub(super) fn blocks(found: &[regions::Region], words: &Words<'_>, most: usize) -> String {
    let mut text = String::new();
    for (number, region) in (1..).zip(found.iter().take(most)) {
        text.push('\n');
        text.push_str(&hanging(&format!("{number:>3}. "), &words.people(region)));
        let example = ("for example", words.sign_in(&region.witness));
        for (label, value) in words.limits(region).into_iter().chain([example]) {
            text.push_str(&hanging(&format!("     {label:<16}"), &value));
        }
    }
    if found.len() > most {
        text.push_str(&format!("\n{} more: --most {} shows them all.\n", found.len() - most, found.len()));
    }
    text
}

fn remark(found: &Gaps) -> String {
    let mut text = String::new();
    if found.worked < found.of {
        text.push('\n');
        text.push_str(&out_of_time(found.worked, found.of));
    }
    if !found.is_exact {
        text.push('\n');
        text.push_str(&too_many_constants());
    }
    text
}

/// Says that the search was cut short.
pub(super) fn out_of_time(worked: usize, of: usize) -> String {
    let of = counted(of, "requirement");
    hanging(
        "NOT COMPLETE: ",
        &format!("the time was up after {} of {of}; there may be more. --time-limit gives more time.", grouped(worked)),
    )
}

/// Says that some values were not looked at.
pub(super) fn too_many_constants() -> String {
    let why = "the device filters, strengths or terms of use name too many things to try all their combinations; there may be more.";
    hanging("NOT COMPLETE: ", why)
}

fn json(found: &Gaps, words: &Words<'_>, question: &str) -> String {
    let regions = numbered("gap", &found.regions).map(|(id, region)| region::json(words, region, &id));
    let answer = json!({
        "question": question,
        "complete": found.is_complete(),
        "requirementsLookedAt": found.worked,
        "requirements": found.of,
        "regions": regions.collect::<Vec<_>>(),
    });
    format!("{answer:#}\n")
}
