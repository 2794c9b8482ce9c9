//! What the protocol carries, from JSON as the specification writes it.

use rmcp::ErrorData;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A picture of one red point.
pub(crate) const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";

/// Sound without a sample.
pub(crate) const WAV: &str = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=";

/// A value of the protocol.
pub(crate) fn made<T: DeserializeOwned>(json: Value) -> Result<T, ErrorData> {
    let made = serde_json::from_value(json);
    made.map_err(|error| ErrorData::internal_error(error.to_string(), None))
}

/// Tools, prompts or resources with name and description.
pub(crate) fn unknown(what: &str, name: &str) -> ErrorData {
    ErrorData::invalid_params(format!("unknown {what}: {name}"), None)
}
