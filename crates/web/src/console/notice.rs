//! Short pages without the console's frame, and where errors become pages.

use askama::Template;
use axum::response::{IntoResponse, Response};
use doorward_service::Error;
use doorward_service::directory::DirectoryError;
use doorward_store::StoreError;
use http::{HeaderValue, StatusCode, header};

use crate::pages::{self, FormTarget, Frame};

/// A page of a title and a text.
pub(super) struct Notice {
    pub(super) status: StatusCode,
    pub(super) title: &'static str,
    pub(super) text: String,
    pub(super) way: Option<Way>,
}

/// Where a notice leads on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// The first page of the console.
    Console,
    /// Signing in again.
    SignIn,
}

impl Way {
    fn address(self) -> &'static str {
        match self {
            Self::Console => super::CONSOLE.root,
            Self::SignIn => super::SIGN_IN,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Console => "To the console",
            Self::SignIn => "Sign in again",
        }
    }
}

#[derive(Template)]
#[template(path = "console/notice.html")]
struct NoticePage<'a> {
    frame: Frame,
    title: &'a str,
    text: &'a str,
    way: Option<(&'a str, &'a str)>,
}

/// The frame of pages that are shown before anybody has signed in.
pub(super) fn frame() -> Frame {
    Frame { tenant: "Doorward Console".to_owned() }
}

/// Renders a page of the console. Its own pages may know where a form came from, so that posts carry their origin.
pub(super) fn plain(status: StatusCode, template: &impl Template) -> Response {
    let mut response = pages::page(status, template, &FormTarget::Own);
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

impl IntoResponse for Notice {
    fn into_response(self) -> Response {
        let way = self.way.map(|way| (way.address(), way.words()));
        plain(self.status, &NoticePage { frame: frame(), title: self.title, text: &self.text, way })
    }
}

impl Notice {
    /// A fault of the server; what it is stands in its log.
    pub(super) fn failure(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "console");
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            title: "Something went wrong here",
            text: "The fault is ours, not yours. Try again in a minute; the server's log says what happened.".to_owned(),
            way: Some(Way::Console),
        }
    }

    /// Nothing is here.
    pub(super) fn missing() -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            title: "There is no such page",
            text: "The address may be mistyped, or what it showed is gone.".to_owned(),
            way: Some(Way::Console),
        }
    }
}

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
        let notice = match self.0 {
            DirectoryError::NotFound(_) => Notice::missing(),
            DirectoryError::Failure(error) => Notice::failure(&error),
            DirectoryError::Forbidden(needed) | DirectoryError::Permission(needed) => Notice {
                status: StatusCode::FORBIDDEN,
                title: "Your role does not allow this",
                text: format!("It needs {needed}. Ask a Global Administrator of your organisation."),
                way: Some(Way::Console),
            },
            refused @ (DirectoryError::Invalid { .. }
            | DirectoryError::AlreadyExists(_)
            | DirectoryError::Conflict(_)
            | DirectoryError::Changed) => Notice {
                status: StatusCode::CONFLICT,
                title: "That could not be done",
                text: format!("{refused}. Nothing was changed."),
                way: Some(Way::Console),
            },
        };
        notice.into_response()
    }
}

/// A failed read of the store, for handlers that read it directly.
pub(super) fn store(error: StoreError) -> Trouble {
    Trouble::from(Error::from(error))
}
