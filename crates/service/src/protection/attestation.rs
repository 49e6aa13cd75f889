//! Attestations of app instances: whom they are believed from, what is taken at enrolment and check-in, and who counts as attested.
//!
//! On Android the attested key is the proof key itself, so every check-in shows it again. On iOS a key of the Secure Enclave vouches for
//! the proof key, and shows itself again by an assertion beside a check-in.

use arc_swap::ArcSwap;
use doorward_model::application::{Application, MobilePlatform};
use doorward_model::protection::{
    AppAttestationRequirement, Assurance, Attestation, AttestedFacts, Evidence, EvidenceProblem, ManagedAppRegistration,
    MobileAppIdentifier, ProofKey,
};
use doorward_model::tenant::Tenant;
use doorward_model::{DeviceId, ErrorCode, TenantId, UserId};
use doorward_policy::protection::{Enrolling, app_id, attested, is_described, judge_app, judge_key, requires_attestation};
use doorward_store::Unit;
use doorward_wire::attestation::{Assertion, Revocations, Roots, app_id_hash, client_data, verify_app_attestation, verify_key_attestation};

use super::error::{ProtectionError, Result};
use super::registration;
use crate::context::Context;
use crate::error::Error;
use crate::one_time;

/// A tenant for tests, which alone believes roots of its own and copies that developers installed.
#[derive(Debug, Clone)]
pub struct TestTenant {
    /// The tenant.
    pub tenant: TenantId,
    /// Its roots, for both platforms.
    pub roots: Roots,
}

/// Whom attestations are believed from.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// Roots of Android key attestation.
    pub android: Roots,
    /// Roots of App Attest.
    pub apple: Roots,
    /// Certificates of Android that are believed no more.
    pub revoked: Revocations,
    /// The tenant for tests.
    pub test: Option<TestTenant>,
}

impl Trust {
    /// The roots that a tenant believes on a platform.
    fn roots(&self, tenant: TenantId, platform: MobilePlatform) -> Roots {
        let mut roots = match platform {
            MobilePlatform::Android => self.android.clone(),
            MobilePlatform::Ios => self.apple.clone(),
        };
        if let Some(test) = self.test_of(tenant) {
            roots.extend(&test.roots);
        }
        roots
    }

    fn test_of(&self, tenant: TenantId) -> Option<&TestTenant> {
        self.test.as_ref().filter(|test| test.tenant == tenant)
    }
}

/// The [`Trust`] of a node. It is exchanged as a whole when the revocation list has a new edition.
#[derive(Debug, Default)]
pub struct AttestationTrust(ArcSwap<Trust>);

impl AttestationTrust {
    /// Believes these from now on.
    pub fn set(&self, trust: Trust) {
        self.0.store(trust.into());
    }

    /// Whether anybody's word counts on a platform.
    #[must_use]
    pub fn has_roots(&self, tenant: TenantId, platform: MobilePlatform) -> bool {
        !self.0.load().roots(tenant, platform).is_empty()
    }
}

/// Evidence as an app sends it.
#[derive(Debug, Clone)]
pub struct SentEvidence {
    /// Of which platform.
    pub platform: MobilePlatform,
    /// The nonce that it is for.
    pub nonce: String,
    /// What the phone made.
    pub data: Vec<u8>,
}

/// Judges what came with an enrolment. Evidence that is not accepted does not end the enrolment: it is noted, and whoever asks for an
/// attestation is told why there is none.
///
/// # Errors
/// [`ProtectionError::StaleNonce`], or storage failure.
pub(super) async fn at_enrolment(
    ctx: &Context,
    unit: &mut dyn Unit,
    tenant: &Tenant,
    application: &Application,
    app: &MobileAppIdentifier,
    key: &ProofKey,
    sent: &SentEvidence,
) -> Result<Evidence> {
    match one_time::redeem_nonce(ctx, unit, tenant.id, &sent.nonce).await {
        Err(Error::Refused(refusal)) if refusal.code == ErrorCode::INVALID_NONCE => {
            return Err(ProtectionError::StaleNonce { nonce: one_time::nonce(ctx, tenant.id)? });
        }
        outcome => outcome?,
    }
    Ok(noted(ctx, judge(ctx, tenant.id, &application.attestation, app, key, sent)))
}

/// Judges what came with a check-in, which was made for `nonce` and signed by the proof key.
pub(super) fn at_check_in(
    ctx: &Context,
    tenant: TenantId,
    requirement: &AppAttestationRequirement,
    registration: &mut ManagedAppRegistration,
    nonce: &str,
    sent: Option<&SentEvidence>,
) {
    let now = ctx.now();
    let Some(key) = registration.proof_key.clone() else { return };
    let renewed = match (&mut registration.evidence, sent) {
        // Whoever signs the proof has the attested key: it is the same.
        (Some(Evidence::Accepted(attestation)), _) if matches!(attestation.facts, AttestedFacts::AndroidKey { .. }) => {
            attestation.renewed = now;
            return;
        }
        (_, None) => return,
        (_, Some(sent)) if sent.nonce != nonce => Err(EvidenceProblem::Challenge),
        (Some(Evidence::Accepted(attestation)), Some(sent)) if let Some(assertion) = Assertion::parse(&sent.data) => {
            assert(&attestation.facts, &assertion, &client_data(nonce, &key)).map(|facts| Attestation {
                facts,
                attested: attestation.attested,
                renewed: now,
            })
        }
        (_, Some(sent)) => judge(ctx, tenant, requirement, &registration.app_identifier, &key, sent),
    };
    registration.evidence = Some(noted(ctx, renewed));
}

fn noted(ctx: &Context, judged: std::result::Result<Attestation, EvidenceProblem>) -> Evidence {
    match judged {
        Ok(attestation) => Evidence::Accepted(attestation),
        Err(problem) => Evidence::Rejected { problem, at: ctx.now() },
    }
}

/// Verifies an attestation for the proof key and judges what it says.
fn judge(
    ctx: &Context,
    tenant: TenantId,
    requirement: &AppAttestationRequirement,
    app: &MobileAppIdentifier,
    key: &ProofKey,
    sent: &SentEvidence,
) -> std::result::Result<Attestation, EvidenceProblem> {
    let (now, trust) = (ctx.now(), ctx.attestation.0.load());
    if sent.platform != app.platform() {
        return Err(EvidenceProblem::OtherKind);
    }
    if !is_described(requirement, app.platform()) {
        return Err(EvidenceProblem::NotDescribed);
    }
    let roots = trust.roots(tenant, app.platform());
    if roots.is_empty() {
        return Err(EvidenceProblem::NoRoots);
    }
    let facts = match app {
        MobileAppIdentifier::Android { package_id } => {
            let said = verify_key_attestation(&sent.data, &roots, &trust.revoked, now)?;
            let certificates = &requirement.android_signing_certificates;
            judge_key(&said, &Enrolling { package: package_id, signing_certificates: certificates, key, challenge: sent.nonce.as_bytes() })?
        }
        MobileAppIdentifier::Ios { bundle_id } => {
            let app_id = app_id(requirement, bundle_id).ok_or(EvidenceProblem::NotDescribed)?;
            let said = verify_app_attestation(&sent.data, &client_data(&sent.nonce, key), &roots, now)?;
            judge_app(&said, &app_id, &app_id_hash(&app_id), trust.test_of(tenant).is_some())?
        }
    };
    Ok(Attestation { facts, attested: now, renewed: now })
}

/// The facts with the counter of an assertion, which must be by the attested key and newer than every other.
fn assert(facts: &AttestedFacts, assertion: &Assertion, client_data: &str) -> std::result::Result<AttestedFacts, EvidenceProblem> {
    let AttestedFacts::AppAttest { environment, app_id, key, counter } = facts else { return Err(EvidenceProblem::OtherKind) };
    if assertion.app_id_hash != app_id_hash(app_id) {
        return Err(EvidenceProblem::OtherApp);
    }
    if !assertion.is_signed(key, client_data) {
        return Err(EvidenceProblem::Assertion);
    }
    if assertion.counter <= *counter {
        return Err(EvidenceProblem::Counter);
    }
    let (environment, app_id, key) = (*environment, app_id.clone(), key.clone());
    Ok(AttestedFacts::AppAttest { environment, app_id, key, counter: assertion.counter })
}

/// What stands for the identity of an instance now, with what keeps it from being attested; none: not even a broker's word, for it is on
/// no registered device.
#[must_use]
pub fn assurance(
    ctx: &Context,
    application: &Application,
    registration: &ManagedAppRegistration,
) -> (Option<Assurance>, Option<EvidenceProblem>) {
    match standing(ctx, application, registration) {
        Ok(()) => (Some(Assurance::Attested), None),
        Err(problem) => (registration.device_id.map(|_| Assurance::Brokered), Some(problem)),
    }
}

fn standing(ctx: &Context, application: &Application, registration: &ManagedAppRegistration) -> std::result::Result<(), EvidenceProblem> {
    let trust = ctx.attestation.0.load();
    let is_revoked = |serials: &[String]| trust.revoked.name_any(serials);
    let (evidence, app) = (registration.evidence.as_ref(), &registration.app_identifier);
    attested(evidence, app, &application.attestation, is_revoked, ctx.now())
}

/// Why the user's instance of an application on that device does not have the identity that the application must have; none: it has, or
/// nothing is asked for. Of several instances one that is attested is enough.
///
/// # Errors
/// Storage failure.
pub async fn missing_attestation(
    ctx: &Context,
    unit: &mut dyn Unit,
    user: UserId,
    application: &Application,
    device: Option<DeviceId>,
) -> crate::Result<Option<EvidenceProblem>> {
    if !requires_attestation(&application.attestation) {
        return Ok(None);
    }
    let Some(device) = device else { return Ok(Some(EvidenceProblem::Missing)) };
    let mut missing = EvidenceProblem::Missing;
    for registration in registration::of_user(unit, user).await? {
        if registration.app_id != application.app_id || registration.device_id != Some(device) || registration.ended.is_some() {
            continue;
        }
        match standing(ctx, application, &registration) {
            Ok(()) => return Ok(None),
            Err(problem) => missing = problem,
        }
    }
    Ok(Some(missing))
}

#[cfg(test)]
mod tests {
    use doorward_model::protection::AppAttestEnvironment;
    use doorward_wire::attestation::SoftwareEnclave;

    use super::*;

    #[test]
    fn the_counter_of_an_attested_key_must_grow() {
        let mut enclave = SoftwareEnclave::generate("TEAM.com.contoso.mail").unwrap();
        let (key, environment) = (enclave.key().unwrap(), AppAttestEnvironment::Production);
        let known = |counter| AttestedFacts::AppAttest { environment, app_id: "TEAM.com.contoso.mail".into(), key: key.clone(), counter };
        enclave.assert("before").unwrap();
        let second = Assertion::parse(&enclave.assert("now").unwrap()).unwrap();
        for (counter, expected) in
            [(0, Ok(known(2))), (1, Ok(known(2))), (2, Err(EvidenceProblem::Counter)), (3, Err(EvidenceProblem::Counter))]
        {
            assert_eq!(assert(&known(counter), &second, "now"), expected, "after {counter}");
        }
        assert_eq!(assert(&known(0), &second, "later"), Err(EvidenceProblem::Assertion));
    }
}
