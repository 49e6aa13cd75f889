//! The directory file: who is in which group, which app is approved, what the named locations cover.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use anyhow::Context;
use doorward_model::authentication_strength::AuthenticationStrengthPolicy;
use doorward_model::named_location::NamedLocation;
use doorward_model::sign_in::ExternalUserType;
use doorward_model::user::UserType;
use doorward_policy::conditional_access::check::Catalogue;
use doorward_policy::conditional_access::regions::words::{Kind, Labels};
use doorward_policy::conditional_access::{ClientFacts, ResourceFacts, Subject, UserFacts};
use doorward_wire::policy_file::{Json, Node, Object, ReadError, authentication_strength, named_location};

use super::files;
use super::names::Names;

/// A directory, with its objects by lower-cased id.
pub(super) struct Directory {
    users: HashMap<String, UserFacts>,
    groups: Vec<String>,
    /// With the ids of their applications.
    service_principals: HashMap<String, Option<String>>,
    applications: HashMap<String, Application>,
    pub(super) named_locations: Vec<NamedLocation>,
    pub(super) strengths: Vec<AuthenticationStrengthPolicy>,
    pub(super) certificate_based_authentication: bool,
    pub(super) names: DirectoryNames,
}

/// What people call the objects of a directory.
pub(super) struct DirectoryNames {
    pub(super) users: Names,
    pub(super) groups: Names,
    pub(super) locations: Names,
    pub(super) applications: Names,
    pub(super) service_principals: Names,
}

#[derive(Default)]
struct Application {
    bundles: Vec<String>,
    approved: bool,
    protectable: bool,
}

/// Groups by the id of a direct member, which may be a group itself.
#[derive(Default)]
struct Memberships(HashMap<String, Vec<String>>);

impl Directory {
    pub(super) fn read(file: &Path) -> anyhow::Result<Self> {
        let document = files::read_json(file)?;
        Self::from_json(&document).with_context(|| format!("{}", file.display()))
    }

    pub(super) fn from_json(document: &Json) -> Result<Self, ReadError> {
        let directory = document.root().object()?;
        let memberships = Memberships::of(&directory)?;
        Ok(Self {
            users: by_id(&directory, "users", "id", |object, id| user(object, id, &memberships))?,
            groups: by_id(&directory, "groups", "id", |_, _| Ok(()))?.into_keys().collect(),
            service_principals: by_id(&directory, "servicePrincipals", "id", |object, _| object.text("appId"))?,
            applications: by_id(&directory, "applications", "appId", |object, _| application(object))?,
            named_locations: directory.list("namedLocations")?.iter().map(named_location::read_node).collect::<Result<_, _>>()?,
            strengths: directory
                .list("authenticationStrengthPolicies")?
                .iter()
                .map(authentication_strength::read_node)
                .collect::<Result<_, _>>()?,
            certificate_based_authentication: directory.flag("certificateBasedAuthentication")?,
            names: DirectoryNames::of(&directory)?,
        })
    }

    /// Everyone, in the order of ids.
    pub(super) fn everyone(&self) -> Vec<UserFacts> {
        let mut users: Vec<_> = self.users.values().cloned().collect();
        users.sort_by(|a, b| a.id.cmp(&b.id));
        users
    }

    /// Every application as a resource, in the order of ids.
    pub(super) fn resources(&self) -> Vec<ResourceFacts> {
        self.application_ids().into_iter().map(|id| self.resource(id)).collect()
    }

    /// Every application that is on a list of client apps, in the order of ids.
    pub(super) fn listed_clients(&self) -> Vec<ClientFacts> {
        let clients = self.application_ids().into_iter().map(|id| self.client(id));
        clients.filter(|client| client.approved || client.protectable).collect()
    }

    fn application_ids(&self) -> Vec<&String> {
        let mut ids: Vec<_> = self.applications.keys().collect();
        ids.sort();
        ids
    }

    /// The user of an id; none when the directory does not know it.
    pub(super) fn user(&self, id: &str) -> Option<Subject> {
        self.users.get(&id.to_lowercase()).cloned().map(Subject::User)
    }

    pub(super) fn workload(&self, id: &str) -> Subject {
        Subject::Workload { service_principal_id: id.to_owned(), in_my_tenant: self.service_principals.contains_key(&id.to_lowercase()) }
    }

    pub(super) fn resource(&self, app_id: &str) -> ResourceFacts {
        let bundles = self.application(app_id).map(|application| application.bundles.clone()).unwrap_or_default();
        ResourceFacts { app_id: app_id.to_owned(), bundles }
    }

    pub(super) fn client(&self, app_id: &str) -> ClientFacts {
        let application = self.application(app_id);
        ClientFacts {
            app_id: app_id.to_owned(),
            approved: application.is_some_and(|application| application.approved),
            protectable: application.is_some_and(|application| application.protectable),
        }
    }

    /// What the directory holds, for finding references to what it does not.
    pub(super) fn catalogue(&self) -> Catalogue {
        let service_principals: Vec<_> = self.service_principals.keys().cloned().collect();
        let applications: Vec<_> = self.applications.keys().cloned().collect();
        let users = self.users.values().cloned().collect();
        Catalogue::new(users, &self.groups, &service_principals, &applications, self.named_locations.clone(), self.strengths.clone())
    }

    /// The id of the application that an id stands for: its own, or that of its service principal.
    pub(super) fn app_id<'a>(&'a self, id: &'a str) -> &'a str {
        self.service_principals.get(&id.to_lowercase()).and_then(Option::as_deref).unwrap_or(id)
    }

    fn application(&self, app_id: &str) -> Option<&Application> {
        self.applications.get(&app_id.to_lowercase())
    }
}

impl DirectoryNames {
    fn of(directory: &Object<'_>) -> Result<Self, ReadError> {
        let applications = Names::read("application", directory, "applications", "appId", &["displayName"])?;
        let workloads = Names::read("service principal", directory, "servicePrincipals", "id", &["displayName", "appId"])?;
        Ok(Self {
            users: Names::read("user", directory, "users", "id", &["userPrincipalName", "displayName"])?,
            groups: Names::read("group", directory, "groups", "id", &["displayName"])?,
            locations: Names::read("named location", directory, "namedLocations", "id", &["displayName"])?,
            service_principals: workloads.inherit(&applications),
            applications,
        })
    }
}

impl Labels for DirectoryNames {
    fn label<'a>(&'a self, kind: Kind, id: &'a str) -> &'a str {
        let names = match kind {
            Kind::User => &self.users,
            Kind::Group => &self.groups,
            Kind::NamedLocation => &self.locations,
            Kind::Application => &self.applications,
            Kind::ServicePrincipal => &self.service_principals,
            // The file says nothing of roles but their ids.
            Kind::Role => return id,
        };
        names.label(id)
    }
}

impl Memberships {
    fn of(directory: &Object<'_>) -> Result<Self, ReadError> {
        let mut memberships = Self::default();
        for node in directory.list("groups")? {
            let group = node.object()?;
            let id = group.require("id")?.text()?.to_lowercase();
            for member in group.strings("members")? {
                memberships.0.entry(member.to_lowercase()).or_default().push(id.clone());
            }
        }
        Ok(memberships)
    }

    /// All groups of a member, nested ones included; circles do no harm.
    fn transitive(&self, id: &str) -> Vec<String> {
        let mut found = HashSet::new();
        let mut open = vec![id.to_lowercase()];
        while let Some(member) = open.pop() {
            for group in self.0.get(&member).into_iter().flatten() {
                if found.insert(group.clone()) {
                    open.push(group.clone());
                }
            }
        }
        found.into_iter().collect()
    }
}

fn by_id<T>(
    directory: &Object<'_>,
    name: &str,
    key: &str,
    read: impl Fn(&Object<'_>, String) -> Result<T, ReadError>,
) -> Result<HashMap<String, T>, ReadError> {
    let entry = |node: &Node<'_>| {
        let object = node.object()?;
        let id = object.require(key)?.text()?.to_owned();
        Ok((id.to_lowercase(), read(&object, id)?))
    };
    directory.list(name)?.iter().map(entry).collect()
}

fn user(object: &Object<'_>, id: String, memberships: &Memberships) -> Result<UserFacts, ReadError> {
    Ok(UserFacts {
        groups: memberships.transitive(&id),
        id,
        roles: object.strings("roles")?,
        user_type: object.word("userType", user_type)?.unwrap_or_default(),
        external_user_type: object.word("externalUserType", ExternalUserType::from_wire)?.unwrap_or_default(),
        home_tenant_id: object.text("homeTenantId")?,
    })
}

fn user_type(word: &str) -> Option<UserType> {
    match word.to_ascii_lowercase().as_str() {
        "member" => Some(UserType::Member),
        "guest" => Some(UserType::Guest),
        _ => None,
    }
}

fn application(object: &Object<'_>) -> Result<Application, ReadError> {
    Ok(Application { bundles: object.strings("bundles")?, approved: object.flag("approved")?, protectable: object.flag("protectable")? })
}
