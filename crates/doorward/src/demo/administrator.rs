//! The administrator of the sample company, over the admin API.

use anyhow::{Context as _, bail};
use doorward_phone::Network;
use serde_json::Value;

use super::catalogue::DESKTOP;

/// A signed-in administrator.
pub(super) struct Administrator {
    network: Network,
    client: reqwest::Client,
    token: String,
}

impl Administrator {
    /// Signs in.
    ///
    /// # Errors
    /// When the sign-in fails.
    pub(super) async fn sign_in(network: &Network, name: &str, password: &str) -> anyhow::Result<Self> {
        let client = network.client("doorward-demo")?;
        let form = [
            ("grant_type", "password"),
            ("client_id", &DESKTOP.to_string()),
            ("username", name),
            ("password", password),
            ("scope", "https://graph.microsoft.com/.default"),
        ];
        let answer: Value = client.post(format!("{}/oauth2/v2.0/token", network.authority())).form(&form).send().await?.json().await?;
        let token =
            answer.get("access_token").and_then(Value::as_str).with_context(|| format!("the administrator cannot sign in: {answer}"))?;
        Ok(Self { network: network.clone(), client, token: token.to_owned() })
    }

    /// One request; status and body.
    ///
    /// # Errors
    /// Network failure.
    pub(super) async fn request(&self, method: reqwest::Method, path: &str, body: Option<&Value>) -> anyhow::Result<(u16, Value)> {
        let mut request = self.client.request(method, format!("{}/v1.0/{path}", self.network.base_url)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        let text = response.text().await?;
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
    }

    /// A request that must succeed.
    ///
    /// # Errors
    /// Network failure, or a refusal.
    pub(super) async fn must(&self, method: reqwest::Method, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        let (status, answer) = self.request(method.clone(), path, body).await?;
        if !(200..300).contains(&status) {
            bail!("{method} {path}: HTTP {status}: {answer}");
        }
        Ok(answer)
    }
}
