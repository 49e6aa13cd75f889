//! Engines may remember what they have read, and must not be caught remembering: whatever is done, and whether it is committed or
//! given up, the next unit reads what was committed last. A random walk beside the rules written straight down.

use std::collections::{BTreeMap, BTreeSet};

use doorward_model::consent::Consent;
use doorward_model::rng::Rng as _;

use super::*;
use crate::{Sha256, Unit};

/// Steps of the walk.
const STEPS: usize = 300;

/// What is committed.
#[derive(Clone, Default)]
struct World {
    users: BTreeMap<UserId, User>,
    groups: BTreeSet<GroupId>,
    members: BTreeSet<(GroupId, Uuid)>,
    devices: BTreeMap<DeviceId, Device>,
    sessions: BTreeMap<SessionId, Session>,
    tokens: BTreeMap<Sha256, RefreshToken>,
    prts: BTreeMap<Sha256, PrimaryRefreshToken>,
    applications: BTreeMap<AppId, Application>,
    consents: BTreeMap<(UserId, AppId, AppId), Consent>,
    registrations: BTreeMap<String, Document>,
}

/// Few objects, so that they are met again and again.
struct Names {
    users: Vec<UserId>,
    groups: Vec<GroupId>,
    devices: Vec<DeviceId>,
    sessions: Vec<SessionId>,
    hashes: Vec<Sha256>,
    applications: Vec<AppId>,
}

impl Names {
    fn new() -> Self {
        let seeds = || 1..4_u64;
        Self {
            users: seeds().map(|seed| UserId::random(&rng(seed))).collect(),
            groups: seeds().map(|seed| GroupId::random(&rng(10 + seed))).collect(),
            devices: seeds().map(|seed| DeviceId::random(&rng(20 + seed))).collect(),
            sessions: seeds().map(|seed| SessionId::random(&rng(30 + seed))).collect(),
            hashes: (1..4).map(|byte| [byte; 32]).collect(),
            applications: seeds().map(|seed| AppId::random(&rng(40 + seed))).collect(),
        }
    }
}

/// Throws dice.
struct Dice(SeededRng);

impl Dice {
    fn below(&self, sides: usize) -> usize {
        let mut bytes = [0; 2];
        self.0.fill(&mut bytes);
        usize::from(u16::from_le_bytes(bytes)) % sides
    }

    fn pick<T: Copy>(&self, of: &[T]) -> T {
        *of.get(self.below(of.len())).unwrap()
    }
}

/// What is read is what was committed last, by whichever way it was changed, and never what was given up.
pub async fn what_is_read_is_what_was_committed_last(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let (names, dice) = (Names::new(), Dice(rng(99)));
    let mut world = World::default();
    for step in 0..STEPS {
        let mut next = world.clone();
        let mut unit = tenant.write().await.unwrap();
        for _ in 0..=dice.below(3) {
            change(unit.as_mut(), &mut next, &names, &dice, step).await;
        }
        // Reads of a writer see its own changes, which are never to be seen again when they are given up.
        compare(unit.as_mut(), &next, &names, step).await;
        if dice.below(4) == 0 {
            drop(unit);
        } else {
            unit.commit().await.unwrap();
            world = next;
        }
        for _ in 0..2 {
            compare(tenant.read().await.unwrap().as_mut(), &world, &names, step).await;
        }
    }
    assert!(!world.users.is_empty() && !world.tokens.is_empty(), "the walk must meet what it is about");
}

async fn compare(unit: &mut dyn Unit, world: &World, names: &Names, step: usize) {
    for id in &names.users {
        assert_eq!(unit.users().get(*id).await.unwrap().as_deref(), world.users.get(id), "user, step {step}");
        let mut groups = BTreeSet::new();
        let mut reached = vec![id.0];
        while let Some(member) = reached.pop() {
            for (group, _) in world.members.iter().filter(|(_, this)| *this == member) {
                if groups.insert(*group) {
                    reached.push(group.0);
                }
            }
        }
        assert_eq!(*unit.groups().transitive_of(*id).await.unwrap(), Vec::from_iter(groups), "groups, step {step}");
        let subject = id.to_string();
        let of_subject: Vec<String> =
            world.registrations.values().filter(|document| document.subject == subject).map(|document| document.body.to_string()).collect();
        let found = unit.documents().list_by_subject(DocumentKind::ManagedAppRegistration, &subject).await.unwrap();
        let found: Vec<String> = found.iter().map(|document| document.body.to_string()).collect();
        assert_eq!(BTreeSet::from_iter(found), BTreeSet::from_iter(of_subject), "registrations, step {step}");
        for app in &names.applications {
            let given = unit.grants().consent(*id, *app, *app).await.unwrap();
            assert_eq!(given.as_deref(), world.consents.get(&(*id, *app, *app)), "consent, step {step}");
        }
    }
    for id in &names.devices {
        assert_eq!(unit.devices().get(*id).await.unwrap().as_deref(), world.devices.get(id), "device, step {step}");
    }
    for id in &names.sessions {
        assert_eq!(unit.sessions().get(*id).await.unwrap().as_deref(), world.sessions.get(id), "session, step {step}");
    }
    for hash in &names.hashes {
        assert_eq!(unit.grants().refresh_token(hash).await.unwrap().as_deref(), world.tokens.get(hash), "refresh token, step {step}");
        let prt = unit.grants().prt(hash).await.unwrap();
        assert!(prt.as_deref() == world.prts.get(hash), "primary refresh token, step {step}");
    }
    for id in &names.applications {
        let known = world.applications.get(id);
        assert_eq!(unit.applications().get(*id).await.unwrap().as_deref(), known, "application, step {step}");
        let by_uri = unit.applications().find_by_identifier_uri(&format!("api://{id}")).await.unwrap();
        assert_eq!(by_uri.as_deref(), known, "application by its URI, step {step}");
    }
}

/// One change, of the store and of the world.
async fn change(unit: &mut dyn Unit, world: &mut World, names: &Names, dice: &Dice, step: usize) {
    let (id, owner) = (dice.pick(&names.users), dice.pick(&names.users));
    let (device_id, session_id, hash) = (dice.pick(&names.devices), dice.pick(&names.sessions), dice.pick(&names.hashes));
    let (app, group, other) = (dice.pick(&names.applications), dice.pick(&names.groups), dice.pick(&names.groups));
    let time = at(i64::try_from(step).unwrap());
    match dice.below(20) {
        0 | 1 => {
            let name = format!("{id}@one.example");
            let this = User { id, display_name: format!("Step {step}"), ..user(1, &name) };
            match world.users.insert(id, this.clone()) {
                None => unit.users().create(&this).await.unwrap(),
                Some(_) => unit.users().update(&this).await.unwrap(),
            }
        }
        2 if dice.below(3) == 0 && world.users.remove(&id).is_some() => {
            unit.users().delete(id).await.unwrap();
            let devices: Vec<DeviceId> = world.devices.values().filter(|device| device.owner == Some(id)).map(|device| device.id).collect();
            let on_device = |device: Option<DeviceId>| device.is_some_and(|device| devices.contains(&device));
            world.members.retain(|(_, member)| *member != id.0);
            world.devices.retain(|device, _| !devices.contains(device));
            world.sessions.retain(|_, session| session.user_id != id);
            world.tokens.retain(|_, token| token.user_id != id && !on_device(token.device_id));
            world.prts.retain(|_, token| token.user_id != id && !on_device(Some(token.device_id)));
            world.consents.retain(|(user, _, _), _| *user != id);
            world.registrations.retain(|_, document| document.subject != id.to_string());
        }
        3 | 4 if world.groups.insert(group) => {
            let this = Group { id: group, display_name: "Group".into(), description: None, created: at(0) };
            unit.groups().create(&this).await.unwrap();
        }
        3 => {
            let member = Member::User(id);
            if world.members.insert((group, id.0)) {
                unit.groups().add_member(group, member).await.unwrap();
            } else {
                world.members.remove(&(group, id.0));
                unit.groups().remove_member(group, member).await.unwrap();
            }
        }
        4 if world.members.insert((group, other.0)) => unit.groups().add_member(group, Member::Group(other)).await.unwrap(),
        5 if dice.below(3) == 0 && world.groups.remove(&group) => {
            unit.groups().delete(group).await.unwrap();
            world.members.retain(|(this, member)| *this != group && *member != group.0);
        }
        6 | 7 => {
            let known = world.devices.get(&device_id).map(|device| device.owner);
            let this = Device {
                id: device_id,
                public_key_sha256: device_id.to_string(),
                eas_device_id: None,
                display_name: format!("Step {step}"),
                ..device(1, known.unwrap_or(Some(owner)))
            };
            match world.devices.insert(device_id, this.clone()) {
                None => unit.devices().create(&this).await.unwrap(),
                Some(_) => unit.devices().update(&this).await.unwrap(),
            }
        }
        8 if world.devices.remove(&device_id).is_some() => {
            unit.devices().delete(device_id).await.unwrap();
            world.tokens.retain(|_, token| token.device_id != Some(device_id));
            world.prts.retain(|_, token| token.device_id != device_id);
        }
        9 | 10 => {
            let this = Session { id: session_id, amr: vec![step.to_string()], ..session(1, id) };
            if let Some(known) = world.sessions.get_mut(&session_id) {
                let this = Session { user_id: known.user_id, ..this };
                unit.sessions().update(&this).await.unwrap();
                // What was revoked stays so.
                *known = Session { revoked: known.revoked, ..this };
            } else {
                unit.sessions().create(&this).await.unwrap();
                world.sessions.insert(session_id, this);
            }
        }
        11 => {
            if let Some(known) = world.sessions.get_mut(&session_id) {
                unit.sessions().revoke(session_id, time).await.unwrap();
                known.revoked = known.revoked.or(Some(time));
            }
        }
        12 | 13 if !world.tokens.contains_key(&hash) => {
            let code = CodeId::random(&rng(step as u64 % 3));
            let this = RefreshToken {
                id: TokenId::random(&dice.0),
                app_id: app,
                expires: at(step as i64 + 200),
                ..refresh_token(1, id, Some(device_id), Some(code))
            };
            unit.grants().create_refresh_token(&hash, &this).await.unwrap();
            world.tokens.insert(hash, this);
        }
        12..=14 => {
            let known = world.tokens.get(&hash).cloned();
            let Some(known) = known else { return };
            let which: Box<dyn Fn(&RefreshToken) -> bool> = match dice.below(3) {
                0 => {
                    unit.grants().revoke_refresh_token(known.id, time).await.unwrap();
                    Box::new(move |token| token.id == known.id)
                }
                1 => {
                    unit.grants().revoke_by_code(known.code_id.unwrap(), time).await.unwrap();
                    Box::new(move |token| token.code_id == known.code_id)
                }
                _ => {
                    unit.grants().revoke_for_app(known.user_id, known.app_id, time).await.unwrap();
                    Box::new(move |token| token.user_id == known.user_id && token.app_id == known.app_id)
                }
            };
            for token in world.tokens.values_mut().filter(|token| which(token)) {
                token.revoked = token.revoked.or(Some(time));
            }
        }
        15 => match world.prts.get_mut(&hash) {
            None => {
                let this = PrimaryRefreshToken { id: TokenId::random(&dice.0), ..prt(1, id, device_id) };
                unit.grants().create_prt(&hash, &this).await.unwrap();
                world.prts.insert(hash, this);
            }
            Some(known) => {
                unit.grants().revoke_prt(known.id, time).await.unwrap();
                known.revoked = known.revoked.or(Some(time));
            }
        },
        16 if dice.below(3) == 0 && world.applications.remove(&app).is_some() => {
            unit.applications().delete(app).await.unwrap();
            world.tokens.retain(|_, token| token.app_id != app);
            world.consents.retain(|(_, client, resource), _| *client != app && *resource != app);
        }
        16 => {
            let this =
                Application { identifier_uris: vec![format!("api://{app}")], ..Application::new(app, &format!("Step {step}"), at(0)) };
            match world.applications.insert(app, this.clone()) {
                None => unit.applications().create(&this).await.unwrap(),
                Some(_) => unit.applications().update(&this).await.unwrap(),
            }
        }
        17 => {
            let this = Consent { user_id: id, app_id: app, resource: app, scopes: vec![step.to_string()] };
            unit.grants().put_consent(&this).await.unwrap();
            world.consents.insert((id, app, app), this);
        }
        18 => {
            let key = format!("registration {}", dice.below(4));
            let (subject, body) = (id.to_string(), json!({ "step": step }));
            let kind = DocumentKind::ManagedAppRegistration;
            let this = Document { subject: subject.clone(), body: body.clone(), ..document(&key) };
            match world.registrations.insert(key.clone(), this.clone()) {
                None => drop(unit.documents().create(kind, &this, time).await.unwrap()),
                Some(_) if dice.below(3) == 0 => {
                    unit.documents().delete(kind, &key, None).await.unwrap();
                    world.registrations.remove(&key);
                }
                Some(_) => drop(unit.documents().update(kind, &key, &subject, &body, None, time).await.unwrap()),
            }
        }
        19 => {
            unit.grants().prune(time).await.unwrap();
            world.tokens.retain(|_, token| token.expires >= time && token.revoked.is_none_or(|at| at >= time));
            world.prts.retain(|_, token| token.expires >= time && token.revoked.is_none_or(|at| at >= time));
            world.sessions.retain(|_, session| session.expires >= time && session.revoked.is_none_or(|at| at >= time));
        }
        _ => {}
    }
}
