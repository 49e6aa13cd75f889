//! What a form was made from: so that nothing is overwritten that its reader has not seen, and the second of two administrators is told
//! what the first changed.

use doorward_service::directory::entity_tag;
use serde::Serialize;
use serde_json::Value;

use super::difference::{Difference, differences};
use super::names::Names;
use crate::area::guard::Posted;

/// The state of an object as a form carries it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Entity tag, against which the change is made.
    pub(super) tag: String,
    /// The object in JSON, as the audit shows it.
    pub(super) base: String,
}

impl Stamp {
    /// The stamp of an object that the audit shows as it is.
    pub(super) fn of(object: &impl Serialize) -> Self {
        Self::shown_as(object, &serde_json::to_value(object).unwrap_or(Value::Null))
    }

    /// The stamp of an object that the audit shows otherwise.
    pub(super) fn shown_as(object: &impl Serialize, shown: &Value) -> Self {
        Self { tag: entity_tag(object), base: shown.to_string() }
    }

    /// The stamp of a posted form.
    pub(super) fn read(posted: &Posted) -> Self {
        Self { tag: posted.one("tag").to_owned(), base: posted.one("base").to_owned() }
    }

    /// The fields that carry it.
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        vec![("tag", self.tag.clone()), ("base", self.base.clone())]
    }

    /// What is different in `present`.
    pub(super) fn differences(&self, present: &Self, names: &Names) -> Vec<Difference> {
        let read = |stamp: &Self| serde_json::from_str(&stamp.base).unwrap_or(Value::Null);
        differences(&read(self), &read(present), names)
    }

    /// The same in a sentence.
    pub(super) fn told(&self, present: &Self, names: &Names) -> String {
        let told = |difference: Difference| {
            let text = |side: Option<String>| side.unwrap_or_else(|| "not set".to_owned());
            format!("{}: {} became {}", difference.path, text(difference.before), text(difference.after))
        };
        let changes: Vec<String> = self.differences(present, names).into_iter().map(told).collect();
        format!("Somebody else changed it since you opened this page. {}. Look again before you go on.", changes.join("; "))
    }
}
