//! `/identity/conditionalAccess/evaluate`: What If.

use axum::Json;
use axum::response::{IntoResponse, Response};
use doorward_service::access::{self, PolicyAnalysis};
use doorward_service::directory::Task;
use doorward_wire::policy_file::evaluate::{self, Analysis};
use serde_json::Value;

use super::admin::Admin;
use super::documents::shown;
use super::error::GraphError;

pub(super) async fn evaluate(admin: Admin, Json(body): Json<Value>) -> Result<Response, GraphError> {
    admin.may(Task::ReadAccess)?;
    let question = evaluate::read(&(&body).into()).map_err(|error| GraphError::BadRequest(error.to_string()))?;
    let policies = access::what_if(&admin.ctx, admin.tenant.id, &question).await?;
    let analysis = |PolicyAnalysis { document, reason }| Analysis { id: document.id.clone(), policy: (&shown(document)).into(), reason };
    let answer = evaluate::answer(policies.into_iter().map(analysis), question.applied_policies_only);
    Ok(Json(answer).into_response())
}
