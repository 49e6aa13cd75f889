//! PKeyAuth: a client without a broker proves which device it is on. The challenge carries what it belongs to, sealed; nothing is stored
//! until the answer comes back.

use std::sync::Arc;

use doorward_model::ErrorCode;
use doorward_model::device::Device;
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_store::Unit;
use doorward_wire::certificate;
use doorward_wire::pkeyauth::{Answer, Challenge, Proof};
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::Url;

use super::credential::device_of;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::{keys, one_time};

/// How long a device may take to answer.
const LIFETIME: SignedDuration = SignedDuration::from_mins(5);

/// Content of the context of a challenge.
#[derive(Serialize, Deserialize)]
struct Sealed<T> {
    content: T,
    nonce: String,
    expires: Timestamp,
}

/// What a challenge belongs to: its name keeps those of one place from counting at another.
pub(crate) trait Challenged: Serialize + DeserializeOwned + Send {
    /// Name of the place.
    const PLACE: &'static str;
}

/// A challenge to be answered at `submit_url`, for the device of somebody who wants what `content` says.
///
/// # Errors
/// Storage failure, or when sealing fails.
pub(crate) async fn challenge<T: Challenged>(
    ctx: &Context,
    unit: &mut dyn Unit,
    tenant: &Tenant,
    submit_url: Url,
    content: T,
) -> Result<Challenge> {
    let authority = keys::device_authority(ctx, unit, tenant.id).await?;
    let nonce = one_time::nonce(ctx, tenant.id)?;
    let now = ctx.now();
    let sealed = Sealed { content, nonce: nonce.clone(), expires: now.saturating_add(LIFETIME).unwrap_or(now) };
    let json = serde_json::to_vec(&sealed).map_err(|error| Error::internal("challenge", &error))?;
    Ok(Challenge {
        submit_url,
        nonce,
        context: ctx.master_key.seal_text(ctx.rng.as_ref(), &purpose::<T>(tenant), &json)?,
        authority: certificate::authority_name(authority.id()),
        tenant: tenant.id,
    })
}

/// An answer to a challenge of ours, not yet looked into.
pub(crate) struct Opened<T> {
    /// What the challenge was made for.
    pub(crate) content: T,
    nonce: String,
    auth_token: Option<String>,
}

/// Opens the context of an answer.
///
/// # Errors
/// [`ErrorCode::BAD_REQUEST`] for another header, [`ErrorCode::FLOW_TOKEN_EXPIRED`] for a context that is not ours or too old.
pub(crate) fn open<T: Challenged>(ctx: &Context, tenant: &Tenant, header: &str) -> Result<Opened<T>> {
    let answer = Answer::read(header).map_err(|error| Error::refused(ErrorCode::BAD_REQUEST, format!("Authorization: {error}.")))?;
    let content = ctx.master_key.open_text(&purpose::<T>(tenant), &answer.context);
    let sealed: Option<Sealed<T>> = content.and_then(|content| serde_json::from_slice(&content).ok());
    let Some(Sealed { content, nonce, .. }) = sealed.filter(|sealed| sealed.expires > ctx.now()) else {
        return Err(Error::refused(
            ErrorCode::FLOW_TOKEN_EXPIRED,
            "The answer of the device belongs to no challenge of this tenant, or came too late. Go back to your app and sign in again.",
        ));
    };
    Ok(Opened { content, nonce, auth_token: answer.auth_token })
}

impl<T> Opened<T> {
    /// The device that the answer proves; none when it says that there is none, and none when the device is somebody else's: it
    /// speaks for its owner alone. `address` is where the answer was sent. The unit of work must be committed, also after a refusal,
    /// for the nonce to be used up.
    ///
    /// # Errors
    /// [`ErrorCode::DEVICE_PROOF_INVALID`], [`ErrorCode::INVALID_NONCE`], [`ErrorCode::DEVICE_AUTHENTICATION_FAILED`] only for a device
    /// of this tenant that is gone, [`ErrorCode::DEVICE_DISABLED`], or storage failure.
    pub(crate) async fn device(
        &self,
        ctx: &Context,
        unit: &mut dyn Unit,
        tenant: &Tenant,
        user: &User,
        address: &Url,
    ) -> Result<Option<Arc<Device>>> {
        let Some(token) = &self.auth_token else { return Ok(None) };
        let refuse = |why: &str| Error::refused(ErrorCode::DEVICE_PROOF_INVALID, format!("The proof of the device is not valid: {why}."));
        let proof = Proof::read(token).map_err(|error| refuse("it is not signed by the key of its certificate").with_reason(&error))?;
        if proof.nonce != self.nonce {
            return Err(refuse("its nonce is another than that of the challenge"));
        }
        if !proof.is_for(address) {
            return Err(refuse("it is signed for another address"));
        }
        one_time::redeem_nonce(ctx, unit, tenant.id, &proof.nonce).await?;
        let device = match device_of(unit, &proof.certificate).await {
            // Clients delete their keys when they read that the device is gone, which says nothing about one of another tenant.
            Err(Error::Refused(refusal)) if refusal.code == ErrorCode::DEVICE_AUTHENTICATION_FAILED => {
                let authority = keys::device_authority(ctx, unit, tenant.id).await?;
                return Err(match certificate::claims_issuer(&proof.certificate.der, authority.id()) {
                    true => Error::Refused(refusal),
                    false => refuse("its certificate is not one of this tenant"),
                });
            }
            device => device?,
        };
        Ok(Some(device).filter(|device| device.owner.is_none_or(|owner| owner == user.id)))
    }
}

fn purpose<T: Challenged>(tenant: &Tenant) -> String {
    format!("device challenge at {} of {}", T::PLACE, tenant.id)
}
