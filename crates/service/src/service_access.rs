//! Service access: the services of a tenant with their policies, and what a change of one would do.

use std::collections::BTreeSet;

use doorward_model::application::Application;
use doorward_model::document::{Document, DocumentKind};
use doorward_model::group::{Group, Member};
use doorward_model::service_policy::ServicePolicy;
use doorward_model::{GroupId, TenantId, UserId};
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
    /// People whom app access is for, now and then.
    pub people: (usize, usize),
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
    let people = (covered_by_apps(unit.as_mut(), now.as_ref()).await?, covered_by_apps(unit.as_mut(), Some(&then)).await?);
    let device_people = (covered_by_devices(unit.as_mut(), now.as_ref()).await?, covered_by_devices(unit.as_mut(), Some(&then)).await?);
    let prepared = Prepared::read(ctx, unit.as_mut(), DocumentKind::ServicePolicy, id, Some(body)).await?;
    drop(unit);
    Ok(Preview { people, device_people, replay: prepared.run().await? })
}

async fn covered_by_apps(unit: &mut dyn Unit, policy: Option<&ServicePolicy>) -> Result<usize> {
    match policy.and_then(|policy| policy.app_access.as_ref()) {
        Some(access) if access.enabled && !access.allows_all_apps => {
            covered(unit, &access.restricted_groups, &access.exempted_groups).await
        }
        _ => Ok(0),
    }
}

async fn covered_by_devices(unit: &mut dyn Unit, policy: Option<&ServicePolicy>) -> Result<Option<usize>> {
    match policy.and_then(|policy| policy.device_access.as_ref()) {
        Some(access) if access.enabled && access.targets_all_users => Ok(None),
        Some(access) if access.enabled => covered(unit, &access.targeted_groups, &access.exempted_groups).await.map(Some),
        _ => Ok(Some(0)),
    }
}

/// People in one of `groups` and in none of `exempted`, through nested groups too.
async fn covered(unit: &mut dyn Unit, groups: &[String], exempted: &[String]) -> Result<usize> {
    let inside = people_in(unit, groups).await?;
    let outside = people_in(unit, exempted).await?;
    Ok(inside.difference(&outside).count())
}

async fn people_in(unit: &mut dyn Unit, groups: &[String]) -> Result<BTreeSet<UserId>> {
    let mut people = BTreeSet::new();
    let mut seen: BTreeSet<GroupId> = BTreeSet::new();
    let mut waiting: Vec<GroupId> = groups.iter().filter_map(|id| id.parse().ok()).collect();
    while let Some(group) = waiting.pop() {
        if !seen.insert(group) {
            continue;
        }
        for member in unit.groups().members(group).await? {
            match member {
                Member::User(id) => drop(people.insert(id)),
                Member::Group(id) => waiting.push(id),
            }
        }
    }
    Ok(people)
}
