//! A word about what was just done, shown once on the page after.

use axum::http::HeaderMap;
use axum::response::Response;

use crate::authority::cookies;

const COOKIE: &str = "__Host-doorward-console-done";

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flash {
    /// A service's policy was saved.
    ServiceSaved,
    /// A compliance policy was saved.
    ComplianceSaved,
    /// The compliance settings were saved.
    ComplianceSettingsSaved,
    /// A compliance policy was deleted.
    ComplianceDeleted,
    /// A device was retired.
    DeviceRetired,
    /// Saving was asked for, and nothing was different.
    NothingChanged,
}

impl Flash {
    const ALL: [Self; 6] = [
        Self::ServiceSaved,
        Self::ComplianceSaved,
        Self::ComplianceSettingsSaved,
        Self::ComplianceDeleted,
        Self::DeviceRetired,
        Self::NothingChanged,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::ServiceSaved => "service-saved",
            Self::ComplianceSaved => "compliance-saved",
            Self::ComplianceSettingsSaved => "compliance-settings-saved",
            Self::ComplianceDeleted => "compliance-deleted",
            Self::DeviceRetired => "device-retired",
            Self::NothingChanged => "nothing-changed",
        }
    }

    /// What the page says.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::ServiceSaved => "Saved. The policy counts from the next sign-in and the next renewal of a token on.",
            Self::ComplianceSaved => "Saved. Whom it is for counts at once; devices are judged by new settings with their next report.",
            Self::ComplianceSettingsSaved => "Saved. Devices are judged by these settings from now on.",
            Self::ComplianceDeleted => "Deleted. Devices are judged without it from now on.",
            Self::DeviceRetired => {
                "The device is no longer managed. It does not count as compliant until it is enrolled again and reports."
            }
            Self::NothingChanged => "Nothing was different, so nothing was saved.",
        }
    }

    /// The word that the browser brings. Only known ones count, so that nobody can put words on our pages.
    pub(super) fn read(headers: &HeaderMap) -> Option<Self> {
        let word = cookies::read(headers, COOKIE)?;
        Self::ALL.into_iter().find(|flash| flash.word() == word)
    }

    /// Leaves the word for the next page.
    pub(super) fn leave(self, response: &mut Response) {
        cookies::set(response, COOKIE, self.word());
    }
}

/// Takes the word away.
pub(super) fn clear(response: &mut Response) {
    cookies::clear(response, COOKIE);
}
