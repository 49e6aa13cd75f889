//! The API as an OpenAPI 3.1 document, at `/v1.0/openapi.json`. It holds no secret, so it is given out without a token.
//!
//! Permissions come from [`Task`], schemas of lists from the properties that the lists show. That every route is described, and needs
//! just the permissions that it says, is tested in `tests/it/graph/openapi.rs`.

mod application;
mod operations;
mod schemas;

use std::collections::BTreeSet;

use axum::body::Bytes;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use doorward_service::directory::Task;
use serde_json::{Map, Value, json};
use url::Url;

use self::operations::{Answer, OPERATIONS, Operation, Options};

const TITLE: &str = "Doorward admin API";
const ABOUT: &str =
    "Users, devices, applications, conditional access and app protection policies, and logs, in the form of Microsoft Graph.";

/// The route of the document; it is made once.
pub(super) fn route<S: Clone + Send + Sync + 'static>(base: &Url) -> MethodRouter<S> {
    let document = Bytes::from(document(base).to_string());
    get(async move || -> Response { ([(header::CONTENT_TYPE, "application/json")], document.clone()).into_response() })
}

fn document(base: &Url) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for operation in OPERATIONS {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        if let Value::Object(methods) = path {
            methods.insert(operation.method.to_owned(), operation.describe());
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": TITLE, "description": ABOUT, "version": env!("CARGO_PKG_VERSION") },
        "servers": [{ "url": format!("{}/v1.0", base.as_str().trim_end_matches('/')) }],
        "paths": paths,
        "components": {
            "schemas": schemas::all(),
            "responses": { "error": error_answer() },
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "An access token for https://graph.microsoft.com with the permissions that are named. A person needs \
                        one of the roles in x-roles as well; an application acting for itself needs none.",
                },
            },
        },
    })
}

impl Operation {
    fn describe(&self) -> Value {
        let mut description = json!({
            "operationId": self.id(),
            "tags": [self.tag()],
            "summary": self.summary,
            "security": security(self.tasks),
            "x-roles": roles(self.tasks),
            "parameters": self.parameters(),
            "responses": self.responses(),
        });
        if let (Some(body), Value::Object(members)) = (self.body, &mut description) {
            let content = json!({ "application/json": { "schema": reference(body) } });
            members.insert("requestBody".into(), json!({ "required": !self.body_optional, "content": content }));
        }
        description
    }

    /// A name from method and path, which no other operation has.
    fn id(&self) -> String {
        let words = self.path.split(['/', '$']).filter(|word| !word.is_empty());
        let word = |word: &str| match word.strip_prefix('{') {
            Some(parameter) => format!("By{}", capital(parameter.trim_end_matches('}'))),
            None => capital(word),
        };
        words.fold(self.method.to_owned(), |id, part| id + &word(part))
    }

    fn tag(&self) -> &str {
        self.path.trim_start_matches('/').split('/').next().unwrap_or_default()
    }

    fn parameters(&self) -> Vec<Value> {
        let in_path = self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).map(|name| {
            let schema = if self.uuids.contains(&name) { json!({ "type": "string", "format": "uuid" }) } else { schemas::name() };
            json!({ "name": name, "in": "path", "required": true, "schema": schema })
        });
        let option = |(name, schema, description): &(&str, Value, &str)| json!({ "name": name, "in": "query", "required": false, "schema": schema, "description": description });
        let if_match = self.tagged.then(|| {
            let schema = json!({ "type": "string", "pattern": "^(\\*|(W/)?\"[0-9A-Za-z]+\")$" });
            json!({ "name": "If-Match", "in": "header", "required": false, "schema": schema, "description": "The ETag of the object as it was read; with another one the change is refused (412)" })
        });
        in_path.chain(self.options.parameters().iter().map(option)).chain(if_match).collect()
    }

    fn responses(&self) -> Value {
        let mut responses = Map::new();
        let headers = if self.gives_tag { json!({ "ETag": { "schema": { "type": "string" } } }) } else { json!({}) };
        let json_of = |schema: Value| json!({ "application/json": { "schema": schema } });
        let (status, content) = match self.answer {
            Answer::List(schema) => ("200", Some(json_of(schemas::list_of(&reference(schema))))),
            Answer::One(schema) => ("200", Some(json_of(reference(schema)))),
            Answer::Created(schema) => ("201", Some(json_of(reference(schema)))),
            Answer::Number => ("200", Some(json!({ "text/plain": { "schema": { "type": "string", "pattern": "^[0-9]+$" } } }))),
            Answer::Nothing => ("204", None),
        };
        let mut good = json!({ "description": self.answer.describe(), "headers": headers });
        if let (Some(content), Value::Object(members)) = (content, &mut good) {
            members.insert("content".into(), content);
        }
        responses.insert(status.to_owned(), good);
        for status in self.refusals() {
            responses.insert(status.to_owned(), json!({ "$ref": "#/components/responses/error" }));
        }
        responses.into()
    }

    /// The refusals that the operation knows.
    fn refusals(&self) -> impl Iterator<Item = &'static str> {
        let (changes, named) = (self.method != "get", self.path.contains('{') || self.path.starts_with("/me"));
        let all = [
            ("400", true),
            ("401", true),
            ("403", true),
            ("404", named || self.body.is_some()),
            ("409", changes),
            ("412", self.tagged),
            ("413", self.body.is_some()),
            ("415", self.body.is_some()),
            ("429", true),
            ("503", true),
        ];
        all.into_iter().filter_map(|(status, known)| known.then_some(status))
    }
}

impl Answer {
    fn describe(self) -> &'static str {
        match self {
            Self::List(_) => "A page of the list",
            Self::One(_) => "The object",
            Self::Created(_) => "What was made",
            Self::Number => "How many there are",
            Self::Nothing => "Done",
        }
    }
}

impl Options {
    /// Name, schema and meaning of the query options.
    fn parameters(self) -> Vec<(&'static str, Value, &'static str)> {
        let text = || json!({ "type": "string", "minLength": 1 });
        let filter = ("$filter", text(), "Which objects, for example startsWith(displayName,'A')");
        let order = ("$orderby", text(), "One property, then asc or desc");
        let search = ("$search", text(), "\"text\" anywhere in a name, or \"property:text\"");
        let select = ("$select", text(), "The properties to show, with commas between");
        let top = ("$top", json!({ "type": "integer", "minimum": 1 }), "Objects of a page, of which 999 are given at most");
        let count = ("$count", json!({ "type": "boolean" }), "Tell how many there are in all, as @odata.count");
        let skip = ("$skiptoken", text(), "Where the page begins: taken from @odata.nextLink");
        match self {
            Self::None => vec![],
            Self::Select => vec![select],
            Self::Pages => vec![select, top, skip],
            Self::InMemory => vec![filter, order, select, top, count, skip],
            Self::All => vec![filter, order, search, select, top, count, skip],
            Self::Count => vec![filter, search],
            Self::CountInMemory => vec![filter],
        }
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn error_answer() -> Value {
    json!({
        "description": "Refused; the message says why, and what to do",
        "content": { "application/json": { "schema": reference("error") } },
        "headers": {
            "request-id": { "schema": { "type": "string" } },
            "Retry-After": { "schema": { "type": "string" }, "description": "Seconds to wait; with 429" },
        },
    })
}

/// The least sets of permissions that allow all tasks.
fn security(tasks: &[Task]) -> Vec<Value> {
    let mut sets: BTreeSet<BTreeSet<&str>> = BTreeSet::from([BTreeSet::new()]);
    for alternatives in tasks.iter().flat_map(|task| task.permissions()) {
        let with = |set: &BTreeSet<&'static str>| {
            alternatives.iter().map(|one| set.iter().copied().chain([*one]).collect()).collect::<Vec<BTreeSet<&str>>>()
        };
        sets = sets.iter().flat_map(with).collect();
        let all = sets.clone();
        sets.retain(|set| !all.iter().any(|other| other != set && other.is_subset(set)));
    }
    sets.into_iter().map(|set| json!({ "token": set })).collect()
}

/// The roles of a person that allow all tasks; none means that everybody may.
fn roles(tasks: &[Task]) -> Value {
    let mut lists = tasks.iter().filter_map(|task| task.roles());
    let Some(first) = lists.next() else { return json!([]) };
    let rest: Vec<_> = lists.collect();
    let names = first.iter().filter(|role| rest.iter().all(|list| list.contains(role))).map(|role| role.display_name());
    names.collect::<Vec<_>>().into()
}
