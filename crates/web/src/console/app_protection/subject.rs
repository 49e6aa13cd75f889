//! The policy that a form is about.

use doorward_model::application::MobilePlatform;
use doorward_policy::protection::{Problem, parse};
use doorward_service::protection::Stored;
use doorward_wire::policy_file::app_protection as format;
use serde_json::Value;

use super::ROOT;

/// Longest JSON on a page, in bytes.
const JSON: usize = 32 * 1024;

/// A policy that exists, or one in the making.
pub(super) struct Subject {
    /// None for a new one.
    pub(super) id: Option<String>,
    pub(super) version: Option<i64>,
    pub(super) body: Value,
}

impl Subject {
    /// Where its form goes.
    pub(super) fn action(&self) -> String {
        self.id.as_ref().map_or_else(|| format!("{ROOT}/new"), |id| format!("{ROOT}/policies/{id}"))
    }

    pub(super) fn platform(&self) -> MobilePlatform {
        self.body.as_object().and_then(|members| format::platform(members).ok()).unwrap_or(MobilePlatform::Ios)
    }
}

impl From<Stored> for Subject {
    fn from(stored: Stored) -> Self {
        Self { id: Some(stored.document.id), version: Some(stored.document.version), body: stored.document.body }
    }
}

/// The document for people to read; none when it would make the page too heavy.
pub(super) fn json(body: &Value) -> Option<String> {
    serde_json::to_string_pretty(body).ok().filter(|json| json.len() <= JSON)
}

/// What is to be said about a document.
pub(super) fn warnings(body: &Value) -> Vec<String> {
    let warnings = parse("", 0, body).map(|(_, warnings)| warnings).unwrap_or_default();
    let (passed_on, told): (Vec<_>, Vec<_>) = warnings.into_iter().partition(|warning| warning.problem == Problem::NotEnforced);
    let mut words: Vec<String> = told.iter().map(|warning| format!("{warning}.")).collect();
    if !passed_on.is_empty() {
        let names: Vec<&str> = passed_on.iter().map(|warning| warning.member.as_str()).collect();
        words.push(format!("Kept and shown to other tools, but not enforced by apps of this version: {}.", names.join(", ")));
    }
    words
}
