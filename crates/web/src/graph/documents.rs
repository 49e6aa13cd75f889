//! Policies and what they refer to: one set of handlers for every kind of document.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use axum::{Json, Router};
use doorward_model::document::{Document, DocumentKind};
use doorward_service::Context;
use doorward_service::directory::{self, DirectoryError, Task};
use serde_json::Value;

use super::admin::Admin;
use super::authentication_strengths;
use super::error::GraphError;
use super::list::List;
use super::page::{if_match_version, with_etag};

/// What a collection can be filtered and ordered by. These lists are short, so they are read whole.
const PROPERTIES: [&str; 10] = [
    "id",
    "displayName",
    "state",
    "isTrusted",
    "isAvailable",
    "policyType",
    "description",
    "resource",
    "createdDateTime",
    "modifiedDateTime",
];

/// A collection of documents, and what reading and changing it needs.
#[derive(Clone, Copy)]
pub(super) struct Collection {
    pub(super) kind: DocumentKind,
    /// Its name in `@odata.context`.
    pub(super) context: &'static str,
    pub(super) read: Task,
    pub(super) change: Task,
}

/// Routes of a collection.
pub(super) fn routes(collection: Collection) -> Router<Arc<Context>> {
    Router::new()
        .route("/", all(collection))
        .route("/$count", get(move |admin, list| count(collection, admin, list)))
        .route("/{id}", one(collection))
}

async fn list(collection: Collection, admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(collection.read)?;
    list.in_memory(collection.context, every(collection.kind, &admin).await?, &PROPERTIES)
}

async fn count(collection: Collection, admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(collection.read)?;
    list.count_in_memory(every(collection.kind, &admin).await?, &PROPERTIES)
}

/// What is built in, then what was written here.
async fn every(kind: DocumentKind, admin: &Admin) -> Result<Vec<Value>, GraphError> {
    let documents = admin.read().await?.documents().list(kind).await?;
    let built_in = if kind == DocumentKind::AuthenticationStrengthPolicy { authentication_strengths::built_in() } else { Vec::new() };
    Ok(built_in.into_iter().chain(documents.into_iter().map(|document| look(kind, document))).collect())
}

/// A document as the collection shows it.
fn look(kind: DocumentKind, document: Document) -> Value {
    let body = shown(document);
    match kind {
        DocumentKind::AuthenticationStrengthPolicy => authentication_strengths::custom(body),
        DocumentKind::NamedLocation => location(body),
        _ => body,
    }
}

/// A named location with its type, which clients choose its class by.
fn location(mut body: Value) -> Value {
    let kind = if body.get("ipRanges").is_some() { "ipNamedLocation" } else { "countryNamedLocation" };
    if let Value::Object(members) = &mut body {
        members.entry("@odata.type").or_insert_with(|| format!("#microsoft.graph.{kind}").into());
    }
    body
}

fn all(collection: Collection) -> MethodRouter<Arc<Context>> {
    get(move |admin, options| list(collection, admin, options)).post(move |admin: Admin, Json(body): Json<Value>| async move {
        admin.may(collection.change)?;
        let document = directory::create_policy(&admin.ctx, admin.tenant.id, &admin.actor(), collection.kind, body).await?;
        let version = document.version;
        Ok::<_, GraphError>(with_etag((StatusCode::CREATED, Json(look(collection.kind, document))), &version.to_string()))
    })
}

fn one(collection: Collection) -> MethodRouter<Arc<Context>> {
    let Collection { kind, context, read, change } = collection;
    get(move |admin: Admin, list: List, Path(id): Path<String>| async move {
        admin.may(read)?;
        if kind == DocumentKind::AuthenticationStrengthPolicy
            && let Some(strength) = authentication_strengths::built_in_with(&id)
        {
            return Ok(list.one(context, strength)?.into_response());
        }
        let document = admin.read().await?.documents().get(kind, &id).await?;
        let document = document.ok_or_else(|| DirectoryError::NotFound(format!("{} {id}", kind.as_str())))?;
        let version = document.version;
        Ok::<_, GraphError>(with_etag(list.one(context, look(kind, document))?, &version.to_string()))
    })
    .patch(move |admin: Admin, Path(id): Path<String>, headers: HeaderMap, Json(patch): Json<Value>| async move {
        admin.may(change)?;
        let expected = if_match_version(&headers)?;
        directory::update_policy(&admin.ctx, admin.tenant.id, &admin.actor(), kind, &id, &patch, expected).await?;
        Ok::<Response, GraphError>(StatusCode::NO_CONTENT.into_response())
    })
    .delete(move |admin: Admin, Path(id): Path<String>, headers: HeaderMap| async move {
        admin.may(change)?;
        let expected = if_match_version(&headers)?;
        directory::delete_policy(&admin.ctx, admin.tenant.id, &admin.actor(), kind, &id, expected).await?;
        Ok::<Response, GraphError>(StatusCode::NO_CONTENT.into_response())
    })
}

/// The document as written, with its times.
pub(crate) fn shown(document: Document) -> Value {
    let mut body = document.body;
    if let Value::Object(members) = &mut body {
        members.insert("createdDateTime".into(), document.created.to_string().into());
        members.insert("modifiedDateTime".into(), document.modified.to_string().into());
    }
    body
}
