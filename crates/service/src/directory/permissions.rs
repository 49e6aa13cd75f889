//! Who may do what: permissions of the token by the names that Graph gives them, and roles of the person.
//!
//! A person needs both: the app in their hands must have been given the permission, and they themselves the role. An application acting
//! for itself needs the permission alone, assigned to it in its registration. Both are read from the directory at each request.

use std::sync::Arc;

use doorward_model::application::Application;
use doorward_model::role::Role;
use doorward_model::user::User;
use uuid::Uuid;

use super::audit::Actor;
use super::error::{DirectoryError, Result};
use crate::resource;

/// Kinds of administrative work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Reading one's own record.
    ReadSelf,
    /// Reading users.
    ReadUsers,
    /// Making, changing and deleting users.
    ManageUsers,
    /// Ending the sessions of users.
    RevokeSessions,
    /// Reading the second factors of users.
    ReadMethods,
    /// Removing second factors of users.
    ManageMethods,
    /// Reading groups and members.
    ReadGroups,
    /// Changing groups and members.
    ManageGroups,
    /// Reading application registrations.
    ReadApplications,
    /// Changing application registrations.
    ManageApplications,
    /// Giving application permissions to registrations, and changing registrations that hold some.
    GrantPermissions,
    /// Reading devices.
    ReadDevices,
    /// Making and deleting devices.
    ManageDevices,
    /// Changing the management state of devices.
    SetDeviceState,
    /// Reading the settings of the tenant.
    ReadOrganization,
    /// Changing the settings of the tenant.
    ManageOrganization,
    /// Reading conditional access and service policies, named locations, strengths.
    ReadAccess,
    /// Changing them.
    ManageAccess,
    /// Reading app protection policies.
    ReadProtection,
    /// Changing them.
    ManageProtection,
    /// Reading compliance policies and settings.
    ReadCompliance,
    /// Changing them.
    ManageCompliance,
    /// Reading managed devices and how they stand.
    ReadManagedDevices,
    /// Enrolling and retiring devices, and reporting on them.
    ManageManagedDevices,
    /// Reading the sign-in log and the audit.
    ReadLogs,
    /// Reading who holds which role.
    ReadRoles,
    /// Giving and taking roles, and changing users who hold some.
    ManageRoles,
}

/// Any of these permissions; of several lists, one of each.
type Permissions = &'static [&'static [&'static str]];

const GLOBAL: &[Role] = &[Role::GlobalAdministrator];
const ACCESS: &[Role] = &[Role::GlobalAdministrator, Role::ConditionalAccessAdministrator];
const PROTECTION: &[Role] = &[Role::GlobalAdministrator, Role::IntuneAdministrator];

impl Task {
    /// The permissions that allow it.
    #[must_use]
    pub fn permissions(self) -> Permissions {
        match self {
            Self::ReadSelf => &[&["User.Read", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]],
            Self::ReadUsers => &[&["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]],
            Self::ManageUsers => &[&["User.ReadWrite.All", "Directory.ReadWrite.All"]],
            Self::RevokeSessions => &[&["User.RevokeSessions.All", "User.ReadWrite.All", "Directory.ReadWrite.All"]],
            Self::ReadMethods => &[&["UserAuthenticationMethod.Read.All", "UserAuthenticationMethod.ReadWrite.All"]],
            Self::ManageMethods => &[&["UserAuthenticationMethod.ReadWrite.All"]],
            Self::ReadGroups => &[&["Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]],
            Self::ManageGroups => &[&["Group.ReadWrite.All", "Directory.ReadWrite.All"]],
            Self::ReadApplications => {
                &[&["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]]
            }
            Self::ManageApplications => &[&["Application.ReadWrite.All", "Directory.ReadWrite.All"]],
            Self::GrantPermissions => &[&["AppRoleAssignment.ReadWrite.All"]],
            Self::ReadDevices => &[&[
                "Device.Read.All",
                "Device.ReadWrite.All",
                "Directory.Read.All",
                "Directory.ReadWrite.All",
                "DeviceManagementManagedDevices.Read.All",
                "DeviceManagementManagedDevices.ReadWrite.All",
            ]],
            Self::ManageDevices => &[&["Device.ReadWrite.All", "Directory.ReadWrite.All"]],
            Self::SetDeviceState => &[&["Device.ReadWrite.All", "DeviceManagementManagedDevices.ReadWrite.All"]],
            Self::ReadOrganization => {
                &[&["Organization.Read.All", "Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]]
            }
            Self::ManageOrganization => &[&["Organization.ReadWrite.All", "Directory.ReadWrite.All"]],
            Self::ReadAccess => &[&["Policy.Read.All", "Policy.Read.ConditionalAccess", "Policy.ReadWrite.ConditionalAccess"]],
            Self::ManageAccess => &[&["Policy.ReadWrite.ConditionalAccess"]],
            Self::ReadProtection => &[&["DeviceManagementApps.Read.All", "DeviceManagementApps.ReadWrite.All"]],
            Self::ManageProtection => &[&["DeviceManagementApps.ReadWrite.All"]],
            Self::ReadCompliance => &[&["DeviceManagementConfiguration.Read.All", "DeviceManagementConfiguration.ReadWrite.All"]],
            Self::ManageCompliance => &[&["DeviceManagementConfiguration.ReadWrite.All"]],
            Self::ReadManagedDevices => &[&["DeviceManagementManagedDevices.Read.All", "DeviceManagementManagedDevices.ReadWrite.All"]],
            Self::ManageManagedDevices => &[&["DeviceManagementManagedDevices.ReadWrite.All"]],
            Self::ReadLogs => &[&["AuditLog.Read.All"], &["Directory.Read.All", "Directory.ReadWrite.All"]],
            Self::ReadRoles => &[&[
                "RoleManagement.Read.Directory",
                "RoleManagement.Read.All",
                "RoleManagement.ReadWrite.Directory",
                "Directory.Read.All",
                "Directory.ReadWrite.All",
            ]],
            Self::ManageRoles => &[&["RoleManagement.ReadWrite.Directory"]],
        }
    }

    /// The roles of a person that allow it; none means that everybody may.
    #[must_use]
    pub fn roles(self) -> Option<&'static [Role]> {
        match self {
            Self::ReadSelf => None,
            Self::ReadUsers
            | Self::ReadMethods
            | Self::ReadGroups
            | Self::ReadApplications
            | Self::ReadDevices
            | Self::ReadOrganization
            | Self::ReadAccess
            | Self::ReadProtection
            | Self::ReadCompliance
            | Self::ReadManagedDevices
            | Self::ReadLogs
            | Self::ReadRoles => Some(&Role::ALL),
            Self::ManageAccess => Some(ACCESS),
            Self::SetDeviceState | Self::ManageProtection | Self::ManageCompliance | Self::ManageManagedDevices => Some(PROTECTION),
            Self::ManageUsers
            | Self::RevokeSessions
            | Self::ManageMethods
            | Self::ManageGroups
            | Self::ManageApplications
            | Self::GrantPermissions
            | Self::ManageDevices
            | Self::ManageOrganization
            | Self::ManageRoles => Some(GLOBAL),
        }
    }

    /// What making a user, or changing one from one state to another, needs: who holds a role can do more than who only manages users.
    #[must_use]
    pub fn to_manage(before: Option<&User>, roles_after: Option<&[Role]>) -> Self {
        let holds = before.is_some_and(|user| !user.roles.is_empty());
        let gets = roles_after.is_some_and(|roles| !roles.is_empty());
        if holds || gets { Self::ManageRoles } else { Self::ManageUsers }
    }

    /// What making, changing or deleting a registration needs: who can sign in as an application has what the application has.
    #[must_use]
    pub fn to_register(before: Option<&Application>, after: Option<&Application>) -> Self {
        let holds = |application: &&Application| !application.app_role_assignments.is_empty();
        let powerful = before.filter(holds).is_some() || after.filter(holds).is_some();
        if powerful { Self::GrantPermissions } else { Self::ManageApplications }
    }

    /// Whether a person's roles allow it, in the console that is no app in somebody else's hands.
    ///
    /// # Errors
    /// [`DirectoryError::Forbidden`], which names the roles.
    pub fn needs_role(self, user: &User) -> Result<()> {
        match self.roles() {
            None => Ok(()),
            Some(roles) if roles.iter().any(|role| user.roles.contains(role)) => Ok(()),
            Some(roles) => {
                let names: Vec<&str> = roles.iter().map(|role| role.display_name()).collect();
                Err(DirectoryError::Forbidden(names.join(" or ")))
            }
        }
    }
}

/// Who asks, with the permissions of their token.
#[derive(Debug, Clone)]
pub struct Principal {
    who: Who,
    permissions: Vec<String>,
}

#[derive(Debug, Clone)]
enum Who {
    Person(Arc<User>),
    Application(Arc<Application>),
}

impl Principal {
    /// A person, with the scopes that the app in their hands was given.
    #[must_use]
    pub fn person(user: Arc<User>, scopes: Vec<String>) -> Self {
        Self { who: Who::Person(user), permissions: scopes }
    }

    /// An application acting for itself. Of the permissions in its token, those count that it still holds.
    #[must_use]
    pub fn application(application: Arc<Application>, mut token_roles: Vec<String>) -> Self {
        let assigned = &application.app_role_assignments;
        token_roles.retain(|role| assigned.iter().any(|held| held.resource == resource::GRAPH && held.value == *role));
        Self { who: Who::Application(application), permissions: token_roles }
    }

    /// The person, unless it is an application.
    #[must_use]
    pub fn user(&self) -> Option<&User> {
        match &self.who {
            Who::Person(user) => Some(user),
            Who::Application(_) => None,
        }
    }

    /// Object id of the person or client id of the application.
    #[must_use]
    pub fn id(&self) -> Uuid {
        match &self.who {
            Who::Person(user) => user.id.0,
            Who::Application(application) => application.app_id.0,
        }
    }

    /// Who to name in the audit.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match &self.who {
            Who::Person(user) => Actor::user(user),
            Who::Application(application) => Actor::application(application),
        }
    }

    /// Whether token and roles allow a task.
    ///
    /// # Errors
    /// [`DirectoryError::Permission`] or [`DirectoryError::Forbidden`], which name what would allow it.
    pub fn may(&self, task: Task) -> Result<()> {
        for alternatives in task.permissions() {
            if !alternatives.iter().any(|wanted| self.permissions.iter().any(|held| held == wanted)) {
                return Err(DirectoryError::Permission(alternatives.join(" or ")));
            }
        }
        match &self.who {
            Who::Application(_) => Ok(()),
            Who::Person(user) => task.needs_role(user),
        }
    }

    /// Whether a user may be made, or changed from one state to another.
    ///
    /// # Errors
    /// As [`Self::may`].
    pub fn may_manage(&self, before: Option<&User>, roles_after: Option<&[Role]>) -> Result<()> {
        self.may(Task::ManageUsers)?;
        self.may(Task::to_manage(before, roles_after))
    }

    /// Whether a second factor of a user may be removed: without it, their password may be enough to act with their roles.
    ///
    /// # Errors
    /// As [`Self::may`].
    pub fn may_remove_method(&self, of: &User) -> Result<()> {
        self.may(Task::ManageMethods)?;
        if of.roles.is_empty() { Ok(()) } else { self.may(Task::ManageRoles) }
    }

    /// Whether a registration may be made, changed or deleted.
    ///
    /// # Errors
    /// As [`Self::may`].
    pub fn may_register(&self, before: Option<&Application>, after: Option<&Application>) -> Result<()> {
        self.may(Task::ManageApplications)?;
        self.may(Task::to_register(before, after))
    }
}
