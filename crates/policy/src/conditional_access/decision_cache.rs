//! The decisions of one set of policies, each made once.

use std::mem;
use std::sync::{Arc, RwLock};

use doorward_model::JsonText;
use foldhash::HashMap;

use super::compile::PolicySet;
use super::decide::decide_fitting;
use super::decision::Decision;
use super::facts::Facts;
use super::fits::Fits;

/// A decision, ready for the sign-in log.
#[derive(Debug, PartialEq)]
pub struct Decided {
    /// The decision.
    pub decision: Decision,
    /// What each policy said, as JSON.
    pub policies: JsonText,
}

impl From<Decision> for Decided {
    fn from(decision: Decision) -> Self {
        // Plain strings and enums always serialise.
        let policies = JsonText::of(&decision.policies).unwrap_or_default();
        Self { decision, policies }
    }
}

/// Decides like [`decide`](super::decide), and remembers. Sign-ins that no policy of the set tells apart share a decision.
#[derive(Debug)]
pub struct DecisionCache {
    set: Arc<PolicySet>,
    room: usize,
    known: RwLock<Known>,
}

#[derive(Debug, Default)]
struct Known {
    decisions: HashMap<Fits, Arc<Decided>>,
    rows: usize,
}

/// What a decision takes beside a row for each policy, in such rows.
const OWN_ROWS: usize = 8;

impl DecisionCache {
    /// Nothing is known yet. `room` is how many rows are remembered at most, of about 300 bytes each: a decision takes one for each policy and a
    /// few of its own. A decision that is larger than the room is remembered alone.
    #[must_use]
    pub fn new(set: Arc<PolicySet>, room: usize) -> Self {
        Self { set, room, known: RwLock::default() }
    }

    /// Decides one sign-in.
    #[must_use]
    pub fn decide(&self, facts: &Facts) -> Arc<Decided> {
        let fits = Fits::of(&self.set, facts);
        if let Some(known) = self.find(&fits) {
            return known;
        }
        let decided = Arc::new(Decided::from(decide_fitting(&self.set, fits.clone())));
        self.keep(fits, decided.clone());
        decided
    }

    /// Where somebody panicked while writing nothing is known any more, so that every sign-in is decided on its own.
    fn find(&self, fits: &Fits) -> Option<Arc<Decided>> {
        self.known.read().ok()?.decisions.get(fits).cloned()
    }

    fn keep(&self, fits: Fits, decided: Arc<Decided>) {
        let rows = decided.decision.policies.len() + OWN_ROWS;
        let Ok(mut known) = self.known.write() else { return };
        // Whoever asks chooses address, client and platform, and must not fill the memory with them. Starting afresh costs each
        // sign-in that matters one decision, and needs no account of which these are.
        let full = (known.rows + rows > self.room).then(|| mem::take(&mut *known));
        if known.decisions.insert(fits, decided).is_none() {
            known.rows += rows;
        }
        // Others need not wait until thousands of decisions have been given back.
        drop(known);
        drop(full);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::DecisionCache;
    use crate::conditional_access::{Facts, Subject, compile, decide};

    #[test]
    fn after_a_panic_nothing_is_remembered_and_everything_decided() {
        let set = Arc::new(compile(&[], &[], &[], &[]).unwrap());
        let cache = DecisionCache::new(set.clone(), 100);
        let facts = Facts::new(Subject::Workload { service_principal_id: "app".to_owned(), in_my_tenant: true });
        let first = cache.decide(&facts);
        assert!(Arc::ptr_eq(&first, &cache.decide(&facts)));
        std::thread::scope(|scope| {
            let panics = scope.spawn(|| {
                let _guard = cache.known.write().unwrap();
                panic!("while writing");
            });
            assert!(panics.join().is_err());
        });
        let second = cache.decide(&facts);
        assert!(!Arc::ptr_eq(&second, &cache.decide(&facts)));
        assert_eq!(second.decision, decide(&set, &facts));
    }
}
