//! The only road to a verdict: gather the facts, decide, record. What If takes it without a record, as it lets nobody in.

mod again;
mod attempt;
mod facts;
mod frequency;
mod lock_out;
mod people;
mod platform;
mod second_factor;
mod trial;
mod what_if;

use doorward_model::ErrorCode;
use doorward_model::application::{Application, RedirectPlatform};
use doorward_model::device::Device;
use doorward_model::session::{Session, SessionKind};
use doorward_model::sign_in::{ClientAppType, TransferMethod, UserAction};
use doorward_model::sign_in_record::SignInOutcome;
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_policy::conditional_access::{Decision, Outcome, decide};
use doorward_store::Unit;
use serde_json::Value;

pub use again::{Recorded, decide_again};
pub use attempt::Attempt;
pub use facts::waived_controls;
pub(crate) use facts::{client_facts, resource_facts};
pub use frequency::asks_to_sign_in_again;
pub(crate) use lock_out::{Advice, Watch, keeps_an_administrator, locks_out};
pub use people::People;
pub(crate) use platform::of_device as platform_of;
pub use second_factor::{asks_for_second_factor, may_register, require_registration, that_would_do};
pub use trial::{Trial, TrialDevice, TrialProof, Tried, try_sign_in};
pub use what_if::{PolicyAnalysis, what_if};

use crate::caller::Caller;
use crate::client;
use crate::context::Context;
use crate::error::{Error, Refusal, Result};
use crate::policies;

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// A person.
    User(&'a User),
    /// The client for itself.
    Workload,
}

/// Everything a decision is about.
#[derive(Clone)]
pub struct Request<'a> {
    /// Flow, as the sign-in log names it.
    pub grant: &'static str,
    /// Tenant.
    pub tenant: &'a Tenant,
    /// The other end.
    pub caller: &'a Caller,
    /// Who asks.
    pub subject: Subject<'a>,
    /// With which app.
    pub client: &'a Application,
    /// Kind of client; none when it cannot be told.
    pub client_type: Option<ClientAppType>,
    /// For which resource.
    pub resource: &'a Application,
    /// Authentication context that the client asks for (`acrs`).
    pub authentication_context: Option<&'a str>,
    /// For which action instead of a resource.
    pub user_action: Option<UserAction>,
    /// Device that has proved itself.
    pub device: Option<&'a Device>,
    /// The broker took part: proved by a primary refresh token.
    pub brokered: bool,
    /// The sign-in that this comes from; none where nobody signed in.
    pub session: Option<&'a Session>,
    /// How the session was handed over.
    pub transfer_method: TransferMethod,
    /// Capabilities that the client announced (`xms_cc`).
    pub capabilities: &'a [String],
}

impl<'a> Request<'a> {
    /// A request without device, broker or methods; the caller adds what there is.
    #[must_use]
    pub fn new(
        grant: &'static str,
        tenant: &'a Tenant,
        caller: &'a Caller,
        subject: Subject<'a>,
        client: &'a Application,
        resource: &'a Application,
    ) -> Self {
        Self {
            grant,
            tenant,
            caller,
            subject,
            client,
            client_type: None,
            resource,
            authentication_context: None,
            user_action: None,
            device: None,
            brokered: false,
            session: None,
            transfer_method: TransferMethod::None,
            capabilities: &[],
        }
    }

    /// Methods used to sign in, as in the `amr` claim.
    fn amr(&self) -> &'a [String] {
        self.session.map_or(&[], |session| &session.amr)
    }
}

/// Decides, and refuses unless access is granted. A refusal is recorded here; a grant by [`Attempt::granted`] once the token is made.
///
/// # Errors
/// The refusal, with the claims that a client repeats to do better; storage failure.
pub async fn require(ctx: &Context, unit: &mut dyn Unit, request: &Request<'_>) -> Result<Attempt> {
    let set = policies::current(ctx, unit, request.tenant.id).await?;
    let gathered = facts::gather(ctx, unit, request).await?;
    let decision = decide(&set.compiled, &gathered.facts);
    let mut attempt = Attempt::begin(ctx, request, &gathered, &decision, &set.hash);
    let code = match decision.outcome {
        Outcome::Grant => match frequency::too_old(ctx, request, &decision) {
            None => return Ok(attempt),
            Some(code) => code,
        },
        Outcome::Interrupt | Outcome::Block => decision.error().unwrap_or(ErrorCode::BLOCKED),
    };
    attempt.set_outcome(if decision.outcome == Outcome::Block { SignInOutcome::Refused } else { SignInOutcome::Interrupted });
    Err(refuse(ctx, request, code, &decision, attempt).await)
}

/// Records a refusal and makes it an error with the claims challenge.
async fn refuse(ctx: &Context, request: &Request<'_>, code: ErrorCode, decision: &Decision, attempt: Attempt) -> Error {
    let mut refusal = Refusal::new(code, explain(code, request));
    refusal.claims = challenge(decision, request);
    refusal.internal = Some(format!("policies: {}", decision.failing().collect::<Vec<_>>().join(", ")));
    refusal.account = match request.subject {
        Subject::User(user) => Some(user.user_principal_name.clone()),
        Subject::Workload => None,
    };
    refusal.trace_id = Some(attempt.id());
    attempt.refused(ctx, &refusal).await;
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
fn explain(code: ErrorCode, request: &Request<'_>) -> String {
    let (app, service) = (&request.client.display_name, &request.resource.display_name);
    match code {
        ErrorCode::BROKER_NOT_INSTALLED => format!("The broker app must be installed before '{app}' may use '{service}'."),
        ErrorCode::DEVICE_NOT_REGISTERED => format!("The device must be registered before '{app}' may use '{service}'."),
        ErrorCode::APP_NOT_APPROVED => format!("'{app}' is not on the list of apps that may use '{service}'."),
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
/// recorded already, and a client that only has to wait, are passed through. `client_id` is what the request says.
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
    code == ErrorCode::AUTHORIZATION_PENDING || code == ErrorCode::SLOW_DOWN
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
    let mut attempt = Attempt::without_decision(ctx, tenant, caller, grant, client, login);
    refusal.trace_id = Some(attempt.id());
    attempt.set_outcome(SignInOutcome::Refused);
    attempt.refused(ctx, &refusal).await;
    Error::Refused(refusal)
}

/// The client type of a flow without a redirect: what the client's registration says it is.
#[must_use]
pub fn client_type_of(client: &Application) -> ClientAppType {
    let native = client.is_fallback_public_client
        || client.broker
        || !client.platform_identities.is_empty()
        || client.redirect_uris.iter().any(|redirect| redirect.platform == RedirectPlatform::PublicClient);
    if native { ClientAppType::MobileAppsAndDesktopClients } else { ClientAppType::Browser }
}

/// The authentication flow that a session is tracked by.
#[must_use]
pub fn transfer_method(kind: SessionKind) -> TransferMethod {
    match kind {
        SessionKind::DeviceCode => TransferMethod::DeviceCodeFlow,
        SessionKind::Browser | SessionKind::Password | SessionKind::Broker => TransferMethod::None,
    }
}
