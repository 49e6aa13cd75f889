//! Named locations and authentication strengths in the console.

use axum::http::{Method, StatusCode};
use doorward_model::SignInId;
use doorward_model::document::DocumentKind;
use doorward_service::directory::{self, Actor};
use rstest::rstest;
use serde_json::{Value, json};

use super::browser::Browser;
use super::form::{fields, with};
use crate::world::{Answer, CLI, MAIL, PASSWORD, World};

const LOCATIONS: &str = "/console/named-locations";
const STRENGTHS: &str = "/console/authentication-strengths";

/// A location with a range that the form has no words for, and a member that it does not show.
fn office() -> Value {
    json!({
        "id": "office", "displayName": "Office", "@odata.type": "#microsoft.graph.ipNamedLocation", "note": "x",
        "ipRanges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "192.0.2.0/24", "label": "kept"}],
    })
}

async fn office_world() -> World {
    let world = World::new().await;
    let token = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let policy = json!({
        "displayName": "Outside", "state": "enabledForReportingButNotEnforced",
        "conditions": {
            "users": {"includeUsers": ["All"]}, "applications": {"includeApplications": [MAIL]}, "clientAppTypes": ["all"],
            "locations": {"includeLocations": ["All"], "excludeLocations": ["office"]},
        },
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
    });
    for (path, body) in [("namedLocations", office()), ("policies", policy)] {
        let made = world.json(Method::POST, &format!("/v1.0/identity/conditionalAccess/{path}"), &token, &body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    }
    world
}

async fn all(world: &World, kind: DocumentKind) -> Vec<Value> {
    let mut unit = world.ctx.store.tenant(world.tenant.id).read().await.unwrap();
    unit.documents().list(kind).await.unwrap().into_iter().map(|document| document.body).collect()
}

/// Sends the form of a page with other values.
async fn send(world: &World, browser: &mut Browser, page: &Answer, path: &str, values: &[(&str, &str)]) -> Answer {
    let form = page.body.rsplit("<form").next().unwrap();
    let hidden = |name: &str| {
        let mark = format!("name=\"{name}\" value=\"");
        form.split(&mark).nth(1).unwrap_or_default().split('"').next().unwrap_or_default().replace("&#34;", "\"")
    };
    let (token, version, base) = (hidden("form_token"), hidden("version"), hidden("base"));
    let mut fields = vec![("form_token", token.as_str()), ("version", version.as_str()), ("base", base.as_str())];
    fields.extend_from_slice(values);
    browser.send_form(world, path, &fields).await
}

#[tokio::test]
async fn the_list_says_what_each_is_and_which_policies_refer_to_it() {
    let world = office_world().await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let page = browser.get(&world, LOCATIONS).await;
    for text in ["Office", "1 range", "Outside", "Authentication strengths", "None yet"] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
}

#[tokio::test]
async fn locations_and_strengths_are_made_once_however_often_the_form_is_sent() {
    let world = World::new().await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let cases = [
        (
            format!("{LOCATIONS}/new"),
            "192.0.2.0/24\n\n2001:db8::/48\n198.51.100.1 - 198.51.100.9",
            json!({"displayName": "It", "isTrusted": true, "ipRanges": [
                {"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "192.0.2.0/24"},
                {"@odata.type": "#microsoft.graph.iPv6CidrRange", "cidrAddress": "2001:db8::/48"},
                {"@odata.type": "#microsoft.graph.iPv4Range", "lowerAddress": "198.51.100.1", "upperAddress": "198.51.100.9"}]}),
        ),
        (
            format!("{LOCATIONS}/new?kind=countries"),
            "de, NL",
            json!({"displayName": "It", "countriesAndRegions": ["DE", "NL"], "includeUnknownCountriesAndRegions": true}),
        ),
        (
            format!("{STRENGTHS}/new"),
            "fido2\npassword,softwareOath",
            json!({"displayName": "It", "allowedCombinations": ["fido2", "password,softwareOath"]}),
        ),
    ];
    for (path, lines, expected) in cases {
        let page = browser.get(&world, &path).await;
        let target = path.split('?').next().unwrap();
        for _ in 0..2 {
            let saved = send(&world, &mut browser, &page, target, &[("name", "It"), ("lines", lines), ("flag", "on")]).await;
            assert_eq!(saved.status, StatusCode::SEE_OTHER, "{path}: {}", saved.body);
        }
        let kind = if path.contains("strengths") { DocumentKind::AuthenticationStrengthPolicy } else { DocumentKind::NamedLocation };
        let mut made = all(&world, kind).await.pop().unwrap();
        made.as_object_mut().unwrap().remove("id");
        assert_eq!(made, expected);
    }
    assert_eq!(all(&world, DocumentKind::NamedLocation).await.len(), 2);
}

#[tokio::test]
async fn an_edit_keeps_what_the_form_does_not_show_and_the_second_of_two_is_told() {
    let world = office_world().await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let path = format!("{LOCATIONS}/office");
    let page = browser.get(&world, &path).await;
    let lines = [("name", "Head office"), ("lines", "192.0.2.0/24\r\n203.0.113.0/24")];
    assert_eq!(send(&world, &mut browser, &page, &path, &lines).await.status, StatusCode::SEE_OTHER);
    let stored = all(&world, DocumentKind::NamedLocation).await.remove(0);
    assert_eq!((&stored["note"], &stored["ipRanges"][0]["label"], stored.get("isTrusted")), (&json!("x"), &json!("kept"), None));
    let told = send(&world, &mut browser, &page, &path, &[("name", "Mine"), ("lines", "192.0.2.0/25")]).await;
    assert_eq!(told.status, StatusCode::CONFLICT, "{}", told.body);
    assert!(told.body.contains("Somebody else saved it") && told.body.contains("value=\"Mine\"") && told.body.contains("192.0.2.0/25"));
    let delete = format!("{path}/delete");
    let ask = browser.get(&world, &delete).await;
    assert!(ask.body.contains("Policies refer to it:") && ask.body.contains("Outside"), "{}", ask.body);
    assert_eq!(send(&world, &mut browser, &ask, &delete, &[]).await.status, StatusCode::SEE_OTHER);
    assert!(all(&world, DocumentKind::NamedLocation).await.is_empty());
}

/// A policy for mail that is on.
fn for_mail(id: &str, locations: Value, grant: Value) -> Value {
    json!({
        "id": id, "displayName": format!("The {id} policy"), "state": "enabled",
        "conditions": {
            "users": {"includeUsers": ["All"]}, "applications": {"includeApplications": [MAIL]}, "clientAppTypes": ["all"],
            "locations": locations,
        },
        "grantControls": grant,
    })
}

#[rstest]
// Anna is in the office; elsewhere a second factor is asked for.
#[case::a_location(
    LOCATIONS,
    office(),
    for_mail("outside", json!({"includeLocations": ["All"], "excludeLocations": ["office"]}), json!({"operator": "OR", "builtInControls": ["mfa"]})),
    "198.51.100.0/24\n2001:db8::/48",
    ("198.51.100.0/24", "Granted", "Asked"),
)]
// Once, Anna gave a code beside her password.
#[case::a_strength(
    STRENGTHS,
    json!({"id": "office", "displayName": "Office", "allowedCombinations": ["fido2"]}),
    for_mail("strong", Value::Null, json!({"operator": "OR", "authenticationStrength": {"id": "office"}})),
    "fido2\npassword,softwareOath",
    ("softwareOath", "Asked", "Granted"),
)]
#[tokio::test]
async fn nothing_is_saved_before_it_was_shown_what_that_will_do(
    #[case] root: &str,
    #[case] document: Value,
    #[case] policy: Value,
    #[case] lines: &str,
    #[case] (new, now, then): (&str, &str, &str),
) {
    let kind = if root == LOCATIONS { DocumentKind::NamedLocation } else { DocumentKind::AuthenticationStrengthPolicy };
    let world = World::new().await;
    let actor = Actor::command_line();
    for (kind, body) in [(kind, document.clone()), (DocumentKind::ConditionalAccessPolicy, policy)] {
        directory::create_policy(&world.ctx, world.tenant.id, &actor, kind, body).await.unwrap();
    }
    let (mut browser, scope) = (Browser::signed_in(&world, &world.admin).await, "api://contoso-mail/Mail.Read");
    let (client, login) = (CLI.to_string(), world.anna.user_principal_name.as_str());
    world.token(&[("grant_type", "password"), ("client_id", &client), ("username", login), ("password", PASSWORD), ("scope", scope)]).await;

    let mut with_a_code = world.sign_ins().await.into_iter().find(|record| record.circumstances.resource_id == Some(MAIL)).unwrap();
    with_a_code.id = SignInId::random(world.ctx.rng.as_ref());
    let mut facts = with_a_code.circumstances.facts.value();
    facts["mfa"] = json!(true);
    facts["authenticationMethods"] = json!(["password", "softwareOath"]);
    std::sync::Arc::make_mut(&mut with_a_code.circumstances).facts = facts.into();
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    unit.logs().append_sign_ins(&[with_a_code]).await.unwrap();
    unit.commit().await.unwrap();

    let (path, draft) = (format!("{root}/office"), format!("{root}/office/draft"));
    let page = browser.get(&world, &path).await;
    let typed = with(fields(&page, &draft), &[("lines", lines)]);
    let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let shown = browser.send_form(&world, &draft, &typed).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
    let in_words = lines.replace('\n', ", ");
    for text in ["Nothing is saved yet", "The ", "<strong>1 sign-in</strong>", "anna@contoso.example", &in_words, now, then] {
        assert!(shown.body.contains(text), "{text}: {}", shown.body);
    }
    let stored = all(&world, kind).await.remove(0);
    assert_eq!(stored, document, "looking saves nothing");

    let kept = fields(&shown, &path);
    let kept: Vec<(&str, &str)> =
        kept.iter().map(|(name, value)| (name.as_str(), value.as_str())).filter(|(name, _)| *name != "do").collect();
    let back = browser.send_form(&world, &draft, &[&kept[..], &[("do", "edit")]].concat()).await;
    assert!(back.body.contains("See what it will do") && back.body.contains(lines), "what was typed is kept: {}", back.body);
    let saved = browser.send_form(&world, &path, &kept).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    assert!(all(&world, kind).await.remove(0).to_string().contains(new));

    // What changes nothing says so, and deleting shows the same before it is done.
    let page = browser.get(&world, &path).await;
    let same = fields(&page, &draft);
    let same: Vec<(&str, &str)> = same.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let shown = browser.send_form(&world, &draft, &same).await;
    assert!(shown.body.contains("<strong>None</strong>"), "{}", shown.body);
    let ask = browser.get(&world, &format!("{path}/delete")).await;
    assert!(ask.body.contains("Sign-ins that would end otherwise"), "{}", ask.body);
}

#[tokio::test]
async fn the_page_before_saving_says_that_a_change_will_be_refused() {
    let world = World::new().await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let actor = Actor::command_line();
    let mut outside = for_mail(
        "outside",
        json!({"includeLocations": ["All"], "excludeLocations": ["office"]}),
        json!({"operator": "OR", "builtInControls": ["block"]}),
    );
    outside["conditions"]["applications"]["includeApplications"] = json!(["All"]);
    for (kind, body) in [(DocumentKind::NamedLocation, office()), (DocumentKind::ConditionalAccessPolicy, outside)] {
        directory::create_policy(&world.ctx, world.tenant.id, &actor, kind, body).await.unwrap();
    }
    let delete = format!("{LOCATIONS}/office/delete");
    let ask = browser.get(&world, &delete).await;
    assert!(ask.body.contains("This will be refused.") && ask.body.contains("“The outside policy”"), "{}", ask.body);
    let refused = send(&world, &mut browser, &ask, &delete, &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    assert!(refused.body.contains("It was not deleted."), "{}", refused.body);
    // It can still be moved: an administrator can go to the other place.
    let page = browser.get(&world, &format!("{LOCATIONS}/office")).await;
    let moved = [("name", "Office"), ("lines", "203.0.113.0/24")];
    let shown = send(&world, &mut browser, &page, &format!("{LOCATIONS}/office/draft"), &moved).await;
    assert!(shown.status == StatusCode::OK && !shown.body.contains("This will be refused."), "{}", shown.body);
}

#[tokio::test]
async fn nonsense_is_told_at_the_field_and_what_was_typed_stays() {
    let world = World::new().await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let cases = [
        (format!("{LOCATIONS}/new"), "", "192.0.2.0/24", "Give it a name."),
        (format!("{LOCATIONS}/new"), "X", "<script>alert(1)</script>", "ipRanges[0]"),
        (format!("{LOCATIONS}/new"), "X", " \n ", "Write at least one."),
        (format!("{LOCATIONS}/new?kind=countries"), "X", "Germany", "write two letters"),
        (format!("{STRENGTHS}/new"), "\"><b>", "", "Write at least one."),
    ];
    for (path, name, lines, problem) in cases {
        let page = browser.get(&world, &path).await;
        let save = path.split('?').next().unwrap();
        for target in [save.to_owned(), format!("{save}/draft")] {
            let told = send(&world, &mut browser, &page, &target, &[("name", name), ("lines", lines)]).await;
            assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{target} {lines}");
            assert!(
                told.body.contains(problem) && !told.body.contains("<script>alert") && !told.body.contains("\"><b>"),
                "{problem}: {}",
                told.body
            );
        }
    }
    assert!(all(&world, DocumentKind::NamedLocation).await.is_empty());
}
