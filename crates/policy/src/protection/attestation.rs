//! Whether an attestation is good enough, and whether an app instance counts as attested.
//!
//! Certificates, signatures and formats have been verified before; here is what they must say.

use doorward_model::application::MobilePlatform;
use doorward_model::protection::{
    AppAttestEnvironment, AppAttestation, AppAttestationRequirement, Assurance, Attestation, AttestedFacts, Evidence, EvidenceProblem,
    KeyAttestation, MobileAppIdentifier, ORIGIN_GENERATED, PURPOSE_SIGN, PURPOSE_VERIFY, ProofKey, SecurityLevel, VerifiedBootState,
};
use jiff::{SignedDuration, Timestamp};

/// How long it counts that an app has shown its attested key.
const FRESHNESS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The instance of which a key attestation is to be.
#[derive(Debug, Clone, Copy)]
pub struct Enrolling<'a> {
    /// Package name.
    pub package: &'a str,
    /// SHA-256 of certificates that may have signed it, lower-case hexadecimal.
    pub signing_certificates: &'a [String],
    /// The key that it enrols with.
    pub key: &'a ProofKey,
    /// The challenge that it was given.
    pub challenge: &'a [u8],
}

/// Accepts a key attestation of Android.
///
/// # Errors
/// The first fact that is not as it must be.
pub fn judge_key(said: &KeyAttestation, expected: &Enrolling<'_>) -> Result<AttestedFacts, EvidenceProblem> {
    use EvidenceProblem as Problem;
    let require = |met: bool, problem: Problem| if met { Ok(()) } else { Err(problem) };
    let KeyAttestation { key, description: said, serials } = said;
    require(said.challenge == expected.challenge, Problem::Challenge)?;
    require(key == expected.key, Problem::OtherKey)?;
    let weakest = said.security_level.min(said.key_store_security_level);
    require(weakest > SecurityLevel::Software, Problem::SoftwareKey)?;
    require(said.origin == Some(ORIGIN_GENERATED), Problem::Origin)?;
    // To verify needs the public key only, and many apps ask for both.
    let only_signs =
        said.purposes.contains(&PURPOSE_SIGN) && said.purposes.iter().all(|purpose| [PURPOSE_SIGN, PURPOSE_VERIFY].contains(purpose));
    require(only_signs, Problem::Purpose)?;
    let root = said.root_of_trust.ok_or(Problem::Boot)?;
    require(root.device_locked, Problem::Bootloader)?;
    require(root.verified_boot_state == VerifiedBootState::Verified, Problem::Boot)?;
    let application = said.application.as_ref().ok_or(Problem::OtherApp)?;
    let package = application.packages.iter().find(|package| package.name == expected.package).ok_or(Problem::OtherApp)?;
    require(is_signed_by(&application.signing_certificates, expected.signing_certificates), Problem::OtherSigner)?;
    Ok(AttestedFacts::AndroidKey {
        security_level: weakest,
        verified_boot_state: root.verified_boot_state,
        device_locked: root.device_locked,
        application_version: package.version,
        signing_certificates: application.signing_certificates.clone(),
        patch_level: said.patch_level,
        serials: serials.clone(),
    })
}

/// Every certificate of the app must be known: one that is not may belong to somebody else.
fn is_signed_by(signers: &[String], known: &[String]) -> bool {
    !signers.is_empty() && signers.iter().all(|signer| known.contains(signer))
}

/// Accepts an attestation of App Attest. `app_id_hash` is the SHA-256 of `app_id`.
///
/// # Errors
/// [`EvidenceProblem::OtherApp`] or [`EvidenceProblem::Development`].
pub fn judge_app(
    said: &AppAttestation,
    app_id: &str,
    app_id_hash: &[u8; 32],
    allows_development: bool,
) -> Result<AttestedFacts, EvidenceProblem> {
    if said.app_id_hash != *app_id_hash {
        return Err(EvidenceProblem::OtherApp);
    }
    if said.environment == AppAttestEnvironment::Development && !allows_development {
        return Err(EvidenceProblem::Development);
    }
    Ok(AttestedFacts::AppAttest { environment: said.environment, app_id: app_id.to_owned(), key: said.key.clone(), counter: 0 })
}

/// The App ID of an iOS app: team id, full stop, bundle id; none when the registration does not know the team.
#[must_use]
pub fn app_id(requirement: &AppAttestationRequirement, bundle_id: &str) -> Option<String> {
    requirement.apple_team_id.as_ref().map(|team| format!("{team}.{bundle_id}"))
}

/// Whether an instance counts as attested now, by what its application's registration says now. `is_revoked` looks serial numbers up.
///
/// # Errors
/// Why not.
pub fn attested(
    evidence: Option<&Evidence>,
    app: &MobileAppIdentifier,
    requirement: &AppAttestationRequirement,
    is_revoked: impl FnOnce(&[String]) -> bool,
    now: Timestamp,
) -> Result<(), EvidenceProblem> {
    let Attestation { facts, renewed, .. } = match evidence {
        None => return Err(EvidenceProblem::Missing),
        Some(Evidence::Rejected { problem, .. }) => return Err(*problem),
        Some(Evidence::Accepted(attestation)) => attestation,
    };
    match facts {
        AttestedFacts::AndroidKey { signing_certificates, serials, .. } => {
            if is_revoked(serials) {
                return Err(EvidenceProblem::Revoked);
            }
            if !is_signed_by(signing_certificates, &requirement.android_signing_certificates) {
                return Err(EvidenceProblem::OtherSigner);
            }
        }
        AttestedFacts::AppAttest { app_id: attested, .. } => {
            if app_id(requirement, app.identifier()).as_ref() != Some(attested) {
                return Err(EvidenceProblem::OtherApp);
            }
        }
    }
    if now.duration_since(*renewed) > FRESHNESS { Err(EvidenceProblem::Stale) } else { Ok(()) }
}

/// Whether the registration says by what an app of that platform is known.
#[must_use]
pub fn is_described(requirement: &AppAttestationRequirement, platform: MobilePlatform) -> bool {
    match platform {
        MobilePlatform::Ios => requirement.apple_team_id.is_some(),
        MobilePlatform::Android => !requirement.android_signing_certificates.is_empty(),
    }
}

/// Whether an application asks for more than the broker's word.
#[must_use]
pub fn requires_attestation(requirement: &AppAttestationRequirement) -> bool {
    requirement.required_assurance == Assurance::Attested
}
