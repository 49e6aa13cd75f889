//! A person's work account, as they would type it.

/// Name and password.
#[derive(Clone)]
pub struct Account {
    /// Sign-in name.
    pub name: String,
    /// Password.
    pub password: String,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Account({})", self.name)
    }
}
