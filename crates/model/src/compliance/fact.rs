//! What is known of a managed device, by whose word.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::wire_enum::wire_enum;

wire_enum! {
    /// Whose word a fact is, from the weakest to the strongest.
    enum FactSource {
        /// What the device said of itself when it registered.
        Registration = "registration",
        /// The device's own agent: a claim.
        Agent = "agent",
        /// Another device management or threat defence, or an administrator.
        Partner = "partner",
        /// Evidence that the service itself has verified.
        Attested = "attested",
    }
}

/// What somebody says of one fact. Not reported at all is unknown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FactValue {
    /// The value.
    Known(Value),
    /// The platform or its version cannot have it.
    NotApplicable,
}

/// One word about a fact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fact {
    /// What is said.
    pub value: FactValue,
    /// Whose word it is.
    pub source: FactSource,
    /// When it was so.
    pub observed: Timestamp,
    /// The operating system holds the person to it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub enforced: bool,
}

/// Facts by name. The words of different sources are kept apart; the strongest counts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Facts(BTreeMap<String, Vec<Fact>>);

impl Facts {
    /// The word that counts; none when nobody has said anything.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Fact> {
        self.0.get(name)?.iter().max_by_key(|fact| fact.source)
    }

    /// Puts a word in place of what its source said before.
    pub fn put(&mut self, name: &str, fact: Fact) {
        self.forget(name, fact.source);
        self.0.entry(name.to_owned()).or_default().push(fact);
    }

    /// Takes back what a source said: it does not know any more.
    pub fn forget(&mut self, name: &str, source: FactSource) {
        if let Some(words) = self.0.get_mut(name) {
            words.retain(|fact| fact.source != source);
            if words.is_empty() {
                self.0.remove(name);
            }
        }
    }

    /// The word that counts of each fact, in order of name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Fact)> {
        self.0.keys().filter_map(|name| self.get(name).map(|fact| (name.as_str(), fact)))
    }
}
