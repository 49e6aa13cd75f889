//! Whom and what a policy applies to.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::GroupId;

/// Target of one assignment: Graph `deviceAndAppManagementAssignmentTarget`. Groups of users; a group of devices never matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "@odata.type")]
pub enum AssignmentTarget {
    /// The members of a group.
    #[serde(rename = "#microsoft.graph.groupAssignmentTarget")]
    Group {
        /// The group.
        #[serde(rename = "groupId")]
        group_id: GroupId,
    },
    /// Not the members of a group, whatever else includes them.
    #[serde(rename = "#microsoft.graph.exclusionGroupAssignmentTarget")]
    ExclusionGroup {
        /// The group.
        #[serde(rename = "groupId")]
        group_id: GroupId,
    },
    /// Every user.
    #[serde(rename = "#microsoft.graph.allLicensedUsersAssignmentTarget")]
    AllLicensedUsers {},
}

/// Which apps a policy covers: Graph `targetedManagedAppGroupType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AppGroupType {
    /// The apps of its list.
    #[default]
    SelectedPublicApps,
    /// The core apps of the catalogue.
    AllCoreMicrosoftApps,
    /// All vendor apps of the catalogue.
    AllMicrosoftApps,
    /// Every app that checks in.
    AllApps,
}

/// How the device under an app instance is managed: one of Graph `appManagementLevel`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ManagementLevel {
    /// Not managed, or managed by somebody else.
    Unmanaged,
    /// Enrolled in device management.
    Mdm,
    /// Enrolled with Android Enterprise.
    AndroidEnterprise,
    /// Dedicated device with shared sign-in.
    AndroidEnterpriseDedicatedDevicesWithAzureAdSharedMode,
    /// Open-source Android with a user.
    AndroidOpenSourceProjectUserAssociated,
    /// Open-source Android without a user.
    AndroidOpenSourceProjectUserless,
}

impl ManagementLevel {
    fn flag(self) -> u8 {
        match self {
            Self::Unmanaged => 1,
            Self::Mdm => 2,
            Self::AndroidEnterprise => 4,
            Self::AndroidEnterpriseDedicatedDevicesWithAzureAdSharedMode => 8,
            Self::AndroidOpenSourceProjectUserAssociated => 16,
            Self::AndroidOpenSourceProjectUserless => 32,
        }
    }
}

/// The management levels a policy covers, written as a comma-separated list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ManagementLevels {
    /// None: every level (`unspecified`). Some(0) matches nothing.
    flags: Option<u8>,
}

impl ManagementLevels {
    /// Covers every level.
    pub const ANY: Self = Self { flags: None };
    /// Covers none: what an unknown word stands for.
    pub const NONE: Self = Self { flags: Some(0) };

    /// True when the policy covers that level.
    #[must_use]
    pub fn cover(self, level: ManagementLevel) -> bool {
        self.flags.is_none_or(|flags| flags & level.flag() != 0)
    }
}

impl FromStr for ManagementLevels {
    type Err = serde_json::Error;

    /// Fails when one of the words is not a management level.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut flags = 0;
        for word in text.split(',').map(str::trim) {
            match word {
                "" | "unspecified" => return Ok(Self::ANY),
                "unknownFutureValue" => {}
                word => flags |= serde_json::from_value::<ManagementLevel>(word.into())?.flag(),
            }
        }
        Ok(Self { flags: Some(flags) })
    }
}
