//! User realm: whether an account signs in here or elsewhere. Doorward's accounts always sign in here.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use doorward_service::{Context, tenants};
use serde_json::{Value, json};

/// `GET /common/userrealm/{account}`. Tells about the domain only, never whether the account exists.
pub(super) async fn get(State(ctx): State<Arc<Context>>, Path((_, account)): Path<(String, String)>) -> Json<Value> {
    let domain = account.rsplit_once('@').map_or("", |(_, domain)| domain);
    let known = !domain.is_empty() && tenants::resolve(&ctx, domain, None).await.is_ok();
    Json(json!({
        "ver": "1.0",
        "account_type": if known { "Managed" } else { "Unknown" },
        "domain_name": domain,
        "cloud_instance_name": ctx.base_url.host_str(),
        "cloud_audience_urn": "urn:federation:doorward",
    }))
}
