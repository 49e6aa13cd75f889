//! Authentication strengths: which combinations of methods are strong enough.

/// An authentication strength, in the words of Graph's `authenticationStrengthPolicy`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticationStrengthPolicy {
    /// Object id.
    pub id: String,
    /// Combinations, each a list of methods joined by commas; any one suffices.
    pub allowed_combinations: Vec<String>,
    /// Combinations are restricted further (`combinationConfigurations`), for example to certain makes of security key.
    pub has_combination_configurations: bool,
}

const PHISHING_RESISTANT: &[&str] = &["windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor"];

const PASSWORDLESS: &[&str] = &["windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor", "deviceBasedPush"];

const MULTI_FACTOR: &[&str] = &[
    "windowsHelloForBusiness",
    "fido2",
    "x509CertificateMultiFactor",
    "deviceBasedPush",
    "temporaryAccessPassOneTime",
    "temporaryAccessPassMultiUse",
    "password,microsoftAuthenticatorPush",
    "password,softwareOath",
    "password,hardwareOath",
    "password,sms",
    "password,voice",
    "federatedMultiFactor",
    "microsoftAuthenticatorPush,federatedSingleFactor",
    "softwareOath,federatedSingleFactor",
    "hardwareOath,federatedSingleFactor",
    "sms,federatedSingleFactor",
    "voice,federatedSingleFactor",
];

/// Combinations of a built-in strength: multifactor (…2), passwordless (…3), phishing-resistant (…4); none for any other id.
#[must_use]
pub fn built_in(id: &str) -> Option<&'static [&'static str]> {
    match id {
        "00000000-0000-0000-0000-000000000002" => Some(MULTI_FACTOR),
        "00000000-0000-0000-0000-000000000003" => Some(PASSWORDLESS),
        "00000000-0000-0000-0000-000000000004" => Some(PHISHING_RESISTANT),
        _ => None,
    }
}
