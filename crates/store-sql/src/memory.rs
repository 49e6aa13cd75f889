//! What was read lately, so that the same request does not ask the database the same questions again.
//!
//! A remembered object is given out only while nothing that could have changed it was committed since: every write says first what
//! it changes ([`Memory::doubt`]), from then on until it is committed or given up readers ask the database, and afterwards what was
//! remembered before is void. So a change counts from its commit on, as it does without a memory.
//!
//! Time is a count of changes. Objects and changes meet in a table of stripes: two objects may share a stripe, which makes one of
//! them be read once more, never once too few. What is given out is shared with everybody who asks, not copied.

use std::borrow::Borrow;
use std::hash::{BuildHasher as _, Hash};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use doorward_model::application::Application;
use doorward_model::consent::Consent;
use doorward_model::device::Device;
use doorward_model::document::Document;
use doorward_model::refresh_token::{PrimaryRefreshToken, RefreshToken};
use doorward_model::session::Session;
use doorward_model::user::User;
use doorward_model::{AppId, DeviceId, GroupId, SessionId, TenantId, UserId};
use doorward_store::Sha256;
use foldhash::fast::RandomState;
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{Equivalent, UnitWeighter};
use tokio::sync::mpsc;

use crate::circumstances::Stored;

/// Objects remembered of each kind, about a kilobyte each.
const CAPACITY: u64 = 16_384;
/// Objects of each kind that there is room for from the start.
const FEW: usize = 64;
/// Places where objects and changes meet.
const STRIPES: usize = 8192;

/// What is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// The generation of the tenant.
    Generation,
    /// Applications, by id and by identifier URI.
    Application,
    /// Users by id.
    User,
    /// Groups by the user in them.
    Membership,
    /// Devices by id.
    Device,
    /// Sessions by id.
    Session,
    /// Refresh tokens by hash.
    RefreshToken,
    /// Primary refresh tokens by hash.
    PrimaryRefreshToken,
    /// Consents by user, client and resource.
    Consent,
    /// Registrations of protected apps by their subject.
    Registration,
    /// Circumstances of sign-ins by hash.
    Circumstances,
}

/// What a write changes: one object of a kind, or any of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change(Kind, Option<u64>);

impl Change {
    /// The place of its stripe.
    fn stripe(self, tenant: TenantId) -> usize {
        usize::try_from(fingerprint(&(tenant, self.0, self.1)) % (STRIPES as u64)).unwrap_or_default()
    }
}

impl Kind {
    /// The object with that key.
    pub(crate) fn one(self, key: &impl Hash) -> Change {
        Change(self, Some(fingerprint(key)))
    }

    /// Any object of the kind.
    pub(crate) fn any(self) -> Change {
        Change(self, None)
    }
}

/// The same for the same key in one process; changes are not told from one process to another.
fn fingerprint(key: &impl Hash) -> u64 {
    static STATE: std::sync::OnceLock<RandomState> = std::sync::OnceLock::new();
    STATE.get_or_init(RandomState::default).hash_one(key)
}

/// When something was last changed, and how many writes are about to change it.
#[derive(Default)]
struct Stripe {
    changed: AtomicU64,
    doubts: AtomicU32,
}

impl Stripe {
    fn is_unchanged_since(&self, moment: u64) -> bool {
        self.doubts.load(Ordering::SeqCst) == 0 && self.changed.load(Ordering::SeqCst) <= moment
    }
}

/// An object with the moment before it was read, and the stripes where changes of it are noted: of it alone, and of any of its kind.
#[derive(Clone)]
struct Remembered<V> {
    read: u64,
    stripes: [usize; 2],
    value: V,
}

/// Objects of one kind by tenant and key. Each time that one is given out it is cloned, so values are pointers or numbers.
pub(crate) struct Objects<K, V> {
    kind: Kind,
    objects: Cache<(TenantId, K), Remembered<V>, UnitWeighter, RandomState>,
}

/// The key of an object that is looked for, borrowed.
#[derive(Hash)]
struct Sought<'a, Q: ?Sized>(TenantId, &'a Q);

impl<K: Borrow<Q>, Q: Eq + ?Sized> Equivalent<(TenantId, K)> for Sought<'_, Q> {
    fn equivalent(&self, (tenant, key): &(TenantId, K)) -> bool {
        self.0 == *tenant && *self.1 == *key.borrow()
    }
}

impl<K, V> Objects<K, V>
where
    K: Hash + Eq,
    V: Clone,
{
    fn of(kind: Kind) -> Self {
        let objects = Cache::with(FEW, CAPACITY, UnitWeighter, RandomState::default(), DefaultLifecycle::default());
        Self { kind, objects }
    }
}

/// The memory of one opened database.
pub(crate) struct Memory {
    now: AtomicU64,
    /// What was read before is void, whatever it is: another process has written.
    floor: AtomicU64,
    stripes: Box<[Stripe]>,
    /// Whether a write of another process would have been noticed.
    watched: AtomicBool,
    /// Whether anybody has asked since the watch last looked.
    asked: AtomicBool,
    /// Whether the writer has a new connection since the watch last looked.
    reconnected: AtomicBool,
    wake: mpsc::Sender<()>,
    pub(crate) generations: Objects<(), i64>,
    pub(crate) applications: Objects<AppId, Arc<Application>>,
    pub(crate) applications_by_uri: Objects<String, Arc<Application>>,
    pub(crate) users: Objects<UserId, Arc<User>>,
    pub(crate) memberships: Objects<UserId, Arc<[GroupId]>>,
    pub(crate) devices: Objects<DeviceId, Arc<Device>>,
    pub(crate) sessions: Objects<SessionId, Arc<Session>>,
    pub(crate) refresh_tokens: Objects<Sha256, Arc<RefreshToken>>,
    pub(crate) primary_refresh_tokens: Objects<Sha256, Arc<PrimaryRefreshToken>>,
    pub(crate) consents: Objects<(UserId, AppId, AppId), Arc<Consent>>,
    pub(crate) registrations: Objects<String, Arc<[Document]>>,
    pub(crate) circumstances: Objects<Sha256, Arc<Stored>>,
}

impl Memory {
    /// An empty memory, and what tells the watch that somebody asks. Until the watch has looked, nothing is given out.
    pub(crate) fn new() -> (Arc<Self>, mpsc::Receiver<()>) {
        let (wake, woken) = mpsc::channel(1);
        let memory = Self {
            now: AtomicU64::new(0),
            floor: AtomicU64::new(0),
            stripes: (0..STRIPES).map(|_| Stripe::default()).collect(),
            watched: AtomicBool::new(false),
            asked: AtomicBool::new(false),
            reconnected: AtomicBool::new(false),
            wake,
            generations: Objects::of(Kind::Generation),
            applications: Objects::of(Kind::Application),
            applications_by_uri: Objects::of(Kind::Application),
            users: Objects::of(Kind::User),
            memberships: Objects::of(Kind::Membership),
            devices: Objects::of(Kind::Device),
            sessions: Objects::of(Kind::Session),
            refresh_tokens: Objects::of(Kind::RefreshToken),
            primary_refresh_tokens: Objects::of(Kind::PrimaryRefreshToken),
            consents: Objects::of(Kind::Consent),
            registrations: Objects::of(Kind::Registration),
            circumstances: Objects::of(Kind::Circumstances),
        };
        (Arc::new(memory), woken)
    }

    /// The present moment. Whatever is read from the database after it may be remembered under it.
    pub(crate) fn now(&self) -> u64 {
        self.now.load(Ordering::SeqCst)
    }

    /// An object, if it is known to be as it was when it was read.
    pub(crate) fn recall<K, V, Q>(&self, objects: &Objects<K, V>, tenant: TenantId, key: &Q) -> Option<V>
    where
        K: Borrow<Q> + Hash + Eq,
        V: Clone,
        Q: Hash + Eq + ?Sized,
    {
        // What every request reads is written only when it changes, so that the processors need not hand it to and fro.
        if !self.asked.load(Ordering::Relaxed) {
            self.asked.store(true, Ordering::Relaxed);
        }
        if !self.watched.load(Ordering::SeqCst) {
            // Full when the watch has been told and has not looked yet.
            let _told = self.wake.try_send(());
            return None;
        }
        let remembered = objects.objects.get(&Sought(tenant, key))?;
        let stripes = remembered.stripes.map(|place| self.stripes.get(place));
        let unchanged = stripes.iter().all(|stripe| stripe.is_some_and(|stripe| stripe.is_unchanged_since(remembered.read)));
        (unchanged && self.floor.load(Ordering::SeqCst) <= remembered.read).then_some(remembered.value)
    }

    /// Remembers an object that was read after the moment `read`.
    pub(crate) fn remember<K, V>(&self, objects: &Objects<K, V>, tenant: TenantId, key: K, read: u64, value: V)
    where
        K: Hash + Eq,
        V: Clone,
    {
        let stripes = [objects.kind.one(&key), objects.kind.any()].map(|change| change.stripe(tenant));
        objects.objects.insert((tenant, key), Remembered { read, stripes, value });
    }

    /// Begins to doubt everything: another process has written, or may have.
    pub(crate) fn forget(&self) {
        let moment = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.floor.fetch_max(moment, Ordering::SeqCst);
    }

    /// Says whether a write of another process would be noticed from now on.
    pub(crate) fn set_watched(&self, watched: bool) {
        self.watched.store(watched, Ordering::SeqCst);
    }

    /// The writer has a new connection: what the old one saw says nothing about what this one sees.
    pub(crate) fn reconnect(&self) {
        self.forget();
        self.reconnected.store(true, Ordering::SeqCst);
    }

    /// Whether the writer has got a new connection since the last call.
    pub(crate) fn was_reconnected(&self) -> bool {
        self.reconnected.swap(false, Ordering::SeqCst)
    }

    /// Whether anybody has asked since the last call.
    pub(crate) fn was_asked(&self) -> bool {
        self.asked.swap(false, Ordering::Relaxed)
    }
}

/// What a unit of work is about to change, or has changed. It is doubted until this is dropped, which must not be before the
/// database has committed or given up.
pub(crate) struct Doubts {
    memory: Arc<Memory>,
    /// Places of the stripes.
    stripes: Vec<usize>,
}

impl Doubts {
    pub(crate) fn none(memory: Arc<Memory>) -> Self {
        Self { memory, stripes: Vec::new() }
    }

    pub(crate) fn add(&mut self, tenant: TenantId, change: Change) {
        let place = change.stripe(tenant);
        if let Some(stripe) = self.memory.stripes.get(place) {
            stripe.doubts.fetch_add(1, Ordering::SeqCst);
            self.stripes.push(place);
        }
    }
}

impl Drop for Doubts {
    fn drop(&mut self) {
        let moment = self.memory.now.fetch_add(1, Ordering::SeqCst) + 1;
        for stripe in self.stripes.iter().filter_map(|place| self.memory.stripes.get(*place)) {
            stripe.changed.fetch_max(moment, Ordering::SeqCst);
            stripe.doubts.fetch_sub(1, Ordering::SeqCst);
        }
    }
}
