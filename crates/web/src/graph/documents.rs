//! Policies and what they refer to: one set of handlers for every kind of document.

use std::sync::Arc;

use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use axum::{Json, Router};
use doorward_model::document::{Document, DocumentKind};
use doorward_service::Context;
use doorward_service::directory::{self, DirectoryError, Task};
use serde_json::Value;

use super::admin::Admin;
use super::error::GraphError;
use super::page::{Options, collection, if_match, with_etag};

/// Routes of a collection of documents that `task` may change.
pub(super) fn routes(kind: DocumentKind, task: Task) -> Router<Arc<Context>> {
    Router::new().route("/", all(kind, task)).route("/{id}", one(kind, task))
}

fn all(kind: DocumentKind, task: Task) -> MethodRouter<Arc<Context>> {
    get(move |admin: Admin, Query(options): Query<Options>| async move {
        admin.may(Task::Read)?;
        options.no_filter()?;
        let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await?;
        let documents = unit.documents().list(kind).await?;
        Ok::<_, GraphError>(collection(documents.into_iter().map(shown).collect()))
    })
    .post(move |admin: Admin, Json(body): Json<Value>| async move {
        admin.may(task)?;
        let document = directory::create_policy(&admin.ctx, admin.tenant.id, &admin.actor(), kind, body).await?;
        let version = document.version;
        let mut response = with_etag(shown(document), version);
        *response.status_mut() = StatusCode::CREATED;
        Ok::<_, GraphError>(response)
    })
}

fn one(kind: DocumentKind, task: Task) -> MethodRouter<Arc<Context>> {
    get(move |admin: Admin, Path(id): Path<String>| async move {
        admin.may(Task::Read)?;
        let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await?;
        let document = unit.documents().get(kind, &id).await?;
        let document = document.ok_or_else(|| DirectoryError::NotFound(format!("{} {id}", kind.as_str())))?;
        let version = document.version;
        Ok::<_, GraphError>(with_etag(shown(document), version))
    })
    .patch(move |admin: Admin, Path(id): Path<String>, headers: HeaderMap, Json(patch): Json<Value>| async move {
        admin.may(task)?;
        let expected = if_match(&headers)?;
        directory::update_policy(&admin.ctx, admin.tenant.id, &admin.actor(), kind, &id, &patch, expected).await?;
        Ok::<Response, GraphError>(StatusCode::NO_CONTENT.into_response())
    })
    .delete(move |admin: Admin, Path(id): Path<String>, headers: HeaderMap| async move {
        admin.may(task)?;
        let expected = if_match(&headers)?;
        directory::delete_policy(&admin.ctx, admin.tenant.id, &admin.actor(), kind, &id, expected).await?;
        Ok::<Response, GraphError>(StatusCode::NO_CONTENT.into_response())
    })
}

/// The document as written, with its times.
pub(super) fn shown(document: Document) -> Value {
    let mut body = document.body;
    if let Value::Object(members) = &mut body {
        members.insert("createdDateTime".into(), document.created.to_string().into());
        members.insert("modifiedDateTime".into(), document.modified.to_string().into());
    }
    body
}
