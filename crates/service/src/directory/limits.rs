//! How often one caller may ask the admin API.

use std::num::NonZeroU32;
use std::time::Duration;

use doorward_model::TenantId;
use governor::clock::{Clock as _, DefaultClock};
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use uuid::Uuid;

/// One request in so much time, and so many at once: far above what consoles and scripts do, far below what hurts.
const DEFAULT: (Duration, u32) = (Duration::from_millis(20), 1000);

/// The budgets of this node, by tenant and caller.
pub struct Limits(RateLimiter<(TenantId, Uuid), DefaultKeyedStateStore<(TenantId, Uuid)>, DefaultClock>);

impl Default for Limits {
    fn default() -> Self {
        let (period, burst) = DEFAULT;
        Self::new(period, burst)
    }
}

impl Limits {
    /// One request of each caller in `period`, `burst` at once.
    #[must_use]
    pub fn new(period: Duration, burst: u32) -> Self {
        let quota = Quota::with_period(period).unwrap_or(Quota::per_second(NonZeroU32::MIN));
        Self(RateLimiter::keyed(quota.allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN))))
    }

    /// Takes one request from a caller's budget.
    ///
    /// # Errors
    /// Seconds after which the caller may ask again.
    pub fn take(&self, tenant: TenantId, caller: Uuid) -> Result<(), u64> {
        self.0.check_key(&(tenant, caller)).map_err(|wait| wait.wait_time_from(DefaultClock::default().now()).as_secs() + 1)
    }

    /// Forgets budgets that have refilled; called now and then by the housekeeping job.
    pub fn shrink(&self) {
        self.0.retain_recent();
    }
}
