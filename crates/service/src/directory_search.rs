//! Finding objects of the directory by part of their name, for forms that name them. Directories may hold more than a list can show.

use std::collections::{BTreeSet, HashMap};

use doorward_model::document::{Document, DocumentKind};
use doorward_model::role::Role;
use doorward_model::{TenantId, UserId};
use doorward_store::query::{ApplicationField, Filter, GroupField, Part, Query, UserField};
use serde_json::Value;

use crate::context::Context;
use crate::error::Result;

/// Matches of one search.
pub const MATCHES: usize = 8;

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// People, by sign-in name and name.
    User,
    /// Groups.
    Group,
    /// Application registrations.
    Application,
    /// Named locations.
    NamedLocation,
}

/// An object of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The id by which policies name it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What tells it from others of the same name; may be empty.
    pub detail: String,
}

/// The first [`MATCHES`] objects whose name holds a text without regard to case, and whether there are more.
///
/// # Errors
/// Storage failure.
pub async fn find(ctx: &Context, tenant: TenantId, kind: Kind, text: &str) -> Result<(Vec<Found>, bool)> {
    let limit = u32::try_from(MATCHES).unwrap_or(u32::MAX);
    let mut unit = ctx.store.tenant(tenant).read().await?;
    match kind {
        Kind::User => {
            let holds = |field| Filter::Holds(field, Part::Anywhere, text.to_owned());
            let either = Filter::Any(vec![holds(UserField::UserPrincipalName), holds(UserField::DisplayName)]);
            let page = unit.users().page(&Query { limit, ..Query::of(either) }).await?;
            let found = page.items.into_iter().map(|user| {
                let (name, detail) = (user.display_name, user.user_principal_name);
                Found { id: user.id.to_string(), name, detail }
            });
            Ok((found.collect(), page.next.is_some()))
        }
        Kind::Group => {
            let name = Filter::Holds(GroupField::DisplayName, Part::Anywhere, text.to_owned());
            let page = unit.groups().page(&Query { limit, ..Query::of(name) }).await?;
            let found = page.items.into_iter().map(|group| {
                let detail = group.description.unwrap_or_default();
                Found { id: group.id.to_string(), name: group.display_name, detail }
            });
            Ok((found.collect(), page.next.is_some()))
        }
        Kind::Application => {
            let name = Filter::Holds(ApplicationField::DisplayName, Part::Anywhere, text.to_owned());
            let page = unit.applications().page(&Query { limit, ..Query::of(name) }).await?;
            let found = page.items.into_iter().map(|application| {
                let id = application.app_id.to_string();
                Found { detail: id.clone(), id, name: application.display_name }
            });
            Ok((found.collect(), page.next.is_some()))
        }
        Kind::NamedLocation => {
            let text = text.to_lowercase();
            let all = unit.documents().list(DocumentKind::NamedLocation).await?;
            let mut found: Vec<Found> = all
                .iter()
                .map(|document| Found { id: document.id.clone(), name: display_name(document), detail: String::new() })
                .filter(|found| found.name.to_lowercase().contains(&text))
                .collect();
            let more = found.len() > MATCHES;
            found.truncate(MATCHES);
            Ok((found, more))
        }
    }
}

/// The name of a document, or its id.
#[must_use]
pub fn display_name(document: &Document) -> String {
    let name = document.body.get("displayName").and_then(Value::as_str).filter(|name| !name.is_empty());
    name.unwrap_or(&document.id).to_owned()
}

/// Names of everything that these values name: people by looking each up, the short lists of the directory whole. Keys are in lower case.
///
/// # Errors
/// Storage failure.
pub async fn names(ctx: &Context, tenant: TenantId, values: &[&Value]) -> Result<HashMap<String, String>> {
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let mut names: HashMap<String, String> =
        Role::ALL.into_iter().map(|role| (role.template_id().to_string(), role.display_name().to_owned())).collect();
    names.extend(unit.groups().list().await?.into_iter().map(|group| (group.id.to_string(), group.display_name)));
    names.extend(unit.applications().list().await?.into_iter().map(|app| (app.app_id.to_string(), app.display_name)));
    for kind in [DocumentKind::NamedLocation, DocumentKind::AuthenticationStrengthPolicy] {
        let documents = unit.documents().list(kind).await?;
        names.extend(documents.iter().map(|document| (document.id.to_lowercase(), display_name(document))));
    }
    let mut ids = BTreeSet::new();
    values.iter().for_each(|value| ids_in(value, &mut ids));
    for id in ids {
        if !names.contains_key(&id.to_string())
            && let Some(user) = unit.users().get(id).await?
        {
            names.insert(id.to_string(), user.display_name.clone());
        }
    }
    Ok(names)
}

/// Every text that could be the id of a person.
fn ids_in(value: &Value, ids: &mut BTreeSet<UserId>) {
    match value {
        Value::String(text) => ids.extend(text.parse::<UserId>().ok()),
        Value::Array(list) => list.iter().for_each(|item| ids_in(item, ids)),
        Value::Object(members) => members.values().for_each(|member| ids_in(member, ids)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
