//! The least that would have to be otherwise for a sign-in on trial to be let in: found by trying, with the engine that decides.

use std::net::IpAddr;

use doorward_model::AppId;
use doorward_model::sign_in::{ClientAppType, DevicePlatform, RiskLevel};
use doorward_policy::conditional_access::{Classes, Explained, Outcome, PolicyOutcome, Reason, Subject, UserFacts};

use super::trial::{Trial, TrialDevice, TrialProof, Trials, Tried};
use crate::directory::DirectoryError;

/// Facts that are changed together at most; a phone under the organisation's care counts as one.
const DEPTH: usize = 3;
/// Ways that are told, of each kind.
const MOST: usize = 4;

/// A fact of a sign-in that is otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// How the person proves themselves.
    Proof(TrialProof),
    /// The broker takes part.
    Broker,
    /// The app has applied its app protection policy.
    Protection,
    /// The device.
    Device(TrialDevice),
    /// The app.
    Client(AppId),
    /// The kind of app.
    Kind(ClientAppType),
    /// The platform.
    Platform(DevicePlatform),
    /// The address, which lies in a trusted place.
    Place(IpAddr),
    /// No risk of the sign-in.
    NoSignInRisk,
    /// No risk of the person.
    NoUserRisk,
}

/// Changes that together let somebody in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remedy {
    /// The changes.
    pub changes: Vec<Change>,
    /// The sign-in with them.
    pub trial: Trial,
}

/// What would let somebody in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remedies {
    /// Changes after which every policy that stands in the way is met.
    pub meet: Vec<Remedy>,
    /// Changes after which a policy that stands in the way no longer applies: they get in without what it asks for.
    pub avoid: Vec<Remedy>,
}

impl Trials {
    /// The smallest changes that let the person in; nothing when nothing stands in the way.
    ///
    /// # Errors
    /// As [`Trials::decide`].
    pub fn remedies(&self, trial: &Trial) -> Result<Remedies, DirectoryError> {
        let mut classes = Classes::new(&self.policies.compiled);
        let present = classes.sign_in(&self.facts(trial, self.subject())?);
        let mut found = Remedies::default();
        if classes.outcome(&present).outcome == Outcome::Grant {
            return Ok(found);
        }
        let standing_in_the_way = failing(&self.explain(&classes, &present));
        let subject = present.parts().subject;
        let steps = self.steps(trial);
        let mut last = vec![(0, Vec::new())];
        for _ in 0..DEPTH {
            last = one_more(&last, &steps);
            let mut here = Remedies::default();
            for (_, changes) in &last {
                if found.covers(changes) || here.covers(changes) {
                    continue;
                }
                let other = changes.iter().fold(trial.clone(), |trial, change| change.made_to(trial));
                // The person is the same: everything else is looked up for somebody without groups.
                let mut parts = classes.sign_in(&self.facts(&other, Subject::User(UserFacts::default()))?).parts();
                parts.subject = subject;
                let sign_in = classes.resolve(parts);
                if classes.outcome(&sign_in).outcome != Outcome::Grant {
                    continue;
                }
                let is_met = are_met(&standing_in_the_way, &self.explain(&classes, &sign_in));
                let list = if is_met { &mut here.meet } else { &mut here.avoid };
                list.push(Remedy { changes: changes.clone(), trial: other });
            }
            for (list, more) in [(&mut found.meet, here.meet), (&mut found.avoid, here.avoid)] {
                if list.is_empty() {
                    *list = more;
                    list.truncate(MOST);
                }
            }
            if !found.meet.is_empty() {
                break;
            }
        }
        Ok(found)
    }

    /// What is tried, easiest for the person first.
    fn steps(&self, trial: &Trial) -> Vec<Vec<Change>> {
        let mut steps: Vec<Vec<Change>> = vec![
            vec![Change::Proof(TrialProof::PasswordAndApp)],
            vec![Change::Proof(TrialProof::Passkey)],
            vec![Change::Broker],
            vec![Change::Protection],
            vec![Change::Device(TrialDevice::Registered)],
        ];
        // One approved app, and one trusted place, is as good as another to nearly every policy.
        let others = self.approved().filter(|application| trial.client != Some(application.app_id));
        let app = others.min_by_key(|application| (!application.protectable, application.display_name.to_lowercase()));
        steps.extend(app.map(|application| vec![Change::Client(application.app_id)]));
        steps.extend([ClientAppType::MobileAppsAndDesktopClients, ClientAppType::Browser].map(|kind| vec![Change::Kind(kind)]));
        steps.extend([TrialDevice::Compliant, TrialDevice::DomainJoined].map(|device| vec![Change::Device(device)]));
        for platform in [DevicePlatform::Ios, DevicePlatform::Android] {
            let phone = [Change::Platform(platform), Change::Broker];
            steps.push([&phone[..], &[Change::Device(TrialDevice::Registered)]].concat());
            steps.push([&phone[..], &[Change::Device(TrialDevice::Compliant)]].concat());
        }
        let platforms =
            [DevicePlatform::Ios, DevicePlatform::Android, DevicePlatform::Windows, DevicePlatform::MacOs, DevicePlatform::Linux];
        steps.extend(platforms.map(|platform| vec![Change::Platform(platform)]));
        steps.extend(self.places.first().map(|place| vec![Change::Place(place.ip)]));
        steps.extend([Change::NoSignInRisk, Change::NoUserRisk].map(|change| vec![change]));
        steps.iter_mut().for_each(|step| step.retain(|change| change.made_to(trial.clone()) != *trial));
        steps.retain(|step| !step.is_empty());
        steps
    }
}

impl Remedies {
    /// A smaller change has the same end.
    fn covers(&self, changes: &[Change]) -> bool {
        let within = |remedy: &Remedy| remedy.changes.iter().all(|change| changes.iter().any(|other| other.is_as_much_as(*change)));
        self.meet.iter().chain(&self.avoid).any(within)
    }
}

/// Changes, with the first step that may still join them.
type Together = (usize, Vec<Change>);

/// These changes with one more step each. Steps that are about the same fact are not put together.
fn one_more(all: &[Together], steps: &[Vec<Change>]) -> Vec<Together> {
    let mut longer: Vec<Together> = Vec::new();
    for (next, changes) in all {
        let may_join = |step: &&Vec<Change>| !changes.iter().any(|change| step.iter().any(|other| change.is_about_the_same(*other)));
        let joining = (1..).zip(steps).skip(*next).filter(|(_, step)| may_join(step));
        longer.extend(joining.map(|(next, step)| (next, [changes.as_slice(), step].concat())));
    }
    longer.sort_by_key(|(_, changes)| changes.len());
    longer
}

fn failing(tried: &Tried) -> Vec<String> {
    let failing = tried.policies().filter(|(policy, _)| policy.result() == PolicyOutcome::Failure);
    failing.map(|(policy, _)| policy.id().to_owned()).collect()
}

/// Every one of these policies still applies, or gave way to the other half of its service policy.
fn are_met(policies: &[String], after: &Tried) -> bool {
    let mut of_them = after.policies().map(|(policy, _)| policy).filter(|policy| policies.iter().any(|id| id == policy.id()));
    let is_met = |policy: Explained<'_>| policy.result() == PolicyOutcome::Success || policy.reason() == Some(Reason::AlternativeMet);
    of_them.all(is_met)
}

impl Change {
    /// The sign-in with this change.
    #[must_use]
    pub fn made_to(self, mut trial: Trial) -> Trial {
        match self {
            Self::Proof(proof) => trial.proof = proof,
            Self::Broker => trial.broker = true,
            Self::Protection => trial.protection = true,
            Self::Device(device) => trial.device = device,
            Self::Client(client) => trial.client = Some(client),
            Self::Kind(kind) => trial.client_app_type = kind,
            Self::Platform(platform) => trial.platform = Some(platform),
            Self::Place(ip) => trial.ip = Some(ip),
            Self::NoSignInRisk => trial.sign_in_risk = RiskLevel::None,
            Self::NoUserRisk => trial.user_risk = RiskLevel::None,
        }
        trial
    }

    /// A device that somebody vouches for is registered as well, and a passkey is no less than a code of an app.
    fn is_as_much_as(self, other: Self) -> bool {
        let is_more = matches!(
            (self, other),
            (Self::Device(_), Self::Device(TrialDevice::Registered))
                | (Self::Proof(TrialProof::Passkey), Self::Proof(TrialProof::PasswordAndApp))
        );
        self == other || is_more
    }

    fn is_about_the_same(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }
}
