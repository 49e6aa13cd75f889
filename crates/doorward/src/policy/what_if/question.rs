//! The sign-in that a command line describes.

use std::net::IpAddr;

use anyhow::{Context, bail};
use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use doorward_model::sign_in::{ClientAppType, DevicePlatform, InsiderRiskLevel, RiskLevel, TransferMethod, UserAction};
use doorward_policy::conditional_access::{DeviceFacts, Facts, Subject};
use doorward_wire::policy_file::{Json, device};
use uuid::Uuid;

use crate::policy::directory::Directory;

/// A sign-in.
#[derive(clap::Args)]
pub(super) struct Question {
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    target: Target,
    /// Client app, by app id or display name.
    #[arg(long, value_name = "APP")]
    client_app: Option<String>,
    /// Platform of the device; left out: unknown.
    #[arg(long, ignore_case = true, value_parser = word(DevicePlatform::ALL, DevicePlatform::as_str, DevicePlatform::from_wire))]
    platform: Option<DevicePlatform>,
    /// Kind of client; left out: unknown, and taken for a modern one.
    #[arg(long, ignore_case = true, value_parser = word(ClientAppType::ALL, ClientAppType::as_str, ClientAppType::from_wire))]
    client: Option<ClientAppType>,
    /// Address.
    #[arg(long)]
    ip: Option<IpAddr>,
    /// Country, ISO 3166-1 alpha-2; not derived from the address.
    #[arg(long)]
    country: Option<String>,
    /// Risk of the sign-in.
    #[arg(long, ignore_case = true, default_value = "none", value_parser = word(RiskLevel::ALL, RiskLevel::as_str, RiskLevel::from_wire))]
    sign_in_risk: RiskLevel,
    /// Risk of the user.
    #[arg(long, ignore_case = true, default_value = "none", value_parser = word(RiskLevel::ALL, RiskLevel::as_str, RiskLevel::from_wire))]
    user_risk: RiskLevel,
    /// Risk of the service principal.
    #[arg(long, ignore_case = true, default_value = "none", value_parser = word(RiskLevel::ALL, RiskLevel::as_str, RiskLevel::from_wire))]
    service_principal_risk: RiskLevel,
    /// Insider risk of the user.
    #[arg(long, ignore_case = true, default_value = "none",
        value_parser = word(InsiderRiskLevel::ALL, InsiderRiskLevel::as_str, InsiderRiskLevel::from_wire))]
    insider_risk: InsiderRiskLevel,
    /// How the authentication came to this client.
    #[arg(long, ignore_case = true, default_value = "none",
        value_parser = word(TransferMethod::ALL, TransferMethod::as_str, TransferMethod::from_wire))]
    transfer_method: TransferMethod,
    /// Device that proves itself; left out: unregistered, or registered when it has attributes.
    #[arg(long)]
    device: Option<DeviceKind>,
    /// Attribute of the device, in the words of device filters (model=Pixel 9, isCompliant=true, physicalIds=[ZTDId]:1).
    #[arg(long, value_name = "NAME=VALUE", value_parser = attribute)]
    device_attribute: Vec<(String, String)>,
    /// The broker takes part.
    #[arg(long)]
    broker: bool,
    /// The client app has applied its app protection policy.
    #[arg(long)]
    app_protection: bool,
    /// A second factor is used.
    #[arg(long)]
    mfa: bool,
    /// Authentication method used, in the words of authentication strengths (password, fido2).
    #[arg(long, value_name = "NAME")]
    method: Vec<String>,
    /// The password has just been changed.
    #[arg(long)]
    password_changed: bool,
    /// Id of terms of use that the person has accepted.
    #[arg(long, value_name = "ID")]
    accepted_terms: Vec<String>,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Who {
    /// Person, by id, sign-in name or display name.
    #[arg(long)]
    user: Option<String>,
    /// Workload, by id of its service principal, app id or name.
    #[arg(long, value_name = "ID")]
    service_principal: Option<String>,
}

#[derive(clap::Args)]
#[group(required = true, multiple = true)]
struct Target {
    /// Resource, by app id or display name; several are asked for at once.
    #[arg(long)]
    app: Vec<String>,
    /// Action that is the target.
    #[arg(long, ignore_case = true, value_parser = word(UserAction::ALL, UserAction::as_str, UserAction::from_wire))]
    user_action: Option<UserAction>,
    /// Authentication context that is asked for, for example c1.
    #[arg(long, value_name = "CONTEXT")]
    authentication_context: Option<String>,
}

/// A device, as far as most policies look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DeviceKind {
    /// Not known to the directory.
    Unregistered,
    /// Registered by its owner (trust type Workplace), neither managed nor compliant.
    Registered,
    /// Joined (trust type AzureAD), managed and compliant.
    Compliant,
    /// Joined to a domain (trust type ServerAD), neither managed nor compliant.
    DomainJoined,
}

impl Question {
    /// What is known about the sign-in, with names looked up in the directory.
    pub(super) fn facts(&self, directory: &Directory) -> anyhow::Result<Facts> {
        let subject = self.who.subject(directory)?;
        let application = |word| or_id(directory.names.applications.find(word), word);
        let resources = self.target.app.iter().map(|app| Ok(directory.resource(application(app).context("--app")?)));
        let client = self.client_app.as_deref().map(|app| application(app).context("--client-app")).transpose()?;
        Ok(Facts {
            resources: resources.collect::<anyhow::Result<_>>()?,
            user_action: self.target.user_action,
            authentication_context: self.target.authentication_context.clone(),
            client: client.map(|app_id| directory.client(app_id)),
            client_app_type: self.client,
            device_platform: self.platform,
            ip: self.ip,
            country: self.country.clone(),
            sign_in_risk: self.sign_in_risk,
            user_risk: self.user_risk,
            service_principal_risk: self.service_principal_risk,
            insider_risk: self.insider_risk,
            transfer_method: self.transfer_method,
            device: self.device()?,
            broker_present: self.broker,
            app_protection_applied: self.app_protection,
            mfa: self.mfa,
            authentication_methods: self.method.clone(),
            password_changed: self.password_changed,
            terms_of_use_accepted: self.accepted_terms.clone(),
            ..Facts::new(subject)
        })
    }

    fn device(&self) -> anyhow::Result<Option<DeviceFacts>> {
        let kind = match self.device {
            None if self.device_attribute.is_empty() => DeviceKind::Unregistered,
            kind => kind.unwrap_or(DeviceKind::Registered),
        };
        if kind == DeviceKind::Unregistered {
            return match self.device_attribute.first() {
                None => Ok(None),
                Some((name, _)) => bail!("--device-attribute {name}: an unregistered device has no attributes"),
            };
        }
        let mut members = Vec::new();
        self.device_attribute.iter().try_for_each(|(name, value)| add_attribute(&mut members, name, value))?;
        // Of two members with one name the first counts, so attributes win over what the kind says.
        members.extend(kind.members());
        let document = Json::Object(members);
        let device = document.root().object().and_then(|object| device::read_strictly(&object));
        device.map(Some).context("--device-attribute")
    }
}

impl Who {
    fn subject(&self, directory: &Directory) -> anyhow::Result<Subject> {
        match (&self.user, &self.service_principal) {
            (Some(user), _) => {
                let id = directory.names.users.find(user).context("--user")?;
                directory.user(id).with_context(|| format!("--user: {id} is not in the directory"))
            }
            (None, Some(workload)) => {
                Ok(directory.workload(or_id(directory.names.service_principals.find(workload), workload).context("--service-principal")?))
            }
            (None, None) => bail!("--user or --service-principal must be given"),
        }
    }
}

/// Policies and sign-ins may name ids that the directory does not list.
fn or_id<'a>(found: anyhow::Result<&'a str>, word: &'a str) -> anyhow::Result<&'a str> {
    found.or_else(|error| if Uuid::try_parse(word).is_ok() { Ok(word) } else { Err(error) })
}

impl DeviceKind {
    fn members(self) -> Vec<(String, Json)> {
        let (trust_type, vouched) = match self {
            Self::Unregistered => return Vec::new(),
            Self::Registered => ("Workplace", false),
            Self::Compliant => ("AzureAD", true),
            Self::DomainJoined => ("ServerAD", false),
        };
        vec![
            ("trustType".to_owned(), Json::Text(trust_type.to_owned())),
            ("isManaged".to_owned(), Json::Bool(vouched)),
            ("isCompliant".to_owned(), Json::Bool(vouched)),
        ]
    }
}

fn attribute(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("must be NAME=VALUE, for example model=Pixel 9")?;
    Ok((name.trim().to_owned(), value.to_owned()))
}

/// Lists grow by each value; everything else is said once.
fn add_attribute(members: &mut Vec<(String, Json)>, name: &str, value: &str) -> anyhow::Result<()> {
    let is = |other: &str| name.eq_ignore_ascii_case(other);
    let text = Json::Text(value.to_owned());
    match members.iter_mut().find(|(known, _)| is(known)) {
        Some((_, Json::List(list))) => list.push(text),
        Some(_) => bail!("--device-attribute {name} is given twice"),
        None => {
            let value = if is("physicalIds") || is("systemLabels") {
                Json::List(vec![text])
            } else if is("isCompliant") || is("isManaged") {
                Json::Bool(value.parse().with_context(|| format!("--device-attribute {name}: must be true or false"))?)
            } else {
                text
            };
            members.push((name.to_owned(), value));
        }
    }
    Ok(())
}

/// A word of an enum, in any case.
fn word<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    as_str: fn(T) -> &'static str,
    from_wire: fn(&str) -> Option<T>,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(all.iter().map(|value| as_str(*value))).try_map(move |text| from_wire(&text).ok_or("is not known"))
}
