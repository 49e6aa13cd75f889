//! A registration in the making: what the form holds, as it was typed, and the registration that comes of it.

use doorward_model::application::{
    Application, ConsentPolicy, PermissionScope, PlatformIdentity, RedirectPlatform, RedirectUri, SigningAlgorithm,
};
use doorward_model::protection::{AppAttestationRequirement, Assurance};
use doorward_model::{AppId, PermissionId, Rng};

use crate::console::guard::Posted;

/// Everything that the form holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) enabled: bool,
    pub(super) approved: bool,
    pub(super) protectable: bool,
    /// One bundle id a line.
    pub(super) ios: String,
    /// One package and signature hash a line, with a space between.
    pub(super) android: String,
    /// Apple team id.
    pub(super) team: String,
    /// One SHA-256 of a certificate a line, with or without colons.
    pub(super) signers: String,
    pub(super) must_attest: bool,
    /// One address a line, for each platform.
    pub(super) public_client: String,
    pub(super) spa: String,
    pub(super) web: String,
    /// One a line.
    pub(super) identifier_uris: String,
    pub(super) scopes: String,
    pub(super) homepage: String,
    pub(super) asks_people: bool,
    pub(super) rs256: bool,
    pub(super) fallback_public: bool,
    /// Client ids of the apps in whose pages it runs, one a line.
    pub(super) hubs: String,
    pub(super) family: bool,
}

/// What is wrong, at the fields.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Problems {
    pub(super) name: Option<String>,
    pub(super) ios: Option<String>,
    pub(super) android: Option<String>,
    pub(super) team: Option<String>,
    pub(super) signers: Option<String>,
    pub(super) must_attest: Option<String>,
    pub(super) public_client: Option<String>,
    pub(super) spa: Option<String>,
    pub(super) web: Option<String>,
    pub(super) identifier_uris: Option<String>,
    pub(super) scopes: Option<String>,
    pub(super) homepage: Option<String>,
    pub(super) hubs: Option<String>,
    pub(super) family: Option<String>,
}

impl Problems {
    pub(super) fn any(&self) -> bool {
        *self != Self::default()
    }
}

impl Draft {
    /// The form for a registration that exists.
    pub(super) fn of(app: &Application) -> Self {
        let redirects = |platform: RedirectPlatform| lines(app.redirect_uris_of(platform).map(str::to_owned));
        let identities = |android: bool| {
            lines(app.platform_identities.iter().filter_map(|identity| match identity {
                PlatformIdentity::Ios { bundle_id } => (!android).then(|| bundle_id.clone()),
                PlatformIdentity::Android { package_name, signature_hash } => android.then(|| format!("{package_name} {signature_hash}")),
            }))
        };
        Self {
            name: app.display_name.clone(),
            enabled: app.enabled,
            approved: app.approved,
            protectable: app.protectable,
            ios: identities(false),
            android: identities(true),
            team: app.attestation.apple_team_id.clone().unwrap_or_default(),
            signers: lines(app.attestation.android_signing_certificates.iter().cloned()),
            must_attest: app.attestation.required_assurance == Assurance::Attested,
            public_client: redirects(RedirectPlatform::PublicClient),
            spa: redirects(RedirectPlatform::Spa),
            web: redirects(RedirectPlatform::Web),
            identifier_uris: lines(app.identifier_uris.iter().cloned()),
            scopes: lines(app.scopes.iter().map(|scope| scope.value.clone())),
            homepage: app.homepage.clone().unwrap_or_default(),
            asks_people: app.consent == ConsentPolicy::User,
            rs256: app.signing_algorithm == SigningAlgorithm::RS256,
            fallback_public: app.is_fallback_public_client,
            hubs: lines(app.hub_applications.iter().map(ToString::to_string)),
            family: app.family_member,
        }
    }

    /// The posted form.
    pub(super) fn read(posted: &Posted) -> Self {
        let text = |name: &str| lines(entries(posted.one(name)).map(str::to_owned));
        let on = |name: &str| posted.one(name) == "on";
        Self {
            name: posted.one("name").trim().to_owned(),
            enabled: on("enabled"),
            approved: on("approved"),
            protectable: on("protectable"),
            ios: text("ios"),
            android: text("android"),
            team: posted.one("team").trim().to_owned(),
            signers: text("signers"),
            must_attest: on("must_attest"),
            public_client: text("public_client"),
            spa: text("spa"),
            web: text("web"),
            identifier_uris: text("identifier_uris"),
            scopes: text("scopes"),
            homepage: posted.one("homepage").trim().to_owned(),
            asks_people: posted.one("consent") == "user",
            rs256: posted.one("algorithm") == "RS256",
            fallback_public: on("fallback_public"),
            hubs: text("hubs"),
            family: on("family"),
        }
    }

    /// The registration, made from `present`; what the form does not know stays as it is there.
    pub(super) fn apply(&self, present: &Application, rng: &dyn Rng) -> Result<Application, Box<Problems>> {
        let android = entries(&self.android).map(|line| {
            let (package, hash) = line.split_once(char::is_whitespace).ok_or(line)?;
            Ok(PlatformIdentity::Android { package_name: package.to_owned(), signature_hash: hash.trim().to_owned() })
        });
        let android: Vec<PlatformIdentity> = android.collect::<Result<_, &str>>().map_err(|line| {
            let android = Some(format!("“{line}” has no signature hash: type package, space, hash."));
            Box::new(Problems { android, ..Problems::default() })
        })?;
        let hubs: Vec<AppId> =
            entries(&self.hubs).map(|line| line.parse().map_err(|_| line)).collect::<Result<_, &str>>().map_err(|line| {
                let hubs = Some(format!("“{line}” is not a client id: it stands on the app’s page."));
                Box::new(Problems { hubs, ..Problems::default() })
            })?;
        let ios = entries(&self.ios).map(|bundle_id| PlatformIdentity::Ios { bundle_id: bundle_id.to_owned() });
        let redirects =
            [(&self.public_client, RedirectPlatform::PublicClient), (&self.spa, RedirectPlatform::Spa), (&self.web, RedirectPlatform::Web)];
        let redirect_uris = redirects
            .into_iter()
            .flat_map(|(text, platform)| entries(text).map(move |uri| RedirectUri { uri: uri.to_owned(), platform }))
            .collect();
        let scope = |value: &str| {
            let held = present.scopes.iter().find(|scope| scope.value == value).cloned();
            held.unwrap_or_else(|| PermissionScope::new(PermissionId::random(rng), value))
        };
        let scopes: Vec<PermissionScope> = entries(&self.scopes).map(scope).collect();
        let mut pre_authorized_applications = present.pre_authorized_applications.clone();
        for client in &mut pre_authorized_applications {
            client.delegated_permission_ids.retain(|id| scopes.iter().any(|scope| scope.id == *id));
        }
        Ok(Application {
            display_name: self.name.clone(),
            enabled: self.enabled,
            approved: self.approved,
            protectable: self.protectable,
            platform_identities: ios.chain(android).collect(),
            attestation: self.attestation(),
            redirect_uris,
            identifier_uris: entries(&self.identifier_uris).map(str::to_owned).collect(),
            scopes,
            pre_authorized_applications,
            homepage: Some(self.homepage.clone()).filter(|address| !address.is_empty()),
            consent: if self.asks_people { ConsentPolicy::User } else { ConsentPolicy::Preauthorized },
            signing_algorithm: if self.rs256 { SigningAlgorithm::RS256 } else { SigningAlgorithm::ES256 },
            is_fallback_public_client: self.fallback_public,
            hub_applications: hubs,
            family_member: self.family,
            ..present.clone()
        })
    }

    fn attestation(&self) -> AppAttestationRequirement {
        AppAttestationRequirement {
            required_assurance: if self.must_attest { Assurance::Attested } else { Assurance::Brokered },
            apple_team_id: Some(self.team.clone()).filter(|team| !team.is_empty()),
            // Tools write them in capitals with colons.
            android_signing_certificates: entries(&self.signers).map(|line| line.replace(':', "").to_ascii_lowercase()).collect(),
        }
    }

    /// Puts what the directory says of a member to the field that it came from; none when the form has no such field.
    pub(super) fn problems(&self, member: &str, problem: &str) -> Option<Problems> {
        let told = Some(crate::area::sentence(problem));
        let index = |prefix: &str| member.strip_prefix(prefix)?.split(']').next()?.parse::<usize>().ok();
        let none = Problems::default();
        Some(match index("doorward.platformIdentities[") {
            Some(index) if index < entries(&self.ios).count() => Problems { ios: told, ..none },
            Some(_) => Problems { android: told, ..none },
            None if member == "displayName" => Problems { name: told, ..none },
            None if member == "web.homePageUrl" => Problems { homepage: told, ..none },
            None if member.starts_with("publicClient.redirectUris") => Problems { public_client: told, ..none },
            None if member.starts_with("spa.redirectUris") => Problems { spa: told, ..none },
            None if member.starts_with("web.redirectUris") => Problems { web: told, ..none },
            None if member.starts_with("identifierUris") => Problems { identifier_uris: told, ..none },
            None if member.starts_with("api.oauth2PermissionScopes") => Problems { scopes: told, ..none },
            None if member.starts_with("doorward.hubApplications") => Problems { hubs: told, ..none },
            None if member == "doorward.familyMember" => Problems { family: told, ..none },
            None if member == "doorward.attestation.appleTeamId" => Problems { team: told, ..none },
            None if member.starts_with("doorward.attestation.android") => Problems { signers: told, ..none },
            None if member.starts_with("doorward.attestation.") => Problems { must_attest: told, ..none },
            None => return None,
        })
    }
}

fn entries(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

fn lines(entries: impl Iterator<Item = String>) -> String {
    entries.collect::<Vec<_>>().join("\n")
}
