//! What stands in queries, forms and headers, before anybody is known: scopes, `claims`, `req_cnf`, redirect URIs, verifiers of PKCE,
//! answers of devices, and the filters of lists. Nothing panics, what is taken keeps within its bounds, and what is written again is read alike.
#![no_main]

use doorward_wire::oauth::{claims_parameter, confirmation, pkce, redirect, scope};
use doorward_wire::odata::{self, QueryOptions};
use doorward_wire::pkeyauth::Answer;
use libfuzzer_sys::fuzz_target;
use serde_json::json;
use url::Url;

fuzz_target!(|text: &str| {
    scopes(text);
    claims(text);
    redirects(text);
    filters(text);
    answers(text);
    if let Ok(key) = confirmation::parse(text) {
        assert!((1..=128).contains(&key.as_str().len()) && key.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
    }
    let (verifier, challenge) = text.split_once(' ').unwrap_or((text, ""));
    assert!(!pkce::verify(verifier, challenge) || pkce::challenge(verifier) == challenge);
});

/// What a device answers to a challenge.
fn answers(text: &str) {
    let Ok(answer) = Answer::read(text) else { return };
    let is_plain = |text: &str| !text.contains('"');
    if is_plain(&answer.context) && answer.auth_token.as_deref().is_none_or(is_plain) {
        assert_eq!(Answer::read(&answer.header(", ")), Ok(answer));
    }
}

fn scopes(text: &str) {
    let Ok(scopes) = scope::parse(text) else { return };
    let names = scopes.openid.names().into_iter().map(str::to_owned);
    let others = scopes.resource.iter().map(|scope| match &scope.resource {
        Some(resource) => format!("{resource}/{}", scope.value),
        None => scope.value.to_owned(),
    });
    let written = names.chain(others).collect::<Vec<_>>().join(" ");
    assert_eq!(scope::parse(&written), Ok(scopes), "{written:?}");
}

fn claims(text: &str) {
    let (capabilities, context) = (claims_parameter::capabilities(text), claims_parameter::authentication_context(text));
    assert!(capabilities.len() <= 16 && capabilities.iter().all(|value| value.len() <= 64));
    if let Some(written) = claims_parameter::write(&capabilities, context.as_deref()) {
        assert_eq!(claims_parameter::capabilities(&written), capabilities);
        assert_eq!(claims_parameter::authentication_context(&written), context);
    }
}

/// The registered address stands before the first space, the given one behind it.
fn redirects(text: &str) {
    let Some((registered, given)) = text.split_once(' ') else { return };
    let matches = redirect::matches(registered, given);
    assert_eq!(matches, redirect::matches(given, registered), "neither side is more than the other");
    assert!(redirect::matches(given, given));
    if matches && registered != given && !registered.starts_with("msauth://") {
        let [one, other] = [registered, given].map(|uri| Url::parse(uri).expect("loopback addresses"));
        assert!(one.scheme() == "http" && (one.host(), one.path(), one.query()) == (other.host(), other.path(), other.query()));
        assert!([&one, &other].iter().all(|url| url.username().is_empty() && url.password().is_none() && url.fragment().is_none()));
    }
}

fn filters(text: &str) {
    let _ = QueryOptions::read([("$search", text), ("$select", text), ("$orderby", text), ("$top", text)]);
    match odata::parse(text) {
        Ok(filter) => {
            let written = filter.to_string();
            // A filter that just fits may be longer once it is written out.
            let Ok(again) = odata::parse(&written) else {
                assert!(written.chars().count() > 4096, "{written:?}");
                return;
            };
            assert_eq!(again.to_string(), written);
            for document in [json!({}), json!({ "a": "x", "b": 1, "c": true, "d": "2026-01-02T03:04:05Z", "e": { "f": null } })] {
                assert_eq!(odata::matches(&document, &filter), odata::matches(&document, &again), "{written:?}");
            }
        }
        Err(error) => assert!(error.position <= text.chars().count(), "{error} lies outside of {text:?}"),
    }
}
