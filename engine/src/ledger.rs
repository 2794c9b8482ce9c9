//! Streams of the journal as guard's types: as [`journal::ledger`] reads them.

pub use journal::ledger::*;

// Domain types are plain data with string keys; writing them cannot fail.
pub(crate) fn json<T: serde::Serialize>(value: &T) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or(serde_json::Value::Null)
}
