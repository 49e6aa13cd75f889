//! The response headers of pages: a policy that lets a page load our own files and nothing else.

use http::{HeaderMap, HeaderValue, header};
use url::{Host, Url};

/// Where the forms of a page may lead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum FormTarget {
    /// Only this server.
    #[default]
    Own,
    /// This server, and from there by redirect, or directly by `form_post`, the client at this redirect URI.
    /// Browsers apply `form-action` to the redirects that follow a form too.
    Client(Url),
    /// The same in the web view of an app, whose library acts itself on addresses of some schemes: it is asked for the device with
    /// `urn:`, and for the broker with `msauth:`.
    App(Url),
}

/// Puts the headers on a page's response.
pub fn apply(headers: &mut HeaderMap, target: &FormTarget) {
    let fixed = [
        (header::CACHE_CONTROL, "no-store"),
        (header::PRAGMA, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        // The address of a page holds state of the sign-in.
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Built from printable ASCII only; if that ever failed, the strictest policy takes its place.
    let policy = HeaderValue::try_from(content_security_policy(target)).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
}

fn content_security_policy(target: &FormTarget) -> String {
    // Only pages that hand nothing to a client may ask this server for more: the log of the console follows what happens.
    let (client, more) = match target {
        FormTarget::Own => (None, " connect-src 'self';"),
        FormTarget::Client(url) => (form_source(url), ""),
        FormTarget::App(url) => (Some(format!("{} urn: msauth: browser:", form_source(url).unwrap_or_default())), ""),
    };
    format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;{more} form-action 'self'{}{}; frame-ancestors 'none'; base-uri 'none'",
        if client.is_some() { " " } else { "" },
        client.unwrap_or_default(),
    )
}

/// A source expression (CSP level 3, section 2.3.1) that admits the redirect URI, as narrow as the grammar allows.
fn form_source(url: &Url) -> Option<String> {
    let scheme = url.scheme();
    let source = match (scheme, url.host()) {
        ("http" | "https", Some(Host::Domain(_) | Host::Ipv4(_))) => url.origin().ascii_serialization(),
        // The grammar has no place for IPv6 addresses, nor for what follows a scheme that is an app's own.
        _ => format!("{scheme}:"),
    };
    // A registered host must not end this directive and begin another.
    source.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":/.-+_".contains(&byte)).then_some(source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_action_admits_the_client_and_nothing_wider() {
        let cases = [
            ("https://app.contoso.example/cb?x=1", "form-action 'self' https://app.contoso.example;"),
            ("http://localhost:49152/", "form-action 'self' http://localhost:49152;"),
            ("http://127.0.0.1:9/cb", "form-action 'self' http://127.0.0.1:9;"),
            ("http://[::1]:9/cb", "form-action 'self' http:;"),
            ("msauth.com.contoso.mail://auth", "form-action 'self' msauth.com.contoso.mail:;"),
            ("https://a;script-src/", "form-action 'self';"),
        ];
        for (uri, expected) in cases {
            let policy = content_security_policy(&FormTarget::Client(Url::parse(uri).unwrap()));
            assert!(policy.contains(expected), "{uri}: {policy}");
        }
        let app = FormTarget::App(Url::parse("msauth.com.contoso.mail://auth").unwrap());
        let policy = content_security_policy(&app);
        assert!(policy.contains("form-action 'self' msauth.com.contoso.mail: urn: msauth: browser:;"), "{policy}");
        assert!(content_security_policy(&FormTarget::Own).contains("form-action 'self';"));
    }

    #[test]
    fn a_page_is_neither_cached_nor_framed_nor_named_to_others() {
        let mut headers = HeaderMap::new();
        apply(&mut headers, &FormTarget::Own);
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(headers[header::X_FRAME_OPTIONS], "DENY");
        assert_eq!(headers[header::REFERRER_POLICY], "no-referrer");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none';") && policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"));
    }
}
