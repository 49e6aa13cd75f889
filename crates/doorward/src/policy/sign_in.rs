//! One line of a sign-in file.

use std::path::Path;

use anyhow::Context;
use doorward_model::sign_in::{ClientAppType, DevicePlatform, InsiderRiskLevel, RiskLevel, TransferMethod, UserAction};
use doorward_policy::conditional_access::{Facts, Subject};
use doorward_wire::policy_file::{Json, Node, Object, ReadError, device};

use super::directory::Directory;
use super::files;

/// A sign-in to be decided.
pub(super) struct SignIn {
    pub(super) id: String,
    pub(super) facts: Facts,
}

/// Reads a file of sign-ins, one on each line; blank lines are passed over.
pub(super) fn read(file: &Path, directory: &Directory) -> anyhow::Result<Vec<SignIn>> {
    let text = files::read_text(file)?;
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(number, line)| read_line(line, directory).with_context(|| format!("{}, line {number}", file.display()))).collect()
}

fn read_line(line: &str, directory: &Directory) -> anyhow::Result<SignIn> {
    let document: Json = serde_json::from_str(line).context("not JSON")?;
    Ok(from_json(&document, directory)?)
}

fn from_json(document: &Json, directory: &Directory) -> Result<SignIn, ReadError> {
    let root = document.root();
    let object = root.object()?;
    let mut facts = Facts::new(subject(&root, &object, directory)?);
    facts.resources = object.strings("resources")?.iter().map(|app_id| directory.resource(app_id)).collect();
    facts.user_action = object.word("userAction", UserAction::from_wire)?;
    facts.authentication_context = object.text("authenticationContext")?;
    if facts.resources.is_empty() && facts.user_action.is_none() && facts.authentication_context.is_none() {
        return Err(root.error("has neither resources nor userAction nor authenticationContext"));
    }
    facts.client = object.text("clientAppId")?.map(|app_id| directory.client(&app_id));
    facts.client_app_type = object.word("clientAppType", ClientAppType::from_wire)?;
    // A platform that nobody knows is one that only `all` covers.
    facts.device_platform = object.text("devicePlatform")?.as_deref().and_then(DevicePlatform::from_wire);
    facts.ip = object.optional("ipAddress", Node::ip_address)?;
    facts.country = object.text("country")?;
    facts.sign_in_risk = object.word("signInRiskLevel", RiskLevel::from_wire)?.unwrap_or_default();
    facts.user_risk = object.word("userRiskLevel", RiskLevel::from_wire)?.unwrap_or_default();
    facts.service_principal_risk = object.word("servicePrincipalRiskLevel", RiskLevel::from_wire)?.unwrap_or_default();
    facts.insider_risk = object.word("insiderRiskLevel", InsiderRiskLevel::from_wire)?.unwrap_or_default();
    facts.transfer_method = object.word("transferMethod", TransferMethod::from_wire)?.unwrap_or_default();
    facts.device = object.optional("device", |node| device::read(&node.object()?))?;
    facts.broker_present = object.flag("brokerPresent")?;
    facts.app_protection_applied = object.flag("appProtectionApplied")?;
    facts.mfa = object.flag("mfa")?;
    facts.authentication_methods = object.strings("authenticationMethods")?;
    facts.password_changed = object.flag("passwordChanged")?;
    facts.terms_of_use_accepted = object.strings("termsOfUseAccepted")?;
    Ok(SignIn { id: object.require("id")?.text()?.to_owned(), facts })
}

fn subject(root: &Node<'_>, object: &Object<'_>, directory: &Directory) -> Result<Subject, ReadError> {
    match (object.get("userId"), object.get("servicePrincipalId")) {
        (Some(user), None) => directory.user(user.text()?).ok_or_else(|| user.error("is not a user of the directory")),
        (None, Some(workload)) => Ok(directory.workload(workload.text()?)),
        _ => Err(root.error("must have exactly one of userId and servicePrincipalId")),
    }
}
