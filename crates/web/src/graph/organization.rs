//! `/organization`: settings of the tenant.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use doorward_service::directory::{self, Task, TenantPatch};
use doorward_store::query::Page;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::admin::Admin;
use super::entity::ObjectBody;
use super::error::GraphError;
use super::list::List;

/// Body of a change.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct OrganizationPatch {
    #[serde(deserialize_with = "given")]
    certificate_based_authentication: Option<bool>,
    #[serde(deserialize_with = "given")]
    tells_whether_accounts_exist: Option<bool>,
}

/// Reads a switch that is there: null is neither of its states.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    bool::deserialize(deserializer).map(Some)
}

pub(super) async fn get(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadOrganization)?;
    list.only_select()?;
    let items: Vec<Value> = admin.read().await?.tenant().get().await?.into_iter().map(|tenant| json!(tenant)).collect();
    Ok(list.answer("organization", Page { items, next: None }, None, Value::clone))
}

pub(super) async fn update(admin: Admin, ObjectBody(patch): ObjectBody<OrganizationPatch>) -> Result<Response, GraphError> {
    admin.may(Task::ManageOrganization)?;
    let patch = TenantPatch {
        certificate_based_authentication: patch.certificate_based_authentication,
        tells_whether_accounts_exist: patch.tells_whether_accounts_exist,
    };
    directory::update_tenant(&admin.ctx, admin.tenant.id, &admin.actor(), patch).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
