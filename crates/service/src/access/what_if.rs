//! What If: which policies would apply to a sign-in that nobody has made. Only looks: nothing is changed, and nothing recorded.

use doorward_model::document::{Document, DocumentKind};
use doorward_model::{AppId, TenantId, UserId};
use doorward_policy::conditional_access::{Facts, PolicyResult, Reason, ResourceFacts, Subject, UserFacts, decide};
use doorward_store::Unit;
use doorward_wire::policy_file::evaluate::{Evaluate, Identity, SignInContext};

use super::facts;
use crate::context::Context;
use crate::directory::DirectoryError;
use crate::policies;

/// A conditional access policy, and why it does not apply.
#[derive(Debug, Clone)]
pub struct PolicyAnalysis {
    /// The policy as it is stored.
    pub document: Document,
    /// The first condition that is not met; none when the policy applies.
    pub reason: Option<Reason>,
}

/// Judges every conditional access policy of the tenant, in order.
///
/// # Errors
/// [`DirectoryError::NotFound`] when there is no such user or service principal; storage failure.
pub async fn what_if(ctx: &Context, tenant: TenantId, question: &Evaluate) -> Result<Vec<PolicyAnalysis>, DirectoryError> {
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let set = policies::current(ctx, unit.as_mut(), tenant).await?;
    let facts = gather(unit.as_mut(), question).await?;
    let decision = decide(&set.compiled, &facts);
    // The set was made from these documents in this order, in the same moment; what follows in it are service policies.
    let documents = unit.documents().list(DocumentKind::ConditionalAccessPolicy).await?;
    let analysis = |(document, policy): (Document, PolicyResult)| PolicyAnalysis { document, reason: policy.reason };
    Ok(documents.into_iter().zip(decision.policies).map(analysis).collect())
}

async fn gather(unit: &mut dyn Unit, question: &Evaluate) -> Result<Facts, DirectoryError> {
    let mut facts = Facts::new(subject(unit, &question.identity).await?);
    match &question.context {
        SignInContext::Applications(ids) => {
            for id in ids {
                facts.resources.push(resource(unit, id).await?);
            }
        }
        SignInContext::UserAction(action) => facts.user_action = Some(*action),
        SignInContext::AuthenticationContext(context) => facts.authentication_context = Some(context.clone()),
    }
    let conditions = question.conditions.clone();
    Ok(Facts {
        device_platform: conditions.device_platform,
        client_app_type: conditions.client_app_type,
        sign_in_risk: conditions.sign_in_risk,
        user_risk: conditions.user_risk,
        service_principal_risk: conditions.service_principal_risk,
        insider_risk: conditions.insider_risk,
        country: conditions.country,
        ip: conditions.ip,
        transfer_method: conditions.transfer_method,
        device: conditions.device,
        ..facts
    })
}

async fn subject(unit: &mut dyn Unit, identity: &Identity) -> Result<Subject, DirectoryError> {
    match identity {
        Identity::User { user_id, external_user_type, external_tenant_id } => {
            let mut user = match user_id {
                Some(id) => user(unit, id).await?,
                None => UserFacts::default(),
            };
            user.external_user_type = external_user_type.unwrap_or(user.external_user_type);
            user.home_tenant_id = external_tenant_id.clone().or(user.home_tenant_id);
            Ok(Subject::User(user))
        }
        // An application and its service principal share their id here.
        Identity::ServicePrincipal { id } => {
            let application = match id.parse::<AppId>() {
                Ok(id) => unit.applications().get(id).await?,
                Err(_) => None,
            };
            let application = application.ok_or_else(|| DirectoryError::NotFound(format!("service principal {id}")))?;
            Ok(Subject::Workload { service_principal_id: application.app_id.to_string(), in_my_tenant: true })
        }
    }
}

/// A user by object id or sign-in name.
async fn user(unit: &mut dyn Unit, id: &str) -> Result<UserFacts, DirectoryError> {
    let user = match id.parse::<UserId>() {
        Ok(id) => unit.users().get(id).await?,
        Err(_) => unit.users().find(id).await?,
    };
    let user = user.ok_or_else(|| DirectoryError::NotFound(format!("user {id}")))?;
    Ok(facts::user_facts(unit, &user).await?)
}

/// Policies may name apps that are not registered here; these are in no bundle.
async fn resource(unit: &mut dyn Unit, id: &str) -> Result<ResourceFacts, DirectoryError> {
    let application = match id.parse::<AppId>() {
        Ok(id) => unit.applications().get(id).await?,
        Err(_) => None,
    };
    let unregistered = || ResourceFacts { app_id: id.to_owned(), bundles: Vec::new() };
    Ok(application.as_deref().map_or_else(unregistered, facts::resource_facts))
}
