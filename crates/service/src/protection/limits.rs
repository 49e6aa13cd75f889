//! How often an instance may ask.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use doorward_model::{RegistrationId, TenantId, UserId};
use governor::clock::{Clock as _, DefaultClock};
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use super::error::{ProtectionError, Result};

type Limiter<K> = RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock>;

/// One check-in of a registration in so many seconds, five at once.
const CHECK_IN: (Duration, u32) = (Duration::from_secs(20), 5);
/// One nonce for an address in so many seconds, sixty at once: many phones share an address.
const CHALLENGE: (Duration, u32) = (Duration::from_secs(1), 60);
/// Sixty enrolments of a user in an hour.
const ENROLMENT: (Duration, u32) = (Duration::from_secs(60), 60);

/// The budgets of this node.
pub struct Limits {
    challenges: Limiter<IpAddr>,
    check_ins: Limiter<(TenantId, RegistrationId)>,
    enrolments: Limiter<(TenantId, UserId)>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { challenges: limiter(CHALLENGE), check_ins: limiter(CHECK_IN), enrolments: limiter(ENROLMENT) }
    }
}

fn limiter<K: Hash + Eq + Clone>((period, burst): (Duration, u32)) -> Limiter<K> {
    let one = Quota::per_hour(NonZeroU32::MIN);
    RateLimiter::keyed(Quota::with_period(period).unwrap_or(one).allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN)))
}

impl Limits {
    pub(super) fn challenge(&self, address: IpAddr) -> Result<()> {
        take(&self.challenges, &address)
    }

    pub(super) fn check_in(&self, tenant: TenantId, registration: RegistrationId) -> Result<()> {
        take(&self.check_ins, &(tenant, registration))
    }

    pub(super) fn enrolment(&self, tenant: TenantId, user: UserId) -> Result<()> {
        take(&self.enrolments, &(tenant, user))
    }

    /// Forgets budgets that have refilled; called now and then by the housekeeping job.
    pub fn shrink(&self) {
        self.challenges.retain_recent();
        self.check_ins.retain_recent();
        self.enrolments.retain_recent();
    }
}

fn take<K: Hash + Eq + Clone>(limiter: &Limiter<K>, key: &K) -> Result<()> {
    limiter.check_key(key).map_err(|wait| {
        let wait = wait.wait_time_from(DefaultClock::default().now());
        ProtectionError::TooManyRequests { retry_after_seconds: wait.as_secs() + 1 }
    })
}
