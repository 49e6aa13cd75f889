//! App protection in the console: policies, who has which, and the apps that check in.

use axum::http::{Method, StatusCode};
use doorward_model::document::DocumentKind;
use doorward_policy::protection::Settings;
use serde_json::{Value, json};

use super::browser::{Browser, path_of};
use super::form::{decoded, fields, with};
use crate::graph::{SCOPE, registration_of};
use crate::world::{Answer, MAIL_APP, World};

const LIST: &str = "/console/app-protection";
const NEW: &str = "/console/app-protection/new";
const SCRIPT: &str = "<script>alert('x')</script>\"&";

/// A world with an administrator's browser, and a group of Anna's.
pub(super) struct Office {
    pub(super) world: World,
    pub(super) browser: Browser,
    pub(super) group: String,
    token: String,
}

impl Office {
    pub(super) async fn new() -> Self {
        let world = World::new().await;
        let token = world.access_token(&world.admin, SCOPE).await;
        let group = world.json(Method::POST, "/v1.0/groups", &token, &json!({ "displayName": "Mail people" })).await.json();
        let group = group["id"].as_str().unwrap().to_owned();
        let member = json!({ "@odata.id": world.anna.id });
        world.json(Method::POST, &format!("/v1.0/groups/{group}/members/$ref"), &token, &member).await;
        let browser = Browser::signed_in(&world, &world.admin).await;
        Self { world, browser, group, token }
    }

    /// A policy made over the admin API; its id.
    pub(super) async fn policy(&self, id: &str, more: Value) -> String {
        let mut policy = json!({
            "@odata.type": "#microsoft.graph.iosManagedAppProtection",
            "id": id,
            "displayName": format!("Policy {id}"),
            "apps": [{ "mobileAppIdentifier": { "bundleId": "com.contoso.mail" } }],
            "assignments": [{ "target": { "@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": self.group } }],
        });
        policy.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = self.world.json(Method::POST, "/v1.0/deviceAppManagement/managedAppPolicies", &self.token, &policy).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        id.to_owned()
    }

    async fn patch(&self, id: &str, change: Value) {
        let path = format!("/v1.0/deviceAppManagement/managedAppPolicies/{id}");
        assert_eq!(self.world.json(Method::PATCH, &path, &self.token, &change).await.status, StatusCode::NO_CONTENT);
    }

    async fn stored(&self, id: &str) -> Option<Value> {
        let mut unit = self.world.ctx.store.tenant(self.world.tenant.id).read().await.unwrap();
        unit.documents().get(DocumentKind::AppProtectionPolicy, id).await.unwrap().map(|document| document.body)
    }

    async fn all(&self) -> Vec<Value> {
        let mut unit = self.world.ctx.store.tenant(self.world.tenant.id).read().await.unwrap();
        unit.documents().list(DocumentKind::AppProtectionPolicy).await.unwrap().into_iter().map(|document| document.body).collect()
    }

    async fn get(&mut self, path: &str) -> Answer {
        let page = self.browser.get(&self.world, path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
        page
    }

    async fn send(&mut self, path: &str, fields: &[(String, String)]) -> Answer {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.browser.send_form(&self.world, path, &fields).await
    }

    /// Sends the form of a page on, after typing.
    async fn submit(&mut self, page: &Answer, action: &str, path: &str, typed: &[(&str, &str)]) -> Answer {
        let fields = with(fields(page, action), typed);
        self.send(path, &fields).await
    }
}

fn edit(id: &str) -> (String, String) {
    let path = format!("{LIST}/policies/{id}");
    let action = format!("{path}/draft");
    (path, action)
}

#[tokio::test]
async fn the_list_says_for_whom_and_for_which_apps_a_policy_is() {
    let mut office = Office::new().await;
    assert!(office.get(LIST).await.body.contains("No policies yet"));
    office.policy("one", json!({})).await;
    office.policy("two", json!({ "assignments": [], "appGroupType": "allApps" })).await;
    let all = json!({ "target": { "@odata.type": "#microsoft.graph.allLicensedUsersAssignmentTarget" } });
    office.policy("three", json!({ "assignments": [all], "apps": [] })).await;
    let page = office.get(LIST).await.body;
    for text in ["Mail people", "com.contoso.mail", "In force", "For nobody", "Every app", "For no app", "Everyone", "iOS and iPadOS"] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[tokio::test]
async fn a_long_list_comes_in_pages() {
    let mut office = Office::new().await;
    for number in 0..53 {
        office.policy(&format!("p{number:02}"), json!({})).await;
    }
    let first = office.get(LIST).await.body;
    assert!(first.len() < 200_000 && first.matches("class=\"row-link\"").count() == 50);
    let second = office.get(&format!("{LIST}?after=p49")).await.body;
    assert_eq!(second.matches("class=\"row-link\"").count(), 3);
    assert!(first.contains("after=p49") && second.contains(">Newest<"), "{second}");
}

#[tokio::test]
async fn a_new_policy_is_filled_in_looked_at_and_saved() {
    let mut office = Office::new().await;
    let group = office.group.clone();
    let form = office.get(&format!("{NEW}?platform=android")).await;
    assert!(form.body.len() < 200_000, "{} bytes", form.body.len());
    let typed = [
        ("name", "Phones"),
        ("type_app", "com.example.other"),
        ("do", "add:app"),
        ("add_included", group.as_str()),
        ("s.minimumPinLength", "6"),
        ("s.periodOfflineBeforeAccessCheck", "2"),
        ("u.periodOfflineBeforeAccessCheck", "days"),
        ("s.exemptedAppPackages", "com.example.maps\r\ncom.example.tel"),
    ];
    let form = office.submit(&form, "/console/app-protection/new/draft", "/console/app-protection/new/draft", &typed).await;
    assert_eq!(form.status, StatusCode::OK, "{}", form.body);
    assert!(form.body.contains("name=\"app\" value=\"com.example.other\""), "{}", form.body);
    let known = [("add_app", "com.contoso.mail"), ("do", "add:app")];
    let form = office.submit(&form, "/console/app-protection/new/draft", "/console/app-protection/new/draft", &known).await;
    let form = {
        let add = [("add_included", group.as_str()), ("do", "add:included")];
        office.submit(&form, "/console/app-protection/new/draft", "/console/app-protection/new/draft", &add).await
    };
    let preview = [("do", "preview")];
    let preview = office.submit(&form, "/console/app-protection/new/draft", "/console/app-protection/new/draft", &preview).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.body);
    for text in ["Mail people", "2 days", "com.example.maps", "Nothing is saved yet"] {
        assert!(preview.body.contains(text), "{text}: {}", preview.body);
    }
    assert_eq!(office.all().await, Vec::<Value>::new(), "looking saves nothing");
    let saved = office.submit(&preview, NEW, NEW, &[]).await;
    assert_eq!((saved.status, path_of(&saved).as_str()), (StatusCode::SEE_OTHER, LIST), "{}", saved.body);
    let policy = office.all().await.remove(0);
    assert_eq!(policy["@odata.type"], "#microsoft.graph.androidManagedAppProtection");
    assert_eq!((&policy["displayName"], &policy["minimumPinLength"]), (&json!("Phones"), &json!(6)));
    assert_eq!(policy["periodOfflineBeforeAccessCheck"], "P2D");
    assert_eq!(policy["exemptedAppPackages"].as_array().unwrap().len(), 2);
    let apps: Vec<&Value> = policy["apps"].as_array().unwrap().iter().map(|app| &app["mobileAppIdentifier"]["packageId"]).collect();
    assert_eq!(apps, ["com.example.other", "com.contoso.mail"]);
    assert_eq!(policy["assignments"][0]["target"]["groupId"], json!(group));
    assert!(office.get(LIST).await.body.contains("class=\"flash\""));
    let audits = office.world.audits().await;
    let audit = audits.iter().find(|record| record.activity_display_name == "Create appProtectionPolicy").unwrap();
    assert_eq!((&audit.before, &audit.after), (&Value::Null, &policy));
}

#[tokio::test]
async fn saving_changes_what_was_typed_and_nothing_else() {
    let mut office = Office::new().await;
    let more = json!({ "printBlocked": true, "future": [1], "minimumPinLength": null, "periodOfflineBeforeAccessCheck": "PT24H",
        "targetedAppManagementLevels": "unmanaged,unknownFutureValue", "appGroupType": "allCoreMicrosoftApps",
        "displayName": " Phones ", "description": "\nOne\r\ntwo \n" });
    let id = office.policy("one", more).await;
    let before = office.stored(&id).await.unwrap();
    let (path, action) = edit(&id);
    let form = office.get(&path).await;
    for text in ["printBlocked", "future", "not enforced"] {
        assert!(form.body.contains(text), "{text}");
    }
    let nothing = office.submit(&form, &action, &path, &[]).await;
    assert_eq!(nothing.status, StatusCode::SEE_OTHER, "{}", nothing.body);
    assert_eq!(office.stored(&id).await.unwrap(), before, "a form that is sent as it is changes nothing");
    assert!(office.get(LIST).await.body.contains("Nothing was different"));
    let saved = office.submit(&form, &action, &path, &[("s.simplePinBlocked", "true"), ("s.allowedDataStorageLocations", "box")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let mut expected = before;
    expected["simplePinBlocked"] = json!(true);
    expected["allowedDataStorageLocations"] = json!(["box"]);
    assert_eq!(office.stored(&id).await.unwrap(), expected);
}

#[tokio::test]
async fn a_policy_with_as_many_apps_as_there_may_be_can_be_edited() {
    let mut office = Office::new().await;
    let app = |number: usize| json!({ "mobileAppIdentifier": { "bundleId": format!("com.contoso.department.application{number}") } });
    let id = office.policy("one", json!({ "apps": (0..300).map(app).collect::<Value>() })).await;
    let (path, action) = edit(&id);
    let form = office.get(&path).await;
    assert!(form.body.len() < 200_000 && form.body.contains("too long to show"), "{} bytes", form.body.len());
    let saved = office.submit(&form, &action, &path, &[("s.pinRequired", "true")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    assert_eq!(office.stored(&id).await.unwrap()["apps"].as_array().unwrap().len(), 300);
    let form = office.get(&path).await;
    let more = office.submit(&form, &action, &action, &[("type_app", "com.one.more"), ("do", "preview")]).await;
    assert_eq!(more.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", more.body);
    assert!(more.body.contains("has more than 300 entries"), "{}", more.body);
}

#[tokio::test]
async fn of_very_many_groups_some_are_offered_and_any_can_be_typed() {
    let mut office = Office::new().await;
    let id = office.policy("one", json!({ "assignments": [] })).await;
    let mut unit = office.world.ctx.store.tenant(office.world.tenant.id).write().await.unwrap();
    let mut last = String::new();
    for number in 0..1500 {
        let group = doorward_model::group::Group {
            id: doorward_model::GroupId::random(office.world.ctx.rng.as_ref()),
            display_name: format!("Department {number:04} of the whole organisation"),
            description: None,
            created: office.world.ctx.now(),
        };
        unit.groups().create(&group).await.unwrap();
        last = group.id.to_string();
    }
    unit.commit().await.unwrap();
    let (path, action) = edit(&id);
    let form = office.get(&path).await;
    assert!(form.body.len() < 200_000, "{} bytes", form.body.len());
    let typed = [("type_included", "department 1499 of the whole organisation"), ("do", "preview")];
    let preview = office.submit(&form, &action, &action, &typed).await;
    assert!(preview.body.contains("Department 1499") && preview.status == StatusCode::OK, "{}", preview.body);
    let saved = office.submit(&preview, &path, &path, &[]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    assert_eq!(office.stored(&id).await.unwrap()["assignments"][0]["target"]["groupId"], json!(last));
    let nobody = [("type_excluded", "No such department"), ("do", "preview")];
    let form = office.get(&path).await;
    let refused = office.submit(&form, &action, &action, &nobody).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    assert!(refused.body.contains("There is no group “No such department”."), "{}", refused.body);
}

/// Every setting of the engine has a field, and its title and explanation.
#[tokio::test]
async fn the_form_has_every_setting_that_is_enforced() {
    let mut office = Office::new().await;
    for platform in ["ios", "android"] {
        let page = office.get(&format!("{NEW}?platform={platform}")).await;
        let page = decoded(&page.body);
        for setting in Settings::catalogue() {
            let name = serde_json::to_value(setting.platforms).unwrap().to_string().to_lowercase();
            assert_eq!(page.contains(&format!("\"s.{}\"", setting.name)), name.contains(platform), "{platform} {}", setting.name);
            if name.contains(platform) {
                assert!(page.contains(setting.title) && page.contains(&setting.help) && !setting.help.is_empty(), "{}", setting.name);
            }
        }
    }
}

#[tokio::test]
async fn what_cannot_be_meant_is_told_at_its_field_and_the_input_kept() {
    let mut office = Office::new().await;
    let id = office.policy("one", json!({})).await;
    let before = office.stored(&id).await;
    let (path, action) = edit(&id);
    let form = office.get(&path).await;
    for (typed, expected) in [
        (vec![("name", " ")], "Give the policy a name."),
        (vec![("s.minimumPinLength", "3")], "Type a whole number from 4 to 16, or 0."),
        (vec![("s.maximumPinRetries", "many")], "Type a whole number from 1 to 65535, or 0."),
        (vec![("s.periodBeforePinReset", "-1")], "Type a whole number; 0 means off."),
        (vec![("s.periodBeforePinReset", "99999999"), ("u.periodBeforePinReset", "days")], "longer than a phone will live"),
        (vec![("s.periodBeforePinReset", "1"), ("u.periodBeforePinReset", "moons")], "Choose a unit of time."),
        (vec![("s.exemptedAppProtocols", "sky pe")], "is not a URL scheme"),
        (vec![("s.pinCharacterSet", "runes")], "Choose one of the list."),
        (vec![("s.allowedDataStorageLocations", "cloud")], "Choose some of the list."),
        (vec![("app", "no app")], "without spaces"),
        (vec![("app_group", "mine")], "appGroupType must be"),
        (vec![("included", "nobody")], "There is no group “nobody”."),
        (vec![("level", "rented")], "does not know"),
        (vec![("description", &*"x".repeat(10_001))], "more than 10000 characters"),
    ] {
        for target in [&path, &action] {
            let typed = [&typed[..], &[("do", "preview")]].concat();
            let answer = office.submit(&form, &action, target, &typed).await;
            let body = decoded(&answer.body);
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed:?}: {body}");
            assert!(body.contains(expected) && body.contains("class=\"problem\""), "{expected}: {body}");
            let (name, value) = typed[0];
            let is_typed = !["s.pinCharacterSet", "s.allowedDataStorageLocations", "app_group"].contains(&name) && value != " ";
            assert!(!is_typed || body.contains(value), "{value} is kept");
        }
    }
    assert_eq!(office.stored(&id).await, before);
}

#[tokio::test]
async fn the_second_of_two_administrators_is_told_what_changed_and_keeps_the_input() {
    let mut office = Office::new().await;
    let id = office.policy("one", json!({})).await;
    let (path, action) = edit(&id);
    let form = office.get(&path).await;
    office.patch(&id, json!({ "pinRequired": true })).await;
    let told = office.submit(&form, &action, &path, &[("s.dataBackupBlocked", "true")]).await;
    assert_eq!(told.status, StatusCode::CONFLICT, "{}", told.body);
    assert!(told.body.contains("Somebody else saved this policy") && told.body.contains("Ask for an app PIN"), "{}", told.body);
    assert_eq!(office.stored(&id).await.unwrap().get("dataBackupBlocked"), None);
    // Knowing it, the administrator saves all the same.
    let again = office.submit(&told, &action, &path, &[("s.pinRequired", "true")]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.body);
    let policy = office.stored(&id).await.unwrap();
    assert_eq!((&policy["pinRequired"], &policy["dataBackupBlocked"]), (&json!(true), &json!(true)));
}

#[tokio::test]
async fn a_policy_that_was_deleted_meanwhile_can_be_saved_as_a_new_one() {
    let mut office = Office::new().await;
    let id = office.policy("one", json!({ "future": 1 })).await;
    let (path, action) = edit(&id);
    let form = office.get(&path).await;
    let target = format!("/v1.0/deviceAppManagement/managedAppPolicies/{id}");
    office.world.json(Method::DELETE, &target, &office.token, &Value::Null).await;
    let told = office.submit(&form, &action, &path, &[("s.pinRequired", "true")]).await;
    assert_eq!(told.status, StatusCode::CONFLICT, "{}", told.body);
    assert!(told.body.contains("deleted this policy"), "{}", told.body);
    let saved = office.submit(&told, "/console/app-protection/new/draft", NEW, &[]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let policy = office.all().await.remove(0);
    assert_ne!(policy["id"], json!(id));
    assert_eq!((&policy["pinRequired"], &policy["future"]), (&json!(true), &json!(1)), "typed and untyped alike");
}

#[tokio::test]
async fn a_duplicate_is_for_nobody_until_somebody_says_whom() {
    let mut office = Office::new().await;
    let id = office.policy("one", json!({ "pinRequired": true, "future": 1 })).await;
    let form = office.get(&format!("{NEW}?from={id}")).await;
    assert!(form.body.contains("Copy of Policy one"), "{}", form.body);
    let saved = office.submit(&form, "/console/app-protection/new/draft", NEW, &[]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let copy = office.all().await.into_iter().find(|policy| policy["id"] != json!(id)).unwrap();
    assert_eq!((&copy["pinRequired"], &copy["future"], copy.get("assignments")), (&json!(true), &json!(1), None));
    assert_eq!(copy["apps"], office.stored(&id).await.unwrap()["apps"]);
}

#[tokio::test]
async fn deleting_asks_first_and_only_what_was_seen_is_deleted() {
    let mut office = Office::new().await;
    let id = office.policy("one", json!({})).await;
    let path = format!("{LIST}/policies/{id}/delete");
    let page = office.get(&path).await;
    assert!(page.body.contains("Nothing is wiped"), "{}", page.body);
    office.patch(&id, json!({ "pinRequired": true })).await;
    let told = office.submit(&page, &path, &path, &[]).await;
    assert_eq!(told.status, StatusCode::CONFLICT, "{}", told.body);
    assert!(office.stored(&id).await.is_some());
    let deleted = office.submit(&told, &path, &path, &[]).await;
    assert_eq!(deleted.status, StatusCode::SEE_OTHER, "{}", deleted.body);
    assert_eq!(office.stored(&id).await, None);
    assert_eq!(office.browser.get(&office.world, &path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn script_is_text_wherever_it_is_typed_or_stored() {
    let mut office = Office::new().await;
    let id = office.policy("one", json!({ "displayName": SCRIPT, "description": SCRIPT, "future": SCRIPT, SCRIPT: 1 })).await;
    let registration = registration_of(&office.world, office.world.anna.id).await;
    let mut unit = office.world.ctx.store.tenant(office.world.tenant.id).write().await.unwrap();
    let mut document = unit.documents().get(DocumentKind::ManagedAppRegistration, &registration).await.unwrap().unwrap();
    for member in ["deviceName", "deviceType", "deviceModel", "platformVersion", "applicationVersion", "sdkVersion", "patchLevel"] {
        document.body["state"][member] = json!(SCRIPT);
    }
    document.body["deviceTag"] = json!(SCRIPT);
    document.body["operations"][0]["ending"] = json!({ "at": document.body["createdDateTime"], "reason": SCRIPT });
    let (subject, now) = (document.subject.clone(), document.created);
    unit.documents().update(DocumentKind::ManagedAppRegistration, &registration, &subject, &document.body, None, now).await.unwrap();
    unit.commit().await.unwrap();
    let registration = format!("{LIST}/registrations/{registration}");
    let effective = format!("{LIST}/effective?person=anna@contoso.example&app={MAIL_APP}&platform=ios");
    let (path, action) = edit(&id);
    for page in [
        LIST,
        &path,
        &format!("{path}/delete"),
        &effective,
        &format!("{LIST}/registrations"),
        &registration,
        &format!("{registration}/wipe"),
    ] {
        let body = office.get(page).await.body;
        assert!(!body.contains("<script>alert") && body.contains("alert("), "{page}: {body}");
        assert!(!body.contains(" style=") && !body.contains(" onclick="), "{page}");
    }
    let form = office.get(&path).await;
    let everywhere: Vec<(String, String)> = fields(&form, &action)
        .into_iter()
        .map(
            |(name, value)| {
                if ["form_token", "version", "platform"].contains(&name.as_str()) { (name, value) } else { (name, SCRIPT.to_owned()) }
            },
        )
        .collect();
    for target in [&path, &action] {
        let answer = office.send(target, &everywhere).await;
        assert!(!answer.body.contains("<script>alert"), "{}", answer.body);
        assert!(answer.status.is_success() || answer.status.is_client_error(), "{}", answer.status);
    }
    for query in ["person", "app", "platform", "level"] {
        let question = serde_urlencoded::to_string([("person", "x"), (query, SCRIPT)]).unwrap();
        let answer = office.browser.get(&office.world, &format!("{LIST}/effective?{question}")).await;
        assert!(!answer.body.contains("<script>alert") && answer.status.is_client_error(), "{}", answer.body);
    }
}

#[tokio::test]
async fn the_effective_policy_says_from_which_policy_each_setting_comes() {
    let mut office = Office::new().await;
    office.policy("a", json!({ "minimumPinLength": 4, "maximumPinRetries": 5, "pinRequired": true })).await;
    office.policy("b", json!({ "minimumPinLength": 8, "maximumPinRetries": 3 })).await;
    office.policy("c", json!({ "assignments": [] })).await;
    office.policy("d", json!({ "targetedAppManagementLevels": "mdm" })).await;
    office.policy("e", json!({ "apps": [] })).await;
    let all = json!({ "target": { "@odata.type": "#microsoft.graph.allLicensedUsersAssignmentTarget" } });
    let not = json!({ "target": { "@odata.type": "#microsoft.graph.exclusionGroupAssignmentTarget", "groupId": office.group } });
    office.policy("f", json!({ "assignments": [all, not] })).await;
    let ask = format!("{LIST}/effective?person=Anna@contoso.example&app={MAIL_APP}&platform=ios&level=unmanaged");
    let page = office.get(&ask).await.body;
    for text in [
        "2 policies are for them",
        "It is assigned to nobody.",
        "It is for devices that are managed otherwise.",
        "It does not list this app.",
        "It excludes the group Mail people",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let row = |title: &str| page.split(title).nth(1).unwrap().split("</tr>").next().unwrap().to_owned();
    let length = row("Least length of the PIN");
    assert!(length.contains(">8<") && length.contains("Policy b") && length.contains("Policy a: 4"), "{length}");
    let retries = row("Wrong entries of the PIN");
    assert!(retries.contains(">3<") && retries.contains("Policy b") && retries.contains("Policy a: 5"), "{retries}");
    let pin = row("Ask for an app PIN");
    assert!(pin.contains("Yes") && pin.contains("Policy a") && pin.contains("Policy b: No"), "{pin}");
    assert!(row("Refuse Face ID").contains("Default"));
    assert!(row("Places where copies are allowed").contains("Counts only with “Block copies of organisation data”"));
    let managed = office.get(&ask.replace("unmanaged", "mdm")).await.body;
    assert!(managed.contains("3 policies are for them"), "{managed}");
    let other = office.get(&ask.replace("Anna", "admin")).await.body;
    assert!(other.contains("One policy is for them") && other.contains("The person is in none of its groups."), "{other}");
    for (query, expected) in [
        ("person=nobody@contoso.example", "Nobody here has this sign-in name."),
        ("person=", "Type the sign-in name of somebody."),
        ("app=x", "Choose an app."),
        ("platform=beos", "Choose again."),
        ("level=rented", "Choose again."),
    ] {
        let name = query.split('=').next().unwrap();
        let rest: Vec<&str> = ask.split(['?', '&']).skip(1).filter(|pair| !pair.starts_with(name)).collect();
        let answer = office.browser.get(&office.world, &format!("{LIST}/effective?{}&{query}", rest.join("&"))).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(answer.body.contains(expected), "{query}: {}", answer.body);
    }
}

#[tokio::test]
async fn registrations_are_found_by_person_and_state() {
    let mut office = Office::new().await;
    let path = format!("{LIST}/registrations");
    assert!(office.get(&path).await.body.contains("No app has checked in yet"));
    let anna = registration_of(&office.world, office.world.anna.id).await;
    registration_of(&office.world, office.world.admin.id).await;
    let rows = async |office: &mut Office, query: &str| {
        let page = office.get(&format!("{path}?{query}")).await;
        page.body.matches("class=\"row-link\"").count()
    };
    for (query, expected) in [("", 2), ("person=ANNA@contoso.example", 1), ("show=flagged", 0), ("show=wipes", 0), ("show=ended", 0)] {
        assert_eq!(rows(&mut office, query).await, expected, "{query}");
    }
    let nobody = office.browser.get(&office.world, &format!("{path}?person=nobody")).await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = office.get(&format!("{path}/{anna}")).await.body;
    for text in ["Contoso Mail", "anna@contoso.example", "com.contoso.mail", "Send logs", "No policy is for this person in this app"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    for (id, status) in [("nonsense", StatusCode::NOT_FOUND), ("11111111-2222-4333-8444-555555555555", StatusCode::NOT_FOUND)] {
        assert_eq!(office.browser.get(&office.world, &format!("{path}/{id}")).await.status, status, "{id}");
    }
}

#[tokio::test]
async fn many_registrations_come_in_pages() {
    let mut office = Office::new().await;
    for _ in 0..103 {
        registration_of(&office.world, office.world.anna.id).await;
    }
    let mut path = format!("{LIST}/registrations?person=anna@contoso.example");
    let mut sizes = Vec::new();
    loop {
        let page = office.get(&path).await.body;
        assert!(page.len() < 200_000);
        sizes.push(page.matches("class=\"row-link\"").count());
        let Some(older) = page.split("rel=\"next\"").next().filter(|_| page.contains("rel=\"next\"")) else { break };
        path = decoded(older.rsplit("href=\"").next().unwrap().split('"').next().unwrap());
        assert!(path.contains("person=anna"), "{path}");
    }
    assert_eq!(sizes, [50, 50, 3]);
}

#[tokio::test]
async fn a_wipe_is_asked_for_seen_and_taken_back() {
    let mut office = Office::new().await;
    let id = registration_of(&office.world, office.world.anna.id).await;
    let path = format!("{LIST}/registrations/{id}");
    let ask = office.get(&format!("{path}/wipe")).await;
    assert!(ask.body.contains("Contoso Mail") && ask.body.contains("anna@contoso.example"), "{}", ask.body);
    let asked = office.submit(&ask, &format!("{path}/wipe"), &format!("{path}/wipe"), &[]).await;
    assert_eq!((asked.status, path_of(&asked)), (StatusCode::SEE_OTHER, path.clone()), "{}", asked.body);
    let page = office.get(&path).await;
    for text in ["Asked for.", "Wipe not done", "Waits for the app", "Take back", "A wipe is not done."] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    assert!(!page.body.contains(&format!("{path}/wipe\"")), "one wipe at a time");
    assert_eq!(office.get(&format!("{LIST}/registrations?show=wipes")).await.body.matches("class=\"row-link\"").count(), 1);
    let overview = office.get("/console").await.body;
    assert!(overview.contains("Wipes that are not done</a></dt><dd>1</dd>"), "{overview}");
    let operation = page.body.split("/operations/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let cancel = format!("{path}/operations/{operation}/cancel");
    let back = office.submit(&page, &cancel, &cancel, &[]).await;
    assert_eq!((back.status, path_of(&back)), (StatusCode::SEE_OTHER, path.clone()), "{}", back.body);
    assert!(office.get(&path).await.body.contains("Taken back"));
    // A second click comes too late, and says so.
    office.submit(&page, &cancel, &cancel, &[]).await;
    assert!(office.get(&path).await.body.contains("Too late"));
}
