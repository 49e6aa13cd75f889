//! Paths as existing clients send them: in any case, sometimes with a doubled slash in front.

use axum::http::{Request, Uri};

use crate::graph;

/// Lower-cases the path, collapses leading slashes and resolves alternate keys; the query stays as it is. Runs before routing, so routes are written in
/// lower case and path parameters arrive in lower case.
pub(crate) fn normalise<B>(mut request: Request<B>) -> Request<B> {
    let path = request.uri().path();
    if path.starts_with("//") || path.bytes().any(|byte| byte.is_ascii_uppercase() || byte == b'(') {
        let path = format!("/{}", path.trim_start_matches('/').to_ascii_lowercase());
        let path = graph::alternate_key::resolved(&path).unwrap_or(path);
        let path_and_query = match request.uri().query() {
            Some(query) => format!("{path}?{query}"),
            None => path,
        };
        let mut parts = request.uri().clone().into_parts();
        if let Ok(path_and_query) = path_and_query.parse() {
            parts.path_and_query = Some(path_and_query);
            if let Ok(uri) = Uri::from_parts(parts) {
                *request.uri_mut() = uri;
            }
        }
    }
    request
}
