//! Groups.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{GroupId, UserId};

/// A security group; members are users and groups, nested to any depth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// Object id.
    pub id: GroupId,
    /// Name shown to people.
    pub display_name: String,
    /// What the group is for.
    pub description: Option<String>,
    /// When the group was made.
    pub created: Timestamp,
}

/// A direct member of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Member {
    /// A user.
    User(UserId),
    /// A nested group.
    Group(GroupId),
}

impl Member {
    /// The member's object id.
    #[must_use]
    pub fn id(self) -> Uuid {
        match self {
            Self::User(id) => id.0,
            Self::Group(id) => id.0,
        }
    }
}
