//! A sign-in on trial: decided and explained in full, service policies included. Nothing is changed, and nothing recorded.

use std::net::IpAddr;
use std::sync::Arc;

use doorward_model::application::Application;
use doorward_model::authentication_method::SecondFactor;
use doorward_model::device::TrustType;
use doorward_model::document::{Document, DocumentKind};
use doorward_model::named_location::Area;
use doorward_model::sign_in::{ClientAppType, DevicePlatform, RiskLevel};
use doorward_model::user::User;
use doorward_model::{AppId, TenantId, UserId};
use doorward_policy::conditional_access::{
    Classes, Decision, DeviceFacts, Explained, Explanation, Facts, SignIn, Subject, UserFacts, Wanted,
};
use doorward_policy::protection::requires_attestation;
use doorward_wire::policy_file;

use super::{facts, second_factor};
use crate::authentication_method::registered::Held;
use crate::context::Context;
use crate::directory::DirectoryError;
use crate::directory_search::display_name;
use crate::policies::{self, TenantPolicies};

/// What is supposed of a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
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
    /// The app has applied its app protection policy, and has attested who it is if it must.
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

/// What trials of one person are decided with, all of one moment: decided twice, the same trial ends the same way.
pub struct Trials {
    pub(super) policies: Arc<TenantPolicies>,
    person: UserFacts,
    user: Arc<User>,
    held: Held,
    applications: Vec<Application>,
    pub(super) places: Vec<TrustedPlace>,
}

/// A named location that counts as trusted, with an address in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedPlace {
    /// Its name.
    pub name: String,
    /// The lowest address of its first range.
    pub ip: IpAddr,
}

/// The answer to a trial.
pub struct Tried {
    policies: Arc<TenantPolicies>,
    explanation: Explanation,
    wanted: Vec<Wanted>,
}

impl Tried {
    /// What becomes of the sign-in.
    #[must_use]
    pub fn decision(&self) -> Decision {
        self.explanation.decision(&self.policies.compiled)
    }

    /// What each policy says and what it asks for, service policies last.
    pub fn policies(&self) -> impl Iterator<Item = (Explained<'_>, &Wanted)> {
        self.explanation.policies(&self.policies.compiled).zip(&self.wanted)
    }
}

impl Trials {
    /// Reads the person, by sign-in name or object id, and everything that trials may name.
    ///
    /// # Errors
    /// [`DirectoryError::NotFound`] for the person; storage failure.
    pub async fn open(ctx: &Context, tenant: TenantId, person: &str) -> Result<Self, DirectoryError> {
        let mut unit = ctx.store.tenant(tenant).read().await?;
        let user = match person.parse::<UserId>() {
            Ok(id) => unit.users().get(id).await?,
            Err(_) => unit.users().find(person).await?,
        };
        let user = user.ok_or_else(|| DirectoryError::NotFound(format!("user {person}")))?;
        let policies = policies::current(ctx, unit.as_mut(), tenant).await?;
        let locations = unit.documents().list(DocumentKind::NamedLocation).await?;
        Ok(Self {
            policies,
            person: facts::user_facts(unit.as_mut(), &user).await?,
            held: Held::of(unit.as_mut(), &user).await?,
            applications: unit.applications().list().await?,
            places: locations.iter().filter_map(trusted).collect(),
            user,
        })
    }

    /// Who signs in.
    #[must_use]
    pub fn person(&self) -> &User {
        &self.user
    }

    /// An application of the tenant.
    #[must_use]
    pub fn application(&self, id: AppId) -> Option<&Application> {
        self.applications.iter().find(|application| application.app_id == id)
    }

    /// Apps on the approved list.
    pub fn approved(&self) -> impl Iterator<Item = &Application> {
        self.applications.iter().filter(|application| application.approved && application.enabled)
    }

    /// The trusted place that begins with an address.
    #[must_use]
    pub fn place(&self, ip: IpAddr) -> Option<&TrustedPlace> {
        self.places.iter().find(|place| place.ip == ip)
    }

    /// Decides a sign-in and explains it.
    ///
    /// # Errors
    /// [`DirectoryError::Invalid`] for a service or app that the tenant does not have.
    pub fn decide(&self, trial: &Trial) -> Result<Tried, DirectoryError> {
        let mut classes = Classes::new(&self.policies.compiled);
        let sign_in = classes.sign_in(&self.facts(trial, self.subject())?);
        Ok(self.explain(&classes, &sign_in))
    }

    /// The second factors that the person has and after which policies would ask for no other, best first; none when the person has no
    /// second factor at all.
    ///
    /// # Errors
    /// As [`Self::decide`].
    pub fn factors(&self, trial: &Trial) -> Result<Option<Vec<SecondFactor>>, DirectoryError> {
        let facts = self.facts(trial, self.subject())?;
        let would_do = |factor: &SecondFactor| second_factor::would_do(&self.policies.compiled, &facts, *factor);
        let held = SecondFactor::ALL.into_iter().filter(|factor| self.held.has(*factor));
        Ok(self.held.any().then(|| held.filter(would_do).collect()))
    }

    pub(super) fn explain(&self, classes: &Classes<'_>, sign_in: &SignIn) -> Tried {
        let mut explanation = Explanation::new(&self.policies.compiled);
        classes.explain(sign_in, &mut explanation);
        let wanted = explanation.policies(&self.policies.compiled).map(|policy| classes.wanted(sign_in, &policy)).collect();
        Tried { policies: self.policies.clone(), explanation, wanted }
    }

    pub(super) fn subject(&self) -> Subject {
        Subject::User(self.person.clone())
    }

    pub(super) fn facts(&self, trial: &Trial, subject: Subject) -> Result<Facts, DirectoryError> {
        let known = |member: &str, id: AppId| {
            let problem = || DirectoryError::Invalid { member: member.to_owned(), problem: "it is not registered here".to_owned() };
            self.application(id).ok_or_else(problem)
        };
        let service = known("service", trial.service)?;
        let client = trial.client.map(|id| known("app", id)).transpose()?;
        Ok(Facts {
            resources: vec![facts::resource_facts(service)],
            client: client.map(facts::client_facts),
            client_app_type: Some(trial.client_app_type),
            device_platform: trial.platform,
            ip: trial.ip,
            country: trial.country.clone(),
            sign_in_risk: trial.sign_in_risk,
            user_risk: trial.user_risk,
            device: trial.device.facts(),
            broker_present: trial.broker,
            app_protection_applied: trial.protection,
            // Both come of the app's enrolment, so whoever supposes the one supposes the other.
            attestation_missing: !trial.protection && client.is_some_and(|client| requires_attestation(&client.attestation)),
            mfa: trial.proof != TrialProof::Password,
            authentication_methods: trial.proof.methods().iter().map(|&method| method.to_owned()).collect(),
            waived_controls: facts::waived_controls(service.app_id),
            ..Facts::new(subject)
        })
    }
}

fn trusted(document: &Document) -> Option<TrustedPlace> {
    let location = policy_file::named_location::read(&document.body).ok()?;
    let Area::Ip { ranges, is_trusted: true } = location.area else { return None };
    let (ip, _) = ranges.first()?.ends();
    Some(TrustedPlace { name: display_name(document), ip })
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
