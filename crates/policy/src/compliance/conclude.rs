//! From what each policy says to how the device stands: grace, built-in checks, severity, actions, and when that changes by itself.

use doorward_model::compliance::{
    ActionOutcome, ActionType, ComplianceStatus, FiredAction, Judgement, PolicyState, SettingState, Standing,
};
use jiff::{SignedDuration, Timestamp};

use super::assess::Assessed;
use super::{Action, Case};

/// A mail that is later than this is of no use any more.
const STALE_AFTER: SignedDuration = SignedDuration::from_hours(7 * 24);

/// An action that has come up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueAction {
    /// The policy that asks for it.
    pub policy_id: String,
    /// Its name.
    pub policy_name: String,
    /// What is to be done.
    pub kind: ActionType,
    /// It came up too late to be of use.
    pub stale: bool,
    key: String,
}

/// A judgement, and the actions that came up with it.
#[derive(Debug, Clone)]
pub struct Concluded {
    judgement: Judgement,
    /// In the order in which they came up.
    pub due: Vec<DueAction>,
}

impl Concluded {
    /// How the device stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.judgement.standing
    }

    /// The judgement with what became of each action, so that none comes up again.
    #[must_use]
    pub fn settled(mut self, outcome: impl Fn(&DueAction) -> ActionOutcome) -> Judgement {
        let at = self.judgement.at;
        for due in &self.due {
            if let Some(policy) = self.judgement.policies.iter_mut().find(|policy| policy.policy_id == due.policy_id) {
                policy.fired.push(FiredAction { action: due.key.clone(), kind: due.kind, at, outcome: outcome(due) });
            }
        }
        self.judgement
    }
}

/// Says again what has come of the last report, now that time has passed. A policy that has not been asked since is unknown, and one
/// that is gone says nothing any more.
#[must_use]
pub fn conclude(case: &Case<'_>, now: Timestamp) -> Concluded {
    let asked = |id: &str| case.before.and_then(|before| before.policies.iter().find(|state| state.policy_id == id));
    let assessed: Vec<Assessed<'_>> = case
        .policies()
        .map(|policy| match asked(&policy.id) {
            Some(state) => Assessed { policy, status: state.status, settings: state.settings.clone() },
            None => Assessed { policy, status: ComplianceStatus::Unknown, settings: Vec::new() },
        })
        .collect();
    conclude_with(case, &assessed, now)
}

pub(super) fn conclude_with(case: &Case<'_>, assessed: &[Assessed<'_>], now: Timestamp) -> Concluded {
    let running: Vec<Running<'_, '_>> = assessed.iter().map(|assessed| Running::of(assessed, case, now)).collect();
    let standing = overall(case, &running, now);
    let mut moments: Vec<Timestamp> = running.iter().filter_map(Running::grace_end).collect();
    moments.push(validity_end(case));
    moments.extend(case.words.iter().filter_map(|word| word.expires));
    moments.retain(|moment| *moment >= now);
    moments.sort_unstable();
    let ends = |moment: &&Timestamp| !overall(case, &running, just_after(**moment)).is_compliant();
    let compliant_until = if standing.is_compliant() { moments.iter().find(ends).copied() } else { None };
    let (due, later) = actions(case, &running, now);
    let mut policies: Vec<PolicyState> = running.iter().map(|one| one.state(now)).collect();
    policies.extend(words(case, now));
    let grace_ends = policies.iter().filter_map(|policy| policy.grace_ends).min();
    let judgement = Judgement {
        at: now,
        standing,
        policies,
        built_in: built_in(case, &running, now),
        grace_ends,
        compliant_until,
        next: moments.into_iter().chain(later).min(),
    };
    Concluded { judgement, due }
}

/// The first moment that counts as behind another one.
fn just_after(moment: Timestamp) -> Timestamp {
    moment.saturating_add(SignedDuration::from_nanos(1)).unwrap_or(moment)
}

fn hours_after(moment: Timestamp, hours: u32) -> Timestamp {
    moment.saturating_add(SignedDuration::from_hours(i64::from(hours))).unwrap_or(Timestamp::MAX)
}

/// A policy with what its schedule remembers.
struct Running<'a, 'b> {
    assessed: &'b Assessed<'a>,
    failing_since: Option<Timestamp>,
    fired: Vec<FiredAction>,
}

impl<'a, 'b> Running<'a, 'b> {
    /// The clock begins with the first report that fails, goes on while nothing better is known, and is forgotten with one that passes.
    fn of(assessed: &'b Assessed<'a>, case: &Case<'_>, now: Timestamp) -> Self {
        let before = case.before.and_then(|before| before.policies.iter().find(|state| state.policy_id == assessed.policy.id));
        let since = before.and_then(|state| state.failing_since);
        let failing_since = match assessed.status {
            ComplianceStatus::NonCompliant => since.or(Some(now)),
            ComplianceStatus::Unknown | ComplianceStatus::Error => since,
            ComplianceStatus::Compliant | ComplianceStatus::Remediated | ComplianceStatus::NotApplicable => None,
        };
        let fired = if failing_since.is_some() { before.map(|state| state.fired.clone()).unwrap_or_default() } else { Vec::new() };
        Self { assessed, failing_since, fired }
    }

    fn grace_end(&self) -> Option<Timestamp> {
        let hours = self.assessed.policy.grace_hours();
        self.failing_since
            .filter(|_| hours > 0 && self.assessed.status == ComplianceStatus::NonCompliant)
            .map(|since| hours_after(since, hours))
    }

    fn standing(&self, now: Timestamp) -> Standing {
        match self.assessed.status {
            ComplianceStatus::Unknown => Standing::Unknown,
            ComplianceStatus::NotApplicable => Standing::NotApplicable,
            ComplianceStatus::Compliant | ComplianceStatus::Remediated => Standing::Compliant,
            ComplianceStatus::NonCompliant if self.grace_end().is_some_and(|end| now <= end) => Standing::InGracePeriod,
            ComplianceStatus::NonCompliant => Standing::NonCompliant,
            ComplianceStatus::Error => Standing::Error,
        }
    }

    fn state(&self, now: Timestamp) -> PolicyState {
        let standing = self.standing(now);
        PolicyState {
            policy_id: self.assessed.policy.id.clone(),
            display_name: self.assessed.policy.display_name.clone(),
            status: self.assessed.status,
            standing,
            failing_since: self.failing_since,
            grace_ends: self.grace_end().filter(|_| standing == Standing::InGracePeriod),
            fired: self.fired.clone(),
            settings: self.assessed.settings.clone(),
        }
    }
}

/// The most severe of policies, words and built-in checks. A check that passes adds nothing.
fn overall(case: &Case<'_>, running: &[Running<'_, '_>], now: Timestamp) -> Standing {
    let policies = running.iter().map(|one| one.standing(now));
    let words = words(case, now).map(|word| word.standing);
    let checks = built_in(case, running, now).into_iter().filter_map(|check| match check.status {
        ComplianceStatus::NonCompliant => Some(Standing::NonCompliant),
        // No policy, and the tenant wants such devices to count as compliant.
        ComplianceStatus::NotApplicable if check.setting == HAS_POLICY => Some(Standing::Compliant),
        _ => None,
    });
    policies.chain(words).chain(checks.collect::<Vec<_>>()).max().unwrap_or(Standing::Unknown)
}

/// What others say, in the form of a policy each.
fn words<'c>(case: &Case<'c>, now: Timestamp) -> impl Iterator<Item = PolicyState> + 'c {
    case.words.iter().map(move |word| {
        let standing = if word.expires.is_some_and(|end| now > end) { Standing::Unknown } else { word.standing };
        let status = match standing {
            Standing::Unknown => ComplianceStatus::Unknown,
            Standing::NotApplicable => ComplianceStatus::NotApplicable,
            Standing::Compliant => ComplianceStatus::Compliant,
            Standing::InGracePeriod | Standing::NonCompliant => ComplianceStatus::NonCompliant,
            Standing::Error => ComplianceStatus::Error,
        };
        PolicyState {
            policy_id: format!("partner:{}", word.by),
            display_name: word.by.clone(),
            status,
            standing,
            failing_since: None,
            grace_ends: None,
            fired: Vec::new(),
            settings: Vec::new(),
        }
    })
}

const HAS_POLICY: &str = "hasPolicy";

/// The moment up to which the last report counts.
fn validity_end(case: &Case<'_>) -> Timestamp {
    hours_after(case.last_contact, case.settings.device_compliance_checkin_threshold_days.saturating_mul(24))
}

fn built_in(case: &Case<'_>, running: &[Running<'_, '_>], now: Timestamp) -> Vec<SettingState> {
    let check = |setting: &str, status, expected: String, reason: Option<&str>| SettingState {
        setting: setting.to_owned(),
        status,
        expected,
        actual: None,
        source: None,
        reason: reason.map(str::to_owned),
    };
    let has_policy = !running.is_empty() || !case.words.is_empty();
    let (policy, why_policy) = match (has_policy, case.settings.secure_by_default) {
        (true, _) => (ComplianceStatus::Compliant, None),
        (false, true) => (ComplianceStatus::NonCompliant, Some("noPolicy")),
        (false, false) => (ComplianceStatus::NotApplicable, Some("noPolicy")),
    };
    let is_active = now <= validity_end(case);
    let days = case.settings.device_compliance_checkin_threshold_days;
    let owner = match case.owner_enabled {
        None => (ComplianceStatus::NotApplicable, None),
        Some(true) => (ComplianceStatus::Compliant, None),
        Some(false) => (ComplianceStatus::NonCompliant, Some("ownerDisabled")),
    };
    vec![
        check(HAS_POLICY, policy, "a compliance policy for the device".to_owned(), why_policy),
        check(
            "isActive",
            if is_active { ComplianceStatus::Compliant } else { ComplianceStatus::NonCompliant },
            format!("a report in the last {days} days"),
            (!is_active).then_some("noRecentReport"),
        ),
        check("userExists", owner.0, "an owner who may sign in".to_owned(), owner.1),
    ]
}

/// The actions that have come up and not been taken, oldest first, and the moments of those to come.
fn actions(case: &Case<'_>, running: &[Running<'_, '_>], now: Timestamp) -> (Vec<DueAction>, Vec<Timestamp>) {
    let mut due: Vec<(Timestamp, DueAction)> = Vec::new();
    let mut later = Vec::new();
    for one in running.iter().filter(|_| case.settings.is_scheduled_action_enabled) {
        let policy = one.assessed.policy;
        let Some(since) = one.failing_since.filter(|_| one.assessed.status == ComplianceStatus::NonCompliant) else { continue };
        for (action, key) in keys(&policy.actions).filter(|(action, _)| is_ever_taken(action.kind)) {
            let moment = hours_after(since, action.grace_period_hours);
            if one.fired.iter().any(|fired| fired.action == key) {
                continue;
            }
            if moment > now {
                later.push(moment);
                continue;
            }
            let is_message = matches!(action.kind, ActionType::Notification | ActionType::PushNotification);
            let stale = is_message && now.duration_since(moment) > STALE_AFTER;
            let action =
                DueAction { policy_id: policy.id.clone(), policy_name: policy.display_name.clone(), kind: action.kind, stale, key };
            due.push((moment, action));
        }
    }
    due.sort_by_key(|(moment, _)| *moment);
    (due.into_iter().map(|(_, action)| action).collect(), later)
}

fn is_ever_taken(kind: ActionType) -> bool {
    match kind {
        ActionType::Notification | ActionType::PushNotification | ActionType::RemoteLock | ActionType::Retire => true,
        // Blocking is the grace period itself; the others are kept from imported policies.
        ActionType::NoAction | ActionType::Block | ActionType::Wipe | ActionType::RemoveResourceAccessProfiles => false,
    }
}

/// Actions with a name that stays the same as long as the action does: several of one kind may stand at one hour.
fn keys(actions: &[Action]) -> impl Iterator<Item = (&Action, String)> {
    actions.iter().enumerate().map(|(index, action)| {
        let same = |other: &&Action| other.kind == action.kind && other.grace_period_hours == action.grace_period_hours;
        let number = actions.iter().take(index).filter(same).count();
        (action, format!("{}@{}h#{number}", action.kind, action.grace_period_hours))
    })
}
