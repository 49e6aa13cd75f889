//! What an enrolled instance asks.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use doorward_model::RegistrationId;
use doorward_model::protection::AppState;
use doorward_service::Context;
use doorward_service::protection::{self, Acknowledgement, CheckIn, ProtectionError};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::answer::{CheckInAnswer, RegistrationAnswer};
use super::enrollments::jitter;
use super::error::{Failure, MamError};
use super::evidence::{Piece, attestation};
use super::request::FromInstance;

/// Most events in one check-in.
const EVENTS: usize = 50;

#[derive(Deserialize, Default)]
struct Applied {
    #[serde(default)]
    tag: Option<String>,
}

#[derive(Deserialize)]
struct Body {
    state: AppState,
    #[serde(default)]
    applied: Applied,
    // Counted only: what they say is for reports.
    #[serde(default)]
    events: Vec<IgnoredAny>,
    #[serde(default)]
    evidence: Vec<Piece>,
}

#[derive(Deserialize)]
struct Goodbye {
    wiped: bool,
}

/// What became of an operation.
#[derive(Deserialize)]
struct Acknowledged {
    result: OperationResult,
    #[serde(default)]
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum OperationResult {
    Done,
    Failed,
}

type Segments = Path<(String, String)>;

fn id(request: &FromInstance, segment: &str) -> Result<RegistrationId, MamError> {
    // What is no id is the id of nothing.
    segment.parse().map_err(|_| request.trace.fail(ProtectionError::NotFound))
}

/// `POST /{tenant}/mam/v1.0/registrations/{id}/checkIn`. An unchanged policy is left out.
pub(super) async fn check_in(
    State(ctx): State<Arc<Context>>,
    Path((_, segment)): Segments,
    request: FromInstance,
) -> Result<Json<CheckInAnswer>, MamError> {
    let principal = request.principal(&ctx).await?;
    let id = id(&request, &segment)?;
    let body: Body = request.body()?;
    if body.events.len() > EVENTS {
        return Err(request.trace.fail(Failure::TooMany { what: "events", most: EVENTS }));
    }
    let evidence = attestation(body.evidence).map_err(|error| request.trace.fail(error))?;
    let check_in = CheckIn { state: body.state, applied_tag: body.applied.tag.filter(|tag| tag.len() <= 64), evidence };
    let answer = protection::check_in(&ctx, &request.tenant, &principal, id, &request.proven(), check_in).await;
    let answer = answer.map_err(|error| request.trace.fail(error))?;
    let known = request.if_none_match.as_deref().map(|tag| tag.trim_matches('"'));
    Ok(Json(CheckInAnswer::new(answer, known, jitter(&ctx))))
}

/// `GET /{tenant}/mam/v1.0/registrations/{id}`.
pub(super) async fn get(
    State(ctx): State<Arc<Context>>,
    Path((_, segment)): Segments,
    request: FromInstance,
) -> Result<Json<RegistrationAnswer>, MamError> {
    let principal = request.principal(&ctx).await?;
    let id = id(&request, &segment)?;
    let registration = protection::get(&ctx, &request.tenant, &principal, id, &request.proven()).await;
    registration.map(|registration| Json(RegistrationAnswer::from(&registration))).map_err(|error| request.trace.fail(error))
}

/// `DELETE /{tenant}/mam/v1.0/registrations/{id}`: the person removed the account.
pub(super) async fn delete(
    State(ctx): State<Arc<Context>>,
    Path((_, segment)): Segments,
    request: FromInstance,
) -> Result<StatusCode, MamError> {
    let principal = request.principal(&ctx).await?;
    let id = id(&request, &segment)?;
    let Goodbye { wiped } = request.body()?;
    let outcome = protection::unenrol(&ctx, &request.tenant, &principal, id, &request.proven(), wiped).await;
    outcome.map(|()| StatusCode::NO_CONTENT).map_err(|error| request.trace.fail(error))
}

/// `POST /{tenant}/mam/v1.0/registrations/{id}/operations/{operation}/acknowledge`. The proof alone says who tells.
pub(super) async fn acknowledge(
    State(ctx): State<Arc<Context>>,
    Path((_, segment, operation)): Path<(String, String, String)>,
    request: FromInstance,
) -> Result<StatusCode, MamError> {
    let id = id(&request, &segment)?;
    let Acknowledged { result, reason } = request.body()?;
    let said = Acknowledgement { done: matches!(result, OperationResult::Done), reason: reason.unwrap_or_default() };
    let outcome = protection::acknowledge(&ctx, &request.tenant, id, &operation, &request.proven(), said).await;
    outcome.map(|()| StatusCode::NO_CONTENT).map_err(|error| request.trace.fail(error))
}
