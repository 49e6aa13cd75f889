//! What policies refer to: named locations and authentication strengths, with the policies that do.

use doorward_model::TenantId;
use doorward_model::conditional_access::ConditionalAccessPolicy;
use doorward_model::document::{Document, DocumentKind};
use doorward_wire::policy_file;
use serde_json::Value;

use crate::context::Context;
use crate::directory::{self, DirectoryError};
use crate::directory_search::display_name;
use crate::error::Result;
use crate::preview::{Prepared, Replay};

/// A named location or an authentication strength.
#[derive(Debug, Clone)]
pub struct Reference {
    /// As stored.
    pub document: Document,
    /// Its name, or its id.
    pub name: String,
    /// Names of the policies that refer to it.
    pub used_by: Vec<String>,
}

/// All of one kind, in the order in which they were made.
///
/// # Errors
/// Storage failure.
pub async fn references(ctx: &Context, tenant: TenantId, kind: DocumentKind) -> Result<Vec<Reference>> {
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let policies = unit.documents().list(DocumentKind::ConditionalAccessPolicy).await?;
    let read = |document: &Document| policy_file::conditional_access::read(&document.body, &document.id).ok();
    let policies: Vec<(String, ConditionalAccessPolicy)> =
        policies.iter().filter_map(|document| Some((display_name(document), read(document)?))).collect();
    let documents = unit.documents().list(kind).await?;
    let reference = |document: Document| {
        let uses = |policy: &ConditionalAccessPolicy| match kind {
            DocumentKind::NamedLocation => {
                let locations = &policy.conditions.locations;
                locations.include.iter().chain(&locations.exclude).any(|id| id.eq_ignore_ascii_case(&document.id))
            }
            _ => policy.grant_controls.authentication_strength.as_ref().is_some_and(|one| one.id.eq_ignore_ascii_case(&document.id)),
        };
        let used_by = policies.iter().filter(|(_, policy)| uses(policy)).map(|(name, _)| name.clone()).collect();
        Reference { name: display_name(&document), document, used_by }
    };
    Ok(documents.into_iter().map(reference).collect())
}

/// Which recorded sign-ins would end otherwise if `body` were the one of that kind with that id, or if that were gone. Looks only.
///
/// # Errors
/// [`DirectoryError::Invalid`] for what cannot be stored; storage failure.
pub async fn preview_reference(
    ctx: &Context,
    tenant: TenantId,
    kind: DocumentKind,
    id: &str,
    body: Option<&Value>,
) -> std::result::Result<Replay, DirectoryError> {
    ctx.sign_in_log.flush().await;
    let mut unit = ctx.store.tenant(tenant).read().await?;
    if let Some(body) = body {
        directory::validate(unit.as_mut(), kind, id, body).await?;
    }
    let prepared = Prepared::read(ctx, unit.as_mut(), kind, id, body).await?;
    drop(unit);
    Ok(prepared.run().await?)
}
