//! `/devices`.

use axum::Json;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use doorward_model::device::{Device, TrustType};
use doorward_model::{DeviceId, UserId};
use doorward_service::directory::{self, DevicePatch, DirectoryError, NewDevice, Task};
use doorward_store::query::Query as ListQuery;
use serde::Deserialize;
use serde_json::{Value, json};

use super::admin::Admin;
use super::error::GraphError;
use super::page::{Options, collection};

/// Body of a new device.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewDeviceBody {
    device_id: Option<DeviceId>,
    display_name: String,
    operating_system: String,
    #[serde(default)]
    operating_system_version: String,
    trust_type: TrustType,
    certificate: String,
    transport_key: Option<String>,
    owner: Option<UserId>,
}

/// Body of a change.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DevicePatchBody {
    display_name: Option<String>,
    account_enabled: Option<bool>,
    is_managed: Option<bool>,
    is_compliant: Option<bool>,
    eas_device_id: Option<String>,
}

pub(super) async fn list(admin: Admin, Query(options): Query<Options>) -> Result<Response, GraphError> {
    admin.may(Task::Read)?;
    options.no_filter()?;
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await?;
    let page = unit.devices().page(&ListQuery { limit: options.top(), ..ListQuery::default() }).await?;
    Ok(collection(page.items.iter().map(shown).collect()))
}

pub(super) async fn get(admin: Admin, Path(id): Path<DeviceId>) -> Result<Json<Value>, GraphError> {
    admin.may(Task::Read)?;
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await?;
    let device = unit.devices().get(id).await?.ok_or_else(|| DirectoryError::NotFound(format!("device {id}")))?;
    Ok(Json(shown(&device)))
}

pub(super) async fn create(admin: Admin, Json(body): Json<NewDeviceBody>) -> Result<(StatusCode, Json<Value>), GraphError> {
    admin.may(Task::ManageDirectory)?;
    let new = NewDevice {
        id: body.device_id,
        display_name: body.display_name,
        operating_system: body.operating_system,
        operating_system_version: body.operating_system_version,
        certificate: body.certificate,
        transport_key: body.transport_key,
        trust_type: body.trust_type,
        owner: body.owner,
    };
    let device = directory::create_device(&admin.ctx, admin.tenant.id, &admin.actor(), new).await?;
    Ok((StatusCode::CREATED, Json(shown(&device))))
}

pub(super) async fn update(admin: Admin, Path(id): Path<DeviceId>, Json(body): Json<DevicePatchBody>) -> Result<Response, GraphError> {
    admin.may(Task::ManageProtection)?;
    let patch = DevicePatch {
        display_name: body.display_name,
        account_enabled: body.account_enabled,
        is_managed: body.is_managed,
        is_compliant: body.is_compliant,
        eas_device_id: body.eas_device_id,
    };
    directory::update_device(&admin.ctx, admin.tenant.id, &admin.actor(), id, patch).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn delete(admin: Admin, Path(id): Path<DeviceId>) -> Result<Response, GraphError> {
    admin.may(Task::ManageDirectory)?;
    directory::delete_device(&admin.ctx, admin.tenant.id, &admin.actor(), id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// What is known of a device; that is all there is.
fn shown(device: &Device) -> Value {
    json!({
        "id": device.id,
        "deviceId": device.id,
        "displayName": device.display_name,
        "operatingSystem": device.operating_system,
        "operatingSystemVersion": device.operating_system_version,
        "alternativeSecurityIds": [{ "type": 2, "key": format!("X509:<SHA1-TP-PUBKEY>{}{}", device.certificate_thumbprint, device.public_key_sha256) }],
        "accountEnabled": device.account_enabled,
        "isManaged": device.is_managed,
        "isCompliant": device.is_compliant,
        "trustType": device.trust_type,
        "owner": device.owner,
        "easDeviceId": device.eas_device_id,
        "registrationDateTime": device.registered,
    })
}
