//! From the members of a sign-in to its classes. Logs say the same over and over: what was met once is known by its text.

use std::convert::Infallible;

use doorward_policy::conditional_access::{
    Class, Classes, ClientFacts, DeviceClass, Evidence, FactorsClass, Parts, SignIn, SubjectClass, Waived,
};
use doorward_wire::policy_file::ReadError;
use foldhash::HashMap;
use serde_json::value::RawValue;

use super::pair::Pair;
use super::purposes::Purposes;
use crate::policy::directory::Directory;
use crate::policy::sign_in::Fields;

/// How many texts of one kind are remembered. However long a log is, it does not take more memory.
const REMEMBERED: usize = 1 << 16;
/// Texts longer than this are not remembered.
const LONGEST: usize = 1 << 12;

/// Keeps what follows from a text.
struct Memory<T>(HashMap<Box<[u8]>, T>);

impl<T: Copy> Memory<T> {
    fn new() -> Self {
        Self(HashMap::default())
    }

    fn recall<E>(&mut self, text: &[u8], otherwise: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        if let Some(known) = self.0.get(text) {
            return Ok(*known);
        }
        let value = otherwise()?;
        if self.0.len() >= REMEMBERED {
            self.0.clear();
        }
        if text.len() <= LONGEST {
            self.0.insert(text.into(), value);
        }
        Ok(value)
    }
}

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
    subjects: Memory<Option<Pair<SubjectClass>>>,
    targets: Memory<(Pair<Class>, usize)>,
    pub(super) purposes: Purposes,
    places: Memory<Pair<Class>>,
    devices: Memory<Pair<DeviceClass>>,
    factors: Memory<Pair<FactorsClass>>,
    clients: Memory<Client>,
    /// Room for a text that is put together.
    text: Vec<u8>,
}

impl<'a> Lookup<'a> {
    pub(super) fn new(directory: &'a Directory, sets: Pair<Classes<'a>>) -> Self {
        Self {
            directory,
            sets,
            subjects: Memory::new(),
            targets: Memory::new(),
            purposes: Purposes::default(),
            places: Memory::new(),
            devices: Memory::new(),
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
        let Self { directory, sets, text, subjects, .. } = self;
        // The same id may be that of a user and of a service principal.
        subjects.recall(join(text, [fields.user_id.as_deref(), fields.service_principal_id.as_deref()]), || {
            let subject = who.subject(directory);
            Ok(subject.map(|subject| sets.as_mut().map(|set| set.subject(&subject))))
        })
    }

    fn target(&mut self, fields: &Fields<'_>) -> Result<(Pair<Class>, usize), ReadError> {
        let Self { directory, sets, text, targets, purposes, .. } = self;
        let action = fields.user_action.map(|action| action.as_str());
        let parts = [fields.resources.map(RawValue::get), action, fields.authentication_context.as_deref()];
        targets.recall(join(text, parts), || {
            let resources = fields.resources(directory)?;
            let classes = sets.as_mut().map(|set| set.target(&resources, fields.user_action, fields.authentication_context.as_deref()));
            Ok((classes, purposes.number(purpose(fields)?)))
        })
    }

    fn place(&mut self, fields: &Fields<'_>) -> Result<Pair<Class>, ReadError> {
        let Self { sets, text, places, .. } = self;
        places.recall(join(text, [fields.ip_address.as_deref(), fields.country.as_deref()]), || {
            let ip = fields.ip()?;
            Ok(sets.as_mut().map(|set| set.place(ip, fields.country.as_deref())))
        })
    }

    fn device(&mut self, fields: &Fields<'_>) -> Result<Pair<DeviceClass>, ReadError> {
        let Self { sets, devices, .. } = self;
        devices.recall(fields.device.map_or("", RawValue::get).as_bytes(), || {
            let device = fields.device()?;
            Ok(sets.as_mut().map(|set| set.device(device.as_ref())))
        })
    }

    fn factors(&mut self, fields: &Fields<'_>) -> Result<Pair<FactorsClass>, ReadError> {
        let Self { sets, text, factors, .. } = self;
        let mfa = fields.mfa.unwrap_or_default();
        let [methods, terms] = [fields.authentication_methods, fields.terms_of_use_accepted].map(|raw| raw.map(RawValue::get));
        factors.recall(join(text, [methods, terms, mfa.then_some("mfa")]), || {
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
