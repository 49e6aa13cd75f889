//! The demo's company as `demo.json` describes it, and the administrator's hand.

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

/// The demo's public client on desktops.
const DESKTOP: &str = "Contoso Desktop";

pub struct Demo {
    pub base: String,
    pub tenant: String,
    pub domain: String,
    pub desktop: String,
    http: Client,
    token: String,
}

/// Somebody made for this run.
pub struct Person {
    pub id: String,
    pub name: String,
    pub password: String,
}

impl Demo {
    /// Reads the file and signs the administrator in.
    pub async fn open(path: &str) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let file: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        let text =
            |pointer: &str| file.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{path} lacks {pointer}")).to_owned();
        let applications = file["applications"].as_array().expect("demo.json has applications");
        let desktop = applications.iter().find(|application| application["displayName"] == DESKTOP);
        let mut demo = Self {
            base: text("/baseUrl"),
            tenant: text("/tenantId"),
            domain: text("/tenantDomain"),
            desktop: desktop.and_then(|desktop| desktop["appId"].as_str()).expect("the demo has its desktop client").to_owned(),
            http: Client::new(),
            token: String::new(),
        };
        let fields = [
            ("grant_type", "password"),
            ("client_id", &demo.desktop),
            ("scope", "https://graph.microsoft.com/.default"),
            ("username", &text("/admin/userPrincipalName")),
            ("password", &text("/admin/password")),
        ];
        let answer =
            demo.http.post(format!("{}/oauth2/v2.0/token", demo.authority())).form(&fields).send().await.expect("the demo answers");
        let tokens: Value = answer.json().await.expect("the token endpoint answers JSON");
        demo.token = tokens["access_token"].as_str().unwrap_or_else(|| panic!("the administrator cannot sign in: {tokens}")).to_owned();
        demo
    }

    pub fn authority(&self) -> String {
        format!("{}/{}", self.base, self.tenant)
    }

    /// The host with its port, as some clients want it.
    pub fn host(&self) -> &str {
        self.base.trim_start_matches("https://")
    }

    /// A request to the admin API, which must succeed.
    pub async fn graph(&self, method: Method, path: &str, body: Value) -> Value {
        let request = self.http.request(method.clone(), format!("{}/v1.0/{path}", self.base)).bearer_auth(&self.token);
        let request = if body.is_null() { request } else { request.json(&body) };
        let answer = request.send().await.expect("the admin API answers");
        let status = answer.status();
        let text = answer.text().await.expect("the admin API answers with text");
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        if status == StatusCode::NO_CONTENT { Value::Null } else { serde_json::from_str(&text).expect("the admin API answers JSON") }
    }

    /// Somebody whom no policy of the demo is for.
    pub async fn new_person(&self) -> Person {
        let (name, password) = (format!("linux-{}@{}", Uuid::new_v4().simple(), self.domain), Uuid::new_v4().to_string());
        let body = json!({
            "accountEnabled": true,
            "displayName": "Linus Tester",
            "userPrincipalName": name,
            "passwordProfile": { "password": password, "forceChangePasswordNextSignIn": false },
        });
        let user = self.graph(Method::POST, "users", body).await;
        Person { id: user["id"].as_str().expect("a user has an id").to_owned(), name, password }
    }
}
