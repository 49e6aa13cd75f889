//! Session controls: rule 19, details 15 and 22.

use doorward_model::conditional_access::{
    CloudAppSecurityType, ContinuousAccessEvaluationMode, FrequencyAuthentication, FrequencyInterval, FrequencyUnit, PersistentBrowserMode,
    SessionControls, SignInFrequency,
};
use serde_json::{Map, Value, json};

/// In Graph's shape, and how often to sign in by itself.
pub(super) fn merge(sessions: &[&SessionControls]) -> (Map<String, Value>, Option<SignInFrequency>) {
    let mut merged = Map::new();
    let mut put = |name: &str, value: Value| merged.insert(name.to_owned(), value);
    if sessions.iter().any(|session| session.application_enforced_restrictions) {
        put("applicationEnforcedRestrictions", json!({"isEnabled": true}));
    }
    if sessions.iter().any(|session| session.secure_sign_in_session) {
        put("secureSignInSession", json!({"isEnabled": true}));
    }
    if sessions.iter().any(|session| session.disable_resilience_defaults) {
        put("disableResilienceDefaults", json!(true));
    }
    for mode in [CloudAppSecurityType::MonitorOnly, CloudAppSecurityType::McasConfigured, CloudAppSecurityType::BlockDownloads] {
        if sessions.iter().any(|session| session.cloud_app_security == Some(mode)) {
            put("cloudAppSecurity", json!({"isEnabled": true, "cloudAppSecurityType": mode}));
        }
    }
    for mode in [PersistentBrowserMode::Always, PersistentBrowserMode::Never] {
        if sessions.iter().any(|session| session.persistent_browser == Some(mode)) {
            put("persistentBrowser", json!({"isEnabled": true, "mode": mode}));
        }
    }
    use ContinuousAccessEvaluationMode::{Disabled, StrictEnforcement, StrictLocation};
    for mode in [Disabled, StrictEnforcement, StrictLocation] {
        if sessions.iter().any(|session| session.continuous_access_evaluation == Some(mode)) {
            put("continuousAccessEvaluation", json!({"mode": mode}));
        }
    }
    let frequencies: Vec<SignInFrequency> = sessions.iter().filter_map(|session| session.sign_in_frequency).collect();
    let shortest = shortest(&frequencies).map(|frequency| {
        let secondary = frequencies.iter().all(|frequency| frequency.authentication == FrequencyAuthentication::Secondary);
        let authentication = if secondary { FrequencyAuthentication::Secondary } else { FrequencyAuthentication::PrimaryAndSecondary };
        SignInFrequency { authentication, ..frequency }
    });
    if let Some(frequency) = shortest {
        let (value, unit, interval) = match frequency.interval {
            FrequencyInterval::EveryTime => (None, None, "everyTime"),
            FrequencyInterval::Period { value, unit } => (Some(value), Some(unit), "timeBased"),
        };
        let authentication = match frequency.authentication {
            FrequencyAuthentication::Secondary => "secondaryAuthentication",
            FrequencyAuthentication::PrimaryAndSecondary => "primaryAndSecondaryAuthentication",
        };
        put(
            "signInFrequency",
            json!({"isEnabled": true, "value": value, "type": unit, "frequencyInterval": interval, "authenticationType": authentication}),
        );
    }
    (merged, shortest)
}

/// Every time before any period; of equals the first.
fn shortest(frequencies: &[SignInFrequency]) -> Option<SignInFrequency> {
    let every_time = frequencies.iter().find(|frequency| frequency.interval == FrequencyInterval::EveryTime);
    let mut shortest: Option<SignInFrequency> = every_time.copied();
    if shortest.is_none() {
        for frequency in frequencies {
            if shortest.is_none_or(|best| hours(frequency.interval) < hours(best.interval)) {
                shortest = Some(*frequency);
            }
        }
    }
    shortest
}

fn hours(interval: FrequencyInterval) -> u64 {
    match interval {
        FrequencyInterval::EveryTime => 0,
        FrequencyInterval::Period { value, unit: FrequencyUnit::Hours } => u64::from(value),
        FrequencyInterval::Period { value, unit: FrequencyUnit::Days } => u64::from(value) * 24,
    }
}
