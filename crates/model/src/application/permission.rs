//! What an application offers as a resource, and what it holds or wants as a client, in the spelling of Microsoft Graph.

use serde::{Deserialize, Serialize};

use crate::{AppId, PermissionId};

/// Who can agree that a client gets a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ScopeType {
    /// The person themselves.
    #[default]
    User,
    /// An administrator only.
    Admin,
}

/// A delegated permission that a resource offers: what a client may do on behalf of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PermissionScope {
    /// Stays when the scope is renamed.
    pub id: PermissionId,
    /// What clients ask for and tokens carry, for example `Mail.Read`.
    pub value: String,
    /// One that is switched off cannot be asked for.
    #[serde(default = "yes")]
    pub is_enabled: bool,
    /// Who can agree to it.
    #[serde(default, rename = "type")]
    pub kind: ScopeType,
    /// Its name for an administrator.
    #[serde(default)]
    pub admin_consent_display_name: Option<String>,
    /// What an administrator agrees to.
    #[serde(default)]
    pub admin_consent_description: Option<String>,
    /// Its name for the person.
    #[serde(default)]
    pub user_consent_display_name: Option<String>,
    /// What the person agrees to.
    #[serde(default)]
    pub user_consent_description: Option<String>,
}

impl PermissionScope {
    /// An enabled scope that each person can agree to.
    #[must_use]
    pub fn new(id: PermissionId, value: &str) -> Self {
        Self {
            id,
            value: value.to_owned(),
            is_enabled: true,
            kind: ScopeType::User,
            admin_consent_display_name: Some(value.to_owned()),
            admin_consent_description: None,
            user_consent_display_name: None,
            user_consent_description: None,
        }
    }
}

/// Who can hold an app role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MemberType {
    /// People.
    User,
    /// Applications acting for themselves.
    Application,
}

/// A permission that a resource offers to whoever is assigned it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AppRole {
    /// Stays when the role is renamed.
    pub id: PermissionId,
    /// What tokens carry, for example `Policy.Read.All`.
    pub value: String,
    /// Its name for an administrator.
    pub display_name: String,
    /// What it allows.
    #[serde(default)]
    pub description: Option<String>,
    /// One that is switched off is in no token.
    #[serde(default = "yes")]
    pub is_enabled: bool,
    /// Who can hold it.
    pub allowed_member_types: Vec<MemberType>,
}

impl AppRole {
    /// An enabled role for applications.
    #[must_use]
    pub fn new(id: PermissionId, value: &str) -> Self {
        Self {
            id,
            value: value.to_owned(),
            display_name: value.to_owned(),
            description: None,
            is_enabled: true,
            allowed_member_types: vec![MemberType::Application],
        }
    }

    /// Whether holders of this kind can have it.
    #[must_use]
    pub fn is_for(&self, kind: MemberType) -> bool {
        self.allowed_member_types.contains(&kind)
    }
}

/// A permission that a client holds without a user, given by an administrator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppRoleAssignment {
    /// The resource application.
    pub resource: AppId,
    /// The app role's value, for example `Policy.Read.All`.
    pub value: String,
}

/// A client that gets scopes of a resource without asking the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PreAuthorizedApplication {
    /// The client.
    pub app_id: AppId,
    /// The scopes, by id.
    #[serde(default)]
    pub delegated_permission_ids: Vec<PermissionId>,
}

/// Permissions of one resource that a client says it needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RequiredResourceAccess {
    /// The resource.
    pub resource_app_id: AppId,
    /// The permissions.
    pub resource_access: Vec<ResourceAccess>,
}

/// One permission that a client says it needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResourceAccess {
    /// The scope or role, by id.
    pub id: PermissionId,
    /// Which of the two it is.
    #[serde(rename = "type")]
    pub kind: ResourceAccessType,
}

/// Kind of a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ResourceAccessType {
    /// A delegated permission.
    Scope,
    /// An app role.
    Role,
}

fn yes() -> bool {
    true
}
