//! Following a domain.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use doorward_model::device::{Device, TrustType};
use doorward_model::domain::DomainComputer;
use doorward_model::role::Role;
use doorward_model::user::User;
use doorward_service::domain::{Account, DomainUser, Options, SyncError, Tally};
use serde_json::json;
use uuid::Uuid;

use super::forest::{Forest, USUAL, computer, person};
use crate::console::browser::Browser;
use crate::world::World;

const NONE: Tally = Tally { created: 0, updated: 0, deleted: 0 };

fn guid(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

async fn user(world: &World, number: u128) -> Option<User> {
    world
        .ctx
        .store
        .tenant(world.tenant.id)
        .read()
        .await
        .unwrap()
        .users()
        .find_by_object_guid(guid(number))
        .await
        .unwrap()
        .map(Arc::unwrap_or_clone)
}

async fn replace(world: &World, user: &User) {
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    unit.users().update(user).await.unwrap();
    unit.commit().await.unwrap();
}

async fn usn(world: &World) -> u64 {
    world.ctx.store.tenant(world.tenant.id).read().await.unwrap().domain().sync().await.unwrap().unwrap().usn
}

/// What the audit has of the domain, in order of the words.
async fn told(world: &World) -> Vec<String> {
    let audits = world.audits().await.into_iter().filter(|audit| audit.initiated_by.display_name == "directory sync");
    let mut told: Vec<_> = audits.map(|audit| audit.activity_display_name).collect();
    told.sort_unstable();
    told
}

/// A world that follows a domain with `count` people, numbered from 1.
async fn with_people(count: u128) -> (World, Forest) {
    let (world, mut forest) = (World::new().await, Forest::new());
    for number in 1..=count {
        forest.put(Account::User(person(number, &format!("p{number}@contoso.example"))));
    }
    forest.followed(&world).await;
    (world, forest)
}

#[tokio::test]
async fn people_and_computers_arrive_with_what_the_domain_says_and_an_audit_record_each() {
    let (world, mut forest) = (World::new().await, Forest::new());
    let bert = DomainUser { display_name: "Bert B.".into(), enabled: false, ..person(1, "bert@contoso.example") };
    forest.put(Account::User(bert.clone()));
    forest.put(Account::Computer(computer(2)));
    let report = forest.followed(&world).await;
    let one = Tally { created: 1, ..NONE };
    assert_eq!((report.users, report.computers, report.unsettled), (one, one, vec![]));

    let user = user(&world, 1).await.unwrap();
    assert_eq!((user.user_principal_name.as_str(), user.display_name.as_str()), ("bert@contoso.example", "Bert B."));
    assert_eq!((user.account_enabled, user.password_hash, user.on_premises), (false, None, Some(bert.account)));
    let mut unit = world.ctx.store.tenant(world.tenant.id).read().await.unwrap();
    assert_eq!(unit.domain().computer(guid(2)).await.unwrap(), Some(computer(2)));
    assert_eq!(unit.devices().get(computer(2).device_id()).await.unwrap(), None, "it has not registered");
    drop(unit);
    assert_eq!(told(&world).await, ["Create domainComputer", "Create user"]);
}

#[tokio::test]
async fn only_what_changed_is_read_and_a_rename_keeps_the_person() {
    let (world, mut forest) = with_people(3).await;
    let before = user(&world, 2).await.unwrap();
    forest.asked.clear();
    assert_eq!(forest.followed(&world).await.users, NONE);
    assert!(forest.asked.is_empty(), "nothing changed: {:?}", forest.asked);

    forest.put(Account::User(DomainUser { display_name: "Renamed".into(), ..person(2, "renamed@contoso.example") }));
    assert_eq!(forest.followed(&world).await.users, Tally { updated: 1, ..NONE });
    assert_eq!(forest.asked, ["1003..1004"]);
    let after = user(&world, 2).await.unwrap();
    assert_eq!((after.id, after.user_principal_name.as_str()), (before.id, "renamed@contoso.example"));
    assert_eq!(after.sign_in_sessions_valid_from, before.sign_in_sessions_valid_from, "a new name ends no session");
    let audits = world.audits().await;
    let audit = audits.iter().find(|audit| audit.activity_display_name == "Update user").unwrap();
    assert_eq!((&audit.before["displayName"], &audit.after["displayName"]), (&json!("p2"), &json!("Renamed")));
}

#[tokio::test]
async fn a_run_that_is_cut_off_is_carried_on_where_it_was() {
    let (world, mut forest) = (World::new().await, Forest::new());
    forest.put(Account::User(person(1, "early@contoso.example")));
    forest.idle(50_000);
    forest.put(Account::User(person(2, "late@contoso.example")));
    forest.breaks_after = Some(5_000);
    assert!(matches!(forest.follow(&world, USUAL).await, Err(SyncError::Source(_))));
    assert!(user(&world, 1).await.is_some() && user(&world, 2).await.is_none());
    let reached = usn(&world).await;
    assert!((1_001..51_002).contains(&reached), "{reached}");

    (forest.breaks_after, forest.asked) = (None, Vec::new());
    assert_eq!(forest.followed(&world).await.users, Tally { created: 1, ..NONE });
    assert!(forest.asked[0].starts_with(&format!("{reached}..")), "{:?}", forest.asked);
}

#[tokio::test]
async fn another_database_is_read_from_the_beginning_and_finds_the_same_people() {
    let (world, mut forest) = with_people(2).await;
    // A controller that counts otherwise: its number for the change is one that was taken from the other.
    let mut other = Forest::new();
    other.database = guid(2);
    other.put(Account::User(DomainUser { enabled: false, ..person(1, "p1@contoso.example") }));
    other.put(Account::User(person(2, "p2@contoso.example")));
    assert_eq!(other.followed(&world).await.users, Tally { updated: 1, ..NONE });
    // And back, to one whose backup was restored.
    forest.database = guid(2);
    forest.remove(2);
    assert_eq!(forest.followed(&world).await.users, Tally { deleted: 1, ..NONE });
}

#[tokio::test]
async fn who_is_disabled_in_the_domain_loses_every_session() {
    let (world, mut forest) = with_people(1).await;
    let hash = world.anna.password_hash.clone();
    let p1 = User { password_hash: hash, ..user(&world, 1).await.unwrap() };
    replace(&world, &p1).await;
    let token = world.access_token(&p1, "https://graph.microsoft.com/.default").await;
    let me = async || world.json(Method::GET, "/v1.0/me", &token, &json!(null)).await.status;
    assert_eq!(me().await, StatusCode::OK);
    world.clock.advance(1);
    forest.put(Account::User(DomainUser { enabled: false, ..person(1, "p1@contoso.example") }));
    forest.followed(&world).await;
    assert_eq!(me().await, StatusCode::UNAUTHORIZED);
    assert!(!user(&world, 1).await.unwrap().account_enabled);
}

#[tokio::test]
async fn who_is_gone_from_the_domain_is_gone_here() {
    let (world, mut forest) = with_people(2).await;
    forest.remove(1);
    assert_eq!(forest.followed(&world).await.users, Tally { deleted: 1, ..NONE });
    assert!(user(&world, 1).await.is_none() && user(&world, 2).await.is_some());
    assert!(told(&world).await.contains(&"Delete user".to_owned()));
}

#[tokio::test]
async fn a_person_who_was_made_here_is_never_taken_over() {
    let (world, mut forest) = (World::new().await, Forest::new());
    forest.put(Account::User(person(1, "ADMIN@contoso.example")));
    forest.put(Account::User(person(2, "else@fabrikam.example")));
    let report = forest.followed(&world).await;
    assert_eq!(report.users, NONE);
    let reasons: Vec<_> = report.unsettled.iter().map(|unsettled| (unsettled.name.as_str(), unsettled.reason.as_str())).collect();
    insta::assert_debug_snapshot!(reasons, @r#"
    [
        (
            "ADMIN@contoso.example",
            "The sign-in name belongs to a user that was made here: rename one of the two, or delete it.",
        ),
        (
            "else@fabrikam.example",
            "The sign-in name is in no domain of the tenant (contoso.example): change it in the domain.",
        ),
    ]
    "#);
    // Once nothing is in the way the account comes, although it did not change.
    let renamed = User { user_principal_name: "root2@contoso.example".into(), ..world.admin.clone() };
    replace(&world, &renamed).await;
    let report = forest.followed(&world).await;
    assert_eq!((report.users.created, report.unsettled.len()), (1, 1));
    assert!(user(&world, 1).await.unwrap().roles.is_empty(), "the roles stay with who had them");
}

#[tokio::test]
async fn two_people_who_swap_their_names_are_settled_in_time_and_one_who_is_disabled_at_once() {
    let (world, mut forest) = with_people(2).await;
    forest.put(Account::User(DomainUser { enabled: false, ..person(1, "p2@contoso.example") }));
    forest.put(Account::User(person(2, "p1@contoso.example")));
    let report = forest.followed(&world).await;
    assert_eq!(report.unsettled.len(), 2, "no name is free: {:?}", report.unsettled);
    assert!(!user(&world, 1).await.unwrap().account_enabled, "an obstacle to the name keeps nobody in");
    forest.put(Account::User(person(1, "elsewhere@contoso.example")));
    let report = forest.followed(&world).await;
    assert_eq!(report.unsettled, vec![], "the other one follows in the same run");
    assert_eq!(user(&world, 2).await.unwrap().user_principal_name, "p1@contoso.example");
}

#[tokio::test]
async fn a_run_that_would_delete_much_deletes_nothing_but_takes_changes() {
    let (world, mut forest) = with_people(10).await;
    for number in 1..=6 {
        forest.remove(number);
    }
    forest.put(Account::User(DomainUser { enabled: false, ..person(7, "p7@contoso.example") }));
    let error = forest.follow(&world, USUAL).await.unwrap_err();
    assert!(matches!(error, SyncError::TooManyGone { gone: 6, known: 10, limit: 20 }), "{error}");
    assert!(user(&world, 1).await.is_some());
    assert!(!user(&world, 7).await.unwrap().account_enabled);
    let report = forest.follow(&world, Options { deletion_limit: 100, ..USUAL }).await.unwrap();
    assert_eq!(report.users.deleted, 6);
}

/// What the console's settings say of the domain.
async fn card(browser: &mut Browser, world: &World) -> String {
    let page = browser.get(world, "/console/settings").await.body;
    let (_, rest) = page.split_once("id=\"domain\"").unwrap_or_else(|| panic!("{page}"));
    rest.split_once("</section>").unwrap().0.to_owned()
}

#[tokio::test]
async fn the_settings_tell_administrators_what_waits_and_why_a_run_stopped() {
    let (world, mut forest) = with_people(3).await;
    let mut browser = Browser::signed_in(&world, &world.admin).await;
    let told = card(&mut browser, &world).await;
    assert!(told.contains("Followed") && !told.contains("class=\"rows\""), "{told}");
    forest.put(Account::User(person(4, "admin@contoso.example")));
    forest.followed(&world).await;
    let told = card(&mut browser, &world).await;
    assert!(told.contains("Accounts wait") && told.contains("admin@contoso.example") && told.contains("made here"), "{told}");
    for number in 1..=4 {
        forest.remove(number);
    }
    forest.follow(&world, USUAL).await.unwrap_err();
    let told = card(&mut browser, &world).await;
    assert!(told.contains("Stopped") && told.contains("nothing was deleted"), "{told}");
}

#[tokio::test]
async fn an_empty_domain_is_not_believed_however_few_there_were() {
    let (world, mut forest) = with_people(2).await;
    forest.remove(1);
    forest.remove(2);
    assert!(matches!(forest.follow(&world, USUAL).await, Err(SyncError::TooManyGone { gone: 2, .. })));
}

#[tokio::test]
async fn a_dry_run_tells_and_writes_nothing() {
    let (world, mut forest) = with_people(2).await;
    forest.remove(1);
    forest.put(Account::User(person(3, "p3@contoso.example")));
    let (audits, reached) = (world.audits().await.len(), usn(&world).await);
    let report = forest.follow(&world, Options { dry_run: true, ..USUAL }).await.unwrap();
    assert_eq!(report.users, Tally { created: 1, updated: 0, deleted: 1 });
    assert_eq!((world.audits().await.len(), usn(&world).await), (audits, reached));
    assert!(user(&world, 1).await.is_some() && user(&world, 3).await.is_none());
    assert_eq!(forest.followed(&world).await, report, "the run does what was told");
}

#[tokio::test]
async fn an_account_that_comes_into_sight_unchanged_is_taken_and_a_full_run_mends_what_differs() {
    let (world, mut forest) = with_people(1).await;
    let late = Account::User(person(2, "p2@contoso.example"));
    // It changed long ago, and its container was added to the configuration now.
    let mut wider = Forest::new();
    wider.put(late.clone());
    wider.put(Account::User(person(1, "p1@contoso.example")));
    wider.database = forest.database;
    forest = wider;
    assert_eq!(forest.followed(&world).await.users, Tally { created: 1, ..NONE });

    let touched = User { display_name: "Touched".into(), ..user(&world, 1).await.unwrap() };
    replace(&world, &touched).await;
    assert_eq!(forest.followed(&world).await.users, NONE);
    assert_eq!(forest.follow(&world, Options { full: true, ..USUAL }).await.unwrap().users, Tally { updated: 1, ..NONE });
}

#[tokio::test]
async fn the_last_administrator_is_neither_disabled_nor_deleted_by_the_domain() {
    let (world, mut forest) = with_people(2).await;
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    let p1 = unit.users().find_by_object_guid(guid(1)).await.unwrap().unwrap();
    unit.users().update(&User { roles: vec![Role::GlobalAdministrator], ..Arc::unwrap_or_clone(p1) }).await.unwrap();
    for name in ["admin@contoso.example", "root@contoso.example"] {
        let other = unit.users().find(name).await.unwrap().unwrap();
        unit.users().update(&User { roles: vec![], ..Arc::unwrap_or_clone(other) }).await.unwrap();
    }
    unit.commit().await.unwrap();
    let account = person(1, "p1@contoso.example");
    for account in [DomainUser { enabled: false, ..account.clone() }, DomainUser { expires: Some(world.ctx.now()), ..account }] {
        forest.put(Account::User(account));
        let report = forest.followed(&world).await;
        assert!(report.unsettled[0].reason.contains("last enabled Global Administrator"), "{:?}", report.unsettled);
    }
    forest.remove(1);
    forest.put(Account::User(DomainUser { display_name: "Other".into(), ..person(2, "p2@contoso.example") }));
    let report = forest.followed(&world).await;
    assert_eq!((report.users, report.unsettled.len()), (Tally { updated: 1, ..NONE }, 1), "others are followed all the same");
    assert!(user(&world, 1).await.unwrap().is_active_at(world.ctx.now()));
}

#[tokio::test]
async fn a_device_follows_its_computer_where_the_domain_changes_it() {
    let (world, mut forest) = (World::new().await, Forest::new());
    forest.put(Account::Computer(computer(1)));
    forest.followed(&world).await;
    let device = Device {
        id: computer(1).device_id(),
        display_name: computer(1).host_name,
        operating_system: "Windows".into(),
        operating_system_version: "10.0".into(),
        certificate_thumbprint: String::new(),
        public_key_sha256: "1".into(),
        transport_key: None,
        account_enabled: true,
        is_managed: false,
        is_compliant: false,
        compliance_expiration: None,
        trust_type: TrustType::ServerAd,
        owner: None,
        eas_device_id: None,
        registered: world.ctx.now(),
    };
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    unit.devices().create(&device).await.unwrap();
    unit.commit().await.unwrap();
    let now = async || {
        let mut unit = world.ctx.store.tenant(world.tenant.id).read().await.unwrap();
        unit.devices().get(device.id).await.unwrap().map(Arc::unwrap_or_clone)
    };

    let disabled = DomainComputer { enabled: false, ..computer(1) };
    forest.put(Account::Computer(disabled.clone()));
    assert_eq!(forest.followed(&world).await.computers, Tally { updated: 1, ..NONE });
    assert_eq!(now().await, Some(Device { account_enabled: false, ..device.clone() }));
    // What only an administrator said stays.
    forest.put(Account::Computer(DomainComputer { host_name: "new.corp.contoso.example".into(), ..disabled }));
    forest.followed(&world).await;
    assert_eq!(now().await, Some(Device { account_enabled: false, display_name: "new.corp.contoso.example".into(), ..device.clone() }));
    forest.put(Account::User(person(9, "p9@contoso.example")));
    forest.remove(1);
    assert_eq!(forest.followed(&world).await.computers, Tally { deleted: 1, ..NONE });
    assert_eq!(now().await, None);
    let told = told(&world).await;
    assert!(told.contains(&"Delete device".to_owned()) && told.contains(&"Delete domainComputer".to_owned()), "{told:?}");
}

#[tokio::test]
async fn what_the_domain_says_is_read_only_here_and_the_rest_is_not() {
    let (world, _forest) = with_people(1).await;
    let token = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let path = format!("/v1.0/users/{}", user(&world, 1).await.unwrap().id);
    let cases = [
        (Method::PATCH, json!({ "displayName": "Other" }), StatusCode::BAD_REQUEST, "displayName: comes from the domain"),
        (Method::PATCH, json!({ "accountEnabled": false }), StatusCode::BAD_REQUEST, "accountEnabled: comes from the domain"),
        (Method::DELETE, json!(null), StatusCode::CONFLICT, "comes from the domain: delete the account there"),
        (Method::PATCH, json!({ "displayName": "p1", "accountEnabled": true }), StatusCode::NO_CONTENT, ""),
        (
            Method::PATCH,
            json!({ "passwordProfile": { "password": "a long enough one", "forceChangePasswordNextSignIn": false } }),
            StatusCode::NO_CONTENT,
            "",
        ),
    ];
    for (method, body, status, text) in cases {
        let answer = world.json(method, &path, &token, &body).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.body);
        assert!(answer.body.contains(text), "{body}: {}", answer.body);
    }
}
