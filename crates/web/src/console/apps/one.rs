//! `GET /console/apps/{id}`: one registration.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_model::application::{
    Application, ConsentPolicy, KeyCredential, PermissionScope, PlatformIdentity, RedirectPlatform, ScopeType, SigningAlgorithm,
};
use doorward_model::protection::Assurance;
use doorward_model::{AppId, CredentialId};
use doorward_service::directory::{self, Task};
use doorward_service::{client, setup};
use doorward_wire::certificate;
use doorward_wire::oauth::redirect;
use http::StatusCode;
use jiff::Timestamp;

use super::find;
use crate::console::admin::{Admin, Reads};
use crate::console::moment::Moment;
use crate::console::names::Names;
use crate::console::notice::{Trouble, plain};
use crate::console::shell::{Section, Shell};

/// How an app is known on phones.
struct Identity {
    platform: &'static str,
    identifier: String,
    signature_hash: Option<String>,
    /// The redirect URI that follows.
    redirect: String,
}

struct Secret {
    key: CredentialId,
    name: Option<String>,
    hint: String,
    expires: Moment,
    expired: bool,
}

struct Certificate {
    name: Option<String>,
    thumbprint: String,
    end: Option<Moment>,
    expired: bool,
}

#[derive(Template)]
#[template(path = "console/app.html")]
struct OneApp {
    shell: Shell,
    app: Application,
    created: Moment,
    built_in: bool,
    identities: Vec<Identity>,
    redirects: Vec<(&'static str, String)>,
    secrets: Vec<Secret>,
    certificates: Vec<Certificate>,
    /// Application permissions it holds: the resource and the permission.
    assignments: Vec<(String, String)>,
    /// Client ids and names of the apps in whose pages it runs.
    hubs: Vec<(AppId, String)>,
    consent: &'static str,
    algorithm: &'static str,
    may_manage: bool,
    /// Entity tag of the app, for which a secret is added.
    tag: String,
    /// The broker's word is not enough.
    must_attest: bool,
}

impl OneApp {
    /// Whether only administrators can agree to a scope.
    #[expect(clippy::unused_self, reason = "templates call methods of the page")]
    fn admin_only(&self, scope: &PermissionScope) -> bool {
        scope.kind == ScopeType::Admin
    }
}

/// Shows the page.
pub(super) async fn get(admin: Admin<Reads>, Path(id): Path<String>) -> Result<Response, Trouble> {
    let app = find(&admin, &id).await?;
    let names = Names::read(&admin.ctx, admin.tenant.id).await?;
    let now = admin.ctx.now();
    let secret = |secret: &doorward_model::application::ClientSecret| Secret {
        key: secret.key_id,
        name: secret.display_name.clone(),
        hint: secret.hint.clone(),
        expires: Moment(secret.expires),
        expired: secret.expires <= now,
    };
    let page = OneApp {
        shell: admin.shell(Section::Apps)?,
        created: Moment(app.created),
        built_in: setup::is_built_in(app.app_id),
        identities: app.platform_identities.iter().map(identity).collect(),
        redirects: app.redirect_uris.iter().map(|redirect| (platform(redirect.platform), redirect.uri.clone())).collect(),
        secrets: app.secrets.iter().map(secret).collect(),
        certificates: app.key_credentials.iter().map(|credential| certificate(credential, now)).collect(),
        assignments: app
            .app_role_assignments
            .iter()
            .map(|held| (names.of(&held.resource.to_string()).to_owned(), held.value.clone()))
            .collect(),
        hubs: app.hub_applications.iter().map(|hub| (*hub, names.of(&hub.to_string()).to_owned())).collect(),
        consent: match app.consent {
            ConsentPolicy::Preauthorized => "Given for everybody by an administrator",
            ConsentPolicy::User => "Each person is asked once",
        },
        algorithm: algorithm(app.signing_algorithm),
        tag: directory::entity_tag(&app),
        must_attest: app.attestation.required_assurance == Assurance::Attested,
        may_manage: admin.may(Task::ManageApplications) && admin.may(Task::to_register(Some(&app), None)),
        app,
    };
    Ok(plain(StatusCode::OK, &page))
}

fn identity(identity: &PlatformIdentity) -> Identity {
    let (platform, signature_hash) = match identity {
        PlatformIdentity::Ios { .. } => ("iOS", None),
        PlatformIdentity::Android { signature_hash, .. } => ("Android", Some(signature_hash.clone())),
    };
    let identifier = identity.identifier().to_owned();
    Identity { platform, identifier, signature_hash, redirect: redirect::broker_redirect(identity) }
}

fn certificate(credential: &KeyCredential, now: Timestamp) -> Certificate {
    let validity = client::validity(credential);
    Certificate {
        name: credential.display_name.clone(),
        thumbprint: STANDARD.decode(&credential.certificate).map(|der| certificate::thumbprint(&der)).unwrap_or_default(),
        end: validity.map(|(_, end)| Moment(end)),
        expired: validity.is_none_or(|(_, end)| end <= now),
    }
}

fn platform(platform: RedirectPlatform) -> &'static str {
    match platform {
        RedirectPlatform::Web => "Web application",
        RedirectPlatform::Spa => "Page in a browser",
        RedirectPlatform::PublicClient => "App on a phone or computer",
    }
}

/// The name of an algorithm.
pub(in crate::console) fn algorithm(algorithm: SigningAlgorithm) -> &'static str {
    match algorithm {
        SigningAlgorithm::RS256 => "RS256",
        SigningAlgorithm::ES256 => "ES256",
    }
}
