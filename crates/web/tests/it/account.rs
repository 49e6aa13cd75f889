//! What people do with their own account, and that it reaches no further than that.

pub(crate) mod pages;
pub(crate) mod routes;

use doorward_model::authentication_method::{AuthenticationMethod, Credential};
use doorward_model::session::{Session, SessionKind};
use doorward_model::{MethodId, SessionId};
use doorward_service::account::{self, PasswordChangeError};
use doorward_service::directory::DirectoryError;
use doorward_service::sign_in::session;
use jiff::SignedDuration;

use crate::authority::second_factor::{Browser, everywhere, mfa};
use crate::world::{PASSWORD, World};

/// An authenticator app of Anna's.
pub(crate) async fn annas_app(world: &World) -> MethodId {
    let method = AuthenticationMethod {
        id: MethodId::random(world.ctx.rng.as_ref()),
        user_id: world.anna.id,
        display_name: "Authenticator app".into(),
        created: world.ctx.now(),
        last_used: None,
        counter: 0,
        credential: Credential::SoftwareOath { wrapped_secret: vec![1] },
    };
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    unit.authentication_methods().create(&method).await.unwrap();
    unit.commit().await.unwrap();
    method.id
}

/// A session of Anna's.
pub(crate) async fn annas_session(world: &World) -> Session {
    let session = session::begin(&world.ctx, &world.anna, SessionKind::Browser, None, vec!["pwd".into()]);
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    unit.sessions().create(&session).await.unwrap();
    unit.commit().await.unwrap();
    session
}

async fn newest_audit(world: &World) -> (String, String) {
    let record = world.audits().await.remove(0);
    (record.activity_display_name, record.initiated_by.display_name)
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_their_owner_alone() {
    let world = World::new().await;
    let tenant = world.tenant.id;
    let (first, second) = (annas_session(&world).await, annas_session(&world).await);
    assert_eq!(account::sessions(&world.ctx, tenant, &world.anna).await.unwrap().len(), 2);
    assert!(account::sessions(&world.ctx, tenant, &world.admin).await.unwrap().is_empty());
    let other = account::end_session(&world.ctx, tenant, &world.admin, first.id).await;
    assert!(matches!(other, Err(DirectoryError::NotFound(_))));
    let unknown = account::end_session(&world.ctx, tenant, &world.anna, SessionId::random(world.ctx.rng.as_ref())).await;
    assert!(matches!(unknown, Err(DirectoryError::NotFound(_))));
    world.clock.advance(1);
    account::end_session(&world.ctx, tenant, &world.anna, first.id).await.unwrap();
    assert_eq!(newest_audit(&world).await, ("End session".into(), world.anna.user_principal_name.clone()));
    assert_eq!(account::sessions(&world.ctx, tenant, &world.anna).await.unwrap(), [second]);
    world.clock.advance(1);
    account::sign_out_everywhere(&world.ctx, tenant, &world.anna).await.unwrap();
    assert_eq!(newest_audit(&world).await.0, "End every session");
    let anna = world.ctx.store.tenant(tenant).read().await.unwrap().users().get(world.anna.id).await.unwrap().unwrap();
    assert!(account::sessions(&world.ctx, tenant, &anna).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_device_is_removed_by_its_owner_alone() {
    let world = World::new().await;
    let tenant = world.tenant.id;
    let phone = routes::annas_phone(&world).await;
    world.clock.advance(1);
    assert_eq!(account::devices(&world.ctx, tenant, &world.anna).await.unwrap(), std::slice::from_ref(&phone));
    assert!(account::devices(&world.ctx, tenant, &world.admin).await.unwrap().is_empty());
    let other = account::remove_device(&world.ctx, tenant, &world.admin, phone.id).await;
    assert!(matches!(other, Err(DirectoryError::NotFound(_))));
    account::remove_device(&world.ctx, tenant, &world.anna, phone.id).await.unwrap();
    assert_eq!(newest_audit(&world).await, ("Delete device".into(), world.anna.user_principal_name.clone()));
    assert!(account::devices(&world.ctx, tenant, &world.anna).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_password_is_changed_with_the_old_one_and_ends_the_sessions_that_it_opened() {
    let world = World::new().await;
    let address = "192.0.2.10".parse().unwrap();
    let change = async |old: &str, new: &str| {
        account::change_password(&world.ctx, &world.tenant, address, &world.anna.user_principal_name, old, new).await
    };
    let new = "a much longer secret 9";
    annas_session(&world).await;
    world.clock.advance(1);
    assert!(matches!(change("wrong password", new).await, Err(PasswordChangeError::WrongPassword)));
    assert!(matches!(change(PASSWORD, PASSWORD).await, Err(PasswordChangeError::Weak(_))));
    assert!(matches!(change(PASSWORD, "short").await, Err(PasswordChangeError::Weak(_))));
    let anna = change(PASSWORD, new).await.unwrap();
    assert!(account::sessions(&world.ctx, world.tenant.id, &anna).await.unwrap().is_empty());
    assert_eq!(newest_audit(&world).await, ("Change own password".into(), world.anna.user_principal_name.clone()));
    assert!(matches!(change(PASSWORD, new).await, Err(PasswordChangeError::WrongPassword)));
}

#[tokio::test]
async fn second_factors_are_changed_only_right_after_one_was_given() {
    let world = World::new().await;
    let tenant = world.tenant.id;
    everywhere(&world, mfa()).await;
    let (anna, page) = Browser::sign_in(&world, &[]).await;
    let (_, old_codes, _) = anna.register_app(&page).await;
    let fresh = account::sessions(&world.ctx, tenant, &world.anna).await.unwrap().remove(0);
    let never = annas_session(&world).await;
    let long_ago = Session { second_factor: Some(world.ctx.now() - SignedDuration::from_mins(10)), ..fresh.clone() };
    let app = account::second_factors(&world.ctx, tenant, &world.anna).await.unwrap().methods.remove(0);
    for session in [&never, &long_ago] {
        assert!(account::renew_recovery_codes(&world.ctx, &world.tenant, &world.anna, session).await.is_err());
        assert!(account::remove_method(&world.ctx, &world.tenant, &world.anna, session, app.id).await.is_err());
    }
    let codes = account::renew_recovery_codes(&world.ctx, &world.tenant, &world.anna, &fresh).await.unwrap();
    assert!(codes.len() == 10 && !codes.iter().any(|code| old_codes.contains(code)));
    let unknown = MethodId::random(world.ctx.rng.as_ref());
    assert!(account::remove_method(&world.ctx, &world.tenant, &world.anna, &fresh, unknown).await.is_err());
    assert!(account::remove_method(&world.ctx, &world.tenant, &world.admin, &fresh, app.id).await.is_err(), "somebody else's");
    world.clock.advance(1);
    account::remove_method(&world.ctx, &world.tenant, &world.anna, &fresh, app.id).await.unwrap();
    assert_eq!(newest_audit(&world).await, ("Delete authentication method".into(), world.anna.user_principal_name.clone()));
}
