//! What a change of a policy would do to the sign-ins of the last days, before it is made: they are decided again, with the present
//! policies and with the changed ones.

use std::collections::BTreeMap;

use doorward_model::document::DocumentKind;
use doorward_model::sign_in_record::SignInRecord;
use doorward_policy::conditional_access::{Classes, Facts, Outcome, PolicySet};
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
    records: Vec<SignInRecord>,
    recorded: Recorded,
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
        let recorded = Recorded::of(unit, &records).await?;
        Ok(Self { now, then, records, recorded, complete, locks_out })
    }

    /// Decides. Thousands of decisions would hold up the other requests of a thread of the runtime, so they have one of their own.
    ///
    /// # Errors
    /// The thread ended early.
    pub(crate) async fn run(self) -> Result<Replay> {
        tokio::task::spawn_blocking(move || self.decide()).await.map_err(|error| Error::internal("preview", &error))
    }

    fn decide(self) -> Replay {
        let mut replay = Replay { complete: self.complete, locks_out: self.locks_out, ..Replay::default() };
        // Both remember the kinds of people, places and so on that they have met, of which there are far fewer than sign-ins.
        let (mut by_now, mut by_then) = (Classes::new(&self.now), Classes::new(&self.then));
        for record in self.records {
            let Some(facts) = self.recorded.facts(&record) else { continue };
            replay.replayed += 1;
            let (now, then) = (word(&mut by_now, &facts), word(&mut by_then, &facts));
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

fn word(policies: &mut Classes<'_>, facts: &Facts) -> Word {
    let sign_in = policies.sign_in(facts);
    match policies.outcome(&sign_in).outcome {
        Outcome::Grant => Word::Granted,
        Outcome::Interrupt => Word::Asked,
        Outcome::Block => Word::Refused,
    }
}
