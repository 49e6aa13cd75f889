//! `doorward policy diff`: who gains or loses access to what when one set of policies takes the place of another.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use doorward_model::sign_in::UserAction;
use doorward_policy::conditional_access::ResourceFacts;
use doorward_policy::conditional_access::regions::{self, Change, Difference, Target, Universe};
use serde_json::{Value, json};

use super::directory::Directory;
use super::gaps::{FOUND, Format, INCOMPLETE, Output, blocks, out_of_time, people, too_many_constants};
use super::region::{self, Words, counted, numbered};
use super::report::{self, Ground};
use super::set::{Policies, Surroundings};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Policies as they are: a file or folder.
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// Policies as they would be.
    #[arg(value_name = "NEW")]
    new: PathBuf,
    #[command(flatten)]
    surroundings: Surroundings,
    #[command(flatten)]
    output: Output,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let directory = arguments.surroundings.directory()?;
    let old = arguments.surroundings.policies(std::slice::from_ref(&arguments.old), &directory)?;
    let new = arguments.surroundings.policies(std::slice::from_ref(&arguments.new), &directory)?;
    let users = people(&directory)?;
    let clients = directory.listed_clients();
    let targets = targets(&directory, [&old, &new]);
    let universe = Universe { users: &users, targets: &targets, clients: &clients, named_locations: &directory.named_locations };
    let found = regions::diff(&old.set, &new.set, universe, &arguments.output.clock())?;
    let words = Words::new(&directory.names, &users, &found.axes);
    arguments.output.write_witnesses(numbered("gained", &found.gained.regions).chain(numbered("lost", &found.lost.regions)))?;
    if let Some(file) = &arguments.output.html {
        let ground = Ground { names: &directory.names, users: &users, sets: &[&old, &new], words: &words, most: arguments.output.most };
        report::write_diff(file, &ground, &found, [&arguments.old, &arguments.new])?;
    }
    let text = match arguments.output.format {
        Format::Table => table(&found, &words, arguments.output.most),
        Format::Json => {
            let answer = json!({
                "complete": found.is_complete(),
                "gained": change_json(&found.gained, &words, "gained"),
                "lost": change_json(&found.lost, &words, "lost"),
            });
            format!("{answer:#}\n")
        }
    };
    io::stdout().lock().write_all(text.as_bytes()).context("standard output")?;
    Ok(match (found.is_empty(), found.is_complete()) {
        (false, _) => ExitCode::from(FOUND),
        (true, false) => ExitCode::from(INCOMPLETE),
        (true, true) => ExitCode::SUCCESS,
    })
}

/// Every application, one that the directory does not know, both actions, and every context that a policy names.
fn targets(directory: &Directory, sets: [&Policies; 2]) -> Vec<Target> {
    let resources = directory.resources().into_iter().map(Target::Resource);
    let other = Target::Resource(ResourceFacts { app_id: "any other application".to_owned(), bundles: Vec::new() });
    let actions = UserAction::ALL.iter().copied().map(Target::UserAction);
    let mut contexts: Vec<_> = sets
        .into_iter()
        .flat_map(|set| &set.policies)
        .flat_map(|policy| &policy.conditions.applications.include_authentication_contexts)
        .map(|context| context.to_lowercase())
        .collect();
    contexts.sort();
    contexts.dedup();
    resources.chain([other]).chain(actions).chain(contexts.into_iter().map(Target::AuthenticationContext)).collect()
}

fn table(found: &Difference, words: &Words<'_>, most: usize) -> String {
    let mut text = String::new();
    for (change, verb) in [(&found.gained, "Gain access"), (&found.lost, "Lose access")] {
        let heading = match change.regions.len() {
            0 if change.worked < change.of => "nobody found so far".to_owned(),
            0 => "nobody".to_owned(),
            count => counted(count, "region"),
        };
        text.push_str(&format!("{verb}: {heading}\n{}\n", blocks(&change.regions, words, most)));
        if change.worked < change.of {
            text.push_str(&out_of_time(change.worked, change.of));
            text.push('\n');
        }
    }
    if !found.is_exact {
        text.push_str(&too_many_constants());
    }
    text
}

fn change_json(change: &Change, words: &Words<'_>, id: &str) -> Value {
    let regions = numbered(id, &change.regions).map(|(id, region)| region::json(words, region, &id));
    json!({ "requirementsLookedAt": change.worked, "requirements": change.of, "regions": regions.collect::<Vec<_>>() })
}
