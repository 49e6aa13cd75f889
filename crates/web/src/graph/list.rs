//! Collections: from query options to queries of the store, and from pages to answers.

use std::str::FromStr;
use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts, NestedPath};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use doorward_service::Context;
use doorward_store::query::{Field, Filter, Kind, Order, Page, Part, Position, Query};
use doorward_wire::odata::{self, Direction, QueryOptions};
use serde_json::{Map, Value};

use super::error::GraphError;
use super::filter::{property, translate};
use crate::page_token;

/// How a noun looks in the API.
pub(super) struct Noun<F: 'static> {
    /// Its name in `@odata.context`.
    pub(super) context: &'static str,
    /// What it can be filtered and ordered by.
    pub(super) properties: &'static [(&'static str, F)],
    /// What its objects show, and `$select` can name.
    pub(super) shown: &'static [&'static str],
}

/// The query options of a request and where it went.
pub(super) struct List {
    pub(super) options: QueryOptions,
    /// Address of the API with its version, and of this resource.
    root: String,
    address: String,
    pairs: Vec<(String, String)>,
    /// Where the page begins.
    position: Option<Position>,
}

/// A `$skiptoken` that no answer held.
fn foreign_token() -> GraphError {
    GraphError::BadRequest("$skiptoken: take it unchanged from @odata.nextLink".into())
}

impl FromRequestParts<Arc<Context>> for List {
    type Rejection = GraphError;

    async fn from_request_parts(parts: &mut Parts, ctx: &Arc<Context>) -> Result<Self, GraphError> {
        let query = parts.uri.query().unwrap_or_default();
        let mut pairs: Vec<(String, String)> =
            serde_urlencoded::from_str(query).map_err(|error| GraphError::BadRequest(format!("query: {error}")))?;
        let options = QueryOptions::read(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))?;
        let position = options.skip_token.as_deref().map(|token| page_token::read(token).ok_or_else(foreign_token)).transpose()?;
        pairs.retain(|(name, _)| !name.trim_start_matches('$').eq_ignore_ascii_case("skiptoken"));
        let base = ctx.base_url.as_str().trim_end_matches('/');
        // A router sees what is below the path that it is nested at, which is "/" for the path itself.
        let nested = parts.extensions.get::<NestedPath>().map_or("", NestedPath::as_str);
        let path = format!("/{}", [nested, parts.uri.path()].concat().trim_matches('/'));
        let version = path.split('/').nth(1).unwrap_or_default().to_ascii_lowercase();
        Ok(Self { options, root: format!("{base}/{version}"), address: format!("{base}{path}"), pairs, position })
    }
}

impl List {
    /// Takes `$expand` out of the options: of the related lists that are known here, those that were asked for.
    pub(super) fn expand(&mut self, known: &[&'static str]) -> Result<Vec<&'static str>, GraphError> {
        let asked = self.options.expand.take().unwrap_or_default();
        let find = |name: &String| {
            let found = known.iter().find(|known| known.eq_ignore_ascii_case(name)).copied();
            found.ok_or_else(|| GraphError::BadRequest(format!("$expand: there is no {name} to expand; there are {}", known.join(", "))))
        };
        asked.iter().map(find).collect()
    }

    fn nothing_to_expand(&self) -> Result<(), GraphError> {
        match self.options.expand {
            None => Ok(()),
            Some(_) => Err(GraphError::BadRequest("$expand is not understood here".into())),
        }
    }

    /// The query of the store that was asked for.
    pub(super) fn query<F: Field>(&self, noun: &Noun<F>) -> Result<Query<F>, GraphError> {
        self.nothing_to_expand()?;
        self.check_select(noun.shown)?;
        let mut query = Query { limit: self.options.page(), ..Query::default() };
        query.filter = self.options.filter.as_ref().map(|filter| translate(filter, noun.properties)).transpose()?;
        if let Some(order) = &self.options.order_by {
            let field =
                property(noun.properties, &order.property).map_err(|problem| GraphError::BadRequest(format!("$orderby: {problem}")))?;
            if field.kind() == Kind::Words {
                return Err(GraphError::BadRequest(format!("$orderby: {} has no order", order.property)));
            }
            query.order = Some(Order { field, descending: order.direction == Direction::Descending });
        }
        match &self.options.search {
            None => {}
            Some((None, text)) => query.search = Some(text.clone()),
            Some((Some(name), text)) => {
                let field = property(noun.properties, name).map_err(|problem| GraphError::BadRequest(format!("$search: {problem}")))?;
                if field.kind() != Kind::Text {
                    return Err(GraphError::BadRequest(format!("$search: {name} is no text")));
                }
                let holds = Filter::Holds(field, Part::Anywhere, text.clone());
                query.filter = Some(query.filter.map_or_else(|| holds.clone(), |filter| filter.and(holds.clone())));
            }
        }
        query.after = self.position.clone();
        Ok(query)
    }

    /// The query that was asked for, among those that another condition lets through.
    pub(super) fn query_among<F: Field>(&self, noun: &Noun<F>, among: Filter<F>) -> Result<Query<F>, GraphError> {
        let mut query = self.query(noun)?;
        query.filter = Some(match query.filter {
            Some(filter) => filter.and(among),
            None => among,
        });
        Ok(query)
    }

    /// Refuses an order that a list of millions has no index for.
    pub(super) fn only_by<F: Field>(&self, query: &Query<F>, field: F, name: &str) -> Result<(), GraphError> {
        match query.order {
            Some(order) if order.field != field => Err(GraphError::BadRequest(format!("$orderby: this list knows {name} only"))),
            _ => Ok(()),
        }
    }

    /// The address of what an answer is, as `@odata.context` has it.
    pub(super) fn context_url(&self, context: &str) -> String {
        format!("{}/$metadata#{context}", self.root)
    }

    /// After which object the page begins, in lists by id.
    pub(super) fn after<I: FromStr>(&self) -> Result<Option<I>, GraphError> {
        self.position.as_ref().map(|position| position.id.parse().map_err(|_| foreign_token())).transpose()
    }

    /// Refuses what a resource does not understand: an ignored option would show something else than was asked for.
    pub(super) fn only_pages(&self) -> Result<(), GraphError> {
        self.nothing_to_expand()?;
        let QueryOptions { filter, order_by, count, search, .. } = &self.options;
        if filter.is_some() || order_by.is_some() || *count || search.is_some() {
            return Err(GraphError::BadRequest("here only $top, $select and $skiptoken are understood".into()));
        }
        Ok(())
    }

    /// Refuses everything but `$select`, for what has no pages.
    pub(super) fn only_select(&self) -> Result<(), GraphError> {
        self.only_pages()?;
        if self.options.top.is_some() || self.options.skip_token.is_some() {
            return Err(GraphError::BadRequest("here only $select is understood".into()));
        }
        Ok(())
    }

    fn check_select(&self, shown: &[&str]) -> Result<(), GraphError> {
        let known = |name: &&String| !(name.as_str() == "*" || shown.iter().any(|known| known.eq_ignore_ascii_case(name)));
        match self.options.select.iter().flatten().find(known) {
            None => Ok(()),
            Some(name) => Err(GraphError::BadRequest(format!("$select: there is no property {name}; there are {}", shown.join(", ")))),
        }
    }

    /// An object with the properties that were asked for.
    fn selected(&self, object: Value) -> Value {
        let Some(names) = self.options.select.as_ref().filter(|names| !names.iter().any(|name| name == "*")) else { return object };
        let Value::Object(members) = object else { return object };
        let wanted = |member: &str| member == "@odata.type" || names.iter().any(|name| name.eq_ignore_ascii_case(member));
        members.into_iter().filter(|(member, _)| wanted(member)).collect::<Map<_, _>>().into()
    }

    /// The answer with a page; `count` is how many there are in all.
    pub(super) fn answer<T>(&self, context: &str, page: Page<T>, count: Option<u64>, shown: impl Fn(&T) -> Value) -> Response {
        let values: Vec<Value> = page.items.iter().map(|item| self.selected(shown(item))).collect();
        let mut body = Map::new();
        body.insert("@odata.context".into(), self.context_url(context).into());
        if let Some(count) = count {
            body.insert("@odata.count".into(), count.into());
        }
        if let Some(next) = page.next {
            body.insert("@odata.nextLink".into(), self.next_link(&next).into());
        }
        body.insert("value".into(), values.into());
        Json(Value::Object(body)).into_response()
    }

    /// The answer with a single object.
    pub(super) fn object<F>(&self, noun: &Noun<F>, object: Value) -> Result<Json<Value>, GraphError> {
        self.check_select(noun.shown)?;
        self.one(noun.context, object)
    }

    /// The answer with a single object of a kind whose properties are not listed.
    pub(super) fn one(&self, context: &str, object: Value) -> Result<Json<Value>, GraphError> {
        self.only_select()?;
        let mut object = self.selected(object);
        if let Value::Object(members) = &mut object {
            members.insert("@odata.context".into(), self.context_url(&format!("{context}/$entity")).into());
        }
        Ok(Json(object))
    }

    /// What the filter lets through of a list that is all there.
    fn filtered(&self, mut objects: Vec<Value>, known: &[&str]) -> Result<Vec<Value>, GraphError> {
        self.nothing_to_expand()?;
        if let Some(filter) = &self.options.filter {
            super::filter::each_property(filter, &mut |property| match is_known(known, &property.name) {
                true => Ok(()),
                false => Err(odata::ODataError::filter(property.position, unknown(known, &property.name)).into()),
            })?;
            objects.retain(|object| odata::matches(object, filter));
        }
        Ok(objects)
    }

    /// How many objects of a list that is all there the filter lets through.
    pub(super) fn count_in_memory(&self, objects: Vec<Value>, known: &[&str]) -> Result<Response, GraphError> {
        Ok(count(self.filtered(objects, known)?.len() as u64))
    }

    /// The answer from a list that is all there: filter, order and pages are made here.
    pub(super) fn in_memory(&self, context: &str, objects: Vec<Value>, known: &[&str]) -> Result<Response, GraphError> {
        let options = &self.options;
        let mut objects = self.filtered(objects, known)?;
        if options.search.is_some() {
            return Err(GraphError::BadRequest("$search is not understood here: use $filter with contains".into()));
        }
        if let Some(order) = &options.order_by {
            if !is_known(known, &order.property) {
                return Err(GraphError::BadRequest(format!("$orderby: {}", unknown(known, &order.property))));
            }
            objects.sort_by(|one, other| {
                let ordering = odata::order(odata::find(one, &order.property), odata::find(other, &order.property));
                if order.direction == Direction::Descending { ordering.reverse() } else { ordering }
            });
        }
        for name in options.select.iter().flatten().filter(|name| name.as_str() != "*" && !is_known(known, name)) {
            if !objects.iter().any(|object| odata::find(object, name).is_some()) {
                return Err(GraphError::BadRequest(format!("$select: nothing here has the property {name}")));
            }
        }
        let count = options.count.then_some(objects.len() as u64);
        let id = |object: &Value| object.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        if let Some(position) = &self.position {
            let place = objects.iter().position(|object| id(object) == position.id);
            let place = place.ok_or_else(|| GraphError::BadRequest("$skiptoken: the list has changed, begin again".into()))?;
            objects.drain(..=place);
        }
        let limit = usize::try_from(options.page()).unwrap_or(usize::MAX);
        let next = match objects.len() > limit {
            true => objects.get(limit.saturating_sub(1)).map(|last| Position { key: None, id: id(last) }),
            false => None,
        };
        objects.truncate(limit);
        Ok(self.answer(context, Page { items: objects, next }, count, Value::clone))
    }

    fn next_link(&self, next: &Position) -> String {
        let mut pairs = self.pairs.clone();
        pairs.push(("$skiptoken".to_owned(), page_token::write(next)));
        format!("{}?{}", self.address, serde_urlencoded::to_string(pairs).unwrap_or_default())
    }
}

fn is_known(known: &[&str], name: &str) -> bool {
    known.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn unknown(known: &[&str], name: &str) -> String {
    format!("there is no property {name} to filter or order by; there are {}", known.join(", "))
}

/// The number of records of a log that match, where it can be told in good time.
pub(super) fn counted(number: Option<u64>) -> Result<u64, GraphError> {
    number.ok_or_else(|| {
        GraphError::BadRequest(
            "$count: too many records would have to be read to count these: ask for a shorter time, one person or one app".into(),
        )
    })
}

/// A number as `/…/$count` answers it.
pub(super) fn count(number: u64) -> Response {
    ([(header::CONTENT_TYPE, "text/plain")], number.to_string()).into_response()
}
