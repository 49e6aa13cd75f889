//! `doorward policy replay`: the sign-ins of a log, decided again with other policies.

mod graph;
mod heat;
mod known_objects;
mod lookup;
mod memory;
mod networks;
mod page;
mod pair;
mod purposes;
mod report;
mod row;
mod rows;
mod strictness;
mod table;
mod tally;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::ValueEnum;
use doorward_policy::conditional_access::{Answer, Classes, Explanation, PolicyOutcome, PolicySet, SignIn};
use doorward_wire::policy_file::ReadError;

use super::directory::Directory;
use super::set::Surroundings;
use super::sign_in;
use heat::Spot;
use lookup::{Found, Lookup};
use pair::Pair;
use report::Report;
use row::{Row, Shape};
use tally::{Change, Comparison, Policy, Tally, Undecided, Verdict};

/// Exit status of `--fail-on-change`.
const CHANGED: u8 = 1;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Policy files, or folders of `*.json`.
    #[arg(long, required = true, num_args = 1.., value_name = "PATH")]
    policies: Vec<PathBuf>,
    #[command(flatten)]
    surroundings: Surroundings,
    /// Sign-ins of `eval`, a sign-in log of Doorward or one of Graph: JSON lines or a JSON document; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    sign_ins: PathBuf,
    /// Policies to compare with, instead of the decisions that are recorded with the sign-ins.
    #[arg(long, num_args = 1.., value_name = "PATH")]
    baseline: Vec<PathBuf>,
    /// Service policies to compare with; those of `--service-policies` when left out.
    #[arg(long, value_name = "FILE", requires = "baseline")]
    baseline_service_policies: Option<PathBuf>,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Members of each group to show; all of them are in the JSON.
    #[arg(long, value_name = "N", default_value_t = 10)]
    most: usize,
    /// Write a report for people to a file: one page that needs nothing else.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// How many examples of each kind of change are shown.
    #[arg(long, value_name = "N", default_value_t = 3)]
    examples: usize,
    /// Exit with status 1 when a decision changes.
    #[arg(long)]
    fail_on_change: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// Everything, not only the most frequent.
    Json,
}

/// Nothing is printed or written before everything is read, so bad input leaves no half an answer.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let Arguments { surroundings, policies, baseline, .. } = arguments;
    let directory = surroundings.directory()?;
    let new = surroundings.policies(policies, &directory)?;
    let load = || surroundings.policies_with(baseline, arguments.baseline_service_policies.as_deref(), &directory);
    let old = (!baseline.is_empty()).then(load).transpose()?;
    let sets = Pair { new: &new, old: old.as_ref() };
    let mut replay = Replay::new(&directory, sets.map(|policies| &policies.set), Tally::new(arguments.examples));
    rows::read(&arguments.sign_ins, &mut |text| replay.row(text))?;
    let report = Report::new(&replay, &directory.names, arguments.most);
    if let Some(file) = &arguments.html {
        let paths = Pair { new: policies.as_slice(), old: Some(baseline.as_slice()) };
        let ground = page::Ground { sign_ins: &arguments.sign_ins, sets: sets.zip(paths), directory: &directory };
        super::report::write(file, &page::render(&report, &ground)?)?;
    }
    let text = match arguments.format {
        Format::Table => table::render(&report),
        Format::Json => format!("{:#}\n", report.json()),
    };
    io::stdout().lock().write_all(text.as_bytes()).context("standard output")?;
    let fails = arguments.fail_on_change && replay.tally.changed() > 0;
    Ok(if fails { ExitCode::from(CHANGED) } else { ExitCode::SUCCESS })
}

/// A replay under way.
struct Replay<'a> {
    directory: &'a Directory,
    lookup: Lookup<'a>,
    explanations: Pair<Explanation>,
    /// Told from the first row.
    shape: Option<Shape>,
    tally: Tally,
}

impl<'a> Replay<'a> {
    fn new(directory: &'a Directory, sets: Pair<&'a PolicySet>, tally: Tally) -> Self {
        Self {
            directory,
            lookup: Lookup::new(directory, sets.map(Classes::new)),
            explanations: sets.map(Explanation::new),
            shape: None,
            tally,
        }
    }

    fn row(&mut self, text: &str) -> anyhow::Result<()> {
        let shape = self.shape.map_or_else(|| Shape::of(text), Ok)?;
        self.shape = Some(shape);
        let known = |rest: &[u8]| self.lookup.devices.at_start_of(rest);
        match shape {
            Shape::SignIn => self.decide(&Row::sign_in(text, &known, false)?)?,
            Shape::Record => match Row::record(text, &known)? {
                Some(row) => self.decide(&row)?,
                None => self.tally.undecided(Undecided::NoFacts),
            },
            Shape::Graph => match graph::translate(text, self.directory)? {
                Some(line) => self.decide(&Row::sign_in(&line, &known, true)?)?,
                None => self.tally.undecided(Undecided::NoFacts),
            },
        }
        Ok(())
    }

    fn decide(&mut self, row: &Row<'_>) -> Result<(), ReadError> {
        let id = row.fields.id()?;
        let Some(Found { sign_ins, purpose }) = self.lookup.sign_in(&row.fields, row.waived)? else {
            return if row.is_log {
                self.tally.undecided(Undecided::UnknownUser);
                Ok(())
            } else {
                Err(sign_in::error("userId", "is not a user of the directory"))
            };
        };
        let answers = self.lookup.sets.as_ref().zip(sign_ins).map(|(classes, sign_in)| verdict(classes.outcome(&sign_in)));
        let new = answers.new;
        let old = match self.lookup.sets.old {
            Some(_) => answers.old,
            None => row.recorded.as_ref().map(|recorded| recorded.verdict),
        };
        let values = row.fields.circumstances();
        let spot = Spot { purpose, client: values.client_app_type, platform: values.device_platform };
        if let (Comparison::Changed, Some(old)) = (self.tally.decided(spot, old, new), old) {
            let change = Change {
                id: id.to_owned(),
                user: row.fields.who()?.id().to_lowercase(),
                apps: lookup::purpose(&row.fields)?,
                platform: values.device_platform.map_or("unknown", |platform| platform.as_str()).to_owned(),
                old,
                new,
                policies: self.explaining(row, sign_ins, strictness::is_stricter(old.outcome, new.outcome))?,
            };
            self.tally.explain(change);
        }
        Ok(())
    }

    /// The policies that make the difference.
    fn explaining(&mut self, row: &Row<'_>, sign_ins: Pair<SignIn>, is_stricter: bool) -> Result<Vec<Policy>, ReadError> {
        let sides = self.lookup.sets.as_ref().zip(sign_ins).zip(self.explanations.as_mut());
        let failing = sides.map(|((classes, sign_in), explanation)| failing(classes, &sign_in, explanation));
        let old = match (failing.old, &row.recorded) {
            (Some(old), _) => old,
            (None, Some(recorded)) => recorded.failing()?,
            (None, None) => Vec::new(),
        };
        let (stricter, looser) = if is_stricter { (failing.new, old) } else { (old, failing.new) };
        Ok(tally::explaining(stricter, &looser))
    }
}

fn verdict(answer: Answer) -> Verdict {
    Verdict { outcome: answer.outcome, error_code: answer.error.map(|code| code.0) }
}

/// The policies that refuse.
fn failing(classes: &Classes<'_>, sign_in: &SignIn, explanation: &mut Explanation) -> Vec<Policy> {
    classes.explain(sign_in, explanation);
    let failing = explanation.policies(classes.policies()).filter(|policy| policy.result() == PolicyOutcome::Failure);
    failing.map(|policy| Policy { id: policy.id().to_owned(), display_name: policy.display_name().map(str::to_owned) }).collect()
}
