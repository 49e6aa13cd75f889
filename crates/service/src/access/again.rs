//! Deciding again: the recorded facts of a sign-in under other policies than those of its time.
//!
//! A record names the person, the app and the service; what the directory says of them (groups, roles, the approved list) is as
//! it is now.

use std::collections::HashMap;
use std::slice;

use doorward_model::application::Application;
use doorward_model::sign_in::{ClientAppType, DevicePlatform, TransferMethod, UserAction};
use doorward_model::sign_in_record::SignInRecord;
use doorward_model::{TenantId, UserId};
use doorward_policy::conditional_access::{ClientFacts, Decision, DeviceFacts, Facts, ResourceFacts, Subject, UserFacts, decide};
use doorward_policy::protection::requires_attestation;
use doorward_store::Unit;
use doorward_wire::policy_file::{Json, Node, Object, ReadError, device};
use serde_json::Value;

use super::facts::{resource_facts, waived_controls};
use super::people;
use crate::context::Context;
use crate::error::Result;
use crate::policies;

/// What the directory says now of whom and what records name.
pub struct Recorded {
    applications: HashMap<String, Application>,
    people: HashMap<UserId, UserFacts>,
}

impl Recorded {
    /// Reads all that these records name, in few round trips.
    ///
    /// # Errors
    /// Storage failure.
    pub async fn of(unit: &mut dyn Unit, records: &[SignInRecord]) -> Result<Self> {
        let applications = unit.applications().list().await?;
        let applications = applications.into_iter().map(|application| (application.app_id.to_string(), application)).collect();
        let ids = records.iter().filter_map(|record| record.circumstances.user_id).collect();
        Ok(Self { applications, people: people::these(unit, &ids).await? })
    }

    /// The facts of one of these records; none when no decision was asked for then, or the person is gone.
    #[must_use]
    pub fn facts(&self, record: &SignInRecord) -> Option<Facts> {
        let recorded = record.circumstances.facts.value();
        let subject = match (record.circumstances.user_id, recorded.get("servicePrincipalId").and_then(Value::as_str)) {
            (Some(user), _) => Subject::User(self.people.get(&user)?.clone()),
            (None, Some(id)) => Subject::Workload { service_principal_id: id.to_owned(), in_my_tenant: true },
            (None, None) => return None,
        };
        let facts = self.read(subject, record, &recorded);
        facts.inspect_err(|error| tracing::warn!(%error, record = %record.id, "recorded facts cannot be read")).ok()
    }

    fn read(&self, subject: Subject, record: &SignInRecord, recorded: &Value) -> std::result::Result<Facts, ReadError> {
        let json = Json::from(recorded);
        let facts = json.root().object()?;
        Ok(Facts {
            resources: facts.strings("resources")?.iter().map(|id| self.resource(id)).collect(),
            user_action: facts.word("userAction", UserAction::from_wire)?,
            client: facts.text("clientAppId")?.map(|id| self.client(id)),
            client_app_type: facts.word("clientAppType", ClientAppType::from_wire)?,
            device_platform: facts.word("devicePlatform", DevicePlatform::from_wire)?,
            ip: facts.optional("ipAddress", Node::ip_address)?,
            transfer_method: facts.word("transferMethod", TransferMethod::from_wire)?.unwrap_or_default(),
            device: recorded_device(&facts)?,
            broker_present: facts.flag("brokerPresent")?,
            app_protection_applied: facts.flag("appProtectionApplied")?,
            attestation_missing: self.attestation_missing(record, recorded),
            mfa: facts.flag("mfa")?,
            authentication_methods: facts.strings("authenticationMethods")?,
            waived_controls: record.circumstances.resource_id.map(waived_controls).unwrap_or_default(),
            ..Facts::new(subject)
        })
    }

    fn resource(&self, id: &str) -> ResourceFacts {
        let unregistered = || ResourceFacts { app_id: id.to_owned(), bundles: Vec::new() };
        self.applications.get(id).map_or_else(unregistered, resource_facts)
    }

    /// An app that must attest now has done so only if the record says so: where nothing was asked then, nothing is known.
    fn attestation_missing(&self, record: &SignInRecord, recorded: &Value) -> bool {
        let application = record.circumstances.app_id.and_then(|app_id| self.applications.get(&app_id.to_string()));
        let shown = recorded.get("attestationMissing") == Some(&Value::Bool(false));
        application.is_some_and(|application| requires_attestation(&application.attestation)) && !shown
    }

    fn client(&self, app_id: String) -> ClientFacts {
        let known = self.applications.get(&app_id);
        let (approved, protectable) = known.map_or((false, false), |client| (client.approved, client.protectable));
        ClientFacts { app_id, approved, protectable }
    }
}

fn recorded_device(facts: &Object<'_>) -> std::result::Result<Option<DeviceFacts>, ReadError> {
    let read = facts.optional("device", |node| device::read(&node.object()?))?;
    // Every device of the directory is of this kind, and no record says so.
    Ok(read.map(|device| DeviceFacts { profile_type: Some("RegisteredDevice".into()), ..device }))
}

/// The facts of one record; none as for [`Recorded::facts`].
///
/// # Errors
/// Storage failure.
pub async fn recorded_facts(ctx: &Context, tenant: TenantId, record: &SignInRecord) -> Result<Option<Facts>> {
    let mut unit = ctx.store.tenant(tenant).read().await?;
    Ok(Recorded::of(unit.as_mut(), slice::from_ref(record)).await?.facts(record))
}

/// Decides a recorded sign-in under the present policies. Records nothing and lets nobody in; none as for [`Recorded::facts`].
///
/// # Errors
/// Storage failure.
pub async fn decide_again(ctx: &Context, tenant: TenantId, record: &SignInRecord) -> Result<Option<Decision>> {
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let set = policies::current(ctx, unit.as_mut(), tenant).await?;
    let facts = Recorded::of(unit.as_mut(), slice::from_ref(record)).await?.facts(record);
    Ok(facts.map(|facts| decide(&set.compiled, &facts)))
}
