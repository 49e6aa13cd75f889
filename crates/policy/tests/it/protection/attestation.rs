//! What an attestation must say, and when an instance counts as attested.

use doorward_model::application::MobilePlatform;
use doorward_model::protection::{
    AppAttestEnvironment, AppAttestation, AppAttestationRequirement, Assurance, Attestation, AttestedApplication, AttestedFacts,
    AttestedPackage, Evidence, EvidenceProblem as Problem, KeyAttestation, KeyDescription, MobileAppIdentifier, ProofKey, RootOfTrust,
    SecurityLevel, VerifiedBootState,
};
use doorward_policy::protection::{Enrolling, attested, is_described, judge_app, judge_key};
use jiff::{SignedDuration, Timestamp};
use rstest::rstest;

const PACKAGE: &str = "com.contoso.mail";

fn signer(letter: &str) -> String {
    letter.repeat(64)
}

fn key(x: &str) -> ProofKey {
    ProofKey { kty: "EC".into(), crv: "P-256".into(), x: x.into(), y: "y".into() }
}

fn sound() -> KeyAttestation {
    KeyAttestation {
        key: key("x"),
        description: KeyDescription {
            version: 300,
            security_level: SecurityLevel::StrongBox,
            key_store_version: 300,
            key_store_security_level: SecurityLevel::TrustedEnvironment,
            challenge: b"nonce".to_vec(),
            purposes: vec![2],
            origin: Some(0),
            root_of_trust: Some(RootOfTrust { device_locked: true, verified_boot_state: VerifiedBootState::Verified }),
            patch_level: Some(202_602),
            application: Some(AttestedApplication {
                packages: vec![
                    AttestedPackage { name: "com.contoso.files".into(), version: 7 },
                    AttestedPackage { name: PACKAGE.into(), version: 41 },
                ],
                signing_certificates: vec![signer("a")],
            }),
        },
        serials: vec!["1".into()],
    }
}

fn judged(change: impl FnOnce(&mut KeyDescription)) -> Result<AttestedFacts, Problem> {
    judged_for(&key("x"), change)
}

fn judged_for(enrolled: &ProofKey, change: impl FnOnce(&mut KeyDescription)) -> Result<AttestedFacts, Problem> {
    let mut said = sound();
    change(&mut said.description);
    let known = [signer("a"), signer("b")];
    judge_key(&said, &Enrolling { package: PACKAGE, signing_certificates: &known, key: enrolled, challenge: b"nonce" })
}

#[test]
fn the_attested_key_is_the_one_that_enrols() {
    assert_eq!(judged_for(&key("z"), |_| {}), Err(Problem::OtherKey));
}

#[test]
fn a_sound_attestation_is_kept_with_its_weakest_level_and_the_version_of_the_app() {
    let facts = AttestedFacts::AndroidKey {
        security_level: SecurityLevel::TrustedEnvironment,
        verified_boot_state: VerifiedBootState::Verified,
        device_locked: true,
        application_version: 41,
        signing_certificates: vec![signer("a")],
        patch_level: Some(202_602),
        serials: vec!["1".into()],
    };
    assert_eq!(judged(|_| {}), Ok(facts));
    assert!(judged(|said| said.purposes = vec![3, 2]).is_ok(), "to verify needs no secret");
}

#[rstest]
#[case::other_challenge(|said: &mut KeyDescription| said.challenge = b"other".to_vec(), Problem::Challenge)]
#[case::no_challenge(|said: &mut KeyDescription| said.challenge.clear(), Problem::Challenge)]
#[case::attested_by_software(|said: &mut KeyDescription| said.security_level = SecurityLevel::Software, Problem::SoftwareKey)]
#[case::kept_by_software(|said: &mut KeyDescription| said.key_store_security_level = SecurityLevel::Software, Problem::SoftwareKey)]
#[case::imported(|said: &mut KeyDescription| said.origin = Some(2), Problem::Origin)]
#[case::of_no_origin(|said: &mut KeyDescription| said.origin = None, Problem::Origin)]
#[case::decrypts(|said: &mut KeyDescription| said.purposes.push(1), Problem::Purpose)]
#[case::attests(|said: &mut KeyDescription| said.purposes.push(7), Problem::Purpose)]
#[case::only_verifies(|said: &mut KeyDescription| said.purposes = vec![3], Problem::Purpose)]
#[case::of_no_purpose(|said: &mut KeyDescription| said.purposes.clear(), Problem::Purpose)]
#[case::no_root_of_trust(|said: &mut KeyDescription| said.root_of_trust = None, Problem::Boot)]
#[case::unlocked(|said: &mut KeyDescription| said.root_of_trust.as_mut().unwrap().device_locked = false, Problem::Bootloader)]
#[case::self_signed(|said: &mut KeyDescription| said.root_of_trust.as_mut().unwrap().verified_boot_state = VerifiedBootState::SelfSigned, Problem::Boot)]
#[case::unverified(|said: &mut KeyDescription| said.root_of_trust.as_mut().unwrap().verified_boot_state = VerifiedBootState::Unverified, Problem::Boot)]
#[case::failed(|said: &mut KeyDescription| said.root_of_trust.as_mut().unwrap().verified_boot_state = VerifiedBootState::Failed, Problem::Boot)]
#[case::no_app(|said: &mut KeyDescription| said.application = None, Problem::OtherApp)]
#[case::other_app(|said: &mut KeyDescription| { said.application.as_mut().unwrap().packages.pop(); }, Problem::OtherApp)]
#[case::unknown_signer(|said: &mut KeyDescription| said.application.as_mut().unwrap().signing_certificates = vec![signer("c")], Problem::OtherSigner)]
#[case::one_unknown_signer(|said: &mut KeyDescription| said.application.as_mut().unwrap().signing_certificates.push(signer("c")), Problem::OtherSigner)]
#[case::no_signer(|said: &mut KeyDescription| said.application.as_mut().unwrap().signing_certificates.clear(), Problem::OtherSigner)]
fn each_fact_of_a_key_counts(#[case] change: fn(&mut KeyDescription), #[case] expected: Problem) {
    assert_eq!(judged(change), Err(expected));
}

#[rstest]
#[case::production([1; 32], AppAttestEnvironment::Production, false, None)]
#[case::other_app([2; 32], AppAttestEnvironment::Production, true, Some(Problem::OtherApp))]
#[case::development([1; 32], AppAttestEnvironment::Development, false, Some(Problem::Development))]
#[case::development_for_tests([1; 32], AppAttestEnvironment::Development, true, None)]
fn app_attest_is_for_the_app_and_from_the_store(
    #[case] app_id_hash: [u8; 32],
    #[case] environment: AppAttestEnvironment,
    #[case] allowed: bool,
    #[case] expected: Option<Problem>,
) {
    let said = AppAttestation { app_id_hash, environment, key: key("x") };
    assert_eq!(judge_app(&said, "TEAM.com.contoso.mail", &[1; 32], allowed).err(), expected);
}

fn now() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn requirement() -> AppAttestationRequirement {
    AppAttestationRequirement {
        required_assurance: Assurance::Attested,
        apple_team_id: Some("TEAM".into()),
        android_signing_certificates: vec![signer("a")],
    }
}

fn android() -> MobileAppIdentifier {
    MobileAppIdentifier::new(MobilePlatform::Android, PACKAGE)
}

fn accepted(facts: AttestedFacts, days: i64) -> Evidence {
    let renewed = now() - SignedDuration::from_hours(24 * days);
    Evidence::Accepted(Attestation { facts, attested: renewed, renewed })
}

#[test]
fn an_instance_counts_as_attested_for_seven_days_since_it_showed_its_key() {
    let of = |days| attested(Some(&accepted(judged(|_| {}).unwrap(), days)), &android(), &requirement(), |_| false, now());
    assert_eq!((of(0), of(7), of(8)), (Ok(()), Ok(()), Err(Problem::Stale)));
}

#[test]
fn an_instance_is_not_attested_by_nothing_or_by_evidence_that_was_rejected() {
    let rejected = Evidence::Rejected { problem: Problem::Bootloader, at: now() };
    for (evidence, expected) in [(None, Problem::Missing), (Some(&rejected), Problem::Bootloader)] {
        assert_eq!(attested(evidence, &android(), &requirement(), |_| false, now()), Err(expected));
    }
}

#[test]
fn what_the_registration_of_the_app_and_the_revocation_list_say_now_counts() {
    let evidence = accepted(judged(|_| {}).unwrap(), 1);
    assert_eq!(attested(Some(&evidence), &android(), &requirement(), |serials| serials == ["1"], now()), Err(Problem::Revoked));
    let other = AppAttestationRequirement { android_signing_certificates: vec![signer("b")], ..requirement() };
    assert_eq!(attested(Some(&evidence), &android(), &other, |_| false, now()), Err(Problem::OtherSigner));

    let said = AppAttestation { app_id_hash: [1; 32], environment: AppAttestEnvironment::Production, key: key("x") };
    let evidence = accepted(judge_app(&said, "TEAM.com.contoso.mail", &[1; 32], false).unwrap(), 1);
    let ios = MobileAppIdentifier::new(MobilePlatform::Ios, PACKAGE);
    assert_eq!(attested(Some(&evidence), &ios, &requirement(), |_| false, now()), Ok(()));
    for team in [None, Some("OTHER".to_owned())] {
        let other = AppAttestationRequirement { apple_team_id: team, ..requirement() };
        assert_eq!(attested(Some(&evidence), &ios, &other, |_| false, now()), Err(Problem::OtherApp));
    }
}

#[test]
fn each_platform_is_described_by_its_own_member() {
    let none = AppAttestationRequirement::default();
    let only_ios = AppAttestationRequirement { android_signing_certificates: Vec::new(), ..requirement() };
    for (requirement, ios, android) in [(&none, false, false), (&only_ios, true, false), (&requirement(), true, true)] {
        assert_eq!((is_described(requirement, MobilePlatform::Ios), is_described(requirement, MobilePlatform::Android)), (ios, android));
    }
}
