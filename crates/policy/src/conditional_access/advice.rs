//! Errors in words: what is missing, and how to mend it.

use doorward_model::ErrorCode;

use super::Control;

/// What a sign-in lacks. Both are parts of a sentence, without capital and full stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advice {
    /// What is missing.
    pub missing: &'static str,
    /// What to do about it.
    pub mend: &'static str,
}

/// What an error of a decision means, with the control that is to be met next.
#[must_use]
pub fn advice(code: ErrorCode, next: Option<Control>) -> Advice {
    let (missing, mend) = match code {
        ErrorCode::BROKER_NOT_INSTALLED => ("the broker app is missing", "install the broker app on the device"),
        ErrorCode::DEVICE_NOT_REGISTERED => ("the device is not registered", "register the device with the broker app"),
        ErrorCode::APP_NOT_APPROVED => {
            ("the client app is not on the list, or the platform is neither iOS nor Android", "use a listed app on a phone")
        }
        ErrorCode::PROTECTION_POLICY_REQUIRED => (
            "the app has not applied an app protection policy, or has not attested who it is",
            "assign one to the person, look at the app's registration, and open the app again",
        ),
        ErrorCode::DEVICE_NOT_COMPLIANT => ("the device is not managed and compliant", "enrol the device, and meet its compliance policy"),
        ErrorCode::DEVICE_NOT_DOMAIN_JOINED => ("the device is not joined to the domain", "use a domain-joined PC"),
        ErrorCode::MFA_REQUIRED if next == Some(Control::AuthenticationStrength) => {
            ("the methods used are not strong enough", "sign in with methods that the authentication strength allows")
        }
        ErrorCode::MFA_REQUIRED => ("a second factor is missing", "sign in with a second factor"),
        ErrorCode::PASSWORD_CHANGE_REQUIRED => ("the password has not been changed", "change the password"),
        ErrorCode::EXTERNAL_CHALLENGE if next == Some(Control::TermsOfUse) => ("terms of use are not accepted", "accept the terms of use"),
        ErrorCode::EXTERNAL_CHALLENGE => ("terms of use or a control of a third party are not met", "ask who runs these controls"),
        _ => ("a policy blocks this, or asks what this kind of client cannot show", "sign in otherwise, or change the policy"),
    };
    Advice { missing, mend }
}
