//! Conditional access in the console: the form keeps what it does not show, nothing is saved unseen, two administrators at once, the guard
//! against locking everybody out, import and export.

use axum::http::{Method, StatusCode, header};
use doorward_model::document::{Document, DocumentKind};
use doorward_model::role::Role;
use rstest::rstest;
use serde_json::{Value, json};

use super::browser::{Browser, ORIGIN, path_of};
use crate::world::{Answer, MAIL, World, person};

const KIND: DocumentKind = DocumentKind::ConditionalAccessPolicy;
/// Fields to change, with the values that they are to have.
type Changes<'a> = &'a [(&'a str, &'a [&'a str])];

const ROOT: &str = "/console/conditional-access";

/// A policy of a second factor for mail, with members that the form does not show.
fn mail_mfa() -> Value {
    json!({
        "id": "mail-mfa", "displayName": "Second factor for mail", "description": "Two\nlines ", "state": "enabledForReportingButNotEnforced",
        "templateId": "t-1",
        "conditions": {
            "users": {"includeUsers": ["All"], "excludeUsers": []},
            "applications": {"includeApplications": [MAIL]},
            "clientAppTypes": ["browser", "mobileAppsAndDesktopClients"],
            "platforms": null,
        },
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"], "authenticationStrength@odata.context": "x"},
        "sessionControls": {"networkAccessSecurity": {"isEnabled": true}},
    })
}

async fn policy_world(policies: &[Value]) -> World {
    let world = World::new().await;
    let token = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    for policy in policies {
        let made = world.json(Method::POST, "/v1.0/identity/conditionalAccess/policies", &token, policy).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    }
    world
}

async fn stored(world: &World, id: &str) -> Option<Document> {
    let mut unit = world.ctx.store.tenant(world.tenant.id).read().await.unwrap();
    unit.documents().get(KIND, id).await.unwrap()
}

async fn all(world: &World) -> Vec<Document> {
    let mut unit = world.ctx.store.tenant(world.tenant.id).read().await.unwrap();
    unit.documents().list(KIND).await.unwrap()
}

/// Turns the escapes of a page back.
fn plain(text: &str) -> String {
    [("&#34;", "\""), ("&#60;", "<"), ("&#62;", ">"), ("&#39;", "'"), ("&#38;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// The value of an attribute of a tag.
fn attribute(tag: &str, name: &str) -> Option<String> {
    tag.split(&format!(" {name}=\"")).nth(1).map(|rest| plain(rest.split('"').next().unwrap()))
}

/// The fields that a browser would send of the form of a page, without buttons: the last form that begins with `action`.
fn fields(page: &Answer, action: &str) -> Vec<(String, String)> {
    let start = page.body.rfind(&format!("action=\"{action}\"")).unwrap_or_else(|| panic!("no form {action} in {}", page.body));
    let form = page.body[start..].split("</form>").next().unwrap();
    let mut fields = Vec::new();
    let mut select = None;
    for tag in form.split('<').skip(1) {
        let (tag, text) = tag.split_once('>').unwrap_or((tag, ""));
        let name = attribute(tag, "name");
        if tag.starts_with("input") {
            let kind = attribute(tag, "type").unwrap_or_default();
            if !matches!(kind.as_str(), "radio" | "checkbox") || tag.ends_with(" checked") {
                fields.push((name.unwrap(), attribute(tag, "value").unwrap_or_default()));
            }
        } else if tag.starts_with("select") {
            select = name;
        } else if tag.starts_with("option") {
            let (name, value) = (select.clone().unwrap(), attribute(tag, "value").unwrap());
            // A browser sends the first choice where none is made.
            if tag.ends_with(" selected") || fields.last().is_none_or(|(last, _)| *last != name) {
                fields.retain(|(field, _)| *field != name);
                fields.push((name, value));
            }
        } else if tag.starts_with("textarea") {
            fields.push((name.unwrap(), plain(text.strip_prefix('\n').unwrap_or(text))));
        }
    }
    fields
}

/// The same fields with some changed: every value of a changed name is replaced.
fn with(mut fields: Vec<(String, String)>, changes: Changes<'_>) -> Vec<(String, String)> {
    for (name, values) in changes {
        fields.retain(|(field, _)| field != name);
        fields.extend(values.iter().map(|value| ((*name).to_owned(), (*value).to_owned())));
    }
    fields
}

async fn send(world: &World, browser: &mut Browser, path: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.send_form(world, path, &fields).await
}

/// Opens the form of a policy, changes fields, looks, and gives the page before saving.
async fn look(world: &World, browser: &mut Browser, key: &str, changes: Changes<'_>) -> Answer {
    let path = format!("{ROOT}/{key}");
    let draft = format!("{path}/draft");
    let page = browser.get(world, &path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let changes = [changes, &[("do", &["preview"])]].concat();
    send(world, browser, &draft, &with(fields(&page, &draft), &changes)).await
}

/// The same, and saves.
async fn save(world: &World, browser: &mut Browser, key: &str, changes: Changes<'_>) -> Answer {
    let review = look(world, browser, key, changes).await;
    assert_eq!(review.status, StatusCode::OK, "{}", review.body);
    let path = format!("{ROOT}/{key}");
    send(world, browser, &path, &fields(&review, &path)).await
}

#[tokio::test]
async fn the_list_says_state_and_what_each_policy_did_in_the_last_days() {
    let trial = json!({ "displayName": "Trial <b>", "id": "trial" });
    let mut trial_policy = mail_mfa();
    trial_policy.as_object_mut().unwrap().extend(trial.as_object().unwrap().clone());
    let world = policy_world(&[trial_policy]).await;
    world.access_token(&world.anna, "api://contoso-mail/Mail.Read").await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let page = browser.get(&world, ROOT).await;
    assert!(page.body.contains("Report-only") && page.body.contains("1 would ask"), "{}", page.body);
    assert!(page.body.contains("Trial &#60;b&#62;") && page.body.contains("admin@contoso.example"));
    let none = browser.get(&world, &format!("{ROOT}?name=nothing&state=on&page=9")).await;
    assert!(none.body.contains("Nothing matches"), "{}", none.body);
}

#[tokio::test]
async fn an_edit_changes_what_it_says_and_loses_nothing_that_the_form_does_not_show() {
    let world = policy_world(&[mail_mfa()]).await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let saved = save(
        &world,
        &mut browser,
        "mail-mfa",
        &[("include_platforms", &["iOS", "android"]), ("frequency", &["timeBased"]), ("frequency_value", &["8"])],
    )
    .await;
    assert_eq!((saved.status, path_of(&saved).as_str()), (StatusCode::SEE_OTHER, ROOT), "{}", saved.body);
    let mut expected = mail_mfa();
    expected["conditions"]["platforms"] = json!({"includePlatforms": ["iOS", "android"]});
    expected["sessionControls"]["signInFrequency"] = json!({"isEnabled": true, "frequencyInterval": "timeBased", "value": 8, "type": "hours", "authenticationType": "primaryAndSecondaryAuthentication"});
    assert_eq!(stored(&world, "mail-mfa").await.unwrap().body, expected);
    assert!(browser.get(&world, ROOT).await.body.contains("class=\"flash\""));
    // What was opened and looked at without a change is not written again.
    let same = save(&world, &mut browser, "mail-mfa", &[]).await;
    assert_eq!(same.status, StatusCode::SEE_OTHER);
    assert_eq!(stored(&world, "mail-mfa").await.unwrap().version, 2);
}

#[tokio::test]
async fn every_condition_and_control_can_be_set_by_the_form() {
    let world = policy_world(&[]).await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let anna = world.anna.id.to_string();
    let role = Role::SecurityReader.template_id().to_string();
    let changes: Changes<'_> = &[
        ("display_name", &["Everything"]),
        ("description", &["For a test"]),
        ("state", &["disabled"]),
        ("include_users", &["All"]),
        ("exclude_users", &[&anna, "GuestsOrExternalUsers"]),
        ("include_roles", &[&role]),
        ("include_guests", &["internalGuest", "serviceProvider"]),
        ("include_apps", &["All"]),
        ("user_actions", &["urn:user:registersecurityinfo"]),
        ("contexts", &["c1, c2"]),
        ("client_app_types", &["browser"]),
        ("include_platforms", &["all"]),
        ("exclude_platforms", &["linux"]),
        ("include_locations", &["All"]),
        ("exclude_locations", &["AllTrusted"]),
        ("filter_mode", &["exclude"]),
        ("filter_rule", &["device.isCompliant -eq True"]),
        ("sign_in_risks", &["high", "medium"]),
        ("user_risks", &["high"]),
        ("workload_risks", &["low"]),
        ("insider_risks", &["elevated"]),
        ("transfers", &["deviceCodeFlow"]),
        ("operator", &["AND"]),
        ("controls", &["compliantDevice", "approvedApplication"]),
        ("strength", &["00000000-0000-0000-0000-000000000004"]),
        ("terms", &["t1, t2"]),
        ("frequency", &["everyTime"]),
        ("persistent_browser", &["never"]),
        ("app_restrictions", &["on"]),
        ("cloud_app_security", &["monitorOnly"]),
        ("continuous_evaluation", &["strictLocation"]),
        ("secure_session", &["on"]),
        ("no_resilience", &["on"]),
    ];
    let saved = save(&world, &mut browser, "new", changes).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let mut body = all(&world).await.remove(0).body;
    body.as_object_mut().unwrap().remove("id");
    assert_eq!(
        body,
        json!({
            "displayName": "Everything", "description": "For a test", "state": "disabled",
            "conditions": {
                "users": {
                    "includeUsers": ["All"], "excludeUsers": [anna, "GuestsOrExternalUsers"], "includeRoles": [role],
                    "includeGuestsOrExternalUsers": {
                        "guestOrExternalUserTypes": "internalGuest,serviceProvider", "externalTenants": {"membershipKind": "all"},
                    },
                },
                "applications": {
                    "includeApplications": ["All"], "includeUserActions": ["urn:user:registersecurityinfo"],
                    "includeAuthenticationContextClassReferences": ["c1", "c2"],
                },
                "clientAppTypes": ["browser"],
                "platforms": {"includePlatforms": ["all"], "excludePlatforms": ["linux"]},
                "locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]},
                "devices": {"deviceFilter": {"mode": "exclude", "rule": "device.isCompliant -eq True"}},
                "signInRiskLevels": ["high", "medium"], "userRiskLevels": ["high"], "servicePrincipalRiskLevels": ["low"],
                "insiderRiskLevels": "elevated", "authenticationFlows": {"transferMethods": "deviceCodeFlow"},
            },
            "grantControls": {
                "operator": "AND", "builtInControls": ["compliantDevice", "approvedApplication"],
                "authenticationStrength": {"id": "00000000-0000-0000-0000-000000000004"}, "termsOfUse": ["t1", "t2"],
            },
            "sessionControls": {
                "signInFrequency": {"isEnabled": true, "frequencyInterval": "everyTime", "authenticationType": "primaryAndSecondaryAuthentication"},
                "persistentBrowser": {"isEnabled": true, "mode": "never"},
                "applicationEnforcedRestrictions": {"isEnabled": true},
                "cloudAppSecurity": {"isEnabled": true, "cloudAppSecurityType": "monitorOnly"},
                "continuousAccessEvaluation": {"mode": "strictLocation"},
                "secureSignInSession": {"isEnabled": true},
                "disableResilienceDefaults": true,
            },
        })
    );
}

#[tokio::test]
async fn people_groups_and_services_are_found_by_part_of_their_name_and_taken_away_again() {
    let world = policy_world(&[mail_mfa()]).await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let draft = format!("{ROOT}/mail-mfa/draft");
    let page = browser.get(&world, &format!("{ROOT}/mail-mfa")).await;
    // Enter in the search presses the first button of the form, which only goes on editing.
    let found =
        send(&world, &mut browser, &draft, &with(fields(&page, &draft), &[("find_exclude_users", &["ANN"]), ("do", &["edit"])])).await;
    let add = format!("add:exclude_users:{}", world.anna.id);
    assert!(found.body.contains(&add) && !found.body.contains(&format!("add:exclude_users:{}", world.admin.id)), "{}", found.body);
    let added = send(&world, &mut browser, &draft, &with(fields(&found, &draft), &[("do", &[&add])])).await;
    let chip = format!("name=\"exclude_users\" value=\"{}\"", world.anna.id);
    assert!(added.body.contains(&chip) && added.body.contains("<bdi title="), "{}", added.body);
    let remove = format!("remove:exclude_users:{}", world.anna.id);
    let removed = send(&world, &mut browser, &draft, &with(fields(&added, &draft), &[("do", &[&remove])])).await;
    assert!(!removed.body.contains(&chip), "{}", removed.body);
    let nothing =
        send(&world, &mut browser, &draft, &with(fields(&page, &draft), &[("find_include_apps", &["%"]), ("do", &["find"])])).await;
    assert!(nothing.body.contains("Nothing is called that."), "{}", nothing.body);
    assert_eq!(stored(&world, "mail-mfa").await.unwrap().body, mail_mfa(), "looking saves nothing");
}

#[tokio::test]
async fn what_is_wrong_is_told_at_the_field_and_what_was_typed_stays() {
    let world = policy_world(&[mail_mfa()]).await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let cases: [(Changes<'_>, &str, &str); 4] = [
        (&[("display_name", &["  "])], "Give the policy a name.", "name=\"display_name\""),
        (
            &[("filter_mode", &["include"]), ("filter_rule", &["device.x <script>alert(1)</script>"])],
            "class=\"problem\"",
            "device.x &#60;script",
        ),
        (&[("frequency", &["timeBased"]), ("frequency_value", &["often"])], "must be a whole number", "value=\"often\""),
        (&[("client_app_types", &["spaceship"])], "is not known", "value=\"spaceship\" checked"),
    ];
    for (changes, problem, kept) in cases {
        let told = look(&world, &mut browser, "mail-mfa", changes).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{changes:?}: {}", told.body);
        assert!(told.body.contains(problem) && told.body.contains(kept), "{problem} {kept}: {}", told.body);
        assert!(!told.body.contains("<script>alert"));
    }
    assert_eq!(stored(&world, "mail-mfa").await.unwrap().version, 1);
}

#[tokio::test]
async fn script_in_any_field_is_shown_as_text() {
    let world = policy_world(&[mail_mfa()]).await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let draft = format!("{ROOT}/mail-mfa/draft");
    let page = browser.get(&world, &format!("{ROOT}/mail-mfa")).await;
    let hostile = "\"'></textarea><script>alert(1)</script>";
    for name in fields(&page, &draft).iter().map(|(name, _)| name.clone()).filter(|name| name != "form_token" && name != "shown") {
        for wish in ["edit", "json", "preview"] {
            let answer = send(&world, &mut browser, &draft, &with(fields(&page, &draft), &[(&name, &[hostile]), ("do", &[wish])])).await;
            assert!(answer.status.is_success() || answer.status == StatusCode::UNPROCESSABLE_ENTITY, "{name} {wish}: {}", answer.body);
            assert!(!answer.body.contains("<script>alert") && !answer.body.contains("\"'>"), "{name} {wish}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn the_page_before_saving_says_whom_it_is_for_what_is_odd_and_which_sign_ins_would_end_otherwise() {
    let world = policy_world(&[mail_mfa()]).await;
    world.access_token(&world.anna, "api://contoso-mail/Mail.Read").await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let review = browser.get(&world, &format!("{ROOT}/mail-mfa/state/enabled")).await;
    assert_eq!(review.status, StatusCode::OK, "{}", review.body);
    for text in ["State", "3 people", "<strong>1 sign-in</strong>", "anna@contoso.example"] {
        assert!(review.body.contains(text), "{text}: {}", review.body);
    }
    let odd = look(&world, &mut browser, "mail-mfa", &[("include_users", &["11111111-2222-4000-8000-000000000000"])]).await;
    assert!(odd.body.contains("unknown-object") && odd.body.contains("0 people"), "{}", odd.body);
    let path = format!("{ROOT}/mail-mfa");
    let on = send(&world, &mut browser, &path, &fields(&review, &path)).await;
    assert_eq!(on.status, StatusCode::SEE_OTHER);
    assert_eq!(stored(&world, "mail-mfa").await.unwrap().body["state"], "enabled");
}

#[tokio::test]
async fn people_are_counted_through_nested_groups_and_less_those_who_are_left_out() {
    let world = policy_world(&[mail_mfa()]).await;
    let token = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let mut groups = Vec::new();
    for name in ["Outer", "Inner"] {
        let group = world.json(Method::POST, "/v1.0/groups", &token, &json!({ "displayName": name })).await;
        groups.push(group.json()["id"].as_str().unwrap().to_owned());
    }
    for (group, member) in [(&groups[0], &groups[1]), (&groups[1], &world.anna.id.to_string()), (&groups[1], &world.admin.id.to_string())] {
        let member = json!({ "@odata.id": member });
        world.json(Method::POST, &format!("/v1.0/groups/{group}/members/$ref"), &token, &member).await;
    }
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let outer: Changes<'_> = &[("include_users", &[]), ("include_groups", &[&groups[0]])];
    assert!(look(&world, &mut browser, "mail-mfa", outer).await.body.contains("<dd>2 people"));
    let anna = world.anna.id.to_string();
    let less: Changes<'_> = &[("include_users", &[]), ("include_groups", &[&groups[0]]), ("exclude_users", &[&anna])];
    assert!(look(&world, &mut browser, "mail-mfa", less).await.body.contains("<dd>1 person"));
}

#[tokio::test]
async fn the_policy_is_edited_as_json_and_back() {
    let world = policy_world(&[mail_mfa()]).await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let draft = format!("{ROOT}/mail-mfa/draft");
    let page = browser.get(&world, &format!("{ROOT}/mail-mfa")).await;
    let json_page = send(&world, &mut browser, &draft, &with(fields(&page, &draft), &[("description", &["new"]), ("do", &["json"])])).await;
    assert!(json_page.body.contains("&#34;description&#34;: &#34;new&#34;"), "{}", json_page.body);
    for (text, problem) in [
        ("{\"a\": \n tru}", "line 2, column"),
        ("[]", "one policy"),
        ("", "empty"),
        ("{\"state\":\"enabled\",\"conditions\":{\"times\":{\"x\":1}}}", "$.conditions.times"),
    ] {
        let told = send(&world, &mut browser, &draft, &with(fields(&json_page, &draft), &[("text", &[text]), ("do", &["preview"])])).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
        assert!(told.body.contains(problem), "{problem}: {}", told.body);
    }
    let edited = json!({"id": "another", "displayName": "By hand", "state": "disabled", "conditions": {"users": {"includeUsers": ["All"]}, "applications": {"includeApplications": ["All"]}, "clientAppTypes": ["all"]}, "grantControls": {"builtInControls": ["mfa"]}});
    let back =
        send(&world, &mut browser, &draft, &with(fields(&json_page, &draft), &[("text", &[&edited.to_string()]), ("do", &["form"])])).await;
    assert!(back.body.contains("value=\"By hand\""), "{}", back.body);
    let review = send(&world, &mut browser, &draft, &with(fields(&back, &draft), &[("do", &["preview"])])).await;
    let path = format!("{ROOT}/mail-mfa");
    assert_eq!(send(&world, &mut browser, &path, &fields(&review, &path)).await.status, StatusCode::SEE_OTHER);
    let body = stored(&world, "mail-mfa").await.unwrap().body;
    assert_eq!(body["id"], "mail-mfa", "the id stays");
    assert_eq!((&body["displayName"], body.get("templateId")), (&json!("By hand"), None));
}

#[tokio::test]
async fn the_second_of_two_administrators_is_told_what_changed_and_keeps_the_input() {
    let world = policy_world(&[mail_mfa()]).await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let review = look(&world, &mut browser, "mail-mfa", &[("description", &["mine"])]).await;
    let token = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let other = json!({ "displayName": "Renamed" });
    world.json(Method::PATCH, "/v1.0/identity/conditionalAccess/policies/mail-mfa", &token, &other).await;
    let path = format!("{ROOT}/mail-mfa");
    let told = send(&world, &mut browser, &path, &fields(&review, &path)).await;
    assert_eq!(told.status, StatusCode::CONFLICT, "{}", told.body);
    assert!(
        told.body.contains("Somebody else saved") && told.body.contains("Renamed") && told.body.contains("mine</textarea>"),
        "{}",
        told.body
    );
    assert_eq!(stored(&world, "mail-mfa").await.unwrap().body["displayName"], "Renamed");
    // Knowing it, the administrator saves all the same.
    let draft = format!("{path}/draft");
    let review = send(&world, &mut browser, &draft, &with(fields(&told, &draft), &[("do", &["preview"])])).await;
    assert_eq!(send(&world, &mut browser, &path, &fields(&review, &path)).await.status, StatusCode::SEE_OTHER);
    assert_eq!(stored(&world, "mail-mfa").await.unwrap().body["description"], "mine");
    // Deleting is for what was looked at as well.
    let ask = browser.get(&world, &format!("{path}/delete")).await;
    world.json(Method::PATCH, "/v1.0/identity/conditionalAccess/policies/mail-mfa", &token, &other).await;
    let delete = format!("{path}/delete");
    let kept = send(&world, &mut browser, &delete, &fields(&ask, &delete)).await;
    assert_eq!(kept.status, StatusCode::CONFLICT, "{}", kept.body);
    let gone = send(&world, &mut browser, &delete, &fields(&kept, &delete)).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.body);
    assert!(stored(&world, "mail-mfa").await.is_none());
}

#[tokio::test]
async fn a_form_sent_twice_makes_one_policy_and_a_copy_begins_on_trial() {
    let mut original = mail_mfa();
    original["state"] = json!("enabled");
    let world = policy_world(&[original]).await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let page = browser.get(&world, &format!("{ROOT}/new?from=mail-mfa")).await;
    let draft = format!("{ROOT}/new/draft");
    let review = send(&world, &mut browser, &draft, &with(fields(&page, &draft), &[("do", &["preview"])])).await;
    let path = format!("{ROOT}/new");
    for _ in 0..2 {
        let saved = send(&world, &mut browser, &path, &fields(&review, &path)).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    }
    let policies = all(&world).await;
    assert_eq!(policies.len(), 2);
    let copy = policies.iter().find(|policy| policy.id != "mail-mfa").unwrap();
    assert_eq!(copy.body["displayName"], "Copy of Second factor for mail");
    assert_eq!(copy.body["state"], "enabledForReportingButNotEnforced");
    assert_eq!(copy.body["templateId"], "t-1");
}

/// An enabled policy for everybody, about everything.
fn for_everybody(grant: &Value) -> Value {
    json!({
        "id": "drastic", "displayName": "Drastic", "state": "enabled",
        "conditions": {"users": {"includeUsers": ["All"]}, "applications": {"includeApplications": ["All"]}, "clientAppTypes": ["all"]},
        "grantControls": grant,
    })
}

#[rstest]
#[case::block(json!({"operator": "OR", "builtInControls": ["block"]}), true)]
#[case::a_device_that_others_must_vouch_for(json!({"operator": "OR", "builtInControls": ["compliantDevice"]}), true)]
#[case::an_approved_app_which_a_browser_is_not(json!({"operator": "OR", "builtInControls": ["approvedApplication"]}), true)]
#[case::terms_of_use_that_cannot_be_accepted_here(json!({"operator": "OR", "termsOfUse": ["t"]}), true)]
#[case::a_strength_that_nothing_here_meets(json!({"operator": "OR", "authenticationStrength": {"id": "own", "allowedCombinations": ["x509CertificateMultiFactor"]}}), true)]
#[case::a_second_factor_can_be_registered(json!({"operator": "OR", "builtInControls": ["mfa"]}), false)]
#[case::a_passkey_can_be_registered(json!({"operator": "OR", "authenticationStrength": {"id": "00000000-0000-0000-0000-000000000004"}}), false)]
#[case::a_second_factor_is_enough(json!({"operator": "OR", "builtInControls": ["mfa", "compliantDevice"]}), false)]
#[case::a_second_factor_is_not_enough(json!({"operator": "AND", "builtInControls": ["mfa", "compliantDevice"]}), true)]
#[tokio::test]
async fn nobody_may_lock_the_console_by_the_api(#[case] grant: Value, #[case] locks: bool) {
    let world = policy_world(&[]).await;
    let token = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let path = "/v1.0/identity/conditionalAccess/policies";
    let made = world.json(Method::POST, path, &token, &for_everybody(&grant)).await;
    assert_eq!(made.status, if locks { StatusCode::CONFLICT } else { StatusCode::CREATED }, "{}", made.body);
    assert_eq!(all(&world).await.len(), usize::from(!locks), "what is refused is not stored");
    if locks {
        assert!(made.body.contains("“Drastic”") && made.body.contains("report-only first"), "{}", made.body);
        // The same on trial is fine, and so it is with an account left out; switching on is not.
        let mut trial = for_everybody(&grant);
        trial["state"] = json!("enabledForReportingButNotEnforced");
        assert_eq!(world.json(Method::POST, path, &token, &trial).await.status, StatusCode::CREATED);
        let on = world.json(Method::PATCH, &format!("{path}/drastic"), &token, &json!({"state": "enabled"})).await;
        assert_eq!(on.status, StatusCode::CONFLICT, "{}", on.body);
        let mut spared = for_everybody(&grant)["conditions"].clone();
        spared["users"]["excludeUsers"] = json!([world.admin.id]);
        let on = world.json(Method::PATCH, &format!("{path}/drastic"), &token, &json!({"state": "enabled", "conditions": spared})).await;
        assert_eq!(on.status, StatusCode::NO_CONTENT, "{}", on.body);
    }
}

#[tokio::test]
async fn who_was_spared_may_not_be_locked_out_by_another_door() {
    let location = json!({"id": "office", "displayName": "Office", "ipRanges": [{"cidrAddress": "192.0.2.0/24"}], "isTrusted": true});
    let world = policy_world(&[]).await;
    let token = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let locations = "/v1.0/identity/conditionalAccess/namedLocations";
    assert_eq!(world.json(Method::POST, locations, &token, &location).await.status, StatusCode::CREATED);
    let mut outside = for_everybody(&json!({"operator": "OR", "builtInControls": ["block"]}));
    outside["conditions"]["locations"] = json!({"includeLocations": ["All"], "excludeLocations": ["office"]});
    let path = "/v1.0/identity/conditionalAccess/policies";
    let made = world.json(Method::POST, path, &token, &outside).await;
    assert_eq!(made.status, StatusCode::CREATED, "an administrator can go to the office: {}", made.body);
    let gone = world.json(Method::DELETE, &format!("{locations}/office"), &token, &Value::Null).await;
    assert_eq!(gone.status, StatusCode::CONFLICT, "without the location the policy blocks everywhere: {}", gone.body);
    let countries = json!({"ipRanges": null, "countriesAndRegions": ["NL"]});
    let changed = world.json(Method::PATCH, &format!("{locations}/office"), &token, &countries).await;
    assert_eq!(changed.status, StatusCode::CONFLICT, "countries are not known here: {}", changed.body);
    let mail_only = json!({"conditions": {"users": {"includeUsers": ["All"]}, "applications": {"includeApplications": [MAIL]}, "clientAppTypes": ["all"]}});
    assert_eq!(world.json(Method::PATCH, &format!("{path}/drastic"), &token, &mail_only).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.json(Method::DELETE, &format!("{locations}/office"), &token, &Value::Null).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn the_console_says_before_and_at_saving_that_a_change_would_lock_everybody_out() {
    let mut policy = for_everybody(&json!({"operator": "OR", "builtInControls": ["block"]}));
    policy["state"] = json!("disabled");
    let world = policy_world(&[policy]).await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let review = browser.get(&world, &format!("{ROOT}/drastic/state/enabled")).await;
    assert!(review.body.contains("This will be refused.") && review.body.contains("“Drastic”"), "{}", review.body);
    let path = format!("{ROOT}/drastic");
    let refused = send(&world, &mut browser, &path, &fields(&review, &path)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("It was not saved.") && refused.body.contains("Exclude one emergency account"), "{}", refused.body);
    assert_eq!(stored(&world, "drastic").await.unwrap().body["state"], "disabled");
}

/// A form with files, as a browser would send it.
async fn upload(world: &World, browser: &mut Browser, path: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Answer {
    let token = browser.form_token(world).await;
    let mut body = Vec::new();
    for (name, value) in [("form_token", token.as_str())].iter().chain(fields) {
        body.extend(format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes());
    }
    for (name, content) in files {
        body.extend(
            format!("--B\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\nContent-Type: application/json\r\n\r\n")
                .into_bytes(),
        );
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--B--\r\n");
    let request = axum::http::Request::post(path)
        .header("cookie", browser.header())
        .header("origin", ORIGIN)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=B")
        .body(body.into());
    world.send(request.unwrap()).await
}

fn utf16(text: &str) -> Vec<u8> {
    [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

#[tokio::test]
async fn files_are_looked_at_and_imported_whole_and_without_acting() {
    let world = policy_world(&[mail_mfa()]).await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let mut second = for_everybody(&json!({"operator": "OR", "builtInControls": ["block"]}));
    second["conditions"]["users"]["excludeGroups"] = json!(["11111111-2222-4000-8000-000000000000"]);
    let template = json!({"id": "t", "name": "From a template", "details": {"conditions": second["conditions"], "grantControls": second["grantControls"]}});
    let list = json!({"value": [mail_mfa(), second]}).to_string();
    let files: [(&str, &[u8]); 2] = [("list.json", list.as_bytes()), ("template.json", &utf16(&template.to_string()))];
    let looked = upload(&world, &mut browser, &format!("{ROOT}/import/look"), &[("state", "disabled")], &files).await;
    assert_eq!(looked.status, StatusCode::OK, "{}", looked.body);
    for text in ["3 policies, and each can be taken", "has no such object", "11111111-2222", "It is a template", "It gets another id"] {
        assert!(looked.body.contains(text), "{text}: {}", looked.body);
    }
    assert_eq!(all(&world).await.len(), 1, "looking imports nothing");
    let sent = fields(&looked, &format!("{ROOT}/import/look"));
    let sent: Vec<(&str, &str)> = sent
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| !matches!(*name, "form_token" | "files"))
        .collect();
    let before = world.audits().await.len();
    let made = upload(&world, &mut browser, &format!("{ROOT}/import"), &sent, &[]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let policies = all(&world).await;
    assert_eq!(policies.len(), 4);
    assert_eq!(world.audits().await.len() - before, 3, "each is audited");
    let imported: Vec<_> = policies.iter().filter(|policy| policy.id != "mail-mfa").collect();
    assert!(imported.iter().all(|policy| policy.body["state"] == "disabled"), "{imported:?}");
    assert_eq!(stored(&world, "mail-mfa").await.unwrap().body, mail_mfa(), "what was there stays");
    assert_eq!(stored(&world, "drastic").await.unwrap().body["conditions"], second["conditions"]);
}

#[tokio::test]
async fn what_cannot_be_taken_is_named_and_nothing_is_imported() {
    let world = policy_world(&[]).await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let times = json!([mail_mfa(), {"displayName": "Odd", "state": "enabled", "conditions": {"times": {"all": true}}}]).to_string();
    let cases: [(&[u8], &str); 6] = [
        (b"{\"state\": \n enabled}", "line 2, column"),
        (times.as_bytes(), "$[1].conditions.times"),
        (b"{\"a\": 1}", "neither a policy"),
        (b"[]", "there is no policy in it"),
        (b"\xff\xfe\x00", "ends in the middle"),
        (b"  ", "Choose a file"),
    ];
    for (content, problem) in cases {
        for path in ["/import/look", "/import"] {
            let told = upload(&world, &mut browser, &format!("{ROOT}{path}"), &[], &[("<b>.json", content)]).await;
            assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}: {}", told.body);
            assert!(told.body.contains(problem) && !told.body.contains("<b>"), "{problem}: {}", told.body);
        }
    }
    assert!(all(&world).await.is_empty());
}

#[tokio::test]
async fn one_policy_or_all_are_exported_as_files_that_import_again() {
    let world = policy_world(&[mail_mfa()]).await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    for (path, name, place) in
        [("/mail-mfa/export", "Second-factor-for-mail.json", ""), ("/export", "conditional-access-policies.json", "/value/0")]
    {
        let file = browser.get(&world, &format!("{ROOT}{path}")).await;
        assert_eq!(file.headers[header::CONTENT_DISPOSITION], format!("attachment; filename=\"{name}\""));
        let policy = file.json().pointer(place).unwrap().clone();
        assert_eq!((&policy["displayName"], &policy["sessionControls"]), (&mail_mfa()["displayName"], &mail_mfa()["sessionControls"]));
        let again = upload(&world, &mut browser, &format!("{ROOT}/import/look"), &[], &[(name, file.body.as_bytes())]).await;
        assert_eq!(again.status, StatusCode::OK, "{}", again.body);
    }
}

#[tokio::test]
async fn a_reader_sees_the_form_and_cannot_send_it() {
    let world = policy_world(&[mail_mfa()]).await;
    let reader = person(&world.ctx, "reader", vec![Role::SecurityReader]).await;
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    unit.users().create(&reader).await.unwrap();
    unit.commit().await.unwrap();
    let mut browser = Browser::signed_in(&world, &reader).await;
    let page = browser.get(&world, &format!("{ROOT}/mail-mfa")).await;
    assert!(page.body.contains("<fieldset class=\"whole\" disabled>") && !page.body.contains("value=\"preview\""), "{}", page.body);
    assert!(!browser.get(&world, ROOT).await.body.contains("/console/conditional-access/new"));
}
