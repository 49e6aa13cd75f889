//! A value that is worth keeping only when it is a single one.

use std::borrow::Cow;
use std::fmt;

use doorward_wire::policy_file::Json;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A single value, not copied where the text has it as it is. Lists and objects are checked to be JSON and forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Scalar<'a> {
    Null,
    Flag(bool),
    Text(Cow<'a, str>),
    /// A whole number.
    Number(u64),
    /// Any other number, a list, an object.
    Other,
}

impl Scalar<'_> {
    /// The value for those who say what is wrong with it.
    pub(in super::super) fn json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Flag(flag) => Json::Bool(*flag),
            Self::Text(text) => Json::Text(text.clone().into_owned()),
            Self::Number(number) => Json::Number((*number).into()),
            Self::Other => Json::List(Vec::new()),
        }
    }
}

impl<'de> Deserialize<'de> for Scalar<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Scalar::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(Scalar::Flag(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Scalar::Number(number))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Scalar::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Scalar::Other)
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<Scalar<'de>>()?.is_some() {}
        Ok(Scalar::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        while entries.next_entry::<Scalar<'de>, Scalar<'de>>()?.is_some() {}
        Ok(Scalar::Other)
    }
}
