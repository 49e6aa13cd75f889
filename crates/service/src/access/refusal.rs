//! Refusals: what the other end is told, and the record of it.

use doorward_model::ErrorCode;
use doorward_model::application::Application;
use doorward_model::protection::EvidenceProblem;
use doorward_model::sign_in_record::SignInOutcome;
use doorward_model::tenant::Tenant;
use doorward_policy::conditional_access::Decision;
use serde_json::Value;

use super::attempt::refused;
use super::request::{Request, Subject};
use super::{protection, telling};
use crate::caller::Caller;
use crate::client;
use crate::context::Context;
use crate::error::{Error, Refusal};
use crate::sign_in_log::Telling;

/// Records a refusal and makes it an error with the claims challenge.
pub(super) async fn refuse(
    ctx: &Context,
    request: &Request<'_>,
    (outcome, code): (SignInOutcome, ErrorCode),
    missing: Option<EvidenceProblem>,
    decision: &Decision,
    telling: Telling<'_>,
) -> Error {
    let mut refusal = Refusal::new(code, explain(code, missing, request));
    refusal.claims = challenge(decision, request);
    refusal.internal = Some(format!("policies: {}", decision.failing().collect::<Vec<_>>().join(", ")));
    refusal.account = match request.subject {
        Subject::User(user) => Some(user.user_principal_name.clone()),
        Subject::Workload => None,
    };
    if code == ErrorCode::PROTECTION_POLICY_REQUIRED {
        protection::tell(&mut refusal, request);
    }
    refused(ctx, request.tenant, request.caller, telling, outcome, &mut refusal).await;
    refusal.into()
}

/// Claims challenge that names the policies to be met, as existing clients repeat it, and the context that was asked for.
fn challenge(decision: &Decision, request: &Request<'_>) -> Option<String> {
    let ids: Vec<&str> = decision.failing().collect();
    if ids.is_empty() {
        return None;
    }
    let mut claims = serde_json::json!({"access_token": {"capolids": {"essential": true, "values": ids}}});
    if let (Some(context), Some(Value::Object(token))) = (request.authentication_context, claims.get_mut("access_token")) {
        token.insert("acrs".into(), serde_json::json!({"essential": true, "value": context}));
    }
    Some(claims.to_string())
}

/// One sentence for the developer or help desk; the pages have longer words for the person.
/// `missing`: why the app has not attested who it is, if it must.
fn explain(code: ErrorCode, missing: Option<EvidenceProblem>, request: &Request<'_>) -> String {
    let (app, service) = (&request.client.display_name, &request.resource.display_name);
    match code {
        ErrorCode::BROKER_NOT_INSTALLED => format!("The broker app must be installed before '{app}' may use '{service}'."),
        ErrorCode::DEVICE_NOT_REGISTERED => format!("The device must be registered before '{app}' may use '{service}'."),
        ErrorCode::APP_NOT_APPROVED => format!("'{app}' is not on the list of apps that may use '{service}'."),
        ErrorCode::PROTECTION_POLICY_REQUIRED if let Some(problem) = missing => {
            format!("'{app}' must attest who it is before it may use '{service}': {problem}.")
        }
        ErrorCode::PROTECTION_POLICY_REQUIRED => format!("'{app}' must apply its app protection policy before it may use '{service}'."),
        ErrorCode::DEVICE_NOT_COMPLIANT => format!("'{service}' may be used from managed and compliant devices only."),
        ErrorCode::DEVICE_NOT_DOMAIN_JOINED => format!("'{service}' may be used from domain-joined PCs only."),
        ErrorCode::TOKEN_TOO_OLD | ErrorCode::SESSION_TOO_OLD => {
            format!("'{service}' asks to sign in more often than this: sign in again.")
        }
        ErrorCode::MFA_REQUIRED => format!("'{service}' asks for a second factor."),
        ErrorCode::PROOF_UP_BLOCKED => "Policies do not allow registering a way to sign in from here.".into(),
        ErrorCode::PASSWORD_CHANGE_REQUIRED => "The password must be changed first.".into(),
        ErrorCode::EXTERNAL_CHALLENGE => format!("'{service}' asks for terms of use or another control that has not been met."),
        _ => format!("Access to '{service}' with '{app}' has been blocked by conditional access policies."),
    }
}

/// Records a factor that failed, for whatever reason, and hands the error back with the record's id.
pub async fn failed_factor(
    ctx: &Context,
    tenant: &Tenant,
    caller: &Caller,
    grant: &'static str,
    client: &Application,
    login: &str,
    error: Error,
) -> Error {
    record_refusal(ctx, tenant, caller, grant, Some(client), login, error).await
}

/// Records a refusal that came before any decision: a used code, a disabled account, a device that is gone. A refusal that is
/// recorded already, and a client that only has to wait or to answer a challenge, are passed through. `client_id` is what the request says.
pub async fn refused_early(
    ctx: &Context,
    tenant: &Tenant,
    caller: &Caller,
    grant: &'static str,
    client_id: Option<&str>,
    error: Error,
) -> Error {
    match &error {
        Error::Refused(refusal) if refusal.trace_id.is_none() && !is_waiting(refusal.code) => {}
        _ => return error,
    }
    let client = match (client_id, ctx.store.tenant(tenant.id).read().await) {
        (Some(id), Ok(mut unit)) => client::find(unit.as_mut(), id).await.ok(),
        _ => None,
    };
    // Requests of nobody in particular are not worth a record each: anybody could fill the log with them.
    match client {
        Some(client) => record_refusal(ctx, tenant, caller, grant, Some(&client), "", error).await,
        None => error,
    }
}

fn is_waiting(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::AUTHORIZATION_PENDING | ErrorCode::SLOW_DOWN | ErrorCode::DEVICE_AUTHENTICATION_REQUIRED)
}

async fn record_refusal(
    ctx: &Context,
    tenant: &Tenant,
    caller: &Caller,
    grant: &'static str,
    client: Option<&Application>,
    login: &str,
    error: Error,
) -> Error {
    let Error::Refused(mut refusal) = error else { return error };
    let telling = telling::undecided(caller, grant, client, login);
    refused(ctx, tenant, caller, telling, SignInOutcome::Refused, &mut refusal).await;
    Error::Refused(refusal)
}
