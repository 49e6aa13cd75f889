//! Personal and work accounts in one app: which identity an action happens under.

use doorward_policy::protection::{Account, Launch};

/// An identity as the app sets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// The managed account.
    Managed(Account),
    /// A personal account, by name; also the empty name, which is never managed.
    Personal(String),
}

impl Identity {
    /// The managed account, if it is that.
    #[must_use]
    pub fn account(&self) -> Option<Account> {
        match self {
            Self::Managed(account) => Some(*account),
            Self::Personal(_) => None,
        }
    }

    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Managed(a), Self::Managed(b)) => a == b,
            (Self::Personal(a), Self::Personal(b)) => a.to_lowercase() == b.to_lowercase(),
            _ => false,
        }
    }
}

/// What became of a request to show an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SwitchResult {
    /// The identity is shown.
    Succeeded,
    /// The thread works under another identity.
    NotAllowed,
    /// The person backed out of a PIN or a sign-in.
    Cancelled,
    /// The policy does not let the identity be shown.
    Failed,
    /// A newer request took its place; this one has no effect.
    Replaced,
}

/// A request to show an identity that waits for the launch decision.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "an identity is not shown before the switch is finished"]
pub struct Switch {
    to: Identity,
    number: u64,
}

impl Switch {
    /// The identity that is to be shown.
    #[must_use]
    pub fn to(&self) -> &Identity {
        &self.to
    }
}

/// The identities that are set in an app. None: not set.
///
/// A single-identity app runs under its enrolled account. A multi-identity app starts under none, which is governed by no policy
/// and may show no organisation data.
#[derive(Debug, Default)]
pub struct Identities {
    /// Of the process.
    process: Option<Identity>,
    /// Of what is on the screen.
    screen: Option<Identity>,
    /// Of the working thread; work it queues inherits it.
    thread: Option<Identity>,
    requests: u64,
}

impl Identities {
    /// Those of a single-identity app.
    #[must_use]
    pub fn single(account: Account) -> Self {
        Self { process: Some(Identity::Managed(account)), ..Self::default() }
    }

    /// Sets the identity of the working thread.
    pub fn set_thread(&mut self, identity: Option<Identity>) {
        self.thread = identity;
    }

    /// Sets the identity of the process.
    pub fn set_process(&mut self, identity: Option<Identity>) {
        self.process = identity;
    }

    /// The identity of what a person sees and does: thread before screen before process.
    #[must_use]
    pub fn for_screen(&self) -> Option<&Identity> {
        self.thread.as_ref().or(self.screen.as_ref()).or(self.process.as_ref())
    }

    /// The identity under which files are written: the screen never counts.
    #[must_use]
    pub fn for_files(&self) -> Option<&Identity> {
        self.thread.as_ref().or(self.process.as_ref())
    }

    /// The identity of the clipboard: what is in the foreground, whoever works behind it.
    #[must_use]
    pub fn for_clipboard(&self) -> Option<&Identity> {
        self.screen.as_ref().or(self.process.as_ref())
    }

    /// Asks to show an identity. The app decides launch for a managed one and [`finish`](Self::finish)es; a newer request replaces an older one.
    pub fn request(&mut self, to: Identity) -> Switch {
        self.requests += 1;
        Switch { to, number: self.requests }
    }

    /// Finishes a request. `launch` is the decision for a managed identity after the person met what it asked for; `cancelled`
    /// says that they backed out. Unless this succeeds, data of that identity must not be shown.
    pub fn finish(&mut self, switch: Switch, launch: Option<Launch>, cancelled: bool) -> SwitchResult {
        if switch.number != self.requests {
            return SwitchResult::Replaced;
        }
        if self.thread.as_ref().is_some_and(|thread| !thread.same(&switch.to)) {
            return SwitchResult::NotAllowed;
        }
        if cancelled {
            return SwitchResult::Cancelled;
        }
        match (&switch.to, launch) {
            (Identity::Personal(_), _) | (Identity::Managed(_), Some(Launch::Allow)) => {
                self.screen = Some(switch.to);
                SwitchResult::Succeeded
            }
            (Identity::Managed(_), _) => SwitchResult::Failed,
        }
    }

    /// Forgets an account that was removed: nothing of it stays on the screen.
    pub fn forget(&mut self, account: Account) {
        for slot in [&mut self.process, &mut self.screen, &mut self.thread] {
            if slot.as_ref().and_then(Identity::account) == Some(account) {
                *slot = None;
            }
        }
    }
}
