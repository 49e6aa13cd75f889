//! Which role may do what.

use doorward_model::role::Role;
use doorward_model::user::User;

use super::error::DirectoryError;

/// Kinds of administrative work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Users, groups, applications, roles, tenant settings, deleting devices.
    ManageDirectory,
    /// Conditional access policies, named locations, service policies.
    ManageAccess,
    /// App protection policies, management state of devices.
    ManageProtection,
    /// Reading all of it, and the logs.
    Read,
}

impl Task {
    fn roles(self) -> &'static [Role] {
        match self {
            Self::ManageDirectory => &[Role::GlobalAdministrator],
            Self::ManageAccess => &[Role::GlobalAdministrator, Role::ConditionalAccessAdministrator],
            Self::ManageProtection => &[Role::GlobalAdministrator, Role::IntuneAdministrator],
            Self::Read => &Role::ALL,
        }
    }
}

/// Whether a user holds a role for a task.
///
/// # Errors
/// [`DirectoryError::Forbidden`].
pub fn authorize(user: &User, task: Task) -> Result<(), DirectoryError> {
    if task.roles().iter().any(|role| user.roles.contains(role)) {
        return Ok(());
    }
    let names: Vec<&str> = task.roles().iter().map(|role| role.display_name()).collect();
    Err(DirectoryError::Forbidden(names.join(" or ")))
}
