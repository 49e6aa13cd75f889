//! Sign-ins in the format of `eval`, from their text to the facts that the engine is given.

mod fields;
mod plain;
mod scalar;

use std::net::IpAddr;
use std::path::Path;

use anyhow::Context;
use doorward_policy::conditional_access::{Circumstances, DeviceFacts, Facts, ResourceFacts, Subject};
use doorward_wire::policy_file::{Json, Node, ReadError, device};

pub(super) use fields::Fields;
pub(super) use plain::Known;
pub(super) use scalar::Scalar;

use super::directory::Directory;
use super::files;

/// A sign-in to be decided.
pub(super) struct SignIn {
    pub(super) id: String,
    pub(super) facts: Facts,
}

/// Who signs in, by id.
#[derive(Debug, Clone, Copy)]
pub(super) enum Who<'a> {
    User(&'a str),
    Workload(&'a str),
}

/// Reads a file of sign-ins, one on each line; blank lines are passed over.
pub(super) fn read(file: &Path, directory: &Directory) -> anyhow::Result<Vec<SignIn>> {
    let text = files::read_text(file)?;
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(number, line)| read_line(line, directory).with_context(|| format!("{}, line {number}", file.display()))).collect()
}

pub(super) fn read_line(line: &str, directory: &Directory) -> anyhow::Result<SignIn> {
    let fields = Fields::read(line)?;
    Ok(SignIn { facts: fields.facts(directory)?, id: fields.id()?.to_owned() })
}

impl Who<'_> {
    pub(super) fn id(&self) -> &str {
        match self {
            Who::User(id) | Who::Workload(id) => id,
        }
    }

    /// None for a user that the directory does not know.
    pub(super) fn subject(self, directory: &Directory) -> Option<Subject> {
        match self {
            Who::User(id) => directory.user(id),
            Who::Workload(id) => Some(directory.workload(id)),
        }
    }
}

/// What members mean. Texts of lists and objects are looked into here, so that whoever has met one before can do without.
impl Fields<'_> {
    pub(super) fn facts(&self, directory: &Directory) -> Result<Facts, ReadError> {
        let values = self.circumstances();
        let subject = self.who()?.subject(directory).ok_or_else(|| error("userId", "is not a user of the directory"))?;
        Ok(Facts {
            resources: self.resources(directory)?,
            user_action: self.user_action,
            authentication_context: self.authentication_context.as_deref().map(str::to_owned),
            client: self.client_app_id.as_deref().map(|app_id| directory.client(app_id)),
            client_app_type: values.client_app_type,
            device_platform: values.device_platform,
            ip: self.ip()?,
            country: self.country.as_deref().map(str::to_owned),
            sign_in_risk: values.sign_in_risk,
            user_risk: values.user_risk,
            service_principal_risk: values.service_principal_risk,
            insider_risk: values.insider_risk,
            transfer_method: values.transfer_method,
            device: self.device()?,
            broker_present: self.broker_present.unwrap_or_default(),
            app_protection_applied: self.app_protection_applied.unwrap_or_default(),
            attestation_missing: self.attestation_missing.unwrap_or_default(),
            mfa: self.mfa.unwrap_or_default(),
            authentication_methods: self.authentication_methods()?,
            password_changed: self.password_changed.unwrap_or_default(),
            terms_of_use_accepted: self.terms_of_use_accepted()?,
            ..Facts::new(subject)
        })
    }

    pub(super) fn id(&self) -> Result<&str, ReadError> {
        self.id.as_deref().ok_or_else(|| error("id", "is missing"))
    }

    pub(super) fn who(&self) -> Result<Who<'_>, ReadError> {
        match (self.user_id.as_deref(), self.service_principal_id.as_deref()) {
            (Some(user), None) => Ok(Who::User(user)),
            (None, Some(workload)) => Ok(Who::Workload(workload)),
            _ => Err(Json::Null.root().error("must have exactly one of userId and servicePrincipalId")),
        }
    }

    /// The resources; none only where something else is the target.
    pub(super) fn resources(&self, directory: &Directory) -> Result<Vec<ResourceFacts>, ReadError> {
        let ids = self.resource_ids()?;
        if ids.is_empty() && self.user_action.is_none() && self.authentication_context.is_none() {
            return Err(Json::Null.root().error("has neither resources nor userAction nor authenticationContext"));
        }
        Ok(ids.iter().map(|app_id| directory.resource(app_id)).collect())
    }

    pub(super) fn resource_ids(&self) -> Result<Vec<String>, ReadError> {
        list("resources", self.resources)
    }

    pub(super) fn ip(&self) -> Result<Option<IpAddr>, ReadError> {
        self.ip_address.as_deref().map(|ip| ip.parse().map_err(|_| error("ipAddress", "is not an IP address"))).transpose()
    }

    pub(super) fn device(&self) -> Result<Option<DeviceFacts>, ReadError> {
        self.device.map(|text| parse("device", text, |node| device::read(&node.object()?))).transpose()
    }

    pub(super) fn authentication_methods(&self) -> Result<Vec<String>, ReadError> {
        list("authenticationMethods", self.authentication_methods)
    }

    pub(super) fn terms_of_use_accepted(&self) -> Result<Vec<String>, ReadError> {
        list("termsOfUseAccepted", self.terms_of_use_accepted)
    }

    pub(super) fn circumstances(&self) -> Circumstances {
        Circumstances {
            // A platform that nobody knows is one that only `all` covers.
            device_platform: self.device_platform.flatten(),
            client_app_type: self.client_app_type,
            sign_in_risk: self.sign_in_risk.unwrap_or_default(),
            user_risk: self.user_risk.unwrap_or_default(),
            service_principal_risk: self.service_principal_risk.unwrap_or_default(),
            insider_risk: self.insider_risk.unwrap_or_default(),
            transfer_method: self.transfer_method.unwrap_or_default(),
        }
    }
}

fn list(name: &str, text: Option<&str>) -> Result<Vec<String>, ReadError> {
    Ok(text.map(|text| parse(name, text, |node| node.strings())).transpose()?.unwrap_or_default())
}

/// Looks into the text of a member.
pub(super) fn parse<T>(name: &str, text: &str, read: impl FnOnce(&Node<'_>) -> Result<T, ReadError>) -> Result<T, ReadError> {
    let json: Json = serde_json::from_str(text).map_err(|cause| error(name, &format!("is not JSON: {cause}")))?;
    read(&json.at(&path(name)))
}

pub(super) fn error(name: &str, message: &str) -> ReadError {
    Json::Null.at(&path(name)).error(message)
}

fn path(name: &str) -> String {
    format!("$.{name}")
}

#[cfg(test)]
pub(super) mod tests;
