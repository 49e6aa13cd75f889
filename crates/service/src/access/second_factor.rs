//! Second factors as decisions see them: whether one is asked for, which would do, and whether one may be registered.
//!
//! What would do is not worked out from the policies: the same decision is made again as if the factor had been given.

use std::collections::HashSet;

use doorward_model::ErrorCode;
use doorward_model::authentication_method::SecondFactor;
use doorward_model::sign_in::UserAction;
use doorward_model::sign_in_record::SignInOutcome;
use doorward_policy::conditional_access::{Control, Decision, Facts, Outcome, PolicySet, Renewal, decide};
use doorward_store::Unit;

use super::attempt::Attempt;
use super::refusal::refuse;
use super::request::Request;
use super::{facts, frequency, telling};
use crate::context::Context;
use crate::error::Result;
use crate::policies::{self, TenantPolicies};

/// Whether the next thing that policies ask for is a second factor. Leaves no record.
///
/// # Errors
/// Storage failure.
pub async fn asks_for_second_factor(ctx: &Context, unit: &mut dyn Unit, request: &Request<'_>) -> Result<bool> {
    let set = policies::current(ctx, unit, request.tenant.id).await?;
    let gathered = facts::gather(ctx, unit, request).await?;
    let decision = &set.decisions.decide(&gathered.facts).decision;
    Ok(is_about_factors(decision) || frequency::due(ctx, request, decision) == Some(Renewal::SecondFactor))
}

/// The second factors that would meet what policies ask for, best first.
///
/// # Errors
/// Storage failure.
pub async fn that_would_do(ctx: &Context, unit: &mut dyn Unit, request: &Request<'_>) -> Result<Vec<SecondFactor>> {
    let set = policies::current(ctx, unit, request.tenant.id).await?;
    let gathered = facts::gather(ctx, unit, request).await?;
    Ok(SecondFactor::ALL.into_iter().filter(|factor| would_do(&set.compiled, &gathered.facts, *factor)).collect())
}

/// Whether policies would ask for no other second factor after this one.
pub(super) fn would_do(set: &PolicySet, facts: &Facts, factor: SecondFactor) -> bool {
    let decision = decide(set, &as_if(facts, factor));
    decision.outcome != Outcome::Block && !is_about_factors(&decision)
}

/// Those of these second factors that policies let the person register in this sign-in. Leaves no record.
///
/// # Errors
/// Storage failure.
pub async fn may_register(
    ctx: &Context,
    unit: &mut dyn Unit,
    request: &Request<'_>,
    factors: &[SecondFactor],
) -> Result<Vec<SecondFactor>> {
    let set = policies::current(ctx, unit, request.tenant.id).await?;
    let gathered = facts::gather(ctx, unit, &registration(request)).await?;
    Ok(factors.iter().copied().filter(|factor| judge(rules(&set), &gathered.facts, *factor).is_ok()).collect())
}

/// Refuses the registration of a second factor that policies do not allow. A refusal is recorded; a grant by the caller.
///
/// # Errors
/// [`ErrorCode::PROOF_UP_BLOCKED`], or storage failure.
pub async fn require_registration(ctx: &Context, unit: &mut dyn Unit, request: &Request<'_>, factor: SecondFactor) -> Result<Attempt> {
    let request = registration(request);
    let set = policies::current(ctx, unit, request.tenant.id).await?;
    let gathered = facts::gather(ctx, unit, &request).await?;
    let judged = judge(rules(&set), &gathered.facts, factor);
    let is_allowed = judged.is_ok();
    let (Ok(decision) | Err(decision)) = judged;
    let decided = decision.into();
    let telling = telling::decided(&request, &gathered, &decided, &set.hash);
    if is_allowed {
        return Ok(Attempt::new(ctx, request.tenant, request.caller, &telling));
    }
    let blocked = (SignInOutcome::Refused, ErrorCode::PROOF_UP_BLOCKED);
    Err(refuse(ctx, &request, blocked, None, &decided.decision, telling).await)
}

/// The same sign-in for the action of registering.
fn registration<'a>(request: &Request<'a>) -> Request<'a> {
    Request {
        grant: "register_security_info",
        user_action: Some(UserAction::RegisterSecurityInformation),
        authentication_context: None,
        ..request.clone()
    }
}

/// A policy for all resources that asks for a second factor is met by the one that is being registered: else nobody could register
/// the first. A policy that names the registration means it, and is judged by what was given before.
pub(super) fn judge((set, about_registration): Rules<'_>, facts: &Facts, factor: SecondFactor) -> std::result::Result<Decision, Decision> {
    let hoped_for = decide(set, &as_if(facts, factor));
    if hoped_for.outcome != Outcome::Grant {
        return Err(hoped_for);
    }
    let strict = decide(set, facts);
    if strict.failing().any(|id| about_registration.contains(id)) { Err(strict) } else { Ok(hoped_for) }
}

/// A compiled set, with the ids of the policies that are about registering second factors.
pub(super) type Rules<'a> = (&'a PolicySet, &'a HashSet<String>);

pub(super) fn rules(policies: &TenantPolicies) -> Rules<'_> {
    (&policies.compiled, &policies.about_registration)
}

pub(super) fn as_if(facts: &Facts, factor: SecondFactor) -> Facts {
    let mut methods = facts.authentication_methods.clone();
    methods.extend(factor.strength_word().map(str::to_owned));
    Facts { mfa: true, authentication_methods: methods, ..facts.clone() }
}

fn is_about_factors(decision: &Decision) -> bool {
    matches!(decision.next_control, Some(Control::Mfa | Control::AuthenticationStrength))
}
