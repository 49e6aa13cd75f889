//! Gathering: what the engine must know, from the directory, the device record, the session and the request.

use doorward_model::AppId;
use doorward_model::application::Application;
use doorward_model::authentication_method::SecondFactor;
use doorward_model::conditional_access::GrantControl;
use doorward_model::device::Device;
use doorward_model::protection::EvidenceProblem;
use doorward_model::sign_in::{ClientAppType, ExternalUserType};
use doorward_model::user::{User, UserType};
use doorward_policy::conditional_access::{ClientFacts, DeviceFacts, Facts, ResourceFacts, Subject as Who, UserFacts};
use doorward_policy::protection::requires_attestation;
use doorward_store::Unit;
use jiff::Timestamp;

use super::platform;
use super::request::{Request, Subject};
use crate::context::Context;
use crate::error::Result;
use crate::protection;
use crate::resource;

/// Facts, with what the sign-in log keeps beside them.
pub(super) struct Gathered<'a> {
    pub(super) facts: Facts,
    pub(super) protection: protection::AppliedFacts,
    /// Why the app does not have the identity that it must have.
    pub(super) attestation_missing: Option<EvidenceProblem>,
    pub(super) must_attest: bool,
    pub(super) amr: &'a [String],
}

pub(super) async fn gather<'a>(ctx: &Context, unit: &mut dyn Unit, request: &Request<'a>) -> Result<Gathered<'a>> {
    let protector = request.hub.unwrap_or(request.client);
    let (subject, applied, attestation_missing) = match request.subject {
        Subject::User(user) => {
            let device = request.device.map(|device| device.id);
            let applied = protection::applied(ctx, unit, request.tenant.id, (user.id, protector.app_id, device), request.enrolment).await?;
            let missing = protection::missing_attestation(ctx, unit, user.id, protector, device).await?;
            (Who::User(user_facts(unit, user).await?), applied, missing)
        }
        Subject::Workload => {
            let id = request.client.app_id.to_string();
            (Who::Workload { service_principal_id: id, in_my_tenant: true }, protection::AppliedFacts::default(), None)
        }
    };
    let facts = Facts {
        // An action is the whole target: the service that carries it out is not asked for as well.
        resources: if request.user_action.is_some() { Vec::new() } else { vec![resource_facts(request.resource)] },
        user_action: request.user_action,
        authentication_context: request.authentication_context.map(str::to_owned),
        client: Some(ClientFacts {
            approved: request.client.approved && protector.approved,
            protectable: protector.protectable,
            ..client_facts(request.client)
        }),
        // A page in an app is what the app is.
        client_app_type: if request.hub.is_some() { Some(ClientAppType::MobileAppsAndDesktopClients) } else { request.client_type },
        device_platform: platform::of(request.device, request.caller),
        ip: Some(request.caller.ip),
        transfer_method: request.transfer_method,
        device: request.device.map(|device| device_facts(device, ctx.now())),
        // The app's word chooses the advice where no device can satisfy a grant anyway; it never adds to a device.
        broker_present: request.brokered || (request.caller.broker_hint && request.device.is_none()),
        app_protection_applied: applied.applied,
        attestation_missing: attestation_missing.is_some(),
        mfa: request.amr().iter().any(|method| method == "mfa" || method == "ngcmfa"),
        authentication_methods: methods(request.amr()),
        waived_controls: waived_controls(request.resource.app_id),
        ..Facts::new(subject)
    };
    Ok(Gathered {
        facts,
        protection: applied,
        attestation_missing,
        must_attest: requires_attestation(&protector.attestation),
        amr: request.amr(),
    })
}

/// A person as the directory knows them, with all groups.
pub(super) async fn user_facts(unit: &mut dyn Unit, user: &User) -> Result<UserFacts> {
    let groups = unit.groups().transitive_of(user.id).await?;
    Ok(person(user, groups.iter().map(ToString::to_string).collect()))
}

/// A person whose groups, nested ones included, are known.
pub(super) fn person(user: &User, groups: Vec<String>) -> UserFacts {
    UserFacts {
        id: user.id.to_string(),
        groups,
        roles: user.roles.iter().map(|role| role.template_id().to_string()).collect(),
        user_type: user.user_type,
        external_user_type: match user.user_type {
            UserType::Member => ExternalUserType::None,
            UserType::Guest => ExternalUserType::InternalGuest,
        },
        home_tenant_id: None,
    }
}

pub(crate) fn client_facts(application: &Application) -> ClientFacts {
    let app_id = application.app_id.to_string();
    ClientFacts { app_id, approved: application.approved, protectable: application.protectable }
}

pub(crate) fn resource_facts(application: &Application) -> ResourceFacts {
    ResourceFacts { app_id: application.app_id.to_string(), bundles: application.bundles.clone() }
}

pub(super) fn device_facts(device: &Device, now: Timestamp) -> DeviceFacts {
    DeviceFacts {
        device_id: Some(device.id.to_string()),
        display_name: Some(device.display_name.clone()),
        is_compliant: Some(device.is_compliant_at(now)),
        is_managed: Some(device.is_managed),
        trust_type: Some(device.trust_type),
        profile_type: Some("RegisteredDevice".into()),
        operating_system: Some(device.operating_system.clone()),
        operating_system_version: Some(device.operating_system_version.clone()),
        ..DeviceFacts::default()
    }
}

/// The words of authentication strengths for what `amr` says.
fn methods(amr: &[String]) -> Vec<String> {
    let second = |method: &String| {
        SecondFactor::ALL
            .into_iter()
            .chain([SecondFactor::WindowsHello])
            .find(|factor| factor.amr() == method)
            .and_then(SecondFactor::strength_word)
    };
    let word = |method: &String| match method.as_str() {
        "pwd" => Some("password"),
        // The domain vouches for what it has seen, which is one factor as far as anybody knows.
        "wia" => Some("federatedSingleFactor"),
        _ => second(method),
    };
    amr.iter().filter_map(word).map(str::to_owned).collect()
}

/// Services that people must reach before they can meet a requirement are free of that requirement, and of nothing else: a
/// block, a second factor or a location still counts there.
#[must_use]
pub fn waived_controls(resource: AppId) -> Vec<GrantControl> {
    match resource {
        resource::DEVICE_REGISTRATION | resource::MANAGEMENT | resource::ENROLMENT | resource::COMPLIANCE => vec![
            GrantControl::ApprovedApplication,
            GrantControl::CompliantApplication,
            GrantControl::CompliantDevice,
            GrantControl::DomainJoinedDevice,
        ],
        resource::PROTECTION => vec![GrantControl::ApprovedApplication, GrantControl::CompliantApplication],
        _ => Vec::new(),
    }
}
