//! The directory as administrators change it: every change is one unit of work with its audit record, and needs a role.

mod applications;
pub(crate) mod audit;
mod authentication_methods;
mod devices;
mod error;
mod groups;
mod limits;
mod owners;
mod permissions;
mod policies;
mod roles;
mod sessions;
mod tag;
mod tenant;
mod users;

pub use applications::{add_password, create_application, delete_application, update_application, without_hashes};
pub use audit::Actor;
pub use authentication_methods::{authentication_methods, delete_authentication_method, require_registration_again};
pub use devices::{DevicePatch, NewDevice, create_device, delete_device, update_device};
pub use error::DirectoryError;
pub use groups::{add_member, create_group, delete_group, remove_member, update_group};
pub use limits::Limits;
pub use owners::{add_owner, remove_owner};
pub use permissions::{Principal, Task};
pub use policies::{create_policy, delete_policy, update_policy};
pub use roles::{assign_role, remove_role};
pub use sessions::revoke_sessions;
pub use tag::entity_tag;
pub use tenant::set_certificate_based_authentication;
pub use users::{NewUser, UserPatch, count_administrators, create_user, delete_user, update_user};
