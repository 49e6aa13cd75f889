//! The phones of the cast that the company manages: what they must be like, and what they said of themselves.

use doorward_model::compliance::{DeviceOwnerType, FactSource};
use doorward_model::group::Group;
use doorward_model::rng;
use doorward_model::tenant::Tenant;
use doorward_service::Context;
use doorward_service::compliance::{self, Enrolment, Report};
use doorward_service::directory::Actor;
use serde_json::{Value, json};

/// Who has a managed phone, and what it reports.
const PHONES: [(&str, &str); 3] = [
    ("freja", r#"{"osVersion": "26.1", "passwordSet": true, "passwordLength": 8, "jailbroken": false}"#),
    ("jana", r#"{"osVersion": "26.0", "passwordSet": true, "passwordLength": 4, "jailbroken": false}"#),
    ("timo", r#"{"osVersion": "26.1", "passwordSet": true, "passwordLength": 6, "jailbroken": true}"#),
];

/// Makes the policies, puts the phones under management and lets them report.
///
/// # Errors
/// Storage failure.
pub(super) async fn enrol(ctx: &Context, tenant: &Tenant, actor: &Actor, group: &Group, cast: &super::Players) -> anyhow::Result<()> {
    for policy in policies(group) {
        compliance::create_policy(ctx, tenant.id, actor, rng::uuid(ctx.rng.as_ref()), &policy).await?;
    }
    for (login, facts) in PHONES {
        let Some(phone) = cast.get(login).and_then(|player| player.device.as_ref()) else { continue };
        let enrolment = Enrolment { device_id: phone.id, owner_type: DeviceOwnerType::Company, android: None };
        compliance::enrol(ctx, tenant.id, actor, enrolment).await?;
        let facts: serde_json::Map<String, Value> = serde_json::from_str(facts)?;
        let report = Report {
            source: FactSource::Partner,
            facts: facts.into_iter().collect(),
            not_applicable: Vec::new(),
            enforced: Vec::new(),
            collected: None,
            word: None,
        };
        compliance::report(ctx, tenant.id, actor, phone.id, report).await?;
    }
    Ok(())
}

/// A short code has three days to grow; a phone that is broken open has none.
fn policies(group: &Group) -> [Value; 2] {
    let policy = |name: &str, hours: u32, more: Value| {
        let mut policy = json!({
            "@odata.type": "#microsoft.graph.iosCompliancePolicy",
            "displayName": name,
            "scheduledActionsForRule": [{
                "ruleName": "PasswordRequired",
                "scheduledActionConfigurations": [{ "actionType": "block", "gracePeriodHours": hours }],
            }],
            "assignments": [{ "target": { "@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": group.id } }],
        });
        if let (Value::Object(members), Value::Object(more)) = (&mut policy, more) {
            members.extend(more);
        }
        policy
    };
    [
        policy("Phones have a code", 72, json!({ "passcodeRequired": true, "passcodeMinimumLength": 6, "osMinimumVersion": "18.0" })),
        policy("Phones are whole", 0, json!({ "securityBlockJailbrokenDevices": true })),
    ]
}
