//! A browser in front of the world's router: it keeps cookies, follows redirects and sends forms as pages ask.

use std::collections::BTreeMap;

use axum::http::{StatusCode, header};
use doorward_model::user::User;

use crate::world::{Answer, PASSWORD, World};

/// The origin of the world's pages.
pub(crate) const ORIGIN: &str = "https://login.contoso.example";

/// One person's browser.
#[derive(Clone, Default)]
pub(crate) struct Browser {
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// A browser in which somebody has signed in to the console.
    pub(crate) async fn signed_in(world: &World, user: &User) -> Self {
        let mut browser = Self::default();
        let answer = browser.sign_in(world, user, "/console").await;
        assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.body);
        browser
    }

    /// A browser in which somebody has signed in to My account.
    pub(crate) async fn at_account(world: &World, user: &User) -> Self {
        let mut browser = Self::default();
        let answer = browser.sign_in(world, user, "/account").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        browser
    }

    /// Opens a page of the console, signs in on the way, and gives what is shown in the end.
    pub(crate) async fn sign_in(&mut self, world: &World, user: &User, path: &str) -> Answer {
        let page = self.follow(world, path).await;
        let login = user.user_principal_name.as_str();
        let page = self.login(world, &page, &[("login", login)]).await;
        let answer = self.login(world, &page, &[("login", login), ("passwd", PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.body);
        self.follow(world, &path_of(&answer)).await
    }

    async fn login(&mut self, world: &World, page: &Answer, fields: &[(&str, &str)]) -> Answer {
        let (ctx, flow, canary) = (page.hidden("ctx"), page.hidden("flowToken"), page.hidden("canary"));
        let mut all = vec![("ctx", ctx.as_str()), ("flowToken", flow.as_str()), ("canary", canary.as_str())];
        all.extend_from_slice(fields);
        self.send_form(world, &world.path("login"), &all).await
    }

    /// `GET`, without following.
    pub(crate) async fn get(&mut self, world: &World, path: &str) -> Answer {
        let answer = world.get(path, &[("cookie", &self.header())]).await;
        self.keep(&answer);
        answer
    }

    /// `GET`, and on through redirects on this server.
    pub(crate) async fn follow(&mut self, world: &World, path: &str) -> Answer {
        let mut path = path.to_owned();
        for _ in 0..10 {
            let answer = self.get(world, &path).await;
            if !answer.status.is_redirection() {
                return answer;
            }
            path = path_of(&answer);
        }
        panic!("too many redirects, at last to {path}");
    }

    /// Sends fields as a page of this server would.
    pub(crate) async fn send_form(&mut self, world: &World, path: &str, fields: &[(&str, &str)]) -> Answer {
        let headers = [("cookie", self.header()), ("origin", ORIGIN.to_owned()), ("sec-fetch-site", "same-origin".to_owned())];
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = world.post(path, &headers, fields).await;
        self.keep(&answer);
        answer
    }

    /// The token of the forms that this person is shown.
    pub(crate) async fn form_token(&mut self, world: &World) -> String {
        self.follow(world, "/console").await.hidden("form_token")
    }

    /// The `Cookie` header.
    pub(crate) fn header(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// Puts or takes away a cookie.
    pub(crate) fn set_cookie(&mut self, name: &str, value: Option<&str>) {
        match value {
            Some(value) => drop(self.cookies.insert(name.to_owned(), value.to_owned())),
            None => drop(self.cookies.remove(name)),
        }
    }

    fn keep(&mut self, answer: &Answer) {
        for set in answer.headers.get_all(header::SET_COOKIE) {
            let set = set.to_str().unwrap();
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            let name = name.to_owned();
            self.set_cookie(&name, (!set.contains("Max-Age=0")).then_some(value));
        }
    }
}

/// Path and query of the `Location` header.
pub(crate) fn path_of(answer: &Answer) -> String {
    let location = answer.headers[header::LOCATION].to_str().unwrap();
    location.strip_prefix(ORIGIN).unwrap_or(location).to_owned()
}
