//! Sample codes and tokens: each with ids of its own, and nothing withdrawn.

use super::*;

pub(super) fn code(seed: u64, user: UserId) -> AuthorizationCode {
    AuthorizationCode {
        id: CodeId::random(&rng(seed)),
        app_id: AppId::random(&rng(seed)),
        redirect_uri: "https://app.example/".into(),
        user_id: user,
        session_id: SessionId::random(&rng(seed)),
        scope: "openid".into(),
        resource: AppId::random(&rng(seed)),
        resource_name: String::new(),
        nonce: None,
        code_challenge: None,
        brokered: false,
        device_id: None,
        hub: None,
        capabilities: vec![],
        authentication_context: None,
        expires: at(300),
        redeemed: None,
    }
}

pub(super) fn refresh_token(seed: u64, user: UserId, device: Option<DeviceId>, code: Option<CodeId>) -> RefreshToken {
    RefreshToken {
        id: TokenId::random(&rng(seed)),
        app_id: AppId::random(&rng(5)),
        user_id: user,
        session_id: SessionId::random(&rng(seed)),
        device_id: device,
        code_id: code,
        brokered: false,
        hub: None,
        family: false,
        amr: None,
        scope: "openid".into(),
        resource: AppId::random(&rng(6)),
        issued: at(0),
        expires: at(1000),
        revoked: None,
    }
}

pub(super) fn prt(seed: u64, user: UserId, device: DeviceId) -> PrimaryRefreshToken {
    PrimaryRefreshToken {
        id: TokenId::random(&rng(seed)),
        user_id: user,
        session_id: SessionId::random(&rng(seed)),
        device_id: device,
        wrapped_session_key: vec![1, 2, 3],
        issued: at(0),
        expires: at(1000),
        revoked: None,
    }
}
