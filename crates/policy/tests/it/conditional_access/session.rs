//! Session controls: the strictest wins.

use doorward_model::conditional_access::{
    CloudAppSecurityType, FrequencyAuthentication, FrequencyInterval, FrequencyUnit, GrantControl, GrantOperator, PersistentBrowserMode,
    SessionControls, SignInFrequency,
};
use doorward_policy::conditional_access::Outcome;
use serde_json::{Value, json};

use super::build::*;

fn merged(controls: &[SessionControls]) -> Value {
    let policies: Vec<_> = controls
        .iter()
        .map(|controls| {
            let mut policy = policy("p");
            policy.session_controls = controls.clone();
            policy
        })
        .collect();
    Value::Object(decided(&policies, &facts()).session_controls)
}

fn every(value: u32, unit: FrequencyUnit, authentication: FrequencyAuthentication) -> SessionControls {
    let interval = FrequencyInterval::Period { value, unit };
    SessionControls { sign_in_frequency: Some(SignInFrequency { interval, authentication }), ..SessionControls::default() }
}

#[test]
fn nothing_switched_on_leaves_nothing() {
    assert_eq!(merged(&[SessionControls::default()]), json!({}));
}

#[test]
fn the_shortest_frequency_wins_and_of_equals_the_first() {
    use FrequencyAuthentication::{PrimaryAndSecondary, Secondary};
    let merged = merged(&[every(1, FrequencyUnit::Days, Secondary), every(24, FrequencyUnit::Hours, PrimaryAndSecondary)]);
    let expected = json!({"isEnabled": true, "value": 1, "type": "days", "frequencyInterval": "timeBased",
        "authenticationType": "primaryAndSecondaryAuthentication"});
    assert_eq!(merged["signInFrequency"], expected);
}

#[test]
fn every_time_comes_before_any_period() {
    let authentication = FrequencyAuthentication::Secondary;
    let always = SignInFrequency { interval: FrequencyInterval::EveryTime, authentication };
    let always = SessionControls { sign_in_frequency: Some(always), ..SessionControls::default() };
    let merged = merged(&[every(0, FrequencyUnit::Hours, authentication), always]);
    let expected = json!({"isEnabled": true, "value": null, "type": null, "frequencyInterval": "everyTime",
        "authenticationType": "secondaryAuthentication"});
    assert_eq!(merged["signInFrequency"], expected);
}

#[test]
fn modes_merge_to_the_strictest() {
    let lenient = SessionControls {
        persistent_browser: Some(PersistentBrowserMode::Always),
        cloud_app_security: Some(CloudAppSecurityType::MonitorOnly),
        ..SessionControls::default()
    };
    let strict = SessionControls {
        persistent_browser: Some(PersistentBrowserMode::Never),
        cloud_app_security: Some(CloudAppSecurityType::BlockDownloads),
        secure_sign_in_session: true,
        ..SessionControls::default()
    };
    let expected = json!({
        "persistentBrowser": {"isEnabled": true, "mode": "never"},
        "cloudAppSecurity": {"isEnabled": true, "cloudAppSecurityType": "blockDownloads"},
        "secureSignInSession": {"isEnabled": true},
    });
    assert_eq!(merged(&[lenient.clone(), strict.clone()]), expected);
    assert_eq!(merged(&[strict, lenient]), expected);
}

#[test]
fn session_controls_count_whatever_the_grant_says() {
    let mut policy = asking("p", GrantOperator::And, &[GrantControl::Block]);
    policy.session_controls.disable_resilience_defaults = true;
    let decision = decided(&[policy], &facts());
    assert_eq!(decision.outcome, Outcome::Block);
    assert_eq!(Value::Object(decision.session_controls), json!({"disableResilienceDefaults": true}));
}
