//! App protection: the words that policies, registrations and the app runtime share.
//!
//! Enums are spelled as in Microsoft Graph (`managedAppProtection` and its relatives) and ordered from the loosest to the strictest
//! value, so that the strictest of several policies is the maximum. What the settings mean and how they merge is in `doorward-policy`.

mod app;
mod attestation;
mod effective;
mod interval;
mod registration;
mod setting;
mod state;
mod target;

pub use app::MobileAppIdentifier;
pub use attestation::{
    AppAttestEnvironment, AppAttestation, AppAttestationRequirement, Assurance, Attestation, AttestedApplication, AttestedFacts,
    AttestedPackage, Evidence, EvidenceProblem, KeyAttestation, KeyDescription, ORIGIN_GENERATED, PURPOSE_SIGN, PURPOSE_VERIFY,
    RootOfTrust, SecurityLevel, VerifiedBootState,
};
pub use effective::{EffectivePolicy, IntendedPolicy};
pub use interval::{Interval, ParseIntervalError};
pub use registration::{
    Ended, Ending, Intended, ManagedAppOperation, ManagedAppRegistration, OperationEnding, OperationKind, OperationState, ProofKey,
    ProtectionState,
};
pub use setting::{ClipboardSharingLevel, DataTransferLevel, IngestionLocation, PinCharacterSet, RemediationAction, StorageLocation};
pub use state::{AppState, FlaggedReason, PasscodeComplexity};
pub use target::{AppGroupType, AssignmentTarget, ManagementLevel, ManagementLevels};
