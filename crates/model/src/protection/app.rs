//! How policies and registrations name apps.

use serde::{Deserialize, Serialize};

use crate::application::{MobilePlatform, PlatformIdentity};

/// An app as the operating system names it: Graph `mobileAppIdentifier`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "@odata.type")]
pub enum MobileAppIdentifier {
    /// An iOS app. Bundle ids compare without regard to case.
    #[serde(rename = "#microsoft.graph.iosMobileAppIdentifier")]
    Ios {
        /// Bundle id.
        #[serde(rename = "bundleId")]
        bundle_id: String,
    },
    /// An Android app. Package names compare exactly.
    #[serde(rename = "#microsoft.graph.androidMobileAppIdentifier")]
    Android {
        /// Package name.
        #[serde(rename = "packageId")]
        package_id: String,
    },
}

impl MobileAppIdentifier {
    /// The app with that identifier on that platform.
    pub fn new(platform: MobilePlatform, identifier: impl Into<String>) -> Self {
        match platform {
            MobilePlatform::Ios => Self::Ios { bundle_id: identifier.into() },
            MobilePlatform::Android => Self::Android { package_id: identifier.into() },
        }
    }

    /// The platform.
    #[must_use]
    pub fn platform(&self) -> MobilePlatform {
        match self {
            Self::Ios { .. } => MobilePlatform::Ios,
            Self::Android { .. } => MobilePlatform::Android,
        }
    }

    /// Bundle id or package name.
    #[must_use]
    pub fn identifier(&self) -> &str {
        match self {
            Self::Ios { bundle_id } => bundle_id,
            Self::Android { package_id } => package_id,
        }
    }
}

impl PartialEq for MobileAppIdentifier {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Ios { bundle_id: a }, Self::Ios { bundle_id: b }) => a.eq_ignore_ascii_case(b),
            (Self::Android { package_id: a }, Self::Android { package_id: b }) => a == b,
            _ => false,
        }
    }
}

impl Eq for MobileAppIdentifier {}

impl From<&PlatformIdentity> for MobileAppIdentifier {
    fn from(identity: &PlatformIdentity) -> Self {
        Self::new(identity.platform(), identity.identifier())
    }
}
