//! JSON as it stands in a file: members in their order, and a path to every value for messages.

use std::fmt;
use std::net::IpAddr;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::{Number, Value};

/// A JSON value that keeps members in the order of the file, doubles included.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object.
    Object(Vec<(String, Json)>),
}

/// A value that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path} {message}")]
pub struct ReadError {
    /// JSON path within the document, for example `$.users[3].id`.
    pub path: String,
    /// What is the matter, to be read after the path.
    pub message: String,
}

/// A value and where it stands.
#[derive(Debug, Clone)]
pub struct Node<'a> {
    json: &'a Json,
    path: String,
}

/// An object and where it stands.
#[derive(Debug, Clone)]
pub struct Object<'a> {
    members: &'a [(String, Json)],
    path: String,
}

impl Json {
    /// The value with the path of a document's root.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        self.at("$")
    }

    /// The value with its path in a document that it is a part of.
    #[must_use]
    pub fn at(&self, path: &str) -> Node<'_> {
        Node { json: self, path: path.to_owned() }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            Self::List(list) => list.is_empty(),
            Self::Object(members) => members.iter().all(|(name, member)| is_annotation(name) || member.is_empty()),
            Self::Bool(_) | Self::Number(_) => false,
        }
    }
}

impl From<&Value> for Json {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(*flag),
            Value::Number(number) => Self::Number(number.clone()),
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(list) => Self::List(list.iter().map(Self::from).collect()),
            Value::Object(members) => Self::Object(members.iter().map(|(name, member)| (name.clone(), member.into())).collect()),
        }
    }
}

impl<'a> Node<'a> {
    /// Nothing is said: null, an empty string, list or object, or an object of such.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.json.is_empty()
    }

    /// The value itself.
    #[must_use]
    pub fn json(&self) -> &'a Json {
        self.json
    }

    pub(super) fn is_empty_list(&self) -> bool {
        matches!(self.json, Json::List(list) if list.is_empty())
    }

    /// Where the value stands.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// An error about this value.
    #[must_use]
    pub fn error(&self, message: &str) -> ReadError {
        ReadError { path: self.path.clone(), message: message.to_owned() }
    }

    pub(super) fn unknown_word(&self, word: &str) -> ReadError {
        self.error(&format!("has the value {word:?}, which is not known"))
    }

    /// The value as an object.
    ///
    /// # Errors
    /// It is something else; so for the other readers.
    pub fn object(&self) -> Result<Object<'a>, ReadError> {
        match self.json {
            Json::Object(members) => Ok(Object { members, path: self.path.clone() }),
            _ => Err(self.error("must be an object")),
        }
    }

    /// The value as a list.
    ///
    /// # Errors
    /// It is something else.
    pub fn list(&self) -> Result<Vec<Node<'a>>, ReadError> {
        match self.json {
            Json::List(list) => Ok((0..).zip(list).map(|(index, json)| Node { json, path: format!("{}[{index}]", self.path) }).collect()),
            _ => Err(self.error("must be a list")),
        }
    }

    /// The value as a string.
    ///
    /// # Errors
    /// It is something else.
    pub fn text(&self) -> Result<&'a str, ReadError> {
        match self.json {
            Json::Text(text) => Ok(text),
            _ => Err(self.error("must be a string")),
        }
    }

    /// The value as a list of strings.
    ///
    /// # Errors
    /// It is something else.
    pub fn strings(&self) -> Result<Vec<String>, ReadError> {
        self.list()?.iter().map(|node| node.text().map(str::to_owned)).collect()
    }

    /// The value as a Boolean.
    ///
    /// # Errors
    /// It is something else.
    pub fn boolean(&self) -> Result<bool, ReadError> {
        match self.json {
            Json::Bool(flag) => Ok(*flag),
            _ => Err(self.error("must be true or false")),
        }
    }

    /// The value as a number of things.
    ///
    /// # Errors
    /// It is something else.
    pub fn count(&self) -> Result<u32, ReadError> {
        let number = if let Json::Number(number) = self.json { number.as_u64() } else { None };
        number.and_then(|number| u32::try_from(number).ok()).ok_or_else(|| self.error("must be a whole number"))
    }

    /// The value as an IP address.
    ///
    /// # Errors
    /// It is something else.
    pub fn ip_address(&self) -> Result<IpAddr, ReadError> {
        self.text()?.parse().map_err(|_| self.error("is not an IP address"))
    }

    /// The value as a word of an enum.
    ///
    /// # Errors
    /// It is no string, or no such word.
    pub fn word<T>(&self, from_wire: fn(&str) -> Option<T>) -> Result<T, ReadError> {
        let text = self.text()?;
        from_wire(text).ok_or_else(|| self.unknown_word(text))
    }
}

impl<'a> Object<'a> {
    /// Where the object stands.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// A member by its name in any case. Null counts as absent; of several, the first that is not null counts.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Node<'a>> {
        let found = self.members.iter().find(|(key, json)| key.eq_ignore_ascii_case(name) && *json != Json::Null);
        found.map(|(key, json)| self.node(key, json))
    }

    /// A member that must be there.
    ///
    /// # Errors
    /// It is absent or null.
    pub fn require(&self, name: &str) -> Result<Node<'a>, ReadError> {
        self.get(name).ok_or_else(|| ReadError { path: format!("{}.{name}", self.path), message: "is missing".to_owned() })
    }

    /// A member, read by `read`; none when absent.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn optional<T>(&self, name: &str, read: impl FnOnce(&Node<'a>) -> Result<T, ReadError>) -> Result<Option<T>, ReadError> {
        self.get(name).map(|node| read(&node)).transpose()
    }

    /// A Boolean member; false when absent.
    ///
    /// # Errors
    /// It is no Boolean.
    pub fn flag(&self, name: &str) -> Result<bool, ReadError> {
        Ok(self.optional(name, Node::boolean)?.unwrap_or(false))
    }

    /// A member that is a list of strings; empty when absent.
    ///
    /// # Errors
    /// It is something else.
    pub fn strings(&self, name: &str) -> Result<Vec<String>, ReadError> {
        Ok(self.optional(name, Node::strings)?.unwrap_or_default())
    }

    /// A member that is a list; empty when absent.
    ///
    /// # Errors
    /// It is something else.
    pub fn list(&self, name: &str) -> Result<Vec<Node<'a>>, ReadError> {
        Ok(self.optional(name, Node::list)?.unwrap_or_default())
    }

    /// A string member; none when absent.
    ///
    /// # Errors
    /// It is something else.
    pub fn text(&self, name: &str) -> Result<Option<String>, ReadError> {
        self.optional(name, |node| node.text().map(str::to_owned))
    }

    /// An enum member; none when absent.
    ///
    /// # Errors
    /// It is no such word.
    pub fn word<T>(&self, name: &str, from_wire: fn(&str) -> Option<T>) -> Result<Option<T>, ReadError> {
        self.optional(name, |node| node.word(from_wire))
    }

    /// Refuses members that say something and are not among those known.
    ///
    /// # Errors
    /// The first such member.
    pub fn only(&self, known: &[&str]) -> Result<(), ReadError> {
        self.unknown(known).next().map_or(Ok(()), |node| Err(node.error("is not known")))
    }

    /// Members that say something and are not among those known.
    pub(super) fn unknown(&self, known: &[&str]) -> impl Iterator<Item = Node<'a>> {
        let is_known = |name: &str| is_annotation(name) || known.iter().any(|one| one.eq_ignore_ascii_case(name));
        self.members.iter().filter(move |(name, json)| !is_known(name) && !json.is_empty()).map(|(name, json)| self.node(name, json))
    }

    pub(super) fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.members.iter().any(|(key, _)| key.eq_ignore_ascii_case(name)))
    }

    fn node(&self, key: &str, json: &'a Json) -> Node<'a> {
        Node { json, path: format!("{}.{key}", self.path) }
    }
}

/// Annotations of the transport (`@odata.type`, `members@odata.bind`) and its bound actions (`#microsoft.graph.restore`).
fn is_annotation(name: &str) -> bool {
    name.starts_with('#') || name.to_ascii_lowercase().contains("@odata.")
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(list) => serializer.collect_seq(list),
            Self::Object(members) => serializer.collect_map(members.iter().map(|(name, member)| (name, member))),
        }
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Json, E> {
        Ok(Json::Bool(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        Ok(Number::from_f64(number).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            members.push(entry);
        }
        Ok(Json::Object(members))
    }
}
