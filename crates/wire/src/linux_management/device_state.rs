//! The state of a device, in the one large object that clients take apart.

use serde_json::{Map, Value, json};

/// Actions that the object must name. The last word of each is the end of its address.
const ACTIONS: [&str; 8] = [
    "CheckCompliance",
    "GetManagementState",
    "RegisterForAppPushNotifications",
    "RemoveSignedDeviceIdPolicyAssignment",
    "SetHeartBeat",
    "SetOptIn",
    "SetRD",
    "UpdateAadId",
];

/// A rule that the device fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailingRule {
    /// Name of the setting.
    pub setting: String,
    /// What is asked for.
    pub expected: String,
    /// What the person can do.
    pub help: String,
}

/// What a client can learn.
#[derive(Debug, Clone)]
pub struct DeviceState<'a> {
    /// Address of the object.
    pub address: &'a str,
    /// Id.
    pub id: &'a str,
    /// Name.
    pub name: &'a str,
    /// Version of the system.
    pub os_version: &'a str,
    /// `Compliant`, `Noncompliant`, `Unknown` or `Error`.
    pub state: &'a str,
    /// Counts as compliant in conditional access.
    pub is_compliant: bool,
    /// Under management.
    pub is_managed: bool,
    /// Enrolled, RFC 3339.
    pub enrolled: &'a str,
    /// Last report, RFC 3339; empty before the first.
    pub last_contact: &'a str,
    /// End of a grace period, RFC 3339; empty without one.
    pub grace_ends: &'a str,
    /// What it fails.
    pub failing: &'a [FailingRule],
}

impl DeviceState<'_> {
    /// The object. Numbers and empty texts that stand for nothing here are there because clients insist on them; the actions lead nowhere
    /// else than to the object itself, because reading it is all there is to do.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let failing = self.failing.iter().map(
            |rule| json!({ "SettingID": rule.setting, "Title": rule.setting, "ExpectedValue": rule.expected, "Description": rule.help }),
        );
        let actions =
            ACTIONS.into_iter().map(|name| (format!("#CommonContainer.{name}"), json!({ "target": self.address, "title": name })));
        let members = json!({
            "AadId": self.id,
            "CategorySetByEndUser": false,
            "ChassisType": "Unknown",
            "CoManagementFeatures": 0,
            "ComplianceState": self.state,
            "CreatedDate": self.enrolled,
            "DeviceActions": [],
            "EasId": "",
            "EnrollmentType": 0,
            "ExchangeActivationItemEasId": "",
            "ExchangeActivationItems": [],
            "InGracePeriodUntilDateTimeUtc": self.grace_ends,
            "IsCompliantInGraph": self.is_compliant,
            "IsExchangeActivated": false,
            "IsManagedInGraph": self.is_managed,
            "IsPartnerManaged": false,
            "IsReadOnly": false,
            "IsSharedDevice": false,
            "Key": self.id,
            "LastContact": self.last_contact,
            "LastContactNotification": self.last_contact,
            "ManagementAgent": "mdm",
            "ManagementType": "mdm",
            "Manufacturer": "",
            "NoncompliantRules": failing.collect::<Vec<_>>(),
            "OSSubtype": "None",
            "OSVersion": self.os_version,
            "OfficialName": self.name,
            "OperatingSystem": "Linux",
            "OperatingSystemId": "Linux",
            "OwnerType": 1,
            "SupervisedStatus": 0,
            "UdaStatus": 0,
            "UserApprovedEnrollment": 0,
            "odata.id": self.address,
            "odata.metadata": self.address,
        });
        let mut object: Map<String, Value> = actions.collect();
        if let Value::Object(members) = members {
            object.extend(members);
        }
        Value::Object(object)
    }
}
