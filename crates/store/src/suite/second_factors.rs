//! Second factors: found in their tenant alone, used in order, gone with their owner.

use doorward_model::MethodId;
use doorward_model::authentication_method::{AuthenticationMethod, Credential};

use super::*;

fn passkey(seed: u64, user: UserId, credential_id: &[u8]) -> AuthenticationMethod {
    AuthenticationMethod {
        id: MethodId::random(&rng(seed)),
        user_id: user,
        display_name: format!("Passkey {seed}"),
        created: at(seed.try_into().unwrap()),
        last_used: None,
        counter: 0,
        credential: Credential::Fido2 { credential_id: credential_id.to_vec(), public_key: vec![1, 2], aaguid: uuid::Uuid::nil() },
    }
}

fn authenticator_app(seed: u64, user: UserId) -> AuthenticationMethod {
    AuthenticationMethod { credential: Credential::SoftwareOath { wrapped_secret: vec![9; 48] }, ..passkey(seed, user, b"") }
}

/// A tenant with Anna in it.
async fn with_anna(store: &impl Store) -> (Arc<dyn TenantStore>, UserId) {
    let tenant = one_tenant(store).await;
    let anna = user(10, "anna@one.example");
    let mut unit = tenant.write().await.unwrap();
    unit.users().create(&anna).await.unwrap();
    unit.commit().await.unwrap();
    (tenant, anna.id)
}

/// A passkey is found by its credential id, in its tenant alone; credential ids are unique there.
pub async fn a_passkey_is_found_by_its_credential_id_in_its_tenant_alone(store: &impl Store) {
    let (one, anna) = with_anna(store).await;
    let two = tenant(2, "two.example");
    store.create_tenant(&two).await.unwrap();
    let two = store.tenant(two.id);
    let (first, second) = (passkey(1, anna, b"one"), passkey(2, anna, b"two"));
    // Apps have no credential id, so a second one is no clash.
    let (app, other_app) = (authenticator_app(3, anna), authenticator_app(4, anna));
    let mut unit = one.write().await.unwrap();
    for method in [&other_app, &second, &app, &first] {
        unit.authentication_methods().create(method).await.unwrap();
    }
    let clash = unit.authentication_methods().create(&passkey(5, anna, b"one")).await;
    assert!(matches!(clash, Err(StoreError::AlreadyExists(_))));
    let nobody = unit.authentication_methods().create(&passkey(6, UserId::random(&rng(99)), b"three")).await;
    assert!(matches!(nobody, Err(StoreError::NotFound("user"))));
    unit.commit().await.unwrap();

    let mut unit = one.read().await.unwrap();
    assert_eq!(unit.authentication_methods().find_by_credential_id(b"one").await.unwrap(), Some(first.clone()));
    assert_eq!(unit.authentication_methods().find_by_credential_id(b"on").await.unwrap(), None);
    assert_eq!(unit.authentication_methods().of_user(anna).await.unwrap(), [first.clone(), second, app, other_app]);
    assert!(matches!(unit.authentication_methods().delete(first.id).await, Err(StoreError::ReadOnly)));
    drop(unit);

    let mut unit = two.write().await.unwrap();
    assert_eq!(unit.authentication_methods().find_by_credential_id(b"one").await.unwrap(), None);
    assert_eq!(unit.authentication_methods().get(first.id).await.unwrap(), None);
    assert!(unit.authentication_methods().of_user(anna).await.unwrap().is_empty());
    assert!(!unit.authentication_methods().advance(first.id, 7, at(1)).await.unwrap());
    assert!(matches!(unit.authentication_methods().delete(first.id).await, Err(StoreError::NotFound(_))));
    drop(unit);

    let mut unit = one.write().await.unwrap();
    unit.authentication_methods().delete(first.id).await.unwrap();
    assert_eq!(unit.authentication_methods().get(first.id).await.unwrap(), None);
    assert!(matches!(unit.authentication_methods().delete(first.id).await, Err(StoreError::NotFound(_))));
}

/// A counter only grows, and of several who bring the same one, one wins.
pub async fn a_counter_only_grows_and_is_reached_by_exactly_one_of_many(store: &impl Store) {
    let (tenant, anna) = with_anna(store).await;
    let app = authenticator_app(1, anna);
    let mut unit = tenant.write().await.unwrap();
    unit.authentication_methods().create(&app).await.unwrap();
    unit.commit().await.unwrap();
    let tries = (0..8).map(|_| {
        let (tenant, id) = (tenant.clone(), app.id);
        tokio::spawn(async move {
            let mut unit = tenant.write().await.unwrap();
            let won = unit.authentication_methods().advance(id, 100, at(5)).await.unwrap();
            unit.commit().await.unwrap();
            won
        })
    });
    let mut winners = 0;
    for attempt in tries.collect::<Vec<_>>() {
        winners += u32::from(attempt.await.unwrap());
    }
    assert_eq!(winners, 1);
    let mut unit = tenant.write().await.unwrap();
    for (counter, grows) in [(99, false), (0, false), (101, true), (101, false), (250, true)] {
        assert_eq!(unit.authentication_methods().advance(app.id, counter, at(6)).await.unwrap(), grows, "{counter}");
    }
    let kept = unit.authentication_methods().get(app.id).await.unwrap().unwrap();
    assert_eq!((kept.counter, kept.last_used), (250, Some(at(6))));
}

/// An authenticator that does not count stays at zero and may be used again and again.
pub async fn a_counter_of_zero_is_no_count(store: &impl Store) {
    let (tenant, anna) = with_anna(store).await;
    let passkey = passkey(1, anna, b"one");
    let mut unit = tenant.write().await.unwrap();
    unit.authentication_methods().create(&passkey).await.unwrap();
    for time in 1..3 {
        assert!(unit.authentication_methods().advance(passkey.id, 0, at(time)).await.unwrap());
        assert_eq!(unit.authentication_methods().get(passkey.id).await.unwrap().unwrap().last_used, Some(at(time)));
    }
}

/// A recovery code works once and for its owner alone; new codes replace the old ones.
pub async fn a_recovery_code_is_used_once_by_its_owner(store: &impl Store) {
    let (tenant, anna) = with_anna(store).await;
    let ben = UserId::random(&rng(20));
    let mut unit = tenant.write().await.unwrap();
    unit.authentication_methods().set_recovery_codes(anna, &[[1; 32], [2; 32]]).await.unwrap();
    unit.authentication_methods().set_recovery_codes(ben, &[[3; 32]]).await.unwrap();
    assert_eq!(unit.authentication_methods().recovery_codes_left(anna).await.unwrap(), 2);
    for (hash, works) in [([3; 32], false), ([1; 32], true), ([1; 32], false), ([2; 32], true)] {
        assert_eq!(unit.authentication_methods().use_recovery_code(anna, &hash).await.unwrap(), works, "{hash:?}");
    }
    assert_eq!(unit.authentication_methods().recovery_codes_left(anna).await.unwrap(), 0);
    unit.authentication_methods().set_recovery_codes(ben, &[[4; 32]]).await.unwrap();
    assert!(!unit.authentication_methods().use_recovery_code(ben, &[3; 32]).await.unwrap(), "replaced");
    assert!(unit.authentication_methods().use_recovery_code(ben, &[4; 32]).await.unwrap());
}

/// Deleting a user takes the second factors along.
pub async fn deleting_a_user_takes_the_second_factors_along(store: &impl Store) {
    let (tenant, anna) = with_anna(store).await;
    let passkey = passkey(1, anna, b"one");
    let mut unit = tenant.write().await.unwrap();
    unit.authentication_methods().create(&passkey).await.unwrap();
    unit.authentication_methods().set_recovery_codes(anna, &[[1; 32]]).await.unwrap();
    unit.users().delete(anna).await.unwrap();
    assert_eq!(unit.authentication_methods().get(passkey.id).await.unwrap(), None);
    assert_eq!(unit.authentication_methods().recovery_codes_left(anna).await.unwrap(), 0);
}

/// Deleting a device takes the keys on it along, and leaves its owner's other methods.
pub async fn deleting_a_device_takes_the_keys_on_it_along(store: &impl Store) {
    let (tenant, anna) = with_anna(store).await;
    let (computer, other) = (device(30, Some(anna)), device(31, Some(anna)));
    let key = |seed: u64, on: &Device| AuthenticationMethod {
        credential: Credential::WindowsHello { key_id: vec![seed.try_into().unwrap(); 32], public_key: vec![1], device_id: on.id },
        ..passkey(seed, anna, b"")
    };
    let (gone, kept) = (key(1, &computer), key(2, &other));
    let mut unit = tenant.write().await.unwrap();
    for device in [&computer, &other] {
        unit.devices().create(device).await.unwrap();
    }
    for method in [&gone, &kept] {
        unit.authentication_methods().create(method).await.unwrap();
    }
    assert_eq!(unit.authentication_methods().find_by_credential_id(&[1; 32]).await.unwrap(), Some(gone));
    unit.devices().delete(computer.id).await.unwrap();
    assert_eq!(unit.authentication_methods().of_user(anna).await.unwrap(), [kept]);
}
