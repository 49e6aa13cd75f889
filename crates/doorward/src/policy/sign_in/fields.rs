//! The members of a sign-in, found in one pass over its text and without copying.

use std::borrow::Cow;
use std::fmt;

use anyhow::Context;
use doorward_model::sign_in::{ClientAppType, DevicePlatform, InsiderRiskLevel, RiskLevel, TransferMethod, UserAction};
use doorward_wire::policy_file::{Json, Node, ReadError};
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::plain::{self, Known};
use super::scalar::Scalar;

/// What a sign-in says. None is absent or null. Lists and objects stay text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Fields<'a> {
    pub(in super::super) id: Option<Cow<'a, str>>,
    pub(in super::super) user_id: Option<Cow<'a, str>>,
    pub(in super::super) service_principal_id: Option<Cow<'a, str>>,
    pub(in super::super) resources: Option<&'a str>,
    pub(in super::super) user_action: Option<UserAction>,
    pub(in super::super) authentication_context: Option<Cow<'a, str>>,
    pub(in super::super) client_app_id: Option<Cow<'a, str>>,
    pub(in super::super) client_app_type: Option<ClientAppType>,
    /// None within is a platform that nobody knows.
    pub(in super::super) device_platform: Option<Option<DevicePlatform>>,
    pub(in super::super) ip_address: Option<Cow<'a, str>>,
    pub(in super::super) country: Option<Cow<'a, str>>,
    pub(in super::super) sign_in_risk: Option<RiskLevel>,
    pub(in super::super) user_risk: Option<RiskLevel>,
    pub(in super::super) service_principal_risk: Option<RiskLevel>,
    pub(in super::super) insider_risk: Option<InsiderRiskLevel>,
    pub(in super::super) transfer_method: Option<TransferMethod>,
    pub(in super::super) device: Option<&'a str>,
    pub(in super::super) broker_present: Option<bool>,
    pub(in super::super) app_protection_applied: Option<bool>,
    pub(in super::super) attestation_missing: Option<bool>,
    pub(in super::super) mfa: Option<bool>,
    pub(in super::super) authentication_methods: Option<&'a str>,
    pub(in super::super) password_changed: Option<bool>,
    pub(in super::super) terms_of_use_accepted: Option<&'a str>,
    /// Of a decision that was recorded with the sign-in, in the format of `eval`'s output; so the other two.
    pub(in super::super) decision: Option<Scalar<'a>>,
    pub(in super::super) error_code: Option<Scalar<'a>>,
    pub(in super::super) policies: Option<&'a str>,
}

/// The names of members, in the order of the documentation.
#[derive(Debug, Clone, Copy)]
enum Field {
    Id,
    UserId,
    ServicePrincipalId,
    Resources,
    UserAction,
    AuthenticationContext,
    ClientAppId,
    ClientAppType,
    DevicePlatform,
    IpAddress,
    Country,
    SignInRisk,
    UserRisk,
    ServicePrincipalRisk,
    InsiderRisk,
    TransferMethod,
    Device,
    BrokerPresent,
    AppProtectionApplied,
    AttestationMissing,
    Mfa,
    AuthenticationMethods,
    PasswordChanged,
    TermsOfUseAccepted,
    Decision,
    ErrorCode,
    Policies,
}

const FIELDS: [(&str, Field); 27] = [
    ("id", Field::Id),
    ("userId", Field::UserId),
    ("servicePrincipalId", Field::ServicePrincipalId),
    ("resources", Field::Resources),
    ("userAction", Field::UserAction),
    ("authenticationContext", Field::AuthenticationContext),
    ("clientAppId", Field::ClientAppId),
    ("clientAppType", Field::ClientAppType),
    ("devicePlatform", Field::DevicePlatform),
    ("ipAddress", Field::IpAddress),
    ("country", Field::Country),
    ("signInRiskLevel", Field::SignInRisk),
    ("userRiskLevel", Field::UserRisk),
    ("servicePrincipalRiskLevel", Field::ServicePrincipalRisk),
    ("insiderRiskLevel", Field::InsiderRisk),
    ("transferMethod", Field::TransferMethod),
    ("device", Field::Device),
    ("brokerPresent", Field::BrokerPresent),
    ("appProtectionApplied", Field::AppProtectionApplied),
    ("attestationMissing", Field::AttestationMissing),
    ("mfa", Field::Mfa),
    ("authenticationMethods", Field::AuthenticationMethods),
    ("passwordChanged", Field::PasswordChanged),
    ("termsOfUseAccepted", Field::TermsOfUseAccepted),
    ("decision", Field::Decision),
    ("errorCode", Field::ErrorCode),
    ("policies", Field::Policies),
];

impl<'a> Fields<'a> {
    /// Reads the text of one sign-in. Of members that differ in case only, the first that is not null counts; unknown ones do not.
    pub(in super::super) fn read(text: &'a str) -> anyhow::Result<Self> {
        Self::read_knowing(text, &|_| None)
    }

    /// Reads faster where objects have been met before.
    pub(in super::super) fn read_knowing(text: &'a str, known: Known<'_>) -> anyhow::Result<Self> {
        match plain::read(text, known) {
            Some(fields) => Ok(fields),
            None => Self::any(text),
        }
    }

    /// Whether a member of this name, in any case, says something.
    pub(super) fn has(name: &str) -> bool {
        FIELDS.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
    }

    /// Reads whatever is JSON.
    pub(super) fn any(text: &'a str) -> anyhow::Result<Self> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let found = deserializer.deserialize_any(FieldsVisitor);
        let Members { fields, fault } = match found {
            Err(error) if error.is_data() => return Err(Json::Null.root().error("must be an object").into()),
            found => found.context("not JSON")?,
        };
        deserializer.end().context("not JSON")?;
        fault.map_or(Ok(fields), |fault| Err(fault.into()))
    }
}

/// What was found so far. A member that is not what it should be does not end the reading: text that is no JSON at all is said first.
#[derive(Default)]
struct Members<'a> {
    fields: Fields<'a>,
    fault: Option<ReadError>,
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut members = Members::default();
        let mut expected = FIELDS.iter();
        while let Some(Scalar::Text(name)) = entries.next_key()? {
            match Field::of(&name, &mut expected) {
                Some(field) => members.add(field, Member { name: &name, entries: &mut entries })?,
                None => drop(entries.next_value::<Scalar<'de>>()?),
            }
        }
        Ok(members)
    }
}

impl Field {
    /// The field of a name in any case. Names mostly come as written and in the order of `expected`, which is tried first.
    fn of(name: &str, expected: &mut std::slice::Iter<'static, (&'static str, Self)>) -> Option<Self> {
        let mut ahead = expected.clone();
        if let Some((known, field)) = ahead.next()
            && *known == name
        {
            *expected = ahead;
            return Some(*field);
        }
        let exact = FIELDS.iter().position(|(known, _)| *known == name);
        let position = exact.or_else(|| FIELDS.iter().position(|(known, _)| known.eq_ignore_ascii_case(name)))?;
        *expected = FIELDS.get(position..).unwrap_or_default().iter();
        expected.next().map(|(_, field)| *field)
    }
}

/// A member whose name has been read, and its value not yet.
struct Member<'m, A> {
    name: &'m str,
    entries: &'m mut A,
}

impl<'de> Members<'de> {
    fn add<A: MapAccess<'de>>(&mut self, field: Field, mut member: Member<'_, A>) -> Result<(), A::Error> {
        let Self { fields, fault } = self;
        match field {
            Field::Id => member.text(&mut fields.id, fault),
            Field::UserId => member.text(&mut fields.user_id, fault),
            Field::ServicePrincipalId => member.text(&mut fields.service_principal_id, fault),
            Field::Resources => member.raw(&mut fields.resources),
            Field::UserAction => member.word(&mut fields.user_action, fault, UserAction::from_wire),
            Field::AuthenticationContext => member.text(&mut fields.authentication_context, fault),
            Field::ClientAppId => member.text(&mut fields.client_app_id, fault),
            Field::ClientAppType => member.word(&mut fields.client_app_type, fault, ClientAppType::from_wire),
            Field::DevicePlatform => member.word(&mut fields.device_platform, fault, |word| Some(DevicePlatform::from_wire(word))),
            Field::IpAddress => member.text(&mut fields.ip_address, fault),
            Field::Country => member.text(&mut fields.country, fault),
            Field::SignInRisk => member.word(&mut fields.sign_in_risk, fault, RiskLevel::from_wire),
            Field::UserRisk => member.word(&mut fields.user_risk, fault, RiskLevel::from_wire),
            Field::ServicePrincipalRisk => member.word(&mut fields.service_principal_risk, fault, RiskLevel::from_wire),
            Field::InsiderRisk => member.word(&mut fields.insider_risk, fault, InsiderRiskLevel::from_wire),
            Field::TransferMethod => member.word(&mut fields.transfer_method, fault, TransferMethod::from_wire),
            Field::Device => member.raw(&mut fields.device),
            Field::BrokerPresent => member.flag(&mut fields.broker_present, fault),
            Field::AppProtectionApplied => member.flag(&mut fields.app_protection_applied, fault),
            Field::AttestationMissing => member.flag(&mut fields.attestation_missing, fault),
            Field::Mfa => member.flag(&mut fields.mfa, fault),
            Field::AuthenticationMethods => member.raw(&mut fields.authentication_methods),
            Field::PasswordChanged => member.flag(&mut fields.password_changed, fault),
            Field::TermsOfUseAccepted => member.raw(&mut fields.terms_of_use_accepted),
            Field::Decision => member.fill(&mut fields.decision, Ok).map(drop),
            Field::ErrorCode => member.fill(&mut fields.error_code, Ok).map(drop),
            Field::Policies => {
                member.raw(&mut fields.policies)?;
                // The only text that may never be looked into.
                let broken = fields.policies.and_then(|text| serde_json::from_str::<Scalar<'_>>(text).err());
                if let (Some(error), None) = (broken, fault.as_ref()) {
                    *fault = Some(Json::Null.at("$.policies").error(&format!("is not JSON: {error}")));
                }
                Ok(())
            }
        }
    }
}

impl<'de, A: MapAccess<'de>> Member<'_, A> {
    fn text(mut self, slot: &mut Option<Cow<'de, str>>, fault: &mut Option<ReadError>) -> Result<(), A::Error> {
        let wrong = self.fill(slot, |value| if let Scalar::Text(text) = value { Ok(text) } else { Err(value) })?;
        self.complain(wrong, fault, |node| node.text().err())
    }

    fn flag(mut self, slot: &mut Option<bool>, fault: &mut Option<ReadError>) -> Result<(), A::Error> {
        let wrong = self.fill(slot, |value| if let Scalar::Flag(flag) = value { Ok(flag) } else { Err(value) })?;
        self.complain(wrong, fault, |node| node.boolean().err())
    }

    fn word<T>(mut self, slot: &mut Option<T>, fault: &mut Option<ReadError>, from_wire: fn(&str) -> Option<T>) -> Result<(), A::Error> {
        let of = |value: &Scalar<'_>| if let Scalar::Text(word) = value { from_wire(word) } else { None };
        let wrong = self.fill(slot, |value| of(&value).ok_or(value))?;
        self.complain(wrong, fault, |node| node.word(from_wire).err())
    }

    fn raw(self, slot: &mut Option<&'de str>) -> Result<(), A::Error> {
        match slot {
            Some(_) => drop(self.entries.next_value::<Scalar<'de>>()?),
            None => *slot = self.entries.next_value::<Option<&RawValue>>()?.map(RawValue::get),
        }
        Ok(())
    }

    /// Puts the value into an empty slot, unless it is null. Gives back a value that the slot cannot hold.
    fn fill<T>(
        &mut self,
        slot: &mut Option<T>,
        read: impl FnOnce(Scalar<'de>) -> Result<T, Scalar<'de>>,
    ) -> Result<Option<Scalar<'de>>, A::Error> {
        match self.entries.next_value()? {
            Scalar::Null => Ok(None),
            _ if slot.is_some() => Ok(None),
            value => Ok(read(value).map(|value| *slot = Some(value)).err()),
        }
    }

    fn complain(
        &self,
        wrong: Option<Scalar<'_>>,
        fault: &mut Option<ReadError>,
        of: impl FnOnce(&Node<'_>) -> Option<ReadError>,
    ) -> Result<(), A::Error> {
        if let (Some(value), None) = (wrong, fault.as_ref()) {
            *fault = of(&value.json().at(&format!("$.{}", self.name)));
        }
        Ok(())
    }
}
