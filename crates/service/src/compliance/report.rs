//! Reports: facts come in, a judgement goes out.

use doorward_model::compliance::{ComplianceStatus, Fact, FactSource, FactValue, ManagedDevice, Standing, Word};
use doorward_model::{DeviceId, TenantId};
use doorward_policy::compliance::catalogue::{self, FactShape};
use doorward_policy::compliance::{Build, Version, date, expectation, judge};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::device::{audit, take, write};
use super::enrol::find;
use super::gather::{Gathered, Rules};
use crate::context::Context;
use crate::directory::{Actor, DirectoryError};

/// A report that was collected longer ago speaks for that time, not for its arrival.
const FRESH: SignedDuration = SignedDuration::from_hours(1);
/// A clock may be ahead by so much.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);
/// Somebody else's judgement counts for so long unless they say otherwise.
const WORD: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Entries and characters of lists and texts at most.
const ENTRIES: usize = 5_000;
const TEXT: usize = 256;
/// Bytes of what a script found at most.
const OBJECT: usize = 16 * 1024;

/// What somebody says of a device.
#[derive(Debug, Clone)]
pub struct Report {
    /// Whose word it is.
    pub source: FactSource,
    /// Facts by name; null takes back what the source said before. What is not named stays as it was.
    pub facts: Vec<(String, Value)>,
    /// Facts that the device cannot have.
    pub not_applicable: Vec<String>,
    /// Facts that the operating system enforces.
    pub enforced: Vec<String>,
    /// When it was so; none: now.
    pub collected: Option<Timestamp>,
    /// The reporter's own judgement: their name, what they say, and until when it counts.
    pub word: Option<(String, Standing, Option<Timestamp>)>,
}

/// What a device is told about its report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// How it stands.
    pub standing: Standing,
    /// What it fails.
    pub failing: Vec<Failing>,
    /// Until when that is not held against it.
    pub grace_ends: Option<Timestamp>,
}

/// A setting that a device fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failing {
    /// Name of the setting.
    pub setting: String,
    /// The strictest of what is asked for.
    pub expected: String,
    /// What is so.
    pub actual: Option<String>,
    /// What the person can do.
    pub help: String,
}

/// Takes a report, judges the device, and writes the result where conditional access reads it, all in one unit of work.
///
/// # Errors
/// [`DirectoryError::Invalid`] names the fact; [`DirectoryError::NotFound`]; [`DirectoryError::Conflict`] when the device is not managed
/// or a newer report is there.
pub async fn report(ctx: &Context, tenant: TenantId, actor: &Actor, id: DeviceId, report: Report) -> Result<Answer, DirectoryError> {
    let now = ctx.now();
    let observed = observed(report.collected, now)?;
    let mut unit = ctx.store.tenant(tenant).write().await?;
    let before = find(unit.as_mut(), id).await?;
    if !before.is_managed() {
        return Err(DirectoryError::Conflict(format!("managed device {id} is retired: enrol it again before it reports")));
    }
    if before.last_report.is_some_and(|last| observed < last) {
        return Err(DirectoryError::Conflict("a newer report of this device is there already".to_owned()));
    }
    let mut managed = before.clone();
    managed.last_report = Some(observed);
    put_facts(&mut managed, &report, observed)?;
    let rules = Rules::read(unit.as_mut()).await?;
    if let Some((by, standing, expires)) = report.word {
        let longest = observed.saturating_add(rules.validity()).unwrap_or(Timestamp::MAX);
        let expires = expires.or_else(|| observed.checked_add(WORD).ok()).map(|end| end.min(longest));
        managed.words.retain(|word| word.by != by);
        managed.words.push(Word { by, standing, observed, expires });
    }
    let gathered = Gathered::read(unit.as_mut(), &rules, &managed).await?;
    let concluded = judge(&gathered.case(&managed), now);
    take(&mut managed, concluded);
    let device = write(unit.as_mut(), &managed, &gathered.device).await?;
    audit(ctx, unit.as_mut(), actor, "Report", Some(&before), Some((&managed, &device))).await?;
    unit.commit().await?;
    Ok(answer(&managed, &gathered))
}

/// The time that a report speaks for.
fn observed(collected: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, DirectoryError> {
    match collected {
        Some(collected) if collected.duration_since(now) > AHEAD => {
            Err(DirectoryError::invalid("collectedAt", "must not be in the future: set the clock of the device"))
        }
        Some(collected) if now.duration_since(collected) > FRESH => Ok(collected),
        _ => Ok(now),
    }
}

fn put_facts(managed: &mut ManagedDevice, report: &Report, observed: Timestamp) -> Result<(), DirectoryError> {
    let known = |name: &str| {
        catalogue::fact(name).ok_or_else(|| {
            let names: Vec<&str> = catalogue::facts().into_iter().collect();
            DirectoryError::invalid(format!("facts.{name}"), format!("is no fact that a policy asks about; there are {}", names.join(", ")))
        })
    };
    let is_enforced = |name: &str| report.enforced.iter().any(|enforced| enforced.eq_ignore_ascii_case(name));
    for (name, value) in &report.facts {
        let (name, shape) = known(name)?;
        if value.is_null() {
            managed.facts.forget(name, report.source);
            continue;
        }
        fits(value, shape).map_err(|problem| DirectoryError::invalid(format!("facts.{name}"), problem))?;
        let value = FactValue::Known(value.clone());
        managed.facts.put(name, Fact { value, source: report.source, observed, enforced: is_enforced(name) });
    }
    for name in &report.not_applicable {
        let (name, _) = known(name)?;
        let value = FactValue::NotApplicable;
        managed.facts.put(name, Fact { value, source: report.source, observed, enforced: false });
    }
    Ok(())
}

/// Whether a value has the shape of its fact, or what it must be.
fn fits(value: &Value, shape: FactShape) -> Result<(), String> {
    let text = |good: &dyn Fn(&str) -> bool| value.as_str().is_some_and(|text| text.chars().count() <= TEXT && good(text));
    let (fits, wanted) = match shape {
        FactShape::Flag => (value.is_boolean(), "true or false".to_owned()),
        FactShape::Number => (value.as_u64().is_some(), "a whole number".to_owned()),
        FactShape::Version => (text(&|text| Version::parse(text).is_some()), "a version such as 17.2.1".to_owned()),
        FactShape::Build => (text(&|text| Build::parse(text).is_some()), "a build such as 22F66".to_owned()),
        FactShape::Date => (text(&|text| date(text).is_some()), "a day such as 2026-05-01".to_owned()),
        FactShape::Word(words) => {
            (text(&|text| words.iter().any(|word| word.eq_ignore_ascii_case(text))), format!("one of {}", words.join(", ")))
        }
        FactShape::Text => (text(&|text| !text.trim().is_empty()), format!("a text of at most {TEXT} characters")),
        FactShape::Texts => {
            let short = |entry: &Value| entry.as_str().is_some_and(|text| text.chars().count() <= TEXT);
            let all = |list: &Vec<Value>| list.len() <= ENTRIES && list.iter().all(short);
            (value.as_array().is_some_and(all), format!("a list of at most {ENTRIES} texts of at most {TEXT} characters"))
        }
        FactShape::Object => {
            let fits = value.is_object() && value.to_string().len() <= OBJECT;
            (fits, format!("an object of at most {OBJECT} bytes"))
        }
    };
    if fits { Ok(()) } else { Err(format!("must be {wanted}")) }
}

fn answer(managed: &ManagedDevice, gathered: &Gathered) -> Answer {
    let judgement = managed.judgement.as_ref();
    Answer {
        standing: managed.standing(),
        failing: failing(managed, gathered),
        grace_ends: judgement.and_then(|judgement| judgement.grace_ends),
    }
}

/// What a device fails, as of its last judgement.
pub(super) fn failing(managed: &ManagedDevice, gathered: &Gathered) -> Vec<Failing> {
    let asked = expectation(&gathered.policies, &gathered.platform);
    let mut failing: Vec<Failing> = Vec::new();
    let Some(judgement) = &managed.judgement else { return failing };
    for setting in judgement.policies.iter().flat_map(|policy| &policy.settings).chain(&judgement.built_in) {
        let fails = matches!(setting.status, ComplianceStatus::NonCompliant | ComplianceStatus::Error);
        if fails && !failing.iter().any(|known| known.setting == setting.setting) {
            failing.push(Failing {
                setting: setting.setting.clone(),
                expected: asked.get(setting.setting.as_str()).unwrap_or(&setting.expected).clone(),
                actual: setting.actual.clone(),
                help: setting
                    .reason
                    .clone()
                    .filter(|_| setting.setting.contains('.'))
                    .unwrap_or_else(|| remedy(&setting.setting).to_owned()),
            });
        }
    }
    failing
}

/// What the person who holds a device can do about a setting that it fails, by the setting's name as a judgement has it.
#[must_use]
pub fn remedy(setting: &str) -> &'static str {
    let name = setting.split(['.', '[']).next().unwrap_or_default();
    match name {
        "hasPolicy" => "Ask the help desk: no compliance policy is for this device.",
        "isActive" => "Open the management app, so that the device reports again.",
        "userExists" => "Ask the help desk: the account of the device's owner is disabled.",
        _ => catalogue::all().find(|known| known.name == name).map_or("Ask the help desk.", |known| known.section.remedy()),
    }
}
