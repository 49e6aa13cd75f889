//! The only road to a verdict: gather the facts, decide, record. What If takes it without a record, as it lets nobody in.

mod again;
mod attempt;
mod device;
mod facts;
mod frequency;
mod lock_out;
mod people;
mod platform;
mod protection;
mod refusal;
mod remedy;
mod request;
mod second_factor;
mod telling;
mod trial;
mod what_if;

use doorward_model::ErrorCode;
use doorward_model::application::{Application, RedirectPlatform};
use doorward_model::session::SessionKind;
use doorward_model::sign_in::{ClientAppType, TransferMethod};
use doorward_model::sign_in_record::SignInOutcome;
use doorward_policy::conditional_access::Outcome;
use doorward_store::Unit;

pub use again::{Recorded, decide_again, recorded_facts};
pub use attempt::Attempt;
pub use device::depends_on_device;
pub use facts::waived_controls;
pub(crate) use facts::{client_facts, resource_facts};
pub use frequency::asks_to_sign_in_again;
pub(crate) use lock_out::{Advice, Watch, keeps_an_administrator, locks_out};
pub use people::People;
pub(crate) use platform::of_device as platform_of;
use refusal::refuse;
pub use refusal::{failed_factor, refused_early};
pub use remedy::{Change, Remedies, Remedy};
pub use request::{Request, Subject};
pub use second_factor::{asks_for_second_factor, may_register, require_registration, that_would_do};
pub use trial::{Trial, TrialDevice, TrialProof, Trials, Tried, TrustedPlace};
pub use what_if::{PolicyAnalysis, what_if};

pub(crate) use protection::can_protect;

use crate::context::Context;
use crate::error::Result;
use crate::policies;

/// Decides, and refuses unless access is granted. A refusal is recorded here; a grant by [`Attempt::granted`] once the token is made.
///
/// # Errors
/// The refusal, with the claims that a client repeats to do better; storage failure.
pub async fn require(ctx: &Context, unit: &mut dyn Unit, request: &Request<'_>) -> Result<Attempt> {
    let set = policies::current(ctx, unit, request.tenant.id).await?;
    let gathered = facts::gather(ctx, unit, request).await?;
    let decided = set.decisions.decide(&gathered.facts);
    let decision = &decided.decision;
    let telling = telling::decided(request, &gathered, &decided, &set.hash);
    let code = match decision.outcome {
        Outcome::Grant => match frequency::too_old(ctx, request, decision) {
            None => return Ok(Attempt::new(ctx, request.tenant, request.caller, &telling)),
            Some(code) => code,
        },
        Outcome::Interrupt | Outcome::Block => {
            let code = decision.error().unwrap_or(ErrorCode::BLOCKED);
            if protection::is_what_lacks(&set.compiled, request, &gathered.facts, code) {
                ErrorCode::PROTECTION_POLICY_REQUIRED
            } else {
                code
            }
        }
    };
    let outcome = if decision.outcome == Outcome::Block { SignInOutcome::Refused } else { SignInOutcome::Interrupted };
    Err(refuse(ctx, request, (outcome, code), gathered.attestation_missing, decision, telling).await)
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
