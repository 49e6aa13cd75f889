//! The policies of a tenant, compiled and kept until something they depend on changes.

use std::collections::HashSet;
use std::sync::Arc;

use aws_lc_rs::digest;
use doorward_model::TenantId;
use doorward_model::conditional_access::{ConditionalAccessPolicy, Devices, PolicyState, UserActionCondition};
use doorward_model::document::{Document, DocumentKind};
use doorward_policy::conditional_access::{DecisionCache, PolicySet, compile};
use doorward_store::Unit;
use doorward_wire::{hex, policy_file};
use serde_json::Value;

use crate::by_generation::ByGeneration;
use crate::context::Context;
use crate::error::{Error, Result};

/// Compiled policies by tenant.
#[derive(Default)]
pub struct PolicyCache(ByGeneration<TenantPolicies>);

/// Room for the decisions of a tenant: a thousand about ninety policies, in some 30 MB.
const DECISION_ROWS: usize = 100_000;

/// What decisions of a tenant are made with.
pub struct TenantPolicies {
    /// The set.
    pub compiled: Arc<PolicySet>,
    /// What it decides.
    pub decisions: DecisionCache,
    /// Ids of the policies that name the registration of second factors as what they are for.
    pub about_registration: HashSet<String>,
    /// Ids of the enabled policies that look at what a device is like.
    pub about_devices: HashSet<String>,
    /// SHA-256 over the documents, hexadecimal: names the set in the sign-in log.
    pub hash: String,
}

/// The present policies of a tenant, in the snapshot of the unit of work.
///
/// # Errors
/// Storage failure, or a stored policy that cannot be read: then nobody gets in, because leaving it out could open a door.
pub async fn current(ctx: &Context, unit: &mut dyn Unit, tenant: TenantId) -> Result<Arc<TenantPolicies>> {
    let generation = unit.tenant().generation().await?;
    if let Some(policies) = ctx.policies.0.get(tenant, generation) {
        return Ok(policies);
    }
    let documents = documents(unit).await?;
    let (compiled, about_registration) = compile_documents(&documents)?;
    let about_devices = about_devices(&documents)?;
    let compiled = Arc::new(compiled);
    let decisions = DecisionCache::new(compiled.clone(), DECISION_ROWS);
    let hash = hash(&documents);
    let policies = TenantPolicies { compiled, decisions, about_registration, about_devices, hash };
    Ok(ctx.policies.0.put(tenant, generation, policies))
}

/// The documents of a tenant as they are, and as they are but for one of them: before a change or after it.
pub(crate) struct Variants {
    present: Documents,
    other: Documents,
}

/// A compiled set, with the ids of the policies that are about registering second factors.
pub(crate) type Compiled = (PolicySet, HashSet<String>);

impl Variants {
    /// The documents of one moment, and the same with other bodies under some ids, or without these where there is none.
    ///
    /// # Errors
    /// Storage failure.
    pub(crate) async fn read(unit: &mut dyn Unit, kind: DocumentKind, others: &[(&str, Option<&Value>)]) -> Result<Self> {
        let present = documents(unit).await?;
        let mut other = present.clone();
        let of_kind = KINDS.into_iter().zip(&mut other).find(|(known, _)| *known == kind);
        let Some((_, documents)) = of_kind else { return Ok(Self { present, other }) };
        for &(id, body) in others {
            let place = documents.iter().position(|document| document.id == id);
            match (body, place) {
                (Some(body), Some(place)) => documents.iter_mut().skip(place).take(1).for_each(|document| document.body = body.clone()),
                (Some(body), None) => documents.push(Document {
                    id: id.to_owned(),
                    version: 1,
                    body: body.clone(),
                    subject: String::new(),
                    created: jiff::Timestamp::UNIX_EPOCH,
                    modified: jiff::Timestamp::UNIX_EPOCH,
                }),
                (None, Some(place)) => drop(documents.remove(place)),
                (None, None) => {}
            }
        }
        Ok(Self { present, other })
    }

    /// The present set, compiled afresh.
    ///
    /// # Errors
    /// A stored document that cannot be read.
    pub(crate) fn present(&self) -> Result<Compiled> {
        compile_documents(&self.present)
    }

    /// The set with the other document in it.
    ///
    /// # Errors
    /// A document that cannot be read.
    pub(crate) fn other(&self) -> Result<Compiled> {
        compile_documents(&self.other)
    }
}

/// What decisions depend on, in the order in which it is kept here.
const KINDS: [DocumentKind; 4] = [
    DocumentKind::ConditionalAccessPolicy,
    DocumentKind::ServicePolicy,
    DocumentKind::NamedLocation,
    DocumentKind::AuthenticationStrengthPolicy,
];

/// Documents by [`KINDS`].
type Documents = [Vec<Document>; 4];

async fn documents(unit: &mut dyn Unit) -> Result<Documents> {
    let mut documents = Documents::default();
    for (kind, of_kind) in KINDS.into_iter().zip(&mut documents) {
        *of_kind = unit.documents().list(kind).await?;
    }
    Ok(documents)
}

fn about_devices([policies, ..]: &Documents) -> Result<HashSet<String>> {
    let looks = |policy: &ConditionalAccessPolicy| {
        let Devices { filter, devices, states } = &policy.conditions.devices;
        policy.state == PolicyState::Enabled && (filter.is_some() || !devices.is_empty() || !states.is_empty())
    };
    Ok(read_policies(policies)?.into_iter().filter(looks).map(|policy| policy.id).collect())
}

fn read_policies(documents: &[Document]) -> Result<Vec<ConditionalAccessPolicy>> {
    read_all(documents, |document| policy_file::conditional_access::read(&document.body, &document.id))
}

fn compile_documents([policies, services, locations, strengths]: &Documents) -> Result<Compiled> {
    let policies = read_policies(policies)?;
    let services = read_all(services, |document| policy_file::service_policy::read(&document.body))?;
    let locations = read_all(locations, |document| policy_file::named_location::read(&document.body))?;
    let strengths = read_all(strengths, |document| policy_file::authentication_strength::read(&document.body))?;
    let compiled = compile(&policies, &services, &locations, &strengths).map_err(|error| Error::internal("policies", &error))?;
    let registration = UserActionCondition::RegisterSecurityInformation;
    let about_registration =
        policies.into_iter().filter(|policy| policy.conditions.applications.include_user_actions.contains(&registration));
    Ok((compiled, about_registration.map(|policy| policy.id).collect()))
}

fn read_all<T, E: std::fmt::Display>(documents: &[Document], read: impl Fn(&Document) -> std::result::Result<T, E>) -> Result<Vec<T>> {
    documents
        .iter()
        .map(|document| read(document).map_err(|error| Error::internal("policies", &format!("{}: {error}", document.id))))
        .collect()
}

fn hash(documents: &Documents) -> String {
    let mut digest = digest::Context::new(&digest::SHA256);
    for document in documents.iter().flatten() {
        for part in [document.id.as_bytes(), &document.version.to_be_bytes(), document.body.to_string().as_bytes()] {
            // Lengths in front keep two different sets from running together into one text.
            digest.update(&part.len().to_be_bytes());
            digest.update(part);
        }
    }
    hex(digest.finish().as_ref())
}
