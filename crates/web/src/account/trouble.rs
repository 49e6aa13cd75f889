//! Where errors become pages of My account.

use axum::response::{IntoResponse, Redirect, Response};
use doorward_model::ErrorCode;
use doorward_service::Error;
use doorward_service::directory::DirectoryError;
use http::StatusCode;

use super::{ACCOUNT, CONFIRM};
use crate::area::notice::{Notice, Way};

/// Why a page cannot be shown.
pub(super) struct Trouble(DirectoryError);

impl<E: Into<DirectoryError>> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl Trouble {
    /// Nothing is at this address.
    pub(super) fn missing() -> Self {
        Self(DirectoryError::NotFound("page".to_owned()))
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let DirectoryError::Failure(Error::Refused(refusal)) = self.0 else { return Notice::of(self.0).page(&ACCOUNT) };
        match refusal.code {
            // The proof ran out between the page and its form.
            ErrorCode::MFA_REQUIRED => Redirect::to(CONFIRM).into_response(),
            ErrorCode::SESSION_REVOKED | ErrorCode::USER_DISABLED => Redirect::to(ACCOUNT.root).into_response(),
            ErrorCode::PROOF_UP_BLOCKED => Notice {
                status: StatusCode::FORBIDDEN,
                title: "Not from here",
                text: "Your organisation lets you set up ways to sign in only from certain places or devices. Try it from its network or \
                       on a company computer, or ask your help desk."
                    .to_owned(),
                way: Some(Way::Root),
            }
            .page(&ACCOUNT),
            _ => Notice::failure(&Error::Refused(refusal)).page(&ACCOUNT),
        }
    }
}
