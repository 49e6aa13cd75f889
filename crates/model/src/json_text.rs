//! JSON that is kept as the text it was written in.

use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

/// A JSON value as text: what is written once and copied often need not become a tree of values in between.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JsonText(Box<RawValue>);

impl JsonText {
    /// The value as JSON.
    ///
    /// # Errors
    /// What JSON cannot express, such as a map whose keys are no text.
    pub fn of(value: &(impl Serialize + ?Sized)) -> serde_json::Result<Self> {
        serde_json::value::to_raw_value(value).map(Self)
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
        Self(RawValue::NULL.to_owned())
    }
}

impl From<Value> for JsonText {
    fn from(value: Value) -> Self {
        // A value always is JSON.
        Self::of(&value).unwrap_or_default()
    }
}

/// Two are equal when they were written alike.
impl PartialEq for JsonText {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
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
