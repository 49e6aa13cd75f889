//! What was issued, kept and recorded: out of reach of other tenants, withdrawn one by one, gone with its application.

use doorward_model::AuditId;
use doorward_model::consent::Consent;
use doorward_model::directory_audit::{DirectoryAudit, Initiator};
use doorward_model::key::DeviceCa;

use super::*;

fn consent(user: UserId, app: AppId, scope: &str) -> Consent {
    Consent { user_id: user, app_id: app, resource: AppId::random(&rng(6)), scopes: vec![scope.into()] }
}

/// Secrets, keys and records of one tenant are out of reach of another.
pub async fn secrets_keys_and_records_of_one_tenant_are_out_of_reach_of_another(store: &impl Store) {
    let (one, two) = (tenant(1, "one.example"), tenant(2, "two.example"));
    store.create_tenant(&one).await.unwrap();
    store.create_tenant(&two).await.unwrap();
    let (anna, app) = (user(10, "anna@one.example"), AppId::random(&rng(11)));
    let key = SigningKey {
        kid: "k".into(),
        algorithm: SigningAlgorithm::ES256,
        slot: KeySlot::Current,
        wrapped_private_key: vec![1],
        public_jwk: "{}".into(),
        created: at(0),
    };
    let ca = DeviceCa { id: one.id.0, certificate: vec![1], wrapped_private_key: vec![2], created: at(0) };
    let (code, held, prt) = (code(12, anna.id), session(13, anna.id), prt(14, anna.id, DeviceId::random(&rng(15))));
    let given = consent(anna.id, app, "openid");
    let initiated_by = Initiator { id: None, is_app: false, display_name: "test".into() };
    let audit = DirectoryAudit {
        id: AuditId::random(&rng(16)),
        activity_date_time: at(0),
        activity_display_name: "Create user".into(),
        initiated_by,
        target_type: "user".into(),
        target_id: anna.id.to_string(),
        before: json!(null),
        after: json!({}),
    };
    let mut unit = store.tenant(one.id).write().await.unwrap();
    unit.keys().add_signing_key(&key).await.unwrap();
    unit.keys().create_device_ca(&ca).await.unwrap();
    assert!(matches!(unit.keys().create_device_ca(&ca).await, Err(StoreError::AlreadyExists(_))), "there is one authority");
    unit.sessions().create(&held).await.unwrap();
    unit.grants().create_code(&HASH, &code).await.unwrap();
    unit.grants().create_prt(&HASH, &prt).await.unwrap();
    unit.grants().put_consent(&given).await.unwrap();
    let waiting = DeviceCode {
        user_code: "BCDFGHJK".into(),
        app_id: app,
        scope: String::new(),
        state: DeviceCodeState::Pending,
        last_polled: None,
        expires: at(100),
    };
    unit.grants().create_device_code(&HASH, &waiting, at(0)).await.unwrap();
    unit.logs().append_audit(&audit).await.unwrap();
    assert_eq!(unit.logs().audits(&crate::query::Query::default()).await.unwrap().items, [audit]);
    unit.commit().await.unwrap();

    let mut unit = store.tenant(two.id).write().await.unwrap();
    assert!(unit.keys().signing_keys().await.unwrap().is_empty());
    assert!(unit.keys().device_ca().await.unwrap().is_none());
    assert!(unit.grants().consent(anna.id, app, given.resource).await.unwrap().is_none());
    assert!(unit.grants().device_code(&HASH).await.unwrap().is_none());
    assert!(unit.grants().device_code_by_user_code("BCDFGHJK", at(0)).await.unwrap().is_none());
    assert!(unit.logs().audits(&crate::query::Query::default()).await.unwrap().items.is_empty());
    assert!(unit.sessions().get(held.id).await.unwrap().is_none());
    assert!(!unit.grants().redeem_code(code.id, at(1)).await.unwrap());
    assert!(matches!(unit.sessions().revoke(held.id, at(1)).await, Err(StoreError::NotFound(_))));
    assert!(matches!(unit.grants().revoke_prt(prt.id, at(1)).await, Err(StoreError::NotFound(_))));
    assert!(matches!(unit.keys().remove_signing_key("k").await, Err(StoreError::NotFound(_))));
    assert_eq!(unit.grants().prune(at(5000)).await.unwrap(), 0);
}

/// A refresh token is withdrawn alone, and a consent replaced.
pub async fn a_refresh_token_is_withdrawn_alone_and_a_consent_replaced(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let (anna, app) = (user(1, "anna@one.example"), AppId::random(&rng(2)));
    let token = refresh_token(3, anna.id, None, None);
    let mut unit = tenant.write().await.unwrap();
    unit.grants().create_refresh_token(&[1; 32], &token).await.unwrap();
    unit.grants().create_refresh_token(&[2; 32], &refresh_token(4, anna.id, None, None)).await.unwrap();
    unit.grants().revoke_refresh_token(token.id, at(1)).await.unwrap();
    unit.grants().revoke_refresh_token(token.id, at(2)).await.unwrap();
    assert_eq!(unit.grants().refresh_token(&[1; 32]).await.unwrap().unwrap().revoked, Some(at(1)));
    assert_eq!(unit.grants().refresh_token(&[2; 32]).await.unwrap().unwrap().revoked, None);
    for given in [consent(anna.id, app, "openid"), consent(anna.id, app, "Mail.Read")] {
        unit.grants().put_consent(&given).await.unwrap();
        assert_eq!(unit.grants().consent(anna.id, app, given.resource).await.unwrap().as_deref(), Some(&given));
    }
}

/// Deleting an application takes what was issued to it along.
pub async fn deleting_an_application_takes_what_was_issued_to_it_along(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let (anna, app) = (user(1, "anna@one.example"), application(5, &["api://app"]));
    let (token, given) = (refresh_token(3, anna.id, None, None), consent(anna.id, app.app_id, "openid"));
    assert_eq!(token.app_id, app.app_id);
    let code = AuthorizationCode { app_id: app.app_id, ..code(4, anna.id) };
    let mut unit = tenant.write().await.unwrap();
    unit.applications().create(&app).await.unwrap();
    unit.grants().create_refresh_token(&[1; 32], &token).await.unwrap();
    unit.grants()
        .create_refresh_token(&[2; 32], &RefreshToken { app_id: AppId::random(&rng(7)), ..refresh_token(6, anna.id, None, None) })
        .await
        .unwrap();
    unit.grants().create_code(&[3; 32], &code).await.unwrap();
    unit.grants().put_consent(&given).await.unwrap();
    unit.applications().delete(app.app_id).await.unwrap();
    assert!(unit.applications().find_by_identifier_uri("api://app").await.unwrap().is_none());
    assert!(unit.grants().refresh_token(&[1; 32]).await.unwrap().is_none());
    assert!(unit.grants().refresh_token(&[2; 32]).await.unwrap().is_some(), "another client's");
    assert!(unit.grants().code(&[3; 32]).await.unwrap().is_none());
    assert!(unit.grants().consent(anna.id, app.app_id, given.resource).await.unwrap().is_none());
}

/// User codes are unique while they live.
pub async fn user_codes_are_unique_while_they_live(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let mut code = DeviceCode {
        user_code: "BCDFGHJK".into(),
        app_id: AppId::random(&rng(1)),
        scope: "openid".into(),
        state: DeviceCodeState::Pending,
        last_polled: None,
        expires: at(100),
    };
    let mut unit = tenant.write().await.unwrap();
    unit.grants().create_device_code(&[1; 32], &code, at(0)).await.unwrap();
    assert!(matches!(unit.grants().create_device_code(&[2; 32], &code, at(50)).await, Err(StoreError::AlreadyExists(_))));
    code.state = DeviceCodeState::Denied;
    unit.grants().update_device_code(&code).await.unwrap();
    assert_eq!(unit.grants().device_code(&[1; 32]).await.unwrap().unwrap().state, DeviceCodeState::Denied);
    assert!(unit.grants().device_code_by_user_code("BCDFGHJK", at(101)).await.unwrap().is_none());
    let again = DeviceCode { expires: at(300), ..code };
    unit.grants().create_device_code(&[2; 32], &again, at(101)).await.unwrap();
}
