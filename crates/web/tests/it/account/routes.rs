//! Every route of My account: it needs a session and no role, and each change is audited as the person's own.

use axum::http::StatusCode;
use doorward_model::device::{Device, TrustType};
use doorward_model::session::Session;
use doorward_model::{DeviceId, MethodId};

use super::annas_session;
use crate::console::browser::{Browser, path_of};
use crate::world::{PASSWORD, World};

/// Method, path, and what a post writes into the audit.
const ROUTES: &[(&str, &str, Option<&str>)] = &[
    ("GET", "/account", None),
    ("GET", "/account/confirm", None),
    ("POST", "/account/confirm", None),
    ("GET", "/account/app", None),
    ("POST", "/account/app", None),
    ("GET", "/account/passkey", None),
    ("POST", "/account/passkey", None),
    ("GET", "/account/recovery-codes", None),
    ("GET", "/account/devices", None),
    ("GET", "/account/devices/{device}/unregister", None),
    ("POST", "/account/devices/{device}/unregister", Some("Delete device")),
    ("GET", "/account/sessions", None),
    ("POST", "/account/sessions/{session}/end", Some("End session")),
    ("GET", "/account/sign-out-everywhere", None),
    ("GET", "/account/password", None),
    // These end the session, so they come last; the world is made anew for each.
    ("POST", "/account/password", Some("Change own password")),
    ("POST", "/account/sign-out-everywhere", Some("End every session")),
];

/// Routes that only somebody with a second factor gets to; `pages` tells what they do and audit.
const WITH_SECOND_FACTOR: &[(&str, &str)] =
    &[("GET", "/account/methods/{method}/remove"), ("POST", "/account/methods/{method}/remove"), ("POST", "/account/recovery-codes")];

pub(crate) async fn annas_phone(world: &World) -> Device {
    let phone = Device {
        id: DeviceId::random(world.ctx.rng.as_ref()),
        display_name: "Anna's <b>phone</b>".into(),
        operating_system: "iOS".into(),
        operating_system_version: "26".into(),
        certificate_thumbprint: "AB".into(),
        public_key_sha256: "key".into(),
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
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    unit.devices().create(&phone).await.unwrap();
    unit.commit().await.unwrap();
    phone
}

fn fill(path: &str, device: &Device, session: &Session) -> String {
    path.replace("{device}", &device.id.to_string()).replace("{session}", &session.id.to_string())
}

#[tokio::test]
async fn every_route_needs_a_session_and_every_change_is_audited_as_the_persons_own() {
    let mut world = World::new().await;
    let (mut phone, mut other, mut anna) =
        (annas_phone(&world).await, annas_session(&world).await, Browser::at_account(&world, &world.anna).await);
    for (method, path, audited) in ROUTES {
        let address = fill(path, &phone, &other);
        let mut nobody = Browser::default();
        let before = world.audits().await;
        if *method == "GET" {
            let refused = nobody.get(&world, &address).await;
            assert!(path_of(&refused).starts_with("/account/sign-in?return="), "{path}");
            let page = anna.get(&world, &address).await;
            let expected = if address.ends_with("confirm") { StatusCode::SEE_OTHER } else { StatusCode::OK };
            assert_eq!(page.status, expected, "{path}: {}", page.body);
            assert!(!page.body.contains("<b>phone"), "{path}");
        } else {
            let refused = nobody.send_form(&world, &address, &[]).await;
            assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{path} without a session");
            let forged = anna.send_form(&world, &address, &[("form_token", "forged")]).await;
            assert_eq!(forged.status, StatusCode::FORBIDDEN, "{path} without the token of a page");
            assert_eq!(world.audits().await, before, "{path} refused and yet done");
            let token = anna.get(&world, "/account").await.hidden("form_token");
            world.clock.advance(1);
            let new = "a much longer secret 9";
            let fields = [("form_token", token.as_str()), ("passwd", PASSWORD), ("newpasswd", new), ("confirmnewpasswd", new)];
            let answer = anna.send_form(&world, &address, &fields).await;
            let fine = answer.status.is_success() || answer.status.is_redirection() || answer.status == StatusCode::UNPROCESSABLE_ENTITY;
            assert!(fine, "{path}: {} {}", answer.status, answer.body);
        }
        let after = world.audits().await;
        let new: Vec<&str> = after[..after.len() - before.len()].iter().map(|record| record.activity_display_name.as_str()).collect();
        assert_eq!(new, audited.iter().copied().collect::<Vec<_>>(), "{method} {path}");
        if audited.is_some() {
            assert_eq!(after[0].initiated_by.display_name, world.anna.user_principal_name);
        }
        if *path == "/account/password" && *method == "POST" {
            world = World::new().await;
            (phone, other, anna) = (annas_phone(&world).await, annas_session(&world).await, Browser::at_account(&world, &world.anna).await);
        }
    }
}

#[tokio::test]
async fn what_belongs_to_somebody_else_does_not_exist() {
    let world = World::new().await;
    let phone = annas_phone(&world).await;
    let session = annas_session(&world).await;
    let mut admin = Browser::at_account(&world, &world.admin).await;
    let token = admin.get(&world, "/account").await.hidden("form_token");
    let before = world.audits().await.len();
    for path in ["/account/devices/{device}/unregister", "/account/sessions/{session}/end"] {
        let path = fill(path, &phone, &session);
        admin.send_form(&world, &path, &[("form_token", &token)]).await;
        assert_eq!(world.audits().await.len(), before, "{path}");
    }
    assert_eq!(admin.get(&world, &fill("/account/devices/{device}/unregister", &phone, &session)).await.status, StatusCode::NOT_FOUND);
    assert!(!admin.get(&world, "/account/devices").await.body.contains(&phone.id.to_string()));
    let mut anna = Browser::at_account(&world, &world.anna).await;
    assert!(anna.get(&world, "/account/devices").await.body.contains(&phone.id.to_string()));
}

#[tokio::test]
async fn an_id_that_means_nothing_is_no_page_and_no_change() {
    let world = World::new().await;
    let mut anna = Browser::at_account(&world, &world.anna).await;
    let method = MethodId::random(world.ctx.rng.as_ref()).to_string();
    for id in ["x", "..%2f", method.as_str()] {
        for (_, path) in WITH_SECOND_FACTOR.iter().filter(|(method, path)| *method == "GET" && path.contains("{method}")) {
            let page = anna.get(&world, &path.replace("{method}", id)).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path} {id}");
        }
    }
    for path in ["/account/nothing", "/account/devices/x/unregister"] {
        let page = anna.get(&world, path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.body.contains("To my account"), "{}", page.body);
    }
}
