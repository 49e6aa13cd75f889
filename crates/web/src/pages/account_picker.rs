//! A choice between the accounts that are signed in already.

use askama::Template;

use super::{FormState, Frame};

/// One account with a session in this browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedInAccount {
    /// What the form posts as `session`.
    pub session: String,
    /// The person's name.
    pub display_name: String,
    /// The account name.
    pub login: String,
}

/// Lets the person choose an account; posts `session`.
#[derive(Debug, Clone, Template)]
#[template(path = "account_picker.html")]
pub struct AccountPicker {
    /// Surroundings.
    pub frame: Frame,
    /// Hidden state.
    pub form: FormState,
    /// Display name of the client.
    pub app: Option<String>,
    /// The accounts, the last used first.
    pub accounts: Vec<SignedInAccount>,
    /// Path of the identifier page for this sign-in.
    pub other_account: String,
}
