//! What is told to the sign-in log.

use doorward_model::application::Application;
use doorward_model::sign_in_record::SignInOutcome;
use doorward_policy::conditional_access::{Decided, Subject as Who};

use super::facts::Gathered;
use super::request::{Request, Subject};
use crate::caller::Caller;
use crate::sign_in_log::{AsDevice, AsRegistration, AsSignIn, Telling};

/// Characters of a sign-in name that are kept: strangers type what they like.
const LONGEST_LOGIN: usize = 320;

/// A sign-in that was decided.
pub(super) fn decided<'a>(request: &Request<'a>, gathered: &'a Gathered<'a>, decided: &'a Decided, policy_set: &'a str) -> Telling<'a> {
    let (user_id, login) = match request.subject {
        Subject::User(user) => (Some(user.id), user.user_principal_name.as_str()),
        Subject::Workload => (None, ""),
    };
    Telling {
        user_id,
        resource_id: Some(request.resource.app_id),
        resource_display_name: &request.resource.display_name,
        device_id: request.device.map(|device| device.id),
        facts: Some(as_sign_in(gathered)),
        applied_policies: Some(&decided.policies),
        policy_set,
        ..undecided(request.caller, request.grant, Some(request.client), login)
    }
}

/// A sign-in of which no decision was asked.
pub(super) fn undecided<'a>(caller: &'a Caller, grant: &'a str, client: Option<&'a Application>, login: &'a str) -> Telling<'a> {
    Telling {
        user_id: None,
        user_principal_name: shortened(login),
        app_id: client.map(|client| client.app_id),
        app_display_name: client.map_or("", |client| &client.display_name),
        resource_id: None,
        resource_display_name: "",
        grant,
        ip_address: caller.ip,
        user_agent: &caller.user_agent,
        device_id: None,
        outcome: SignInOutcome::Granted,
        error_code: 0,
        failure_reason: "",
        facts: None,
        applied_policies: None,
        policy_set: "",
    }
}

fn as_sign_in<'a>(gathered: &'a Gathered<'a>) -> AsSignIn<'a> {
    let (facts, protection) = (&gathered.facts, &gathered.protection);
    let (user_id, service_principal_id) = match &facts.subject {
        Who::User(user) => (Some(user.id.as_str()), None),
        Who::Workload { service_principal_id, .. } => (None, Some(service_principal_id.as_str())),
    };
    AsSignIn {
        user_id,
        service_principal_id,
        resources: facts.resources.iter().map(|resource| resource.app_id.as_str()).collect(),
        user_action: facts.user_action,
        authentication_context: facts.authentication_context.as_deref(),
        client_app_id: facts.client.as_ref().map(|client| client.app_id.as_str()),
        client_app_type: facts.client_app_type,
        device_platform: facts.device_platform,
        ip_address: facts.ip,
        transfer_method: facts.transfer_method,
        device: facts.device.as_ref().map(|device| AsDevice {
            device_id: device.device_id.as_deref(),
            display_name: device.display_name.as_deref(),
            is_compliant: device.is_compliant,
            is_managed: device.is_managed,
            trust_type: device.trust_type,
            operating_system: device.operating_system.as_deref(),
            operating_system_version: device.operating_system_version.as_deref(),
        }),
        broker_present: facts.broker_present,
        app_protection_applied: facts.app_protection_applied,
        attestation_missing: gathered.must_attest.then_some(facts.attestation_missing),
        attestation_problem: gathered.attestation_missing,
        app_protection: protection.registration.map(|registration_id| AsRegistration {
            registration_id,
            last_sync: protection.last_sync,
            tag: protection.tag.as_deref(),
            failed: protection.failed.iter().map(|criterion| criterion.letter()).collect(),
        }),
        mfa: facts.mfa,
        authentication_methods: &facts.authentication_methods,
        amr: gathered.amr,
    }
}

fn shortened(login: &str) -> &str {
    login.char_indices().nth(LONGEST_LOGIN).and_then(|(end, _)| login.get(..end)).unwrap_or(login)
}
