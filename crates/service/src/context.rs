//! What every use case needs at hand. Built once by the binary (or by a test, with a clock it sets and a seeded generator).

use std::sync::Arc;

use doorward_model::{Clock, Rng, TenantId};
use doorward_store::Store;
use jiff::Timestamp;
use url::Url;

use crate::attempts::Attempts;
use crate::directory;
use crate::domain::Tickets;
use crate::error::Result;
use crate::gaps::Searches;
use crate::keys::KeyRing;
use crate::master_key::MasterKey;
use crate::password::Passwords;
use crate::policies::PolicyCache;
use crate::protection::{AppProtectionCache, AttestationTrust, Limits};
use crate::sign_in_log::SignInLog;
use crate::tenants::TenantCache;

/// Capabilities and caches shared by the use cases of one node. Holds nothing that another node would miss.
pub struct Context {
    /// Storage.
    pub store: Arc<dyn Store>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub rng: Arc<dyn Rng>,
    /// Wraps keys at rest and seals what goes through the browser.
    pub master_key: MasterKey,
    /// Public address of this server, without a path: `https://login.contoso.example`.
    pub base_url: Url,
    /// Password hashing pool.
    pub passwords: Passwords,
    /// Limits on password attempts.
    pub attempts: Attempts,
    /// Limits on protected apps.
    pub protection_limits: Limits,
    /// Whom attestations of apps are believed from.
    pub attestation: AttestationTrust,
    /// Tickets of domains.
    pub tickets: Tickets,
    /// Limits on the admin API.
    pub admin_limits: directory::Limits,
    /// Unwrapped signing keys.
    pub keys: KeyRing,
    /// Compiled policies.
    pub policies: PolicyCache,
    /// App protection policies.
    pub app_protection: AppProtectionCache,
    /// Searches for gaps.
    pub gaps: Searches,
    /// Tenants by id and domain.
    pub tenants: TenantCache,
    /// Writer of the sign-in log.
    pub sign_in_log: SignInLog,
}

impl Context {
    /// A context with empty caches. Must be called on a Tokio runtime, where the log writer starts.
    ///
    /// # Errors
    /// When the password pool cannot be set up.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
        master_key: MasterKey,
        base_url: Url,
        hashing_concurrency: usize,
    ) -> Result<Self> {
        let passwords = Passwords::new(hashing_concurrency, rng.as_ref())?;
        let sign_in_log = SignInLog::start(store.clone());
        Ok(Self {
            store,
            clock,
            rng,
            master_key,
            base_url,
            passwords,
            attempts: Attempts::default(),
            protection_limits: Limits::default(),
            attestation: AttestationTrust::default(),
            tickets: Tickets::default(),
            admin_limits: directory::Limits::default(),
            keys: KeyRing::default(),
            policies: PolicyCache::default(),
            app_protection: AppProtectionCache::default(),
            gaps: Searches::default(),
            tenants: TenantCache::default(),
            sign_in_log,
        })
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Issuer of v2.0 tokens of a tenant: `{base}/{tenant}/v2.0`.
    #[must_use]
    pub fn issuer(&self, tenant: TenantId) -> String {
        self.address(tenant, "/v2.0")
    }

    /// Issuer of v1.0 tokens of a tenant: `{base}/{tenant}/`.
    #[must_use]
    pub fn issuer_v1(&self, tenant: TenantId) -> String {
        self.address(tenant, "/")
    }

    /// Address under which a tenant's endpoints live, without a final slash: `{base}/{tenant}`.
    #[must_use]
    pub fn authority(&self, tenant: TenantId) -> String {
        self.address(tenant, "")
    }

    fn address(&self, tenant: TenantId, path: &str) -> String {
        [self.base_url.as_str().trim_end_matches('/'), "/", &tenant.to_string(), path].concat()
    }
}
