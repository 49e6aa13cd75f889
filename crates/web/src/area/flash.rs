//! A word about what was just done, shown once on the page after.

use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};

use crate::authority::cookies;

const COOKIE: &str = "__Host-doorward-done";

macro_rules! flashes {
    ($($(#[$doc:meta])* $flash:ident: $word:literal, $text:literal;)+) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Flash { $($(#[$doc])* $flash,)+ }

        impl Flash {
            const ALL: &'static [Self] = &[$(Self::$flash),+];

            fn word(self) -> &'static str {
                match self { $(Self::$flash => $word,)+ }
            }

            /// What the page says.
            pub(crate) fn text(self) -> &'static str {
                match self { $(Self::$flash => $text,)+ }
            }
        }
    };
}

// Each on its own lines: its word in the cookie, and what the page says.
flashes! {
    /// A service's policy was saved.
    ServiceSaved: "service-saved", "Saved. The policy counts from the next sign-in and the next renewal of a token on.";
    /// A conditional access policy was saved.
    PolicySaved: "policy-saved", "Saved. The policy counts from the next sign-in and the next renewal of a token on.";
    /// One was deleted.
    PolicyDeleted: "policy-deleted", "Deleted. The audit log keeps what it was.";
    /// Some were imported.
    PoliciesImported: "policies-imported", "Imported. None of the policies acts yet: look at each, then switch it on.";
    /// A named location or an authentication strength was saved.
    ReferenceSaved: "reference-saved", "Saved. Policies that refer to it count it from the next sign-in on.";
    /// One was deleted.
    ReferenceDeleted: "reference-deleted", "Deleted. The audit log keeps what it was.";
    /// An app protection policy was saved.
    ProtectionSaved: "protection-saved", "Saved. Apps in use enforce the policy within half an hour, others when they are next opened.";
    /// An app protection policy was deleted.
    ProtectionDeleted: "protection-deleted", "Deleted. Apps drop the policy at their next check-in; data stays where it is.";
    /// A compliance policy was saved.
    ComplianceSaved: "compliance-saved", "Saved. Whom it is for counts at once; devices are judged by new settings with their next report.";
    /// The compliance settings were saved.
    ComplianceSettingsSaved: "compliance-settings-saved", "Saved. Devices are judged by these settings from now on.";
    /// A compliance policy was deleted.
    ComplianceDeleted: "compliance-deleted", "Deleted. Devices are judged without it from now on.";
    /// A device was retired.
    DeviceRetired: "device-retired", "The device is no longer managed. It does not count as compliant until it is enrolled again and reports.";
    /// Apps were asked to remove the organisation's data.
    WipeAsked: "wipe-asked", "Asked for. Each app removes the organisation’s data at its next check-in, and says so here.";
    /// No app was left to ask.
    NothingToWipe: "nothing-to-wipe", "No app on this device is left to ask.";
    /// A wipe was taken back.
    WipeTakenBack: "wipe-taken-back", "Taken back. The app keeps the data.";
    /// The app had heard of a wipe already.
    TooLate: "too-late", "Too late: the app has been told already.";
    /// Saving was asked for, and nothing was different.
    NothingChanged: "nothing-changed", "Nothing was different, so nothing was saved.";
    /// A second factor was registered.
    MethodAdded: "method-added", "Set up. You can use it from the next sign-in on.";
    /// A second factor was taken away.
    MethodRemoved: "method-removed", "Removed. It does not open your account any more.";
    /// A device was unregistered by its owner.
    DeviceUnregistered: "device-unregistered", "Unregistered. Its apps lose access to work at their next use.";
    /// An object of the directory was made.
    Created: "created", "Made.";
    /// An object was changed.
    Saved: "saved", "Saved.";
    /// An object was deleted.
    Deleted: "deleted", "Deleted.";
    /// A user or device was switched off.
    Disabled: "disabled", "Disabled. It opens nothing any more.";
    /// A user or device was switched on.
    Enabled: "enabled", "Enabled.";
    /// Every session of a user was ended.
    SignedOutEverywhere: "signed-out-everywhere", "Signed out everywhere. Apps notice at their next use.";
    /// Every second factor of a user was taken away.
    MethodsReset: "methods-reset", "Every second factor is gone, and every session has ended.";
    /// One second factor of a user was taken away.
    MethodTaken: "method-taken", "The second factor is gone.";
    /// A member was added to a group.
    MemberAdded: "member-added", "Added to the group.";
    /// A member was removed from a group.
    MemberRemoved: "member-removed", "Removed from the group.";
    /// No client secret was added, as the app is not the one that was looked at.
    SecretNotAdded: "secret-not-added", "Nothing was added: the app has changed since you opened the page. A secret below whose value you were not shown is of no use: remove it, and add another.";
    /// A client secret was removed.
    SecretRemoved: "secret-removed", "The secret is gone. Whoever used it is refused from now on.";
    /// Signing keys were rotated.
    KeysRotated: "keys-rotated", "Rotated. The new keys sign from now on, on every server within a minute.";
    /// A role was given.
    RoleGiven: "role-given", "Given. It counts from the next click of that person on.";
    /// A role was taken.
    RoleTaken: "role-taken", "Taken away. It is gone with the next click of that person.";
    /// A session was ended by its owner.
    SessionEnded: "session-ended", "Signed out there.";
}

impl Flash {
    /// The word that the browser brings. Only known ones count, so that nobody can put words on our pages.
    pub(crate) fn read(headers: &HeaderMap) -> Option<Self> {
        let word = cookies::read(headers, COOKIE)?;
        Self::ALL.iter().copied().find(|flash| flash.word() == word)
    }

    /// Leaves the word for the next page.
    pub(crate) fn leave(self, response: &mut Response) {
        cookies::set(response, COOKIE, self.word());
    }
}

/// On to another page, with a word about what was done.
pub(crate) fn done(path: &str, flash: Flash) -> Response {
    let mut response = Redirect::to(path).into_response();
    flash.leave(&mut response);
    response
}

/// Takes the word away.
pub(crate) fn clear(response: &mut Response) {
    cookies::clear(response, COOKIE);
}
