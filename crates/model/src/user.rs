//! Users.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::UserId;
use crate::domain::OnPremises;
use crate::role::Role;

/// Member or guest, as Graph spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum UserType {
    /// Belongs to the organisation.
    #[default]
    Member,
    /// Invited.
    Guest,
}

/// A person who signs in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Object id.
    pub id: UserId,
    /// Sign-in name, `name@domain`; unique in the tenant without regard to case.
    pub user_principal_name: String,
    /// Name shown to people.
    pub display_name: String,
    /// A disabled user gets no token and loses those that can be withdrawn.
    pub account_enabled: bool,
    /// Member or guest.
    pub user_type: UserType,
    /// Argon2id hash in PHC string form; none means that no password opens the account.
    #[serde(skip)]
    pub password_hash: Option<String>,
    /// The password was handed out by someone else and must be changed at the next sign-in.
    pub force_change_password: bool,
    /// Directory roles held.
    pub roles: Vec<Role>,
    /// Sessions that began before this instant are void (password change, sign-out everywhere, disabling).
    pub sign_in_sessions_valid_from: Timestamp,
    /// When the user was made.
    pub created: Timestamp,
    /// The account of a domain that the user comes from; none for one who was made here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_premises: Option<OnPremises>,
    /// From this instant on the account is as good as disabled, as its domain has it; none: it does not expire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_expires: Option<Timestamp>,
}

impl User {
    /// Whether the account may be used at an instant. Time alone changes it: nothing is written when an account expires, so it is asked
    /// wherever somebody signs in or a token is used.
    #[must_use]
    pub fn is_active_at(&self, now: Timestamp) -> bool {
        self.account_enabled && self.account_expires.is_none_or(|expires| now < expires)
    }

    /// Voids every session that exists. Sessions that begin in the same instant count as later, so the border lies just after it.
    pub fn end_sessions(&mut self, now: Timestamp) {
        self.sign_in_sessions_valid_from = now.saturating_add(SignedDuration::from_millis(1)).unwrap_or(now);
    }
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "User({} {})", self.id, self.user_principal_name)
    }
}
