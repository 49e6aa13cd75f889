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

    /// Their names.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        [(self.openid, "openid"), (self.profile, "profile"), (self.email, "email"), (self.offline_access, "offline_access")]
            .into_iter()
            .filter_map(|(wanted, name)| wanted.then_some(name))
            .collect()
    }
}

/// One scope of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceScope {
    /// Client id or identifier URI; none for a bare name.
    pub resource: Option<String>,
    /// Value, for example `Mail.Read` or `.default`.
    pub value: String,
}

/// A parsed scope parameter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scopes {
    /// OpenID Connect scopes.
    pub openid: OpenIdScopes,
    /// The others, in order.
    pub resource: Vec<ResourceScope>,
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
pub fn parse(text: &str) -> Result<Scopes, ScopeError> {
    if text.len() > 4096 {
        return Err(ScopeError::TooLong);
    }
    if !text.bytes().all(|byte| byte == b' ' || (byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')) {
        return Err(ScopeError::Character);
    }
    let mut scopes = Scopes::default();
    for token in text.split(' ').filter(|token| !token.is_empty()) {
        match token.to_ascii_lowercase().as_str() {
            "openid" => scopes.openid.openid = true,
            "profile" => scopes.openid.profile = true,
            "email" => scopes.openid.email = true,
            "offline_access" => scopes.openid.offline_access = true,
            // What brokers ask for beside openid when they want a primary refresh token (MS-OAPXBC).
            "aza" | "ugs" => {}
            _ => scopes.resource.push(resource_scope(token)?),
        }
    }
    Ok(scopes)
}

fn resource_scope(token: &str) -> Result<ResourceScope, ScopeError> {
    match token.rsplit_once('/') {
        None => Ok(ResourceScope { resource: None, value: token.to_owned() }),
        Some((_, "")) => Err(ScopeError::NoValue(token.to_owned())),
        // `https://host//.default` asks for the resource `https://host/`, which is how v1.0 names are written.
        Some((resource, value)) => Ok(ResourceScope { resource: Some(resource.to_owned()), value: value.to_owned() }),
    }
}
