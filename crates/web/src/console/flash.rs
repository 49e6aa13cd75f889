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
    /// Saving was asked for, and nothing was different.
    NothingChanged,
    /// A conditional access policy was saved.
    PolicySaved,
    /// One was deleted.
    PolicyDeleted,
    /// Some were imported.
    PoliciesImported,
}

impl Flash {
    const ALL: [Self; 5] = [Self::ServiceSaved, Self::NothingChanged, Self::PolicySaved, Self::PolicyDeleted, Self::PoliciesImported];

    fn word(self) -> &'static str {
        match self {
            Self::ServiceSaved => "service-saved",
            Self::NothingChanged => "nothing-changed",
            Self::PolicySaved => "policy-saved",
            Self::PolicyDeleted => "policy-deleted",
            Self::PoliciesImported => "policies-imported",
        }
    }

    /// What the page says.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::ServiceSaved => "Saved. The policy counts from the next sign-in and the next renewal of a token on.",
            Self::NothingChanged => "Nothing was different, so nothing was saved.",
            Self::PolicySaved => "Saved. The policy counts from the next sign-in and the next renewal of a token on.",
            Self::PolicyDeleted => "Deleted. The audit log keeps what it was.",
            Self::PoliciesImported => "Imported. None of the policies acts yet: look at each, then switch it on.",
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
