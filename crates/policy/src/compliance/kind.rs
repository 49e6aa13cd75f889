//! The kinds of compliance policy, and the devices that each is for.

use doorward_model::compliance::AndroidManagement;
use doorward_model::sign_in::DevicePlatform;

/// A type of Graph `deviceCompliancePolicy`; the one for Linux is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyKind {
    /// `iosCompliancePolicy`
    Ios,
    /// `androidWorkProfileCompliancePolicy`
    AndroidWorkProfile,
    /// `androidDeviceOwnerCompliancePolicy`
    AndroidDeviceOwner,
    /// `androidCompliancePolicy`: device administrator.
    Android,
    /// `windows10CompliancePolicy`
    Windows10,
    /// `macOSCompliancePolicy`
    MacOs,
    /// `linuxCompliancePolicy`
    Linux,
    /// `windows81CompliancePolicy`, kept for import.
    Windows81,
    /// `windowsPhone81CompliancePolicy`, kept for import.
    WindowsPhone81,
}

/// What a device is, as far as the choice of policies goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Platform {
    /// The operating system; none when it is not known, and then no policy is for the device.
    pub system: Option<DevicePlatform>,
    /// How Android is managed; while it is not known, every policy for Android counts.
    pub android: Option<AndroidManagement>,
}

impl PolicyKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Ios,
        Self::AndroidWorkProfile,
        Self::AndroidDeviceOwner,
        Self::Android,
        Self::Windows10,
        Self::MacOs,
        Self::Linux,
        Self::Windows81,
        Self::WindowsPhone81,
    ];

    /// Name of the type, without its namespace.
    #[must_use]
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Ios => "iosCompliancePolicy",
            Self::AndroidWorkProfile => "androidWorkProfileCompliancePolicy",
            Self::AndroidDeviceOwner => "androidDeviceOwnerCompliancePolicy",
            Self::Android => "androidCompliancePolicy",
            Self::Windows10 => "windows10CompliancePolicy",
            Self::MacOs => "macOSCompliancePolicy",
            Self::Linux => "linuxCompliancePolicy",
            Self::Windows81 => "windows81CompliancePolicy",
            Self::WindowsPhone81 => "windowsPhone81CompliancePolicy",
        }
    }

    /// The `@odata.type` of its documents.
    #[must_use]
    pub fn odata_type(self) -> String {
        let namespace = if self == Self::Linux { "doorward" } else { "microsoft.graph" };
        format!("#{namespace}.{}", self.type_name())
    }

    /// The kind of an `@odata.type`, with or without `#`, in any case.
    #[must_use]
    pub fn from_odata_type(text: &str) -> Option<Self> {
        let bare = |text: &str| text.trim_start_matches('#').to_ascii_lowercase();
        Self::ALL.into_iter().find(|kind| bare(&kind.odata_type()) == bare(text))
    }

    /// Name for people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Ios => "iOS and iPadOS",
            Self::AndroidWorkProfile => "Android, work profile",
            Self::AndroidDeviceOwner => "Android, fully managed",
            Self::Android => "Android, device administrator",
            Self::Windows10 => "Windows 10 and later",
            Self::MacOs => "macOS",
            Self::Linux => "Linux",
            Self::Windows81 => "Windows 8.1",
            Self::WindowsPhone81 => "Windows Phone 8.1",
        }
    }

    /// Whether its policies are for a device.
    #[must_use]
    pub fn is_for(self, device: &Platform) -> bool {
        let android = |management| {
            device.system == Some(DevicePlatform::Android) && device.android.is_none_or(|how: AndroidManagement| how == management)
        };
        match self {
            Self::Ios => device.system == Some(DevicePlatform::Ios),
            Self::AndroidWorkProfile => android(AndroidManagement::WorkProfile),
            Self::AndroidDeviceOwner => android(AndroidManagement::DeviceOwner),
            Self::Android => android(AndroidManagement::DeviceAdministrator),
            // A system that reports 6.3 has both; what it cannot have does not apply to it.
            Self::Windows10 | Self::Windows81 => device.system == Some(DevicePlatform::Windows),
            Self::MacOs => device.system == Some(DevicePlatform::MacOs),
            Self::Linux => device.system == Some(DevicePlatform::Linux),
            Self::WindowsPhone81 => device.system == Some(DevicePlatform::WindowsPhone),
        }
    }

    /// The operating system makes the person keep password rules, rather than only reporting that they do not.
    #[must_use]
    pub fn enforces_passwords(self) -> bool {
        matches!(self, Self::Ios | Self::Windows10 | Self::Windows81 | Self::WindowsPhone81 | Self::MacOs)
    }
}
