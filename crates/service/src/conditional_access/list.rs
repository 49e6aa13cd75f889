//! The policies of a tenant with their effects.

use doorward_model::TenantId;
use doorward_model::conditional_access::PolicyState;
use doorward_model::document::{Document, DocumentKind};
use doorward_store::Unit;
use doorward_store::query::{AuditField, Filter, Query};
use doorward_wire::policy_file;

use super::Effect;
use crate::context::Context;
use crate::directory_search::display_name;
use crate::error::Result;
use crate::overview;

/// Policies of one page.
pub const PAGE: usize = 50;

/// What to show.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Part of the name, without regard to case.
    pub name: String,
    /// Only those in this state.
    pub state: Option<PolicyState>,
    /// Number of the page, from 0.
    pub page: usize,
}

/// A page of policies.
#[derive(Debug, Clone)]
pub struct List {
    /// The policies, in the order in which they were made.
    pub policies: Vec<Listed>,
    /// How many match.
    pub matching: usize,
    /// How many there are.
    pub all: usize,
}

/// A policy of the list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// As stored.
    pub document: Document,
    /// Its name, or its id.
    pub name: String,
    /// Whether it acts; none when it cannot be read.
    pub state: Option<PolicyState>,
    /// What it did.
    pub effect: Effect,
    /// Who changed it last.
    pub changed_by: Option<String>,
}

/// Reads a page of policies, with what they did in the sign-ins of the last days.
///
/// # Errors
/// Storage failure.
pub async fn list(ctx: &Context, tenant: TenantId, search: &Search) -> Result<List> {
    ctx.sign_in_log.flush().await;
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let documents = unit.documents().list(DocumentKind::ConditionalAccessPolicy).await?;
    let effects = Effect::of(&unit.logs().policy_results(overview::first_day(ctx.now())).await?);
    let all = documents.len();
    let wanted = search.name.trim().to_lowercase();
    let listed = documents.into_iter().map(|document| Listed {
        name: display_name(&document),
        state: policy_file::conditional_access::read(&document.body, &document.id).ok().map(|policy| policy.state),
        effect: effects.get(&document.id.to_lowercase()).copied().unwrap_or_default(),
        changed_by: None,
        document,
    });
    let matches =
        |listed: &Listed| listed.name.to_lowercase().contains(&wanted) && search.state.is_none_or(|state| listed.state == Some(state));
    let matching: Vec<Listed> = listed.filter(matches).collect();
    let number = matching.len();
    let mut policies: Vec<Listed> = matching.into_iter().skip(search.page.saturating_mul(PAGE)).take(PAGE).collect();
    for policy in &mut policies {
        policy.changed_by = last_changed_by(unit.as_mut(), &policy.document.id).await?;
    }
    Ok(List { policies, matching: number, all })
}

async fn last_changed_by(unit: &mut dyn Unit, id: &str) -> Result<Option<String>> {
    let of = Filter::equal(AuditField::TargetId, id);
    let newest = unit.logs().audits(&Query { limit: 1, ..Query::of(of) }).await?;
    Ok(newest.items.into_iter().next().map(|record| record.initiated_by.display_name))
}
