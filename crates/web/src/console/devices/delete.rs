//! `/console/devices/{id}/delete`.

use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use doorward_model::device::Device;
use doorward_service::directory::{self, DirectoryError};

use super::{ManagesDevices, PATH, find, page_of};
use crate::console::admin::Admin;
use crate::console::deletion;
use crate::console::flash::{self, Flash};
use crate::console::guard::Posted;
use crate::console::notice::Trouble;
use crate::console::shell::Section;
use crate::console::stamp::Stamp;

fn question(admin: &Admin<ManagesDevices>, device: &Device, stamp: &Stamp, problem: Option<String>) -> Result<Response, Trouble> {
    let text = [
        "The device and every token bound to it go for good. Its owner can register it anew.",
        "To lock it for a while, disable it instead. To remove the organisation's data from it, ask its apps to wipe.",
    ];
    let shell = admin.shell(Section::Devices)?;
    Ok(deletion::question(shell, page_of(device.id), &device.display_name, &text, stamp, problem))
}

/// `GET /console/devices/{id}/delete`.
pub(super) async fn ask(admin: Admin<ManagesDevices>, Path(id): Path<String>) -> Result<Response, Trouble> {
    let device = find(&admin, &id).await?;
    question(&admin, &device, &Stamp::of(&device), None)
}

/// `POST /console/devices/{id}/delete`.
pub(super) async fn delete(
    admin: Admin<ManagesDevices>,
    Path(id): Path<String>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Trouble> {
    let id = id.parse().map_err(|_| Trouble::missing())?;
    let stamp = Stamp::read(&posted);
    match directory::delete_device(&admin.ctx, admin.tenant.id, &admin.actor(), id, Some(&stamp.tag)).await {
        // Gone already: it was sent twice.
        Ok(()) | Err(DirectoryError::NotFound(_)) => Ok(flash::done(PATH, Flash::Deleted)),
        Err(DirectoryError::Changed) => {
            let present = find(&admin, &id.to_string()).await?;
            let now = Stamp::of(&present);
            question(&admin, &present, &now, Some(stamp.sentence(&admin, &now).await?))
        }
        Err(error) => Err(error.into()),
    }
}
