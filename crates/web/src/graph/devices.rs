//! `/devices`.

use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use doorward_model::device::{Device, TrustType};
use doorward_model::{DeviceId, UserId};
use doorward_service::directory::{self, DevicePatch, DirectoryError, NewDevice, Task};
use doorward_store::query::{DeviceField, Page};
use serde::Deserialize;
use serde_json::{Value, json};

use super::admin::Admin;
use super::entity::{Entity, Named};
use super::error::GraphError;
use super::groups::typed;
use super::list::{self, List, Noun};
use super::page::{if_match, with_etag};
use super::users;

pub(super) const DEVICES: Noun<DeviceField> = Noun {
    context: "devices",
    properties: &[
        ("id", DeviceField::Id),
        ("deviceId", DeviceField::Id),
        ("displayName", DeviceField::DisplayName),
        ("operatingSystem", DeviceField::OperatingSystem),
        ("operatingSystemVersion", DeviceField::OperatingSystemVersion),
        ("trustType", DeviceField::TrustType),
        ("accountEnabled", DeviceField::AccountEnabled),
        ("isManaged", DeviceField::IsManaged),
        ("isCompliant", DeviceField::IsCompliant),
        ("owner", DeviceField::Owner),
        ("registrationDateTime", DeviceField::Registered),
    ],
    shown: &[
        "id",
        "deviceId",
        "displayName",
        "operatingSystem",
        "operatingSystemVersion",
        "alternativeSecurityIds",
        "accountEnabled",
        "isManaged",
        "isCompliant",
        "complianceExpirationDateTime",
        "trustType",
        "owner",
        "easDeviceId",
        "registrationDateTime",
    ],
};

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

impl Named for NewDeviceBody {
    const NAME: &'static str = "device";
}

impl Named for DevicePatchBody {
    const NAME: &'static str = "device";
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

pub(super) async fn list(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadDevices)?;
    let query = list.query(&DEVICES)?;
    let mut unit = admin.read().await?;
    let page = unit.devices().page(&query).await?;
    let count = if list.options.count { Some(unit.devices().count(&query).await?) } else { None };
    Ok(list.answer(DEVICES.context, page, count, shown))
}

pub(super) async fn count(admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadDevices)?;
    Ok(list::count(admin.read().await?.devices().count(&list.query(&DEVICES)?).await?))
}

pub(super) async fn get(admin: Admin, list: List, Path(id): Path<DeviceId>) -> Result<Response, GraphError> {
    admin.may(Task::ReadDevices)?;
    let device = find(&admin, id).await?;
    Ok(with_etag(list.object(&DEVICES, shown(&device))?, &directory::entity_tag(&device)))
}

/// Owner and user of a device are the same person here.
pub(super) async fn registered_owners(admin: Admin, list: List, Path(id): Path<DeviceId>) -> Result<Response, GraphError> {
    admin.may(Task::ReadDevices)?;
    admin.may(Task::ReadUsers)?;
    list.only_select()?;
    let device = find(&admin, id).await?;
    let owner = match device.owner {
        Some(owner) => admin.read().await?.users().get(owner).await?,
        None => None,
    };
    let items: Vec<Value> = owner.iter().map(|user| typed(users::shown(user), "#microsoft.graph.user")).collect();
    Ok(list.answer("directoryObjects", Page { items, next: None }, None, Value::clone))
}

pub(super) async fn create(admin: Admin, Entity(body): Entity<NewDeviceBody>) -> Result<Response, GraphError> {
    admin.may(Task::ManageDevices)?;
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
    Ok(with_etag((StatusCode::CREATED, Json(shown(&device))), &directory::entity_tag(&device)))
}

pub(super) async fn update(
    admin: Admin,
    Path(id): Path<DeviceId>,
    headers: HeaderMap,
    Entity(body): Entity<DevicePatchBody>,
) -> Result<Response, GraphError> {
    admin.may(Task::SetDeviceState)?;
    let expected = if_match(&headers)?;
    let patch = DevicePatch {
        display_name: body.display_name,
        account_enabled: body.account_enabled,
        is_managed: body.is_managed,
        is_compliant: body.is_compliant,
        eas_device_id: body.eas_device_id,
    };
    directory::update_device(&admin.ctx, admin.tenant.id, &admin.actor(), id, patch, expected.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn delete(admin: Admin, Path(id): Path<DeviceId>, headers: HeaderMap) -> Result<Response, GraphError> {
    admin.may(Task::ManageDevices)?;
    let expected = if_match(&headers)?;
    directory::delete_device(&admin.ctx, admin.tenant.id, &admin.actor(), id, expected.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn find(admin: &Admin, id: DeviceId) -> Result<Device, GraphError> {
    let found = admin.read().await?.devices().get(id).await?;
    Ok(found.map(Arc::unwrap_or_clone).ok_or_else(|| DirectoryError::NotFound(format!("device {id}")))?)
}

/// What is known of a device; that is all there is.
pub(super) fn shown(device: &Device) -> Value {
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
        "complianceExpirationDateTime": device.compliance_expiration,
        "trustType": device.trust_type,
        "owner": device.owner,
        "easDeviceId": device.eas_device_id,
        "registrationDateTime": device.registered,
    })
}
