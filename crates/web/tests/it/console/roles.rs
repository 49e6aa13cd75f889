//! Every route, what role it needs, and whether it changes something.

use axum::http::{Method, StatusCode};
use doorward_model::role::Role;
use serde_json::{Value, json};

use super::browser::Browser;
use super::form::{fields as form_fields, with};
use super::services::{mail_policy, service_world};
use crate::graph::{OPERATION, registration_of};
use crate::world::{World, person};

/// Method, path, whether it changes something, and whether reading is enough.
const ROUTES: &[(&str, &str, bool, bool)] = &[
    ("GET", "/console", false, true),
    ("GET", "/console/sign-ins", false, true),
    ("GET", "/console/sign-ins/{record}", false, true),
    ("GET", "/console/services", false, true),
    ("GET", "/console/services/mail", false, false),
    ("POST", "/console/services/mail", true, false),
    ("POST", "/console/services/mail/draft", false, false),
    ("GET", "/console/conditional-access", false, true),
    ("GET", "/console/conditional-access/new", false, false),
    ("GET", "/console/conditional-access/import", false, false),
    ("GET", "/console/conditional-access/export", false, true),
    ("GET", "/console/conditional-access/policy", false, true),
    ("GET", "/console/conditional-access/policy/export", false, true),
    ("GET", "/console/conditional-access/policy/state/disabled", false, false),
    ("GET", "/console/conditional-access/policy/delete", false, false),
    ("POST", "/console/conditional-access/new/draft", false, false),
    ("POST", "/console/conditional-access/new", true, false),
    ("POST", "/console/conditional-access/import/look", false, false),
    ("POST", "/console/conditional-access/import", true, false),
    ("POST", "/console/conditional-access/policy", true, false),
    ("POST", "/console/conditional-access/policy/delete", true, false),
    ("GET", "/console/named-locations", false, true),
    ("GET", "/console/named-locations/new", false, false),
    ("GET", "/console/named-locations/office", false, false),
    ("GET", "/console/named-locations/office/delete", false, false),
    ("POST", "/console/named-locations/new/draft", false, false),
    ("POST", "/console/named-locations/new", true, false),
    ("POST", "/console/named-locations/office/draft", false, false),
    ("POST", "/console/named-locations/office", true, false),
    ("POST", "/console/named-locations/office/delete", true, false),
    ("GET", "/console/authentication-strengths/new", false, false),
    ("GET", "/console/authentication-strengths/own", false, false),
    ("GET", "/console/authentication-strengths/own/delete", false, false),
    ("POST", "/console/authentication-strengths/new/draft", false, false),
    ("POST", "/console/authentication-strengths/new", true, false),
    ("POST", "/console/authentication-strengths/own/draft", false, false),
    ("POST", "/console/authentication-strengths/own", true, false),
    ("POST", "/console/authentication-strengths/own/delete", true, false),
    ("GET", "/console/what-if", false, true),
    ("GET", "/console/gaps?require=mfa", false, true),
    ("GET", "/console/app-protection", false, true),
    ("GET", "/console/app-protection/new?platform=ios", false, false),
    ("POST", "/console/app-protection/new", true, false),
    ("POST", "/console/app-protection/new/draft", false, false),
    ("GET", "/console/app-protection/policies/phones", false, false),
    ("POST", "/console/app-protection/policies/phones/draft", false, false),
    ("POST", "/console/app-protection/policies/phones", true, false),
    ("GET", "/console/app-protection/policies/phones/delete", false, false),
    ("POST", "/console/app-protection/policies/phones/delete", true, false),
    ("GET", "/console/app-protection/effective", false, true),
    ("GET", "/console/app-protection/registrations", false, true),
    ("GET", "/console/app-protection/registrations/{registration}", false, true),
    ("GET", "/console/app-protection/registrations/{registration}/wipe", false, false),
    ("POST", "/console/app-protection/registrations/{registration}/wipe", true, false),
    ("POST", "/console/app-protection/registrations/{registration}/operations/{operation}/cancel", true, false),
    ("GET", "/console/audit", false, true),
    ("GET", "/console/audit/{audit}", false, true),
];

/// The routes that change something.
pub(crate) fn changes() -> Vec<String> {
    ROUTES.iter().filter(|(_, _, changes, _)| *changes).map(|(_, path, ..)| (*path).to_owned()).collect()
}

/// The fields of a post beside its token, so that it is done if the role allows it.
fn fields(path: &str, form: &[(String, String)]) -> Vec<(String, String)> {
    let own = |pairs: &[(&str, &str)]| pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let path = path.strip_prefix("/console/").unwrap_or_default();
    match path.strip_suffix("/draft").filter(|path| path.starts_with("named") || path.starts_with("authentication")).unwrap_or(path) {
        // The save before it made a version.
        rest if rest.ends_with("/delete") => own(&[("version", "2")]),
        "named-locations/new" => own(&[("base", r#"{"id": "branch", "ipRanges": []}"#), ("name", "New"), ("lines", "192.0.2.0/24")]),
        "named-locations/office" => {
            own(&[("version", "1"), ("base", r#"{"id": "office", "ipRanges": []}"#), ("name", "Other"), ("lines", "192.0.2.0/24")])
        }
        "authentication-strengths/new" => own(&[("base", r#"{"id": "new"}"#), ("name", "New"), ("lines", "fido2")]),
        "authentication-strengths/own" => own(&[("version", "1"), ("base", r#"{"id": "own"}"#), ("name", "Other"), ("lines", "fido2")]),
        // A new policy is made of nothing that is there.
        rest if rest.starts_with("app-protection/new") => with(form.to_vec(), &[("base", ""), ("name", "Tablets"), ("do", "preview")]),
        rest if rest.starts_with("app-protection/") => with(form.to_vec(), &[("name", "Tablets"), ("do", "preview")]),
        "conditional-access/policy" => own(&[("version", "1"), ("json", &policy("policy", "changed").to_string())]),
        rest if rest.starts_with("conditional-access/import") => own(&[("text", &policy("imported", "").to_string())]),
        rest if rest.starts_with("conditional-access/") => own(&[("json", &policy("made", "").to_string()), ("do", "preview")]),
        _ => own(&[("version", "1"), ("app_state", "enabled"), ("allowed_apps", "all"), ("do", "preview")]),
    }
}

async fn fill(world: &World, path: &str) -> String {
    let record = world.sign_ins().await[0].id.to_string();
    let audit = world.audits().await[0].id.to_string();
    path.replace("{record}", &record).replace("{audit}", &audit)
}

/// A conditional access policy that nobody is hindered by.
fn policy(id: &str, description: &str) -> Value {
    json!({
        "id": id, "displayName": id, "description": description, "state": "disabled",
        "conditions": {"users": {"includeUsers": ["All"]}, "applications": {"includeApplications": ["All"]}, "clientAppTypes": ["all"]},
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
    })
}

async fn send(
    world: &World,
    browser: &mut Browser,
    method: &str,
    path: &str,
    token: &str,
    form: &[(String, String)],
) -> crate::world::Answer {
    let filled = fill(world, path).await;
    match method {
        "GET" => browser.get(world, &filled).await,
        _ => {
            let fields = with(fields(path, form), &[("form_token", token)]);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            browser.send_form(world, &filled, &fields).await
        }
    }
}

#[tokio::test]
async fn every_route_needs_a_session_and_a_role_and_every_change_is_audited() {
    let (world, group) = service_world().await;
    let reader = person(&world.ctx, "reader", vec![Role::SecurityReader]).await;
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    unit.users().create(&reader).await.unwrap();
    unit.commit().await.unwrap();
    let api = world.access_token(&world.admin, crate::graph::SCOPE).await;
    world.json(Method::POST, "/v1.0/identity/conditionalAccess/policies", &api, &policy("policy", "")).await;
    let location = json!({"id": "office", "displayName": "Office", "ipRanges": [{"cidrAddress": "192.0.2.0/24"}]});
    world.json(Method::POST, "/v1.0/identity/conditionalAccess/namedLocations", &api, &location).await;
    let strength = json!({"id": "own", "displayName": "Own", "allowedCombinations": ["fido2"]});
    world.json(Method::POST, "/v1.0/policies/authenticationStrengthPolicies", &api, &strength).await;
    let phones = json!({ "@odata.type": "#microsoft.graph.iosManagedAppProtection", "id": "phones", "displayName": "Phones" });
    world.json(Method::POST, "/v1.0/deviceAppManagement/managedAppPolicies", &api, &phones).await;
    let mut admin = Browser::signed_in(&world, &world.admin).await;
    let mut anna = Browser::signed_in(&world, &world.anna).await;
    let mut reads = Browser::signed_in(&world, &reader).await;
    let (admin_token, reader_token) = (admin.form_token(&world).await, reads.form_token(&world).await);
    // Somebody without a role is shown no form; this is the token one would bear.
    let anna_token = {
        let label = format!("form of /console for {} in {}", world.anna.id, world.tenant.id);
        world.ctx.master_key.seal_text(world.ctx.rng.as_ref(), &label, b"form").unwrap()
    };
    let registration = registration_of(&world, world.anna.id).await;
    let page = admin.get(&world, "/console/app-protection/policies/phones").await;
    let form = form_fields(&page, "/console/app-protection/policies/phones/draft");
    for (method, path, changes, reading) in ROUTES {
        let path = &path.replace("{registration}", &registration).replace("{operation}", OPERATION);
        let nobody = send(&world, &mut Browser::default(), method, path, "", &form).await;
        let expected = if *method == "GET" { StatusCode::SEE_OTHER } else { StatusCode::UNAUTHORIZED };
        assert_eq!(nobody.status, expected, "{method} {path} without a session");
        let before = world.audits().await;
        let without = send(&world, &mut anna, method, path, &anna_token, &form).await;
        assert_eq!(without.status, StatusCode::FORBIDDEN, "{method} {path} without a role: {}", without.body);
        let reader = send(&world, &mut reads, method, path, &reader_token, &form).await;
        let expected = if *reading { StatusCode::OK } else { StatusCode::FORBIDDEN };
        assert_eq!(reader.status, expected, "{method} {path} as a reader");
        assert_eq!(world.audits().await, before, "{method} {path} refused and yet done");
        world.clock.advance(1);
        let answer = send(&world, &mut admin, method, path, &admin_token, &form).await;
        assert!(answer.status.is_success() || answer.status.is_redirection(), "{method} {path}: {} {}", answer.status, answer.body);
        let after = world.audits().await;
        assert_eq!(after.len() - before.len(), usize::from(*changes), "{method} {path}");
        if *changes {
            assert_eq!(after[0].initiated_by.display_name, "admin@contoso.example");
            assert_ne!(after[0].before, after[0].after, "{method} {path}");
        }
        if path == "/console/services/mail" && *changes {
            assert_eq!(after[0].before["appAccess"]["restrictedGroups"], json!([group]));
            assert_eq!(after[0].after["appAccess"].get("allowedApps"), Some(&json!("all")));
        }
    }
}

#[tokio::test]
async fn who_may_only_read_is_shown_no_way_to_change() {
    let (world, _) = service_world().await;
    let reader = person(&world.ctx, "reader", vec![Role::SecurityReader]).await;
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    unit.users().create(&reader).await.unwrap();
    unit.commit().await.unwrap();
    let mut admin = Browser::signed_in(&world, &world.admin).await;
    let mut reads = Browser::signed_in(&world, &reader).await;
    let edit = "/console/services/mail\"";
    assert!(admin.get(&world, "/console/services").await.body.contains(edit));
    assert!(!reads.get(&world, "/console/services").await.body.contains(edit));
}

#[tokio::test]
async fn a_role_that_is_taken_away_is_gone_with_the_next_request() {
    let world = World::new().await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    assert_eq!(browser.get(&world, "/console").await.status, StatusCode::OK);
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    unit.users().update(&doorward_model::user::User { roles: vec![], ..world.admin.clone() }).await.unwrap();
    unit.commit().await.unwrap();
    let refused = browser.get(&world, "/console").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.contains("admin@contoso.example"));
}

#[tokio::test]
async fn pages_are_neither_kept_nor_framed_and_run_only_our_scripts() {
    let (world, group) = service_world().await;
    assert_ne!(mail_policy(&group), Value::Null);
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    for path in [
        "/console",
        "/console/sign-ins",
        "/console/services",
        "/console/services/mail",
        "/console/conditional-access",
        "/console/conditional-access/new",
        "/console/app-protection",
        "/console/app-protection/new?platform=ios",
        "/console/audit",
    ] {
        let page = browser.get(&world, path).await;
        let header = |name: &str| page.headers[name].to_str().unwrap().to_owned();
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        assert!(
            header("content-security-policy").starts_with("default-src 'none';") && !header("content-security-policy").contains("unsafe")
        );
        assert!(!page.body.contains(" style=") && !page.body.contains("<style") && !page.body.contains(" onclick="), "{path}");
    }
}
