//! The dimensions of the space of sign-ins, and their values.

use std::net::IpAddr;

use doorward_model::sign_in::{ClientAppType, DevicePlatform, InsiderRiskLevel, RiskLevel, TransferMethod};
use serde::Serialize;

use super::target::Target;
use crate::conditional_access::facts::{ClientFacts, DeviceFacts};

/// A dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Axis {
    /// People.
    Users,
    /// Resource, user action or authentication context.
    Target,
    /// Kind of client.
    ClientAppType,
    /// Platform.
    DevicePlatform,
    /// Address and country.
    Location,
    /// Registered device, or none.
    Device,
    /// Client app: approved, protectable.
    ClientApp,
    /// The broker takes part.
    BrokerPresent,
    /// The app has applied its protection policy.
    AppProtectionApplied,
    /// Second factor and methods.
    Authentication,
    /// The password is changed.
    PasswordChanged,
    /// Terms of use accepted.
    TermsOfUse,
    /// Risk of the sign-in.
    SignInRisk,
    /// Risk of the user.
    UserRisk,
    /// Insider risk.
    InsiderRisk,
    /// Way of transfer.
    TransferMethod,
}

impl Axis {
    /// Every axis, in the order in which a region is told.
    pub const ALL: [Self; 16] = [
        Self::Users,
        Self::Target,
        Self::ClientAppType,
        Self::DevicePlatform,
        Self::Location,
        Self::Device,
        Self::ClientApp,
        Self::BrokerPresent,
        Self::AppProtectionApplied,
        Self::Authentication,
        Self::PasswordChanged,
        Self::TermsOfUse,
        Self::SignInRisk,
        Self::UserRisk,
        Self::InsiderRisk,
        Self::TransferMethod,
    ];
}

/// A value of a dimension: one of a class that no policy tells apart. On each axis the values that need least come first, so that the first
/// values of a region make its plainest witness.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Index of a user in the universe.
    User(usize),
    /// What for.
    Target(Target),
    /// Kind of client; none when unknown.
    ClientAppType(Option<ClientAppType>),
    /// Platform; none when unknown.
    DevicePlatform(Option<DevicePlatform>),
    /// Where from.
    Location {
        /// Address.
        ip: Option<IpAddr>,
        /// Country.
        country: Option<String>,
        /// Ids of the named locations that cover it.
        within: Vec<String>,
    },
    /// A registered device; none when it is not registered.
    Device(Option<Box<DeviceFacts>>),
    /// A client app.
    ClientApp(ClientFacts),
    /// Yes or no, for the axes that ask so.
    Flag(bool),
    /// How the person signed in.
    Authentication {
        /// With a second factor.
        mfa: bool,
        /// Methods, in the words of authentication strengths.
        methods: Vec<String>,
    },
    /// Terms of use accepted.
    TermsOfUse(Vec<String>),
    /// A risk.
    Risk(RiskLevel),
    /// Insider risk.
    InsiderRisk(InsiderRiskLevel),
    /// Way of transfer.
    TransferMethod(TransferMethod),
}
