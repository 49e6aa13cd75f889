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
    /// An app protection policy was saved.
    ProtectionSaved,
    /// An app protection policy was deleted.
    ProtectionDeleted,
    /// Apps were asked to remove the organisation's data.
    WipeAsked,
    /// No app was left to ask.
    NothingToWipe,
    /// A wipe was taken back.
    WipeTakenBack,
    /// The app had heard of a wipe already.
    TooLate,
    /// Saving was asked for, and nothing was different.
    NothingChanged,
}

impl Flash {
    const ALL: [Self; 8] = [
        Self::ServiceSaved,
        Self::ProtectionSaved,
        Self::ProtectionDeleted,
        Self::WipeAsked,
        Self::NothingToWipe,
        Self::WipeTakenBack,
        Self::TooLate,
        Self::NothingChanged,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::ServiceSaved => "service-saved",
            Self::ProtectionSaved => "protection-saved",
            Self::ProtectionDeleted => "protection-deleted",
            Self::WipeAsked => "wipe-asked",
            Self::NothingToWipe => "nothing-to-wipe",
            Self::WipeTakenBack => "wipe-taken-back",
            Self::TooLate => "too-late",
            Self::NothingChanged => "nothing-changed",
        }
    }

    /// What the page says.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::ServiceSaved => "Saved. The policy counts from the next sign-in and the next renewal of a token on.",
            Self::ProtectionSaved => "Saved. Apps in use enforce the policy within half an hour, others when they are next opened.",
            Self::ProtectionDeleted => "Deleted. Apps drop the policy at their next check-in; data stays where it is.",
            Self::WipeAsked => "Asked for. Each app removes the organisation’s data at its next check-in, and says so here.",
            Self::NothingToWipe => "No app on this device is left to ask.",
            Self::WipeTakenBack => "Taken back. The app keeps the data.",
            Self::TooLate => "Too late: the app has been told already.",
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
