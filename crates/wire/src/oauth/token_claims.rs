//! Claims of the tokens that are made here (RFC 7519 §4.1, RFC 9068, OpenID Connect Core §2), in the platform's names.

use doorward_model::{AppId, DeviceId, SessionId, TenantId};
use serde::Serialize;
use uuid::Uuid;
use uuid::fmt::Simple;

/// Access tokens, ID tokens and applications' own tokens say some of these each; what is none is left out. They stand in the order of
/// their names.
#[derive(Clone, Serialize)]
pub struct TokenClaims<'a> {
    /// Authentication context that is met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acrs: Option<[&'a str; 1]>,
    /// Methods used to sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amr: Option<&'a [String]>,
    /// The client, as v1.0 tokens name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appid: Option<AppId>,
    /// Whom the token is for.
    pub aud: Audience<'a>,
    /// When the person signed in, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// The client, as v2.0 tokens name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub azp: Option<AppId>,
    /// The client's key that the token is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation<'a>>,
    /// Device that took part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deviceid: Option<DeviceId>,
    /// Mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<&'a str>,
    /// End, in seconds since 1970.
    pub exp: i64,
    /// Time of issue, in seconds since 1970.
    pub iat: i64,
    /// `app` when it is an application's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idtyp: Option<&'static str>,
    /// Issuer.
    pub iss: String,
    /// Name of the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// Beginning, in seconds since 1970.
    pub nbf: i64,
    /// Nonce of the authorization request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<&'a str>,
    /// Object id of the person or the application.
    pub oid: Uuid,
    /// Sign-in name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<&'a str>,
    /// Application permissions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<&'a str>>,
    /// Delegated scopes, separated by blanks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scp: Option<String>,
    /// Session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<SessionId>,
    /// Subject.
    pub sub: String,
    /// Tenant.
    pub tid: TenantId,
    /// Sign-in name, as resources expect it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upn: Option<&'a str>,
    /// Id of the record of the sign-in log that says how the token came to be.
    pub uti: Simple,
    /// Version of the token: `1.0` or `2.0`.
    pub ver: &'static str,
    /// Template ids of the person's directory roles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wids: Option<Vec<Uuid>>,
    /// Client capabilities.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub xms_cc: Option<&'a [String]>,
}

/// Whom a token is for.
#[derive(Clone, Copy, Serialize)]
#[serde(untagged)]
pub enum Audience<'a> {
    /// A resource, as the client named it.
    Name(&'a str),
    /// A resource or a client by its id.
    Application(AppId),
}

/// The key of the client (RFC 7800 §3.4).
#[derive(Clone, Copy, Serialize)]
pub struct Confirmation<'a> {
    /// Its id.
    pub kid: &'a str,
}
