//! Short pages of a title and a text, and the words for errors.

use askama::Template;
use axum::response::Response;
use doorward_service::directory::DirectoryError;
use http::{HeaderValue, StatusCode, header};

use super::{Area, sentence};
use crate::pages::{self, FormTarget, Frame};

/// A page of a title and a text.
pub(crate) struct Notice {
    pub(crate) status: StatusCode,
    pub(crate) title: &'static str,
    pub(crate) text: String,
    pub(crate) way: Option<Way>,
}

/// Where a notice leads on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// The first page of the area.
    Root,
    /// Signing in again.
    SignIn,
}

impl Way {
    fn address(self, area: &Area) -> String {
        match self {
            Self::Root => area.root.to_owned(),
            Self::SignIn => area.sign_in(),
        }
    }

    fn words(self, area: &Area) -> &'static str {
        match self {
            Self::Root => area.to_root,
            Self::SignIn => "Sign in again",
        }
    }
}

#[derive(Template)]
#[template(path = "area/notice.html")]
struct NoticePage<'a> {
    frame: Frame,
    title: &'a str,
    text: &'a str,
    way: Option<(String, &'a str)>,
}

/// The frame of pages that are shown before anybody has signed in.
pub(crate) fn frame(area: &Area) -> Frame {
    Frame::new(area.name)
}

/// Renders a page of an area. Its own pages may know where a form came from, so that posts carry their origin.
pub(crate) fn plain(status: StatusCode, template: &impl Template) -> Response {
    let mut response = pages::page(status, template, &FormTarget::Own);
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

impl Notice {
    /// The page.
    pub(crate) fn page(self, area: &Area) -> Response {
        let way = self.way.map(|way| (way.address(area), way.words(area)));
        plain(self.status, &NoticePage { frame: frame(area), title: self.title, text: &self.text, way })
    }

    /// The words for an error.
    pub(crate) fn of(error: DirectoryError) -> Self {
        match error {
            DirectoryError::NotFound(_) => Self::missing(),
            DirectoryError::Failure(error) => Self::failure(&error),
            DirectoryError::Forbidden(needed) | DirectoryError::Permission(needed) => Self {
                status: StatusCode::FORBIDDEN,
                title: "Your role does not allow this",
                text: format!("It needs {needed}. Ask a Global Administrator of your organisation."),
                way: Some(Way::Root),
            },
            refused @ (DirectoryError::Invalid { .. }
            | DirectoryError::AlreadyExists(_)
            | DirectoryError::Conflict(_)
            | DirectoryError::Changed) => Self {
                status: StatusCode::CONFLICT,
                title: "That could not be done",
                text: format!("{} Nothing was changed.", sentence(&refused.to_string())),
                way: Some(Way::Root),
            },
        }
    }

    /// A fault of the server; what it is stands in its log.
    pub(crate) fn failure(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "page");
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            title: "Something went wrong here",
            text: "The fault is ours, not yours. Try again in a minute; the server's log says what happened.".to_owned(),
            way: Some(Way::Root),
        }
    }

    /// Nothing is here.
    pub(crate) fn missing() -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            title: "There is no such page",
            text: "The address may be mistyped, or what it showed is gone.".to_owned(),
            way: Some(Way::Root),
        }
    }
}
