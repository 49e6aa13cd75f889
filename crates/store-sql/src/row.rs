//! From rows to entities and back: ids and times as text (or 16 bytes) and milliseconds, bodies as JSON, errors in the store's words.

use std::sync::Arc;

use doorward_store::{Result, StoreError};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row as _;
use sqlx::sqlite::{SqliteQueryResult, SqliteRow};
use uuid::Uuid;

/// Bytes as text, for columns that are looked up: lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

/// Any failure of the engine that has no better word.
pub(crate) fn engine(error: sqlx::Error) -> StoreError {
    StoreError::Engine(Box::new(error))
}

/// A failure of a write of `what`: a clash of keys, a read-only unit, or the engine.
pub(crate) fn write_error(what: &'static str) -> impl Fn(sqlx::Error) -> StoreError {
    move |error| {
        let database = error.as_database_error();
        if database.is_some_and(|error| error.is_unique_violation()) {
            StoreError::AlreadyExists(what)
        } else if database.is_some_and(|error| error.message().contains("readonly")) {
            StoreError::ReadOnly
        } else if database.is_some_and(|error| error.is_foreign_key_violation()) {
            StoreError::NotFound("tenant")
        } else {
            engine(error)
        }
    }
}

/// An update or delete of one object must have found it.
pub(crate) fn found(what: &'static str, result: &SqliteQueryResult) -> Result<()> {
    if result.rows_affected() == 0 { Err(StoreError::NotFound(what)) } else { Ok(()) }
}

/// Reads the first row, if there is one.
pub(crate) fn first<V>(read: impl FnOnce(&SqliteRow) -> Result<V>) -> impl FnOnce(&[SqliteRow]) -> Result<Option<Arc<V>>> {
    |rows| rows.first().map(|row| read(row).map(Arc::new)).transpose()
}

/// Milliseconds since 1970.
pub(crate) fn millis(time: Timestamp) -> i64 {
    time.as_millisecond()
}

/// Text as it is compared and ordered: without regard to case.
pub(crate) fn fold(text: &str) -> String {
    text.to_lowercase()
}

/// JSON text of an entity.
pub(crate) fn to_body(table: &'static str, entity: &impl Serialize) -> Result<String> {
    serde_json::to_string(entity).map_err(|error| inconsistent(table, "", &error))
}

/// A row that cannot be read back.
pub(crate) fn inconsistent(table: &'static str, id: &str, reason: &dyn std::fmt::Display) -> StoreError {
    StoreError::Inconsistent { table, id: id.to_owned(), reason: reason.to_string() }
}

/// Reads one row of a table; errors name the row by its key column.
pub(crate) struct Reader<'r> {
    row: &'r SqliteRow,
    table: &'static str,
    key: &'static str,
}

impl<'r> Reader<'r> {
    pub(crate) fn new(row: &'r SqliteRow, table: &'static str, key: &'static str) -> Self {
        Self { row, table, key }
    }

    fn wrong(&self, reason: &dyn std::fmt::Display) -> StoreError {
        let id = self.row.try_get(self.key).or_else(|_| self.row.try_get::<Uuid, _>(self.key).map(|id| id.to_string()));
        let id: String = id.unwrap_or_else(|_| "?".to_owned());
        inconsistent(self.table, &id, reason)
    }

    pub(crate) fn text(&self, column: &str) -> Result<String> {
        self.row.try_get(column).map_err(|error| self.wrong(&error))
    }

    pub(crate) fn optional_text(&self, column: &str) -> Result<Option<String>> {
        self.row.try_get(column).map_err(|error| self.wrong(&error))
    }

    pub(crate) fn integer(&self, column: &str) -> Result<i64> {
        self.row.try_get(column).map_err(|error| self.wrong(&error))
    }

    pub(crate) fn bytes(&self, column: &str) -> Result<Vec<u8>> {
        self.row.try_get(column).map_err(|error| self.wrong(&error))
    }

    /// An id that is kept as 16 bytes.
    pub(crate) fn id(&self, column: &str) -> Result<Uuid> {
        self.row.try_get(column).map_err(|error| self.wrong(&error))
    }

    pub(crate) fn time(&self, column: &str) -> Result<Timestamp> {
        Timestamp::from_millisecond(self.integer(column)?).map_err(|error| self.wrong(&error))
    }

    pub(crate) fn optional_time(&self, column: &str) -> Result<Option<Timestamp>> {
        let millis: Option<i64> = self.row.try_get(column).map_err(|error| self.wrong(&error))?;
        millis.map(|millis| Timestamp::from_millisecond(millis).map_err(|error| self.wrong(&error))).transpose()
    }

    pub(crate) fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(&self, column: &str) -> Result<T> {
        self.text(column)?.parse().map_err(|error| self.wrong(&error))
    }

    /// An enum that is stored in its JSON spelling.
    pub(crate) fn named<T: DeserializeOwned>(&self, column: &str) -> Result<T> {
        serde_json::from_value(serde_json::Value::String(self.text(column)?)).map_err(|error| self.wrong(&error))
    }

    pub(crate) fn body<T: DeserializeOwned>(&self) -> Result<T> {
        self.json("body")
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T> {
        serde_json::from_str(&self.text(column)?).map_err(|error| self.wrong(&error))
    }
}

/// The JSON spelling of an enum.
pub(crate) fn name_of(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}
