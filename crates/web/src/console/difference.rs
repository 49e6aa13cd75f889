//! What differs between two JSON documents, member by member.

use doorward_model::conditional_access::PolicyState;
use serde_json::Value;

use super::names::Names;
use super::words;

/// One member that differs. Absent on one side: it was added or taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// Where, for example `App access › State`.
    pub(super) path: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

/// The differences, in the order of members.
pub(super) fn differences(before: &Value, after: &Value, names: &Names) -> Vec<Difference> {
    let mut found = Vec::new();
    walk(String::new(), Some(before), Some(after), names, &mut found);
    found
}

fn walk(path: String, before: Option<&Value>, after: Option<&Value>, names: &Names, found: &mut Vec<Difference>) {
    let (before, after) = (before.filter(|value| !value.is_null()), after.filter(|value| !value.is_null()));
    if before == after {
        return;
    }
    let objects = (before.and_then(Value::as_object), after.and_then(Value::as_object));
    let only_objects = [before, after].into_iter().flatten().all(Value::is_object);
    if !only_objects {
        let text = |value: &Value| shown(value, names);
        found.push(Difference { path, before: before.map(text), after: after.map(text) });
        return;
    }
    let mut members: Vec<&String> = objects.0.into_iter().chain(objects.1).flat_map(|object| object.keys()).collect();
    members.sort_unstable();
    members.dedup();
    for member in members {
        let name = words::member(member);
        let below = if path.is_empty() { name } else { format!("{path} › {name}") };
        let get = |object: Option<&serde_json::Map<String, Value>>| object.and_then(|object| object.get(member)).cloned();
        walk(below, get(objects.0).as_ref(), get(objects.1).as_ref(), names, found);
    }
}

/// A value in words: names for ids, lists with commas.
fn shown(value: &Value, names: &Names) -> String {
    match value {
        // The one word of policies that says less than what it is called.
        Value::String(text) if text == PolicyState::ReportOnly.as_str() => "report-only".to_owned(),
        Value::String(text) => names.of(text).to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Array(list) if list.is_empty() => "none".to_owned(),
        Value::Array(list) if list.iter().all(|item| !item.is_object() && !item.is_array()) => {
            list.iter().map(|item| shown(item, names)).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}
