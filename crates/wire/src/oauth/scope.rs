//! Scopes (RFC 6749 §3.3) in the platform's form: `resource/value`, bare names for Graph, and those of OpenID Connect.

/// OpenID Connect scopes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OpenIdScopes {
    /// An ID token is wanted.
    pub openid: bool,
    /// Name and sign-in name.
    pub profile: bool,
    /// E-mail address.
    pub email: bool,
    /// A refresh token is wanted.
    pub offline_access: bool,
}

impl OpenIdScopes {
    /// Those of either.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            openid: self.openid || other.openid,
            profile: self.profile || other.profile,
            email: self.email || other.email,
            offline_access: self.offline_access || other.offline_access,
        }
    }

    /// The scope with that name, in whatever case; none when it is not one of OpenID Connect.
    fn named(&mut self, name: &str) -> Option<&mut bool> {
        let known = [
            ("openid", &mut self.openid),
            ("profile", &mut self.profile),
            ("email", &mut self.email),
            ("offline_access", &mut self.offline_access),
        ];
        known.into_iter().find_map(|(known, wanted)| known.eq_ignore_ascii_case(name).then_some(wanted))
    }

    /// Their names.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        [(self.openid, "openid"), (self.profile, "profile"), (self.email, "email"), (self.offline_access, "offline_access")]
            .into_iter()
            .filter_map(|(wanted, name)| wanted.then_some(name))
            .collect()
    }
}

/// What brokers ask for beside openid when they want a primary refresh token (MS-OAPXBC).
const OF_BROKERS: [&str; 2] = ["aza", "ugs"];

/// One scope of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResourceScope<'t> {
    /// Client id or identifier URI; none for a bare name.
    pub resource: Option<&'t str>,
    /// Value, for example `Mail.Read` or `.default`.
    pub value: &'t str,
}

/// A parsed scope parameter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scopes<'t> {
    /// OpenID Connect scopes.
    pub openid: OpenIdScopes,
    /// The others, in order.
    pub resource: Vec<ResourceScope<'t>>,
}

/// The parameter is not a scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// More than is sensible.
    #[error("it is longer than 4096 characters")]
    TooLong,
    /// A character outside RFC 6749 appendix A.4.
    #[error("it holds a character that scopes cannot have")]
    Character,
    /// Nothing follows the resource.
    #[error("'{0}' names a resource but no scope of it")]
    NoValue(String),
}

/// Parses a scope parameter.
///
/// # Errors
/// [`ScopeError`].
pub fn parse(text: &str) -> Result<Scopes<'_>, ScopeError> {
    if text.len() > 4096 {
        return Err(ScopeError::TooLong);
    }
    if !text.bytes().all(|byte| byte == b' ' || (byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')) {
        return Err(ScopeError::Character);
    }
    let mut scopes = Scopes::default();
    for token in text.split(' ').filter(|token| !token.is_empty()) {
        match scopes.openid.named(token) {
            Some(wanted) => *wanted = true,
            None if OF_BROKERS.iter().any(|known| known.eq_ignore_ascii_case(token)) => {}
            None => scopes.resource.push(resource_scope(token)?),
        }
    }
    Ok(scopes)
}

fn resource_scope(token: &str) -> Result<ResourceScope<'_>, ScopeError> {
    match token.rsplit_once('/') {
        None => Ok(ResourceScope { resource: None, value: token }),
        Some((_, "")) => Err(ScopeError::NoValue(token.to_owned())),
        // `https://host//.default` asks for the resource `https://host/`, which is how v1.0 names are written.
        Some((resource, value)) => Ok(ResourceScope { resource: Some(resource), value }),
    }
}
