//! The secure hardware of a software phone, and what it says of an app's keys.

use std::sync::Arc;

use doorward_client::KeyStoreError;
use doorward_model::application::MobilePlatform;
use doorward_model::protection::{
    AppAttestEnvironment, AttestedApplication, AttestedPackage, KeyDescription, ORIGIN_GENERATED, PURPOSE_SIGN, ProofKey, RootOfTrust,
    SecurityLevel, VerifiedBootState,
};
use doorward_wire::attestation::{SoftwareEnclave, SoftwareMaker, client_data};

/// What the operating system knows of an installed app, beyond its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signer {
    /// The team of the developer (iOS).
    AppleTeam(String),
    /// SHA-256 of the signing certificate, lower-case hexadecimal (Android).
    Certificate(String),
}

/// Secure hardware that its maker vouches for.
#[derive(Clone)]
pub struct Hardware {
    maker: Arc<SoftwareMaker>,
    bootloader_unlocked: bool,
}

impl Hardware {
    /// Hardware of a phone as it left the factory.
    #[must_use]
    pub fn made_by(maker: Arc<SoftwareMaker>) -> Self {
        Self { maker, bootloader_unlocked: false }
    }

    /// The same after its owner unlocked the bootloader: it may have started any system.
    #[must_use]
    pub fn unlocked(self) -> Self {
        Self { bootloader_unlocked: true, ..self }
    }
}

/// The part of the hardware that serves one app.
pub(crate) struct Attestor {
    hardware: Hardware,
    identifier: String,
    signer: Signer,
    enclave: Option<SoftwareEnclave>,
}

impl Attestor {
    pub(crate) fn new(hardware: Hardware, identifier: &str, signer: Signer) -> Self {
        Self { hardware, identifier: identifier.to_owned(), signer, enclave: None }
    }

    pub(crate) fn platform(&self) -> MobilePlatform {
        match self.signer {
            Signer::AppleTeam(_) => MobilePlatform::Ios,
            Signer::Certificate(_) => MobilePlatform::Android,
        }
    }

    /// An attestation for a nonce: of the proof key itself on Android, of a key that vouches for it on iOS.
    pub(crate) fn attest(&mut self, nonce: &str, key: &ProofKey) -> Result<Vec<u8>, KeyStoreError> {
        let failed = |error: doorward_wire::certificate::CertificateError| KeyStoreError(error.to_string());
        match &self.signer {
            Signer::Certificate(certificate) => self.hardware.maker.attest_key(key, &self.describe(nonce, certificate)).map_err(failed),
            Signer::AppleTeam(team) => {
                let enclave = SoftwareEnclave::generate(&format!("{team}.{}", self.identifier)).map_err(failed)?;
                let data = client_data(nonce, key);
                let object = enclave.attest(&self.hardware.maker, AppAttestEnvironment::Production, &data).map_err(failed)?;
                self.enclave = Some(enclave);
                Ok(object)
            }
        }
    }

    /// An assertion for a nonce, where there is an attested key of its own.
    pub(crate) fn assert(&mut self, nonce: &str, key: &ProofKey) -> Result<Option<Vec<u8>>, KeyStoreError> {
        let Some(enclave) = &mut self.enclave else { return Ok(None) };
        enclave.assert(&client_data(nonce, key)).map(Some).map_err(|error| KeyStoreError(error.to_string()))
    }

    fn describe(&self, nonce: &str, certificate: &str) -> KeyDescription {
        let unlocked = self.hardware.bootloader_unlocked;
        let verified_boot_state = if unlocked { VerifiedBootState::Unverified } else { VerifiedBootState::Verified };
        KeyDescription {
            version: 300,
            security_level: SecurityLevel::TrustedEnvironment,
            key_store_version: 300,
            key_store_security_level: SecurityLevel::TrustedEnvironment,
            challenge: nonce.as_bytes().to_vec(),
            purposes: vec![PURPOSE_SIGN],
            origin: Some(ORIGIN_GENERATED),
            root_of_trust: Some(RootOfTrust { device_locked: !unlocked, verified_boot_state }),
            patch_level: Some(202_611),
            application: Some(AttestedApplication {
                packages: vec![AttestedPackage { name: self.identifier.clone(), version: 1 }],
                signing_certificates: vec![certificate.to_owned()],
            }),
        }
    }
}
