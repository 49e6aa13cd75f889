//! `/auditLogs`: sign-ins and directory changes.

use axum::extract::Query;
use axum::response::Response;
use doorward_model::CorrelationId;
use doorward_service::directory::Task;
use doorward_store::query::{Filter, Query as ListQuery, SignInField};
use serde_json::json;

use super::admin::Admin;
use super::error::GraphError;
use super::page::{Options, collection};

pub(super) async fn sign_ins(admin: Admin, Query(options): Query<Options>) -> Result<Response, GraphError> {
    admin.may(Task::Read)?;
    let correlation_id = options.equals("correlationId")?;
    let correlation_id = correlation_id
        .map(|id| id.parse::<CorrelationId>().map_err(|_| GraphError::BadRequest("correlationId must be a GUID".into())))
        .transpose()?;
    // What this node has queued is part of the answer.
    admin.ctx.sign_in_log.flush().await;
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await?;
    let filter = correlation_id.map(|id| Filter::equal(SignInField::CorrelationId, id.0));
    let query = ListQuery { filter, limit: options.top(), ..ListQuery::default() };
    Ok(collection(unit.logs().sign_ins(&query).await?.items.into_iter().map(|record| json!(record)).collect()))
}

pub(super) async fn directory_audits(admin: Admin, Query(options): Query<Options>) -> Result<Response, GraphError> {
    admin.may(Task::Read)?;
    options.no_filter()?;
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await?;
    Ok(collection(
        unit.logs()
            .audits(&ListQuery { limit: options.top(), ..ListQuery::default() })
            .await?
            .items
            .into_iter()
            .map(|record| json!(record))
            .collect(),
    ))
}
