//! `/account/devices`: the devices that a person has registered.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use doorward_model::DeviceId;
use doorward_model::device::Device;
use doorward_service::account;
use doorward_service::directory::DirectoryError;
use http::StatusCode;

use super::person::Person;
use super::shell::Section;
use super::trouble::Trouble;
use crate::area::flash::{Flash, done};
use crate::area::moment::Moment;
use crate::area::notice::plain;
use crate::area::question::Question;
use crate::area::shell::Shell;

const PATH: &str = "/account/devices";

struct Row {
    id: DeviceId,
    name: String,
    system: String,
    registered: Moment,
    enabled: bool,
    managed: bool,
    compliant: bool,
    this_one: bool,
}

#[derive(Template)]
#[template(path = "account/devices.html")]
struct Devices {
    shell: Shell,
    rows: Vec<Row>,
    limit: u32,
}

/// `GET /account/devices`.
pub(super) async fn list(person: Person) -> Result<Response, Trouble> {
    let devices = account::devices(&person.ctx, person.tenant.id, &person.user).await?;
    let row = |device: Device| Row {
        this_one: person.session.device_id == Some(device.id),
        compliant: device.is_compliant_at(person.ctx.now()),
        id: device.id,
        name: device.display_name,
        system: format!("{} {}", device.operating_system, device.operating_system_version),
        registered: Moment(device.registered),
        enabled: device.account_enabled,
        managed: device.is_managed,
    };
    let rows = devices.into_iter().map(row).collect();
    Ok(plain(StatusCode::OK, &Devices { shell: person.shell(Section::Devices)?, rows, limit: person.tenant.device_limit }))
}

/// `GET /account/devices/{id}/unregister`.
pub(super) async fn ask(person: Person, Path(id): Path<String>) -> Result<Response, Trouble> {
    let id: DeviceId = id.parse().map_err(|_| Trouble::missing())?;
    let devices = account::devices(&person.ctx, person.tenant.id, &person.user).await?;
    let device = devices.into_iter().find(|device| device.id == id).ok_or_else(Trouble::missing)?;
    let question = Question {
        crumb: (PATH.to_owned(), "Devices".to_owned()),
        problem: None,
        title: "Unregister this device?".to_owned(),
        text: vec![
            format!("“{}” will not be known to your organisation any more, and its apps lose access to work.", device.display_name),
            "If you lost it, tell your help desk as well: they can remove the organisation's data from it.".to_owned(),
        ],
        fields: Vec::new(),
        action: format!("{PATH}/{id}/unregister"),
        button: "Unregister",
        back: PATH.to_owned(),
        shell: person.shell(Section::Devices)?,
    };
    Ok(question.page())
}

/// `POST /account/devices/{id}/unregister`.
pub(super) async fn unregister(person: Person, Path(id): Path<String>) -> Result<Response, Trouble> {
    let id: DeviceId = id.parse().map_err(|_| Trouble::missing())?;
    match account::remove_device(&person.ctx, person.tenant.id, &person.user, id).await {
        // Gone already: it was sent twice.
        Ok(()) | Err(DirectoryError::NotFound(_)) => Ok(done(PATH, Flash::DeviceUnregistered)),
        Err(error) => Err(error.into()),
    }
}
