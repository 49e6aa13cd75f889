//! `/console/devices`: registered devices.

mod delete;
mod edit;
mod list;
mod one;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use doorward_model::DeviceId;
use doorward_model::device::Device;
use doorward_service::directory::{self, Task};

use super::admin::{Admin, Purpose};
use super::notice::Trouble;
use crate::State;

/// Path of the list.
const PATH: &str = "/console/devices";

/// Deleting devices.
pub(super) struct ManagesDevices;
/// Changing what is recorded of a device, such as its management state.
pub(super) struct SetsDeviceState;

impl Purpose for ManagesDevices {
    const TASK: Task = Task::ManageDevices;
}

impl Purpose for SetsDeviceState {
    const TASK: Task = Task::SetDeviceState;
}

pub(super) fn routes() -> Router<State> {
    Router::new()
        .route(PATH, get(list::get))
        .route("/console/devices/{id}", get(one::get))
        .route("/console/devices/{id}/edit", get(edit::form).post(edit::save))
        .route("/console/devices/{id}/delete", get(delete::ask).post(delete::delete))
}

fn page_of(device: DeviceId) -> String {
    format!("{PATH}/{device}")
}

async fn find<P>(admin: &Admin<P>, id: &str) -> Result<Device, Trouble> {
    let id = id.parse().map_err(|_| Trouble::missing())?;
    let found = directory::device_details(&admin.ctx, admin.tenant.id, id).await?;
    found.map(|found| Arc::unwrap_or_clone(found.device)).ok_or_else(Trouble::missing)
}
