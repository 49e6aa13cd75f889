//! Compliance in the console: who may do what, the form made from the catalogue, two administrators at once, one device's reasons.

use axum::http::{Method, StatusCode};
use doorward_model::DeviceId;
use doorward_model::device::{Device, TrustType};
use doorward_model::role::Role;
use doorward_policy::compliance::{PolicyKind, catalogue};
use serde_json::{Value, json};
use uuid::uuid;

use super::browser::{Browser, path_of};
use crate::graph::SCOPE;
use crate::world::{Answer, World, person};

const PHONE: DeviceId = DeviceId(uuid!("33333333-0000-4000-8000-000000000001"));

/// The world with a policy for a group of Anna's, and her managed phone, which fails it; the ids of policy and group.
struct Compliance {
    world: World,
    token: String,
    policy: String,
    group: String,
}

impl Compliance {
    async fn new() -> Self {
        let world = World::new().await;
        let token = world.access_token(&world.admin, SCOPE).await;
        let mut this = Self { world, token, policy: String::new(), group: String::new() };
        this.group = this.api("POST", "groups", json!({ "displayName": "Phone people" })).await["id"].as_str().unwrap().to_owned();
        this.api("POST", &format!("groups/{}/members/$ref", this.group), json!({ "@odata.id": this.world.anna.id })).await;
        let policy = json!({
            "@odata.type": "#microsoft.graph.iosCompliancePolicy", "displayName": "Phones <b>", "passcodeMinimumLength": 6,
            "assignments": [{ "target": { "@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": this.group } }],
        });
        this.policy = this.api("POST", "deviceManagement/deviceCompliancePolicies", policy).await["id"].as_str().unwrap().to_owned();
        this.enrol().await;
        this
    }

    async fn enrol(&self) {
        annas_managed_phone(&self.world, &self.token).await;
        self.report(json!({ "passwordLength": 4 })).await;
    }

    async fn report(&self, facts: Value) {
        self.api("POST", &format!("deviceManagement/managedDevices/{PHONE}/report"), json!({ "facts": facts })).await;
    }

    async fn api(&self, method: &str, path: &str, body: Value) -> Value {
        let method: Method = method.parse().unwrap();
        let answer = self.world.json(method, &format!("/v1.0/{path}"), &self.token, &body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.body);
        if answer.body.is_empty() { Value::Null } else { answer.json() }
    }

    async fn stored(&self) -> Value {
        let path = format!("deviceManagement/deviceCompliancePolicies/{}?$expand=assignments,scheduledActionsForRule", self.policy);
        self.api("GET", &path, Value::Null).await
    }

    async fn reader(&self) -> Browser {
        let reader = person(&self.world.ctx, "reader", vec![Role::SecurityReader]).await;
        let mut unit = self.world.ctx.store.tenant(self.world.tenant.id).write().await.unwrap();
        unit.users().create(&reader).await.unwrap();
        unit.commit().await.unwrap();
        Browser::signed_in(&self.world, &reader).await
    }

    fn path(&self, rest: &str) -> String {
        format!("/console/compliance/policies/{}{rest}", self.policy)
    }

    /// Sends a form as a page would.
    async fn send(&self, browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = browser.form_token(&self.world).await;
        browser.send_form(&self.world, path, &[&[("form_token", token.as_str())], fields].concat()).await
    }
}

/// A phone of Anna's that is under management.
pub(crate) async fn annas_managed_phone(world: &World, token: &str) -> DeviceId {
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    let phone = Device {
        id: PHONE,
        display_name: "Anna's <i>phone".into(),
        operating_system: "iOS".into(),
        operating_system_version: "19.1".into(),
        certificate_thumbprint: "AB".into(),
        public_key_sha256: "ab".into(),
        transport_key: None,
        account_enabled: true,
        is_managed: false,
        is_compliant: false,
        compliance_expiration: None,
        trust_type: TrustType::Workplace,
        owner: Some(world.anna.id),
        eas_device_id: None,
        registered: world.ctx.now(),
    };
    unit.devices().create(&phone).await.unwrap();
    unit.commit().await.unwrap();
    let enrol = json!({ "azureADDeviceId": PHONE });
    let enrolled = world.json(Method::POST, "/v1.0/deviceManagement/managedDevices", token, &enrol).await;
    assert!(enrolled.status.is_success(), "{}", enrolled.body);
    PHONE
}

/// Method, path, whether it changes something, and whether reading is enough.
const ROUTES: &[(&str, &str, bool, bool)] = &[
    ("GET", "", false, true),
    ("GET", "/devices", false, true),
    ("GET", "/devices/{device}", false, true),
    ("GET", "/policies/{policy}", false, true),
    ("GET", "/policies/{policy}/edit", false, false),
    ("GET", "/policies/{policy}/delete", false, false),
    ("GET", "/new/macOSCompliancePolicy", false, false),
    ("GET", "/settings", false, false),
    ("GET", "/devices/{device}/retire", false, false),
    ("POST", "/new/macOSCompliancePolicy/draft", false, false),
    ("POST", "/new/macOSCompliancePolicy", true, false),
    ("POST", "/policies/{policy}/draft", false, false),
    ("POST", "/policies/{policy}", true, false),
    ("POST", "/settings", true, false),
    ("POST", "/devices/{device}/retire", true, false),
    ("POST", "/policies/{policy}/delete", true, false),
];

/// The routes that change something.
pub(crate) fn changes() -> Vec<String> {
    ROUTES.iter().filter(|(_, _, changes, _)| *changes).map(|(_, path, ..)| format!("/console/compliance{path}")).collect()
}

#[tokio::test]
async fn every_route_needs_a_session_and_a_role_and_every_change_is_audited() {
    let company = Compliance::new().await;
    let world = &company.world;
    let mut admin = Browser::signed_in(world, &world.admin).await;
    let mut reader = company.reader().await;
    let mut anna = Browser::signed_in(world, &world.anna).await;
    for (method, path, changes, reading) in ROUTES {
        let path = path.replace("{policy}", &company.policy).replace("{device}", &PHONE.to_string());
        let path = format!("/console/compliance{path}");
        let audits = async || world.audits().await.len();
        let version = if path.ends_with("/delete") { "2" } else { "1" };
        let version = if path.ends_with("/settings") { "0" } else { version };
        let fields = [
            ("version", version),
            ("name", "Renamed"),
            ("targets", "groups"),
            ("included", company.group.as_str()),
            ("days", "20"),
            ("without_policy", "noncompliant"),
            ("do", "preview"),
        ];
        let send = async |browser: &mut Browser| match *method {
            "GET" => browser.get(world, &path).await,
            _ => company.send(browser, &path, &fields).await,
        };
        let nobody = Browser::default().get(world, &path).await;
        assert_eq!(nobody.status, StatusCode::SEE_OTHER, "{path} without a session");
        let before = audits().await;
        if *method == "GET" {
            assert_eq!(send(&mut anna).await.status, StatusCode::FORBIDDEN, "{method} {path} without a role");
        }
        let expected = if *reading { StatusCode::OK } else { StatusCode::FORBIDDEN };
        assert_eq!(send(&mut reader).await.status, expected, "{method} {path} as a reader");
        assert_eq!(audits().await, before, "{method} {path} refused and yet done");
        world.clock.advance(1);
        let answer = send(&mut admin).await;
        assert!(answer.status.is_success() || answer.status.is_redirection(), "{method} {path}: {} {}", answer.status, answer.body);
        let made: Vec<_> = world.audits().await.into_iter().take(audits().await - before).collect();
        // What the change comes to for devices is told of as well, by whom it was done.
        let by_admin = made.iter().filter(|record| record.initiated_by.display_name == "admin@contoso.example").count();
        assert_eq!(by_admin, usize::from(*changes), "{method} {path}: {made:?}");
    }
}

#[tokio::test]
async fn who_may_only_read_is_shown_the_policy_and_no_way_to_change() {
    let company = Compliance::new().await;
    let mut admin = Browser::signed_in(&company.world, &company.world.admin).await;
    let mut reader = company.reader().await;
    let device = format!("/console/compliance/devices/{PHONE}");
    for (path, link) in [
        ("/console/compliance".to_owned(), "/console/compliance/new/"),
        ("/console/compliance".to_owned(), "/console/compliance/settings"),
        (company.path(""), "/edit\""),
        (company.path(""), "/delete\""),
        (device, "/retire\""),
    ] {
        let (may, may_not) = (admin.get(&company.world, &path).await, reader.get(&company.world, &path).await);
        assert!(may.body.contains(link), "{path} {link}");
        assert!(may_not.status == StatusCode::OK && !may_not.body.contains(link), "{path} {link}");
    }
}

#[tokio::test]
async fn every_kind_has_a_form_with_each_of_its_settings() {
    let company = Compliance::new().await;
    let mut browser = Browser::signed_in(&company.world, &company.world.admin).await;
    for kind in PolicyKind::ALL {
        let page = browser.get(&company.world, &format!("/console/compliance/new/{}", kind.type_name())).await;
        assert_eq!(page.status, StatusCode::OK, "{kind:?}");
        assert!(page.body.len() < 200_000, "{kind:?}: {} bytes", page.body.len());
        for setting in catalogue::of(kind) {
            assert!(page.body.contains(&format!("name=\"s.{}\"", setting.name)), "{kind:?} {}", setting.name);
            assert!(page.body.contains(setting.title), "{kind:?} {}", setting.title);
        }
    }
    let unknown = browser.get(&company.world, "/console/compliance/new/palmCompliancePolicy").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_cannot_be_is_told_at_each_field_and_nothing_typed_is_lost() {
    let company = Compliance::new().await;
    let mut browser = Browser::signed_in(&company.world, &company.world.admin).await;
    let fields = [
        ("name", " "),
        ("description", "Kept"),
        ("targets", "groups"),
        ("included", company.group.as_str()),
        ("grace", "a while"),
        ("s.passcodeMinimumLength", "3"),
        ("s.osMinimumVersion", "newest"),
        ("s.restrictedApps", "com.example.games Games"),
        ("do", "preview"),
    ];
    for path in ["/console/compliance/new/iosCompliancePolicy/draft", "/console/compliance/new/iosCompliancePolicy"] {
        let answer = company.send(&mut browser, path, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
        for text in [
            "4 fields need another look",
            "The name must not be empty.",
            "It must be a whole number from 4 to 14.",
            "It must be a version",
            "It must be a whole number of hours from 0 to 8760.",
            "id=\"passcodeMinimumLength-problem\"",
            "value=\"newest\"",
            ">Kept</textarea>",
            "com.example.games Games</textarea>",
            &format!("name=\"included\" value=\"{}\"", company.group),
        ] {
            assert!(answer.body.contains(text), "{text}: {}", answer.body);
        }
    }
    let gone = [("name", "P"), ("targets", "groups"), ("included", "44444444-0000-4000-8000-000000000001"), ("do", "preview")];
    let answer = company.send(&mut browser, "/console/compliance/new/iosCompliancePolicy/draft", &gone).await;
    assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.body.contains("there is no group"), "{}", answer.body);
}

#[tokio::test]
async fn a_policy_is_made_looked_at_changed_and_saved_knowing_what_changes() {
    let company = Compliance::new().await;
    let mut browser = Browser::signed_in(&company.world, &company.world.admin).await;
    let first = [("name", "Macs"), ("targets", "everyone"), ("grace", "24"), ("s.firewallEnabled", "on"), ("s.osMinimumVersion", "15")];
    let new = "/console/compliance/new/macOSCompliancePolicy";
    let preview = company.send(&mut browser, &format!("{new}/draft"), &[&first[..], &[("do", "preview")]].concat()).await;
    for text in ["The new policy", "Encryption and protection › Firewall", "at least 15", "Counts as not compliant after 1 day", "Everyone"]
    {
        assert!(preview.body.contains(text), "{text}: {}", preview.body);
    }
    assert_eq!(
        company.api("GET", "deviceManagement/deviceCompliancePolicies/$count", Value::Null).await,
        json!(1),
        "looking saves nothing"
    );
    let saved = company.send(&mut browser, new, &first).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let page = browser.get(&company.world, &path_of(&saved)).await;
    assert!(page.body.contains("class=\"flash\"") && page.body.contains("Everyone"), "{}", page.body);
    // A second time, with one thing changed.
    let company = Compliance { policy: path_of(&saved).rsplit('/').next().unwrap().to_owned(), ..company };
    let second = [&first[..], &[("version", "1"), ("s.osMinimumVersion", "15.2"), ("do", "preview")]].concat();
    let second: Vec<(&str, &str)> = second.into_iter().filter(|field| *field != ("s.osMinimumVersion", "15")).collect();
    let preview = company.send(&mut browser, &company.path("/draft"), &second).await;
    assert!(preview.body.contains("at least 15.2") && !preview.body.contains("› Firewall"), "{}", preview.body);
    assert_eq!(company.send(&mut browser, &company.path(""), &second).await.status, StatusCode::SEE_OTHER);
    let stored = company.stored().await;
    assert_eq!((&stored["osMinimumVersion"], &stored["firewallEnabled"], &stored["version"]), (&json!("15.2"), &json!(true), &json!(2)));
    let again: Vec<(&str, &str)> = second.iter().map(|field| if field.0 == "version" { ("version", "2") } else { *field }).collect();
    let same = company.send(&mut browser, &company.path(""), &again).await;
    assert_eq!(same.status, StatusCode::SEE_OTHER);
    assert!(browser.get(&company.world, &path_of(&same)).await.body.contains("Nothing was different"));
    assert_eq!(company.stored().await["version"], 2);
}

#[tokio::test]
async fn the_preview_says_which_devices_would_stand_otherwise_and_changes_none() {
    let company = Compliance::new().await;
    let mut browser = Browser::signed_in(&company.world, &company.world.admin).await;
    let fields =
        |length| [("version", "1"), ("name", "P"), ("targets", "everyone"), ("s.passcodeMinimumLength", length), ("do", "preview")];
    let same = company.send(&mut browser, &company.path("/draft"), &fields("5")).await;
    assert!(same.body.contains("<strong>None</strong>"), "{}", same.body);
    let eased = company.send(&mut browser, &company.path("/draft"), &fields("4")).await;
    for text in ["All 1 managed device", "<strong>1 device</strong>", "Anna&#39;s &#60;i&#62;phone", ">Not compliant<", ">Compliant<"] {
        assert!(eased.body.contains(text), "{text}: {}", eased.body);
    }
    // A new policy counts beside the others; for somebody else it changes nothing here.
    company.report(json!({ "passwordLength": 8 })).await;
    let new = [("name", "New"), ("targets", "everyone"), ("s.osMinimumVersion", "20"), ("grace", "24"), ("do", "preview")];
    let stricter = company.send(&mut browser, "/console/compliance/new/iosCompliancePolicy/draft", &new).await;
    assert!(stricter.body.contains("In grace period"), "{}", stricter.body);
    let nobody: Vec<(&str, &str)> = new.into_iter().map(|field| if field.0 == "targets" { ("targets", "groups") } else { field }).collect();
    let harmless = company.send(&mut browser, "/console/compliance/new/iosCompliancePolicy/draft", &nobody).await;
    assert!(harmless.body.contains("<strong>None</strong>"), "{}", harmless.body);
    let device = company.api("GET", &format!("deviceManagement/managedDevices/{PHONE}"), Value::Null).await;
    assert_eq!(device["complianceState"], "compliant");
}

#[tokio::test]
async fn groups_are_added_and_removed_in_the_form_and_nothing_is_saved_by_that() {
    let company = Compliance::new().await;
    let mut browser = Browser::signed_in(&company.world, &company.world.admin).await;
    let group = company.group.as_str();
    let chosen = format!("name=\"included\" value=\"{group}\"");
    assert!(browser.get(&company.world, &company.path("/edit")).await.body.contains(&chosen));
    let remove = format!("remove:included:{group}");
    let removed = company.send(&mut browser, &company.path("/draft"), &[("included", group), ("do", &remove)]).await;
    assert!(!removed.body.contains(&chosen));
    let added = company.send(&mut browser, &company.path("/draft"), &[("add_excluded", group), ("do", "add:excluded")]).await;
    assert!(added.body.contains(&format!("name=\"excluded\" value=\"{group}\"")), "{}", added.body);
    assert_eq!(company.stored().await["version"], 1);
}

#[tokio::test]
async fn the_second_of_two_administrators_is_told_what_changed_and_keeps_the_input() {
    let company = Compliance::new().await;
    let mut browser = Browser::signed_in(&company.world, &company.world.admin).await;
    let page = browser.get(&company.world, &company.path("/edit")).await;
    let base = page
        .body
        .split("name=\"base\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .replace("&#34;", "\"")
        .replace("&#60;", "<")
        .replace("&#62;", ">");
    let path = format!("deviceManagement/deviceCompliancePolicies/{}", company.policy);
    company.api("PATCH", &path, json!({ "passcodeMinimumLength": 8 })).await;
    let mine = [("version", "1"), ("base", base.as_str()), ("name", "Mine"), ("targets", "groups"), ("s.passcodeRequired", "on")];
    let told = company.send(&mut browser, &company.path(""), &mine).await;
    assert_eq!(told.status, StatusCode::CONFLICT, "{}", told.body);
    for text in ["Somebody else saved this policy", "at least 6 characters", "at least 8 characters", "value=\"Mine\""] {
        assert!(told.body.contains(text), "{text}: {}", told.body);
    }
    assert_eq!(company.stored().await["passcodeMinimumLength"], 8);
    let version = told.hidden("version");
    let knowingly = [&[("version", version.as_str())], &mine[2..]].concat();
    assert_eq!(company.send(&mut browser, &company.path(""), &knowingly).await.status, StatusCode::SEE_OTHER);
    assert_eq!(company.stored().await["displayName"], "Mine");
    // So it is with deleting, and with the settings.
    let stale = company.send(&mut browser, &company.path("/delete"), &[("version", "1")]).await;
    assert!(stale.status == StatusCode::CONFLICT && stale.body.contains("Somebody else changed it"), "{}", stale.body);
    company.api("PATCH", "deviceManagement", json!({ "settings": { "secureByDefault": false } })).await;
    let base = r#"{"secureByDefault":true,"deviceComplianceCheckinThresholdDays":30,"isScheduledActionEnabled":true}"#;
    let settings = [("version", "0"), ("base", base), ("days", "7"), ("without_policy", "noncompliant"), ("scheduled_actions", "on")];
    let told = company.send(&mut browser, "/console/compliance/settings", &settings).await;
    assert!(
        told.status == StatusCode::CONFLICT && told.body.contains("Secure by default") && told.body.contains("value=\"7\""),
        "{}",
        told.body
    );
    let bad = [("version", "1"), ("days", "many")];
    let told = company.send(&mut browser, "/console/compliance/settings", &bad).await;
    assert!(told.status == StatusCode::UNPROCESSABLE_ENTITY && told.body.contains("from 1 to 120") && told.body.contains("value=\"many\""));
}

#[tokio::test]
async fn a_device_shows_the_reason_of_each_setting_and_what_to_do() {
    let company = Compliance::new().await;
    let mut browser = Browser::signed_in(&company.world, &company.world.admin).await;
    let list = browser.get(&company.world, "/console/compliance/devices?state=noncompliant&name=phone").await;
    assert!(list.body.contains("Anna&#39;s &#60;i&#62;phone"), "{}", list.body);
    assert!(browser.get(&company.world, "/console/compliance/devices?state=compliant").await.body.contains("Nothing matches"));
    let page = browser.get(&company.world, &format!("/console/compliance/devices/{PHONE}")).await;
    for text in [
        "Not compliant",
        "Phones &#60;b&#62;",
        "Shortest code",
        "at least 6 characters",
        "says its management",
        "Change the lock of the device",
        "Password length",
        "Its owner may sign in",
        "anna@contoso.example",
    ] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    let overview = browser.get(&company.world, "/console/compliance").await;
    assert!(overview.body.contains("1 not compliant") && overview.body.contains("Phone people"), "{}", overview.body);
    let policy = browser.get(&company.world, &company.path("")).await;
    assert!(policy.body.contains("Anna&#39;s &#60;i&#62;phone") && policy.body.contains("at least 6 characters"), "{}", policy.body);
    let retired = company.send(&mut browser, &format!("/console/compliance/devices/{PHONE}/retire"), &[]).await;
    let page = browser.get(&company.world, &path_of(&retired)).await;
    assert!(page.body.contains("class=\"flash\"") && page.body.contains("Retired"), "{}", page.body);
    assert!(
        !browser.get(&company.world, "/console/compliance/devices").await.body.contains("phone</bdi>"),
        "retired devices are asked for"
    );
    assert!(browser.get(&company.world, "/console/compliance/devices?state=retired").await.body.contains("phone</bdi>"));
}
