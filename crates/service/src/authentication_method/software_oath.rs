//! Codes from an authenticator app (RFC 6238).

use doorward_model::authentication_method::Credential;
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_model::{MethodId, TenantId, UserId, rng};
use doorward_store::Unit;
use doorward_wire::totp;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::{Rejection, Result, registered};
use crate::context::Context;

/// Clocks may differ by one step (RFC 6238 §5.2).
const TOLERATED_STEPS: i64 = 1;

/// A secret that an app is about to learn.
#[derive(Clone)]
pub struct NewSecret([u8; totp::SECRET_BYTES]);

impl NewSecret {
    /// A fresh secret.
    #[must_use]
    pub fn generate(ctx: &Context) -> Self {
        Self(rng::bytes(ctx.rng.as_ref()))
    }

    /// The secret that travelled sealed through the browser.
    #[must_use]
    pub fn from_bytes(bytes: [u8; totp::SECRET_BYTES]) -> Self {
        Self(bytes)
    }

    /// Its bytes, to be sealed.
    #[must_use]
    pub fn bytes(&self) -> [u8; totp::SECRET_BYTES] {
        self.0
    }

    /// The secret for typing.
    #[must_use]
    pub fn text(&self) -> String {
        totp::base32(&self.0)
    }

    /// The address for the QR code.
    #[must_use]
    pub fn uri(&self, tenant: &Tenant, user: &User) -> String {
        totp::otpauth_uri(&tenant.display_name, &user.user_principal_name, &self.0)
    }
}

/// Registers an app that proves that it has the secret. The code counts as used, and the secret is registered once.
///
/// # Errors
/// [`Rejection::WrongCode`], [`Rejection::KnownApp`], what [`registered::keep`] says, or storage failure.
pub async fn register(
    ctx: &Context,
    unit: &mut dyn Unit,
    tenant: &Tenant,
    user: &User,
    secret: &NewSecret,
    code: &str,
) -> Result<Vec<String>> {
    let step = step_of(ctx, &secret.0, code).ok_or(Rejection::WrongCode)?;
    if secrets(ctx, unit, tenant, user).await?.iter().any(|(_, known)| known.ct_eq(&secret.0).into()) {
        return Err(Rejection::KnownApp.into());
    }
    let wrapped_secret = ctx.master_key.wrap(ctx.rng.as_ref(), &purpose(tenant.id, user.id), &secret.0)?;
    let id = MethodId::random(ctx.rng.as_ref());
    registered::keep(ctx, unit, tenant, user, (id, "Authenticator app", Credential::SoftwareOath { wrapped_secret }, step)).await
}

/// Verifies a code of one of the person's apps. Each time step is accepted once; the unit of work must be committed for that.
///
/// # Errors
/// [`Rejection::WrongCode`], [`Rejection::CodeUsed`], or storage failure.
pub async fn verify(ctx: &Context, unit: &mut dyn Unit, tenant: &Tenant, user: &User, code: &str) -> Result<()> {
    // Every app is looked at, whichever fits.
    let steps: Vec<_> =
        secrets(ctx, unit, tenant, user).await?.iter().map(|(id, secret)| step_of(ctx, secret, code).map(|step| (*id, step))).collect();
    let (id, step) = steps.into_iter().flatten().next().ok_or(Rejection::WrongCode)?;
    if unit.authentication_methods().advance(id, step, ctx.now()).await? { Ok(()) } else { Err(Rejection::CodeUsed.into()) }
}

/// The secrets of the person's apps.
async fn secrets(ctx: &Context, unit: &mut dyn Unit, tenant: &Tenant, user: &User) -> Result<Vec<(MethodId, Zeroizing<Vec<u8>>)>> {
    let mut secrets = Vec::new();
    for method in unit.authentication_methods().of_user(user.id).await? {
        if let Credential::SoftwareOath { wrapped_secret } = &method.credential {
            secrets.push((method.id, Zeroizing::new(ctx.master_key.unwrap(&purpose(tenant.id, user.id), wrapped_secret)?)));
        }
    }
    Ok(secrets)
}

/// The time step that a code belongs to, among those tolerated now. Takes the same time whichever it is.
fn step_of(ctx: &Context, secret: &[u8], code: &str) -> Option<i64> {
    let code: String = code.chars().filter(|character| !character.is_whitespace()).take(totp::DIGITS + 1).collect();
    let now = totp::step_at(ctx.now());
    (now - TOLERATED_STEPS..=now + TOLERATED_STEPS).fold(None, |found, step| {
        let fits: bool = totp::code(secret, step).as_bytes().ct_eq(code.as_bytes()).into();
        if fits { Some(step) } else { found }
    })
}

fn purpose(tenant: TenantId, user: UserId) -> String {
    format!("authenticator app of {user} in {tenant}")
}
