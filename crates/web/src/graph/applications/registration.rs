//! A registration in Microsoft Graph's shape. What is Doorward's own stands in one member, `doorward`.
//!
//! A body is laid over the registration as it is shown: members of objects one by one, lists whole. Then it is read as a whole, so what
//! is left out stays, null clears, and what is unknown is refused by name.

use doorward_model::application::{
    AppRole, Application, ConsentPolicy, InformationalUrls, PermissionScope, PlatformIdentity, PreAuthorizedApplication, RedirectPlatform,
    RedirectUri, RequiredResourceAccess, SigningAlgorithm,
};
use doorward_model::protection::AppAttestationRequirement;
use doorward_model::{AppId, Rng};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};

use super::key_credential::KeyCredential;
use crate::graph::error::GraphError;

/// Members of Graph's application that ask for something that Doorward does not do. They may be there as long as they ask for nothing.
pub(in crate::graph) const NOT_OFFERED: [&str; 17] = [
    "addIns",
    "applicationTemplateId",
    "authenticationBehaviors",
    "certification",
    "defaultRedirectUri",
    "disabledByMicrosoftStatus",
    "groupMembershipClaims",
    "isDeviceOnlyAuthSupported",
    "nativeAuthenticationApisEnabled",
    "oauth2RequirePostResponse",
    "optionalClaims",
    "parentalControlSettings",
    "requestSignatureVerification",
    "samlMetadataUrl",
    "servicePrincipalLockConfiguration",
    "tokenEncryptionKeyId",
    "verifiedPublisher",
];

/// Words with which members of these ask for nothing.
const NOTHING: [&str; 3] = ["", "None", "Allow"];

/// The members that a client can set, in the order in which they are shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Registration {
    display_name: String,
    description: Option<String>,
    notes: Option<String>,
    service_management_reference: Option<String>,
    #[serde(deserialize_with = "or_default")]
    is_disabled: bool,
    #[serde(deserialize_with = "or_default")]
    sign_in_audience: SignInAudience,
    #[serde(deserialize_with = "or_default")]
    tags: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    identifier_uris: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    web: Web,
    #[serde(deserialize_with = "or_default")]
    spa: Redirects,
    #[serde(deserialize_with = "or_default")]
    public_client: Redirects,
    #[serde(deserialize_with = "or_default")]
    is_fallback_public_client: bool,
    #[serde(deserialize_with = "or_default")]
    api: Api,
    #[serde(deserialize_with = "or_default")]
    app_roles: Vec<AppRole>,
    #[serde(deserialize_with = "or_default")]
    required_resource_access: Vec<RequiredResourceAccess>,
    #[serde(deserialize_with = "or_default")]
    key_credentials: Vec<KeyCredential>,
    #[serde(deserialize_with = "or_default")]
    info: InformationalUrls,
    #[serde(deserialize_with = "or_default")]
    doorward: Own,
}

/// Every application here belongs to one organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
enum SignInAudience {
    #[default]
    AzureADMyOrg,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Web {
    #[serde(deserialize_with = "or_default")]
    redirect_uris: Vec<String>,
    home_page_url: Option<String>,
    logout_url: Option<String>,
    #[serde(deserialize_with = "or_default")]
    implicit_grant_settings: ImplicitGrantSettings,
    /// The redirect URIs once more, with an order that nothing here asks for.
    #[serde(deserialize_with = "or_default", skip_serializing)]
    redirect_uri_settings: Vec<RedirectUriSettings>,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct ImplicitGrantSettings {
    #[serde(deserialize_with = "or_default")]
    enable_access_token_issuance: bool,
    #[serde(deserialize_with = "or_default")]
    enable_id_token_issuance: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RedirectUriSettings {
    uri: String,
    #[serde(default)]
    index: Option<i32>,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Redirects {
    #[serde(deserialize_with = "or_default")]
    redirect_uris: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Api {
    #[serde(deserialize_with = "or_default")]
    oauth2_permission_scopes: Vec<PermissionScope>,
    #[serde(deserialize_with = "or_default")]
    pre_authorized_applications: Vec<PreAuthorizedApplication>,
    #[serde(deserialize_with = "or_default")]
    known_client_applications: Vec<AppId>,
    requested_access_token_version: Option<u8>,
    #[serde(deserialize_with = "or_default")]
    accept_mapped_claims: bool,
}

/// What Graph does not know.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Own {
    #[serde(deserialize_with = "or_default")]
    platform_identities: Vec<PlatformIdentity>,
    #[serde(deserialize_with = "or_default")]
    approved: bool,
    #[serde(deserialize_with = "or_default")]
    protectable: bool,
    #[serde(deserialize_with = "or_default")]
    attestation: AppAttestationRequirement,
    #[serde(deserialize_with = "or_default")]
    broker: bool,
    #[serde(deserialize_with = "or_default")]
    hub_applications: Vec<AppId>,
    #[serde(deserialize_with = "or_default")]
    family_member: bool,
    #[serde(deserialize_with = "or_default")]
    consent: ConsentPolicy,
    #[serde(deserialize_with = "or_default")]
    signing_algorithm: SigningAlgorithm,
    #[serde(deserialize_with = "or_default")]
    bundles: Vec<String>,
}

/// Reads null as a member that is not there.
fn or_default<'de, T: Default + Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A registration with a request's body laid over it.
pub(super) fn merged(present: &Application, mut body: Map<String, Value>, rng: &dyn Rng) -> Result<Application, GraphError> {
    for name in NOT_OFFERED {
        if body.remove(name).is_some_and(|value| !asks_for_nothing(&value)) {
            return Err(GraphError::BadRequest(format!("{name}: Doorward does not offer this: leave it out, or null")));
        }
    }
    let Value::Object(mut members) = json!(Registration::of(present)) else { return Err(GraphError::BadRequest("not an object".into())) };
    let mut body = Value::Object(body);
    strip(&mut body);
    if let Value::Object(body) = body {
        lay_over(&mut members, body, "")?;
    }
    read::<Registration>(Value::Object(members))?.apply(present, rng)
}

/// Reads a value; the error names the place.
pub(super) fn read<T: DeserializeOwned>(value: Value) -> Result<T, GraphError> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let (path, problem) = (error.path().to_string(), error.into_inner());
        GraphError::BadRequest(if path == "." { problem.to_string() } else { format!("{path}: {problem}") })
    })
}

fn asks_for_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) | Value::Number(_) => false,
        Value::String(text) => NOTHING.contains(&text.as_str()),
        Value::Array(items) => items.iter().all(asks_for_nothing),
        Value::Object(members) => members.values().all(asks_for_nothing),
    }
}

/// Takes out what only says once more what a value is: the names of types, and that a scope or role is the application's own.
pub(super) fn strip(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, value| name != "@odata.type" && !(name == "origin" && (value.is_null() || value == "Application")));
            members.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

/// Objects are laid over member by member. What must be an object is one: readers that are derived would take a list for it, too.
fn lay_over(present: &mut Map<String, Value>, body: Map<String, Value>, place: &str) -> Result<(), GraphError> {
    for (name, value) in body {
        let path = format!("{place}{name}");
        match (present.get_mut(&name), value) {
            (Some(Value::Object(held)), Value::Object(given)) => lay_over(held, given, &format!("{path}."))?,
            (Some(Value::Object(_)), given) if !given.is_null() => {
                return Err(GraphError::BadRequest(format!("{path}: must be an object")));
            }
            (_, value) => {
                refuse_lists_in_lists(&value, &path)?;
                present.insert(name, value);
            }
        }
    }
    Ok(())
}

fn refuse_lists_in_lists(value: &Value, path: &str) -> Result<(), GraphError> {
    match value {
        Value::Array(items) if items.iter().any(Value::is_array) => Err(GraphError::BadRequest(format!("{path}: must not hold lists"))),
        Value::Array(items) => {
            items.iter().enumerate().try_for_each(|(index, item)| refuse_lists_in_lists(item, &format!("{path}[{index}]")))
        }
        Value::Object(members) => members.iter().try_for_each(|(name, value)| refuse_lists_in_lists(value, &format!("{path}.{name}"))),
        _ => Ok(()),
    }
}

impl Registration {
    /// A registration as it is shown.
    pub(super) fn of(application: &Application) -> Self {
        let redirects = |platform| application.redirect_uris_of(platform).map(str::to_owned).collect();
        Self {
            display_name: application.display_name.clone(),
            description: application.description.clone(),
            notes: application.notes.clone(),
            service_management_reference: application.service_management_reference.clone(),
            is_disabled: !application.enabled,
            sign_in_audience: SignInAudience::AzureADMyOrg,
            tags: application.tags.clone(),
            identifier_uris: application.identifier_uris.clone(),
            web: Web {
                redirect_uris: redirects(RedirectPlatform::Web),
                home_page_url: application.homepage.clone(),
                logout_url: application.logout_url.clone(),
                ..Web::default()
            },
            spa: Redirects { redirect_uris: redirects(RedirectPlatform::Spa) },
            public_client: Redirects { redirect_uris: redirects(RedirectPlatform::PublicClient) },
            is_fallback_public_client: application.is_fallback_public_client,
            api: Api {
                oauth2_permission_scopes: application.scopes.clone(),
                pre_authorized_applications: application.pre_authorized_applications.clone(),
                known_client_applications: application.known_client_applications.clone(),
                requested_access_token_version: application.requested_access_token_version,
                accept_mapped_claims: false,
            },
            app_roles: application.app_roles.clone(),
            required_resource_access: application.required_resource_access.clone(),
            key_credentials: application.key_credentials.iter().map(KeyCredential::of).collect(),
            info: application.info.clone(),
            doorward: Own {
                platform_identities: application.platform_identities.clone(),
                approved: application.approved,
                protectable: application.protectable,
                attestation: application.attestation.clone(),
                broker: application.broker,
                hub_applications: application.hub_applications.clone(),
                family_member: application.family_member,
                consent: application.consent,
                signing_algorithm: application.signing_algorithm,
                bundles: application.bundles.clone(),
            },
        }
    }

    /// The registration with these members; the others are those of `present`.
    fn apply(self, present: &Application, rng: &dyn Rng) -> Result<Application, GraphError> {
        self.check_not_offered()?;
        let Self { web, spa, public_client, api, doorward: own, .. } = self;
        let of = |platform, uris: Vec<String>| uris.into_iter().map(move |uri| RedirectUri { uri, platform });
        let redirect_uris = of(RedirectPlatform::Web, web.redirect_uris)
            .chain(of(RedirectPlatform::Spa, spa.redirect_uris))
            .chain(of(RedirectPlatform::PublicClient, public_client.redirect_uris));
        let key_credentials = self.key_credentials.into_iter().enumerate();
        Ok(Application {
            app_id: present.app_id,
            display_name: self.display_name,
            description: self.description,
            notes: self.notes,
            service_management_reference: self.service_management_reference,
            tags: self.tags,
            info: self.info,
            enabled: !self.is_disabled,
            redirect_uris: redirect_uris.collect(),
            platform_identities: own.platform_identities,
            identifier_uris: self.identifier_uris,
            scopes: api.oauth2_permission_scopes,
            app_roles: self.app_roles,
            pre_authorized_applications: api.pre_authorized_applications,
            known_client_applications: api.known_client_applications,
            requested_access_token_version: api.requested_access_token_version,
            required_resource_access: self.required_resource_access,
            app_role_assignments: present.app_role_assignments.clone(),
            secrets: present.secrets.clone(),
            key_credentials: key_credentials.map(|(index, one)| one.apply(index, present, rng)).collect::<Result<_, _>>()?,
            approved: own.approved,
            protectable: own.protectable,
            attestation: own.attestation,
            broker: own.broker,
            hub_applications: own.hub_applications,
            family_member: own.family_member,
            is_fallback_public_client: self.is_fallback_public_client,
            consent: own.consent,
            signing_algorithm: own.signing_algorithm,
            bundles: own.bundles,
            homepage: web.home_page_url,
            logout_url: web.logout_url,
            created: present.created,
        })
    }

    /// Refuses what members that are read ask for and Doorward does not do.
    fn check_not_offered(&self) -> Result<(), GraphError> {
        let web = &self.web;
        let implicit = &web.implicit_grant_settings;
        let code_flow = "the implicit flows are not offered: leave it false, and use the authorization code flow with PKCE";
        let uris = "it may only repeat redirectUris, without an index";
        let repeats = |setting: &RedirectUriSettings| setting.index.is_none() && web.redirect_uris.contains(&setting.uri);
        for (asked, member, problem) in [
            (implicit.enable_access_token_issuance, "web.implicitGrantSettings.enableAccessTokenIssuance", code_flow),
            (implicit.enable_id_token_issuance, "web.implicitGrantSettings.enableIdTokenIssuance", code_flow),
            (!web.redirect_uri_settings.iter().all(repeats), "web.redirectUriSettings", uris),
            (self.api.accept_mapped_claims, "api.acceptMappedClaims", "claims are not mapped here: leave it false"),
        ] {
            if asked {
                return Err(GraphError::BadRequest(format!("{member}: {problem}")));
            }
        }
        Ok(())
    }
}
