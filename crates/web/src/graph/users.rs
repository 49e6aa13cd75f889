//! `/users` and `/me`.

use axum::Json;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use doorward_model::UserId;
use doorward_model::role::Role;
use doorward_model::user::User;
use doorward_service::directory::{self, DirectoryError, NewUser, Task, UserPatch};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::admin::Admin;
use super::error::GraphError;
use super::page::{Options, collection};

/// `passwordProfile` of Graph.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PasswordProfile {
    password: String,
    #[serde(default = "yes")]
    force_change_password_next_sign_in: bool,
}

fn yes() -> bool {
    true
}

/// Body of a new user.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewUserBody {
    user_principal_name: String,
    display_name: String,
    password_profile: PasswordProfile,
    #[serde(default = "yes")]
    account_enabled: bool,
    #[serde(default)]
    roles: Vec<Uuid>,
}

/// Body of a change. A misspelt member must not look like a change that was made.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct UserPatchBody {
    display_name: Option<String>,
    account_enabled: Option<bool>,
    password_profile: Option<PasswordProfile>,
    roles: Option<Vec<Uuid>>,
}

pub(super) async fn me(admin: Admin) -> Result<Json<Value>, GraphError> {
    admin.has_scope("User.Read")?;
    Ok(Json(shown(&admin.user)))
}

pub(super) async fn list(admin: Admin, Query(options): Query<Options>) -> Result<Response, GraphError> {
    admin.may(Task::Read)?;
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await?;
    let users = match options.equals("userPrincipalName")? {
        Some(name) => unit.users().find(&name).await?.into_iter().collect(),
        None => unit.users().list(None, options.top()).await?,
    };
    Ok(collection(users.iter().map(shown).collect()))
}

pub(super) async fn get(admin: Admin, Path(id): Path<String>) -> Result<Json<Value>, GraphError> {
    admin.may(Task::Read)?;
    Ok(Json(shown(&find(&admin, &id).await?)))
}

pub(super) async fn create(admin: Admin, Json(body): Json<NewUserBody>) -> Result<(StatusCode, Json<Value>), GraphError> {
    admin.may(Task::ManageDirectory)?;
    let new = NewUser {
        user_principal_name: body.user_principal_name,
        display_name: body.display_name,
        password: body.password_profile.password,
        force_change_password: body.password_profile.force_change_password_next_sign_in,
        account_enabled: body.account_enabled,
        roles: roles(&body.roles)?,
    };
    let user = directory::create_user(&admin.ctx, &admin.tenant, &admin.actor(), new).await?;
    Ok((StatusCode::CREATED, Json(shown(&user))))
}

pub(super) async fn update(admin: Admin, Path(id): Path<String>, Json(body): Json<UserPatchBody>) -> Result<Response, GraphError> {
    admin.may(Task::ManageDirectory)?;
    let user = find(&admin, &id).await?;
    let patch = UserPatch {
        display_name: body.display_name,
        account_enabled: body.account_enabled,
        password: body.password_profile.map(|profile| (profile.password, profile.force_change_password_next_sign_in)),
        roles: body.roles.as_deref().map(roles).transpose()?,
    };
    directory::update_user(&admin.ctx, admin.tenant.id, &admin.actor(), user.id, patch).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn delete(admin: Admin, Path(id): Path<String>) -> Result<Response, GraphError> {
    admin.may(Task::ManageDirectory)?;
    let user = find(&admin, &id).await?;
    directory::delete_user(&admin.ctx, admin.tenant.id, &admin.actor(), user.id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A user by object id or sign-in name.
pub(super) async fn find(admin: &Admin, id: &str) -> Result<User, GraphError> {
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await?;
    let user = match id.parse::<UserId>() {
        Ok(id) => unit.users().get(id).await?,
        Err(_) => unit.users().find(id).await?,
    };
    Ok(user.ok_or_else(|| DirectoryError::NotFound(format!("user {id}")))?)
}

fn roles(ids: &[Uuid]) -> Result<Vec<Role>, GraphError> {
    let known = |id: &Uuid| {
        Role::from_template_id(*id).ok_or_else(|| GraphError::BadRequest(format!("roles: {id} is not a role template that is known here")))
    };
    ids.iter().map(known).collect()
}

fn shown(user: &User) -> Value {
    json!({
        "id": user.id,
        "userPrincipalName": user.user_principal_name,
        "displayName": user.display_name,
        "mail": user.user_principal_name,
        "accountEnabled": user.account_enabled,
        "userType": user.user_type,
        "roles": user.roles.iter().map(|role| role.template_id()).collect::<Vec<_>>(),
        "signInSessionsValidFromDateTime": user.sign_in_sessions_valid_from,
        "createdDateTime": user.created,
    })
}
