//! A sign-in on trial: decided and explained in full, service policies included. Nothing is changed, and nothing recorded.

use std::net::IpAddr;
use std::sync::Arc;

use doorward_model::device::TrustType;
use doorward_model::sign_in::{ClientAppType, DevicePlatform, RiskLevel};
use doorward_model::{AppId, TenantId, UserId};
use doorward_policy::conditional_access::{Classes, Decision, DeviceFacts, Explained, Explanation, Facts, Subject};

use super::facts;
use crate::context::Context;
use crate::directory::DirectoryError;
use crate::policies::{self, TenantPolicies};

/// What is supposed of a sign-in.
#[derive(Debug, Clone)]
pub struct Trial {
    /// Sign-in name or object id.
    pub person: String,
    /// The service.
    pub service: AppId,
    /// The app in their hands; none is one that is not registered.
    pub client: Option<AppId>,
    /// Its kind.
    pub client_app_type: ClientAppType,
    /// Platform; none when it cannot be told.
    pub platform: Option<DevicePlatform>,
    /// The device.
    pub device: TrialDevice,
    /// How the person proved themselves.
    pub proof: TrialProof,
    /// Address.
    pub ip: Option<IpAddr>,
    /// Country, ISO 3166-1 alpha-2. It is not derived from the address.
    pub country: Option<String>,
    /// Risk of the sign-in.
    pub sign_in_risk: RiskLevel,
    /// Risk of the person.
    pub user_risk: RiskLevel,
    /// The broker takes part.
    pub broker: bool,
    /// The app has applied its app protection policy.
    pub protection: bool,
}

/// A device, as far as most policies look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrialDevice {
    /// Not known to the directory.
    Unregistered,
    /// Registered by its owner, neither managed nor compliant.
    Registered,
    /// Joined, managed and compliant.
    Compliant,
    /// Joined to a domain, neither managed nor compliant.
    DomainJoined,
}

/// How somebody proved themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrialProof {
    /// The password alone.
    Password,
    /// The password and a code of an authenticator app.
    PasswordAndApp,
    /// A passkey.
    Passkey,
}

/// The answer.
pub struct Tried {
    policies: Arc<TenantPolicies>,
    explanation: Explanation,
}

impl Tried {
    /// What becomes of the sign-in.
    #[must_use]
    pub fn decision(&self) -> Decision {
        self.explanation.decision(&self.policies.compiled)
    }

    /// What each policy says, service policies last.
    pub fn policies(&self) -> impl Iterator<Item = Explained<'_>> {
        self.explanation.policies(&self.policies.compiled)
    }
}

/// Decides a sign-in on trial under the present policies.
///
/// # Errors
/// [`DirectoryError::NotFound`] for a person, or [`DirectoryError::Invalid`] for a service or app that the tenant does not have; storage
/// failure.
pub async fn try_sign_in(ctx: &Context, tenant: TenantId, trial: &Trial) -> Result<Tried, DirectoryError> {
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let policies = policies::current(ctx, unit.as_mut(), tenant).await?;
    let user = match trial.person.parse::<UserId>() {
        Ok(id) => unit.users().get(id).await?,
        Err(_) => unit.users().find(&trial.person).await?,
    };
    let user = user.ok_or_else(|| DirectoryError::NotFound(format!("user {}", trial.person)))?;
    let unknown = |member: &str| DirectoryError::Invalid { member: member.to_owned(), problem: "it is not registered here".to_owned() };
    let service = unit.applications().get(trial.service).await?.ok_or_else(|| unknown("service"))?;
    let client = match trial.client {
        Some(id) => Some(unit.applications().get(id).await?.ok_or_else(|| unknown("app"))?),
        None => None,
    };
    let subject = Subject::User(facts::user_facts(unit.as_mut(), &user).await?);
    let facts = Facts {
        resources: vec![facts::resource_facts(&service)],
        client: client.as_ref().map(facts::client_facts),
        client_app_type: Some(trial.client_app_type),
        device_platform: trial.platform,
        ip: trial.ip,
        country: trial.country.clone(),
        sign_in_risk: trial.sign_in_risk,
        user_risk: trial.user_risk,
        device: trial.device.facts(),
        broker_present: trial.broker,
        app_protection_applied: trial.protection,
        mfa: trial.proof != TrialProof::Password,
        authentication_methods: trial.proof.methods().iter().map(|&method| method.to_owned()).collect(),
        waived_controls: facts::waived_controls(service.app_id),
        ..Facts::new(subject)
    };
    let mut classes = Classes::new(&policies.compiled);
    let sign_in = classes.sign_in(&facts);
    let mut explanation = Explanation::new(&policies.compiled);
    classes.explain(&sign_in, &mut explanation);
    Ok(Tried { policies, explanation })
}

impl TrialDevice {
    fn facts(self) -> Option<DeviceFacts> {
        let (trust_type, vouched) = match self {
            Self::Unregistered => return None,
            Self::Registered => (TrustType::Workplace, false),
            Self::Compliant => (TrustType::AzureAd, true),
            Self::DomainJoined => (TrustType::ServerAd, false),
        };
        Some(DeviceFacts {
            trust_type: Some(trust_type),
            is_managed: Some(vouched),
            is_compliant: Some(vouched),
            profile_type: Some("RegisteredDevice".into()),
            ..DeviceFacts::default()
        })
    }
}

impl TrialProof {
    /// In the words of authentication strengths.
    fn methods(self) -> &'static [&'static str] {
        match self {
            Self::Password => &["password"],
            Self::PasswordAndApp => &["password", "softwareOath"],
            Self::Passkey => &["fido2"],
        }
    }
}
