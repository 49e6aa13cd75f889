//! Passkeys: the rules of WebAuthn Level 2, §7.1 and §7.2, for a relying party that asks for no attestation and always for a
//! verified person.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_model::authentication_method::{AuthenticationMethod, Credential};
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_model::{MethodId, UserId, rng};
use doorward_store::Unit;
use doorward_wire::webauthn::{self, AuthenticatorData, Ceremony, ClientData, PublicKey};
use jiff::SignedDuration;
use subtle::ConstantTimeEq as _;

use super::registered::{self, Held};
use super::{Rejection, Result};
use crate::context::Context;
use crate::one_time;

/// How long an answered challenge is remembered: longer than a page lives.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(1);

/// What a browser is asked to prove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofOptions {
    /// Id of the relying party: the host of this server.
    pub rp_id: String,
    /// What must be signed, base64url.
    pub challenge: String,
    /// Credentials that will do; empty: any that the authenticator has for this site.
    pub allowed: Vec<Vec<u8>>,
}

/// What a browser is asked to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreationOptions {
    /// Id of the relying party.
    pub rp_id: String,
    /// Its name for people.
    pub rp_name: String,
    /// What the answer must repeat, base64url.
    pub challenge: String,
    /// The person, as the authenticator keeps them: tells no name.
    pub user_handle: Vec<u8>,
    /// Sign-in name.
    pub user_name: String,
    /// Name for people.
    pub display_name: String,
    /// Credentials the person has: an authenticator that holds one of these is not asked for another.
    pub excluded: Vec<Vec<u8>>,
}

/// Proof of a credential.
#[derive(Debug, Clone)]
pub struct Proof {
    /// Credential id.
    pub credential_id: Vec<u8>,
    /// `clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `authenticatorData`.
    pub authenticator_data: Vec<u8>,
    /// `signature`.
    pub signature: Vec<u8>,
    /// `userHandle`, which authenticators give when the site did not say who.
    pub user_handle: Option<Vec<u8>>,
}

/// A new credential.
#[derive(Debug, Clone)]
pub struct Creation {
    /// `clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `attestationObject`.
    pub attestation_object: Vec<u8>,
}

/// A fresh challenge, base64url.
#[must_use]
pub fn challenge(ctx: &Context) -> String {
    rng::secret(ctx.rng.as_ref())
}

/// Asks for proof of any passkey of this site: the passkey says who signs in.
#[must_use]
pub fn ask_anybody(ctx: &Context, challenge: String) -> ProofOptions {
    ProofOptions { rp_id: rp_id(ctx), challenge, allowed: Vec::new() }
}

/// Asks for proof of one of a person's passkeys.
#[must_use]
pub fn ask(ctx: &Context, challenge: String, held: &Held) -> ProofOptions {
    ProofOptions { allowed: held.credential_ids(), ..ask_anybody(ctx, challenge) }
}

/// Asks for a new passkey.
#[must_use]
pub fn ask_to_create(ctx: &Context, challenge: String, tenant: &Tenant, user: &User, held: &Held) -> CreationOptions {
    CreationOptions {
        rp_id: rp_id(ctx),
        rp_name: tenant.display_name.clone(),
        challenge,
        user_handle: handle_of(user.id),
        user_name: user.user_principal_name.clone(),
        display_name: user.display_name.clone(),
        excluded: held.credential_ids(),
    }
}

/// Registers a passkey.
///
/// # Errors
/// A [`Rejection`], or storage failure.
pub async fn register(
    ctx: &Context,
    unit: &mut dyn Unit,
    tenant: &Tenant,
    user: &User,
    challenge: &str,
    creation: &Creation,
) -> Result<Vec<String>> {
    check_client_data(ctx, unit, &creation.client_data, Ceremony::Create, challenge).await?;
    let data = webauthn::attested(&creation.attestation_object).map_err(Rejection::Unreadable)?;
    check_authenticator_data(ctx, &data)?;
    let attested = data.attested.ok_or(Rejection::Unreadable(webauthn::WebauthnError::AuthenticatorData))?;
    let credential = Credential::Fido2 { credential_id: attested.id, public_key: attested.public_key, aaguid: attested.aaguid };
    let id = MethodId::random(ctx.rng.as_ref());
    registered::keep(ctx, unit, tenant, user, (id, "Passkey", credential, i64::from(data.sign_count))).await
}

/// Verifies a passkey and says whose it is. With `owner` it must be theirs; without, the answer must name the owner itself. The unit
/// of work must be committed for the counter and the challenge to count.
///
/// # Errors
/// A [`Rejection`], or storage failure.
pub async fn verify(ctx: &Context, unit: &mut dyn Unit, challenge: &str, proof: &Proof, owner: Option<UserId>) -> Result<UserId> {
    let method = unit.authentication_methods().find_by_credential_id(&proof.credential_id).await?;
    let method = method.filter(|method| belongs(method, proof, owner)).ok_or(Rejection::UnknownCredential)?;
    let Credential::Fido2 { public_key, .. } = &method.credential else { return Err(Rejection::UnknownCredential.into()) };
    check_client_data(ctx, unit, &proof.client_data, Ceremony::Get, challenge).await?;
    let data = AuthenticatorData::parse(&proof.authenticator_data).map_err(Rejection::Unreadable)?;
    check_authenticator_data(ctx, &data)?;
    let key = PublicKey::parse(public_key).map_err(Rejection::Unreadable)?;
    if !key.verify(&webauthn::signed_message(&proof.authenticator_data, &proof.client_data), &proof.signature) {
        return Err(Rejection::WrongSignature.into());
    }
    let counter = i64::from(data.sign_count);
    if !unit.authentication_methods().advance(method.id, counter, ctx.now()).await? {
        tracing::warn!(method = %method.id, user = %method.user_id, counter, "a passkey's counter did not grow");
        return Err(Rejection::Cloned.into());
    }
    Ok(method.user_id)
}

/// §7.2 step 6: the owner is known beforehand, or the authenticator names them.
fn belongs(method: &AuthenticationMethod, proof: &Proof, owner: Option<UserId>) -> bool {
    let named = proof.user_handle.as_deref().map(|handle| handle == handle_of(method.user_id));
    match owner {
        Some(owner) => method.user_id == owner && named != Some(false),
        None => named == Some(true),
    }
}

/// §7.1 steps 7 to 11, §7.2 steps 11 to 14; a challenge is answered once.
async fn check_client_data(ctx: &Context, unit: &mut dyn Unit, json: &[u8], ceremony: Ceremony, challenge: &str) -> Result<()> {
    let client = ClientData::parse(json).map_err(Rejection::Unreadable)?;
    if client.ceremony != ceremony {
        return Err(Rejection::WrongCeremony.into());
    }
    // A page that asked for no passkey has no challenge, and no answer fits it.
    let expected = URL_SAFE_NO_PAD.decode(challenge).ok().filter(|expected| !expected.is_empty());
    if !expected.is_some_and(|expected| expected.ct_eq(&client.challenge).into()) {
        return Err(Rejection::WrongChallenge.into());
    }
    if client.cross_origin || client.origin != ctx.base_url.origin().ascii_serialization() {
        return Err(Rejection::WrongOrigin.into());
    }
    let until = ctx.now().saturating_add(REMEMBERED).unwrap_or(ctx.now());
    if one_time::use_once(unit, &format!("passkey challenge {challenge}"), until).await? {
        Ok(())
    } else {
        Err(Rejection::WrongChallenge.into())
    }
}

/// §7.1 steps 13 to 15, §7.2 steps 15 to 17.
fn check_authenticator_data(ctx: &Context, data: &AuthenticatorData) -> std::result::Result<(), Rejection> {
    let expected = digest::digest(&digest::SHA256, rp_id(ctx).as_bytes());
    if expected.as_ref() != data.rp_id_hash {
        return Err(Rejection::WrongRelyingParty);
    }
    if data.user_present && data.user_verified { Ok(()) } else { Err(Rejection::NotVerified) }
}

fn rp_id(ctx: &Context) -> String {
    ctx.base_url.host_str().unwrap_or_default().to_owned()
}

fn handle_of(user: UserId) -> Vec<u8> {
    user.0.as_bytes().to_vec()
}
