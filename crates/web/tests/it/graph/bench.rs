//! A world to administer.

use axum::http::{Method, StatusCode};
use serde_json::Value;

use super::SCOPE;
use crate::world::World;

/// A world with an administrator's token.
pub(super) struct Bench {
    pub(super) world: World,
    token: String,
}

impl Bench {
    pub(super) async fn new() -> Self {
        let world = World::new().await;
        let token = world.access_token(&world.admin, SCOPE).await;
        Self { world, token }
    }

    /// With a token of this hour.
    pub(super) async fn renewed(self) -> Self {
        let token = self.world.access_token(&self.world.admin, SCOPE).await;
        Self { token, ..self }
    }

    pub(super) async fn send(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let answer = self.world.json(method, &format!("/v1.0/{path}"), &self.token, &body).await;
        (answer.status, if answer.body.is_empty() { Value::Null } else { answer.json() })
    }

    pub(super) async fn get(&self, path: &str) -> Value {
        let (status, body) = self.send(Method::GET, path, Value::Null).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.send(Method::POST, path, body).await;
        assert!(status.is_success(), "{path}: {answer}");
        answer
    }
}
