//! What people sign in for.

use doorward_model::sign_in::UserAction;

use crate::conditional_access::facts::ResourceFacts;

/// What a sign-in is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A resource.
    Resource(ResourceFacts),
    /// A user action.
    UserAction(UserAction),
    /// An authentication context.
    AuthenticationContext(String),
}
