//! What a change of a policy would do, and what is suspicious about it.

use std::collections::HashMap;

use doorward_model::TenantId;
use doorward_model::authentication_strength::AuthenticationStrengthPolicy;
use doorward_model::conditional_access::{ConditionalAccessPolicy, PolicyState};
use doorward_model::document::DocumentKind;
use doorward_policy::conditional_access::check::{self, Catalogue, Weight};
use doorward_policy::conditional_access::{
    self as engine, Classes, Condition, ConditionState, Explanation, Facts, PolicySet, Subject, SubjectClass, UserFacts,
};
use doorward_store::Unit;
use doorward_wire::policy_file::{self, Json, Severity};
use serde_json::Value;

use crate::access;
use crate::context::Context;
use crate::directory::DirectoryError;
use crate::error::{Error, Result};
use crate::preview::{Prepared, Replay};

/// People counted at most.
const PEOPLE: usize = 100_000;

/// Something that keeps a policy from being stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// JSON path, for example `$.conditions.devices.deviceFilter.rule`.
    pub path: String,
    /// What is wrong, and what to do.
    pub message: String,
}

/// Something suspicious.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Name of the rule, as `doorward policy check` gives it.
    pub rule: &'static str,
    /// The set could not be decided with it.
    pub is_error: bool,
    /// The other policy that it is about; none for the policy itself.
    pub other: Option<String>,
    /// What is the matter, and what to do.
    pub message: String,
}

/// Whom a policy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct People {
    /// As it is; none when there is no such policy yet.
    pub now: Option<usize>,
    /// As it would be; none when it would be gone.
    pub then: Option<usize>,
    /// Everybody in the directory.
    pub all: usize,
    /// Everybody was looked at.
    pub complete: bool,
}

/// What a change would do.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// Whom the policy is for.
    pub people: People,
    /// Recorded sign-ins that would end otherwise.
    pub replay: Replay,
    /// What is suspicious about the policy, and what the change makes suspicious about others.
    pub findings: Vec<Finding>,
}

/// All that keeps a policy from being stored; none when there is nothing.
///
/// # Errors
/// Storage failure.
pub async fn problems(ctx: &Context, tenant: TenantId, body: &Value) -> Result<Vec<Problem>> {
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let strengths = strengths(unit.as_mut()).await?;
    Ok(find_problems(body, &strengths))
}

pub(super) fn find_problems(body: &Value, strengths: &[AuthenticationStrengthPolicy]) -> Vec<Problem> {
    let json = Json::from(body);
    let reading = match policy_file::conditional_access::read_node(&json.root(), "") {
        Ok(reading) => reading,
        Err(error) => return vec![Problem { path: error.path, message: format!("It {}.", error.message) }],
    };
    let of_reader = |finding: &policy_file::Finding| Problem { path: finding.path.clone(), message: format!("It {}.", finding.message) };
    let mut problems: Vec<Problem> = reading.unsupported().map(of_reader).collect();
    // What a session control says without being understood would be passed over, and the form could not show it again.
    let of_session = |finding: &&policy_file::Finding| finding.severity == Severity::Warning && is_mistyped(finding);
    problems.extend(reading.findings.iter().filter(of_session).map(of_reader));
    if let Some(policy) = reading.policy {
        if policy.display_name.as_deref().is_none_or(|name| name.trim().is_empty()) {
            problems.push(Problem { path: "$.displayName".into(), message: "Give the policy a name.".into() });
        } else if let Some(found) = engine::contradiction(&policy) {
            let mut letters = found.problem.chars();
            let message: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).chain(['.']).collect();
            problems.push(Problem { path: format!("$.{}", found.member), message });
        }
        if let Err(error) = engine::check(&policy, strengths) {
            let (path, told) = (engine::check::member_of(&error), error.to_string());
            let message = told.split_once(": ").map_or(told.as_str(), |(_, rest)| rest);
            problems.push(Problem { path: format!("$.{path}"), message: format!("{message}.") });
        }
    }
    problems
}

/// A session control that is known, with a value that is not.
fn is_mistyped(finding: &policy_file::Finding) -> bool {
    finding.path.starts_with("$.sessionControls") && !finding.message.contains("not known to the engine")
}

/// What would happen if `body` were the policy `id`, or if that were gone. Looks only.
///
/// # Errors
/// [`DirectoryError::Invalid`] when the policy cannot be read; storage failure.
pub async fn preview(ctx: &Context, tenant: TenantId, id: &str, body: Option<&Value>) -> std::result::Result<Preview, DirectoryError> {
    const KIND: DocumentKind = DocumentKind::ConditionalAccessPolicy;
    ctx.sign_in_log.flush().await;
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let read = |body: &Value| policy_file::conditional_access::read(body, id);
    let then = body.map(read).transpose();
    let then = then.map_err(|error| DirectoryError::Invalid { member: error.path, problem: error.message })?;
    let documents = unit.documents().list(KIND).await?;
    // One that cannot be read is no reason to keep it.
    let before: Vec<ConditionalAccessPolicy> =
        documents.iter().filter_map(|document| policy_file::conditional_access::read(&document.body, &document.id).ok()).collect();
    let people = access::People::read(unit.as_mut(), PEOPLE).await?;
    let catalogue = catalogue(unit.as_mut(), people.users.clone()).await?;
    let prepared = Prepared::read(ctx, unit.as_mut(), KIND, id, body).await?;
    drop(unit);
    let id = id.to_owned();
    let looked = tokio::task::spawn_blocking(move || look(&id, &before, then, &people, &catalogue)).await;
    let (people, findings) = looked.map_err(|error| Error::internal("preview", &error))?;
    Ok(Preview { people, findings, replay: prepared.run().await? })
}

fn look(
    id: &str,
    before: &[ConditionalAccessPolicy],
    then: Option<ConditionalAccessPolicy>,
    people: &access::People,
    catalogue: &Catalogue,
) -> (People, Vec<Finding>) {
    let is_this = |policy: &ConditionalAccessPolicy| policy.id == id;
    let covered = |policy: &ConditionalAccessPolicy| covered(policy, &people.users, catalogue);
    let counts = People {
        now: before.iter().find(|policy| is_this(policy)).map(covered),
        then: then.as_ref().map(covered),
        all: people.users.len(),
        complete: people.complete,
    };
    let mut after = before.to_vec();
    let place = after.iter().position(is_this);
    match (place, then) {
        (Some(place), Some(then)) => after.iter_mut().skip(place).take(1).for_each(|policy| *policy = then.clone()),
        (Some(place), None) => drop(after.remove(place)),
        (None, Some(then)) => after.push(ConditionalAccessPolicy { id: id.to_owned(), ..then }),
        (None, None) => {}
    }
    (counts, findings(id, before, &after, catalogue))
}

/// What the check finds about the policy, and what it finds about others only after the change.
fn findings(id: &str, before: &[ConditionalAccessPolicy], after: &[ConditionalAccessPolicy], catalogue: &Catalogue) -> Vec<Finding> {
    let told = |policies: &[ConditionalAccessPolicy]| -> Vec<(String, Option<String>, check::Finding)> {
        let named = |finding: check::Finding| {
            let policy = policies.get(finding.policy)?;
            Some((policy.id.clone(), policy.display_name.clone(), finding))
        };
        check::review(policies, Some(catalogue)).into_iter().filter_map(named).collect()
    };
    let known = told(before);
    let is_known = |id: &str, finding: &check::Finding| {
        known.iter().any(|(of, _, known)| of == id && known.rule == finding.rule && known.message == finding.message)
    };
    let is_news = |(of, _, finding): &(String, Option<String>, check::Finding)| of == id || !is_known(of, finding);
    let found = told(after).into_iter().filter(is_news).map(|(of, name, finding)| Finding {
        rule: finding.rule.name(),
        is_error: finding.rule.weight() == Weight::Error,
        other: (of != id).then(|| name.unwrap_or(of)),
        message: finding.message,
    });
    found.collect()
}

/// How many of these people a policy is for, whether it is on or not.
fn covered(policy: &ConditionalAccessPolicy, users: &[UserFacts], catalogue: &Catalogue) -> usize {
    let policy = ConditionalAccessPolicy { state: PolicyState::Enabled, ..policy.clone() };
    let alone = engine::compile(&[policy], &[], catalogue.named_locations(), catalogue.strengths());
    alone.map_or(0, |set| count(&set, users))
}

fn count(set: &PolicySet, users: &[UserFacts]) -> usize {
    let mut classes = Classes::new(set);
    let mut explanation = Explanation::new(set);
    let mut known: HashMap<SubjectClass, bool> = HashMap::new();
    let mut is_covered = |user: &UserFacts| {
        let subject = Subject::User(user.clone());
        let class = classes.subject(&subject);
        *known.entry(class).or_insert_with(|| {
            let sign_in = classes.sign_in(&Facts::new(subject));
            classes.explain(&sign_in, &mut explanation);
            explanation.policies(set).any(|policy| policy.condition(Condition::Identity) == ConditionState::Matched)
        })
    };
    users.iter().filter(|user| is_covered(user)).count()
}

async fn strengths(unit: &mut dyn Unit) -> Result<Vec<AuthenticationStrengthPolicy>> {
    let documents = unit.documents().list(DocumentKind::AuthenticationStrengthPolicy).await?;
    Ok(documents.iter().filter_map(|document| policy_file::authentication_strength::read(&document.body).ok()).collect())
}

/// What the directory holds, for the rules of the check.
pub(super) async fn catalogue(unit: &mut dyn Unit, users: Vec<UserFacts>) -> Result<Catalogue> {
    let groups: Vec<String> = unit.groups().list().await?.iter().map(|group| group.id.to_string()).collect();
    // An application and its service principal share their id here.
    let applications: Vec<String> = unit.applications().list().await?.iter().map(|app| app.app_id.to_string()).collect();
    let locations = unit.documents().list(DocumentKind::NamedLocation).await?;
    let locations = locations.iter().filter_map(|document| policy_file::named_location::read(&document.body).ok()).collect();
    Ok(Catalogue::new(users, &groups, &applications, &applications, locations, strengths(unit).await?))
}
