//! Service access: the services of a tenant with their policies, and what a change of one would do.

use std::collections::{BTreeMap, BTreeSet};

use doorward_model::application::Application;
use doorward_model::document::{Document, DocumentKind};
use doorward_model::group::{Group, Member};
use doorward_model::service_policy::ServicePolicy;
use doorward_model::sign_in_record::SignInRecord;
use doorward_model::{GroupId, TenantId, UserId};
use doorward_policy::conditional_access::{Facts, Outcome, PolicySet, decide};
use doorward_store::Unit;
use doorward_wire::policy_file;
use serde_json::Value;

use crate::access::Recorded;
use crate::context::Context;
use crate::directory::DirectoryError;
use crate::error::{Error, Result};
use crate::{overview, policies, setup, sign_in_search};

/// Sign-ins replayed for a preview at most.
pub const REPLAYED: usize = 500;
/// Changed sign-ins that a preview tells one by one.
const EXAMPLES: usize = 20;

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
    /// Recorded sign-ins that were decided again.
    pub replayed: usize,
    /// These are all sign-ins of the days looked back.
    pub complete: bool,
    /// Sign-ins that would end otherwise, by what they would become, now and then.
    pub changed: BTreeMap<(Word, Word), usize>,
    /// Some of them, newest first.
    pub examples: Vec<Example>,
}

/// An outcome, in an order: from best to worst for the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// Granted.
    Granted,
    /// Told what to do first.
    Asked,
    /// Refused.
    Refused,
}

/// A sign-in that would end otherwise.
#[derive(Debug, Clone)]
pub struct Example {
    /// The record.
    pub record: SignInRecord,
    /// Under the present policies.
    pub now: Word,
    /// Under the changed ones.
    pub then: Word,
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
    let sets = policies::with_service_policy(unit.as_mut(), id, body).await?;
    let (records, complete) = sign_in_search::newest(unit.as_mut(), overview::since(ctx.now()), REPLAYED).await?;
    let mut reader = Recorded::open(unit.as_mut()).await?;
    let mut questions = Vec::new();
    for record in records {
        if let Some(facts) = reader.facts(unit.as_mut(), &record).await? {
            questions.push((record, facts));
        }
    }
    drop(unit);
    // Thousands of decisions would hold up the other requests of this thread.
    let replayed = tokio::task::spawn_blocking(move || replay(&sets, questions)).await;
    let replayed = replayed.map_err(|error| DirectoryError::Failure(Error::internal("preview", &error)))?;
    Ok(Preview { people, device_people, complete, ..replayed })
}

fn replay((now, then): &(PolicySet, PolicySet), questions: Vec<(SignInRecord, Facts)>) -> Preview {
    let mut preview = Preview { replayed: questions.len(), ..Preview::default() };
    for (record, facts) in questions {
        let (now, then) = (word(decide(now, &facts).outcome), word(decide(then, &facts).outcome));
        if now != then {
            let number = preview.changed.entry((now, then)).or_default();
            *number = number.saturating_add(1);
            if preview.examples.len() < EXAMPLES {
                preview.examples.push(Example { record, now, then });
            }
        }
    }
    preview
}

fn word(outcome: Outcome) -> Word {
    match outcome {
        Outcome::Grant => Word::Granted,
        Outcome::Interrupt => Word::Asked,
        Outcome::Block => Word::Refused,
    }
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
