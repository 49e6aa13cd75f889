//! What a phone's browser shows when a service wants a device under management: web views of Android hand the address over to it, and
//! tell the app that this is what is missing.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use doorward_model::{CorrelationId, ErrorCode};
use doorward_service::caller::Caller;
use doorward_service::{Context, client, tenants};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use super::OAuthError;
use super::view::phone;
use crate::caller::TheCaller;
use crate::pages::advice::{Advice, Situation, advise};
use crate::pages::{self, FormTarget, Frame, RequestFacts};

/// What the page shows of the sign-in that was refused. It proves nothing and opens nothing.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Refused {
    pub(super) client_id: String,
    pub(super) request_id: String,
    pub(super) correlation_id: String,
}

impl Refused {
    /// The address with which a web view leaves for the browser: `browser://<host>/<path>?…&ismdmurl=1`.
    pub(super) fn address(&self, authority: &str) -> Option<Url> {
        let (_, place) = authority.split_once("://")?;
        // The library looks for this very text, so it is the last parameter.
        Url::parse(&format!("browser://{place}/managed?{}&ismdmurl=1", serde_urlencoded::to_string(self).ok()?)).ok()
    }
}

/// `GET /{tenant}/managed`.
pub(super) async fn get(
    State(ctx): State<Arc<Context>>,
    TheCaller(caller): TheCaller,
    Path(segment): Path<String>,
    Query(refused): Query<Refused>,
) -> Response {
    match page(&ctx, &caller, &segment, &refused).await {
        Ok(response) => response,
        Err(error) => OAuthError::new(&ctx, &caller, error).into_response(),
    }
}

async fn page(ctx: &Context, caller: &Caller, segment: &str, refused: &Refused) -> Result<Response, doorward_service::Error> {
    let tenant = tenants::resolve(ctx, segment, None).await?;
    let mut unit = ctx.store.tenant(tenant.id).read().await?;
    let app = client::find(unit.as_mut(), &refused.client_id).await.ok().map(|client| client.display_name.clone());
    let id = |text: &str| text.parse::<Uuid>().map_or(caller.correlation_id, CorrelationId);
    let code = ErrorCode::DEVICE_NOT_COMPLIANT;
    let advice = advise(code, &Situation { phone: phone(caller), app: app.as_deref(), ..Situation::default() });
    // Whoever opens the page may not have signed in at all.
    let explanation = format!(
        "{} opens work data only on a phone that your company manages and that follows its safety rules.",
        app.as_deref().unwrap_or("Your app")
    );
    let page = pages::refusal::Refusal {
        frame: Frame::new(&tenant.display_name),
        advice: Advice { explanation, ..advice },
        code,
        login: None,
        app,
        back: None,
        request: RequestFacts { request_id: id(&refused.request_id), correlation_id: id(&refused.correlation_id), time: ctx.now() },
    };
    Ok(pages::page(StatusCode::FORBIDDEN, &page, &FormTarget::Own))
}
