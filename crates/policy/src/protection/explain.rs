//! Why the effective policy is what it is: for every setting its value, the policies that gave it, and what each policy asks for.

use serde_json::Value;

use super::catalogue::Setting;
use super::settings::TIES;
use super::{AppProtectionPolicy, Effective, Settings, merge};

/// Where an effective value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// These policies ask for it, by id: all of them when all say the same.
    Policies(Vec<String>),
    /// No policy asks for anything but the default.
    Default,
    /// It follows from another setting, whatever the policies say.
    Coupled,
    /// It counts for nothing, as the setting with that name is off.
    Idle(&'static str),
}

/// One setting of an effective policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// The setting.
    pub setting: Setting,
    /// Its value.
    pub value: Value,
    /// Where the value comes from.
    pub origin: Origin,
    /// The value in each policy, by id in order. Where a setting hangs on another one that a policy has not set, it is empty or null there.
    pub asked: Vec<(String, Value)>,
}

/// The effective policy of policies that cover an instance, setting by setting in the order of an editor. None as [`merge`].
#[must_use]
pub fn explain(policies: &[&AppProtectionPolicy]) -> Option<(Effective, Vec<Explained>)> {
    let effective = merge(policies)?;
    let platform = effective.platform;
    let mut asked: Vec<_> = policies.iter().map(|policy| (policy.id.clone(), policy.settings.write(platform))).collect();
    asked.sort_by(|one, other| one.0.cmp(&other.0));
    asked.dedup_by(|one, other| one.0 == other.0);
    let joined = policies.iter().map(|policy| policy.settings.clone()).reduce(|strictest, next| strictest.join(&next))?.write(platform);
    let values = effective.settings.write(platform);
    let settings = Settings::catalogue().into_iter().filter(|setting| setting.platforms.contains(&platform));
    let explained = settings.map(|setting| {
        let name = setting.name;
        let value = values.get(name).cloned().unwrap_or_default();
        let asked: Vec<_> = asked.iter().map(|(id, settings)| (id.clone(), settings.get(name).cloned().unwrap_or_default())).collect();
        let idle = TIES.iter().find(|(tied, condition)| *tied == name && values.get(*condition) == Some(&Value::Bool(false)));
        let origin = match (idle, joined.get(name)) {
            (Some((_, condition)), _) => Origin::Idle(condition),
            (None, Some(_)) if value == setting.default && asked.iter().all(|(_, asked)| *asked == value) => Origin::Default,
            (None, Some(joined)) if *joined == value => Origin::Policies(effective.sources.get(name).cloned().unwrap_or_default()),
            // Only numbers have a value that leaves it to the default.
            (None, Some(joined)) if joined.as_u64() == Some(0) => Origin::Default,
            (None, _) => Origin::Coupled,
        };
        Explained { setting, value, origin, asked }
    });
    let explained = explained.collect();
    Some((effective, explained))
}
