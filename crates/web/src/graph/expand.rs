//! `$expand`, for the resources that have relations to put in.

use std::sync::Arc;

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::Uri;
use axum::http::request::Parts;
use doorward_service::Context;

use super::error::GraphError;
use super::list::List;

/// A list with the relations that were asked for.
pub(super) struct Expanding {
    pub(super) list: List,
    expand: Vec<String>,
}

impl FromRequestParts<Arc<Context>> for Expanding {
    type Rejection = GraphError;

    async fn from_request_parts(parts: &mut Parts, ctx: &Arc<Context>) -> Result<Self, GraphError> {
        let original = parts.extensions.get::<OriginalUri>().map_or_else(|| parts.uri.clone(), |original| original.0.clone());
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(original.query().unwrap_or_default())
            .map_err(|error| GraphError::BadRequest(format!("query: {error}")))?;
        let is_expand = |name: &str| name.trim_start_matches('$').eq_ignore_ascii_case("expand");
        let (expand, rest): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|(name, _)| is_expand(name));
        if expand.len() > 1 {
            return Err(GraphError::BadRequest("$expand: is given twice".into()));
        }
        parts.extensions.insert(OriginalUri(without(&original, &rest)?));
        let mut list = List::from_request_parts(parts, ctx).await?;
        parts.extensions.insert(OriginalUri(original));
        let mut relations = Vec::new();
        if let Some((name, value)) = expand.into_iter().next() {
            relations.extend(value.split(',').map(|relation| relation.trim().to_owned()).filter(|relation| !relation.is_empty()));
            list.repeat(name, value);
        }
        Ok(Self { list, expand: relations })
    }
}

/// The address with these options alone.
fn without(uri: &Uri, pairs: &[(String, String)]) -> Result<Uri, GraphError> {
    let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
    let address = if query.is_empty() { uri.path().to_owned() } else { format!("{}?{query}", uri.path()) };
    address.parse().map_err(|_| GraphError::BadRequest("query: cannot be read".into()))
}

impl Expanding {
    /// Refuses relations that a resource does not have.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), GraphError> {
        let is_known = |relation: &&String| known.iter().any(|known| known.eq_ignore_ascii_case(relation));
        match self.expand.iter().find(|relation| !is_known(relation)) {
            None => Ok(()),
            Some(relation) => {
                Err(GraphError::BadRequest(format!("$expand: {relation} is not understood here; there are {}", known.join(", "))))
            }
        }
    }

    /// Whether a relation was asked for.
    pub(super) fn wants(&self, relation: &str) -> bool {
        self.expand.iter().any(|wanted| wanted.eq_ignore_ascii_case(relation))
    }
}
