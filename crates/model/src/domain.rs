//! What is known of an on-premises domain (Active Directory): where its accounts are followed to, and its computers.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::DeviceId;

/// The account of a domain that a user comes from. What the domain says about the user is changed there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OnPremises {
    /// `objectGUID`: stays the same for the life of the account, whatever it is renamed to.
    pub object_guid: Uuid,
    /// `objectSid`, as `S-1-5-21-…`: what Kerberos tickets name the account by.
    pub security_identifier: String,
    /// `sAMAccountName`, the short name.
    pub sam_account_name: String,
}

/// A computer of a domain. It becomes a device when it registers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DomainComputer {
    /// `objectGUID`.
    pub object_guid: Uuid,
    /// `objectSid`, as `S-1-5-21-…`.
    pub security_identifier: String,
    /// `sAMAccountName`, which ends with `$`.
    pub sam_account_name: String,
    /// Name of the host, the full one where the domain has it.
    pub host_name: String,
    /// Operating system, as the computer told the domain; empty where it did not.
    pub operating_system: String,
    /// Its version.
    pub operating_system_version: String,
    /// The account may be used.
    pub enabled: bool,
}

impl DomainComputer {
    /// The id of the device that it is, once registered.
    #[must_use]
    pub fn device_id(&self) -> DeviceId {
        DeviceId(self.object_guid)
    }
}

/// How far a tenant follows its domain.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DomainSync {
    /// `invocationId` of the database that `usn` counts in; another one counts differently.
    pub database: Uuid,
    /// Every change up to this update sequence number has been taken.
    pub usn: u64,
    /// Accounts that could not be taken as they are, with why. They are looked at again in every run.
    pub unsettled: BTreeMap<Uuid, Unsettled>,
    /// End of the last run that went through.
    pub completed: Option<Timestamp>,
    /// Why the last run did not, where it came as far as that.
    pub refused: Option<String>,
}

/// An account of the domain that waits for an administrator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Unsettled {
    /// Sign-in name or short name.
    pub name: String,
    /// What is in the way and what to do, in a sentence.
    pub reason: String,
}
