//! Values that must not come twice, and nonces.

use aws_lc_rs::digest;
use doorward_model::{ErrorCode, TenantId, rng};
use doorward_store::Unit;
use jiff::{SignedDuration, Timestamp};

use crate::context::Context;
use crate::error::{Error, Result};

/// How long a request nonce may take from server to device and back.
const NONCE_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// SHA-256 of a value, the form in which secrets and one-time values are stored.
#[must_use]
pub fn sha256(value: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    for (to, from) in hash.iter_mut().zip(digest::digest(&digest::SHA256, value.as_bytes()).as_ref()) {
        *to = *from;
    }
    hash
}

/// Remembers a value; false when it was seen before.
///
/// # Errors
/// Storage failure.
pub async fn use_once(unit: &mut dyn Unit, value: &str, expires: Timestamp) -> Result<bool> {
    Ok(unit.one_time().use_once(&sha256(value), expires).await?)
}

/// A nonce for one signed message. It is sealed, so nothing needs to be stored until it comes back.
///
/// # Errors
/// When sealing fails.
pub fn nonce(ctx: &Context, tenant: TenantId) -> Result<String> {
    let mut content = ctx.now().as_millisecond().to_be_bytes().to_vec();
    content.extend_from_slice(&rng::bytes::<8>(ctx.rng.as_ref()));
    ctx.master_key.seal_text(ctx.rng.as_ref(), &purpose(tenant), &content)
}

/// Accepts a nonce once: it must be ours, recent and unused. The unit of work must be committed for the use to count.
///
/// # Errors
/// [`ErrorCode::INVALID_NONCE`], or storage failure.
pub async fn redeem_nonce(ctx: &Context, unit: &mut dyn Unit, tenant: TenantId, nonce: &str) -> Result<()> {
    let refuse = |why: &str| Error::refused(ErrorCode::INVALID_NONCE, format!("The request nonce is not valid: {why}. Ask for a new one."));
    let content = ctx.master_key.open_text(&purpose(tenant), nonce).ok_or_else(|| refuse("it was not made here"))?;
    let issued = content.first_chunk::<8>().map(|bytes| i64::from_be_bytes(*bytes)).and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let issued = issued.ok_or_else(|| refuse("it was not made here"))?;
    let expires = issued.saturating_add(NONCE_LIFETIME).unwrap_or(issued);
    if expires <= ctx.now() {
        return Err(refuse("it has expired"));
    }
    if use_once(unit, nonce, expires).await? { Ok(()) } else { Err(refuse("it was used before")) }
}

fn purpose(tenant: TenantId) -> String {
    format!("request nonce of {tenant}")
}
