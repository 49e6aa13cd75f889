//! What sign-ins said lately beside their time and ids, to be shared by those that say the same.

use std::hash::BuildHasher as _;
use std::sync::Arc;

use doorward_model::sign_in_record::Circumstances;
use foldhash::fast::RandomState;
use quick_cache::UnitWeighter;
use quick_cache::sync::{Cache, DefaultLifecycle};

/// Circumstances remembered, about 2 KiB each.
const CAPACITY: u64 = 4096;
/// Circumstances that there is room for from the start.
const FEW: usize = 64;

/// Circumstances by their hash.
pub(crate) struct Told {
    hasher: RandomState,
    circumstances: Cache<u64, Arc<Circumstances>, UnitWeighter, RandomState>,
}

impl Default for Told {
    fn default() -> Self {
        let hasher = RandomState::default();
        let circumstances = Cache::with(FEW, CAPACITY, UnitWeighter, hasher.clone(), DefaultLifecycle::default());
        Self { hasher, circumstances }
    }
}

impl Told {
    /// Equal circumstances that were told lately, or else these, which are from now on.
    pub(crate) fn share(&self, circumstances: Box<Circumstances>) -> Arc<Circumstances> {
        let hash = self.hasher.hash_one(&circumstances);
        // Others may have the same hash, and what stands in the log must not hang on luck.
        if let Some(told) = self.circumstances.get(&hash).filter(|told| **told == *circumstances) {
            return told;
        }
        let circumstances = Arc::from(circumstances);
        self.circumstances.insert(hash, Arc::clone(&circumstances));
        circumstances
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use doorward_model::JsonText;
    use doorward_model::sign_in_record::{Circumstances, SignInOutcome};

    use super::Told;

    fn circumstances(user_agent: &str) -> Box<Circumstances> {
        Box::new(Circumstances {
            user_id: None,
            user_principal_name: "anna@contoso.example".into(),
            app_id: None,
            app_display_name: "Mail".into(),
            resource_id: None,
            resource_display_name: "Mail service".into(),
            grant: "refresh_token".into(),
            ip_address: "192.0.2.1".into(),
            user_agent: user_agent.into(),
            device_id: None,
            outcome: SignInOutcome::Granted,
            error_code: 0,
            failure_reason: String::new(),
            facts: JsonText::default(),
            applied_policies: JsonText::default(),
            policy_set: String::new(),
        })
    }

    #[test]
    fn equal_circumstances_are_shared_and_others_are_not() {
        let told = Told::default();
        let (mail, again, files) =
            (told.share(circumstances("Mail")), told.share(circumstances("Mail")), told.share(circumstances("Files")));
        assert!(Arc::ptr_eq(&mail, &again));
        assert_eq!((&*mail, &*files), (&*circumstances("Mail"), &*circumstances("Files")));
    }

    #[test]
    fn circumstances_that_only_have_the_same_hash_are_told_as_they_are() {
        let told = Told::default();
        let mail = circumstances("Mail");
        let hash = std::hash::BuildHasher::hash_one(&told.hasher, &mail);
        told.circumstances.insert(hash, Arc::from(circumstances("Files")));
        assert_eq!(*told.share(mail), *circumstances("Mail"));
        assert_eq!(*told.share(circumstances("Mail")), *circumstances("Mail"));
    }
}
