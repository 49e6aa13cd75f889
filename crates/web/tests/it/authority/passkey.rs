//! Passkeys at the sign-in pages, with an authenticator whose answers are bent one part at a time.

use axum::http::StatusCode;
use doorward_model::authentication_method::{AuthenticationMethod, Credential};
use doorward_service::setup::{self, NewTenant};
use serde_json::json;

use super::second_factor::{Browser, PHISHING_RESISTANT, amr, assert_page, borrowed, challenge_on, everywhere, mfa, strength};
use super::sign_in_pages::{authorize, submit, verifier};
use crate::authenticator::{Answering, Authenticator};
use crate::world::{Answer, World, person};

/// What is bent, and how.
type Bend = (&'static str, fn(&mut Answering));

/// Anna with a registered passkey, and the answer to the client after that.
async fn anna_with_passkey(world: &World) -> (Authenticator, Answer) {
    let (anna, page) = Browser::sign_in(world, &[]).await;
    let page = if page.body.contains("Set up a second step") { anna.post(&page, &[("instead", "fido2")]).await } else { page };
    assert_page(&page, "Create a passkey");
    let mut passkey = Authenticator::new(b"the passkey of Anna");
    passkey.user_handle = world.anna.id.0.as_bytes().to_vec();
    let fields = passkey.create(&Answering::to(&challenge_on(&page), "webauthn.create"));
    let page = anna.post(&page, &borrowed(&fields)).await;
    assert_page(&page, "Save your recovery codes");
    let answer = anna.post(&page, &[("saved", "yes")]).await;
    (passkey, answer)
}

/// The first page in a fresh browser.
async fn first_page(world: &World) -> (Answer, String) {
    let page = world.get(&authorize(world, &verifier(world), &[]), &[]).await;
    let cookies = page.cookies();
    (page, cookies)
}

#[tokio::test]
async fn a_passkey_meets_a_strength_that_resists_phishing_and_an_app_is_not_even_offered() {
    let world = World::new().await;
    everywhere(&world, strength(PHISHING_RESISTANT)).await;
    let (_, page) = Browser::sign_in(&world, &[]).await;
    assert_page(&page, "Create a passkey");
    assert!(!page.body.contains("softwareOath"), "{}", page.body);
    let (passkey, answer) = anna_with_passkey(&world).await;
    assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.body);
    let (anna, page) = Browser::sign_in(&world, &[]).await;
    assert_page(&page, "Use your passkey");
    assert!(!page.body.contains("recoveryCode"), "a recovery code is in no strength: {}", page.body);
    let fields = passkey.prove(&Answering::to(&challenge_on(&page), "webauthn.get"));
    let answer = anna.post(&page, &borrowed(&fields)).await;
    assert_eq!(amr(&anna.tokens(&answer).await["access_token"]), ["pwd", "fido", "mfa"]);
}

#[tokio::test]
async fn a_passkey_alone_signs_in_and_counts_as_two_factors() {
    let world = World::new().await;
    everywhere(&world, strength(PHISHING_RESISTANT)).await;
    let (mut passkey, _) = anna_with_passkey(&world).await;
    let verifier = verifier(&world);
    let page = world.get(&authorize(&world, &verifier, &[]), &[]).await;
    let cookies = page.cookies();
    passkey.counter = 5;
    let fields = passkey.prove(&Answering::to(&challenge_on(&page), "webauthn.get"));
    let answer = submit(&world, &page, &cookies, &borrowed(&fields)).await;
    assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.body);
    let code = answer.location_parameter("code").unwrap();
    let client = crate::world::CLI.to_string();
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", client.as_str()),
        ("code", &code),
        ("redirect_uri", crate::world::CLI_REDIRECT),
        ("code_verifier", &verifier),
    ];
    assert_eq!(amr(&world.token(&fields).await.json()["access_token"]), ["fido", "mfa"]);
}

#[tokio::test]
async fn a_bent_proof_opens_nothing() {
    let world = World::new().await;
    everywhere(&world, mfa()).await;
    let (mut passkey, _) = anna_with_passkey(&world).await;
    let bends: [Bend; 8] = [
        ("another origin", |answer| answer.origin = "https://login.contoso.example.evil.example".into()),
        ("another port", |answer| answer.origin = "https://login.contoso.example:8443".into()),
        ("a frame in another site", |answer| answer.cross_origin = true),
        ("another challenge", |answer| answer.challenge = crate::authenticator::encode(&[7; 32])),
        ("another relying party", |answer| answer.rp_id = "contoso.example".into()),
        ("a registration", |answer| answer.ceremony = "webauthn.create"),
        ("nobody verified", |answer| answer.flags = 1),
        ("nobody present", |answer| answer.flags = 4),
    ];
    for (what, bend) in bends {
        let (page, cookies) = first_page(&world).await;
        let mut answering = Answering::to(&challenge_on(&page), "webauthn.get");
        bend(&mut answering);
        let refused = submit(&world, &page, &cookies, &borrowed(&passkey.prove(&answering))).await;
        assert_page(&refused, "Sign in");
        assert!(refused.body.contains("role=\"alert\">"), "{what}");
        assert!(!refused.cookies().contains("session"), "{what}");
    }
    for (field, value) in [
        ("signature", "AAAA"),
        ("credentialId", "AAAA"),
        ("userHandle", ""),
        ("userHandle", "AAAA"),
        ("authenticatorData", "AAAA"),
        ("clientDataJSON", "e30"),
        ("clientDataJSON", "!"),
    ] {
        let (page, cookies) = first_page(&world).await;
        let mut fields = passkey.prove(&Answering::to(&challenge_on(&page), "webauthn.get"));
        fields.iter_mut().filter(|(name, _)| *name == field).for_each(|(_, kept)| *kept = value.to_owned());
        let refused = submit(&world, &page, &cookies, &borrowed(&fields)).await;
        assert_page(&refused, "Sign in");
        assert!(!refused.cookies().contains("session"), "{field} {value}");
    }
    passkey.counter = 1;
    let (page, cookies) = first_page(&world).await;
    let fields = passkey.prove(&Answering::to(&challenge_on(&page), "webauthn.get"));
    assert_eq!(submit(&world, &page, &cookies, &borrowed(&fields)).await.status, StatusCode::FOUND, "unbent it works");
}

#[tokio::test]
async fn an_answer_works_once_even_where_the_authenticator_does_not_count() {
    let world = World::new().await;
    everywhere(&world, mfa()).await;
    let (passkey, _) = anna_with_passkey(&world).await;
    let (page, cookies) = first_page(&world).await;
    let fields = passkey.prove(&Answering::to(&challenge_on(&page), "webauthn.get"));
    assert_eq!(submit(&world, &page, &cookies, &borrowed(&fields)).await.status, StatusCode::FOUND);
    let replayed = submit(&world, &page, &cookies, &borrowed(&fields)).await;
    assert_page(&replayed, "Sign in");
    assert!(!replayed.cookies().contains("session"));
}

#[tokio::test]
async fn a_counter_that_goes_back_gives_a_copied_authenticator_away() {
    let world = World::new().await;
    everywhere(&world, mfa()).await;
    let (mut passkey, _) = anna_with_passkey(&world).await;
    for (counter, works) in [(10, true), (10, false), (9, false), (0, false), (11, true)] {
        passkey.counter = counter;
        let (page, cookies) = first_page(&world).await;
        let fields = passkey.prove(&Answering::to(&challenge_on(&page), "webauthn.get"));
        let answer = submit(&world, &page, &cookies, &borrowed(&fields)).await;
        assert_eq!(answer.status == StatusCode::FOUND, works, "{counter}: {}", answer.body);
        assert_eq!(answer.body.contains("there may be a copy of it"), !works, "{counter}");
    }
}

#[tokio::test]
async fn a_passkey_of_somebody_else_is_no_second_factor() {
    let world = World::new().await;
    everywhere(&world, mfa()).await;
    let (passkey, _) = anna_with_passkey(&world).await;
    // Ben's is registered in the same tenant, and his authenticator may call itself whatever it likes.
    let mut bens = Authenticator::new(b"the passkey of Ben");
    let ben = person(&world.ctx, "ben", vec![]).await;
    bens.user_handle = ben.id.0.as_bytes().to_vec();
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    unit.users().create(&ben).await.unwrap();
    let annas = unit.authentication_methods().find_by_credential_id(&passkey.credential_id).await.unwrap().unwrap();
    let Credential::Fido2 { aaguid, .. } = annas.credential else { panic!("a passkey") };
    let key = bens.create(&Answering::to("AAAA", "webauthn.create"));
    let public_key = registered_key(&key);
    let credential = Credential::Fido2 { credential_id: bens.credential_id.clone(), public_key, aaguid };
    let id = doorward_model::MethodId::random(world.ctx.rng.as_ref());
    unit.authentication_methods().create(&AuthenticationMethod { id, user_id: ben.id, credential, ..annas }).await.unwrap();
    unit.commit().await.unwrap();
    for handle in [bens.user_handle.clone(), world.anna.id.0.as_bytes().to_vec(), Vec::new()] {
        let (anna, page) = Browser::sign_in(&world, &[]).await;
        assert_page(&page, "Use your passkey");
        bens.user_handle = handle;
        let fields = bens.prove(&Answering::to(&challenge_on(&page), "webauthn.get"));
        let refused = anna.post(&page, &borrowed(&fields)).await;
        assert_page(&refused, "Use your passkey");
        assert!(refused.body.contains("This passkey is not registered here."), "{}", refused.body);
    }
}

/// The `COSE_Key` in a registration: the last 77 bytes of the attestation object.
fn registered_key(fields: &[(&'static str, String)]) -> Vec<u8> {
    use base64::Engine as _;
    let object = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(&fields[1].1).unwrap();
    object[object.len() - 77..].to_vec()
}

#[tokio::test]
async fn a_passkey_of_another_tenant_is_unknown() {
    let world = World::new().await;
    everywhere(&world, mfa()).await;
    let (passkey, _) = anna_with_passkey(&world).await;
    let new =
        NewTenant { domain: "fabrikam.example".into(), display_name: "Fabrikam".into(), administrator: "root@fabrikam.example".into() };
    let other = setup::create_tenant(&world.ctx, &new).await.unwrap().tenant;
    let mut unit = world.ctx.store.tenant(world.tenant.id).read().await.unwrap();
    let client = unit.applications().get(crate::world::CLI).await.unwrap().unwrap();
    let service = unit.applications().get(crate::world::MAIL).await.unwrap().unwrap();
    drop(unit);
    let mut unit = world.ctx.store.tenant(other.id).write().await.unwrap();
    unit.applications().create(&client).await.unwrap();
    unit.applications().create(&service).await.unwrap();
    unit.commit().await.unwrap();
    let path = authorize(&world, &verifier(&world), &[]).replace(&world.tenant.id.to_string(), &other.id.to_string());
    let page = world.get(&path, &[]).await;
    let fields = passkey.prove(&Answering::to(&challenge_on(&page), "webauthn.get"));
    let (ctx, flow_token, canary) = (page.hidden("ctx"), page.hidden("flowToken"), page.hidden("canary"));
    let mut all = vec![("ctx", ctx.as_str()), ("flowToken", &flow_token), ("canary", &canary)];
    all.extend(borrowed(&fields));
    let refused = world.post(&format!("/{}/login", other.id), &[("cookie", &page.cookies())], &all).await;
    assert!(refused.body.contains("This passkey is not registered here."), "{}", refused.body);
}

#[tokio::test]
async fn a_bent_registration_is_refused() {
    let world = World::new().await;
    everywhere(&world, strength(PHISHING_RESISTANT)).await;
    let passkey = Authenticator::new(b"the passkey of Anna");
    let bends: [Bend; 7] = [
        ("another origin", |answer| answer.origin = "https://evil.example".into()),
        ("another challenge", |answer| answer.challenge = crate::authenticator::encode(&[7; 32])),
        ("another relying party", |answer| answer.rp_id = "evil.example".into()),
        ("a proof", |answer| answer.ceremony = "webauthn.get"),
        ("nobody verified", |answer| answer.flags = 1),
        ("nobody present", |answer| answer.flags = 4),
        ("a statement", |answer| answer.format = "packed"),
    ];
    for (what, bend) in bends {
        let (anna, page) = Browser::sign_in(&world, &[]).await;
        let mut answering = Answering::to(&challenge_on(&page), "webauthn.create");
        bend(&mut answering);
        let refused = anna.post(&page, &borrowed(&passkey.create(&answering))).await;
        assert_page(&refused, "Create a passkey");
        assert!(refused.body.contains("role=\"alert\">"), "{what}: {}", refused.body);
    }
    let mut unit = world.ctx.store.tenant(world.tenant.id).read().await.unwrap();
    assert!(unit.authentication_methods().of_user(world.anna.id).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_disabled_persons_passkey_opens_nothing() {
    let world = World::new().await;
    everywhere(&world, mfa()).await;
    let (passkey, _) = anna_with_passkey(&world).await;
    let admin = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let path = format!("/v1.0/users/{}", world.anna.id);
    world.json(axum::http::Method::PATCH, &path, &admin, &json!({ "accountEnabled": false })).await;
    let (page, cookies) = first_page(&world).await;
    let fields = passkey.prove(&Answering::to(&challenge_on(&page), "webauthn.get"));
    let refused = submit(&world, &page, &cookies, &borrowed(&fields)).await;
    assert_page(&refused, "Sign in");
    assert!(!refused.cookies().contains("session"));
}

#[tokio::test]
async fn a_page_that_asked_for_no_passkey_takes_none() {
    let world = World::new().await;
    everywhere(&world, mfa()).await;
    let (passkey, _) = anna_with_passkey(&world).await;
    let (anna, page) = Browser::sign_in(&world, &[]).await;
    let asked = challenge_on(&page);
    let page = anna.post(&page, &[("instead", "recoveryCode")]).await;
    assert_page(&page, "Enter a recovery code");
    for challenge in ["", &asked] {
        let refused = anna.post(&page, &borrowed(&passkey.prove(&Answering::to(challenge, "webauthn.get")))).await;
        assert_page(&refused, "Use your passkey");
        assert!(refused.body.contains("could not be checked"), "{}", refused.body);
    }
}
