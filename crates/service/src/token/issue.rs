//! Making tokens: one signature for the access token, one for the ID token, nothing else that costs.

use doorward_model::application::Application;
use doorward_model::device::Device;
use doorward_model::refresh_token::RefreshToken;
use doorward_model::session::Session;
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_model::{AppId, CodeId, DeviceId, SignInId, TenantId, TokenId, rng};
use doorward_store::Unit;
use doorward_wire::jwt;
use doorward_wire::oauth::client_info;
use doorward_wire::oauth::confirmation::KeyId;
use doorward_wire::oauth::token_claims::{Audience, Confirmation, TokenClaims};
use doorward_wire::oauth::token_response::TokenResponse;
use jiff::SignedDuration;
use uuid::Uuid;

use super::family;
use crate::context::Context;
use crate::error::Result;
use crate::keys;
use crate::one_time::sha256;
use crate::resource::Target;

/// Life of an access token and of an ID token.
pub const ACCESS_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(1);
/// Life of a refresh token. One that is used is replaced in time.
const REFRESH_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 90);
/// Age from which on a refresh token that is used is replaced by a new one.
pub(super) const REFRESH_TOKEN_RENEWAL: SignedDuration = SignedDuration::from_hours(24);

/// Which of the two dialects of the platform a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `resource`, issuer `{base}/{tenant}/`.
    V1,
    /// `scope`, issuer `{base}/{tenant}/v2.0`.
    V2,
}

impl Version {
    /// The version of an access token for a resource: what its registration says, else the dialect in which it was asked for.
    #[must_use]
    pub fn of_access_token(self, resource: &Application) -> Self {
        match resource.requested_access_token_version {
            Some(1) => Self::V1,
            Some(2) => Self::V2,
            _ => self,
        }
    }
}

/// What tokens are made from.
pub struct Issue<'a> {
    /// Tenant.
    pub tenant: &'a Tenant,
    /// Who signed in.
    pub user: &'a User,
    /// For which client.
    pub client: &'a Application,
    /// For which resource and scopes.
    pub target: &'a Target,
    /// Session.
    pub session: &'a Session,
    /// Device that took part.
    pub device: Option<&'a Device>,
    /// Obtained through the broker.
    pub brokered: bool,
    /// The refresh token that the client has and keeps; none: a new one is made for it.
    pub kept: Option<&'a str>,
    /// Code it comes from.
    pub code_id: Option<CodeId>,
    /// Nonce of the authorization request.
    pub nonce: Option<&'a str>,
    /// Client capabilities (`xms_cc`).
    pub capabilities: &'a [String],
    /// Authentication context that was asked for and is met (`acrs`).
    pub authentication_context: Option<&'a str>,
    /// The client's key that the access token is bound to (RFC 7800): without proof of it the token is good for nothing.
    pub confirmation: Option<&'a KeyId>,
    /// Device to which the refresh token stays bound although it did not take part this time.
    pub bound_device: Option<DeviceId>,
    /// The app through which the client got it (nested app authentication).
    pub hub: Option<AppId>,
    /// Dialect.
    pub version: Version,
    /// The record of the sign-in that the tokens come from.
    pub sign_in: SignInId,
}

impl<'a> Issue<'a> {
    /// Tokens that nothing took part in but the person and the client; the caller adds what else there was.
    #[must_use]
    pub fn new(
        tenant: &'a Tenant,
        user: &'a User,
        client: &'a Application,
        target: &'a Target,
        session: &'a Session,
        version: Version,
        sign_in: SignInId,
    ) -> Self {
        Self {
            tenant,
            user,
            client,
            target,
            session,
            device: None,
            brokered: false,
            kept: None,
            code_id: None,
            nonce: None,
            capabilities: &[],
            authentication_context: None,
            confirmation: None,
            bound_device: None,
            hub: None,
            version,
            sign_in,
        }
    }

    /// The refresh token is good for the other members of the family of clients, too. One that is bound to a hub is for that pair alone.
    fn of_family(&self) -> bool {
        self.hub.is_none() && family::is_member(self.client)
    }
}

/// Makes the tokens of one answer. Writes nothing but a new refresh token.
///
/// # Errors
/// Storage or key failure.
pub async fn issue(ctx: &Context, unit: &mut dyn Unit, issue: &Issue<'_>) -> Result<TokenResponse> {
    let keys = keys::of_tenant(ctx, unit, issue.tenant.id).await?;
    let (kid, key) = keys.signer(issue.target.resource.signing_algorithm)?;
    let access_token = jwt::sign(key, kid, "JWT", &access_claims(ctx, issue));
    let wants_id_token = issue.version == Version::V1 || issue.target.openid.openid;
    let id_token = if wants_id_token {
        let (kid, key) = keys.signer(issue.client.signing_algorithm)?;
        Some(jwt::sign(key, kid, "JWT", &id_claims(ctx, issue))?)
    } else {
        None
    };
    let wants_refresh_token = issue.version == Version::V1 || issue.target.openid.offline_access;
    let refresh_token = match issue.kept {
        _ if !wants_refresh_token => None,
        Some(kept) => Some(kept.to_owned()),
        None => Some(create_refresh_token(ctx, unit, issue).await?),
    };
    Ok(TokenResponse {
        token_type: if issue.confirmation.is_some() { "pop" } else { "Bearer" }.into(),
        scope: Some(issue.target.granted.clone()),
        expires_in: ACCESS_TOKEN_LIFETIME.as_secs().unsigned_abs(),
        ext_expires_in: ACCESS_TOKEN_LIFETIME.as_secs().unsigned_abs(),
        access_token: access_token?,
        foci: refresh_token.as_ref().filter(|_| issue.of_family()).map(|_| family::ID.into()),
        refresh_token,
        id_token,
        client_info: Some(client_info::encode(issue.user.id, issue.tenant.id)),
    })
}

async fn create_refresh_token(ctx: &Context, unit: &mut dyn Unit, issue: &Issue<'_>) -> Result<String> {
    let now = ctx.now();
    let value = rng::secret(ctx.rng.as_ref());
    let token = RefreshToken {
        id: TokenId::random(ctx.rng.as_ref()),
        app_id: issue.client.app_id,
        user_id: issue.user.id,
        session_id: issue.session.id,
        device_id: issue.device.map(|device| device.id).or(issue.bound_device),
        code_id: issue.code_id,
        brokered: issue.brokered,
        hub: issue.hub,
        family: issue.of_family(),
        amr: Some(issue.session.amr.clone()),
        scope: issue.target.granted.clone(),
        resource: issue.target.resource.app_id,
        issued: now,
        expires: now.saturating_add(REFRESH_TOKEN_LIFETIME).unwrap_or(now),
        revoked: None,
    };
    unit.grants().create_refresh_token(&sha256(&value), &token).await?;
    Ok(value)
}

fn access_claims<'a>(ctx: &Context, issue: &Issue<'a>) -> TokenClaims<'a> {
    let version = issue.version.of_access_token(&issue.target.resource);
    let client = Some(issue.client.app_id);
    let (appid, azp) = if version == Version::V1 { (client, None) } else { (None, client) };
    TokenClaims {
        appid,
        azp,
        cnf: issue.confirmation.map(|key| Confirmation { kid: key.as_str() }),
        deviceid: issue.device.map(|device| device.id),
        scp: Some(issue.target.scopes.join(" ")),
        upn: Some(&issue.user.user_principal_name),
        wids: Some(issue.user.roles.iter().map(|role| role.template_id()).collect()),
        xms_cc: Some(issue.capabilities).filter(|capabilities| !capabilities.is_empty()),
        ..persons_claims(ctx, issue, version, audience(issue.target, version))
    }
}

fn id_claims<'a>(ctx: &Context, issue: &Issue<'a>) -> TokenClaims<'a> {
    TokenClaims {
        email: issue.target.openid.email.then_some(&issue.user.user_principal_name),
        nonce: issue.nonce,
        ..persons_claims(ctx, issue, issue.version, Audience::Application(issue.client.app_id))
    }
}

/// Whom an access token is for: the resource, as the client named it in v1.0.
pub(super) fn audience(target: &Target, version: Version) -> Audience<'_> {
    match version {
        Version::V1 => Audience::Name(&target.name),
        Version::V2 => Audience::Application(target.resource.app_id),
    }
}

/// What every token of a person says.
fn persons_claims<'a>(ctx: &Context, issue: &Issue<'a>, version: Version, audience: Audience<'a>) -> TokenClaims<'a> {
    TokenClaims {
        acrs: issue.authentication_context.map(|context| [context]),
        amr: Some(&issue.session.amr),
        auth_time: Some(issue.session.authenticated.as_second()),
        name: Some(&issue.user.display_name),
        preferred_username: Some(&issue.user.user_principal_name),
        sid: Some(issue.session.id),
        ..claims(ctx, issue.sign_in, issue.tenant.id, version, audience, pairwise_subject(issue), issue.user.id.0)
    }
}

/// What every token says; the caller adds what else there is. `object`: the id of whom it is about.
pub(super) fn claims<'a>(
    ctx: &Context,
    sign_in: SignInId,
    tenant: TenantId,
    version: Version,
    audience: Audience<'a>,
    subject: String,
    object: Uuid,
) -> TokenClaims<'a> {
    let now = ctx.now().as_second();
    TokenClaims {
        acrs: None,
        amr: None,
        appid: None,
        aud: audience,
        auth_time: None,
        azp: None,
        cnf: None,
        deviceid: None,
        email: None,
        exp: now + ACCESS_TOKEN_LIFETIME.as_secs(),
        iat: now,
        idtyp: None,
        iss: match version {
            Version::V1 => ctx.issuer_v1(tenant),
            Version::V2 => ctx.issuer(tenant),
        },
        name: None,
        nbf: now,
        nonce: None,
        oid: object,
        preferred_username: None,
        roles: None,
        scp: None,
        sid: None,
        sub: subject,
        tid: tenant,
        upn: None,
        uti: sign_in.0.simple(),
        ver: match version {
            Version::V1 => "1.0",
            Version::V2 => "2.0",
        },
        wids: None,
        xms_cc: None,
    }
}

/// `sub` differs from client to client (OpenID Connect Core §8.1), so that two apps cannot match their users by it.
fn pairwise_subject(issue: &Issue<'_>) -> String {
    use base64::Engine as _;
    let mut text = String::with_capacity(128);
    text.push_str("doorward subject");
    for id in [issue.tenant.id.0, issue.client.app_id.0, issue.user.id.0] {
        text.push(' ');
        text.push_str(id.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
    }
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sha256(&text))
}
