//! Proofs that a device or a primary refresh token takes part in a request.

use std::sync::Arc;

use doorward_model::device::Device;
use doorward_model::refresh_token::PrimaryRefreshToken;
use doorward_model::session::Session;
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_model::{ErrorCode, TenantId};
use doorward_store::Unit;
use doorward_wire::certificate::DeviceCertificate;
use doorward_wire::prt::{self, SessionSigned};

use crate::context::Context;
use crate::error::{Error, Result};
use crate::one_time::{self, sha256};
use crate::token::{enabled_device, live_session};

/// The enabled device whose certificate came with a message; the message must verify with the certificate's key.
///
/// The device is found by the hash of its public key. That the certificate chains to our authority is not asked: what counts
/// is that exactly this key was registered, and is still.
///
/// # Errors
/// [`ErrorCode::DEVICE_AUTHENTICATION_FAILED`], [`ErrorCode::DEVICE_DISABLED`], or storage failure.
pub async fn device_of(unit: &mut dyn Unit, certificate: &DeviceCertificate) -> Result<Arc<Device>> {
    enabled_device(unit.devices().find_by_public_key(&certificate.public_key.sha256).await?)
}

/// What a primary refresh token proves.
pub struct PrtProof {
    /// The token.
    pub prt: Arc<PrimaryRefreshToken>,
    /// Session key, 32 bytes.
    pub session_key: Vec<u8>,
    /// Its live session.
    pub session: Arc<Session>,
    /// Whose it is.
    pub user: Arc<User>,
    /// The device it is bound to.
    pub device: Arc<Device>,
}

/// Checks a message signed with a session key. Everything is checked but the nonce, which the caller redeems once per request.
///
/// # Errors
/// [`ErrorCode::INVALID_GRANT`] for an unknown token, [`ErrorCode::INVALID_SESSION_KEY`] for a wrong signature, a refusal about
/// session, user or device, or storage failure.
pub async fn prt_proof<C: prt::CarriesPrt>(
    ctx: &Context,
    unit: &mut dyn Unit,
    tenant: &Tenant,
    message: &SessionSigned<C>,
) -> Result<PrtProof> {
    let unknown = || Error::refused(ErrorCode::INVALID_GRANT, "The primary refresh token is not valid. Sign in again.");
    let token = unit.grants().prt(&sha256(message.unverified_claims().refresh_token())).await?.ok_or_else(unknown)?;
    let session_key = ctx.master_key.unwrap(&session_key_purpose(tenant.id), &token.wrapped_session_key)?;
    if !message.verify(&session_key) {
        return Err(Error::refused(ErrorCode::INVALID_SESSION_KEY, "The message is not signed with the session key."));
    }
    // Only now, when the caller has proved to hold the key, does the answer tell anything about the token.
    if token.revoked.is_some() || token.expires <= ctx.now() {
        return Err(Error::refused(ErrorCode::GRANT_EXPIRED, "The primary refresh token has expired or was withdrawn. Sign in again."));
    }
    let (session, user) = live_session(ctx, unit, token.session_id).await?;
    let Some(device) = crate::token::bound_device(unit, Some(token.device_id)).await? else { return Err(unknown()) };
    Ok(PrtProof { prt: token, session_key, session, user, device })
}

/// What a wrapped session key is authenticated to be.
pub(crate) fn session_key_purpose(tenant: TenantId) -> String {
    format!("session key of {tenant}")
}

/// Whether the message in `x-ms-RefreshTokenCredential` is signed over a nonce. One that cannot be read is for [`brokered_request`] to refuse.
#[must_use]
pub fn carries_nonce(prt_header: &str) -> bool {
    prt::parse_cookie(prt_header).map_or(true, |cookie| cookie.unverified_claims().request_nonce.is_some())
}

/// The two headers of a brokered authorization request (`x-ms-RefreshTokenCredential`, `x-ms-DeviceCredential`).
///
/// Both are signed over the same nonce: one with the session key, one with the device key.
///
/// # Errors
/// A refusal that names what does not fit, or storage failure.
pub async fn brokered_request(
    ctx: &Context,
    unit: &mut dyn Unit,
    tenant: &Tenant,
    prt_header: &str,
    device_header: Option<&str>,
) -> Result<PrtProof> {
    let malformed = |what: &str| Error::refused(ErrorCode::BAD_REQUEST, format!("{what} is not a signed message of the expected form."));
    let cookie = prt::parse_cookie(prt_header).map_err(|error| malformed("x-ms-RefreshTokenCredential").with_reason(&error))?;
    // The device comes first: a broker whose registration is gone must learn that, not that its token is unknown as well.
    let credential = match device_header {
        Some(header) => {
            let credential =
                prt::parse_device_credential(header).map_err(|error| malformed("x-ms-DeviceCredential").with_reason(&error))?;
            Some((device_of(unit, &credential.certificate).await?, credential.claims.request_nonce))
        }
        None => None,
    };
    let proof = prt_proof(ctx, unit, tenant, &cookie).await?;
    let nonce = cookie.unverified_claims().request_nonce.clone();
    let nonce =
        nonce.ok_or_else(|| Error::refused(ErrorCode::INVALID_NONCE, "The credential carries no request_nonce. Ask for a nonce first."))?;
    if let Some((device, signed_nonce)) = credential {
        if signed_nonce != nonce {
            return Err(Error::refused(ErrorCode::INVALID_NONCE, "The two credentials are signed over different nonces."));
        }
        if device.id != proof.device.id {
            return Err(Error::refused(ErrorCode::INVALID_GRANT, "The primary refresh token belongs to another device."));
        }
    }
    one_time::redeem_nonce(ctx, unit, tenant.id, &nonce).await?;
    Ok(proof)
}
