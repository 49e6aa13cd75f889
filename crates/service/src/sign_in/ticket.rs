//! Signing in with the Kerberos ticket that the computer has from its domain: it says who, and proves it.

use std::sync::Arc;

use doorward_model::ErrorCode;
use doorward_model::session::SessionKind;
use doorward_model::user::User;

use super::account_state::inactive;
use super::session;
use super::step::{Journey, Outcome};
use super::steps;
use crate::context::Context;
use crate::domain::tickets::{Unproven, prove};
use crate::error::{Refusal, Result};

/// `amr` of a sign-in at a domain (RFC 8176 §2).
const INTEGRATED: &str = "wia";
/// The browser has no ticket, or keeps it to itself.
const NONE_OFFERED: &str = "This browser offers no sign-in of the computer: it is not joined to the domain, or does not trust this address with it. Sign in with your name instead.";
/// Nobody learns from it what was wrong with a ticket.
const NOT_ACCEPTED: &str =
    "The sign-in of this computer was not accepted. Sign in with your name instead, or tell your help desk what you tried and when.";

/// Takes a ticket in place of name and password; without one the first page says how else.
///
/// # Errors
/// Storage failure; refusals are steps.
pub(super) async fn sign_in(ctx: &Context, journey: Journey<'_>, token: Option<&[u8]>) -> Result<Outcome> {
    let Some(token) = token else { return Ok(steps::identifier(ctx, String::new(), Some(NONE_OFFERED))) };
    match owner(ctx, journey, token).await? {
        Ok(user) => {
            let session = session::begin(ctx, &user, SessionKind::Browser, None, vec![INTEGRATED.to_owned()]);
            steps::start_session(ctx, journey, session, user).await
        }
        Err(Nobody { login, problem, refusal }) => {
            steps::log_failure(ctx, journey, &login, refusal).await;
            Ok(steps::identifier(ctx, String::new(), Some(problem)))
        }
    }
}

/// A ticket that opens nothing.
struct Nobody {
    /// Who it is of, as far as that is known.
    login: String,
    /// What the person is told.
    problem: &'static str,
    /// What the log is told: what is wrong with a ticket is for whoever set the domain up.
    refusal: Refusal,
}

/// Whose ticket it is.
async fn owner(ctx: &Context, journey: Journey<'_>, token: &[u8]) -> Result<std::result::Result<Arc<User>, Nobody>> {
    let not_accepted =
        |login: String, why: String| Nobody { login, problem: NOT_ACCEPTED, refusal: Refusal::new(ErrorCode::INVALID_CREDENTIALS, why) };
    let ticket = match prove(ctx, journey.tenant.id, token).await {
        Ok(ticket) => ticket,
        Err(Unproven::Failed(error)) => return Err(error),
        Err(unproven) => return Ok(Err(not_accepted(String::new(), unproven.to_string()))),
    };
    let mut unit = ctx.store.tenant(journey.tenant.id).read().await?;
    Ok(match unit.users().find_by_security_identifier(&ticket.security_identifier).await? {
        Some(user) => match inactive(&user, ctx.now()) {
            None => Ok(user),
            Some(problem) => {
                Err(Nobody { login: user.user_principal_name.clone(), problem, refusal: Refusal::new(ErrorCode::USER_DISABLED, problem) })
            }
        },
        None => {
            let why = format!("no user comes from the account {} ({})", ticket.principal, ticket.security_identifier);
            Err(not_accepted(ticket.principal, why))
        }
    })
}
