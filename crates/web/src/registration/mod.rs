//! Device registration service (MS-DVRD, MS-DVRJ): discovery, nonce, join, keys of users, unregister.

mod device;
mod discover;
mod domain_join;
mod error;
mod join;
mod key;
mod nonce;

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get, post};
use doorward_service::Context;

/// Routes of the service. Names of the protocol, in lower case like every route.
pub(crate) fn routes() -> Router<Arc<Context>> {
    Router::new()
        .route("/{domain}/discover", get(discover::get))
        .route("/{tenant}/enrollmentserver/device", post(join::post))
        .route("/{tenant}/enrollmentserver/device/", post(join::post))
        .route("/{tenant}/enrollmentserver/device/{device}", delete(device::delete).put(domain_join::put))
        .route("/{tenant}/enrollmentserver/key", post(key::post))
        .route("/{tenant}/enrollmentserver/key/", post(key::post))
        .route("/{tenant}/enrollmentserver/nonce", get(nonce::get))
        .route("/{tenant}/enrollmentserver/nonce/", get(nonce::get))
}
