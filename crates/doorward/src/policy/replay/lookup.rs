//! From the members of a sign-in to its classes. Logs say the same over and over: what was met once is known by its text.

use std::convert::Infallible;

use doorward_policy::conditional_access::{
    Class, Classes, ClientFacts, DeviceClass, Evidence, FactorsClass, Parts, SignIn, SubjectClass, Waived,
};
use doorward_wire::policy_file::ReadError;

use super::known_objects::KnownObjects;
use super::memory::Memory;
use super::networks::Networks;
use super::pair::Pair;
use super::purposes::Purposes;
use crate::policy::directory::Directory;
use crate::policy::sign_in::{Fields, Who};

/// The client app, as far as grant controls ask for it.
#[derive(Clone, Copy, Default)]
struct Client {
    approved: bool,
    protectable: bool,
}

/// A sign-in as each set sees it, and the number of what it is for.
#[derive(Clone, Copy)]
pub(super) struct Found {
    pub(super) sign_ins: Pair<SignIn>,
    pub(super) purpose: usize,
}

pub(super) struct Lookup<'a> {
    directory: &'a Directory,
    pub(super) sets: Pair<Classes<'a>>,
    /// None for somebody that the directory does not know.
    users: Memory<Option<Pair<SubjectClass>>>,
    workloads: Memory<Option<Pair<SubjectClass>>>,
    targets: Memory<(Pair<Class>, usize)>,
    pub(super) purposes: Purposes,
    networks: Networks,
    places: Memory<Pair<Class>>,
    pub(super) devices: KnownObjects<Pair<DeviceClass>>,
    factors: Memory<Pair<FactorsClass>>,
    clients: Memory<Client>,
    /// Room for a text that is put together.
    text: Vec<u8>,
}

impl<'a> Lookup<'a> {
    pub(super) fn new(directory: &'a Directory, sets: Pair<Classes<'a>>) -> Self {
        let networks = Networks::new(sets.as_ref().map(Classes::borders));
        Self {
            directory,
            sets,
            networks,
            users: Memory::new(),
            workloads: Memory::new(),
            targets: Memory::new(),
            purposes: Purposes::default(),
            places: Memory::new(),
            devices: KnownObjects::new(),
            factors: Memory::new(),
            clients: Memory::new(),
            text: Vec::new(),
        }
    }

    /// None when the directory does not know the user. `waived` are controls that count as satisfied.
    pub(super) fn sign_in(&mut self, fields: &Fields<'_>, waived: Waived) -> Result<Option<Found>, ReadError> {
        let ((target, purpose), place) = (self.target(fields)?, self.place(fields)?);
        let (device, factors) = (self.device(fields)?, self.factors(fields)?);
        let evidence = self.evidence(fields, waived);
        let values = fields.circumstances();
        let circumstances = self.sets.as_mut().map(|set| set.circumstances(values));
        let Some(subject) = self.subject(fields)? else { return Ok(None) };
        let parts = subject.zip(target).zip(place).zip(device).zip(circumstances).zip(factors);
        let sign_ins = self.sets.as_mut().zip(parts).map(|(set, (((((subject, target), place), device), circumstances), factors))| {
            set.resolve(Parts { subject, target, place, device, circumstances, factors, evidence })
        });
        Ok(Some(Found { sign_ins, purpose }))
    }

    fn subject(&mut self, fields: &Fields<'_>) -> Result<Option<Pair<SubjectClass>>, ReadError> {
        let who = fields.who()?;
        let Self { directory, sets, users, workloads, .. } = self;
        // The same id may be that of a user and of a service principal.
        let subjects = if let Who::User(_) = who { users } else { workloads };
        subjects.recall(who.id().as_bytes(), || {
            let subject = who.subject(directory);
            Ok(subject.map(|subject| sets.as_mut().map(|set| set.subject(&subject))))
        })
    }

    fn target(&mut self, fields: &Fields<'_>) -> Result<(Pair<Class>, usize), ReadError> {
        let Self { directory, sets, text, targets, purposes, .. } = self;
        let action = fields.user_action.map(|action| action.as_str());
        let context = fields.authentication_context.as_deref();
        let what = match (fields.resources, action, context) {
            // Almost all there is, and not to be taken for several parts.
            (Some(resources), None, None) => resources.as_bytes(),
            parts => join(text, parts.into()),
        };
        targets.recall(what, || {
            let resources = fields.resources(directory)?;
            let classes = sets.as_mut().map(|set| set.target(&resources, fields.user_action, context));
            Ok((classes, purposes.number(purpose(fields)?)))
        })
    }

    fn place(&mut self, fields: &Fields<'_>) -> Result<Pair<Class>, ReadError> {
        let Self { sets, text, places, networks, .. } = self;
        let (ip, country) = (fields.ip()?, fields.country.as_deref());
        text.clear();
        text.extend_from_slice(&networks.number(ip).to_ne_bytes());
        // What stands for none occurs in no UTF-8.
        text.extend_from_slice(country.map_or(&[0xFE], str::as_bytes));
        places.recall(text, || Ok(sets.as_mut().map(|set| set.place(ip, country))))
    }

    fn device(&mut self, fields: &Fields<'_>) -> Result<Pair<DeviceClass>, ReadError> {
        let Self { sets, devices, .. } = self;
        devices.recall(fields.device.unwrap_or_default(), || {
            let device = fields.device()?;
            Ok(sets.as_mut().map(|set| set.device(device.as_ref())))
        })
    }

    fn factors(&mut self, fields: &Fields<'_>) -> Result<Pair<FactorsClass>, ReadError> {
        let Self { sets, text, factors, .. } = self;
        let mfa = fields.mfa.unwrap_or_default();
        let given = [fields.authentication_methods, fields.terms_of_use_accepted, mfa.then_some("mfa")];
        factors.recall(join(text, given), || {
            let (methods, terms) = (fields.authentication_methods()?, fields.terms_of_use_accepted()?);
            Ok(sets.as_mut().map(|set| set.factors(mfa, &methods, &terms)))
        })
    }

    fn evidence(&mut self, fields: &Fields<'_>, waived: Waived) -> Evidence {
        let Client { approved, protectable } = fields.client_app_id.as_deref().map(|app_id| self.client(app_id)).unwrap_or_default();
        Evidence {
            approved,
            protectable,
            broker_present: fields.broker_present.unwrap_or_default(),
            app_protection_applied: fields.app_protection_applied.unwrap_or_default(),
            attestation_missing: fields.attestation_missing.unwrap_or_default(),
            mfa: fields.mfa.unwrap_or_default(),
            password_changed: fields.password_changed.unwrap_or_default(),
            waived,
        }
    }

    fn client(&mut self, app_id: &str) -> Client {
        let Self { directory, clients, .. } = self;
        let Ok(client) = clients.recall::<Infallible>(app_id.as_bytes(), || {
            let ClientFacts { approved, protectable, .. } = directory.client(app_id);
            Ok(Client { approved, protectable })
        });
        client
    }
}

/// What the sign-in is for, each thing once.
pub(super) fn purpose(fields: &Fields<'_>) -> Result<Vec<String>, ReadError> {
    let mut purpose: Vec<String> = Vec::new();
    let resources = fields.resource_ids()?.into_iter().map(|app_id| app_id.to_lowercase());
    let action = fields.user_action.map(|action| action.as_str().to_owned());
    let context = fields.authentication_context.as_deref().map(str::to_lowercase);
    for name in resources.chain(action).chain(context) {
        if !purpose.contains(&name) {
            purpose.push(name);
        }
    }
    Ok(purpose)
}

/// One text of several parts. What ends a part, and what stands for none, occurs in no UTF-8.
fn join<'t, const N: usize>(text: &'t mut Vec<u8>, parts: [Option<&str>; N]) -> &'t [u8] {
    text.clear();
    for part in parts {
        text.extend_from_slice(part.map_or(&[0xFE], str::as_bytes));
        text.push(0xFF);
    }
    text
}

#[cfg(test)]
mod tests;
