//! Service access: the services of a tenant with their policies, and what a change of one would do.

use doorward_model::application::Application;
use doorward_model::document::{Document, DocumentKind};
use doorward_model::group::Group;
use doorward_model::service_policy::ServicePolicy;
use doorward_model::{GroupId, TenantId};
use doorward_store::Unit;
use doorward_wire::policy_file;
use serde_json::Value;

use crate::context::Context;
use crate::directory::DirectoryError;
use crate::error::{Error, Result};
use crate::preview::{Prepared, Replay};
use crate::setup;

/// What the pages of service access show.
#[derive(Debug, Clone)]
pub struct Services {
    /// Services with a policy, in the order in which the policies were made.
    pub governed: Vec<Governed>,
    /// Services without one.
    pub free: Vec<Application>,
    /// Apps on the approved list.
    pub approved: Vec<Application>,
    /// Every group.
    pub groups: Vec<Group>,
}

/// A service with its policy.
#[derive(Debug, Clone)]
pub struct Governed {
    /// The service's name; its id when it is not registered.
    pub name: String,
    /// The policy as it is stored.
    pub document: Document,
    /// The policy as it is understood.
    pub policy: ServicePolicy,
}

/// Reads services, policies, approved apps and groups.
///
/// # Errors
/// Storage failure, or a stored policy that cannot be read.
pub async fn services(ctx: &Context, tenant: TenantId) -> Result<Services> {
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let applications = unit.applications().list().await?;
    let documents = unit.documents().list(DocumentKind::ServicePolicy).await?;
    let groups = unit.groups().list().await?;
    drop(unit);
    let mut governed = Vec::new();
    for document in documents {
        let policy = policy_file::service_policy::read(&document.body).map_err(|error| Error::internal("service policy", &error))?;
        let service = applications.iter().find(|application| application.app_id.to_string().eq_ignore_ascii_case(&policy.resource));
        let name = service.map_or_else(|| policy.resource.clone(), |service| service.display_name.clone());
        governed.push(Governed { name, document, policy });
    }
    let is_free = |application: &&Application| {
        let id = application.app_id.to_string();
        !application.identifier_uris.is_empty()
            && !setup::is_built_in(application.app_id)
            && !governed.iter().any(|governed| governed.policy.resource.eq_ignore_ascii_case(&id))
    };
    let free = applications.iter().filter(is_free).cloned().collect();
    let approved = applications.iter().filter(|application| application.approved && application.enabled).cloned().collect();
    Ok(Services { governed, free, approved, groups })
}

/// What a changed policy would do.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// People whom app access is for, now and then; none when it is for everyone.
    pub people: (Option<usize>, Option<usize>),
    /// People whom device access is for, now and then; none when it is for everyone.
    pub device_people: (Option<usize>, Option<usize>),
    /// Recorded sign-ins under both.
    pub replay: Replay,
}

/// What would happen if `body` were the service policy `id`. Looks only.
///
/// # Errors
/// [`DirectoryError::Invalid`] when the policy cannot be read; storage failure.
pub async fn preview(ctx: &Context, tenant: TenantId, id: &str, body: &Value) -> std::result::Result<Preview, DirectoryError> {
    let then = policy_file::service_policy::read(body)
        .map_err(|error| DirectoryError::Invalid { member: "servicePolicy".into(), problem: error.to_string() })?;
    ctx.sign_in_log.flush().await;
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let present = unit.documents().get(DocumentKind::ServicePolicy, id).await?;
    let now = present.and_then(|document| policy_file::service_policy::read(&document.body).ok());
    let people = count(unit.as_mut(), by_apps(now.as_ref()), by_apps(Some(&then))).await?;
    let device_people = count(unit.as_mut(), by_devices(now.as_ref()), by_devices(Some(&then))).await?;
    let prepared = Prepared::read(ctx, unit.as_mut(), DocumentKind::ServicePolicy, id, Some(body)).await?;
    drop(unit);
    Ok(Preview { people, device_people, replay: prepared.run().await? })
}

/// The groups that count, and those that are let off. Nobody is in none.
type Groups<'a> = (&'a [String], &'a [String]);

/// Whom app access is for.
fn by_apps(policy: Option<&ServicePolicy>) -> Option<Groups<'_>> {
    match policy.and_then(|policy| policy.app_access.as_ref()) {
        Some(access) if access.enabled && !access.allows_all_apps => Some((&access.restricted_groups, &access.exempted_groups)),
        _ => Some((&[], &[])),
    }
}

/// Whom device access is for; none is everyone.
fn by_devices(policy: Option<&ServicePolicy>) -> Option<Groups<'_>> {
    match policy.and_then(|policy| policy.device_access.as_ref()) {
        Some(access) if access.enabled && access.targets_all_users => None,
        Some(access) if access.enabled => Some((&access.targeted_groups, &access.exempted_groups)),
        _ => Some((&[], &[])),
    }
}

/// How many people these are, now and then; what does not change is counted once.
async fn count(unit: &mut dyn Unit, now: Option<Groups<'_>>, then: Option<Groups<'_>>) -> Result<(Option<usize>, Option<usize>)> {
    let before = count_in(unit, now).await?;
    Ok((before, if now == then { before } else { count_in(unit, then).await? }))
}

async fn count_in(unit: &mut dyn Unit, groups: Option<Groups<'_>>) -> Result<Option<usize>> {
    let Some((counted, exempted)) = groups else { return Ok(None) };
    let ids = |groups: &[String]| groups.iter().filter_map(|id| id.parse().ok()).collect::<Vec<GroupId>>();
    let people = unit.groups().count_users(&ids(counted), &ids(exempted)).await?;
    Ok(Some(usize::try_from(people).unwrap_or(usize::MAX)))
}
