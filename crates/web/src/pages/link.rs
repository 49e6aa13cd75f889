//! Addresses that a page may offer: a hostile registration must not turn a link into a script.

use std::fmt;

use url::Url;

/// An address that is safe in an `href`. Made by one of the constructors below, each for one kind of destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link(Url);

/// Schemes that a browser runs, or opens with the rights of the page or the machine, instead of handing them to an app.
const NEVER: &[&str] = &["about", "blob", "data", "file", "filesystem", "javascript", "vbscript", "view-source"];

/// Schemes with which a phone's app store opens.
const STORES: &[&str] = &["https", "itms-apps", "market"];

impl Link {
    /// A page on the web, such as an app's homepage: `https` only.
    #[must_use]
    pub fn web(address: &str) -> Option<Self> {
        Self::with(address, |scheme| scheme == "https")
    }

    /// A place in an app store: `https`, or the scheme of the phone's own store app.
    #[must_use]
    pub fn store(address: &str) -> Option<Self> {
        Self::with(address, |scheme| STORES.contains(&scheme))
    }

    /// A registered redirect URI, which may have a scheme of the app's own (RFC 8252 section 7.1).
    #[must_use]
    pub fn to_app(address: &str) -> Option<Self> {
        Self::with(address, |scheme| !NEVER.contains(&scheme))
    }

    /// The host, which is the part of an address that a person can judge.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or(self.0.scheme())
    }

    fn with(address: &str, admitted: impl Fn(&str) -> bool) -> Option<Self> {
        Url::parse(address).ok().filter(|url| admitted(url.scheme())).map(Self)
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
