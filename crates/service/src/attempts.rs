//! Limits on password attempts that an attacker cannot turn into a lock on somebody else's account.
//!
//! Three budgets, each refilling over time: one per address; one per account *and* address for places where the account
//! has signed in before; one per account for all other places together. Guessing from strange places exhausts only the last,
//! so the owner at a familiar place, or with a registered device, still gets in. Who gives the right password gives the attempt back to
//! the address, so a whole company behind one address signs in without using it up.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use doorward_model::{DeviceId, TenantId};
use governor::clock::DefaultClock;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use moka::sync::Cache;

use crate::one_time::sha256;

/// Attempts one address may fail in a burst, and per minute after that.
const PER_ADDRESS: (u32, u32) = (60, 30);
/// Attempts on one account from all unfamiliar places together.
const PER_ACCOUNT_ELSEWHERE: (u32, u32) = (10, 1);
/// Attempts on one account from one familiar place.
const PER_ACCOUNT_FAMILIAR: (u32, u32) = (20, 10);

/// Questions about accounts that one address may ask in a burst, and per minute after that.
const QUESTIONS_PER_ADDRESS: (u32, u32) = (60, 30);

/// Device codes that one address may ask for in a burst, and per minute after that: each is kept until it has ended.
const DEVICE_CODES_PER_ADDRESS: (u32, u32) = (60, 30);

/// Where an attempt comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A network address. IPv6 addresses count by their /64, which is what one subscriber holds.
    Address(IpAddr),
    /// A registered device that signed the request: always familiar.
    Device(DeviceId),
}

/// An account that may exist or not. Names are whatever strangers type, so only a hash is kept: a long one takes no more memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Account {
    tenant: TenantId,
    name: [u8; 32],
}

type Limiter<K> = RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock>;

/// The budgets of this node.
pub struct Attempts {
    addresses: Limiter<IpAddr>,
    /// Attempts that were right and that their address may make again, at most a burst: a limiter takes nothing back.
    given_back: Cache<IpAddr, Arc<AtomicU32>>,
    elsewhere: Limiter<Account>,
    familiar: Limiter<(Account, Origin)>,
    questions: Limiter<IpAddr>,
    device_codes: Limiter<IpAddr>,
    /// Places where an account has signed in, the most recent hundred thousand.
    places: Cache<(Account, Origin), ()>,
}

impl Default for Attempts {
    fn default() -> Self {
        Self {
            addresses: RateLimiter::keyed(quota(PER_ADDRESS)),
            given_back: Cache::new(100_000),
            elsewhere: RateLimiter::keyed(quota(PER_ACCOUNT_ELSEWHERE)),
            familiar: RateLimiter::keyed(quota(PER_ACCOUNT_FAMILIAR)),
            questions: RateLimiter::keyed(quota(QUESTIONS_PER_ADDRESS)),
            device_codes: RateLimiter::keyed(quota(DEVICE_CODES_PER_ADDRESS)),
            places: Cache::new(100_000),
        }
    }
}

fn quota((burst, per_minute): (u32, u32)) -> Quota {
    let one = NonZeroU32::MIN;
    Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(one)).allow_burst(NonZeroU32::new(burst).unwrap_or(one))
}

impl Attempts {
    /// Takes one attempt from the budgets. False: refuse without looking at the password.
    #[must_use]
    pub fn allow(&self, tenant: TenantId, name: &str, origin: Origin) -> bool {
        let (account, origin) = key(tenant, name, origin);
        if let Origin::Address(address) = origin
            && self.addresses.check_key(&address).is_err()
            && !self.take_given_back(address)
        {
            return false;
        }
        let place = (account, origin);
        if matches!(origin, Origin::Device(_)) || self.places.contains_key(&place) {
            self.familiar.check_key(&place).is_ok()
        } else {
            self.elsewhere.check_key(&place.0).is_ok()
        }
    }

    /// Takes one question from the budget of an address.
    #[must_use]
    pub fn allow_question(&self, address: IpAddr) -> bool {
        self.questions.check_key(&subscriber(address)).is_ok()
    }

    /// Takes one device code from the budget of an address.
    #[must_use]
    pub fn allow_device_code(&self, address: IpAddr) -> bool {
        self.device_codes.check_key(&subscriber(address)).is_ok()
    }

    /// Remembers a place where the right password was given, and gives the attempt back to its address.
    pub fn succeeded(&self, tenant: TenantId, name: &str, origin: Origin) {
        let place = key(tenant, name, origin);
        self.places.insert(place, ());
        if let Origin::Address(address) = place.1 {
            let given_back = self.given_back.get_with(address, Arc::default);
            // Full is full: nothing is lost but what nobody needed.
            let _ = given_back.try_update(Ordering::Relaxed, Ordering::Relaxed, |count| (count < PER_ADDRESS.0).then_some(count + 1));
        }
    }

    fn take_given_back(&self, address: IpAddr) -> bool {
        let Some(given_back) = self.given_back.get(&address) else { return false };
        given_back.try_update(Ordering::Relaxed, Ordering::Relaxed, |count| count.checked_sub(1)).is_ok()
    }

    /// Forgets budgets that have refilled; called now and then by the housekeeping job.
    pub fn shrink(&self) {
        self.addresses.retain_recent();
        self.elsewhere.retain_recent();
        self.familiar.retain_recent();
        self.questions.retain_recent();
        self.device_codes.retain_recent();
    }
}

fn key(tenant: TenantId, name: &str, origin: Origin) -> (Account, Origin) {
    let origin = match origin {
        Origin::Address(address) => Origin::Address(subscriber(address)),
        device @ Origin::Device(_) => device,
    };
    (Account { tenant, name: sha256(&name.to_lowercase()) }, origin)
}

/// What one subscriber holds: an IPv4 address, or an IPv6 network of 64 bits.
fn subscriber(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(v4) => v4.into(),
            None => IpAddr::V6((u128::from(address) & !u128::from(u64::MAX)).into()),
        },
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: TenantId = TenantId(uuid::Uuid::from_u128(1));

    fn at(address: &str) -> Origin {
        Origin::Address(address.parse().unwrap())
    }

    /// How many of these sign-ins, each of somebody else, may be tried.
    fn allowed(attempts: &Attempts, names: std::ops::Range<u32>, right: bool, origin: Origin) -> u32 {
        let mut allowed = 0;
        for name in names.map(|number| format!("user{number}@contoso.example")) {
            if attempts.allow(TENANT, &name, origin) {
                allowed += 1;
                if right {
                    attempts.succeeded(TENANT, &name, origin);
                }
            }
        }
        allowed
    }

    #[test]
    fn a_company_behind_one_address_signs_in_without_using_up_its_attempts() {
        let attempts = Attempts::default();
        assert_eq!(allowed(&attempts, 0..2_000, true, at("203.0.113.1")), 2_000);
    }

    #[test]
    fn an_address_that_guesses_is_stopped_whatever_it_did_right_before() {
        for right in [0, 10, 2_000] {
            let attempts = Attempts::default();
            allowed(&attempts, 0..right, true, at("2001:db8::1"));
            // Another address of the same subscriber.
            let guesses = allowed(&attempts, 10_000..12_000, false, at("2001:db8::2"));
            assert!(guesses <= 2 * PER_ADDRESS.0 + 1, "{guesses} after {right}");
            assert_eq!(allowed(&attempts, 20_000..20_001, false, at("2001:db8:0:1::1")), 1, "others are not concerned");
        }
    }

    #[test]
    fn somebody_who_knows_one_password_guesses_no_others_with_it() {
        let attempts = Attempts::default();
        let (mut own, mut guesses) = (0, 0);
        for round in 0..1_000 {
            own += allowed(&attempts, 0..1, true, at("203.0.113.1"));
            guesses += allowed(&attempts, 10_000 + round..10_001 + round, false, at("203.0.113.1"));
        }
        assert!(own < 40 && guesses <= 2 * PER_ADDRESS.0 + 1, "{own} and {guesses}");
    }
}
