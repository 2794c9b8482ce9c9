//! JSON in and out of text columns.

use serde_json::Value;

use crate::JournalError;

pub(crate) fn parse(text: &str, what: impl FnOnce() -> String) -> Result<Value, JournalError> {
    serde_json::from_str(text).map_err(|error| JournalError::Corrupt {
        what: what(),
        problem: error.to_string(),
    })
}

pub(crate) fn parse_option(
    text: Option<&str>,
    what: impl FnOnce() -> String,
) -> Result<Option<Value>, JournalError> {
    text.map(|text| parse(text, what)).transpose()
}

/// The same text for the same value, whatever order the keys were inserted in (a dependency may
/// turn on `serde_json/preserve_order` for everybody).
pub(crate) fn canonical(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(key, _)| *key);
            let fields: Vec<String> = fields
                .into_iter()
                .map(|(key, value)| format!("{}:{}", Value::from(key.as_str()), canonical(value)))
                .collect();
            format!("{{{}}}", fields.join(","))
        }
        plain => plain.to_string(),
    }
}
