//! The hidden fields that every form of the sign-in carries.

/// Where a form goes and what it carries unseen: the posted fields `ctx`, `flowToken` and `canary`.
#[derive(Clone, PartialEq, Eq)]
pub struct FormState {
    /// Path to which the form posts.
    pub action: String,
    /// The request that the sign-in answers (`ctx`).
    pub ctx: String,
    /// State of the sign-in so far (`flowToken`).
    pub flow_token: String,
    /// Token against cross-site request forgery (`canary`).
    pub canary: String,
}

impl std::fmt::Debug for FormState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FormState").field("action", &self.action).finish_non_exhaustive()
    }
}
