//! Gaps: every way to a service that does without a requirement, searched over all people and all that they can show.
//!
//! A search takes from a blink to many seconds, so it runs beside the request that asks for it. Who asks again for the same finds it
//! under way or done; each node keeps its own for a while, and nothing else depends on them.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use doorward_model::application::Application;
use doorward_model::conditional_access::{ConditionalAccessPolicy, GrantControl};
use doorward_model::document::DocumentKind;
use doorward_model::role::Role;
use doorward_model::service_policy::ServicePolicy;
use doorward_model::{AppId, TenantId};
use doorward_policy::conditional_access::regions::crowds::Crowds;
use doorward_policy::conditional_access::regions::heat::{self, Panel};
use doorward_policy::conditional_access::regions::manner::Manner;
use doorward_policy::conditional_access::regions::words::{Kind, Labels};
use doorward_policy::conditional_access::regions::{self, Requirement, Target, Universe};
use doorward_policy::conditional_access::{ClientFacts, ResourceFacts};
use doorward_store::Unit;
use doorward_wire::policy_file;
use jiff::Timestamp;
use moka::future::Cache;
use tokio::sync::{Semaphore, SetOnce};

use crate::access::{self, People};
use crate::context::Context;
use crate::directory::DirectoryError;
use crate::directory_search::display_name;
use crate::error::Result;
use crate::policies::{self, TenantPolicies};

/// People searched among at most.
const PEOPLE: usize = 100_000;
/// How long one search may compute.
pub const TIME_LIMIT: Duration = Duration::from_secs(20);
/// How long an answer is kept; groups may change meanwhile, and the answer says when it was found.
const KEPT: Duration = Duration::from_mins(5);
/// Searches that compute at once on this node.
const AT_ONCE: usize = 1;
/// Searches kept: each holds everybody it looked at.
const MOST: u64 = 8;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Question {
    /// What a sign-in should have shown: one of these. None asks who gets in at all.
    pub require: Vec<GrantControl>,
    /// The services; all when none is named.
    pub services: Vec<AppId>,
}

/// The searches of this node.
pub struct Searches {
    known: Cache<(TenantId, i64, Question), Arc<Search>>,
    computing: Arc<Semaphore>,
}

impl Default for Searches {
    fn default() -> Self {
        let known = Cache::builder().max_capacity(MOST).time_to_live(KEPT).build();
        Self { known, computing: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

/// A search, under way or done.
pub struct Search {
    begun: Timestamp,
    looked_at: AtomicUsize,
    answer: SetOnce<std::result::Result<Found, String>>,
}

/// What can be said of a search.
pub enum Progress {
    /// It goes on, or waits for another to end.
    Searching {
        /// Requirements of policies that were worked in so far.
        looked_at: usize,
    },
    /// It ended.
    Done(Arc<Search>),
}

/// What was found.
pub struct Found {
    /// The regions, and how far the search came.
    pub gaps: regions::Gaps,
    /// Everybody searched among.
    pub people: People,
    /// What people call things.
    pub names: Directory,
    /// Names of the services asked about.
    pub services: Vec<String>,
    /// The two ways of signing in that are drawn.
    pub manners: Vec<Manner>,
    /// The rows of the picture.
    pub crowds: Crowds,
    /// The panels of the picture: targets that fare the same, for each manner.
    pub panels: Vec<Panel>,
}

/// Names by id, in lower case.
#[derive(Debug, Clone, Default)]
pub struct Directory(HashMap<String, String>);

impl Labels for Directory {
    fn label<'a>(&'a self, _: Kind, id: &'a str) -> &'a str {
        self.0.get(&id.to_lowercase()).map_or(id, String::as_str)
    }
}

impl Search {
    /// The answer, or why there is none.
    ///
    /// # Errors
    /// What went wrong, for people.
    pub fn answer(&self) -> std::result::Result<&Found, &str> {
        match self.answer.get() {
            Some(Ok(found)) => Ok(found),
            Some(Err(why)) => Err(why),
            None => Err("the search has not ended"),
        }
    }

    /// When it was asked for: the policies and people are those of this moment.
    #[must_use]
    pub fn begun(&self) -> Timestamp {
        self.begun
    }
}

/// Services that a question may name: those that no requirement is waived for, as the search knows of no such favour.
///
/// # Errors
/// Storage failure.
pub async fn services(ctx: &Context, tenant: TenantId) -> Result<Vec<Application>> {
    let mut unit = ctx.store.tenant(tenant).read().await?;
    services_of(unit.as_mut()).await
}

async fn services_of(unit: &mut dyn Unit) -> Result<Vec<Application>> {
    let mut all = unit.applications().list().await?;
    all.retain(|application| !application.identifier_uris.is_empty() && access::waived_controls(application.app_id).is_empty());
    all.sort_by_key(|application| application.display_name.to_lowercase());
    Ok(all)
}

/// Begins a search, or finds it under way or done, and waits a moment for its end.
///
/// # Errors
/// [`DirectoryError::Invalid`] for a service that the tenant does not have; storage failure; a stored policy that cannot be read.
pub async fn search(
    ctx: &Context,
    tenant: TenantId,
    question: &Question,
    patience: Duration,
) -> std::result::Result<Progress, DirectoryError> {
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let generation = unit.tenant().generation().await?;
    let key = (tenant, generation, question.clone());
    let search = match ctx.gaps.known.get(&key).await {
        Some(known) => known,
        None => {
            let ground = Ground::read(ctx, unit.as_mut(), tenant, question).await?;
            let new = || Arc::new(Search { begun: ctx.now(), looked_at: AtomicUsize::new(0), answer: SetOnce::new() });
            let entry = ctx.gaps.known.entry(key).or_insert_with(async { new() }).await;
            let is_fresh = entry.is_fresh();
            let search = entry.into_value();
            if is_fresh {
                begin(ctx.gaps.computing.clone(), search.clone(), ground);
            }
            search
        }
    };
    drop(unit);
    // Who has no patience only begins it. That it did not end in time shows below.
    if !patience.is_zero() {
        let _waited = tokio::time::timeout(patience, search.answer.wait()).await.is_ok();
    }
    if search.answer.get().is_some() {
        return Ok(Progress::Done(search));
    }
    Ok(Progress::Searching { looked_at: search.looked_at.load(Ordering::Relaxed) })
}

fn begin(computing: Arc<Semaphore>, search: Arc<Search>, ground: Ground) {
    tokio::spawn(async move {
        // The semaphore is never closed.
        let _permit = computing.acquire_owned().await;
        let searching = search.clone();
        let answer = tokio::task::spawn_blocking(move || ground.look(&searching.looked_at)).await;
        let answer = answer.unwrap_or_else(|error| {
            tracing::error!(%error, "gaps");
            Err("the search ended with a fault of this server; its log says more".to_owned())
        });
        // Only this task answers.
        let _once = search.answer.set(answer);
    });
}

/// Everything that a search looks at, read in one moment.
struct Ground {
    policies: Arc<TenantPolicies>,
    named_locations: Vec<doorward_model::named_location::NamedLocation>,
    conditional_access: Vec<ConditionalAccessPolicy>,
    service_policies: Vec<ServicePolicy>,
    people: People,
    targets: Vec<ResourceFacts>,
    clients: Vec<ClientFacts>,
    names: Directory,
    services: Vec<String>,
    require: Vec<GrantControl>,
}

impl Ground {
    async fn read(ctx: &Context, unit: &mut dyn Unit, tenant: TenantId, question: &Question) -> std::result::Result<Self, DirectoryError> {
        let mut services = services_of(unit).await?;
        if let Some(unknown) = question.services.iter().find(|id| !services.iter().any(|service| service.app_id == **id)) {
            return Err(DirectoryError::Invalid { member: "service".into(), problem: format!("{unknown} is none of the services") });
        }
        services.retain(|service| question.services.is_empty() || question.services.contains(&service.app_id));
        let applications = unit.applications().list().await?;
        let clients = applications.iter().filter(|application| application.approved || application.protectable);
        let people = People::read(unit, PEOPLE).await?;
        let mut names: HashMap<String, String> = people.names.clone();
        names.extend(unit.groups().list().await?.into_iter().map(|group| (group.id.to_string(), group.display_name)));
        names.extend(Role::ALL.into_iter().map(|role| (role.template_id().to_string(), role.display_name().to_owned())));
        names.extend(applications.iter().map(|application| (application.app_id.to_string(), application.display_name.clone())));
        let locations = unit.documents().list(DocumentKind::NamedLocation).await?;
        names.extend(locations.iter().map(|document| (document.id.to_lowercase(), display_name(document))));
        // These are the documents that the set was made from, in the same moment; it could not have been made had one been unreadable.
        let read_policy =
            |document: &doorward_model::document::Document| policy_file::conditional_access::read(&document.body, &document.id).ok();
        let conditional_access = unit.documents().list(DocumentKind::ConditionalAccessPolicy).await?;
        let service_policies = unit.documents().list(DocumentKind::ServicePolicy).await?;
        Ok(Self {
            policies: policies::current(ctx, unit, tenant).await?,
            named_locations: locations.iter().filter_map(|document| policy_file::named_location::read(&document.body).ok()).collect(),
            conditional_access: conditional_access.iter().filter_map(read_policy).collect(),
            service_policies: service_policies
                .iter()
                .filter_map(|document| policy_file::service_policy::read(&document.body).ok())
                .collect(),
            people,
            targets: services.iter().map(access::resource_facts).collect(),
            clients: clients.map(access::client_facts).collect(),
            names: Directory(names),
            services: services.into_iter().map(|service| service.display_name).collect(),
            require: question.require.clone(),
        })
    }

    fn look(self, looked_at: &AtomicUsize) -> std::result::Result<Found, String> {
        if self.people.users.is_empty() || self.targets.is_empty() {
            // A search among nobody would find nothing, and that would pass for safety.
            return Err("there is nobody, or no service, to look at".to_owned());
        }
        let targets: Vec<Target> = self.targets.into_iter().map(Target::Resource).collect();
        let set = &self.policies.compiled;
        let universe =
            Universe { users: &self.people.users, targets: &targets, clients: &self.clients, named_locations: &self.named_locations };
        let begun = Instant::now();
        let should_stop = || {
            looked_at.fetch_add(1, Ordering::Relaxed);
            begun.elapsed() > TIME_LIMIT
        };
        let requirement = Requirement(self.require.clone());
        let gaps = regions::gaps(set, universe, &requirement, &should_stop).map_err(|error| error.to_string())?;
        let manners = vec![Manner::plain(&gaps.axes), Manner::all_but(&self.require, &gaps.axes)];
        let crowds = Crowds::of(&[(&self.conditional_access, &self.service_policies)], &self.people.users, &self.names);
        let mut rows = heat::Rows::new(&[set], &self.people.users, crowds.shown.iter().map(|crowd| crowd.members.as_slice()));
        let panels = rows.panels(&targets, &manners);
        Ok(Found { gaps, people: self.people, names: self.names, services: self.services, manners, crowds, panels })
    }
}
