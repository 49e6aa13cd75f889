//! Kerberos tickets: signing in with one, and a computer that registers with its own. The tickets were recorded from a real domain.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_model::device::TrustType;
use doorward_model::document::DocumentKind;
use doorward_model::domain::{DomainComputer, OnPremises};
use doorward_service::directory::{self, Actor};
use doorward_service::domain::{Account, DomainUser};
use doorward_wire::kerberos::Keytab;
use doorward_wire::prt;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::forest::{Forest, computer, person};
use crate::authority::sign_in_pages::{authorize, verifier};
use crate::registration::{Device, code_of, mail_by_broker, nonce, signed};
use crate::world::{Answer, CLI, CLI_REDIRECT, PASSWORD, World};

const DOMAIN: &str = "S-1-5-21-535176676-1892235191-2420704583";
/// From the world's beginning to when the tickets were recorded.
const UNTIL_THEN: i64 = 238_789;

fn recorded(name: &str) -> String {
    let file: Value = serde_json::from_str(include_str!("../../../../wire/tests/vectors/kerberos.json")).unwrap();
    file[name].as_str().unwrap().to_owned()
}

fn bert() -> DomainUser {
    let entry = person(1, "bert@contoso.example");
    DomainUser { account: OnPremises { security_identifier: format!("{DOMAIN}-1103"), ..entry.account.clone() }, ..entry }
}

fn pc1() -> DomainComputer {
    DomainComputer { security_identifier: format!("{DOMAIN}-1104"), ..computer(2) }
}

/// A world that follows a domain of Bert and PC1, and accepts its tickets, at the moment they were made.
async fn domain_world() -> (World, Forest) {
    let (world, mut forest) = (World::new().await, Forest::new());
    forest.put(Account::User(bert()));
    forest.put(Account::Computer(pc1()));
    forest.followed(&world).await;
    world.ctx.tickets.accept(world.tenant.id, Keytab::parse(&STANDARD.decode(recorded("keytab")).unwrap()).unwrap());
    world.clock.advance(UNTIL_THEN);
    (world, forest)
}

/// Chooses the computer's sign-in on a fresh first page; with a ticket or without.
async fn choose(world: &World, verifier: &str, ticket: Option<&str>) -> Answer {
    let page = world.get(&authorize(world, verifier, &[]), &[]).await;
    let fields = ["ctx", "flowToken", "canary"].map(|name| (name, page.hidden(name)));
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let (cookies, authorization) = (page.cookies(), ticket.map(|ticket| format!("Negotiate {ticket}")));
    let mut headers = vec![("cookie", cookies.as_str())];
    headers.extend(authorization.as_deref().map(|value| ("authorization", value)));
    world.post(&world.path("login/kerberos"), &headers, &fields).await
}

fn problem(page: &Answer) -> &str {
    page.body.split_once("role=\"alert\">").and_then(|(_, rest)| rest.split('<').next()).unwrap_or_else(|| panic!("{}", page.body))
}

#[tokio::test]
async fn the_first_page_offers_the_computers_sign_in_where_tickets_are_accepted() {
    let plain = World::new().await;
    let (accepting, _forest) = domain_world().await;
    for (world, offered) in [(&plain, false), (&accepting, true)] {
        let page = world.get(&authorize(world, &verifier(world), &[]), &[]).await;
        assert_eq!(page.body.contains("Sign in with this computer"), offered);
        assert!(!page.headers.contains_key(header::WWW_AUTHENTICATE), "nobody is asked who did not choose it");
    }
}

#[tokio::test]
async fn who_chooses_it_is_asked_for_a_ticket_and_told_how_to_go_on_without() {
    let (world, _forest) = domain_world().await;
    let page = choose(&world, &verifier(&world), None).await;
    assert_eq!((page.status, page.headers[header::WWW_AUTHENTICATE].to_str().unwrap()), (StatusCode::UNAUTHORIZED, "Negotiate"));
    assert!(problem(&page).contains("Sign in with your name instead"));
    assert!(page.body.contains("name=\"login\""), "the page goes on");
    // A forged post gets no question.
    let answer = world.post(&world.path("login/kerberos"), &[], &[("ctx", "x"), ("canary", "x")]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(!answer.headers.contains_key(header::WWW_AUTHENTICATE));
}

#[tokio::test]
async fn a_ticket_signs_in_whom_it_is_of_and_only_once() {
    let (world, _forest) = domain_world().await;
    let secret = verifier(&world);
    let answer = choose(&world, &secret, Some(&recorded("user"))).await;
    let code = answer.location_parameter("code").unwrap_or_else(|| panic!("{}", answer.body));
    let client = CLI.to_string();
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", client.as_str()),
        ("code", &code),
        ("redirect_uri", CLI_REDIRECT),
        ("code_verifier", &secret),
    ];
    let token = world.token(&fields).await.json()["id_token"].as_str().unwrap().to_owned();
    let claim = |name: &str| doorward_wire::jwt::unverified_claim(&token, name);
    assert_eq!(claim("preferred_username").as_deref(), Some("bert@contoso.example"));
    let record = world.sign_ins().await.remove(0);
    assert_eq!(record.circumstances.facts.value()["amr"], json!(["wia"]));

    let again = choose(&world, &verifier(&world), Some(&recorded("user"))).await;
    assert!(problem(&again).contains("was not accepted"));
    assert!(world.sign_ins().await.iter().any(|record| record.circumstances.failure_reason.contains("came before")), "the log says why");
}

#[tokio::test]
async fn a_ticket_that_proves_nothing_leads_back_to_the_first_page_and_the_log_says_why() {
    let whole = STANDARD.decode(recorded("user")).unwrap();
    let damaged = |place: usize| {
        let mut bytes = whole.clone();
        bytes[place] ^= 1;
        STANDARD.encode(bytes)
    };
    let cases = [
        (0, "TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAAKAGFKAAAADw==".to_owned(), "offers no Kerberos"),
        (0, "###".to_owned(), "malformed"),
        (0, damaged(400), "does not open"),
        (0, damaged(whole.len() - 20), "does not belong"),
        (400, recorded("user"), "by the client's clock"),
        (-400, recorded("user"), "is valid from"),
        (40_000, recorded("user"), "is valid from"),
        (0, recorded("computer"), "no user comes from the account PC1$"),
    ];
    for (seconds, ticket, reason) in cases {
        let (world, _forest) = domain_world().await;
        world.clock.advance(seconds);
        let page = choose(&world, &verifier(&world), Some(&ticket)).await;
        assert_eq!(page.status, StatusCode::OK, "{reason}: {}", page.body);
        assert!(problem(&page).contains("was not accepted"), "{reason}");
        assert!(!page.cookies().contains("session"), "{reason}");
        let record = world.sign_ins().await.remove(0);
        assert_eq!(record.circumstances.error_code, 50126);
        assert!(record.circumstances.failure_reason.contains(reason), "{reason}: {}", record.circumstances.failure_reason);
    }
}

#[tokio::test]
async fn a_ticket_opens_neither_an_inactive_account_nor_one_that_is_not_followed_nor_another_tenant() {
    let disabled = DomainUser { enabled: false, ..bert() };
    let expired = DomainUser { expires: Some(Timestamp::UNIX_EPOCH), ..bert() };
    for (account, word) in [(disabled, "is disabled"), (expired, "has expired")] {
        let (world, mut forest) = domain_world().await;
        forest.put(Account::User(account));
        forest.followed(&world).await;
        assert!(problem(&choose(&world, &verifier(&world), Some(&recorded("user"))).await).contains(word));
    }

    let (world, mut forest) = domain_world().await;
    // Somebody else is renamed to Bert: a name is no identity.
    forest.put(Account::User(DomainUser {
        account: OnPremises { security_identifier: format!("{DOMAIN}-1999"), ..bert().account },
        ..bert()
    }));
    forest.followed(&world).await;
    assert!(problem(&choose(&world, &verifier(&world), Some(&recorded("user"))).await).contains("not accepted"));

    let plain = World::new().await;
    plain.clock.advance(UNTIL_THEN);
    assert!(problem(&choose(&plain, &verifier(&plain), Some(&recorded("user"))).await).contains("not accepted"));
}

/// PC1 registers, under an id, with what the request says otherwise.
async fn register(world: &World, device: &Device, id: &str, ticket: Option<&str>, change: &[(&str, Value)]) -> Answer {
    let mut body = device.request();
    body["JoinType"] = json!(6);
    for (member, value) in change {
        body[*member] = value.clone();
    }
    let authorization = ticket.map(|ticket| format!("Negotiate {ticket}"));
    let headers: Vec<_> = authorization.as_deref().map(|value| ("authorization", value)).into_iter().collect();
    world.put(&world.path(&format!("EnrollmentServer/device/{id}?api-version=2.0")), &headers, &body).await
}

/// Under which id, with which ticket and what else in the request somebody tries to register; the answer, and words in it.
type Attempt<'a> = (&'a str, Option<&'a str>, &'a [(&'static str, Value)], StatusCode, &'static str);

fn pc1_id() -> String {
    pc1().object_guid.to_string()
}

async fn stored(world: &World) -> Option<Arc<doorward_model::device::Device>> {
    world.ctx.store.tenant(world.tenant.id).read().await.unwrap().devices().get(pc1().device_id()).await.unwrap()
}

#[tokio::test]
async fn a_computer_registers_with_its_ticket_and_satisfies_a_policy_that_wants_a_domain() {
    let (world, _forest) = domain_world().await;
    let mut pc = Device { system: "Windows", ..Device::new() };
    let answer = register(&world, &pc, &pc1_id(), Some(&recorded("computer")), &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    pc.certificate = STANDARD.decode(answer.json()["Certificate"]["RawBody"].as_str().unwrap()).unwrap();
    let device = stored(&world).await.unwrap();
    assert_eq!((device.trust_type, device.owner, &device.display_name), (TrustType::ServerAd, None, &pc1().host_name));
    let audit = world.audits().await.remove(0);
    assert_eq!(
        (audit.activity_display_name.as_str(), audit.initiated_by.display_name.as_str()),
        ("Register device", pc1().host_name.as_str())
    );

    let policy = json!({
        "displayName": "Domain only", "state": "enabled",
        "conditions": { "users": { "includeUsers": [world.anna.id] }, "applications": { "includeApplications": ["All"] }, "clientAppTypes": ["all"] },
        "grantControls": { "operator": "OR", "builtInControls": ["domainJoinedDevice"] },
    });
    let actor = Actor::user(&world.admin);
    directory::create_policy(&world.ctx, world.tenant.id, &actor, DocumentKind::ConditionalAccessPolicy, policy).await.unwrap();
    // Anna signs in on it, and on her phone.
    let answer = signed(&world, &pc.prt_request(&nonce(&world).await, PASSWORD)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let body = answer.json();
    let session_key = prt::unwrap_session_key(&pc.transport, body["session_key_jwe"].as_str().unwrap()).unwrap();
    let answer = mail_by_broker(&world, &(pc, body["refresh_token"].as_str().unwrap().to_owned(), session_key)).await;
    assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.body);
}

#[tokio::test]
async fn a_computer_registers_as_itself_only_and_with_its_own_ticket_only() {
    let other = uuid::Uuid::from_u128(9).to_string();
    let (user, own) = (recorded("user"), recorded("computer"));
    let join: [(&str, Value); 1] = [("JoinType", json!(0))];
    let key: [(&str, Value); 1] = [("TransportKey", json!("AAAA"))];
    let cases: [Attempt<'_>; 7] = [
        (&other, Some(&own), &[], StatusCode::FORBIDDEN, "register under its id"),
        ("PC1", Some(&own), &[], StatusCode::BAD_REQUEST, "must be a GUID"),
        (&pc1_id(), Some(&user), &[], StatusCode::FORBIDDEN, "no computer"),
        (&pc1_id(), Some("TlRMTVNTUAABAAAA"), &[], StatusCode::FORBIDDEN, "not accepted"),
        (&pc1_id(), Some(&own), &join, StatusCode::BAD_REQUEST, "JoinType must be 6"),
        (&pc1_id(), Some(&own), &key, StatusCode::BAD_REQUEST, "TransportKey"),
        (&pc1_id(), None, &[], StatusCode::UNAUTHORIZED, "ticket of the computer"),
    ];
    for (id, ticket, change, status, words) in cases {
        let (world, _forest) = domain_world().await;
        let answer = register(&world, &Device::new(), id, ticket, change).await;
        assert_eq!(answer.status, status, "{words}: {}", answer.body);
        assert!(answer.body.contains(words), "{words}: {}", answer.body);
        assert_eq!(answer.headers.contains_key(header::WWW_AUTHENTICATE), ticket.is_none());
        assert_eq!(stored(&world).await, None, "{words}");
    }
}

#[tokio::test]
async fn a_computer_that_is_disabled_or_gone_or_whose_proof_was_seen_does_not_register() {
    let ticket = recorded("computer");
    let (world, mut forest) = domain_world().await;
    forest.put(Account::Computer(DomainComputer { enabled: false, ..pc1() }));
    forest.followed(&world).await;
    assert_eq!(register(&world, &Device::new(), &pc1_id(), Some(&ticket), &[]).await.status, StatusCode::FORBIDDEN);

    let (world, mut forest) = domain_world().await;
    forest.remove(2);
    forest.followed(&world).await;
    assert_eq!(register(&world, &Device::new(), &pc1_id(), Some(&ticket), &[]).await.status, StatusCode::FORBIDDEN);

    let (world, _forest) = domain_world().await;
    assert_eq!(register(&world, &Device::new(), &pc1_id(), Some(&ticket), &[]).await.status, StatusCode::OK);
    let thief = register(&world, &Device::new(), &pc1_id(), Some(&ticket), &[]).await;
    assert_eq!(thief.status, StatusCode::FORBIDDEN, "whoever listened in has a key of his own and an old proof");
}

#[tokio::test]
async fn a_computer_that_was_set_up_anew_stays_disabled_and_what_it_held_before_ends() {
    let (world, _forest) = domain_world().await;
    // As it was registered before, by another key.
    let (mut old, made) = (Device { system: "Windows", ..Device::new() }, world.ctx.now());
    old.certificate = doorward_wire::certificate::self_signed("pc", &old.pkcs8, made, world.ctx.rng.as_ref()).unwrap();
    let new = directory::NewDevice {
        id: Some(pc1().device_id()),
        display_name: "Old".into(),
        operating_system: "Windows".into(),
        operating_system_version: "10.0".into(),
        certificate: STANDARD.encode(&old.certificate),
        transport_key: Some(STANDARD.encode(transport_spki(&old))),
        trust_type: TrustType::ServerAd,
        owner: None,
    };
    let actor = Actor::user(&world.admin);
    directory::create_device(&world.ctx, world.tenant.id, &actor, new).await.unwrap();
    assert_eq!(signed(&world, &old.prt_request(&nonce(&world).await, PASSWORD)).await.status, StatusCode::OK);
    let patch = directory::DevicePatch { account_enabled: Some(false), ..Default::default() };
    directory::update_device(&world.ctx, world.tenant.id, &actor, pc1().device_id(), patch, None).await.unwrap();

    let answer = register(&world, &Device::new(), &pc1_id(), Some(&recorded("computer")), &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert!(!stored(&world).await.unwrap().account_enabled, "setting it up anew is no way around whoever disabled it");
    assert_eq!(code_of(&signed(&world, &old.prt_request(&nonce(&world).await, PASSWORD)).await), 50155, "the old key is nobody's");
}

fn transport_spki(device: &Device) -> Vec<u8> {
    use rcgen::PublicKeyData as _;
    rcgen::KeyPair::try_from(device.transport.as_slice()).unwrap().subject_public_key_info()
}

#[tokio::test]
async fn a_ticket_counts_as_one_factor_and_no_more() {
    let (world, _forest) = domain_world().await;
    let bert = world.ctx.store.tenant(world.tenant.id).read().await.unwrap().users().find("bert@contoso.example").await.unwrap().unwrap();
    let policy = json!({
        "displayName": "MFA", "state": "enabled",
        "conditions": { "users": { "includeUsers": [bert.id] }, "applications": { "includeApplications": ["All"] }, "clientAppTypes": ["all"] },
        "grantControls": { "operator": "OR", "builtInControls": ["mfa"] },
    });
    let actor = Actor::user(&world.admin);
    directory::create_policy(&world.ctx, world.tenant.id, &actor, DocumentKind::ConditionalAccessPolicy, policy).await.unwrap();
    let page = choose(&world, &verifier(&world), Some(&recorded("user"))).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("more secure") || page.body.contains("second") || page.body.contains("Choose"), "{}", page.body);
    assert!(page.cookies().contains("session"));
}
