//! Asking without end.

use axum::http::StatusCode;
use doorward_service::jobs;
use doorward_service::one_time::sha256;

use crate::registration::{Device, code_of, nonce, phone_with_prt, signed};
use crate::world::{CLI, PASSWORD, World};

/// A nonce is sealed, so it needs no room here until it comes back.
#[tokio::test]
async fn nonces_without_end_take_no_room() {
    let world = World::new().await;
    let empty = world.stored_bytes();
    for _ in 0..2_000 {
        nonce(&world).await;
        world.get(&world.path("EnrollmentServer/nonce/"), &[]).await;
    }
    assert_eq!(world.stored_bytes(), empty);
}

#[tokio::test]
async fn what_strangers_do_with_a_nonce_is_not_remembered() {
    let world = World::new().await;
    let (device, ..) = phone_with_prt(&world).await;
    let fresh = nonce(&world).await;
    let mut stranger = Device::new();
    stranger.certificate = doorward_wire::certificate::self_signed("x", &stranger.pkcs8, world.ctx.now(), world.ctx.rng.as_ref()).unwrap();
    for _ in 0..3 {
        assert_eq!(code_of(&signed(&world, &stranger.prt_request(&fresh, PASSWORD)).await), 50155, "a key nobody registered");
    }
    assert_eq!(signed(&world, &device.prt_request(&fresh, PASSWORD)).await.status, StatusCode::OK, "the nonce is as good as new");
}

#[tokio::test]
async fn a_used_nonce_is_remembered_until_it_is_too_old_anyway() {
    let world = World::new().await;
    let (device, ..) = phone_with_prt(&world).await;
    let used = nonce(&world).await;
    assert_eq!(signed(&world, &device.prt_request(&used, PASSWORD)).await.status, StatusCode::OK);
    let is_remembered = async || {
        let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
        !unit.one_time().use_once(&sha256(&used), world.ctx.now()).await.unwrap()
    };
    jobs::tidy(&world.ctx).await.unwrap();
    assert!(is_remembered().await);
    world.clock.advance(601);
    jobs::tidy(&world.ctx).await.unwrap();
    assert!(!is_remembered().await, "it takes no room any more");
    assert_eq!(code_of(&signed(&world, &device.prt_request(&used, PASSWORD)).await), 140_000, "it is too old");
}

/// Each is kept until it has ended, and anybody may ask for one.
#[tokio::test]
async fn device_codes_are_not_handed_out_without_end() {
    let world = World::new().await;
    let client = CLI.to_string();
    let ask = async || world.post(&world.path("oauth2/v2.0/devicecode"), &[], &[("client_id", &client), ("scope", "openid")]).await;
    let mut answers = Vec::new();
    for _ in 0..70 {
        answers.push(ask().await);
    }
    let good = answers.iter().take_while(|answer| answer.status == StatusCode::OK).count();
    assert!((60..70).contains(&good), "{good}");
    let refused = &answers[good];
    assert_eq!((refused.status, code_of(refused)), (StatusCode::TOO_MANY_REQUESTS, 90_055), "{}", refused.body);
    assert!(refused.headers.contains_key("retry-after"));
}
