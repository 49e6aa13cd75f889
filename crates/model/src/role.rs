//! Directory roles.

use serde::{Deserialize, Serialize};
use uuid::{Uuid, uuid};

/// The built-in roles that Doorward knows, with the public role template ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// May do everything.
    GlobalAdministrator,
    /// May change conditional access and service policies and named locations.
    ConditionalAccessAdministrator,
    /// May change app protection policies and the management state of devices.
    IntuneAdministrator,
    /// May read policies, devices and logs.
    SecurityReader,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] =
        [Self::GlobalAdministrator, Self::ConditionalAccessAdministrator, Self::IntuneAdministrator, Self::SecurityReader];

    /// The role template id that policies and tokens (`wids`) carry.
    #[must_use]
    pub fn template_id(self) -> Uuid {
        match self {
            Self::GlobalAdministrator => uuid!("62e90394-69f5-4237-9190-012177145e10"),
            Self::ConditionalAccessAdministrator => uuid!("b1be1c3e-b65d-4f19-8427-f6fa0d97feb9"),
            Self::IntuneAdministrator => uuid!("3a2c62db-5318-420d-8d74-23affee5d9d5"),
            Self::SecurityReader => uuid!("5d6b6bb7-de71-4623-b4af-96380a352509"),
        }
    }

    /// The role of a template id.
    #[must_use]
    pub fn from_template_id(id: Uuid) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.template_id() == id)
    }

    /// The name shown to people.
    #[must_use]
    pub fn display_name(self) -> &'static str {
        match self {
            Self::GlobalAdministrator => "Global Administrator",
            Self::ConditionalAccessAdministrator => "Conditional Access Administrator",
            Self::IntuneAdministrator => "Intune Administrator",
            Self::SecurityReader => "Security Reader",
        }
    }
}
