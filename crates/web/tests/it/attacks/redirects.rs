//! Addresses that look like the registered one.

use axum::http::{StatusCode, header};
use rstest::rstest;

use crate::world::{Answer, WEB_APP, WEB_REDIRECT, World};

/// Tricks with `https://web.contoso.example/callback`.
const TRICKS: [(&str, &str); 31] = [
    ("scheme in capitals", "HTTPS://web.contoso.example/callback"),
    ("host in capitals", "https://WEB.contoso.example/callback"),
    ("path in capitals", "https://web.contoso.example/Callback"),
    ("without TLS", "http://web.contoso.example/callback"),
    ("no scheme", "//web.contoso.example/callback"),
    ("path alone", "/callback"),
    ("the port that is meant anyway", "https://web.contoso.example:443/callback"),
    ("another port", "https://web.contoso.example:8443/callback"),
    ("full stop behind the host", "https://web.contoso.example./callback"),
    ("slash at the end", "https://web.contoso.example/callback/"),
    ("more behind it", "https://web.contoso.example/callback.evil"),
    ("a query", "https://web.contoso.example/callback?next=https://evil.example"),
    ("an empty query", "https://web.contoso.example/callback?"),
    ("a fragment", "https://web.contoso.example/callback#evil"),
    ("an empty fragment", "https://web.contoso.example/callback#"),
    ("a way around", "https://web.contoso.example/callback/../callback"),
    ("a way around, encoded", "https://web.contoso.example/%2e%2e/callback"),
    ("a letter, encoded", "https://web.contoso.example/%63allback"),
    ("encoded twice", "https%3A%2F%2Fweb.contoso.example%2Fcallback"),
    ("a name before the host", "https://evil@web.contoso.example/callback"),
    ("the host as a name", "https://web.contoso.example@evil.example/callback"),
    ("the host and a password", "https://web.contoso.example:x@evil.example/callback"),
    ("the host as the beginning of another", "https://web.contoso.example.evil.example/callback"),
    ("the host as the end of another", "https://evilweb.contoso.example/callback"),
    ("backslashes", "https:\\\\web.contoso.example\\callback"),
    ("a backslash before a name", "https://evil.example\\@web.contoso.example/callback"),
    ("a space before it", " https://web.contoso.example/callback"),
    ("a line break within", "https://web.contoso.example/call\nback"),
    ("a zero byte behind it", "https://web.contoso.example/callback\0"),
    ("a letter that looks alike", "https://web.cont\u{43e}so.example/callback"),
    ("a script", "javascript:alert(1)//web.contoso.example/callback"),
];

/// Nothing in the answer leads there.
fn leads_nowhere(name: &str, answer: &Answer) {
    assert!(!answer.headers.contains_key(header::LOCATION), "{name}: {:?}", answer.headers);
    let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(!policy.contains("evil") && !policy.contains("web.contoso"), "{name}: {policy}");
    for attribute in ["href", "action", "url", "src"] {
        assert!(!answer.body.contains(&format!("{attribute}=\"http")), "{name}: {}", answer.body);
    }
    assert!(!answer.body.contains("javascript:alert(1)\""), "{name}");
}

async fn authorize(world: &World, fields: &[(&str, &str)]) -> Answer {
    let client = WEB_APP.to_string();
    let mut all = vec![("client_id", client.as_str()), ("response_type", "code"), ("scope", "openid"), ("state", "s")];
    all.extend_from_slice(fields);
    world.get(&format!("{}?{}", world.path("oauth2/v2.0/authorize"), serde_urlencoded::to_string(all).unwrap()), &[]).await
}

#[tokio::test]
async fn a_code_goes_to_the_registered_address_to_the_letter() {
    let world = World::new().await;
    for (name, address) in TRICKS {
        let answer = authorize(&world, &[("redirect_uri", address)]).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}");
        assert!(answer.body.contains("AADSTS50011"), "{name}: {}", answer.body);
        leads_nowhere(name, &answer);
        // An error is no reason to go there either.
        let refused = authorize(&world, &[("redirect_uri", address), ("prompt", "none")]).await;
        leads_nowhere(name, &refused);
    }
    assert_eq!(authorize(&world, &[("redirect_uri", WEB_REDIRECT)]).await.status, StatusCode::OK);
    let refused = authorize(&world, &[("redirect_uri", WEB_REDIRECT), ("prompt", "none")]).await;
    assert!(refused.location().as_str().starts_with(WEB_REDIRECT), "the true one learns of errors");
}

#[rstest]
#[case::twice(&[("redirect_uri", WEB_REDIRECT), ("redirect_uri", "https://evil.example/")])]
#[case::none(&[])]
#[tokio::test]
async fn an_address_is_given_once(#[case] fields: &[(&str, &str)]) {
    let answer = authorize(&World::new().await, fields).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
    assert!(!answer.headers.contains_key(header::LOCATION));
}

/// A request object that nobody signed could name another address: what stands in it is not read.
#[tokio::test]
async fn a_request_object_moves_nothing() {
    let world = World::new().await;
    // {"alg":"none"} and {"redirect_uri":"https://evil.example/"}
    let object = "eyJhbGciOiJub25lIn0.eyJyZWRpcmVjdF91cmkiOiJodHRwczovL2V2aWwuZXhhbXBsZS8ifQ.";
    for (name, value) in [("request", object), ("request_uri", "https://evil.example/request.jwt")] {
        let refused = authorize(&world, &[("redirect_uri", WEB_REDIRECT), ("prompt", "none"), (name, value)]).await;
        assert!(refused.location().as_str().starts_with(WEB_REDIRECT), "{name}: {}", refused.location());
    }
}

#[tokio::test]
async fn a_sign_out_returns_to_the_registered_address_to_the_letter() {
    let world = World::new().await;
    let client = WEB_APP.to_string();
    let sign_out = async |fields: &[(&str, &str)]| {
        let query = serde_urlencoded::to_string(fields).unwrap();
        world.get(&format!("{}?{query}", world.path("oauth2/v2.0/logout")), &[]).await
    };
    for (name, address) in TRICKS {
        let answer = sign_out(&[("client_id", &client), ("post_logout_redirect_uri", address), ("state", "s")]).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}: {}", answer.body);
        leads_nowhere(name, &answer);
    }
    let other = sign_out(&[("client_id", &crate::world::CLI.to_string()), ("post_logout_redirect_uri", WEB_REDIRECT)]).await;
    leads_nowhere("another client's address", &other);
    leads_nowhere("nobody's address", &sign_out(&[("post_logout_redirect_uri", WEB_REDIRECT)]).await);
    let back = sign_out(&[("client_id", &client), ("post_logout_redirect_uri", WEB_REDIRECT), ("state", "s")]).await;
    assert_eq!(back.location().as_str(), format!("{WEB_REDIRECT}?state=s"));
}
