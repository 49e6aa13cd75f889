//! The sign-in log.

use jiff::Timestamp;
use reqwest::Method;
use serde_json::Value;

use crate::demo::stage::Stage;

/// Scenario 15.
pub(super) async fn report_only(stage: &mut Stage) -> anyhow::Result<()> {
    stage.begin(15, "a report-only policy");
    let anna = stage.user("anna")?.id.to_string();
    let log = stage.administrator.must(Method::GET, "auditLogs/signIns?$top=200", None).await?;
    let granted = log.get("value").and_then(Value::as_array).into_iter().flatten().find(|record| {
        let text = |name: &str| record.get(name).and_then(Value::as_str).unwrap_or_default();
        // A data folder that is used again remembers earlier runs.
        let of_this_run = text("createdDateTime").parse::<Timestamp>().is_ok_and(|created| created >= stage.began);
        of_this_run && text("userId") == anna && text("outcome") == "granted" && text("resourceDisplayName") == "Contoso Mail service"
    });
    let reported = granted
        .and_then(|record| record.get("appliedPolicies"))
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .find(|policy| policy.get("result").and_then(Value::as_str) == Some("reportOnlyInterrupted"));
    let why = match reported.and_then(|policy| policy.get("displayName")).and_then(Value::as_str) {
        Some(name) => format!("the log says what \"{name}\" would have done: ask for a second factor"),
        None => "the log does not mention the policy".into(),
    };
    stage.push("anna", "registered iPhone", "Contoso Mail", "allowed, and logged", &why, 0, reported.is_some());
    Ok(())
}
