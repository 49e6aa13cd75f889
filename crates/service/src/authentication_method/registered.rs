//! What a person has registered, and registering more.

use doorward_model::MethodId;
use doorward_model::authentication_method::{AuthenticationMethod, Credential, SecondFactor};
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_store::{StoreError, Unit};
use serde_json::{Value, json};

use super::{Rejection, Result, recovery_code};
use crate::context::Context;
use crate::directory::Actor;
use crate::directory::audit::{self, Change};

/// Methods one person may have.
pub const LIMIT: usize = 20;
/// Longest name of a method, in characters.
const NAME_LIMIT: usize = 64;
/// What the audit calls a method.
pub(crate) const KIND: &str = "authentication method";

/// The second factors that a person has.
#[derive(Debug)]
pub struct Held {
    /// Passkeys and authenticator apps.
    pub methods: Vec<AuthenticationMethod>,
    /// Recovery codes left.
    pub recovery_codes: u32,
}

impl Held {
    /// What a person has.
    ///
    /// # Errors
    /// Storage failure.
    pub async fn of(unit: &mut dyn Unit, user: &User) -> std::result::Result<Self, StoreError> {
        let methods = unit.authentication_methods().of_user(user.id).await?;
        let recovery_codes = unit.authentication_methods().recovery_codes_left(user.id).await?;
        Ok(Self { methods, recovery_codes })
    }

    /// Whether the person has a second factor of that kind.
    #[must_use]
    pub fn has(&self, factor: SecondFactor) -> bool {
        match factor {
            SecondFactor::RecoveryCode => self.recovery_codes > 0,
            _ => self.methods.iter().any(|method| method.factor() == factor),
        }
    }

    /// Whether the person has any second factor that can be given at a page.
    #[must_use]
    pub fn any(&self) -> bool {
        SecondFactor::ALL.iter().any(|factor| self.has(*factor))
    }

    /// Ids of the passkeys.
    #[must_use]
    pub fn credential_ids(&self) -> Vec<Vec<u8>> {
        self.methods
            .iter()
            .filter(|method| method.factor() == SecondFactor::Fido2)
            .filter_map(|method| method.credential_id().map(<[u8]>::to_vec))
            .collect()
    }
}

/// Keeps a new method with its audit record. The first one brings recovery codes, which are returned to be shown once.
///
/// # Errors
/// [`Rejection::TooMany`], [`Rejection::KnownCredential`], or storage failure.
pub(super) async fn keep(
    ctx: &Context,
    unit: &mut dyn Unit,
    tenant: &Tenant,
    user: &User,
    (id, name, credential, counter): (MethodId, &str, Credential, i64),
) -> Result<Vec<String>> {
    let before = unit.authentication_methods().of_user(user.id).await?;
    if before.len() >= LIMIT {
        return Err(Rejection::TooMany.into());
    }
    let now = ctx.now();
    let display_name = name.chars().filter(|character| !character.is_control()).take(NAME_LIMIT).collect::<String>().trim().to_owned();
    let method = AuthenticationMethod { id, user_id: user.id, display_name, created: now, last_used: Some(now), counter, credential };
    match unit.authentication_methods().create(&method).await {
        Ok(()) => {}
        Err(StoreError::AlreadyExists(_)) => return Err(Rejection::KnownCredential.into()),
        Err(error) => return Err(error.into()),
    }
    let actor = Actor::user(user);
    let change = Change { activity: "Register", kind: KIND, id: id.to_string(), before: Value::Null, after: shown(&method), actor: &actor };
    audit::record(ctx, unit, change).await?;
    if method.factor() == SecondFactor::WindowsHello || before.iter().any(is_for_pages) {
        return Ok(Vec::new());
    }
    recovery_code::issue(ctx, unit, tenant, user).await
}

/// Whether a method can be given at a page. Recovery codes stand in for these, and go with the last of them.
#[must_use]
pub fn is_for_pages(method: &AuthenticationMethod) -> bool {
    SecondFactor::ALL.contains(&method.factor())
}

/// A method as audit and admin API show it: nothing in it helps to use it.
#[must_use]
pub fn shown(method: &AuthenticationMethod) -> Value {
    let mut shown = json!({
        "id": method.id,
        "userId": method.user_id,
        "displayName": method.display_name,
        "createdDateTime": method.created,
        "lastUsedDateTime": method.last_used,
        "method": method.factor(),
    });
    if let Value::Object(members) = &mut shown {
        match &method.credential {
            Credential::Fido2 { aaguid, .. } => members.insert("aaGuid".into(), json!(aaguid)),
            Credential::WindowsHello { device_id, .. } => members.insert("deviceId".into(), json!(device_id)),
            Credential::SoftwareOath { .. } => None,
        };
    }
    shown
}
