//! What is asked of the servers: each grant as a list of requests, made before the clock runs.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use doorward_model::application::PlatformIdentity;
use doorward_phone::{Account, App, Body, Network, Phone};
use serde::Deserialize;

use super::connection::{Connection, Server};

/// How the measured tokens are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Es256,
    Rs256,
}

impl Algorithm {
    pub(crate) const BOTH: [Self; 2] = [Self::Es256, Self::Rs256];

    /// As figures name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Es256 => "es256",
            Self::Rs256 => "rs256",
        }
    }

    /// A service of the sample company whose tokens are signed so.
    fn service(self) -> &'static str {
        match self {
            Self::Es256 => "api://contoso-mail",
            Self::Rs256 => "api://doorward-compliance",
        }
    }
}

/// The sample company.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Demo {
    pub(crate) base_url: url::Url,
    pub(crate) ca_file: PathBuf,
    pub(crate) tenant_id: String,
    users: Vec<User>,
    applications: Vec<Application>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct User {
    user_principal_name: String,
    password: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Application {
    app_id: String,
    display_name: String,
    secret: Option<String>,
}

/// Requests to Doorward's token endpoint.
pub(crate) struct Exchanges<'a> {
    pub(crate) demo: &'a Demo,
    pub(crate) server: &'a Server,
}

impl Exchanges<'_> {
    fn application(&self, name: &str) -> anyhow::Result<&Application> {
        self.demo.applications.iter().find(|application| application.display_name == name).with_context(|| format!("no {name}"))
    }

    fn account(&self, name: &str) -> anyhow::Result<Account> {
        let user = self.demo.users.iter().find(|user| user.user_principal_name.starts_with(name)).with_context(|| format!("no {name}"))?;
        Ok(Account { name: user.user_principal_name.clone(), password: user.password.clone() })
    }

    fn token_request(&self, fields: &[(&str, &str)]) -> Vec<u8> {
        self.server.request("POST", &format!("/{}/oauth2/v2.0/token", self.demo.tenant_id), &[], fields)
    }

    /// Asks for what is not there: what is left is HTTP, TLS and the network.
    pub(crate) fn nothing(&self) -> Vec<u8> {
        self.server.request("GET", "/nothing", &[], &[])
    }

    pub(crate) fn client_credentials(&self, algorithm: Algorithm) -> anyhow::Result<Vec<u8>> {
        let client = self.application("Contoso Intranet")?;
        let secret = client.secret.as_deref().context("no secret")?;
        Ok(self.token_request(&[
            ("grant_type", "client_credentials"),
            ("client_id", &client.app_id),
            ("client_secret", secret),
            ("scope", &format!("{}/.default", algorithm.service())),
        ]))
    }

    /// A refresh for an access token and the next refresh token.
    pub(crate) fn refresh(&self, algorithm: Algorithm) -> anyhow::Result<Vec<u8>> {
        let (client, account) = (self.application("Contoso Desktop")?, self.account("carla")?);
        let scope = format!("{}/.default offline_access", algorithm.service());
        let sign_in = self.token_request(&[
            ("grant_type", "password"),
            ("client_id", &client.app_id),
            ("username", &account.name),
            ("password", &account.password),
            ("scope", &scope),
        ]);
        let answer = self.server.connect()?.exchange(&sign_in)?;
        let tokens: serde_json::Value = serde_json::from_str(&answer.body)?;
        let Some(refresh_token) = tokens.get("refresh_token").and_then(serde_json::Value::as_str) else { bail!("{}", answer.body) };
        Ok(self.token_request(&[
            ("grant_type", "refresh_token"),
            ("client_id", &client.app_id),
            ("refresh_token", refresh_token),
            ("scope", &scope),
        ]))
    }

    /// A refresh of one of the sessions that were put into the database, for what its token was issued for.
    pub(crate) fn stored_refresh(&self, number: usize) -> anyhow::Result<Vec<u8>> {
        let client = self.application("Contoso Desktop")?;
        let refresh_token = format!("bench refresh token {number}");
        Ok(self.token_request(&[("grant_type", "refresh_token"), ("client_id", &client.app_id), ("refresh_token", &refresh_token)]))
    }

    /// The mail app on a registered phone.
    pub(crate) fn mail_app(&self) -> anyhow::Result<App> {
        let identity = PlatformIdentity::Ios { bundle_id: "com.contoso.mail".into() };
        Ok(App::on_phone("Contoso Mail", self.application("Contoso Mail")?.app_id.parse()?, identity))
    }

    /// A phone whose broker somebody is signed in to.
    pub(crate) async fn phone(&self, network: Network) -> anyhow::Result<Phone> {
        let mut phone = Phone::new("bench", Body::IPhone, network)?;
        phone.broker_installed = true;
        match phone.register(&self.account("anna")?).await? {
            Ok(_) => Ok(phone),
            Err(outcome) => bail!("the phone is not registered: {outcome:?}"),
        }
    }

    /// Authorization requests with the broker's proofs, each of which works once.
    pub(crate) async fn authorizations(
        &self,
        phone: &Phone,
        app: &App,
        algorithm: Algorithm,
        count: usize,
    ) -> anyhow::Result<Vec<Vec<u8>>> {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", &app.client_id.to_string())
            .append_pair("response_type", "code")
            .append_pair("redirect_uri", app.redirect_uri())
            .append_pair("scope", &format!("{}/.default", algorithm.service()))
            .finish();
        let path = format!("/{}/oauth2/v2.0/authorize?{query}", self.demo.tenant_id);
        let mut requests = Vec::with_capacity(count);
        for _ in 0..count {
            let proofs = phone.proofs().await?;
            let headers = [
                ("x-ms-RefreshTokenCredential", proofs.cookie.as_str()),
                ("x-ms-DeviceCredential", &proofs.credential),
                ("x-client-brkrver", "1.0"),
            ];
            requests.push(self.server.request("GET", &path, &headers, &[]));
        }
        Ok(requests)
    }

    /// The redemption of the code that an authorization was answered with.
    pub(crate) fn redemption(&self, app: &App, location: &str) -> anyhow::Result<Vec<u8>> {
        let answer = url::Url::parse(location)?;
        let code = answer.query_pairs().find(|(name, _)| name == "code").map(|(_, code)| code.into_owned());
        let code = code.with_context(|| format!("no code in {location}"))?;
        Ok(self.token_request(&[
            ("grant_type", "authorization_code"),
            ("client_id", &app.client_id.to_string()),
            ("code", &code),
            ("redirect_uri", app.redirect_uri()),
        ]))
    }
}

/// What the other authority says of itself when it serves.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Peer {
    pub(crate) port: u16,
    client: PeerClient,
    scope: String,
    resources: PerAlgorithm,
    refresh_tokens: PerAlgorithm,
}

#[derive(Deserialize)]
struct PeerClient {
    id: String,
    secret: String,
}

#[derive(Deserialize)]
struct PerAlgorithm {
    #[serde(rename = "ES256")]
    es256: String,
    #[serde(rename = "RS256")]
    rs256: String,
}

impl PerAlgorithm {
    fn of(&self, algorithm: Algorithm) -> &str {
        match algorithm {
            Algorithm::Es256 => &self.es256,
            Algorithm::Rs256 => &self.rs256,
        }
    }
}

impl Peer {
    fn request(&self, server: &Server, algorithm: Algorithm, more: &[(&str, &str)]) -> Vec<u8> {
        let common =
            [("client_id", self.client.id.as_str()), ("client_secret", &self.client.secret), ("resource", self.resources.of(algorithm))];
        server.request("POST", "/token", &[], &[&common, more].concat())
    }

    pub(crate) fn client_credentials(&self, server: &Server, algorithm: Algorithm) -> Vec<u8> {
        self.request(server, algorithm, &[("grant_type", "client_credentials"), ("scope", &self.scope)])
    }

    pub(crate) fn refresh(&self, server: &Server, algorithm: Algorithm) -> Vec<u8> {
        let token = self.refresh_tokens.of(algorithm);
        self.request(server, algorithm, &[("grant_type", "refresh_token"), ("refresh_token", token)])
    }
}

/// Sends one request and sees that it is answered well.
pub(crate) fn probe(connection: &mut Connection, request: &[u8]) -> anyhow::Result<()> {
    let answer = connection.exchange(request)?;
    if answer.status >= 400 {
        bail!("HTTP {}: {}", answer.status, answer.body);
    }
    Ok(())
}
