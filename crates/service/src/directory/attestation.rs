//! What an application's registration may say of attestations. One that could never be met is refused: it would lock everybody out.

use doorward_model::TenantId;
use doorward_model::application::{Application, MobilePlatform};
use doorward_policy::protection::{is_described, requires_attestation};

use super::error::{DirectoryError, Result};
use crate::context::Context;

/// Most certificates of one app: keys change seldom.
const CERTIFICATES: usize = 8;

pub(super) fn check(ctx: &Context, tenant: TenantId, application: &Application) -> Result<()> {
    let attestation = &application.attestation;
    let is_team = |team: &String| team.len() == 10 && team.bytes().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit());
    if attestation.apple_team_id.as_ref().is_some_and(|team| !is_team(team)) {
        return Err(DirectoryError::invalid(
            "doorward.attestation.appleTeamId",
            "must be ten capital letters and digits, such as AB12CD34EF",
        ));
    }
    let certificates = &attestation.android_signing_certificates;
    if certificates.len() > CERTIFICATES {
        return Err(DirectoryError::invalid("doorward.attestation.androidSigningCertificates", format!("must be at most {CERTIFICATES}")));
    }
    let is_sha256 = |text: &String| text.len() == 64 && text.bytes().all(|digit| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit));
    if let Some(index) = certificates.iter().position(|certificate| !is_sha256(certificate)) {
        let member = format!("doorward.attestation.androidSigningCertificates[{index}]");
        return Err(DirectoryError::invalid(
            member,
            "must be a SHA-256 of 64 hexadecimal digits; over the API in lower case and without colons",
        ));
    }
    if requires_attestation(attestation) { can_be_met(ctx, tenant, application) } else { Ok(()) }
}

fn can_be_met(ctx: &Context, tenant: TenantId, application: &Application) -> Result<()> {
    let refuse = |problem: &str| Err(DirectoryError::invalid("doorward.attestation.requiredAssurance", problem));
    if !application.protectable {
        return refuse("cannot be attested: an app attests who it is when it enrols for app protection, so it must be protectable");
    }
    if application.platform_identities.is_empty() {
        return refuse("cannot be attested: the app has no identity on a phone");
    }
    for platform in [MobilePlatform::Ios, MobilePlatform::Android] {
        if !application.platform_identities.iter().any(|identity| identity.platform() == platform) {
            continue;
        }
        if !is_described(&application.attestation, platform) {
            return match platform {
                MobilePlatform::Ios => refuse("cannot be attested on iOS: give the Apple team id of the app"),
                MobilePlatform::Android => refuse("cannot be attested on Android: give the SHA-256 of the app's signing certificate"),
            };
        }
        if !ctx.attestation.has_roots(tenant, platform) {
            return match platform {
                MobilePlatform::Ios => refuse("cannot be attested on iOS: this server has no apple_roots in [attestation]"),
                MobilePlatform::Android => refuse("cannot be attested on Android: this server has no android_roots in [attestation]"),
            };
        }
    }
    Ok(())
}
