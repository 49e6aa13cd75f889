//! OpenID Connect discovery (OpenID Connect Discovery 1.0 §4).

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use doorward_service::{Context, tenants};
use serde_json::{Value, json};

use super::OAuthError;
use crate::caller::TheCaller;

/// `GET /{tenant}/v2.0/.well-known/openid-configuration`.
pub(super) async fn v2(State(ctx): State<Arc<Context>>, caller: TheCaller, Path(segment): Path<String>) -> Result<Json<Value>, OAuthError> {
    let tenant = tenants::resolve(&ctx, &segment, None).await.map_err(|error| OAuthError::new(&ctx, &caller.0, error))?;
    let authority = ctx.authority(tenant.id);
    let mut document = common(&ctx);
    extend(
        &mut document,
        json!({
            "issuer": ctx.issuer(tenant.id),
            "authorization_endpoint": format!("{authority}/oauth2/v2.0/authorize"),
            "token_endpoint": format!("{authority}/oauth2/v2.0/token"),
            "device_authorization_endpoint": format!("{authority}/oauth2/v2.0/devicecode"),
            "end_session_endpoint": format!("{authority}/oauth2/v2.0/logout"),
            "jwks_uri": format!("{authority}/discovery/v2.0/keys"),
            "userinfo_endpoint": format!("{authority}/openid/userinfo"),
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
        }),
    );
    Ok(Json(document))
}

/// `GET /{tenant}/.well-known/openid-configuration`: the v1.0 dialect.
pub(super) async fn v1(State(ctx): State<Arc<Context>>, caller: TheCaller, Path(segment): Path<String>) -> Result<Json<Value>, OAuthError> {
    let tenant = tenants::resolve(&ctx, &segment, None).await.map_err(|error| OAuthError::new(&ctx, &caller.0, error))?;
    let authority = ctx.authority(tenant.id);
    let mut document = common(&ctx);
    extend(
        &mut document,
        json!({
            "issuer": ctx.issuer_v1(tenant.id),
            "authorization_endpoint": format!("{authority}/oauth2/authorize"),
            "token_endpoint": format!("{authority}/oauth2/token"),
            "device_authorization_endpoint": format!("{authority}/oauth2/devicecode"),
            "end_session_endpoint": format!("{authority}/oauth2/logout"),
            "jwks_uri": format!("{authority}/discovery/keys"),
            "userinfo_endpoint": format!("{authority}/openid/userinfo"),
            "scopes_supported": ["openid"],
        }),
    );
    Ok(Json(document))
}

fn common(ctx: &Context) -> Value {
    let base = ctx.base_url.as_str().trim_end_matches('/');
    json!({
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "grant_types_supported": [
            "authorization_code", "refresh_token", "password", "client_credentials",
            "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:jwt-bearer",
        ],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "private_key_jwt", "none"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "PS256"],
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": [
            "sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "amr", "name", "preferred_username", "email", "oid", "tid", "sid", "ver",
        ],
        "request_uri_parameter_supported": false,
        "claims_parameter_supported": true,
        "frontchannel_logout_supported": false,
        "cloud_instance_name": ctx.base_url.host_str(),
        "msgraph_host": ctx.base_url.host_str(),
        "device_registration_endpoint": format!("{base}/EnrollmentServer/device/"),
    })
}

fn extend(document: &mut Value, more: Value) {
    if let (Value::Object(document), Value::Object(more)) = (document, more) {
        document.extend(more);
    }
}
