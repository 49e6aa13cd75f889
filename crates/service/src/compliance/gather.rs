//! What a device is judged by, from the store.

use std::collections::BTreeSet;
use std::sync::Arc;

use doorward_model::compliance::{ComplianceSettings, Fact, FactSource, FactValue, Facts, ManagedDevice};
use doorward_model::device::Device;
use doorward_model::{DeviceId, GroupId};
use doorward_policy::compliance::{Case, CompliancePolicy, Platform, assigned, catalogue};
use doorward_store::Unit;
use jiff::SignedDuration;
use serde_json::Value;

use super::stored;
use crate::access::platform_of;
use crate::directory::DirectoryError;

/// Policies and settings of a tenant.
pub(super) struct Rules {
    policies: Vec<CompliancePolicy>,
    settings: ComplianceSettings,
}

/// One device, with everything that it is judged by.
#[derive(Clone)]
pub(super) struct Gathered {
    pub(super) device: Arc<Device>,
    pub(super) platform: Platform,
    /// Those assigned to the owner.
    pub(super) policies: Vec<CompliancePolicy>,
    /// Groups of the owner.
    groups: BTreeSet<GroupId>,
    facts: Facts,
    settings: ComplianceSettings,
    owner_enabled: Option<bool>,
}

impl Rules {
    pub(super) async fn read(unit: &mut dyn Unit) -> Result<Self, DirectoryError> {
        let policies = stored::all(unit).await?.into_iter().map(|stored| stored.policy).collect();
        Ok(Self { policies, settings: stored::settings(unit).await?.0 })
    }

    /// The same with a policy in the place of the one with its id, or beside them.
    pub(super) fn with(&self, policy: &CompliancePolicy) -> Self {
        let others = self.policies.iter().filter(|other| other.id != policy.id).cloned();
        Self { policies: others.chain([policy.clone()]).collect(), settings: self.settings }
    }

    fn for_groups(&self, groups: &BTreeSet<GroupId>) -> Vec<CompliancePolicy> {
        self.policies.iter().filter(|policy| assigned(&policy.assignments, groups)).cloned().collect()
    }

    /// For how long a report counts.
    pub(super) fn validity(&self) -> SignedDuration {
        SignedDuration::from_hours(24 * i64::from(self.settings.device_compliance_checkin_threshold_days))
    }
}

impl Gathered {
    pub(super) async fn read(unit: &mut dyn Unit, rules: &Rules, managed: &ManagedDevice) -> Result<Self, DirectoryError> {
        let device = registered(unit, managed.device_id).await?;
        let owner = match device.owner {
            Some(owner) => unit.users().get(owner).await?,
            None => None,
        };
        let groups: BTreeSet<GroupId> = match &owner {
            Some(owner) => unit.groups().transitive_of(owner.id).await?.iter().copied().collect(),
            None => BTreeSet::new(),
        };
        Ok(Self {
            platform: Platform { system: platform_of(&device), android: managed.android },
            policies: rules.for_groups(&groups),
            groups,
            facts: with_registration(managed, &device),
            settings: rules.settings,
            owner_enabled: device.owner.map(|_| owner.is_some_and(|owner| owner.account_enabled)),
            device,
        })
    }

    /// The same device under other policies.
    pub(super) fn under(&self, rules: &Rules) -> Self {
        Self { policies: rules.for_groups(&self.groups), ..self.clone() }
    }

    pub(super) fn case<'a>(&'a self, managed: &'a ManagedDevice) -> Case<'a> {
        Case {
            platform: self.platform,
            facts: &self.facts,
            policies: &self.policies,
            words: &managed.words,
            words_are_authoritative: false,
            settings: &self.settings,
            // No threat defence is connected yet: a level that nobody reports is unknown.
            threat: None,
            last_contact: managed.last_report.unwrap_or(managed.enrolled),
            owner_enabled: self.owner_enabled,
            before: managed.judgement.as_ref(),
        }
    }
}

/// The registered device of a managed one.
pub(super) async fn registered(unit: &mut dyn Unit, id: DeviceId) -> Result<Arc<Device>, DirectoryError> {
    unit.devices().get(id).await?.ok_or_else(|| DirectoryError::NotFound(format!("device {id}")))
}

/// What was reported, and beneath it what the device said when it registered.
fn with_registration(managed: &ManagedDevice, device: &Device) -> Facts {
    let mut facts = managed.facts.clone();
    if !device.operating_system_version.is_empty() {
        let value = FactValue::Known(Value::String(device.operating_system_version.clone()));
        let fact = Fact { value, source: FactSource::Registration, observed: device.registered, enforced: false };
        facts.put(catalogue::OS_VERSION, fact);
    }
    facts
}
