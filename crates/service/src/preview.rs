//! What a change of a policy would do to the sign-ins of the last days, before it is made: they are decided again, with the present
//! policies and with the changed ones.

use std::collections::BTreeMap;

use doorward_model::document::DocumentKind;
use doorward_model::sign_in_record::SignInRecord;
use doorward_policy::conditional_access::{Facts, Outcome, PolicySet, decide};
use doorward_store::Unit;
use serde_json::Value;

use crate::access::{self, Recorded};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::policies::Variants;
use crate::{overview, sign_in_search};

/// Sign-ins decided again at most.
pub const REPLAYED: usize = 500;
/// Changed sign-ins that are told one by one.
const EXAMPLES: usize = 20;

/// Recorded sign-ins under both sets.
#[derive(Debug, Clone, Default)]
pub struct Replay {
    /// Recorded sign-ins that were decided again.
    pub replayed: usize,
    /// These are all sign-ins of the days looked back.
    pub complete: bool,
    /// Sign-ins that would end otherwise, by what they would become, now and then.
    pub changed: BTreeMap<(Word, Word), usize>,
    /// Some of them, newest first.
    pub examples: Vec<Example>,
    /// Why the change would be refused, as nobody could sign in to the console after it.
    pub locks_out: Option<String>,
}

/// An outcome, in an order: from best to worst for the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// Granted.
    Granted,
    /// Told what to do first.
    Asked,
    /// Refused.
    Refused,
}

/// A sign-in that would end otherwise.
#[derive(Debug, Clone)]
pub struct Example {
    /// The record.
    pub record: SignInRecord,
    /// Under the present policies.
    pub now: Word,
    /// Under the changed ones.
    pub then: Word,
}

/// Everything that a replay needs of the store, so that it holds no snapshot while it decides.
pub(crate) struct Prepared {
    now: PolicySet,
    then: PolicySet,
    questions: Vec<(SignInRecord, Facts)>,
    complete: bool,
    locks_out: Option<String>,
}

impl Prepared {
    /// Reads the newest sign-ins, and the policies with `body` as the document `id`, or without it.
    ///
    /// # Errors
    /// Storage failure; a document that cannot be read.
    pub(crate) async fn read(ctx: &Context, unit: &mut dyn Unit, kind: DocumentKind, id: &str, body: Option<&Value>) -> Result<Self> {
        let variants = Variants::read(unit, kind, &[(id, body)]).await?;
        let then = variants.other();
        let locks_out = access::locks_out(ctx, unit, || variants.present(), &then).await?;
        let ((now, _), (then, _)) = (variants.present()?, then?);
        let (records, complete) = sign_in_search::newest(unit, overview::since(ctx.now()), REPLAYED).await?;
        let mut reader = Recorded::open(unit).await?;
        let mut questions = Vec::new();
        for record in records {
            if let Some(facts) = reader.facts(unit, &record).await? {
                questions.push((record, facts));
            }
        }
        Ok(Self { now, then, questions, complete, locks_out })
    }

    /// Decides. Thousands of decisions would hold up the other requests of a thread of the runtime, so they have one of their own.
    ///
    /// # Errors
    /// The thread ended early.
    pub(crate) async fn run(self) -> Result<Replay> {
        tokio::task::spawn_blocking(move || self.decide()).await.map_err(|error| Error::internal("preview", &error))
    }

    fn decide(self) -> Replay {
        let mut replay = Replay { replayed: self.questions.len(), complete: self.complete, locks_out: self.locks_out, ..Replay::default() };
        for (record, facts) in self.questions {
            let (now, then) = (word(decide(&self.now, &facts).outcome), word(decide(&self.then, &facts).outcome));
            if now != then {
                let number = replay.changed.entry((now, then)).or_default();
                *number = number.saturating_add(1);
                if replay.examples.len() < EXAMPLES {
                    replay.examples.push(Example { record, now, then });
                }
            }
        }
        replay
    }
}

fn word(outcome: Outcome) -> Word {
    match outcome {
        Outcome::Grant => Word::Granted,
        Outcome::Interrupt => Word::Asked,
        Outcome::Block => Word::Refused,
    }
}
