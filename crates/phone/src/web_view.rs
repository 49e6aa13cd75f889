//! A web view, or the system's browser: follows the pages of a sign-in, types name and password, and watches for addresses that are meant for the app.

use doorward_wire::pkeyauth::Challenge;
use reqwest::{Client, RequestBuilder};
use url::Url;

use crate::account::Account;
use crate::body::Library;
use crate::broker::Registration;
use crate::challenge;
use crate::error::PhoneError;
use crate::html;
use crate::http::{Answer, send};
use crate::log::{Log, place};

/// Pages that one sign-in shows at most.
const PAGES: usize = 10;

/// How the pages ended.
#[derive(Debug)]
pub(crate) enum End {
    /// At the app's redirect URI, with its parameters.
    Redirect(Url),
    /// At an address that asks for the broker.
    Broker { code: u32, store_link: Option<String>, state: Option<String> },
    /// At an address for the system's browser that says that the device must be managed.
    MustBeManaged,
    /// At an address for the system's browser or a store: the person has left.
    Left(Url),
    /// At a page that refuses.
    Refused { code: u32, text: String },
}

/// A web view with the client library around it, or the system's browser, which has none.
pub(crate) struct WebView<'a> {
    /// What it is, for the log.
    pub(crate) name: &'static str,
    pub(crate) client: &'a Client,
    /// None on a PC.
    pub(crate) library: Option<&'a Library>,
    pub(crate) redirect_uri: &'a str,
    /// What the device can prove.
    pub(crate) registration: Option<&'a Registration>,
    /// The phone's time, in seconds since 1970.
    pub(crate) now: i64,
    /// Adds the headers that the client library sends with every request.
    pub(crate) decorate: &'a (dyn Fn(RequestBuilder) -> RequestBuilder + Sync),
}

impl WebView<'_> {
    /// Opens `first` and signs in with `account`, until the pages lead to the redirect URI.
    pub(crate) async fn sign_in(&self, first: RequestBuilder, account: &Account, log: &mut Log) -> Result<End, PhoneError> {
        let mut answer = send((self.decorate)(first)).await?;
        for _ in 0..PAGES {
            let shown = answer.location.as_deref().map_or_else(|| html::text_of(&answer.body, "h1").unwrap_or_default(), str::to_owned);
            let shown = shown.split('?').next().unwrap_or_default();
            log.note(self.name, format!("{} → HTTP {} {shown}", place(&answer.url), answer.status));
            let next = match step(&answer, self.redirect_uri)? {
                Step::End(end) => return Ok(end),
                Step::Follow(url) => self.client.get(url),
                Step::ProveDevice(asked) => self.prove(&asked, log)?,
                Step::Show => {
                    let Some(mut form) = html::form(&answer.body) else {
                        return Err(PhoneError::protocol(
                            "sign-in page",
                            format!("HTTP {} without a form: {}", answer.status, answer.body),
                        ));
                    };
                    if form.asks_for("newpasswd") {
                        return Ok(End::Refused { code: 50055, text: "The password must be changed.".into() });
                    }
                    if form.asks_for("passwd") && answer.body.contains("role=\"alert\"") {
                        // The password was typed before and refused.
                        let text = html::text_of(&answer.body, "p class=\"problem\"").unwrap_or_else(|| "The sign-in failed.".into());
                        return Ok(End::Refused { code: 50126, text });
                    }
                    form.fill("login", &account.name);
                    form.fill("passwd", &account.password);
                    if !form.asks_for("login") && !form.asks_for("passwd") {
                        // A page that only asks for a yes.
                        form.fields.push(("consent".into(), "accept".into()));
                    }
                    self.client.post(resolve(&answer.url, &form.action)?).form(&form.fields)
                }
            };
            answer = send((self.decorate)(next)).await?;
        }
        Err(PhoneError::protocol("sign-in page", "the pages do not end"))
    }

    fn prove(&self, asked: &Challenge, log: &mut Log) -> Result<RequestBuilder, PhoneError> {
        let library = self.library.ok_or_else(|| PhoneError::protocol("redirect", "a PC is asked for its device"))?;
        let authorization = challenge::answer(asked, library, self.registration, self.now, log)?;
        let request = self.client.get(asked.submit_url.clone()).query(library.answer_query.as_slice());
        Ok(request.header("authorization", authorization))
    }
}

/// What an answer means to a web view.
#[derive(Debug)]
enum Step {
    End(End),
    /// Another page, by a redirect.
    Follow(Url),
    /// The server asks for the device.
    ProveDevice(Box<Challenge>),
    /// A page to be shown.
    Show,
}

fn step(answer: &Answer, redirect_uri: &str) -> Result<Step, PhoneError> {
    if let Some(location) = &answer.location {
        let url = resolve(&answer.url, location)?;
        let parameter = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        if is_redirect_to(&url, redirect_uri) {
            return Ok(Step::End(End::Redirect(url)));
        }
        // The second form is the one of the system's browser.
        if (url.scheme(), url.host_str()) == ("msauth", Some("wpj")) || is_redirect_to(&url, &format!("{redirect_uri}/msauth/wpj")) {
            let code = parameter("error_code").and_then(|code| code.parse().ok()).unwrap_or_default();
            return Ok(Step::End(End::Broker { code, store_link: parameter("app_link"), state: parameter("state") }));
        }
        return match (url.scheme(), url.host_str()) {
            ("browser", _) if url.as_str().contains("&ismdmurl=1") => Ok(Step::End(End::MustBeManaged)),
            ("browser" | "market" | "companyportal", _) => Ok(Step::End(End::Left(url))),
            ("urn", _) => match Challenge::of_address(&url) {
                Some(challenge) => Ok(Step::ProveDevice(Box::new(challenge))),
                None => Err(PhoneError::protocol("challenge", url.as_str())),
            },
            // A web view loads pages over TLS; no other app is opened with what was meant for this one.
            ("https", _) => Ok(Step::Follow(url)),
            _ => Err(PhoneError::protocol("redirect", format!("to {url}, which is not this app"))),
        };
    }
    if answer.status >= 400 {
        let code = html::error_code(&answer.body).unwrap_or_default();
        let text = html::text_of(&answer.body, "h1").unwrap_or_else(|| format!("HTTP {}", answer.status));
        return Ok(Step::End(End::Refused { code, text }));
    }
    Ok(Step::Show)
}

/// Whether an address is the redirect URI, but for the parameters behind it.
fn is_redirect_to(url: &Url, redirect_uri: &str) -> bool {
    Url::parse(redirect_uri)
        .is_ok_and(|own| (url.scheme(), url.host_str(), url.port(), url.path()) == (own.scheme(), own.host_str(), own.port(), own.path()))
}

fn resolve(base: &Url, reference: &str) -> Result<Url, PhoneError> {
    base.join(reference).map_err(|error| PhoneError::protocol("redirect", format!("{reference}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "msauth.com.contoso.mail://auth";

    fn answer(status: u16, location: Option<&str>, body: &str) -> Answer {
        let url = Url::parse("https://login.example/t/oauth2/v2.0/authorize").unwrap();
        Answer { url, status, location: location.map(str::to_owned), www_authenticate: None, body: body.to_owned() }
    }

    #[test]
    fn only_the_own_redirect_ends_at_the_app() {
        let Step::End(End::Redirect(url)) = step(&answer(302, Some("msauth.com.contoso.mail://auth?code=1"), ""), OWN).unwrap() else {
            panic!("the app's own redirect");
        };
        assert_eq!(url.query(), Some("code=1"));
        assert!(step(&answer(302, Some("msauth.com.evil.mail://auth?code=1"), ""), OWN).is_err());
        assert!(step(&answer(302, Some("http://login.example/"), ""), OWN).is_err(), "without TLS");
        assert!(step(&answer(302, Some("msauth://com.evil.mail/AA%3D?code=1"), ""), OWN).is_err(), "another app");
    }

    #[test]
    fn a_desktop_app_answers_on_the_loopback_address() {
        let own = "http://localhost";
        assert!(matches!(step(&answer(302, Some("http://localhost/?code=1"), ""), own), Ok(Step::End(End::Redirect(_)))));
        assert!(step(&answer(302, Some("http://localhost:1/?code=1"), ""), own).is_err(), "another program's port");
    }

    #[test]
    fn pages_may_move_within_the_server() {
        let Step::Follow(url) = step(&answer(302, Some("/t/login"), ""), OWN).unwrap() else { panic!("another page") };
        assert_eq!(url.as_str(), "https://login.example/t/login");
    }

    #[test]
    fn an_address_for_the_broker_says_where_to_get_it() {
        for address in ["msauth://wpj", "msauth.com.contoso.mail://auth/msauth/wpj"] {
            let location = format!("{address}?username=a&app_link=https%3A%2F%2Fapps.example%2Fbroker&error_code=50127&state=s");
            let Step::End(End::Broker { code, store_link, state }) = step(&answer(302, Some(&location), ""), OWN).unwrap() else {
                panic!("the broker")
            };
            assert_eq!((code, store_link.as_deref(), state.as_deref()), (50127, Some("https://apps.example/broker"), Some("s")));
        }
        for other in ["msauth.com.evil.mail://auth/msauth/wpj", "msauth.com.contoso.mail://auth/x/msauth/wpj"] {
            assert!(step(&answer(302, Some(other), ""), OWN).is_err(), "{other}");
        }
    }

    #[test]
    fn an_address_for_the_browser_says_whether_the_device_must_be_managed() {
        let end = |location: &str| match step(&answer(302, Some(location), ""), OWN) {
            Ok(Step::End(end)) => end,
            other => panic!("{other:?}"),
        };
        assert!(matches!(end("browser://login.example/t/managed?a=b&ismdmurl=1"), End::MustBeManaged));
        for location in ["browser://login.example/help", "market://details?id=com.example", "companyportal://"] {
            assert!(matches!(end(location), End::Left(_)), "{location}");
        }
    }

    #[test]
    fn a_challenge_is_answered_and_nothing_else_of_its_kind() {
        let location = "urn:http-auth:PKeyAuth?SubmitUrl=https%3A%2F%2Flogin.example%2Ft%2Fpkeyauth&nonce=n&Context=c&Version=1.0\
                        &CertAuthorities=OU%3Da&TenantId=5713b322-9419-4ce2-bb74-1b81c3aa201f";
        assert!(matches!(step(&answer(302, Some(location), ""), OWN), Ok(Step::ProveDevice(_))));
        assert!(step(&answer(302, Some("urn:http-auth:PassKey?nonce=n"), ""), OWN).is_err());
    }

    #[test]
    fn a_page_that_refuses_is_read() {
        let page = "<h1>You cannot get there from here</h1><dd>AADSTS53003</dd>";
        let Step::End(End::Refused { code, text }) = step(&answer(403, None, page), OWN).unwrap() else { panic!("a refusal") };
        assert_eq!((code, text.as_str()), (53003, "You cannot get there from here"));
    }
}
