//! The directory as administrators change it: every change is one unit of work with its audit record, and needs a role.

mod administrators;
mod app_role_assignments;
mod application_rules;
mod applications;
mod attestation;
pub(crate) mod audit;
mod authentication_methods;
mod details;
mod devices;
mod error;
mod groups;
mod limits;
mod owners;
mod passwords;
mod permissions;
mod policies;
mod roles;
mod search;
mod sessions;
mod signing_keys;
mod tag;
mod tenant;
mod users;

pub use administrators::active_administrators;
pub(crate) use administrators::is_active_administrator;
pub use app_role_assignments::{HeldAppRole, app_role_holders, app_roles_of, assign_app_role, remove_app_role};
pub use applications::{create_application, delete_application, update_application, without_hashes};
pub use audit::Actor;
pub(crate) use audit::{Change, record};
pub use authentication_methods::{authentication_methods, delete_authentication_method, require_registration_again};
pub use details::{
    DeviceDetails, GroupDetails, NamedMember, UserDetails, application, device_details, group_details, user_by_name, user_details,
};
pub use devices::{DevicePatch, NewDevice, create_device, delete_device, update_device};
pub use error::DirectoryError;
pub use groups::{add_member, create_group, delete_group, remove_member, update_group};
pub use limits::Limits;
pub use owners::{add_owner, remove_owner};
pub use passwords::{NewPassword, add_password, remove_password};
pub use permissions::{Principal, Task};
pub(crate) use policies::validate;
pub use policies::{create_policies, create_policy, delete_policy, replace_policy, update_policy};
pub use roles::{assign_role, remove_role};
pub use search::{DeviceState, FoundDevices, Search, find_applications, find_devices, find_groups, find_users, role_holders};
pub use sessions::revoke_sessions;
pub use signing_keys::{rotate_signing_keys, signing_keys, signing_keys_tag};
pub(crate) use tag::check_tag;
pub use tag::entity_tag;
pub use tenant::{TenantPatch, rename_tenant, tenant, update_tenant};
pub(crate) use users::replace_user;
pub use users::{NewUser, UserPatch, create_user, delete_user, reset_password, update_user};
