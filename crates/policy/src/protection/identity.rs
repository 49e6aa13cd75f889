//! Who is at either end of an exchange of data.

use doorward_model::protection::MobileAppIdentifier;
use doorward_model::{TenantId, UserId};

use super::Settings;

/// A managed account: which identity the organisation's data belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Account {
    /// The tenant.
    pub tenant: TenantId,
    /// The user.
    pub user: UserId,
}

/// The managed account of an app and what governs it.
#[derive(Debug, Clone, Copy)]
pub struct Managed<'a> {
    /// The account. An app has at most one managed account.
    pub account: Account,
    /// Its effective policy.
    pub settings: &'a Settings,
}

/// One end: an app, and the identity that it acts or would act under.
///
/// `managed` is none for personal accounts, for the empty identity, for work accounts without a policy, and for unknown ones.
#[derive(Debug, Clone, Copy)]
pub struct Party<'a> {
    /// The app.
    pub app: &'a MobileAppIdentifier,
    /// The managed identity, if it is one.
    pub managed: Option<Managed<'a>>,
}

impl<'a> Party<'a> {
    /// The settings that govern the identity.
    #[must_use]
    pub fn settings(&self) -> Option<&'a Settings> {
        self.managed.map(|managed| managed.settings)
    }
}

/// What the other end is, seen from this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// The same app under the same identity (SS).
    SameApp,
    /// Another app that is managed for the same user (MM).
    ManagedApp,
    /// The same app under an identity that is not managed (SU).
    SameAppUnmanaged,
    /// An app that is not managed, or managed for somebody else (UA, MO).
    UnmanagedApp,
    /// An app that the policy exempts (EX).
    Exempt,
    /// A part of the operating system that must always be reachable (PL).
    Platform,
}

/// Android packages without which the system or the sign-in would not work; data passes in both directions.
const ANDROID_PLATFORM: &[&str] = &[
    "com.android.phone",
    "com.android.vending",
    "com.android.documentsui",
    "com.google.android.webview",
    "com.android.webview",
    "com.google.android.tts",
    "com.android.providers.settings",
    "com.android.settings",
    "com.azure.authenticator",
    "com.microsoft.windowsintune.companyportal",
];

/// What `other` is to `me`. Exemptions by package are found here; exemptions by URL scheme belong to the way data travels.
#[must_use]
pub fn class(me: &Party<'_>, other: &Party<'_>) -> Class {
    let account = |party: &Party<'_>| party.managed.map(|managed| managed.account);
    let same_identity = account(me) == account(other);
    if me.app == other.app {
        return if same_identity { Class::SameApp } else { Class::SameAppUnmanaged };
    }
    if other.managed.is_some() && same_identity {
        return Class::ManagedApp;
    }
    let MobileAppIdentifier::Android { package_id } = other.app else { return Class::UnmanagedApp };
    if ANDROID_PLATFORM.contains(&package_id.as_str()) {
        Class::Platform
    } else if me.settings().is_some_and(|settings| settings.exempted_app_packages.contains(package_id)) {
        Class::Exempt
    } else {
        Class::UnmanagedApp
    }
}
