//! Session controls of several policies put together: the strictest wins.

use doorward_model::conditional_access::{
    CloudAppSecurityType, ContinuousAccessEvaluationMode, FrequencyAuthentication, FrequencyInterval, PersistentBrowserMode,
    SessionControls, SignInFrequency,
};
use serde_json::{Map, Value, json};

/// Puts the controls of the applicable policies together.
pub(super) fn merge<'a>(policies: impl Iterator<Item = &'a SessionControls>) -> SessionControls {
    policies.fold(SessionControls::default(), |merged, next| SessionControls {
        application_enforced_restrictions: merged.application_enforced_restrictions || next.application_enforced_restrictions,
        cloud_app_security: strictest(merged.cloud_app_security, next.cloud_app_security),
        persistent_browser: strictest(merged.persistent_browser, next.persistent_browser),
        sign_in_frequency: shortest(merged.sign_in_frequency, next.sign_in_frequency),
        secure_sign_in_session: merged.secure_sign_in_session || next.secure_sign_in_session,
        disable_resilience_defaults: merged.disable_resilience_defaults || next.disable_resilience_defaults,
        continuous_access_evaluation: strictest(merged.continuous_access_evaluation, next.continuous_access_evaluation),
    })
}

/// Modes are ordered from strict to lenient.
fn strictest<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    a.into_iter().chain(b).min()
}

/// Only the second factor is asked for again only when every policy says so. Of equal lengths the first stays as it was written.
fn shortest(a: Option<SignInFrequency>, b: Option<SignInFrequency>) -> Option<SignInFrequency> {
    let (Some(first), Some(second)) = (a, b) else { return a.or(b) };
    let both = [first.authentication, second.authentication];
    let authentication = if both == [FrequencyAuthentication::Secondary; 2] {
        FrequencyAuthentication::Secondary
    } else {
        FrequencyAuthentication::PrimaryAndSecondary
    };
    let second_is_stricter = strictness(second.interval) < strictness(first.interval);
    Some(SignInFrequency { interval: if second_is_stricter { second.interval } else { first.interval }, authentication })
}

fn strictness(interval: FrequencyInterval) -> (bool, u64) {
    (interval != FrequencyInterval::EveryTime, interval.hours())
}

/// The controls in Graph's shape; what nobody switches on is left out.
pub(super) fn to_graph(controls: &SessionControls) -> Map<String, Value> {
    let mut object = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            object.insert(name.to_owned(), value);
        }
    };
    let switched_on = |on: bool| on.then(|| json!({"isEnabled": true}));
    put("applicationEnforcedRestrictions", switched_on(controls.application_enforced_restrictions));
    put("cloudAppSecurity", controls.cloud_app_security.map(cloud_app_security));
    put("continuousAccessEvaluation", controls.continuous_access_evaluation.map(continuous_access_evaluation));
    put("disableResilienceDefaults", controls.disable_resilience_defaults.then_some(Value::Bool(true)));
    put("persistentBrowser", controls.persistent_browser.map(persistent_browser));
    put("secureSignInSession", switched_on(controls.secure_sign_in_session));
    put("signInFrequency", controls.sign_in_frequency.map(sign_in_frequency));
    object
}

fn cloud_app_security(kind: CloudAppSecurityType) -> Value {
    json!({"isEnabled": true, "cloudAppSecurityType": kind})
}

fn continuous_access_evaluation(mode: ContinuousAccessEvaluationMode) -> Value {
    json!({"mode": mode})
}

fn persistent_browser(mode: PersistentBrowserMode) -> Value {
    json!({"isEnabled": true, "mode": mode})
}

fn sign_in_frequency(frequency: SignInFrequency) -> Value {
    let (value, unit, interval) = match frequency.interval {
        FrequencyInterval::EveryTime => (None, None, "everyTime"),
        FrequencyInterval::Period { value, unit } => (Some(value), Some(unit), "timeBased"),
    };
    json!({
        "isEnabled": true,
        "value": value,
        "type": unit,
        "frequencyInterval": interval,
        "authenticationType": frequency.authentication,
    })
}
