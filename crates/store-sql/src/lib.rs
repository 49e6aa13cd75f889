//! The store on SQL. SQLite is the embedded engine: write-ahead log, one writer, several readers that each see one snapshot.
//!
//! SQL is kept to what other engines know: `$n` parameters, BIGINT milliseconds for time, TEXT for ids and JSON.

mod applications;
mod authentication_methods;
mod circumstances;
mod devices;
mod documents;
mod domain;
mod grants;
mod groups;
mod keys;
mod log_query;
mod logs;
mod managed_devices;
mod memory;
mod migrate;
mod one_time;
mod query;
mod row;
mod sessions;
mod sqlite;
mod tenants;
mod unit;
mod users;
mod watch;

pub use sqlite::SqliteStore;
