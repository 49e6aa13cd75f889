//! A person's own devices.

use doorward_model::device::Device;
use doorward_model::user::User;
use doorward_model::{DeviceId, TenantId};
use serde_json::Value;

use crate::context::Context;
use crate::directory::audit::{self, Change};
use crate::directory::{Actor, DirectoryError};

type Result<T> = std::result::Result<T, DirectoryError>;

/// The devices that a person owns, oldest first.
///
/// # Errors
/// Storage failure.
pub async fn devices(ctx: &Context, tenant: TenantId, user: &User) -> Result<Vec<Device>> {
    Ok(ctx.store.tenant(tenant).read().await?.devices().owned_by(user.id).await?)
}

/// Unregisters one of them, with every token bound to it.
///
/// # Errors
/// [`DirectoryError::NotFound`] for anybody else's device, or storage failure.
pub async fn remove_device(ctx: &Context, tenant: TenantId, user: &User, id: DeviceId) -> Result<()> {
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let device = unit.devices().get(id).await?.filter(|device| device.owner == Some(user.id));
    let device = device.ok_or_else(|| DirectoryError::NotFound(format!("device {id}")))?;
    unit.devices().delete(id).await?;
    let actor = Actor::user(user);
    let before = audit::shown(&*device);
    let change = Change { activity: "Delete", kind: "device", id: id.to_string(), before, after: Value::Null, actor: &actor };
    audit::record(ctx, unit.as_mut(), change).await?;
    Ok(unit.commit().await?)
}
