//! Regions of the space of sign-ins for programs; the words for people are the policy crate's.

pub(super) use doorward_policy::conditional_access::regions::words::{Words, counted, grouped, listed};

use doorward_policy::conditional_access::regions::{Axis, Region};
use serde_json::{Map, Value as Json, json};

use super::witness;

/// Regions with the names by which the answer calls them.
pub(super) fn numbered<'a>(name: &str, found: &'a [Region]) -> impl Iterator<Item = (String, &'a Region)> {
    (1..).zip(found).map(move |(number, region)| (format!("{name}-{number}"), region))
}

/// A region for a program.
pub(super) fn json(words: &Words<'_>, region: &Region, id: &str) -> Json {
    let users = words.users();
    let mut limits = Map::new();
    for extent in region.extents.iter().filter(|extent| extent.axis != Axis::Users) {
        let value = if extent.is_whole { json!("any") } else { json!(words.phrases(extent)) };
        limits.insert(json!(extent.axis).as_str().unwrap_or_default().to_owned(), value);
    }
    let ids = region.users.iter().filter_map(|index| users.get(*index)).map(|user| &user.id);
    json!({
        "users": { "count": region.users.len(), "of": users.len(), "description": words.people(region), "ids": ids.collect::<Vec<_>>() },
        "conditions": limits,
        "witness": witness::sign_in(id, &region.witness),
    })
}
