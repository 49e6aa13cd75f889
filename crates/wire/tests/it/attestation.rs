//! Attestations against those of an independent generator: sound ones, and one for each attack.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_model::protection::{
    AppAttestEnvironment, AttestedApplication, AttestedPackage, EvidenceProblem, KeyAttestation, KeyDescription, ORIGIN_GENERATED,
    PURPOSE_SIGN, ProofKey, RootOfTrust, SecurityLevel, VerifiedBootState,
};
use doorward_wire::attestation::{
    Assertion, MAXIMUM_EVIDENCE_BYTES, Revocations, RevocationsError, Roots, RootsError, SoftwareEnclave, SoftwareMaker, app_id_hash,
    client_data, read_key_description, verify_app_attestation, verify_key_attestation, write_key_description,
};
use jiff::Timestamp;
use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};
use std::sync::LazyLock;

static VECTORS: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(include_str!("../vectors/attestations.json")).unwrap());

fn text(pointer: &str) -> &'static str {
    VECTORS.pointer(pointer).and_then(Value::as_str).unwrap()
}

fn decode(value: &Value) -> Vec<u8> {
    STANDARD.decode(value.as_str().unwrap()).unwrap()
}

fn now() -> Timestamp {
    text("/now").parse().unwrap()
}

fn roots(platform: &str) -> Roots {
    Roots::from_pem(text(&format!("/{platform}/root")).as_bytes()).unwrap()
}

fn key(pointer: &str) -> ProofKey {
    serde_json::from_value(VECTORS.pointer(pointer).unwrap().clone()).unwrap()
}

/// The certificates of a chain, one after the other.
fn chain(title: &str) -> Vec<u8> {
    let chain = VECTORS["android"]["chains"][title].as_array().unwrap_or_else(|| panic!("{title}"));
    chain.iter().flat_map(|index| decode(&VECTORS["android"]["certificates"][index.as_u64().unwrap() as usize])).collect()
}

fn android(chain: &[u8]) -> Result<KeyAttestation, EvidenceProblem> {
    verify_key_attestation(chain, &roots("android"), &Revocations::default(), now())
}

#[test]
fn a_key_attestation_says_where_the_key_is_how_the_phone_started_and_which_app_asked() {
    let KeyAttestation { key: attested, description: said, serials } = android(&chain("good")).unwrap();
    assert_eq!(attested, key("/android/key"));
    assert_eq!((said.version, said.key_store_version), (300, 300));
    assert_eq!(
        (said.security_level, said.key_store_security_level),
        (SecurityLevel::TrustedEnvironment, SecurityLevel::TrustedEnvironment)
    );
    assert_eq!(said.challenge, text("/android/challenge").as_bytes());
    assert_eq!((said.purposes, said.origin), (vec![PURPOSE_SIGN], Some(ORIGIN_GENERATED)));
    let sound = RootOfTrust { device_locked: true, verified_boot_state: VerifiedBootState::Verified };
    assert_eq!((said.root_of_trust, said.patch_level), (Some(sound), Some(202_602)));
    let application = said.application.unwrap();
    assert_eq!(application.packages, [AttestedPackage { name: text("/android/package").into(), version: 41 }]);
    assert_eq!(application.signing_certificates, [text("/android/signer")]);
    assert_eq!(serials[..3], ["1", "2c8cdddfd5e03bfc", "c8966fcb2fbb0d7a"]);
}

#[rstest]
#[case("without the root")]
#[case("strong box")]
#[case("keymaster 2")]
#[case("several packages")]
#[case("new field")]
fn other_forms_of_sound_attestations_are_read(#[case] title: &str) {
    assert_eq!(android(&chain(title)).map(|said| said.key), Ok(key("/android/key")));
}

#[rstest]
#[case("other root", EvidenceProblem::Root)]
#[case("own root", EvidenceProblem::Chain)]
#[case("swapped", EvidenceProblem::Chain)]
#[case("gap", EvidenceProblem::Chain)]
#[case("leaf alone", EvidenceProblem::Root)]
#[case("expired link", EvidenceProblem::Expired)]
#[case("expired leaf", EvidenceProblem::Expired)]
#[case("leaf of the future", EvidenceProblem::Expired)]
#[case("no authority", EvidenceProblem::Chain)]
#[case("too deep", EvidenceProblem::Chain)]
#[case("attested key as authority", EvidenceProblem::Chain)]
#[case("described twice", EvidenceProblem::Unreadable)]
#[case("extension twice", EvidenceProblem::Unreadable)]
#[case("unknown critical extension", EvidenceProblem::Unreadable)]
#[case("too many", EvidenceProblem::Unreadable)]
#[case("rsa key", EvidenceProblem::Unreadable)]
#[case("unknown version", EvidenceProblem::Unreadable)]
#[case("field twice", EvidenceProblem::Unreadable)]
#[case("application twice", EvidenceProblem::Unreadable)]
#[case("trailing in the list", EvidenceProblem::Unreadable)]
#[case("trailing in the extension", EvidenceProblem::Unreadable)]
#[case("short digest", EvidenceProblem::Unreadable)]
#[case("long challenge", EvidenceProblem::Unreadable)]
#[case("empty extension", EvidenceProblem::Unreadable)]
#[case("no extension", EvidenceProblem::Unreadable)]
fn a_chain_that_is_not_sound_says_nothing(#[case] title: &str, #[case] expected: EvidenceProblem) {
    assert_eq!(android(&chain(title)), Err(expected));
}

#[test]
fn what_is_nested_deeply_in_an_unknown_field_is_passed_over() {
    assert!(android(&chain("deeply nested")).is_ok());
}

#[test]
fn nothing_stands_behind_a_chain_and_its_size_is_bounded() {
    let good = chain("good");
    for behind in [&[0][..], &[0x30], &[0x30, 0], &good] {
        assert!(android(&[&good, behind].concat()).is_err(), "{} bytes", behind.len());
    }
    assert_eq!(android(&[]), Err(EvidenceProblem::Unreadable));
    assert_eq!(android(&vec![0x30; MAXIMUM_EVIDENCE_BYTES + 1]), Err(EvidenceProblem::Unreadable));
}

#[test]
fn nobody_is_trusted_without_roots() {
    let none = Roots::default();
    let verified = verify_key_attestation(&chain("good"), &none, &Revocations::default(), now());
    assert_eq!((verified, none.is_empty()), (Err(EvidenceProblem::Root), true));
}

#[test]
fn a_listed_serial_anywhere_in_the_chain_revokes() {
    let list = |name: &str| Revocations::parse(VECTORS["android"][name].to_string().as_bytes()).unwrap();
    let verify = |list: &Revocations| verify_key_attestation(&chain("good"), &roots("android"), list, now()).map(|_| ());
    assert_eq!(verify(&list("revocations")), Err(EvidenceProblem::Revoked));
    assert_eq!(verify(&list("revocationsOfNobody")), Ok(()));
    for serial in ["C8966FCB2FBB0D7A", "0c8966fcb2fbb0d7a", "1"] {
        let list = Revocations::parse(json!({ "entries": { serial: { "status": "STATUS_OF_THE_FUTURE" } } }).to_string().as_bytes());
        assert_eq!(verify(&list.unwrap()), Err(EvidenceProblem::Revoked), "{serial}");
    }
}

#[test]
fn a_revocation_list_that_is_none_is_refused_whole() {
    assert!(Revocations::parse(br#"{"entries":{}}"#).unwrap().is_empty());
    assert!(matches!(Revocations::parse(br#"{"entries":[]}"#), Err(RevocationsError::Malformed(_))));
    assert!(matches!(Revocations::parse(b"{}"), Err(RevocationsError::Malformed(_))));
    assert!(matches!(Revocations::parse(br#"{"entries":{"xyz":{}}}"#), Err(RevocationsError::Serial(_))));
    assert!(matches!(Revocations::parse(br#"{"entries":{"":{}}}"#), Err(RevocationsError::Serial(_))));
}

#[test]
fn roots_are_certificates_in_pem() {
    let good = text("/android/root");
    assert_eq!(Roots::from_pem(b""), Err(RootsError::Empty));
    assert!(matches!(Roots::from_pem(b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"), Err(RootsError::Pem(_))));
    let second = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    assert_eq!(Roots::from_pem(format!("{good}{second}").as_bytes()), Err(RootsError::Certificate(2)));
}

fn nonce_and_key() -> String {
    client_data(text("/appAttest/nonce"), &key("/appAttest/proofKey"))
}

fn apple(object: &[u8]) -> Result<doorward_model::protection::AppAttestation, EvidenceProblem> {
    verify_app_attestation(object, &nonce_and_key(), &roots("appAttest"), now())
}

fn object(title: &str) -> Vec<u8> {
    decode(&VECTORS["appAttest"]["objects"][title])
}

#[rstest]
#[case("good", AppAttestEnvironment::Production)]
#[case("development", AppAttestEnvironment::Development)]
fn an_app_attestation_says_which_app_and_which_environment(#[case] title: &str, #[case] environment: AppAttestEnvironment) {
    let said = apple(&object(title)).unwrap();
    assert_eq!((said.key, said.environment), (key("/appAttest/key"), environment));
    assert_eq!(said.app_id_hash, app_id_hash(text("/appAttest/appId")));
}

#[rstest]
#[case("other app")]
#[case("other team")]
fn the_app_is_told_by_its_hash(#[case] title: &str) {
    assert_ne!(apple(&object(title)).unwrap().app_id_hash, app_id_hash(text("/appAttest/appId")));
}

#[rstest]
#[case("other root", EvidenceProblem::Root)]
#[case("leaf alone", EvidenceProblem::Root)]
#[case("expired link", EvidenceProblem::Expired)]
#[case("expired leaf", EvidenceProblem::Expired)]
#[case("leaf of the future", EvidenceProblem::Expired)]
#[case("other challenge", EvidenceProblem::Challenge)]
#[case("other proof key", EvidenceProblem::Challenge)]
#[case("leaf of another key", EvidenceProblem::OtherKey)]
#[case("key id of another key", EvidenceProblem::OtherKey)]
#[case("used before", EvidenceProblem::OtherKey)]
#[case("other make", EvidenceProblem::Unreadable)]
#[case("other format", EvidenceProblem::Unreadable)]
#[case("no chain", EvidenceProblem::Unreadable)]
#[case("no nonce", EvidenceProblem::Unreadable)]
#[case("nonce with company", EvidenceProblem::Unreadable)]
#[case("member too many", EvidenceProblem::Unreadable)]
#[case("trailing", EvidenceProblem::Unreadable)]
#[case("cut short", EvidenceProblem::Unreadable)]
#[case("indefinite", EvidenceProblem::Unreadable)]
#[case("twice the same", EvidenceProblem::Unreadable)]
#[case("deeply nested", EvidenceProblem::Unreadable)]
fn an_app_attestation_that_is_not_sound_says_nothing(#[case] title: &str, #[case] expected: EvidenceProblem) {
    assert_eq!(apple(&object(title)), Err(expected));
}

#[test]
fn an_app_attestation_is_bounded() {
    let mut object = object("good");
    object.resize(MAXIMUM_EVIDENCE_BYTES + 1, 0);
    assert_eq!(apple(&object), Err(EvidenceProblem::Unreadable));
}

#[test]
fn an_assertion_counts_and_is_signed_by_the_attested_key() {
    let key = key("/appAttest/key");
    let read = |title: &str| Assertion::parse(&decode(&VECTORS["appAttest"]["assertions"][title]));
    for (title, counter) in [("first", 1), ("second", 2)] {
        let assertion = read(title).unwrap();
        assert_eq!((assertion.counter, assertion.app_id_hash), (counter, app_id_hash(text("/appAttest/appId"))));
        assert!(assertion.is_signed(&key, &nonce_and_key()));
        assert!(!assertion.is_signed(&key, "another text"));
    }
    for title in ["other challenge", "other key"] {
        assert!(!read(title).unwrap().is_signed(&key, &nonce_and_key()), "{title}");
    }
    assert_ne!(read("other app").unwrap().app_id_hash, app_id_hash(text("/appAttest/appId")));
    for title in ["trailing", "long data", "member too many"] {
        assert_eq!(read(title), None, "{title}");
    }
}

/// Every byte of `good`, changed in three ways, on `spared` but where nothing is decided by it.
fn no_change_passes<T: std::fmt::Debug>(good: &[u8], spared: std::ops::Range<usize>, passes: impl Fn(&[u8]) -> Option<T>) {
    assert!(passes(good).is_some());
    for place in (0..good.len()).filter(|place| !spared.contains(place)) {
        for change in [0x01, 0x20, 0x80] {
            let mut changed = good.to_vec();
            changed[place] ^= change;
            assert!(passes(&changed).is_none(), "byte {place} changed by {change:#x} passes");
        }
    }
    for cut in 0..good.len() {
        assert!(passes(&good[..cut]).is_none(), "the first {cut} bytes pass");
    }
}

#[test]
fn no_changed_byte_of_a_key_attestation_passes() {
    // Without the root: an end of the chain that may be left out may be anything that is left out.
    no_change_passes(&chain("without the root"), 0..0, |bytes| android(bytes).ok());
}

#[test]
fn no_changed_byte_of_an_app_attestation_passes() {
    let good = object("good");
    let receipt = b"a receipt for Apple";
    let start = good.windows(receipt.len()).position(|window| window == receipt).unwrap();
    no_change_passes(&good, start..start + receipt.len(), |bytes| apple(bytes).ok());
}

#[test]
fn no_changed_byte_of_an_assertion_passes() {
    let good = decode(&VECTORS["appAttest"]["assertions"]["first"]);
    let key = key("/appAttest/key");
    no_change_passes(&good, 0..0, |bytes| Assertion::parse(bytes).filter(|assertion| assertion.is_signed(&key, &nonce_and_key())));
}

#[test]
fn a_software_phone_speaks_like_hardware_under_its_own_root() {
    let maker = SoftwareMaker::generate().unwrap();
    let roots = Roots::from_pem(maker.root().as_bytes()).unwrap();
    let said = KeyDescription {
        version: 4,
        security_level: SecurityLevel::StrongBox,
        key_store_version: 41,
        key_store_security_level: SecurityLevel::TrustedEnvironment,
        challenge: b"nonce".to_vec(),
        purposes: vec![2, 3],
        origin: Some(0),
        root_of_trust: Some(RootOfTrust { device_locked: false, verified_boot_state: VerifiedBootState::Failed }),
        patch_level: Some(202_612),
        application: Some(AttestedApplication {
            packages: vec![AttestedPackage { name: "com.contoso.mail".into(), version: 1 << 40 }],
            signing_certificates: vec!["0f".repeat(32)],
        }),
    };
    assert_eq!(read_key_description(&write_key_description(&said)).as_ref(), Some(&said));
    let proof_key = key("/appAttest/proofKey");
    let read = verify_key_attestation(&maker.attest_key(&proof_key, &said).unwrap(), &roots, &Revocations::default(), now()).unwrap();
    assert_eq!((read.key, read.description), (proof_key, said));

    let mut enclave = SoftwareEnclave::generate("TEAM.com.contoso.mail").unwrap();
    let object = enclave.attest(&maker, AppAttestEnvironment::Development, &nonce_and_key()).unwrap();
    let read = verify_app_attestation(&object, &nonce_and_key(), &roots, now()).unwrap();
    assert_eq!((read.app_id_hash, read.environment), (app_id_hash("TEAM.com.contoso.mail"), AppAttestEnvironment::Development));
    assert_eq!(Some(&read.key), enclave.key().as_ref());
    for counter in 1..=2 {
        let assertion = Assertion::parse(&enclave.assert("text").unwrap()).unwrap();
        assert!(assertion.counter == counter && assertion.is_signed(&read.key, "text"));
    }
    assert_eq!(apple(&object), Err(EvidenceProblem::Root), "nobody else believes it");
}

proptest! {
    #[test]
    fn readers_take_anything(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_key_description(&bytes);
        let _ = Assertion::parse(&bytes);
        let _ = Revocations::parse(&bytes);
        let _ = Roots::from_pem(&bytes);
        prop_assert!(android(&bytes).is_err() && apple(&bytes).is_err());
    }

    /// Two places at once, and pieces moved about.
    #[test]
    fn no_mixture_of_an_attestation_passes(from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(), length in 1_usize..40) {
        let mix = |good: &[u8]| {
            let mut mixed = good.to_vec();
            let (from, to) = (from.index(good.len()), to.index(good.len()));
            let piece = good[from..(from + length).min(good.len())].to_vec();
            mixed.splice(to..(to + piece.len()).min(good.len()), piece);
            mixed
        };
        let good = chain("without the root");
        let mixed = mix(&good);
        prop_assert!(mixed == good || android(&mixed).is_err());
    }
}
