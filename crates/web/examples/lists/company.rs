//! The company: people, nested groups, devices and a log.

use std::error::Error;
use std::sync::Arc;

use doorward_model::device::{Device, TrustType};
use doorward_model::document::DocumentKind;
use doorward_model::group::{Group, Member};
use doorward_model::rng::{self, SeededRng};
use doorward_model::role::Role;
use doorward_model::sign_in_record::{Circumstances, SignInOutcome, SignInRecord};
use doorward_model::user::User;
use doorward_model::{CorrelationId, DeviceId, GroupId, SignInId, UserId};
use doorward_service::directory::{self, Actor};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::world::{CLI, MAIL, MAIL_APP, WEB_APP, World};

pub(crate) const PEOPLE: u32 = 10_000;
pub(crate) const GROUPS: u32 = 500;
pub(crate) const DEVICES: u32 = 20_000;
/// Groups that hold other groups; every group below is in one of them, and they are in each other down to the first.
const OUTER: usize = 20;
/// Days that the log goes back.
const DAYS: i64 = 30;
const POLICIES: usize = 12;
/// Records written in one transaction.
const BATCH: u32 = 5_000;

/// What the questions name.
pub(crate) struct Company {
    /// Somebody with devices, groups and sign-ins.
    pub(crate) person: User,
    /// The group that holds all others.
    pub(crate) outermost: GroupId,
    /// The service policy.
    pub(crate) service: String,
    /// A conditional access policy on trial.
    pub(crate) policy: String,
}

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Fills a world.
pub(crate) async fn fill(world: &World, sign_ins: u32) -> Outcome<Company> {
    let rng = SeededRng::new(11);
    let people = people(world, &rng).await?;
    let groups = groups(world, &rng, &people).await?;
    devices(world, &rng, &people).await?;
    let policies = policies(world, &groups).await?;
    log(world, &rng, &people, &policies, sign_ins).await?;
    let policy = policies.get(1).and_then(|result| result.get("id")).and_then(Value::as_str);
    let (Some(person), Some(outermost), Some(policy)) = (people.get(777), groups.first(), policy) else {
        return Err("the company is empty".into());
    };
    Ok(Company { person: person.clone(), outermost: *outermost, service: "mail".into(), policy: policy.to_owned() })
}

async fn people(world: &World, rng: &SeededRng) -> Outcome<Vec<User>> {
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await?;
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let user = User {
            id: UserId::random(rng),
            user_principal_name: format!("person-{number:05}@contoso.example"),
            display_name: format!("Person {number}"),
            roles: if number.is_multiple_of(1000) { vec![Role::SecurityReader] } else { vec![] },
            created: world.ctx.now() - SignedDuration::from_hours(number.into()),
            ..world.anna.clone()
        };
        unit.users().create(&user).await?;
        people.push(user);
    }
    unit.commit().await?;
    Ok(people)
}

/// Every person is in two groups.
async fn groups(world: &World, rng: &SeededRng, people: &[User]) -> Outcome<Vec<GroupId>> {
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await?;
    let mut groups = Vec::new();
    for number in 0..GROUPS {
        let group = Group {
            id: GroupId::random(rng),
            display_name: format!("Group {number}"),
            description: Some("Made up".into()),
            created: world.ctx.now(),
        };
        unit.groups().create(&group).await?;
        groups.push(group.id);
    }
    for (number, group) in groups.iter().enumerate().skip(1) {
        let around = if number < OUTER { number - 1 } else { number % OUTER };
        if let Some(around) = groups.get(around) {
            unit.groups().add_member(*around, Member::Group(*group)).await?;
        }
    }
    for (number, person) in people.iter().enumerate() {
        for group in [OUTER + number % (groups.len() - OUTER), OUTER + (number * 7 + 1) % (groups.len() - OUTER)] {
            if let Some(group) = groups.get(group) {
                unit.groups().add_member(*group, Member::User(person.id)).await?;
            }
        }
    }
    unit.commit().await?;
    Ok(groups)
}

async fn devices(world: &World, rng: &SeededRng, people: &[User]) -> Outcome<()> {
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await?;
    for number in 0..DEVICES {
        let (name, system) = if number.is_multiple_of(2) { ("iPhone", "iOS") } else { ("Pixel", "Android") };
        let id = DeviceId::random(rng);
        let device = Device {
            id,
            display_name: format!("{name} {number}"),
            operating_system: system.into(),
            operating_system_version: format!("{}.{}", 15 + number % 4, number % 7),
            certificate_thumbprint: rng::uuid(rng).simple().to_string(),
            public_key_sha256: rng::uuid(rng).simple().to_string(),
            transport_key: None,
            account_enabled: !number.is_multiple_of(50),
            is_managed: number.is_multiple_of(3),
            is_compliant: !number.is_multiple_of(4),
            trust_type: TrustType::Workplace,
            owner: people.get(number as usize / 2).map(|person| person.id),
            eas_device_id: None,
            compliance_expiration: None,
            registered: world.ctx.now() - SignedDuration::from_mins(number.into()),
        };
        unit.devices().create(&device).await?;
    }
    unit.commit().await?;
    Ok(())
}

/// Policies as they are found in the field: a few that enforce, many on trial, and a service policy.
async fn policies(world: &World, groups: &[GroupId]) -> Outcome<Vec<Value>> {
    let (ctx, tenant, actor) = (&world.ctx, world.tenant.id, Actor::command_line());
    let mut results = Vec::new();
    for number in 0..POLICIES {
        let state = if number.is_multiple_of(3) { "enabled" } else { "enabledForReportingButNotEnforced" };
        let body = json!({
            "displayName": format!("Policy {number}"), "state": state,
            "conditions": {
                "users": { "includeGroups": [groups.get(OUTER + number)] }, "clientAppTypes": ["all"],
                "applications": { "includeApplications": ["All"] }, "platforms": { "includePlatforms": ["iOS", "android"] }
            },
            "grantControls": { "operator": "OR", "builtInControls": ["compliantApplication", "mfa"] }
        });
        let document = directory::create_policy(ctx, tenant, &actor, DocumentKind::ConditionalAccessPolicy, body).await?;
        let result = if number.is_multiple_of(3) { "notApplied" } else { "reportOnlyNotApplied" };
        results.push(json!({ "id": document.id, "displayName": format!("Policy {number}"), "result": result, "reason": "users" }));
    }
    let service = json!({ "id": "mail", "resource": MAIL, "appAccess": {
        "state": "enabled", "allowedApps": "supportAppProtection", "restrictedGroups": groups.get(1..4), "exemptedGroups": groups.get(40..42) } });
    directory::create_policy(ctx, tenant, &actor, DocumentKind::ServicePolicy, service).await?;
    Ok(results)
}

async fn log(world: &World, rng: &SeededRng, people: &[User], policies: &[Value], sign_ins: u32) -> Outcome<()> {
    let begin = world.ctx.now() - SignedDuration::from_hours(24 * DAYS);
    let step = SignedDuration::from_hours(24 * DAYS) / i32::try_from(sign_ins.max(1))?;
    let mut applied = policies.to_vec();
    let mut records = Vec::new();
    for number in 0..sign_ins {
        let Some(person) = people.get(number.wrapping_mul(2_654_435_761) as usize % people.len()) else { continue };
        // One in fifty is refused, and once in a while a policy on trial would have refused too.
        let refused = number % 50 == 7;
        let trial = if number % 40 == 3 { "reportOnlyFailure" } else { "reportOnlySuccess" };
        if let Some(result) = applied.get_mut(1).and_then(|policy| policy.get_mut("result")) {
            *result = trial.into();
        }
        let app = if number.is_multiple_of(5) { (CLI, "Command line") } else { (MAIL_APP, "Contoso Mail") };
        let (app, app_name) = if number % 100_003 == 50 { (WEB_APP, "Web application") } else { app };
        records.push(SignInRecord {
            id: SignInId::random(rng),
            created_date_time: begin + step * i32::try_from(number)?,
            correlation_id: CorrelationId::random(rng),
            circumstances: Arc::new(Circumstances {
                user_id: Some(person.id),
                user_principal_name: person.user_principal_name.clone(),
                app_id: Some(app),
                app_display_name: app_name.into(),
                resource_id: Some(MAIL),
                resource_display_name: "Contoso Mail service".into(),
                grant: if number.is_multiple_of(25) { "activeSync" } else { "refresh_token" }.into(),
                ip_address: format!("10.{}.{}.{}", number % 200, number / 7 % 250, number / 31 % 250),
                user_agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
                    .into(),
                device_id: None,
                outcome: if refused { SignInOutcome::Refused } else { SignInOutcome::Granted },
                error_code: if refused { 53003 } else { 0 },
                failure_reason: if refused { "Access has been blocked by conditional access policies." } else { "" }.into(),
                facts: facts(person).into(),
                applied_policies: json!(applied).into(),
                policy_set: "5f2c0d6f0b0a4b0f8d1f8a2f7e6b3c1d5f2c0d6f0b0a4b0f8d1f8a2f7e6b3c1d".into(),
            }),
        });
        if records.len() == BATCH as usize || number + 1 == sign_ins {
            let mut unit = world.ctx.store.tenant(world.tenant.id).write().await?;
            unit.logs().append_sign_ins(&records).await?;
            unit.commit().await?;
            records.clear();
        }
    }
    Ok(())
}

fn facts(person: &User) -> Value {
    json!({
        "userId": person.id, "clientAppType": "mobileAppsAndDesktopClients", "devicePlatform": "iOS", "authenticationMethods": ["password"],
        "mfa": false, "brokerPresent": true, "appProtectionApplied": true, "transferMethod": "none", "ipAddress": "10.0.0.1", "country": null,
        "device": { "deviceId": person.id, "displayName": "iPhone 1", "operatingSystem": "iOS", "operatingSystemVersion": "19.1",
            "trustType": "Workplace", "isManaged": false, "isCompliant": true, "accountEnabled": true, "model": null, "manufacturer": null }
    })
}
