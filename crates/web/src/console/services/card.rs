//! A service's policy as a card.

use doorward_model::service_policy::{AppAccess, DeviceAccess};
use doorward_service::service_access::Governed;

use super::draft::WINDOWS;
use crate::console::moment::Moment;
use crate::console::names::Names;
use crate::console::words::{Badge, PLATFORMS, number};

/// What a card shows.
pub(super) struct Card {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) modified: Moment,
    pub(super) app: Half,
    pub(super) device: Half,
}

/// One half of a policy.
pub(super) struct Half {
    pub(super) badge: Badge,
    pub(super) lines: Vec<(&'static str, String)>,
}

impl Card {
    pub(super) fn of(governed: &Governed, names: &Names, approved: usize) -> Self {
        let off = || Half { badge: Badge { tone: "calm", text: "Off" }, lines: Vec::new() };
        Self {
            id: governed.document.id.clone(),
            name: governed.name.clone(),
            modified: Moment(governed.document.modified),
            app: governed.policy.app_access.as_ref().map_or_else(off, |access| app(access, names, approved)),
            device: governed.policy.device_access.as_ref().map_or_else(off, |access| device(access, names)),
        }
    }
}

fn app(access: &AppAccess, names: &Names, approved: usize) -> Half {
    let apps = if access.allows_all_apps { "All apps".to_owned() } else { number(approved, "approved app", "approved apps") };
    Half {
        badge: state(access.enabled),
        lines: vec![
            ("Allowed apps", apps),
            ("For", groups(&access.restricted_groups, names, "Nobody")),
            ("Except", groups(&access.exempted_groups, names, "Nobody")),
        ],
    }
}

fn device(access: &DeviceAccess, names: &Names) -> Half {
    let platforms = match &access.platforms {
        None => "All, unsupported ones too".to_owned(),
        Some(listed) => {
            let named = PLATFORMS.iter().filter(|(platform, _)| listed.contains(platform)).map(|(_, name)| *name);
            named.collect::<Vec<_>>().join(", ")
        }
    };
    let windows = WINDOWS.iter().find(|(requirement, _)| *requirement == access.windows).map_or("", |(_, name)| name);
    let whom = if access.targets_all_users { "Everyone".to_owned() } else { groups(&access.targeted_groups, names, "Nobody") };
    Half {
        badge: state(access.enabled),
        lines: vec![
            ("Platforms", platforms),
            ("Windows PCs", windows.to_owned()),
            ("For", whom),
            ("Except", groups(&access.exempted_groups, names, "Nobody")),
        ],
    }
}

fn state(on: bool) -> Badge {
    if on { Badge { tone: "good", text: "On" } } else { Badge { tone: "calm", text: "Off" } }
}

fn groups(ids: &[String], names: &Names, none: &str) -> String {
    if ids.is_empty() { none.to_owned() } else { ids.iter().map(|id| names.of(id)).collect::<Vec<_>>().join(", ") }
}
