//! Why a change of the directory is refused.

use doorward_store::StoreError;

use crate::error::Error;

/// A refused or failed change.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The actor's roles do not allow it.
    #[error("this needs the role {0}")]
    Forbidden(String),
    /// The access token does not allow it.
    #[error("the access token must carry {0}")]
    Permission(String),
    /// Something in the request is wrong; names the member and what to do.
    #[error("{member}: {problem}")]
    Invalid {
        /// Member of the request, as a path.
        member: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The object does not exist.
    #[error("{0} does not exist")]
    NotFound(String),
    /// An object with that name exists.
    #[error("{0} already exists")]
    AlreadyExists(&'static str),
    /// The change contradicts something else that is configured.
    #[error("{0}")]
    Conflict(String),
    /// The object was changed since it was read.
    #[error("it was changed by someone else since you read it: read it again")]
    Changed,
    /// Storage or something inside failed.
    #[error(transparent)]
    Failure(Error),
}

impl DirectoryError {
    pub(crate) fn invalid(member: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Invalid { member: member.into(), problem: problem.into() }
    }
}

impl From<StoreError> for DirectoryError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound(what) => Self::NotFound(what.to_owned()),
            StoreError::AlreadyExists(what) => Self::AlreadyExists(what),
            StoreError::Conflict(_) => Self::Changed,
            other => Self::Failure(other.into()),
        }
    }
}

impl From<Error> for DirectoryError {
    fn from(error: Error) -> Self {
        match error {
            Error::Store(error) => error.into(),
            other => Self::Failure(other),
        }
    }
}

/// Result of a change.
pub(super) type Result<T> = std::result::Result<T, DirectoryError>;
