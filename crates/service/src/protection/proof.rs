//! `Doorward-Proof`: a request comes from the instance that enrolled, is meant for us, and is no repetition.

use std::net::IpAddr;

use doorward_model::ErrorCode;
use doorward_model::protection::ProofKey;
use doorward_model::tenant::Tenant;
use doorward_store::Unit;
use doorward_wire::mam;
use jiff::{SignedDuration, Timestamp};

use super::error::{ProtectionError, Result};
use crate::context::Context;
use crate::error::Error;
use crate::one_time;

/// Clocks of phones and ours may differ by this much.
const SKEW: SignedDuration = SignedDuration::from_secs(300);
/// How long a proof's id is remembered: longer than any proof is fresh.
const MEMORY: SignedDuration = SignedDuration::from_mins(10);
/// Longest id of a proof.
const ID: usize = 64;

/// Why a proof is not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// There is none.
    #[error("the header is required")]
    Missing,
    /// It is not a message of that form, or not signed by the key of the registration.
    #[error("it is not signed by the key of the registration")]
    Signature,
    /// It was made for another method, address or body.
    #[error("it was made for another request")]
    OtherRequest,
    /// It is too old or too new.
    #[error("its time is more than five minutes away from ours")]
    Time,
    /// It was used before.
    #[error("it was used before")]
    Repeated,
}

/// A request with the proof that came with it.
#[derive(Debug, Clone, Copy)]
pub struct Proven<'a> {
    /// The `Doorward-Proof` header.
    pub header: Option<&'a str>,
    /// Method.
    pub method: &'a str,
    /// Absolute address, without a query.
    pub url: &'a str,
    /// Body as sent.
    pub body: &'a [u8],
}

/// A nonce for a proof, for whoever asks.
///
/// # Errors
/// [`ProtectionError::TooManyRequests`], or an engine failure.
pub fn challenge(ctx: &Context, tenant: &Tenant, address: IpAddr) -> Result<String> {
    ctx.protection_limits.challenge(address)?;
    Ok(one_time::nonce(ctx, tenant.id)?)
}

/// Accepts a proof once, and tells the nonce that it was made for. The unit of work must be committed for that to hold.
pub(super) async fn check(
    ctx: &Context,
    unit: &mut dyn Unit,
    tenant: &Tenant,
    key: Option<&ProofKey>,
    request: &Proven<'_>,
) -> Result<String> {
    let header = request.header.ok_or(ProofError::Missing)?;
    let claims = key.and_then(|key| mam::verify_proof(header, key).ok()).ok_or(ProofError::Signature)?;
    // Paths are matched without regard to case, so they are compared so.
    let same_request = claims.htm.eq_ignore_ascii_case(request.method) && claims.htu.eq_ignore_ascii_case(request.url);
    if !same_request || claims.bod != mam::body_hash(request.body) {
        return Err(ProofError::OtherRequest.into());
    }
    let now = ctx.now();
    let issued = Timestamp::from_second(claims.iat).map_err(|_| ProofError::Time)?;
    if now.duration_since(issued).abs() > SKEW {
        return Err(ProofError::Time.into());
    }
    let expires = now.saturating_add(MEMORY).unwrap_or(now);
    let id_is_new = claims.jti.len() <= ID && one_time::use_once(unit, &format!("mam proof {} {}", tenant.id, claims.jti), expires).await?;
    if !id_is_new {
        return Err(ProofError::Repeated.into());
    }
    match one_time::redeem_nonce(ctx, unit, tenant.id, &claims.nonce).await {
        Err(Error::Refused(refusal)) if refusal.code == ErrorCode::INVALID_NONCE => {
            Err(ProtectionError::StaleNonce { nonce: one_time::nonce(ctx, tenant.id)? })
        }
        outcome => Ok(outcome.map(|()| claims.nonce)?),
    }
}
