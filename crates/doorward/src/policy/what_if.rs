//! `doorward policy what-if`: one sign-in, decided and explained condition by condition.

mod json;
mod question;
mod table;

use std::io::{self, Write};

use anyhow::Context;
use clap::ValueEnum;
use doorward_policy::conditional_access::{Classes, Explained, Explanation, PolicySet};
use doorward_wire::policy_file::Json;
use doorward_wire::policy_file::evaluate::{self, Analysis};

use super::set::{Policies, Sources};
use question::Question;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    sources: Sources,
    #[command(flatten)]
    question: Question,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Leave out policies that do not apply.
    #[arg(long)]
    applied_only: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// The decision of `eval`, and how each condition of each policy stands.
    Json,
    /// The answer of Graph's `evaluate` action.
    Evaluate,
}

/// The answer to one question.
struct Answer<'a> {
    set: &'a PolicySet,
    explanation: Explanation,
    applied_only: bool,
}

impl Answer<'_> {
    /// The policies to show, in order.
    fn policies(&self) -> impl Iterator<Item = Explained<'_>> {
        self.explanation.policies(self.set).filter(|policy| !self.applied_only || policy.reason().is_none())
    }
}

/// Decides and prints.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let (directory, Policies { documents, set, .. }) = arguments.sources.load()?;
    let facts = arguments.question.facts(&directory)?;
    let mut classes = Classes::new(&set);
    let sign_in = classes.sign_in(&facts);
    let mut explanation = Explanation::new(&set);
    classes.explain(&sign_in, &mut explanation);
    let answer = Answer { set: &set, explanation, applied_only: arguments.applied_only };
    let text = match arguments.format {
        Format::Table => table::render(&answer),
        Format::Json => serde_json::to_string_pretty(&json::Report::of(&answer))?,
        Format::Evaluate => serde_json::to_string_pretty(&graph(&answer, documents))?,
    };
    writeln!(io::stdout().lock(), "{text}").context("standard output")
}

/// The answer as Graph gives it. Service policies, which come last, are none of Graph's.
fn graph(answer: &Answer<'_>, documents: Vec<Json>) -> Json {
    let policies = answer.explanation.policies(answer.set);
    let analyses = policies.zip(documents).map(|(policy, document)| Analysis {
        id: policy.id().to_owned(),
        policy: body(document),
        reason: policy.reason(),
    });
    evaluate::answer(analyses, answer.applied_only)
}

/// The policy proper, which in a template is its `details`.
fn body(document: Json) -> Json {
    let details = document.root().object().ok().and_then(|object| object.get("details")).map(|details| details.json().clone());
    details.unwrap_or(document)
}
