//! Where errors become pages of the console.

use axum::response::{IntoResponse, Response};
use doorward_service::Error;
use doorward_service::directory::DirectoryError;
use doorward_store::StoreError;

use super::CONSOLE;
pub(super) use crate::area::notice::{Notice, Way, plain};

/// Why a page cannot be shown.
pub(super) struct Trouble(DirectoryError);

impl<E: Into<DirectoryError>> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl Trouble {
    /// Whether it is that something is gone.
    pub(super) fn is_missing(&self) -> bool {
        matches!(self.0, DirectoryError::NotFound(_))
    }

    /// Nothing is at this address.
    pub(super) fn missing() -> Self {
        Self(DirectoryError::NotFound("page".to_owned()))
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        Notice::of(self.0).page(&CONSOLE)
    }
}

/// A failed read of the store, for handlers that read it directly.
pub(super) fn store(error: StoreError) -> Trouble {
    Trouble::from(Error::from(error))
}
