//! Every form of the console and of My account: sent twice it does one thing, sent from a page that is out of date it overwrites nothing,
//! and what is typed into it never becomes markup.

use axum::http::{Method, StatusCode};
use doorward_model::role::Role;
use doorward_service::account::second_factors;
use serde_json::{Value, json};

use crate::account::pages::with_app;
use crate::account::routes::annas_phone;
use crate::account::{annas_app, annas_session};
use crate::authenticator::{Answering, Authenticator};
use crate::authority::second_factor::{code_now, secret_on};
use crate::console::browser::Browser;
use crate::console::form::{fields, stands, texts, with};
use crate::console::services::service_world;
use crate::console::{compliance, directory_routes, roles};
use crate::graph::{OPERATION, SCOPE, registration_of};
use crate::world::{Answer, PASSWORD, WEB_APP, World};

/// What the same post does when it comes again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Again {
    /// It ends like the first, and changes nothing more.
    Same,
    /// It changes nothing, and these words say why.
    Told(&'static str),
    /// It is done again: the answer to the last post is the one that counts, and it says so.
    Anew,
}
use Again::{Anew, Same, Told};

type Typed = &'static [(&'static str, &'static str)];

/// The page that a form stands on, where it is sent in the end, what is typed, and what it does when it comes again. A form whose effect
/// is looked at first goes by way of that page.
const FORMS: &[(&str, &str, Typed, Again)] = &[
    ("/console/services/mail", "/console/services/mail", &[("app_state", "disabled")], Same),
    (
        "/console/conditional-access/new",
        "/console/conditional-access/new",
        &[("display_name", "Made"), ("include_users", "All"), ("include_apps", "All"), ("controls", "mfa")],
        Same,
    ),
    ("/console/conditional-access/policy", "/console/conditional-access/policy", &[("display_name", "Other")], Same),
    ("/console/conditional-access/import", "/console/conditional-access/import", &[("text", IMPORTED)], Same),
    ("/console/conditional-access/policy/delete", "/console/conditional-access/policy/delete", &[], Same),
    ("/console/named-locations/new", "/console/named-locations/new", &[("name", "New"), ("lines", "198.51.100.0/24")], Same),
    ("/console/named-locations/office", "/console/named-locations/office", &[("name", "Offices")], Same),
    ("/console/named-locations/office/delete", "/console/named-locations/office/delete", &[], Same),
    ("/console/authentication-strengths/new", "/console/authentication-strengths/new", &[("name", "New"), ("lines", "fido2")], Same),
    ("/console/authentication-strengths/own", "/console/authentication-strengths/own", &[("name", "Other")], Same),
    ("/console/authentication-strengths/own/delete", "/console/authentication-strengths/own/delete", &[], Same),
    ("/console/app-protection/new?platform=ios", "/console/app-protection/new", &[("name", "Made")], Same),
    ("/console/app-protection/policies/phones", "/console/app-protection/policies/phones", &[("name", "Tablets")], Same),
    ("/console/app-protection/policies/phones/delete", "/console/app-protection/policies/phones/delete", &[], Same),
    (
        "/console/app-protection/registrations/{registration}",
        "/console/app-protection/registrations/{registration}/operations/{operation}/cancel",
        &[],
        Same,
    ),
    ("/console/app-protection/registrations/{registration}/wipe", "/console/app-protection/registrations/{registration}/wipe", &[], Same),
    ("/console/compliance/new/macOSCompliancePolicy", "/console/compliance/new/macOSCompliancePolicy", &[("name", "Made")], Same),
    ("/console/compliance/policies/{policy}/edit", "/console/compliance/policies/{policy}", &[("name", "Other")], Same),
    ("/console/compliance/settings", "/console/compliance/settings", &[("days", "20")], Same),
    ("/console/compliance/devices/{managed}/retire", "/console/compliance/devices/{managed}/retire", &[], Same),
    ("/console/compliance/policies/{policy}/delete", "/console/compliance/policies/{policy}/delete", &[], Same),
    ("/console/users/new", "/console/users/new", &[("name", "Ben"), ("login", "ben@contoso.example")], Told("login-problem")),
    ("/console/users/{user}/edit", "/console/users/{user}/edit", &[("name", "Anna B")], Same),
    ("/console/users/{user}/disable", "/console/users/{user}/disable", &[], Same),
    ("/console/users/{user}/enable", "/console/users/{user}/enable", &[], Same),
    ("/console/users/{user}/reset-password", "/console/users/{user}/reset-password", &[], Told("Somebody else changed it")),
    ("/console/users/{user}/sign-out", "/console/users/{user}/sign-out", &[], Anew),
    ("/console/users/{user}/methods/{method}", "/console/users/{user}/methods/{method}", &[], Same),
    ("/console/users/{user}/reset-second-factors", "/console/users/{user}/reset-second-factors", &[], Anew),
    ("/console/groups/new", "/console/groups/new", &[("name", "Made"), ("description", "Once")], Same),
    ("/console/groups/{group}/edit", "/console/groups/{group}/edit", &[("name", "Renamed")], Same),
    ("/console/groups/{group}/members?search=admin", "/console/groups/{group}/members", &[("member", "user:{admin}")], Same),
    ("/console/groups/{group}", "/console/groups/{group}/members/remove", &[("member", "user:{user}")], Same),
    ("/console/groups/{group}/delete", "/console/groups/{group}/delete", &[], Same),
    ("/console/devices/{device}/edit", "/console/devices/{device}/edit", &[("name", "Renamed")], Same),
    ("/console/devices/{device}/delete", "/console/devices/{device}/delete", &[], Same),
    ("/console/apps/new", "/console/apps/new", &[("name", "Made")], Same),
    ("/console/apps/{app}/edit", "/console/apps/{app}/edit", &[("name", "Renamed")], Same),
    ("/console/apps/{app}", "/console/apps/{app}/secrets", &[], Told("Nothing was added")),
    ("/console/apps/{app}/secrets/{secret}/remove", "/console/apps/{app}/secrets/{secret}/remove", &[], Same),
    ("/console/apps/{app}/delete", "/console/apps/{app}/delete", &[], Same),
    ("/console/settings", "/console/settings", &[("name", "Renamed")], Same),
    ("/console/settings/keys/rotate", "/console/settings/keys/rotate", &[], Told("The keys were rotated since")),
    ("/console/settings/certificates", "/console/settings/certificates", &[], Same),
    ("/console/settings/accounts", "/console/settings/accounts", &[], Same),
    ("/console/settings/roles", "/console/settings/roles", &[("login", "anna@contoso.example"), ("role", READER)], Same),
    ("/console/settings/roles/{role}/{user}/take", "/console/settings/roles/{role}/{user}/take", &[], Same),
    ("/console/users/{user}/delete", "/console/users/{user}/delete", &[], Same),
];

/// The same of My account, whose pages need somebody who has just proved who they are.
const OWN_FORMS: &[(&str, &str, Typed, Again)] = &[
    ("/account/app", "/account/app", &[("newotc", "{code}")], Told("This app is set up already")),
    ("/account/passkey", "/account/passkey", &[("{passkey}", "")], Told("The passkey could not be checked")),
    ("/account/devices/{device}/unregister", "/account/devices/{device}/unregister", &[], Same),
    ("/account/sessions", "/account/sessions/{session}/end", &[], Same),
    (
        "/account/password",
        "/account/password",
        &[("passwd", PASSWORD), ("newpasswd", NEW), ("confirmnewpasswd", NEW)],
        Told("session has ended"),
    ),
    ("/account/sign-out-everywhere", "/account/sign-out-everywhere", &[], Told("session has ended")),
];

/// The same of somebody who has just set up an authenticator app.
const SECOND_FACTOR_FORMS: &[(&str, &str, Typed, Again)] = &[
    ("/account/recovery-codes", "/account/recovery-codes", &[], Anew),
    ("/account/methods/{own}/remove", "/account/methods/{own}/remove", &[], Same),
];

const NEW: &str = "a much longer secret 9";
const READER: &str = "5d6b6bb7-de71-4623-b4af-96380a352509";
const IMPORTED: &str = r#"{"displayName": "Imported", "state": "disabled", "conditions": {"users": {"includeUsers": ["All"]},
    "applications": {"includeApplications": ["All"]}, "clientAppTypes": ["all"]},
    "grantControls": {"operator": "OR", "builtInControls": ["mfa"]}}"#;

/// A company with one of everything that a form is about.
struct Company {
    world: World,
    /// What stands in an address, and what it stands for.
    ids: Vec<(&'static str, String)>,
}

impl Company {
    async fn new() -> Self {
        let (world, group) = service_world().await;
        let token = world.access_token(&world.admin, SCOPE).await;
        let make = async |path: &str, body: Value| {
            let made = world.json(Method::POST, &format!("/v1.0/{path}"), &token, &body).await;
            assert!(made.status.is_success(), "{path}: {}", made.body);
            if made.body.is_empty() { Value::Null } else { made.json() }
        };
        let mut policy: Value = serde_json::from_str(IMPORTED).unwrap();
        policy["id"] = "policy".into();
        make("identity/conditionalAccess/policies", policy).await;
        let office = json!({ "id": "office", "displayName": "Office", "ipRanges": [{ "cidrAddress": "192.0.2.0/24" }] });
        make("identity/conditionalAccess/namedLocations", office).await;
        let own = json!({ "id": "own", "displayName": "Own", "allowedCombinations": ["fido2"] });
        make("policies/authenticationStrengthPolicies", own).await;
        let phones = json!({ "@odata.type": "#microsoft.graph.iosManagedAppProtection", "id": "phones", "displayName": "Phones" });
        make("deviceAppManagement/managedAppPolicies", phones).await;
        let compliant = json!({ "@odata.type": "#microsoft.graph.iosCompliancePolicy", "displayName": "Compliant" });
        let compliant = make("deviceManagement/deviceCompliancePolicies", compliant).await["id"].as_str().unwrap().to_owned();
        let (phone, managed) = (annas_phone(&world).await, compliance::annas_managed_phone(&world, &token).await);
        let method = annas_app(&world).await;
        let session = annas_session(&world).await;
        let mut unit = world.ctx.store.tenant(world.tenant.id).read().await.unwrap();
        let secret = unit.applications().get(WEB_APP).await.unwrap().unwrap().secrets[0].key_id.to_string();
        drop(unit);
        let ids = vec![
            ("{group}", group),
            ("{policy}", compliant),
            ("{device}", phone.id.to_string()),
            ("{managed}", managed.to_string()),
            ("{method}", method.to_string()),
            ("{session}", session.id.to_string()),
            ("{secret}", secret),
            ("{app}", WEB_APP.to_string()),
            ("{user}", world.anna.id.to_string()),
            ("{admin}", world.admin.id.to_string()),
            ("{role}", Role::SecurityReader.template_id().to_string()),
            ("{registration}", registration_of(&world, world.anna.id).await),
            ("{operation}", OPERATION.to_owned()),
        ];
        Self { world, ids }
    }

    /// Leaves Anna her password alone, with which her own pages ask for no more.
    async fn without_second_factors(&self) {
        let mut unit = self.world.ctx.store.tenant(self.world.tenant.id).write().await.unwrap();
        let held = unit.authentication_methods().of_user(self.world.anna.id).await.unwrap();
        for method in held {
            unit.authentication_methods().delete(method.id).await.unwrap();
        }
        unit.commit().await.unwrap();
    }

    fn fill(&self, path: &str) -> String {
        self.ids.iter().fold(path.to_owned(), |path, (name, id)| path.replace(name, id))
    }

    /// The fields of the last form on the way, as a browser would send them.
    async fn ready(&self, browser: &mut Browser, page: &Answer, action: &str, typed: &[(&str, &str)]) -> Vec<(String, String)> {
        let looked_at = ["draft", "look"].map(|word| format!("{action}/{word}"));
        let Some(first) = looked_at.into_iter().find(|draft| stands(page, draft)) else {
            return with(fields(page, action), typed);
        };
        let drawn = with(with(fields(page, &first), typed), &[("do", "preview")]);
        let preview = self.send(browser, &first, &drawn).await;
        assert_eq!(preview.status, StatusCode::OK, "{first}: {}", problems(&preview));
        if stands(&preview, action) { fields(&preview, action) } else { fields(&preview, &first) }
    }

    async fn send(&self, browser: &mut Browser, path: &str, fields: &[(String, String)]) -> Answer {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.world.clock.advance(1);
        browser.send_form(&self.world, path, &fields).await
    }

    /// What an answer comes to: the page itself, or that to which it leads.
    async fn shown(&self, browser: &mut Browser, answer: Answer) -> Answer {
        if answer.status.is_redirection() { browser.follow(&self.world, &crate::console::browser::path_of(&answer)).await } else { answer }
    }

    /// What somebody gives in a field: as it stands in the table, or what an authenticator makes of the page.
    fn typed(&self, page: &Answer, name: &str, value: &str) -> Vec<(String, String)> {
        match (name, value) {
            (_, "{code}") => vec![(name.to_owned(), code_now(&self.world, &secret_on(page)))],
            ("{passkey}", _) => {
                let challenge = page.body.split("data-challenge=\"").nth(1).unwrap().split('"').next().unwrap();
                let mut key = Authenticator::new(b"anna's key");
                key.user_handle = self.world.anna.id.0.as_bytes().to_vec();
                let fields = key.create(&Answering::to(challenge, "webauthn.create"));
                fields.into_iter().map(|(name, value)| (name.to_string(), value)).collect()
            }
            _ => vec![(name.to_owned(), self.fill(value))],
        }
    }

    /// Sends a form twice; what is wrong with that.
    async fn twice(&self, browser: &mut Browser, form: &(&str, &str, Typed, Again)) -> Result<(), String> {
        let (page, action, typed, again) = form;
        let (page, action) = (self.fill(page), self.fill(action));
        let opened = browser.get(&self.world, &page).await;
        if opened.status != StatusCode::OK {
            return Err(format!("{page}: {}", opened.status));
        }
        let typed: Vec<(String, String)> = typed.iter().flat_map(|(name, value)| self.typed(&opened, name, value)).collect();
        let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let fields = self.ready(browser, &opened, &action, &typed).await;
        let audits = async || self.world.audits().await.len();
        let before = audits().await;
        let first = self.send(browser, &action, &fields).await;
        let done = first.status.is_success() || first.status.is_redirection();
        let between = audits().await;
        if !done || between == before {
            return Err(format!("{action}: the first post: {}", problems(&first)));
        }
        let (first_status, target) = (first.status, first.headers.get("location").cloned());
        self.shown(browser, first).await;
        let second = self.send(browser, &action, &fields).await;
        let after = audits().await;
        let ends = (second.status, second.headers.get("location").cloned());
        let second = self.shown(browser, second).await;
        let is_right = match again {
            Same => after == between && ends == (first_status, target),
            Told(words) => after == between && second.body.contains(words),
            Anew => after > between && (ends.0.is_success() || ends.0.is_redirection()),
        };
        if is_right { Ok(()) } else { Err(format!("{action} again: {ends:?}, {} more audited: {}", after - between, problems(&second))) }
    }
}

/// What a page says is wrong, so that a failure can be read.
fn problems(page: &Answer) -> String {
    let told = page.body.split("class=\"problem\"").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned());
    let notes = page.body.split("role=\"alert\"").skip(1).map(|rest| rest.split("</div>").next().unwrap().to_owned());
    format!("{} {:?}", page.status, told.chain(notes).collect::<Vec<_>>())
}

fn told(results: Vec<Result<(), String>>) {
    let wrong: Vec<String> = results.into_iter().filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n----\n"));
}

#[tokio::test]
async fn a_form_of_the_console_that_is_sent_twice_does_one_thing() {
    let company = Company::new().await;
    let mut admin = Browser::signed_in(&company.world, &company.world.admin).await;
    let mut results = Vec::new();
    for form in FORMS {
        results.push(company.twice(&mut admin, form).await);
    }
    told(results);
}

#[tokio::test]
async fn a_form_of_my_account_that_is_sent_twice_does_one_thing() {
    let mut results = Vec::new();
    for form in OWN_FORMS {
        let company = Company::new().await;
        company.without_second_factors().await;
        let mut anna = Browser::at_account(&company.world, &company.world.anna).await;
        results.push(company.twice(&mut anna, form).await);
    }
    told(results);
}

#[tokio::test]
async fn a_form_about_second_factors_that_is_sent_twice_does_one_thing() {
    let mut company = Company::new().await;
    company.without_second_factors().await;
    let (mut anna, ..) = with_app(&company.world).await;
    let held = second_factors(&company.world.ctx, company.world.tenant.id, &company.world.anna).await.unwrap();
    company.ids.push(("{own}", held.methods[0].id.to_string()));
    let mut results = Vec::new();
    for form in SECOND_FACTOR_FORMS {
        results.push(company.twice(&mut anna, form).await);
    }
    told(results);
}

#[test]
fn every_route_of_the_console_that_changes_something_has_its_form_here() {
    let named: Vec<String> = FORMS.iter().map(|(_, action, ..)| nameless(action)).collect();
    let others = roles::changes().into_iter().chain(directory_routes::changes()).chain(compliance::changes());
    let missing: Vec<String> = others.map(|path| nameless(&path)).filter(|path| !named.contains(path)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// A path without the names of its parts: tables call the same part by different ones.
fn nameless(path: &str) -> String {
    let part = |part: &str| if part.starts_with('{') { "{}" } else { part }.to_owned();
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Forms that change something that is there, with what another administrator makes of it meanwhile.
const EDITS: &[(&str, &str, Typed, (&str, &str))] = &[
    ("/console/services/mail", "/console/services/mail", &[("app_state", "disabled")], ("allowed_apps", "all")),
    ("/console/conditional-access/policy", "/console/conditional-access/policy", &[("display_name", "First")], ("display_name", "Second")),
    ("/console/named-locations/office", "/console/named-locations/office", &[("name", "First")], ("name", "Second")),
    ("/console/authentication-strengths/own", "/console/authentication-strengths/own", &[("name", "First")], ("name", "Second")),
    ("/console/app-protection/policies/phones", "/console/app-protection/policies/phones", &[("name", "First")], ("name", "Second")),
    ("/console/compliance/policies/{policy}/edit", "/console/compliance/policies/{policy}", &[("name", "First")], ("name", "Second")),
    ("/console/compliance/settings", "/console/compliance/settings", &[("days", "20")], ("days", "25")),
    ("/console/users/{user}/edit", "/console/users/{user}/edit", &[("name", "First")], ("name", "Second")),
    ("/console/groups/{group}/edit", "/console/groups/{group}/edit", &[("name", "First")], ("name", "Second")),
    ("/console/devices/{device}/edit", "/console/devices/{device}/edit", &[("name", "First")], ("name", "Second")),
    ("/console/apps/{app}/edit", "/console/apps/{app}/edit", &[("name", "First")], ("name", "Second")),
    ("/console/settings", "/console/settings", &[("name", "First")], ("name", "Second")),
];

#[tokio::test]
async fn a_page_that_is_out_of_date_overwrites_nothing_and_keeps_what_was_typed() {
    let company = Company::new().await;
    let (mut admin, mut results) = (Browser::signed_in(&company.world, &company.world.admin).await, Vec::new());
    for (page, action, first, second) in EDITS {
        let (page, action) = (company.fill(page), company.fill(action));
        let opened = admin.get(&company.world, &page).await;
        let ready = company.ready(&mut admin, &opened, &action, first).await;
        let stale = company.ready(&mut admin, &opened, &action, &[*second]).await;
        let saved = company.send(&mut admin, &action, &ready).await;
        assert!(saved.status.is_redirection(), "{action}: {} {}", saved.status, saved.body);
        let before = company.world.audits().await.len();
        let told = company.send(&mut admin, &action, &stale).await;
        let is_right = told.status == StatusCode::CONFLICT
            && (told.body.contains(first[0].1) && told.body.contains(&format!("\"{}\"", second.1)))
            && company.world.audits().await.len() == before;
        results.push(if is_right { Ok(()) } else { Err(format!("{action}: {}", problems(&told))) });
    }
    told(results);
}

#[tokio::test]
async fn script_that_is_typed_into_a_field_stays_text() {
    const SCRIPT: &str = "\"'><script>alert(1)</script>";
    let company = Company::new().await;
    let mut admin = Browser::signed_in(&company.world, &company.world.admin).await;
    let mut looked_at = vec!["/console".to_owned(), "/console/audit".to_owned()];
    let mut fields_seen = 0;
    for (page, action, typed, _) in FORMS.iter().filter(|(_, action, typed, _)| !typed.is_empty() && !action.ends_with("/delete")) {
        let (page, action) = (company.fill(page), company.fill(action));
        let opened = admin.get(&company.world, &page).await;
        let first = [format!("{action}/draft"), format!("{action}/look"), action.clone()];
        let first = first.into_iter().find(|action| stands(&opened, action)).unwrap();
        let names = texts(&opened, &first);
        fields_seen += names.len();
        for name in &names {
            let all = with(with(fields(&opened, &first), typed), &[(name, SCRIPT), ("do", "preview")]);
            let answer = company.send(&mut admin, &first, &all).await;
            assert!(!answer.status.is_server_error(), "{first} {name}: {}", answer.body);
            let shown = company.shown(&mut admin, answer).await;
            assert!(!shown.body.contains("<script>alert"), "{first} {name}: {}", shown.body);
        }
        looked_at.push(page);
    }
    for page in looked_at {
        let shown = admin.get(&company.world, &page).await;
        assert!(!shown.body.contains("<script>alert"), "{page}: {}", shown.body);
    }
    assert!(fields_seen > 40, "the forms have fields for text: {fields_seen}");
}
