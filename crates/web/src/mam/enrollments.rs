//! Enrolment.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use doorward_model::protection::{AppState, MobileAppIdentifier, ProofKey};
use doorward_model::rng;
use doorward_service::Context;
use doorward_service::protection::{Enrolment, enrol};
use serde::{Deserialize, Serialize};

use super::answer::{CheckInAnswer, RegistrationAnswer};
use super::error::MamError;
use super::evidence::{Piece, attestation};
use super::request::FromInstance;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    app_identifier: MobileAppIdentifier,
    device_tag: String,
    public_key: ProofKey,
    state: AppState,
    #[serde(default)]
    evidence: Vec<Piece>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Enrolled {
    registration: RegistrationAnswer,
    check_in: CheckInAnswer,
}

/// `POST /{tenant}/mam/v1.0/enrollments`: 201, or 200 when the same instance had enrolled before.
pub(super) async fn post(State(ctx): State<Arc<Context>>, request: FromInstance) -> Result<(StatusCode, Json<Enrolled>), MamError> {
    let principal = request.principal(&ctx).await?;
    let Body { app_identifier, device_tag, public_key, state, evidence } = request.body()?;
    let evidence = attestation(evidence).map_err(|error| request.trace.fail(error))?;
    let enrolment = Enrolment { app_identifier, device_tag, proof_key: public_key, evidence, state };
    let outcome = enrol(&ctx, &request.tenant, &principal, enrolment).await;
    let (answer, created) = outcome.map_err(|error| request.trace.fail(error))?;
    let registration = RegistrationAnswer::from(&answer.registration);
    let check_in = CheckInAnswer::new(answer, None, jitter(&ctx));
    let status = if created { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(Enrolled { registration, check_in })))
}

pub(super) fn jitter(ctx: &Context) -> u32 {
    u32::from_be_bytes(rng::bytes(ctx.rng.as_ref()))
}
