//! JSON that is kept as the text it was written in.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// A JSON value as text: what is written once and read often need not become a tree of values in between. Copies share the text.
#[derive(Debug, Clone)]
pub struct JsonText(Arc<RawValue>);

impl JsonText {
    /// The value as JSON.
    ///
    /// # Errors
    /// What JSON cannot express, such as a map whose keys are no text.
    pub fn of(value: &(impl Serialize + ?Sized)) -> serde_json::Result<Self> {
        serde_json::value::to_raw_value(value).map(|text| Self(text.into()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.as_str() == "null"
    }

    /// The value, read anew each time.
    #[must_use]
    pub fn value(&self) -> Value {
        // It was read or written as JSON, so it is.
        serde_json::from_str(self.as_str()).unwrap_or_default()
    }
}

/// `null`.
impl Default for JsonText {
    fn default() -> Self {
        Self(RawValue::NULL.to_owned().into())
    }
}

impl From<Value> for JsonText {
    fn from(value: Value) -> Self {
        // A value always is JSON.
        Self::of(&value).unwrap_or_default()
    }
}

impl Serialize for JsonText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for JsonText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(|text| Self(text.into()))
    }
}

/// Two are equal when they were written alike.
impl PartialEq for JsonText {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.as_str() == other.as_str()
    }
}

impl Eq for JsonText {}

impl Hash for JsonText {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};
    use serde_json::{Value, json};

    use super::JsonText;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Holder {
        text: JsonText,
    }

    #[test]
    fn a_text_stays_as_it_was_written_and_means_what_it_meant() {
        let written = r#"{"text":{"b": 1, "a": [true, null]}}"#;
        let holder: Holder = serde_json::from_str(written).unwrap();
        assert_eq!(holder.text.as_str(), r#"{"b": 1, "a": [true, null]}"#);
        assert_eq!(serde_json::to_string(&holder).unwrap(), written);
        assert_eq!(serde_json::to_value(&holder).unwrap(), json!({ "text": { "a": [true, null], "b": 1 } }));
        assert_eq!(serde_json::from_value::<Holder>(json!({ "text": [1] })).unwrap().text.value(), json!([1]));
    }

    #[test]
    fn nothing_is_null() {
        let nothing = JsonText::default();
        assert!(nothing.is_null() && nothing == JsonText::from(Value::Null) && nothing.value().is_null());
        assert!(!JsonText::from(json!("null")).is_null());
    }
}
