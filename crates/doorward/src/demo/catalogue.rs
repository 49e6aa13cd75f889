//! The sample company in constants: names that the scenarios, the documentation and outside clients agree on.

use doorward_model::AppId;
use doorward_model::application::PlatformIdentity;
use uuid::uuid;

/// Domain of the company.
pub(super) const DOMAIN: &str = "contoso.example";
/// Number of scenarios.
pub(super) const SCENARIOS: u64 = 17;

/// The mail service.
pub(super) const MAIL: AppId = AppId(uuid!("c0a50000-0000-4000-8000-000000000001"));
/// The approved mail app.
pub(super) const MAIL_APP: AppId = AppId(uuid!("c0a50000-0000-4000-8000-000000000002"));
/// Another managed app.
pub(super) const FILES_APP: AppId = AppId(uuid!("c0a50000-0000-4000-8000-000000000003"));
/// A mail app that is on no list.
pub(super) const OTHER_MAIL_APP: AppId = AppId(uuid!("c0a50000-0000-4000-8000-000000000004"));
/// A desktop client, and whatever outside client wants to try the demo.
pub(super) const DESKTOP: AppId = AppId(uuid!("c0a50000-0000-4000-8000-000000000005"));
/// A confidential web application.
pub(super) const WEB_APP: AppId = AppId(uuid!("c0a50000-0000-4000-8000-000000000006"));

/// Scope of the mail service that the apps ask for.
pub(super) const MAIL_SCOPE: &str = "openid profile offline_access api://contoso-mail/Mail.Read";
/// Scope of the app protection service.
pub(super) const PROTECTION_SCOPE: &str = "api://doorward-protection/Protection.CheckIn";

/// Signing certificate hash of the company's Android apps.
pub(super) const SIGNATURE: &str = "2jmj7l5rSw0yVb/vlWAYkK/YBwk=";
/// What stands for the SHA-256 of the same certificate: there is no such certificate, as the phones are software.
pub(super) const SIGNATURE_SHA256: &str = "5f0c1d5e3a8b4c7f9e2d6a1b0c4e8f7a3d9b5c2e1f6a8d0b7c4e9f3a5d1b8c60";
/// Team of the company at Apple.
pub(super) const APPLE_TEAM: &str = "C0NT050123";
/// The hash of somebody else's.
pub(super) const OTHER_SIGNATURE: &str = "C+LoxSaXJR6/Kx1LpmVl0+hA7k4=";

/// An app on an iPhone.
pub(super) fn ios(bundle_id: &str) -> PlatformIdentity {
    PlatformIdentity::Ios { bundle_id: bundle_id.into() }
}

/// An app on an Android phone.
pub(super) fn android(package_name: &str, signature_hash: &str) -> PlatformIdentity {
    PlatformIdentity::Android { package_name: package_name.into(), signature_hash: signature_hash.into() }
}
