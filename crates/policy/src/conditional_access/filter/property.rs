//! The attributes of a device that a filter may name, and the operators that each allows.

use doorward_model::device::TrustType;

use super::Test;
use crate::conditional_access::DeviceFacts;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
pub(super) enum Attribute<'a> {
    Text(Option<&'a str>),
    Elements(&'a [String]),
    /// Said of the device by nobody whose word counts.
    Untrusted,
}

/// The attributes of a device as filters compare them: lower-cased once for all filters.
#[derive(Default)]
pub(in crate::conditional_access) struct Attributes {
    device: DeviceFacts,
    is_registered: bool,
}

impl Attributes {
    /// Those of a device; none is one that is not registered, whose attributes are all null.
    pub(in crate::conditional_access) fn of(device: Option<&DeviceFacts>) -> Self {
        let Some(device) = device else { return Self::default() };
        let fold = |text: &Option<String>| text.as_ref().map(|text| text.to_lowercase());
        let fold_all = |texts: &[String]| texts.iter().map(|text| text.to_lowercase()).collect();
        let device = DeviceFacts {
            device_id: fold(&device.device_id),
            display_name: fold(&device.display_name),
            is_compliant: device.is_compliant,
            is_managed: device.is_managed,
            trust_type: device.trust_type,
            device_ownership: fold(&device.device_ownership),
            profile_type: fold(&device.profile_type),
            manufacturer: fold(&device.manufacturer),
            model: fold(&device.model),
            operating_system: fold(&device.operating_system),
            operating_system_version: fold(&device.operating_system_version),
            mdm_app_id: fold(&device.mdm_app_id),
            enrollment_profile_name: fold(&device.enrollment_profile_name),
            extension_attributes: device.extension_attributes.each_ref().map(fold),
            physical_ids: fold_all(&device.physical_ids),
            system_labels: fold_all(&device.system_labels),
        };
        Self { device, is_registered: true }
    }

    pub(super) fn get(&self, property: Property) -> Attribute<'_> {
        let device = &self.device;
        Attribute::Text(match property {
            Property::DeviceId => device.device_id.as_deref(),
            Property::MdmAppId => device.mdm_app_id.as_deref(),
            Property::DisplayName => device.display_name.as_deref(),
            Property::EnrollmentProfileName => device.enrollment_profile_name.as_deref(),
            Property::Manufacturer => device.manufacturer.as_deref(),
            Property::Model => device.model.as_deref(),
            Property::OperatingSystem => device.operating_system.as_deref(),
            Property::OperatingSystemVersion => device.operating_system_version.as_deref(),
            Property::ExtensionAttribute(_) if self.is_registered && !device.vouched_for() => return Attribute::Untrusted,
            Property::ExtensionAttribute(index) => device.extension_attributes.get(index).and_then(|value| value.as_deref()),
            Property::DeviceOwnership => device.device_ownership.as_deref(),
            Property::IsCompliant => device.is_compliant.map(|compliant| if compliant { "true" } else { "false" }),
            Property::ProfileType => device.profile_type.as_deref(),
            Property::TrustType => device.trust_type.map(|trust| match trust {
                TrustType::AzureAd => "azuread",
                TrustType::ServerAd => "serverad",
                TrustType::Workplace => "workplace",
            }),
            // A device without elements holds none, whether it is registered or not.
            Property::PhysicalIds => return Attribute::Elements(&device.physical_ids),
            Property::SystemLabels => return Attribute::Elements(&device.system_labels),
        })
    }
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

    /// The name and the only values, lower-cased, of a property that has a fixed choice.
    pub(super) fn closed(self) -> Option<(&'static str, &'static [&'static str])> {
        match self {
            Self::IsCompliant => Some(("device.isCompliant", &["true", "false"])),
            Self::TrustType => Some(("device.trustType", &["azuread", "serverad", "workplace"])),
            _ => None,
        }
    }
}
