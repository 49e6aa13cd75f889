//! `GET /console/devices/{id}`: one device, and all that is known of it.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use doorward_model::device::{Device, TrustType};
use doorward_model::user::User;
use doorward_service::directory::{self, DeviceDetails, Task};
use http::StatusCode;
use jiff::Timestamp;

use crate::console::admin::{Admin, Reads};
use crate::console::moment::Moment;
use crate::console::notice::{Trouble, plain};
use crate::console::shell::{Section, Shell};
use crate::console::words::Badge;

#[derive(Template)]
#[template(path = "console/device.html")]
struct OneDevice {
    shell: Shell,
    device: Arc<Device>,
    owner: Option<Arc<User>>,
    registered: Moment,
    trust: &'static str,
    badge: Badge,
    managed_here: bool,
    compliant: bool,
    /// Compliant no longer than this without another report.
    compliant_until: Option<Moment>,
    may_set: bool,
    may_delete: bool,
}

/// Shows the page.
pub(super) async fn get(admin: Admin<Reads>, Path(id): Path<String>) -> Result<Response, Trouble> {
    let id = id.parse().map_err(|_| Trouble::missing())?;
    let found = directory::device_details(&admin.ctx, admin.tenant.id, id).await?;
    let DeviceDetails { device, owner, managed_here } = found.ok_or_else(Trouble::missing)?;
    let page = OneDevice {
        shell: admin.shell(Section::Devices)?,
        registered: Moment(device.registered),
        trust: trust(device.trust_type),
        badge: state(&device, admin.ctx.now()),
        compliant: device.is_compliant_at(admin.ctx.now()),
        compliant_until: device.compliance_expiration.filter(|_| device.is_compliant).map(Moment),
        managed_here,
        may_set: admin.may(Task::SetDeviceState),
        may_delete: admin.may(Task::ManageDevices),
        device,
        owner,
    };
    Ok(plain(StatusCode::OK, &page))
}

/// How it came to be known, in words.
pub(super) fn trust(trust: TrustType) -> &'static str {
    match trust {
        TrustType::Workplace => "Registered by its owner",
        TrustType::AzureAd => "Joined to the organisation",
        TrustType::ServerAd => "Joined to a domain",
    }
}

/// The state that matters most.
pub(super) fn state(device: &Device, now: Timestamp) -> Badge {
    let (tone, text) = match (device.account_enabled, device.is_managed, device.is_compliant_at(now)) {
        (false, ..) => ("bad", "Disabled"),
        (true, true, true) => ("good", "Managed and compliant"),
        (true, true, false) => ("wait", "Managed, not compliant"),
        (true, false, _) => ("calm", "Registered"),
    };
    Badge { tone, text }
}
