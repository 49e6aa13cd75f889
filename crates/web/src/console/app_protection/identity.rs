//! What stands for the identity of an app, in words.

use doorward_model::protection::{
    AppAttestEnvironment, Assurance, Attestation, AttestedFacts, Evidence, ManagedAppRegistration, SecurityLevel, VerifiedBootState,
};

use crate::area::sentence;
use crate::console::moment::Moment;
use crate::console::words::Badge;

/// A fact as the page shows it.
pub(super) enum Fact {
    /// Words.
    Text(String),
    /// Something to copy.
    Id(String),
    /// A time.
    At(Moment),
}

pub(super) fn badge(assurance: Option<Assurance>) -> Badge {
    match assurance {
        Some(Assurance::Attested) => Badge { tone: "good", text: "Attestation" },
        Some(Assurance::Brokered) => Badge { tone: "trial", text: "The broker’s word" },
        None => Badge { tone: "wait", text: "Its own word only" },
    }
}

/// What the last evidence came to.
pub(super) fn facts(registration: &ManagedAppRegistration) -> Vec<(&'static str, Fact)> {
    let attestation = match &registration.evidence {
        None => return vec![("Attestation", Fact::Text("It has sent none.".into()))],
        Some(Evidence::Rejected { problem, at }) => {
            return vec![
                ("Attestation", Fact::Text(format!("Rejected. {}", sentence(&problem.to_string())))),
                ("Rejected", Fact::At(Moment(*at))),
            ];
        }
        Some(Evidence::Accepted(attestation)) => attestation,
    };
    let Attestation { facts, attested, renewed } = attestation;
    let mut shown = vec![("Attested", Fact::At(Moment(*attested))), ("Key last shown", Fact::At(Moment(*renewed)))];
    let text = |text: &str| Fact::Text(text.to_owned());
    match facts {
        AttestedFacts::AndroidKey {
            security_level,
            verified_boot_state,
            device_locked,
            application_version,
            signing_certificates,
            patch_level,
            ..
        } => {
            shown.push(("Key is kept", text(kept(*security_level))));
            shown.push(("Started system", text(started(*verified_boot_state))));
            shown.push(("Bootloader", text(if *device_locked { "Locked" } else { "Unlocked" })));
            shown.extend(patch_level.map(|level| ("Security patches, attested", Fact::Text(month(level)))));
            shown.push(("Version code", Fact::Text(application_version.to_string())));
            shown.extend(signing_certificates.iter().map(|signer| ("Signed with", Fact::Id(signer.clone()))));
        }
        AttestedFacts::AppAttest { environment, app_id, counter, .. } => {
            shown.push(("Key is kept", text("In the Secure Enclave")));
            shown.push(("App ID", Fact::Id(app_id.clone())));
            let environment = match environment {
                AppAttestEnvironment::Production => "From the store",
                AppAttestEnvironment::Development => "Installed by a developer",
            };
            shown.push(("Copy", text(environment)));
            shown.push(("Assertions", Fact::Text(counter.to_string())));
        }
    }
    shown
}

fn kept(level: SecurityLevel) -> &'static str {
    match level {
        SecurityLevel::Software => "By the operating system",
        SecurityLevel::TrustedEnvironment => "In the trusted execution environment",
        SecurityLevel::StrongBox => "In a security chip of its own (StrongBox)",
    }
}

fn started(state: VerifiedBootState) -> &'static str {
    match state {
        VerifiedBootState::Verified => "Signed by the phone’s maker",
        VerifiedBootState::SelfSigned => "Signed by somebody else",
        VerifiedBootState::Unverified => "Not checked",
        VerifiedBootState::Failed => "Did not pass the check",
    }
}

/// A patch level, which is YYYYMM, or YYYYMMDD in newer versions.
fn month(level: u64) -> String {
    let digits = level.to_string();
    match (digits.get(..4), digits.get(4..6)) {
        (Some(year), Some(month)) => format!("{year}-{month}"),
        _ => digits,
    }
}
