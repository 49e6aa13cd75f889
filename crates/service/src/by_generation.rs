//! What is worked out of a tenant's documents, kept until its generation changes.

use std::sync::Arc;

use doorward_model::TenantId;
use foldhash::fast::RandomState;
use quick_cache::UnitWeighter;
use quick_cache::sync::{Cache, DefaultLifecycle};

/// Tenants that are remembered.
const TENANTS: u64 = 1024;

/// One thing for each tenant. It is given out only while the store's generation is the one that it was made at, so a change made on any
/// node counts from its commit on.
pub(crate) struct ByGeneration<T>(Cache<TenantId, (i64, Arc<T>), UnitWeighter, RandomState>);

impl<T: Send + Sync + 'static> Default for ByGeneration<T> {
    fn default() -> Self {
        Self(Cache::with(1, TENANTS, UnitWeighter, RandomState::default(), DefaultLifecycle::default()))
    }
}

impl<T: Send + Sync + 'static> ByGeneration<T> {
    /// What was made at that generation.
    pub(crate) fn get(&self, tenant: TenantId, generation: i64) -> Option<Arc<T>> {
        let (made_at, value) = self.0.get(&tenant)?;
        (made_at == generation).then_some(value)
    }

    /// Remembers what was made from documents that were read at that generation.
    pub(crate) fn put(&self, tenant: TenantId, generation: i64, value: T) -> Arc<T> {
        let value = Arc::new(value);
        self.0.insert(tenant, (generation, Arc::clone(&value)));
        value
    }
}
