//! What an app on a phone has shown of its own identity, beyond the broker's word.
//!
//! An attestation is a statement of the phone's maker about a key: Android key attestation says in which hardware the key is, how the
//! phone started and which app asked for the key; Apple App Attest says which app of whose team holds it. The formats are read in
//! `doorward-wire`, what is good enough is judged in `doorward-policy`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ProofKey;
use crate::wire_enum::wire_enum;

wire_enum! {
    /// Whose word stands for the identity of an app, from the weaker to the stronger.
    #[derive(Default)]
    enum Assurance {
        /// The broker's, which has it from the operating system.
        #[default]
        Brokered = "brokered",
        /// The maker's of the phone, verified here.
        Attested = "attested",
    }

    /// Where a key is kept: `SecurityLevel` of a key attestation.
    enum SecurityLevel {
        /// By the operating system.
        Software = "software",
        /// In the trusted execution environment.
        TrustedEnvironment = "trustedEnvironment",
        /// In a chip of its own.
        StrongBox = "strongBox",
    }

    /// How the phone started: `VerifiedBootState`.
    enum VerifiedBootState {
        /// A system that the phone's maker signed.
        Verified = "verified",
        /// A system that the person signed.
        SelfSigned = "selfSigned",
        /// Anything: nothing was checked.
        Unverified = "unverified",
        /// A system that did not pass the check.
        Failed = "failed",
    }

    /// For which copies of an app App Attest speaks.
    enum AppAttestEnvironment {
        /// Copies from the store.
        Production = "production",
        /// Copies that a developer installed.
        Development = "development",
    }
}

/// What a key may be used for: `KM_TAG_PURPOSE`.
pub const PURPOSE_SIGN: u64 = 2;
/// As [`PURPOSE_SIGN`], for checking signatures.
pub const PURPOSE_VERIFY: u64 = 3;
/// Where a key comes from: `KM_TAG_ORIGIN`, generated in the hardware.
pub const ORIGIN_GENERATED: u64 = 0;

/// An app of a key attestation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttestedPackage {
    /// Package name.
    pub name: String,
    /// Its version code.
    pub version: u64,
}

/// `RootOfTrust` of a key attestation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RootOfTrust {
    /// The bootloader is locked.
    pub device_locked: bool,
    /// How the phone started.
    pub verified_boot_state: VerifiedBootState,
}

/// `AttestationApplicationId` of a key attestation: the apps of one uid, of which more than one only share it when the same key signed
/// them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestedApplication {
    /// The packages.
    pub packages: Vec<AttestedPackage>,
    /// SHA-256 of the certificates that signed them, lower-case hexadecimal.
    pub signing_certificates: Vec<String>,
}

/// `KeyDescription` of a key attestation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyDescription {
    /// Version of the format: `attestationVersion`.
    pub version: u64,
    /// Who made the attestation: `attestationSecurityLevel`.
    pub security_level: SecurityLevel,
    /// Version of the key store: `keyMintVersion`.
    pub key_store_version: u64,
    /// Where the key is: `keyMintSecurityLevel`.
    pub key_store_security_level: SecurityLevel,
    /// The challenge that was answered: `attestationChallenge`.
    pub challenge: Vec<u8>,
    /// What the hardware lets the key be used for: `purpose`.
    pub purposes: Vec<u64>,
    /// Where the key comes from, by the hardware's word: `origin`.
    pub origin: Option<u64>,
    /// How the phone started, by the hardware's word: `rootOfTrust`.
    pub root_of_trust: Option<RootOfTrust>,
    /// Month of the security patches as YYYYMM, by the hardware's word: `osPatchLevel`.
    pub patch_level: Option<u64>,
    /// The app that asked for the key, by the operating system's word: `attestationApplicationId`.
    pub application: Option<AttestedApplication>,
}

/// What a key attestation of Android says, its certificates verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyAttestation {
    /// The key.
    pub key: ProofKey,
    /// What it says of the key.
    pub description: KeyDescription,
    /// Serial numbers of the chain, lower-case hexadecimal without leading zeros: what a revocation list names.
    pub serials: Vec<String>,
}

/// What an attestation of App Attest says, its certificates, its nonce and its key id verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppAttestation {
    /// SHA-256 of the App ID.
    pub app_id_hash: [u8; 32],
    /// Environment.
    pub environment: AppAttestEnvironment,
    /// The attested key, which signs assertions.
    pub key: ProofKey,
}

/// Facts of an attestation that was accepted, as they are kept and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum AttestedFacts {
    /// By Android key attestation: the proof key itself is attested.
    AndroidKey {
        /// Where the key is.
        security_level: SecurityLevel,
        /// How the phone started.
        verified_boot_state: VerifiedBootState,
        /// The bootloader is locked.
        device_locked: bool,
        /// Version code of the app at that time.
        application_version: u64,
        /// SHA-256 of the certificates that signed the app.
        signing_certificates: Vec<String>,
        /// Month of the security patches as YYYYMM.
        patch_level: Option<u64>,
        /// Serial numbers of the chain.
        serials: Vec<String>,
    },
    /// By App Attest: a key of its own vouches for the proof key.
    AppAttest {
        /// Environment.
        environment: AppAttestEnvironment,
        /// The App ID: team id, full stop, bundle id.
        app_id: String,
        /// The attested key.
        key: ProofKey,
        /// Counter of the last assertion.
        counter: u32,
    },
}

/// An attestation that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attestation {
    /// What it says.
    pub facts: AttestedFacts,
    /// When it was verified.
    pub attested: Timestamp,
    /// When the app last showed that it still holds the attested key.
    pub renewed: Timestamp,
}

/// What came of the evidence that an app sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "camelCase")]
pub enum Evidence {
    /// It was accepted.
    Accepted(Attestation),
    /// It was not.
    Rejected {
        /// Why.
        problem: EvidenceProblem,
        /// When.
        at: Timestamp,
    },
}

/// What the registration of an app says of attestations: whether one is asked for, and by what the app is known in one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct AppAttestationRequirement {
    /// What an approved or protected app must have for its identity.
    pub required_assurance: Assurance,
    /// The Apple developer team of the iOS app, which makes an App ID of a bundle id.
    pub apple_team_id: Option<String>,
    /// SHA-256 of the certificates that may have signed the Android app, lower-case hexadecimal.
    pub android_signing_certificates: Vec<String>,
}

/// The fact that keeps an app from counting as attested. The texts are for administrators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
pub enum EvidenceProblem {
    /// Nothing was sent.
    #[error("it has sent no attestation")]
    Missing,
    /// It is too long ago.
    #[error("it has not shown its attested key for more than seven days")]
    Stale,
    /// Not of the format.
    #[error("the attestation cannot be read")]
    Unreadable,
    /// Of another platform than the app.
    #[error("the attestation is of another kind than its platform has")]
    OtherKind,
    /// The registration of the app does not say what to look for.
    #[error("the registration of the app lacks its Apple team id or the SHA-256 of its Android signing certificate")]
    NotDescribed,
    /// The server trusts nobody for this platform.
    #[error("this server has no roots for attestations of its platform: see [attestation] in the configuration")]
    NoRoots,
    /// The certificates do not belong together.
    #[error("the certificates of the attestation do not follow from one another")]
    Chain,
    /// They lead elsewhere.
    #[error("the certificates of the attestation do not lead to a root that is trusted here")]
    Root,
    /// One is not valid now.
    #[error("a certificate of the attestation has expired or is not valid yet")]
    Expired,
    /// One is on the list.
    #[error("a certificate of the attestation has been revoked: the keys of such phones are known to have leaked")]
    Revoked,
    /// Another challenge.
    #[error("the attestation answers another challenge than that of this enrolment")]
    Challenge,
    /// Another key.
    #[error("the attestation is about another key than the one the app uses")]
    OtherKey,
    /// No hardware.
    #[error("the key is kept by software, not by the secure hardware of the phone")]
    SoftwareKey,
    /// The key is good for more than signing.
    #[error("the key may be used for something else than signing")]
    Purpose,
    /// The key was brought along, or nobody says.
    #[error("the key was not made in the secure hardware of the phone")]
    Origin,
    /// The system may be anything.
    #[error("the phone has not started a system that its maker signed")]
    Boot,
    /// The system may be exchanged.
    #[error("the bootloader of the phone is unlocked")]
    Bootloader,
    /// Another app.
    #[error("the attestation is of another app")]
    OtherApp,
    /// A false copy.
    #[error("the app is signed with another certificate than the registration of the app says")]
    OtherSigner,
    /// Not from the store.
    #[error("the attestation is from Apple's development environment")]
    Development,
    /// An assertion is not by the attested key.
    #[error("an assertion is not signed by the attested key")]
    Assertion,
    /// An assertion was repeated, or the key copied.
    #[error("the counter of the attested key has not grown: an assertion was repeated")]
    Counter,
}
