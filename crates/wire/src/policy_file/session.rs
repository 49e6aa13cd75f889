//! `sessionControls`. Only what is switched on counts; what is not understood here has no bearing on who gets in.

use doorward_model::conditional_access::{
    CloudAppSecurityType, ContinuousAccessEvaluationMode, FrequencyAuthentication, FrequencyInterval, FrequencyUnit, PersistentBrowserMode,
    SessionControls, SignInFrequency,
};

use super::Findings;
use super::json::Object;

const SESSION: &[&str] = &[
    "applicationEnforcedRestrictions",
    "cloudAppSecurity",
    "persistentBrowser",
    "signInFrequency",
    "secureSignInSession",
    "disableResilienceDefaults",
    "continuousAccessEvaluation",
];

pub(super) fn read(findings: &mut Findings, policy: &Object<'_>) -> SessionControls {
    let Some(session) = findings.object(policy, "sessionControls") else { return SessionControls::default() };
    findings.unknown_members(&session, SESSION);
    SessionControls {
        application_enforced_restrictions: switched_on(findings, &session, "applicationEnforcedRestrictions", &[]).is_some(),
        cloud_app_security: switched_on(findings, &session, "cloudAppSecurity", &["cloudAppSecurityType"])
            .and_then(|control| findings.word(&control, "cloudAppSecurityType", CloudAppSecurityType::from_wire)),
        persistent_browser: switched_on(findings, &session, "persistentBrowser", &["mode"])
            .and_then(|control| findings.word(&control, "mode", PersistentBrowserMode::from_wire)),
        sign_in_frequency: sign_in_frequency(findings, &session),
        secure_sign_in_session: switched_on(findings, &session, "secureSignInSession", &[]).is_some(),
        disable_resilience_defaults: findings.take(session.flag("disableResilienceDefaults")),
        continuous_access_evaluation: continuous_access_evaluation(findings, &session),
    }
}

/// A control whose `isEnabled` is true.
fn switched_on<'a>(findings: &mut Findings, session: &Object<'a>, name: &str, known: &[&str]) -> Option<Object<'a>> {
    let control = findings.object(session, name)?;
    findings.unknown_members(&control, &[&["isEnabled"], known].concat());
    findings.take(control.flag("isEnabled")).then_some(control)
}

fn sign_in_frequency(findings: &mut Findings, session: &Object<'_>) -> Option<SignInFrequency> {
    let known = ["value", "type", "frequencyInterval", "authenticationType"];
    let control = switched_on(findings, session, "signInFrequency", &known)?;
    let authentication = findings.word(&control, "authenticationType", FrequencyAuthentication::from_wire);
    let every_time = findings.word(&control, "frequencyInterval", is_every_time).unwrap_or(false);
    let interval = if every_time { FrequencyInterval::EveryTime } else { period(findings, &control)? };
    Some(SignInFrequency { interval, authentication: authentication.unwrap_or(FrequencyAuthentication::PrimaryAndSecondary) })
}

fn is_every_time(word: &str) -> Option<bool> {
    ["timeBased", "everyTime"].iter().find(|known| known.eq_ignore_ascii_case(word)).map(|known| *known == "everyTime")
}

fn period(findings: &mut Findings, control: &Object<'_>) -> Option<FrequencyInterval> {
    let value = control.get("value").and_then(|value| findings.take(value.count().map(Some)));
    let unit = findings.word(control, "type", FrequencyUnit::from_wire);
    Some(FrequencyInterval::Period { value: value?, unit: unit? })
}

/// The one control without `isEnabled`.
fn continuous_access_evaluation(findings: &mut Findings, session: &Object<'_>) -> Option<ContinuousAccessEvaluationMode> {
    let control = findings.object(session, "continuousAccessEvaluation")?;
    findings.unknown_members(&control, &["mode"]);
    findings.word(&control, "mode", ContinuousAccessEvaluationMode::from_wire)
}
