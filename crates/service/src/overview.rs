//! What an administrator wants to know first: how sign-ins went, what the policies on trial would do, and what to mend.

use std::collections::{BTreeSet, HashMap};

use doorward_model::TenantId;
use doorward_model::conditional_access::PolicyState;
use doorward_model::document::{Document, DocumentKind};
use doorward_model::service_policy::ServicePolicy;
use doorward_model::sign_in_record::SignInOutcome;
use doorward_store::{DayCount, Tally, Unit};
use doorward_wire::policy_file;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use crate::conditional_access::Effect;
use crate::context::Context;
use crate::directory::active_administrators;
use crate::directory_search::display_name;
use crate::error::Result;

/// Days looked back, today included.
pub const DAYS: i32 = 7;

/// The last days of a tenant.
#[derive(Debug, Clone)]
pub struct Overview {
    /// One entry per day (UTC), oldest first.
    pub days: Vec<Day>,
    /// Built-in mail clients that were refused.
    pub refused_mail: u64,
    /// Registered phones by platform, `iOS` and `Android` first.
    pub phones: Vec<(String, u64)>,
    /// Apps that have a wipe before them.
    pub open_wipes: usize,
    /// Conditional access policies in report-only.
    pub report_only: Vec<ReportOnly>,
    /// What to mend.
    pub mend: Vec<Mend>,
}

/// Sign-ins of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// The day, in UTC.
    pub date: Date,
    /// Granted.
    pub granted: u64,
    /// Told what to do first.
    pub interrupted: u64,
    /// Refused.
    pub refused: u64,
}

/// What a policy on trial would have done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportOnly {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Sign-ins it is for.
    pub applied: u64,
    /// Of these, those it would have refused.
    pub refused: u64,
    /// Of these, those it would have asked something.
    pub asked: u64,
}

/// Something to mend, told by the data alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mend {
    /// There is one Global Administrator: who loses that account loses the tenant.
    OneGlobalAdministrator,
    /// App access is on for nobody.
    CoversNobody {
        /// Service policy.
        policy: String,
    },
    /// App access is on, and there is no app on the approved list.
    NoApprovedApps {
        /// Service policy.
        policy: String,
    },
    /// A service policy names a group that does not exist.
    UnknownGroup {
        /// Service policy.
        policy: String,
        /// Id of the group.
        group: String,
    },
    /// Nothing is enforced at all.
    NothingEnforced,
}

/// Looks at the last days.
///
/// # Errors
/// Storage failure.
pub async fn overview(ctx: &Context, tenant: TenantId) -> Result<Overview> {
    ctx.sign_in_log.flush().await;
    let now = ctx.now();
    let first = first_day(now);
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let counts = unit.logs().sign_ins_by_day(first).await?;
    let results = unit.logs().policy_results(first).await?;
    let grants = unit.logs().grants(first).await?;
    let policies = unit.documents().list(DocumentKind::ConditionalAccessPolicy).await?;
    let mend = mend(unit.as_mut(), &policies, now).await?;
    let phones = phones(unit.as_mut()).await?;
    let open_wipes = crate::protection::open_wipes(unit.as_mut()).await?;
    Ok(Overview {
        days: days(first, &counts),
        refused_mail: sum(&grants, |tally| tally.name == "activeSync" && tally.result != "granted"),
        phones,
        open_wipes,
        report_only: report_only(&policies, &Effect::of(&results)),
        mend,
    })
}

/// The day (UTC) with which the last days begin.
pub(crate) fn first_day(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date().saturating_sub(DAYS.saturating_sub(1).days())
}

fn sum(tallies: &[Tally], wanted: impl Fn(&Tally) -> bool) -> u64 {
    tallies.iter().filter(|tally| wanted(tally)).map(|tally| tally.sign_ins).sum()
}

fn days(first: Date, counts: &[DayCount]) -> Vec<Day> {
    let mut days: Vec<Day> =
        (0..DAYS).map(|later| Day { date: first.saturating_add(later.days()), granted: 0, interrupted: 0, refused: 0 }).collect();
    for count in counts {
        let Some(day) = days.iter_mut().find(|day| day.date == count.day) else { continue };
        let number = match count.outcome {
            SignInOutcome::Granted => &mut day.granted,
            SignInOutcome::Interrupted => &mut day.interrupted,
            SignInOutcome::Refused => &mut day.refused,
        };
        *number = number.saturating_add(count.sign_ins);
    }
    days
}

async fn phones(unit: &mut dyn Unit) -> Result<Vec<(String, u64)>> {
    let counts = unit.devices().count_by_operating_system().await?;
    let number = |platform: &str| counts.iter().filter(|(name, _)| name.eq_ignore_ascii_case(platform)).map(|(_, number)| number).sum();
    Ok(["iOS", "Android"].map(|platform| (platform.to_owned(), number(platform))).into())
}

fn report_only(policies: &[Document], effects: &HashMap<String, Effect>) -> Vec<ReportOnly> {
    let on_trial = policies.iter().filter(|document| state(document) == Some(PolicyState::ReportOnly));
    on_trial
        .map(|document| {
            let effect = effects.get(&document.id.to_lowercase()).copied().unwrap_or_default();
            ReportOnly {
                id: document.id.clone(),
                name: display_name(document),
                applied: effect.applied,
                refused: effect.would_refuse,
                asked: effect.would_ask,
            }
        })
        .collect()
}

fn state(document: &Document) -> Option<PolicyState> {
    policy_file::conditional_access::read(&document.body, &document.id).ok().map(|policy| policy.state)
}

async fn mend(unit: &mut dyn Unit, policies: &[Document], now: Timestamp) -> Result<Vec<Mend>> {
    let mut mend = Vec::new();
    if active_administrators(unit, now).await?.len() < 2 {
        mend.push(Mend::OneGlobalAdministrator);
    }
    let groups: BTreeSet<String> = unit.groups().list().await?.iter().map(|group| group.id.to_string()).collect();
    let approved = unit.applications().list().await?.iter().any(|application| application.approved && application.enabled);
    let documents = unit.documents().list(DocumentKind::ServicePolicy).await?;
    let services: Vec<ServicePolicy> =
        documents.iter().filter_map(|document| policy_file::service_policy::read(&document.body).ok()).collect();
    for service in &services {
        look_at(service, &groups, approved, &mut mend);
    }
    let enforced = policies.iter().any(|document| state(document) == Some(PolicyState::Enabled))
        || services.iter().any(|service| {
            service.app_access.as_ref().is_some_and(|access| access.enabled)
                || service.device_access.as_ref().is_some_and(|access| access.enabled)
        });
    if !enforced {
        mend.push(Mend::NothingEnforced);
    }
    Ok(mend)
}

fn look_at(service: &ServicePolicy, groups: &BTreeSet<String>, approved: bool, mend: &mut Vec<Mend>) {
    let policy = || service.id.clone();
    let mut named: BTreeSet<&String> = BTreeSet::new();
    if let Some(access) = &service.app_access {
        named.extend(access.restricted_groups.iter().chain(&access.exempted_groups));
        if access.enabled && !access.allows_all_apps && access.restricted_groups.is_empty() {
            mend.push(Mend::CoversNobody { policy: policy() });
        }
        if access.enabled && !access.allows_all_apps && !approved {
            mend.push(Mend::NoApprovedApps { policy: policy() });
        }
    }
    if let Some(access) = &service.device_access {
        named.extend(access.targeted_groups.iter().chain(&access.exempted_groups));
    }
    let unknown = named.into_iter().filter(|group| !groups.contains(&group.to_lowercase()));
    mend.extend(unknown.map(|group| Mend::UnknownGroup { policy: policy(), group: group.clone() }));
}

/// The instant from which previews replay: as many days as the overview shows.
pub(crate) fn since(now: Timestamp) -> Timestamp {
    now.saturating_sub(SignedDuration::from_hours(24 * i64::from(DAYS))).unwrap_or(now)
}
