//! What is known about one sign-in.

use std::net::IpAddr;

use doorward_model::conditional_access::GrantControl;
use doorward_model::device::TrustType;
use doorward_model::sign_in::{ClientAppType, DevicePlatform, ExternalUserType, InsiderRiskLevel, RiskLevel, TransferMethod, UserAction};
use doorward_model::user::UserType;

/// Everything a decision depends on besides the policies. Ids compare without regard to case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Who.
    pub subject: Subject,
    /// The resources asked for.
    pub resources: Vec<ResourceFacts>,
    /// The action that is the target instead of a resource.
    pub user_action: Option<UserAction>,
    /// The authentication context asked for, for example `c1`.
    pub authentication_context: Option<String>,
    /// The client app, when it is known.
    pub client: Option<ClientFacts>,
    /// Its kind; an unknown one counts as a modern client and meets only unrestricted policies.
    pub client_app_type: Option<ClientAppType>,
    /// The platform; an unknown one meets only policies for all platforms.
    pub device_platform: Option<DevicePlatform>,
    /// Address of the client.
    pub ip: Option<IpAddr>,
    /// Country of that address, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Risk of the sign-in.
    pub sign_in_risk: RiskLevel,
    /// Risk of the user.
    pub user_risk: RiskLevel,
    /// Risk of the service principal.
    pub service_principal_risk: RiskLevel,
    /// Insider risk of the user.
    pub insider_risk: InsiderRiskLevel,
    /// How the authentication came to this client.
    pub transfer_method: TransferMethod,
    /// The registered device that has proved itself.
    pub device: Option<DeviceFacts>,
    /// The broker took part.
    pub broker_present: bool,
    /// The client app has applied its protection policy.
    pub app_protection_applied: bool,
    /// The client app is one whose copies must attest who they are, and this one has not.
    pub attestation_missing: bool,
    /// A second factor was used.
    pub mfa: bool,
    /// Methods used, in the words of authentication strengths.
    pub authentication_methods: Vec<String>,
    /// The password was changed in this sign-in.
    pub password_changed: bool,
    /// Ids of the terms of use that the person has accepted.
    pub terms_of_use_accepted: Vec<String>,
    /// Controls that count as satisfied because this very sign-in is how they come to be: registering a device cannot ask for a
    /// registered device. Empty outside a running server.
    pub waived_controls: Vec<GrantControl>,
}

/// Who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A person.
    User(UserFacts),
    /// An app for itself.
    Workload {
        /// Object id of its service principal.
        service_principal_id: String,
        /// It belongs to this tenant.
        in_my_tenant: bool,
    },
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserFacts {
    /// Object id.
    pub id: String,
    /// Ids of all groups, nested ones included.
    pub groups: Vec<String>,
    /// Template ids of the directory roles.
    pub roles: Vec<String>,
    /// Member or guest.
    pub user_type: UserType,
    /// What kind of outsider.
    pub external_user_type: ExternalUserType,
    /// The outsider's own tenant.
    pub home_tenant_id: Option<String>,
}

/// A resource asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResourceFacts {
    /// App id.
    pub app_id: String,
    /// Bundles it belongs to, for example `Office365`.
    pub bundles: Vec<String>,
}

/// The client app.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientFacts {
    /// App id.
    pub app_id: String,
    /// It is on the approved list.
    pub approved: bool,
    /// It can enforce an app protection policy.
    pub protectable: bool,
}

/// A registered device. What is not known is none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeviceFacts {
    /// Device id.
    pub device_id: Option<String>,
    /// Name.
    pub display_name: Option<String>,
    /// Meets the compliance policy.
    pub is_compliant: Option<bool>,
    /// Under management.
    pub is_managed: Option<bool>,
    /// How it came to be known.
    pub trust_type: Option<TrustType>,
    /// `Company` or `Personal`.
    pub device_ownership: Option<String>,
    /// `RegisteredDevice`, `SecureVM`, `Printer`, `Shared`, `IoT`.
    pub profile_type: Option<String>,
    /// Manufacturer.
    pub manufacturer: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// Operating system.
    pub operating_system: Option<String>,
    /// Its version.
    pub operating_system_version: Option<String>,
    /// App id of the management.
    pub mdm_app_id: Option<String>,
    /// Enrolment profile.
    pub enrollment_profile_name: Option<String>,
    /// `extensionAttribute1` to `extensionAttribute15`.
    pub extension_attributes: [Option<String>; 15],
    /// Physical ids.
    pub physical_ids: Vec<String>,
    /// System labels.
    pub system_labels: Vec<String>,
}

impl Facts {
    /// A sign-in about which nothing but the subject is known.
    #[must_use]
    pub fn new(subject: Subject) -> Self {
        Self {
            subject,
            resources: Vec::new(),
            user_action: None,
            authentication_context: None,
            client: None,
            client_app_type: None,
            device_platform: None,
            ip: None,
            country: None,
            sign_in_risk: RiskLevel::None,
            user_risk: RiskLevel::None,
            service_principal_risk: RiskLevel::None,
            insider_risk: InsiderRiskLevel::None,
            transfer_method: TransferMethod::None,
            device: None,
            broker_present: false,
            app_protection_applied: false,
            attestation_missing: false,
            mfa: false,
            authentication_methods: Vec::new(),
            password_changed: false,
            terms_of_use_accepted: Vec::new(),
            waived_controls: Vec::new(),
        }
    }
}

impl Subject {
    pub(super) fn is_workload(&self) -> bool {
        matches!(self, Self::Workload { .. })
    }
}

impl DeviceFacts {
    pub(super) fn compliant(&self) -> bool {
        self.is_compliant == Some(true)
    }

    pub(super) fn managed_and_compliant(&self) -> bool {
        self.is_managed == Some(true) && self.compliant()
    }

    pub(super) fn domain_joined(&self) -> bool {
        self.trust_type == Some(TrustType::ServerAd)
    }

    /// The organisation vouches for the device, so attributes that are written to the device object can be believed.
    pub(super) fn vouched_for(&self) -> bool {
        self.is_managed == Some(true) || self.compliant() || self.domain_joined()
    }
}
