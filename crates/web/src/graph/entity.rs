//! Bodies of typed objects. Graph's clients name the type (`"@odata.type": "#microsoft.graph.user"`), which must then be the right one.

use axum::Json;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::error::GraphError;

/// A body that is an object of Graph.
pub(super) trait Named: DeserializeOwned {
    /// Name of its type in Graph.
    const NAME: &'static str;
}

/// The body of a request.
pub(super) struct Entity<T>(pub(super) T);

impl<T: Named, S: Send + Sync> FromRequest<S> for Entity<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let Json(mut body) = Json::<Map<String, Value>>::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        check_type(&mut body, T::NAME).map_err(IntoResponse::into_response)?;
        let entity = serde_json::from_value(Value::Object(body));
        entity.map(Self).map_err(|error| GraphError::BadRequest(error.to_string()).into_response())
    }
}

/// The body of a request that is an object and has no type. A reader that is derived would take a list for it, too.
pub(super) struct ObjectBody<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for ObjectBody<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let Json(body) = Json::<Map<String, Value>>::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        let read = serde_json::from_value(Value::Object(body));
        read.map(Self).map_err(|error| GraphError::BadRequest(error.to_string()).into_response())
    }
}

/// Takes the name of the type out of a body, and refuses another type.
pub(super) fn check_type(body: &mut Map<String, Value>, name: &str) -> Result<(), GraphError> {
    let Some(given) = body.remove("@odata.type") else { return Ok(()) };
    let given = given.as_str().unwrap_or_default().trim_start_matches('#');
    if given.strip_prefix("microsoft.graph.").is_some_and(|given| given.eq_ignore_ascii_case(name)) {
        return Ok(());
    }
    Err(GraphError::BadRequest(format!("@odata.type: this is a #microsoft.graph.{name}")))
}
