//! Tenants.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::TenantId;

/// One directory with its users, applications, devices, keys and policies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tenant {
    /// The tenant's GUID.
    pub id: TenantId,
    /// Name shown on the sign-in pages.
    pub display_name: String,
    /// Domains, in lower case; the first is the default. A domain belongs to one tenant only.
    pub domains: Vec<String>,
    /// Certificate-based user authentication; excludes app access policies (seed, "Overlap").
    pub certificate_based_authentication: bool,
    /// Brokers are told whether an account exists before anybody has given a password. Off: every name in the domains is said to exist.
    #[serde(default)]
    pub tells_whether_accounts_exist: bool,
    /// Devices one user may own. Default 20.
    pub device_limit: u32,
    /// Where a person on iOS gets the broker app.
    pub broker_store_link_ios: String,
    /// Where a person on Android gets the broker app.
    pub broker_store_link_android: String,
    /// When the tenant was made.
    pub created: Timestamp,
}

impl Tenant {
    /// The domain that new users get, if the tenant has one.
    #[must_use]
    pub fn default_domain(&self) -> Option<&str> {
        self.domains.first().map(String::as_str)
    }
}
