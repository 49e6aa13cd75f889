//! `/users` and `/me`.

use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_model::UserId;
use doorward_model::role::Role;
use doorward_model::user::User;
use doorward_service::directory::{self, DirectoryError, NewUser, Task, UserPatch};
use doorward_store::query::{DeviceField, Filter, UserField};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::admin::Admin;
use super::entity::{Entity, Named};
use super::error::GraphError;
use super::list::{self, List, Noun};
use super::page::{if_match, with_etag};
use super::{devices, groups};

pub(super) const USERS: Noun<UserField> = Noun {
    context: "users",
    properties: &[
        ("id", UserField::Id),
        ("userPrincipalName", UserField::UserPrincipalName),
        ("mail", UserField::UserPrincipalName),
        ("displayName", UserField::DisplayName),
        ("accountEnabled", UserField::AccountEnabled),
        ("userType", UserField::UserType),
        ("createdDateTime", UserField::Created),
    ],
    shown: &[
        "id",
        "userPrincipalName",
        "displayName",
        "mail",
        "accountEnabled",
        "userType",
        "roles",
        "signInSessionsValidFromDateTime",
        "createdDateTime",
        "onPremisesSyncEnabled",
        "onPremisesImmutableId",
        "onPremisesSamAccountName",
        "onPremisesSecurityIdentifier",
    ],
};

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
    /// Taken from clients that must send it; the sign-in name is the address.
    #[serde(rename = "mailNickname")]
    _mail_nickname: Option<String>,
    #[serde(default)]
    roles: Vec<Uuid>,
}

impl Named for NewUserBody {
    const NAME: &'static str = "user";
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

impl Named for UserPatchBody {
    const NAME: &'static str = "user";
}

pub(super) async fn me(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadSelf)?;
    let user = myself(&admin)?;
    Ok(with_etag(list.object(&USERS, shown(user))?, &directory::entity_tag(user)))
}

pub(super) async fn list(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadUsers)?;
    let query = list.query(&USERS)?;
    let mut unit = admin.read().await?;
    let page = unit.users().page(&query).await?;
    let count = if list.options.count { Some(unit.users().count(&query).await?) } else { None };
    Ok(list.answer(USERS.context, page, count, shown))
}

pub(super) async fn count(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadUsers)?;
    Ok(list::count(admin.read().await?.users().count(&list.query(&USERS)?).await?))
}

pub(super) async fn get(admin: Admin, list: List, Path(id): Path<String>) -> Result<Response, GraphError> {
    // One's own record is the one of /me, whichever way it is asked for.
    let own = admin.principal.user().is_some_and(|me| me.user_principal_name.eq_ignore_ascii_case(&id) || me.id.to_string() == id);
    admin.may(if own { Task::ReadSelf } else { Task::ReadUsers })?;
    let user = find(&admin, &id).await?;
    Ok(with_etag(list.object(&USERS, shown(&user))?, &directory::entity_tag(&user)))
}

pub(super) async fn create(admin: Admin, Entity(body): Entity<NewUserBody>) -> Result<Response, GraphError> {
    let roles = roles(&body.roles)?;
    admin.principal.may_manage(None, Some(&roles))?;
    let new = NewUser {
        user_principal_name: body.user_principal_name,
        display_name: body.display_name,
        password: body.password_profile.password,
        force_change_password: body.password_profile.force_change_password_next_sign_in,
        account_enabled: body.account_enabled,
        roles,
    };
    let user = directory::create_user(&admin.ctx, &admin.tenant, &admin.actor(), new).await?;
    Ok(with_etag((StatusCode::CREATED, Json(shown(&user))), &directory::entity_tag(&user)))
}

pub(super) async fn update(
    admin: Admin,
    Path(id): Path<String>,
    headers: HeaderMap,
    Entity(body): Entity<UserPatchBody>,
) -> Result<Response, GraphError> {
    admin.may(Task::ManageUsers)?;
    let expected = if_match(&headers)?;
    let user = find(&admin, &id).await?;
    let roles = body.roles.as_deref().map(roles).transpose()?;
    admin.principal.may_manage(Some(&user), roles.as_deref())?;
    let patch = UserPatch {
        display_name: body.display_name,
        account_enabled: body.account_enabled,
        password: body.password_profile.map(|profile| (profile.password, profile.force_change_password_next_sign_in)),
        roles,
    };
    // Without a tag of the caller's, the one that permission was given for counts.
    let expected = expected.unwrap_or_else(|| directory::entity_tag(&user));
    directory::update_user(&admin.ctx, admin.tenant.id, &admin.actor(), user.id, patch, Some(&expected)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn delete(admin: Admin, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, GraphError> {
    admin.may(Task::ManageUsers)?;
    let expected = if_match(&headers)?;
    let user = find(&admin, &id).await?;
    admin.principal.may_manage(Some(&user), None)?;
    let expected = expected.unwrap_or_else(|| directory::entity_tag(&user));
    directory::delete_user(&admin.ctx, admin.tenant.id, &admin.actor(), user.id, Some(&expected)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn revoke_sessions(admin: Admin, Path(id): Path<String>) -> Result<Json<Value>, GraphError> {
    admin.may(Task::RevokeSessions)?;
    let user = find(&admin, &id).await?;
    directory::revoke_sessions(&admin.ctx, admin.tenant.id, &admin.actor(), user.id).await?;
    Ok(Json(json!({ "value": true })))
}

pub(super) async fn owned_devices(admin: Admin, list: List, Path(id): Path<String>) -> Result<Response, GraphError> {
    admin.may(Task::ReadUsers)?;
    admin.may(Task::ReadDevices)?;
    let user = find(&admin, &id).await?;
    let query = list.query_among(&devices::DEVICES, Filter::equal(DeviceField::Owner, user.id.0))?;
    let mut unit = admin.read().await?;
    let page = unit.devices().page(&query).await?;
    let count = if list.options.count { Some(unit.devices().count(&query).await?) } else { None };
    Ok(list.answer("directoryObjects", page, count, |device| groups::typed(devices::shown(device), "#microsoft.graph.device")))
}

/// The person who asks.
pub(super) fn myself(admin: &Admin) -> Result<&User, GraphError> {
    Ok(admin.principal.user().ok_or_else(|| DirectoryError::NotFound("a person: an application has no /me, it".into()))?)
}

/// A user by object id or sign-in name.
pub(super) async fn find(admin: &Admin, id: &str) -> Result<User, GraphError> {
    let mut unit = admin.read().await?;
    let user = match id.parse::<UserId>() {
        Ok(id) => unit.users().get(id).await?,
        Err(_) => unit.users().find(id).await?,
    };
    Ok(user.map(Arc::unwrap_or_clone).ok_or_else(|| DirectoryError::NotFound(format!("user {id}")))?)
}

fn roles(ids: &[Uuid]) -> Result<Vec<Role>, GraphError> {
    let known = |id: &Uuid| {
        Role::from_template_id(*id).ok_or_else(|| GraphError::BadRequest(format!("roles: {id} is not a role template that is known here")))
    };
    ids.iter().map(known).collect()
}

pub(super) fn shown(user: &User) -> Value {
    let account = user.on_premises.as_ref();
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
        // All null of a user who was made here.
        "onPremisesSyncEnabled": account.map(|_| true),
        "onPremisesImmutableId": account.map(|account| STANDARD.encode(account.object_guid.to_bytes_le())),
        "onPremisesSamAccountName": account.map(|account| &account.sam_account_name),
        "onPremisesSecurityIdentifier": account.map(|account| &account.security_identifier),
    })
}
