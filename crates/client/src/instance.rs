//! What a protected app remembers about its managed account: registration, policy and timers.

use doorward_model::RegistrationId;
use doorward_model::protection::{
    ClipboardSharingLevel, DataTransferLevel, EffectivePolicy, MobileAppIdentifier, OperationKind, ProtectionState,
};
use doorward_policy::protection::{
    Account, Biometrics, Checkpoint, ClockReading, Launch, LaunchState, PinState, Reason, Reckoning, Settings, UserState, launch, reckon,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::answer::{Answer, User};
use crate::exchange::{Outcome, Response, refused};

/// Pauses between tries while the service cannot be reached, in minutes; the last one repeats.
const RETRIES: [i64; 7] = [1, 2, 4, 8, 16, 32, 60];

/// What only the phone can say at a launch.
#[derive(Debug, Clone)]
pub struct Circumstances {
    /// Its clocks.
    pub reading: ClockReading,
    /// There is a network.
    pub online: bool,
    /// A check-in was tried just now and the service failed.
    pub service_failed: bool,
    /// Rooted or jailbroken; none: cannot tell.
    pub rooted: Option<bool>,
    /// A screen lock is set.
    pub lock_set: bool,
    /// The shared app PIN.
    pub pin: Option<PinState>,
    /// What could stand for it.
    pub biometrics: Biometrics,
}

/// The enrolled account of an app.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Instance {
    account: Account,
    app: MobileAppIdentifier,
    registration: RegistrationId,
    protection: ProtectionState,
    policy: Option<EffectivePolicy>,
    /// Read from `policy` when it is stored or loaded.
    #[serde(skip)]
    settings: Option<Settings>,
    checkpoint: Checkpoint,
    /// None: the service does not know the registration any more.
    last_check_in: Option<Timestamp>,
    next_check_in: Timestamp,
    failures: u32,
    account_gone: bool,
    wipe_requested: bool,
    /// The operation by which the service asked for it; none when the registration has ended.
    #[serde(default)]
    wipe_operation: Option<String>,
    enrolled_device: bool,
    nonce: String,
    /// The account's data is on the screen: launch allowed it.
    #[serde(skip)]
    on_screen: bool,
    last_foreground: Option<Timestamp>,
    credentials_at: Option<Timestamp>,
}

impl Instance {
    /// A new enrolment, perhaps in place of one of the same account. Whoever enrols for the first time has just signed in; to enrol
    /// again, nobody needs to be there.
    pub(crate) fn new(account: Account, app: MobileAppIdentifier, before: Option<Self>, answer: Answer, reading: &ClockReading) -> Self {
        let mut instance = Self {
            account,
            app,
            registration: answer.registration_id,
            protection: ProtectionState::NotTargeted,
            policy: None,
            settings: None,
            checkpoint: checkpoint(answer.server_time, reading),
            last_check_in: None,
            next_check_in: answer.server_time,
            failures: 0,
            account_gone: false,
            wipe_requested: before.as_ref().is_some_and(|before| before.wipe_requested),
            wipe_operation: None,
            enrolled_device: false,
            nonce: String::new(),
            on_screen: false,
            last_foreground: before.as_ref().and_then(|before| before.last_foreground),
            credentials_at: before.map_or(Some(answer.server_time), |before| before.credentials_at),
        };
        instance.apply(answer, reading);
        instance
    }

    /// Puts an answer into force; true when the policy is another one than before, which the service wants to hear of at once.
    pub(crate) fn apply(&mut self, answer: Answer, reading: &ClockReading) -> bool {
        // A wipe comes before everything else, and no later answer takes it back.
        if let Some(wipe) = answer.operations.into_iter().find(|operation| operation.kind == OperationKind::Wipe) {
            self.wipe_requested = true;
            self.wipe_operation = Some(wipe.id);
        }
        self.account_gone = answer.user.state != User::Enabled;
        self.enrolled_device = answer.device.is_managed;
        let before = self.applied_tag().map(str::to_owned);
        match answer.protection {
            ProtectionState::Active if answer.policy_unchanged => {}
            ProtectionState::Active => self.policy = answer.policy,
            // Disabled accounts keep their policy: it says what happens to their data.
            ProtectionState::Disabled => {}
            ProtectionState::None | ProtectionState::NotTargeted => self.policy = None,
        }
        self.protection = answer.protection;
        self.read_settings();
        self.checkpoint = checkpoint(answer.server_time, reading);
        self.last_check_in = Some(answer.server_time);
        self.next_check_in = answer.server_time.saturating_add(answer.next_check_in.duration()).unwrap_or(Timestamp::MAX);
        self.failures = 0;
        self.nonce = answer.nonce;
        self.applied_tag().map(str::to_owned) != before
    }

    /// Reads the stored policy. Values this version does not know become strict ones, and a policy that should be there and is not
    /// lets nothing in or out.
    fn read_settings(&mut self) {
        self.settings = match (&self.policy, self.protection) {
            (Some(policy), _) => Some(Settings::read(self.app.platform(), &policy.settings).0),
            (None, ProtectionState::Active | ProtectionState::Disabled) => Some(shut()),
            (None, ProtectionState::None | ProtectionState::NotTargeted) => None,
        };
    }

    /// As stored by [`to_bytes`](Self::to_bytes).
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut instance: Self = serde_json::from_slice(bytes).ok()?;
        instance.read_settings();
        Some(instance)
    }

    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// The account.
    #[must_use]
    pub fn account(&self) -> Account {
        self.account
    }

    /// The registration.
    #[must_use]
    pub fn registration(&self) -> RegistrationId {
        self.registration
    }

    /// Whether policies target the account in this app.
    #[must_use]
    pub fn protection(&self) -> ProtectionState {
        self.protection
    }

    /// The policy in force.
    #[must_use]
    pub fn policy(&self) -> Option<&EffectivePolicy> {
        self.policy.as_ref()
    }

    /// What governs the account. None: the account is not managed in this app.
    #[must_use]
    pub fn settings(&self) -> Option<&Settings> {
        self.settings.as_ref()
    }

    pub(crate) fn applied_tag(&self) -> Option<&str> {
        self.policy.as_ref().map(|policy| policy.tag.as_str())
    }

    /// True when the service wants the organisation's data gone. Nothing but a wipe takes that back.
    #[must_use]
    pub fn is_to_be_wiped(&self) -> bool {
        self.wipe_requested
    }

    pub(crate) fn wipe_operation(&self) -> Option<&str> {
        self.wipe_operation.as_deref()
    }

    pub(crate) fn nonce(&self) -> &str {
        &self.nonce
    }

    pub(crate) fn set_nonce(&mut self, nonce: String) {
        self.nonce = nonce;
    }

    /// The time, however the person set the clock.
    #[must_use]
    pub fn reckon(&self, reading: &ClockReading) -> Reckoning {
        reckon(&self.checkpoint, reading)
    }

    /// The person leaves the app: inactivity is counted from here, if they had got in. Turning away from a PIN prompt is no use.
    pub fn left_foreground(&mut self, reading: &ClockReading) {
        let now = self.advance(reading);
        if std::mem::take(&mut self.on_screen) {
            self.last_foreground = Some(now);
        }
    }

    /// The person signed in with the work account.
    pub fn signed_in(&mut self, reading: &ClockReading) {
        self.credentials_at = Some(self.advance(reading));
    }

    /// A check-in did not get through; the next one waits longer.
    pub fn check_in_failed(&mut self, reading: &ClockReading) {
        let now = self.advance(reading);
        let step = usize::try_from(self.failures).unwrap_or(usize::MAX).min(RETRIES.len() - 1);
        let pause = SignedDuration::from_mins(RETRIES.get(step).copied().unwrap_or(60));
        self.failures = self.failures.saturating_add(1);
        self.next_check_in = now.saturating_add(pause).unwrap_or(Timestamp::MAX);
    }

    /// The service does not know the registration: the account stays shut until the app has enrolled again.
    pub(crate) fn lost(&mut self) {
        self.last_check_in = None;
    }

    /// The registration has ended: what it protected is to be removed.
    pub(crate) fn ended(&mut self) {
        self.wipe_requested = true;
    }

    /// True when a check-in is due.
    #[must_use]
    pub fn check_in_due(&self, reading: &ClockReading) -> bool {
        self.reckon(reading).now >= self.next_check_in
    }

    fn advance(&mut self, reading: &ClockReading) -> Timestamp {
        let now = self.reckon(reading).now;
        self.checkpoint.last_known = now;
        now
    }

    /// Whether the account's data may be shown. An account that is not managed is not the policy's business, but what the service
    /// asked to be wiped is wiped, and an account that should have a policy and has none stays shut.
    #[must_use]
    pub fn launch(&mut self, circumstances: &Circumstances) -> Launch {
        let launch = self.decide(circumstances);
        self.on_screen = launch == Launch::Allow;
        launch
    }

    fn decide(&self, circumstances: &Circumstances) -> Launch {
        let (Some(settings), Some(_)) = (self.settings(), self.policy()) else {
            return match self.settings() {
                _ if self.wipe_requested => Launch::Wipe(Reason::WipeRequested),
                None => Launch::Allow,
                Some(_) => Launch::Block(Reason::NotEnrolled),
            };
        };
        let state = LaunchState {
            clock: self.reckon(&circumstances.reading),
            online: circumstances.online,
            service_failed: circumstances.service_failed,
            wipe_requested: self.wipe_requested,
            user: if self.account_gone { UserState::Gone } else { UserState::Unknown },
            last_check_in: self.last_check_in,
            rooted: circumstances.rooted,
            enrolled: self.enrolled_device,
            lock_set: circumstances.lock_set,
            pin: circumstances.pin,
            biometrics: circumstances.biometrics,
            last_foreground: self.last_foreground,
            credentials_at: self.credentials_at,
        };
        launch(settings, &state)
    }
}

/// An account that was removed because the service asked for it, until the service has heard so.
#[derive(Debug)]
pub struct Wiped(pub(crate) Instance);

impl Wiped {
    /// Takes the answer to an acknowledgement: [`Outcome::Unenrolled`] when the service has noted it.
    pub fn acknowledged(&mut self, response: &Response) -> Outcome {
        if response.status == 204 {
            return Outcome::Unenrolled;
        }
        let (outcome, nonce) = refused(response);
        if let Some(nonce) = nonce {
            self.0.set_nonce(nonce);
        }
        outcome
    }
}

fn checkpoint(server_time: Timestamp, reading: &ClockReading) -> Checkpoint {
    Checkpoint { server_time, monotonic_seconds: reading.monotonic_seconds, boot_id: reading.boot_id.clone(), last_known: server_time }
}

fn shut() -> Settings {
    Settings {
        allowed_outbound_data_transfer_destinations: DataTransferLevel::None,
        allowed_inbound_data_transfer_sources: DataTransferLevel::None,
        allowed_outbound_clipboard_sharing_level: ClipboardSharingLevel::Blocked,
        data_backup_blocked: true,
        ..Settings::default()
    }
    .normalised()
}
