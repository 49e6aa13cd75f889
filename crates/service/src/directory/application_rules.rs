//! What a registration must be like to be kept. Members are named by their paths in Microsoft Graph.

use std::collections::HashSet;
use std::hash::Hash;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_model::application::{Application, KeyCredential, PlatformIdentity, RedirectPlatform};
use doorward_wire::certificate::{self, KeyKind};
use url::Url;

use super::error::{DirectoryError, Result};

/// Checks all of it.
pub(super) fn check(application: &Application) -> Result<()> {
    name(&application.display_name, "displayName")?;
    for (platform, member) in
        [(RedirectPlatform::Web, "web"), (RedirectPlatform::Spa, "spa"), (RedirectPlatform::PublicClient, "publicClient")]
    {
        for (index, uri) in application.redirect_uris_of(platform).enumerate() {
            redirect_uri(uri).map_err(|problem| DirectoryError::invalid(format!("{member}.redirectUris[{index}]"), problem))?;
        }
    }
    for (index, identity) in application.platform_identities.iter().enumerate() {
        platform_identity(identity, &format!("doorward.platformIdentities[{index}]"))?;
    }
    if let Some(index) = application.identifier_uris.iter().position(|uri| !is_plain(uri)) {
        return Err(DirectoryError::invalid(
            format!("identifierUris[{index}]"),
            "must be a URI without spaces, such as api://contoso-mail",
        ));
    }
    scopes(application)?;
    app_roles(application)?;
    for (index, credential) in application.key_credentials.iter().enumerate() {
        key_credential(credential, &format!("keyCredentials[{index}]"))?;
    }
    no_doubles(application.key_credentials.iter().map(|credential| credential.key_id), |index| format!("keyCredentials[{index}].keyId"))?;
    no_doubles(application.hub_applications.iter(), |index| format!("doorward.hubApplications[{index}]"))?;
    if let Some(index) = application.hub_applications.iter().position(|hub| *hub == application.app_id) {
        return Err(DirectoryError::invalid(
            format!("doorward.hubApplications[{index}]"),
            "must be another app: none runs in its own pages",
        ));
    }
    if application.family_member && application.is_confidential() {
        let problem = "is for apps without a secret or certificate: what those get would be open to apps that prove nothing";
        return Err(DirectoryError::invalid("doorward.familyMember", problem));
    }
    if application.requested_access_token_version.is_some_and(|version| ![1, 2].contains(&version)) {
        return Err(DirectoryError::invalid("api.requestedAccessTokenVersion", "must be 1, 2 or null"));
    }
    for (member, address) in [("web.homePageUrl", &application.homepage), ("web.logoutUrl", &application.logout_url)] {
        if address.as_ref().is_some_and(|address| !Url::parse(address).is_ok_and(|url| ["https", "http"].contains(&url.scheme()))) {
            return Err(DirectoryError::invalid(member, "must be the address of a web page, such as https://mail.contoso.example"));
        }
    }
    Ok(())
}

fn name(text: &str, member: &str) -> Result<()> {
    if text.trim().is_empty() || text.chars().count() > 256 {
        return Err(DirectoryError::invalid(member, "must have 1 to 256 characters"));
    }
    Ok(())
}

fn redirect_uri(uri: &str) -> std::result::Result<(), String> {
    let url = Url::parse(uri).map_err(|error| format!("is not a URI: {error}"))?;
    let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if url.scheme() == "http" && !loopback {
        return Err("must be https; http is for loopback addresses only".into());
    }
    if ["javascript", "data", "vbscript", "file"].contains(&url.scheme()) || url.fragment().is_some() || uri.contains('*') {
        return Err("must be an exact address without fragment or wildcard".into());
    }
    Ok(())
}

fn platform_identity(identity: &PlatformIdentity, member: &str) -> Result<()> {
    let named = identity.identifier().split('.').count() >= 2
        && identity.identifier().chars().all(|letter| letter.is_ascii_alphanumeric() || ".-_".contains(letter));
    if !named {
        return Err(DirectoryError::invalid(member, "must name a bundle id or package such as com.contoso.mail"));
    }
    if let PlatformIdentity::Android { signature_hash, .. } = identity
        && !STANDARD.decode(signature_hash).is_ok_and(|bytes| bytes.len() == 20)
    {
        let member = format!("{member}.signatureHash");
        return Err(DirectoryError::invalid(member, "must be the SHA-1 of the signing certificate in base64 (28 characters)"));
    }
    Ok(())
}

fn scopes(application: &Application) -> Result<()> {
    let path = |index: usize, member: &str| format!("api.oauth2PermissionScopes[{index}].{member}");
    if let Some(index) = application.scopes.iter().position(|scope| !is_plain(&scope.value) || scope.value.contains('/')) {
        return Err(DirectoryError::invalid(path(index, "value"), "must be a name without spaces and slashes, such as Mail.Read"));
    }
    no_doubles(application.scopes.iter().map(|scope| scope.id), |index| path(index, "id"))?;
    no_doubles(application.scopes.iter().map(|scope| scope.value.to_lowercase()), |index| path(index, "value"))?;
    for (index, client) in application.pre_authorized_applications.iter().enumerate() {
        let unknown = |id: &&_| !application.scopes.iter().any(|scope| scope.id == **id);
        if let Some(id) = client.delegated_permission_ids.iter().find(unknown) {
            let member = format!("api.preAuthorizedApplications[{index}].delegatedPermissionIds");
            return Err(DirectoryError::invalid(member, format!("{id} is the id of no scope in api.oauth2PermissionScopes")));
        }
    }
    Ok(())
}

fn app_roles(application: &Application) -> Result<()> {
    let path = |index: usize, member: &str| format!("appRoles[{index}].{member}");
    for (index, role) in application.app_roles.iter().enumerate() {
        if !is_plain(&role.value) {
            return Err(DirectoryError::invalid(path(index, "value"), "must be a name without spaces, such as Mail.Read.All"));
        }
        name(&role.display_name, &path(index, "displayName"))?;
        if role.allowed_member_types.is_empty() {
            return Err(DirectoryError::invalid(path(index, "allowedMemberTypes"), "must name User, Application or both"));
        }
    }
    no_doubles(application.app_roles.iter().map(|role| role.id), |index| path(index, "id"))?;
    no_doubles(application.app_roles.iter().map(|role| role.value.to_lowercase()), |index| path(index, "value"))
}

fn key_credential(credential: &KeyCredential, member: &str) -> Result<()> {
    let not_usable = || DirectoryError::invalid(format!("{member}.key"), "must be an X.509 certificate with an RSA key, DER in base64");
    let der = STANDARD.decode(&credential.certificate).map_err(|_| not_usable())?;
    // Assertions are signed with RSA: see `doorward_wire::oauth::client_assertion`.
    if !certificate::parse(&der).is_ok_and(|certificate| certificate.public_key.kind == KeyKind::Rsa) {
        return Err(not_usable());
    }
    let (begins, ends) = certificate::validity(&der).map_err(|_| not_usable())?;
    let (start, end) = (credential.start.unwrap_or(begins), credential.end.unwrap_or(ends));
    if start < begins || start > ends {
        let problem = format!("must be between {begins} and {ends}, when the certificate itself is valid");
        return Err(DirectoryError::invalid(format!("{member}.startDateTime"), problem));
    }
    if end < start || end > ends {
        let problem = format!("must be between {start} and {ends}, when the certificate itself ends");
        return Err(DirectoryError::invalid(format!("{member}.endDateTime"), problem));
    }
    if credential.custom_key_identifier.as_ref().is_some_and(|text| STANDARD.decode(text).is_err()) {
        return Err(DirectoryError::invalid(format!("{member}.customKeyIdentifier"), "must be base64"));
    }
    Ok(())
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_whitespace) && text.chars().count() <= 256
}

/// Refuses the second of two that are alike.
fn no_doubles<T: Eq + Hash>(values: impl Iterator<Item = T>, path: impl Fn(usize) -> String) -> Result<()> {
    let mut seen = HashSet::new();
    for (index, value) in values.enumerate() {
        if !seen.insert(value) {
            return Err(DirectoryError::invalid(path(index), "is there twice"));
        }
    }
    Ok(())
}
