//! A question made of facts: of a recorded sign-in, or of an example that a search has found.

use doorward_model::AppId;
use doorward_model::device::TrustType;
use doorward_model::sign_in::{InsiderRiskLevel, RiskLevel, TransferMethod};
use doorward_policy::conditional_access::{DeviceFacts, Facts};
use doorward_service::access::{TrialDevice, TrialProof};

use super::question::{DEVICES, KINDS, PROOFS, Question, value_of};

impl Question {
    /// The sign-in of a person as the fields of What if, and what these cannot say.
    pub(in crate::console) fn of(facts: &Facts, person: String) -> (Self, Vec<&'static str>) {
        let mut beyond = Vec::new();
        // An app that is not registered has no id here.
        let app = facts.client.as_ref().map(|client| client.app_id.clone()).filter(|id| id.parse::<AppId>().is_ok());
        let risk = |risk: RiskLevel| if risk == RiskLevel::None { String::new() } else { risk.as_str().to_owned() };
        let yes = |yes: bool| if yes { "1".to_owned() } else { String::new() };
        let question = Self {
            person,
            service: facts.resources.first().map(|resource| resource.app_id.clone()).unwrap_or_default(),
            app: app.unwrap_or_default(),
            kind: facts.client_app_type.map(|kind| value_of(&KINDS, &kind).to_owned()).unwrap_or_default(),
            platform: facts.device_platform.map(|platform| platform.as_str().to_owned()).unwrap_or_default(),
            device: facts.device.as_ref().map(|device| value_of(&DEVICES, &kind_of(device)).to_owned()).unwrap_or_default(),
            proof: if facts.mfa { value_of(&PROOFS, &proof(facts)).to_owned() } else { String::new() },
            ip: facts.ip.map(|ip| ip.to_string()).unwrap_or_default(),
            country: facts.country.clone().unwrap_or_default(),
            sign_in_risk: risk(facts.sign_in_risk),
            user_risk: risk(facts.user_risk),
            broker: yes(facts.broker_present),
            protection: yes(facts.app_protection_applied),
        };
        let cannot_say = [
            (facts.client_app_type.is_none(), "an unknown kind of app"),
            (facts.device.as_ref().is_some_and(is_of_its_own), "this very device"),
            (facts.user_action.is_some(), "an action instead of a service"),
            (facts.authentication_context.is_some(), "an authentication context"),
            (facts.insider_risk != InsiderRiskLevel::None, "an insider risk"),
            (facts.transfer_method != TransferMethod::None, "this way of signing in"),
            (facts.password_changed, "a new password"),
            (!facts.terms_of_use_accepted.is_empty(), "accepted terms of use"),
        ];
        beyond.extend(cannot_say.into_iter().filter_map(|(is_so, words)| is_so.then_some(words)));
        (question, beyond)
    }
}

fn kind_of(device: &DeviceFacts) -> TrialDevice {
    match (is_vouched_for(device), is_joined(device)) {
        (true, _) => TrialDevice::Compliant,
        (false, true) => TrialDevice::DomainJoined,
        (false, false) => TrialDevice::Registered,
    }
}

fn is_vouched_for(device: &DeviceFacts) -> bool {
    device.is_managed == Some(true) && device.is_compliant == Some(true)
}

fn is_joined(device: &DeviceFacts) -> bool {
    device.trust_type == Some(TrustType::ServerAd)
}

/// A policy may tell the device from others of its kind.
fn is_of_its_own(device: &DeviceFacts) -> bool {
    let half_vouched = !is_vouched_for(device) && (device.is_managed == Some(true) || device.is_compliant == Some(true));
    let both = is_vouched_for(device) && is_joined(device);
    half_vouched || both || device.device_ownership.is_some() || device.manufacturer.is_some() || device.model.is_some()
}

fn proof(facts: &Facts) -> TrialProof {
    let has_passkey = facts.authentication_methods.iter().any(|method| method.eq_ignore_ascii_case("fido2"));
    if has_passkey { TrialProof::Passkey } else { TrialProof::PasswordAndApp }
}
