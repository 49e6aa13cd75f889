//! `/console/devices/{id}/edit`: what is recorded of a device.

use askama::Template;
use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use doorward_model::device::Device;
use doorward_service::directory::{self, DevicePatch, DirectoryError};

use super::{SetsDeviceState, find, page_of};
use crate::area::sentence;
use crate::console::admin::Admin;
use crate::console::flash::{self, Flash};
use crate::console::guard::Posted;
use crate::console::notice::{Trouble, plain};
use crate::console::shell::{Section, Shell};
use crate::console::stamp::Stamp;
use crate::console::told::Told;

/// What was typed.
#[derive(Clone, PartialEq, Eq)]
struct Typed {
    name: String,
    enabled: bool,
    managed: bool,
    compliant: bool,
    eas: String,
}

impl Typed {
    fn of(device: &Device) -> Self {
        Self {
            name: device.display_name.clone(),
            enabled: device.account_enabled,
            managed: device.is_managed,
            compliant: device.is_compliant,
            eas: device.eas_device_id.clone().unwrap_or_default(),
        }
    }

    /// What is different: an administrator's word about the management state counts from then on, so it is given only where it changes.
    fn patch(&self, present: &Device) -> DevicePatch {
        let present = Self::of(present);
        DevicePatch {
            display_name: (self.name != present.name).then(|| self.name.clone()),
            account_enabled: (self.enabled != present.enabled).then_some(self.enabled),
            is_managed: (self.managed != present.managed).then_some(self.managed),
            is_compliant: (self.compliant != present.compliant).then_some(self.compliant),
            eas_device_id: (self.eas != present.eas).then(|| self.eas.clone()),
        }
    }

    fn read(posted: &Posted) -> Self {
        let on = |name: &str| posted.one(name) == "on";
        Self {
            name: posted.one("name").trim().to_owned(),
            enabled: on("enabled"),
            managed: on("managed"),
            compliant: on("compliant"),
            eas: posted.one("eas").trim().to_owned(),
        }
    }
}

#[derive(Template)]
#[template(path = "console/device_edit.html")]
struct Form {
    shell: Shell,
    stamp: Stamp,
    /// Address and name of the page it belongs to.
    crumb: (String, String),
    title: &'static str,
    action: String,
    button: &'static str,
    name: String,
    typed: Typed,
    name_problem: Option<&'static str>,
    told: Told,
}

/// `GET /console/devices/{id}/edit`.
pub(super) async fn form(admin: Admin<SetsDeviceState>, Path(id): Path<String>) -> Result<Response, Trouble> {
    let device = find(&admin, &id).await?;
    show(&admin, &device, Stamp::of(&device), Typed::of(&device), None, Told::default())
}

fn show(
    admin: &Admin<SetsDeviceState>,
    device: &Device,
    stamp: Stamp,
    typed: Typed,
    name_problem: Option<&'static str>,
    told: Told,
) -> Result<Response, Trouble> {
    let form = Form {
        shell: admin.shell(Section::Devices)?,
        stamp,
        crumb: (page_of(device.id), device.display_name.clone()),
        title: "Edit device",
        action: format!("{}/edit", page_of(device.id)),
        button: "Save",
        name: typed.name.clone(),
        typed,
        name_problem,
        told,
    };
    Ok(plain(form.told.status(name_problem.is_some()), &form))
}

/// `POST /console/devices/{id}/edit`.
pub(super) async fn save(
    admin: Admin<SetsDeviceState>,
    Path(id): Path<String>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Trouble> {
    let device = find(&admin, &id).await?;
    let (stamp, typed) = (Stamp::read(&posted), Typed::read(&posted));
    if typed == Typed::of(&device) {
        return Ok(flash::done(&page_of(device.id), stamp.settled(&Stamp::of(&device))));
    }
    let patch = typed.patch(&device);
    match directory::update_device(&admin.ctx, admin.tenant.id, &admin.actor(), device.id, patch, Some(&stamp.tag)).await {
        Ok(_) => Ok(flash::done(&page_of(device.id), Flash::Saved)),
        Err(DirectoryError::Changed) => {
            let present = find(&admin, &id).await?;
            let now = Stamp::of(&present);
            let told = stamp.told(&admin, &now).await?;
            show(&admin, &present, now, typed, None, told)
        }
        Err(DirectoryError::Conflict(problem)) => {
            show(&admin, &device, stamp, typed, None, Told { changed: None, problem: Some(sentence(&problem)) })
        }
        Err(DirectoryError::Invalid { .. }) => {
            show(&admin, &device, stamp, typed, Some("Type a name of at most 256 characters."), Told::default())
        }
        Err(error) => Err(error.into()),
    }
}
