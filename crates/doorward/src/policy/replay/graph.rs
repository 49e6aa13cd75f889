//! A `signIn` object of Graph, told in the format of `eval`: the facts as far as it has them, and the decision that it records.

use anyhow::Context;
use doorward_model::ErrorCode;
use doorward_wire::policy_file::{Json, Node, Object, ReadError};
use serde::Serialize;
use serde_json::{Value, json};

use crate::policy::directory::Directory;

/// What such an object never says. Each is taken in the way that grants least.
pub(super) const ASSUMPTION: &str = "Graph sign-ins do not say whether a broker took part, whether an app protection policy was applied, \
     which authentication methods were used, which terms of use were accepted, whether the password was changed, nor the user and insider \
     risk: none of it counts as shown, and no such risk as present.";

/// Errors that end with a prompt, whichever policy asked for it.
const PROMPTS: [u32; 10] = [
    50072, // registration for a second factor
    ErrorCode::MFA_REQUIRED_INTERACTIVE.0,
    ErrorCode::MFA_REQUIRED.0,
    50079, // registration for a second factor
    ErrorCode::BROKER_NOT_INSTALLED.0,
    ErrorCode::DEVICE_NOT_REGISTERED.0,
    ErrorCode::PASSWORD_CHANGE_REQUIRED.0,
    ErrorCode::EXTERNAL_CHALLENGE.0,
    ErrorCode::PROTECTION_POLICY_REQUIRED.0,
    53009, // app protection, too
];

/// A sign-in of `eval`, with the members of its decisions.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    id: String,
    user_id: Option<String>,
    service_principal_id: Option<String>,
    resources: [String; 1],
    client_app_id: Option<String>,
    client_app_type: Option<&'static str>,
    device_platform: Option<&'static str>,
    ip_address: Option<String>,
    country: Option<String>,
    sign_in_risk_level: Option<&'static str>,
    transfer_method: Option<&'static str>,
    device: Option<Value>,
    mfa: bool,
    decision: Option<&'static str>,
    error_code: Option<u32>,
    policies: Vec<Value>,
}

/// The sign-in; none when it names nobody or no resource.
pub(super) fn translate(text: &str, directory: &Directory) -> anyhow::Result<Option<String>> {
    let document: Json = serde_json::from_str(text).context("not JSON")?;
    let line = line(&document.root().object()?, directory)?;
    Ok(line.map(|line| serde_json::to_string(&line)).transpose()?)
}

fn line(object: &Object<'_>, directory: &Directory) -> Result<Option<Line>, ReadError> {
    let user_id = said(object, "userId")?;
    let service_principal_id = if user_id.is_none() { said(object, "servicePrincipalId")? } else { None };
    let resource = said(object, "resourceId")?.or(said(object, "resourceServicePrincipalId")?);
    let (Some(resource), true) = (resource, user_id.is_some() || service_principal_id.is_some()) else { return Ok(None) };
    let detail = object.optional("deviceDetail", Node::object)?;
    let operating_system = detail.as_ref().map(|detail| said(detail, "operatingSystem")).transpose()?.flatten();
    let location = object.optional("location", Node::object)?;
    let Recorded { error_code, decision } = Recorded::of(object)?;
    let requirement = object.text("authenticationRequirement")?.unwrap_or_default();
    Ok(Some(Line {
        id: object.require("id")?.text()?.to_owned(),
        user_id,
        service_principal_id,
        resources: [directory.app_id(&resource).to_owned()],
        client_app_id: said(object, "appId")?,
        client_app_type: said(object, "clientAppUsed")?.as_deref().and_then(client_app_type),
        device_platform: operating_system.as_deref().and_then(platform),
        ip_address: said(object, "ipAddress")?,
        country: location.map(|location| said(&location, "countryOrRegion")).transpose()?.flatten(),
        sign_in_risk_level: said(object, "riskLevelDuringSignIn")?.or(said(object, "riskLevelAggregated")?).as_deref().and_then(risk),
        transfer_method: said(object, "originalTransferMethod")?.as_deref().and_then(transfer_method),
        device: detail.as_ref().map(device).transpose()?.flatten(),
        mfa: error_code == Some(0) && requirement.eq_ignore_ascii_case("multiFactorAuthentication"),
        decision,
        error_code: error_code.filter(|code| *code != 0),
        policies: failing(object)?,
    }))
}

/// A text. Logs write an empty one where there is nothing.
fn said(object: &Object<'_>, name: &str) -> Result<Option<String>, ReadError> {
    Ok(object.text(name)?.filter(|text| !text.is_empty()))
}

/// How the sign-in ended, and what conditional access made of it.
struct Recorded {
    error_code: Option<u32>,
    decision: Option<&'static str>,
}

impl Recorded {
    fn of(object: &Object<'_>) -> Result<Self, ReadError> {
        let status = object.optional("status", Node::object)?;
        let error_code = status.map(|status| status.optional("errorCode", Node::count)).transpose()?.flatten();
        let failed = object.text("conditionalAccessStatus")?.is_some_and(|status| status.eq_ignore_ascii_case("failure"));
        let decision = match error_code {
            Some(0) if !failed => Some("grant"),
            Some(code) if code != 0 && failed => Some(if PROMPTS.contains(&code) { "interrupt" } else { "block" }),
            // An error that conditional access had no part in says nothing about it.
            _ => None,
        };
        Ok(Self { error_code, decision })
    }
}

/// The policies that refused.
fn failing(object: &Object<'_>) -> Result<Vec<Value>, ReadError> {
    let mut failing = Vec::new();
    for node in object.list("appliedConditionalAccessPolicies")? {
        let policy = node.object()?;
        if policy.text("result")?.is_some_and(|result| result.eq_ignore_ascii_case("failure")) {
            failing.push(json!({"id": policy.require("id")?.text()?, "displayName": policy.text("displayName")?, "result": "failure"}));
        }
    }
    Ok(failing)
}

/// A device without an id is not registered.
fn device(detail: &Object<'_>) -> Result<Option<Value>, ReadError> {
    let Some(id) = said(detail, "deviceId")? else { return Ok(None) };
    Ok(Some(json!({
        "deviceId": id,
        "displayName": detail.text("displayName")?,
        "operatingSystem": detail.text("operatingSystem")?,
        "isCompliant": detail.optional("isCompliant", Node::boolean)?,
        "isManaged": detail.optional("isManaged", Node::boolean)?,
        "trustType": detail.text("trustType")?.as_deref().and_then(trust_type),
    })))
}

fn client_app_type(used: &str) -> Option<&'static str> {
    match used.to_ascii_lowercase().as_str() {
        "browser" => Some("browser"),
        "mobile apps and desktop clients" => Some("mobileAppsAndDesktopClients"),
        "exchange activesync" => Some("exchangeActiveSync"),
        "unknown" => None,
        // Each legacy protocol goes by its own name.
        _ => Some("other"),
    }
}

/// The platform of an operating system, which may come with a version.
fn platform(operating_system: &str) -> Option<&'static str> {
    const PLATFORMS: [(&str, &str); 9] = [
        ("windows phone", "windowsPhone"),
        ("windows", "windows"),
        ("ios", "iOS"),
        ("ipados", "iOS"),
        ("android", "android"),
        ("macos", "macOS"),
        ("mac os", "macOS"),
        ("linux", "linux"),
        ("ubuntu", "linux"),
    ];
    let operating_system = operating_system.to_ascii_lowercase();
    PLATFORMS.iter().find(|(start, _)| operating_system.starts_with(start)).map(|(_, platform)| *platform)
}

/// What a licence hides counts as no risk.
fn risk(level: &str) -> Option<&'static str> {
    ["low", "medium", "high"].into_iter().find(|known| known.eq_ignore_ascii_case(level))
}

fn transfer_method(method: &str) -> Option<&'static str> {
    ["deviceCodeFlow", "authenticationTransfer"].into_iter().find(|known| known.eq_ignore_ascii_case(method))
}

/// "Hybrid Azure AD joined", "Microsoft Entra registered" and the like.
fn trust_type(words: &str) -> Option<&'static str> {
    let words = words.to_ascii_lowercase();
    let known = [("hybrid", "ServerAD"), ("registered", "Workplace"), ("joined", "AzureAD")];
    known.into_iter().find(|(word, _)| words.contains(word)).map(|(_, trust_type)| trust_type)
}

#[cfg(test)]
mod tests;
