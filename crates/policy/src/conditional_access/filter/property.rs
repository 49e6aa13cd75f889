//! The attributes of a device that a filter may name, and the operators that each allows.

use doorward_model::device::TrustType;

use super::Test;
use crate::conditional_access::DeviceFacts;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Property {
    DeviceId,
    MdmAppId,
    DisplayName,
    EnrollmentProfileName,
    Manufacturer,
    Model,
    OperatingSystem,
    OperatingSystemVersion,
    /// Counted from 0.
    ExtensionAttribute(usize),
    DeviceOwnership,
    IsCompliant,
    ProfileType,
    TrustType,
    PhysicalIds,
    SystemLabels,
}

/// The value of an attribute, lower-cased.
pub(super) enum Attribute {
    Text(Option<String>),
    Elements(Vec<String>),
}

impl Property {
    /// The property of a name in any case.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        Some(match name.as_str() {
            "deviceid" => Self::DeviceId,
            "mdmappid" => Self::MdmAppId,
            "displayname" => Self::DisplayName,
            "enrollmentprofilename" => Self::EnrollmentProfileName,
            "manufacturer" => Self::Manufacturer,
            "model" => Self::Model,
            "operatingsystem" => Self::OperatingSystem,
            "operatingsystemversion" => Self::OperatingSystemVersion,
            "deviceownership" => Self::DeviceOwnership,
            "iscompliant" => Self::IsCompliant,
            "profiletype" => Self::ProfileType,
            "trusttype" => Self::TrustType,
            "physicalids" => Self::PhysicalIds,
            "systemlabels" => Self::SystemLabels,
            _ => {
                let digits = name.strip_prefix("extensionattribute").filter(|digits| !digits.starts_with(['0', '+']))?;
                let number: usize = digits.parse().ok().filter(|number| (1..=15).contains(number))?;
                Self::ExtensionAttribute(number - 1)
            }
        })
    }

    pub(super) fn allows(self, test: Test) -> bool {
        match self {
            Self::DeviceId | Self::MdmAppId => matches!(test, Test::Equal | Test::In),
            Self::DeviceOwnership | Self::IsCompliant | Self::ProfileType | Self::TrustType => test == Test::Equal,
            Self::PhysicalIds | Self::SystemLabels => test == Test::Contains,
            Self::DisplayName
            | Self::EnrollmentProfileName
            | Self::Manufacturer
            | Self::Model
            | Self::OperatingSystem
            | Self::OperatingSystemVersion
            | Self::ExtensionAttribute(_) => true,
        }
    }

    pub(super) fn of(self, device: &DeviceFacts) -> Attribute {
        let text = match self {
            Self::DeviceId => device.device_id.as_deref(),
            Self::MdmAppId => device.mdm_app_id.as_deref(),
            Self::DisplayName => device.display_name.as_deref(),
            Self::EnrollmentProfileName => device.enrollment_profile_name.as_deref(),
            Self::Manufacturer => device.manufacturer.as_deref(),
            Self::Model => device.model.as_deref(),
            Self::OperatingSystem => device.operating_system.as_deref(),
            Self::OperatingSystemVersion => device.operating_system_version.as_deref(),
            Self::ExtensionAttribute(index) => device.extension_attributes.get(index).and_then(|value| value.as_deref()),
            Self::DeviceOwnership => device.device_ownership.as_deref(),
            Self::IsCompliant => device.is_compliant.map(|compliant| if compliant { "true" } else { "false" }),
            Self::ProfileType => device.profile_type.as_deref(),
            Self::TrustType => device.trust_type.map(|trust| match trust {
                TrustType::AzureAd => "AzureAD",
                TrustType::ServerAd => "ServerAD",
                TrustType::Workplace => "Workplace",
            }),
            Self::PhysicalIds => return elements(&device.physical_ids),
            Self::SystemLabels => return elements(&device.system_labels),
        };
        Attribute::Text(text.map(str::to_lowercase))
    }
}

fn elements(values: &[String]) -> Attribute {
    Attribute::Elements(values.iter().map(|value| value.to_lowercase()).collect())
}
