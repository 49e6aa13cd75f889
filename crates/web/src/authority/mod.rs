//! The authority: OAuth 2.0 and OpenID Connect endpoints of a tenant, and the sign-in pages.

mod authorize;
pub(crate) mod cookies;
mod credential_type;
mod device_auth;
mod devicecode;
mod discovery;
mod error;
mod federation_provider;
mod instance_discovery;
mod kerberos;
mod keys;
mod login;
mod logout;
mod managed;
mod page_state;
mod pkeyauth;
pub(crate) mod posted_factor;
mod second_factor_view;
mod strong_authentication;
mod token;
mod user_realm;
mod userinfo;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use doorward_service::Context;

pub(crate) use error::OAuthError;

/// Routes under `/{tenant}`.
pub(crate) fn routes() -> Router<Arc<Context>> {
    Router::new()
        .route("/{tenant}/v2.0/.well-known/openid-configuration", get(discovery::v2))
        .route("/{tenant}/.well-known/openid-configuration", get(discovery::v1))
        .route("/{tenant}/discovery/v2.0/keys", get(keys::get))
        .route("/{tenant}/discovery/keys", get(keys::get))
        .route("/{tenant}/discovery/instance", get(instance_discovery::get))
        .route("/{tenant}/userrealm/{account}", get(user_realm::get))
        .route("/{tenant}/oauth2/v2.0/authorize", get(authorize::get).post(authorize::post))
        .route("/{tenant}/oauth2/authorize", get(authorize::get).post(authorize::post))
        .route("/odc/v2.1/federationprovider", get(federation_provider::get))
        .route("/{tenant}/login", post(login::post))
        .route("/{tenant}/pkeyauth", get(pkeyauth::get))
        .route("/{tenant}/managed", get(managed::get))
        .route("/{tenant}/login/kerberos", post(kerberos::post))
        .route("/{tenant}/getcredentialtype", post(credential_type::post))
        .route("/{tenant}/sas/beginauth", post(strong_authentication::begin))
        .route("/{tenant}/sas/endauth", post(strong_authentication::end))
        .route("/{tenant}/sas/processauth", post(strong_authentication::process))
        .route("/{tenant}/oauth2/v2.0/token", post(token::v2))
        .route("/{tenant}/oauth2/token", post(token::v1))
        .route("/{tenant}/oauth2/v2.0/devicecode", post(devicecode::post))
        .route("/{tenant}/oauth2/devicecode", post(devicecode::post))
        .route("/{tenant}/oauth2/deviceauth", get(device_auth::get).post(device_auth::post))
        .route("/{tenant}/oauth2/v2.0/logout", get(logout::get).post(logout::get))
        .route("/{tenant}/oauth2/logout", get(logout::get).post(logout::get))
        .route("/{tenant}/openid/userinfo", get(userinfo::get).post(userinfo::get))
}
