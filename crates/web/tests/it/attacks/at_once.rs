//! Two who do the same at the same moment.

use axum::http::StatusCode;

use crate::authority::sign_in_pages::{sign_in, verifier};
use crate::registration::{DRS_SCOPE, Device, nonce, phone_with_prt, signed};
use crate::world::{CLI, CLI_REDIRECT, PASSWORD, World};

#[tokio::test(flavor = "multi_thread")]
async fn two_joins_with_one_key_make_one_device() {
    let world = World::new().await;
    let token = world.access_token(&world.anna, DRS_SCOPE).await;
    let mut device = Device::new();
    let mut same = device.again();
    let (one, other) = tokio::join!(device.join(&world, &token), same.join(&world, &token));
    assert_eq!((one.status, other.status), (StatusCode::OK, StatusCode::OK), "{} {}", one.body, other.body);
    assert_eq!(device.id, same.id);
    let mut unit = world.ctx.store.tenant(world.tenant.id).read().await.unwrap();
    assert_eq!(unit.devices().owned_by(world.anna.id).await.unwrap().len(), 1);
    drop(unit);
    // Both certificates are of the one key.
    for device in [&device, &same] {
        assert_eq!(signed(&world, &device.prt_request(&nonce(&world).await, PASSWORD)).await.status, StatusCode::OK);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_joins_for_the_last_place_leave_one_outside() {
    let world = World::new().await;
    let mut tenant = world.tenant.clone();
    tenant.device_limit = 1;
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    unit.tenant().update(&tenant).await.unwrap();
    unit.commit().await.unwrap();
    world.ctx.tenants.invalidate();
    let token = world.access_token(&world.anna, DRS_SCOPE).await;
    let (mut one, mut other) = (Device::new(), Device::new());
    let (one, other) = tokio::join!(one.join(&world, &token), other.join(&world, &token));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::FORBIDDEN], "{} {}", one.body, other.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nonce_that_comes_twice_at_once_works_once() {
    let world = World::new().await;
    let (device, ..) = phone_with_prt(&world).await;
    let fresh = nonce(&world).await;
    let message = device.prt_request(&fresh, PASSWORD);
    let (one, other) = tokio::join!(signed(&world, &message), signed(&world, &message));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::BAD_REQUEST], "{} {}", one.body, other.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_comes_twice_at_once_opens_nothing_for_long() {
    let world = World::new().await;
    let verifier = verifier(&world);
    let code = sign_in(&world, &verifier, &[]).await.0.location_parameter("code").unwrap();
    let client = CLI.to_string();
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", client.as_str()),
        ("code", &code),
        ("redirect_uri", CLI_REDIRECT),
        ("code_verifier", &verifier),
    ];
    let (one, other) = tokio::join!(world.token(&fields), world.token(&fields));
    let mut answers = [one, other];
    answers.sort_unstable_by_key(|answer| answer.status);
    let [first, second] = answers;
    assert_eq!((first.status, second.status), (StatusCode::OK, StatusCode::BAD_REQUEST), "{} {}", first.body, second.body);
    let token = first.json()["refresh_token"].as_str().unwrap().to_owned();
    let refresh = world.token(&[("grant_type", "refresh_token"), ("client_id", &client), ("refresh_token", &token)]).await;
    assert_eq!(refresh.status, StatusCode::BAD_REQUEST, "the second use withdraws what the first one got: {}", refresh.body);
}
