//! The resources.

use crate::content::{PNG, made};
use rmcp::ErrorData;
use rmcp::model::{ReadResourceResult, Resource, ResourceTemplate};
use serde_json::{Value, json};

const STATIC_TEXT: &str = "test://static-text";
const STATIC_BINARY: &str = "test://static-binary";
const WATCHED: &str = "test://watched-resource";

/// All that have an address of their own.
pub(crate) fn all() -> Result<Vec<Resource>, ErrorData> {
    let kinds = [
        (STATIC_TEXT, "text/plain"),
        (STATIC_BINARY, "image/png"),
        (WATCHED, "text/plain"),
    ];
    let listed = kinds.iter().map(|(uri, kind)| {
        let name = uri.trim_start_matches("test://");
        made(json!({"uri": uri, "name": name, "description": format!("{name}, for a judge"), "mimeType": kind}))
    });
    listed.collect()
}

/// All whose address has a hole.
pub(crate) fn templates() -> Result<Vec<ResourceTemplate>, ErrorData> {
    let template = json!({
        "uriTemplate": "test://template/{id}/data", "name": "template",
        "description": "data of an id, for a judge", "mimeType": "application/json",
    });
    Ok(vec![made(template)?])
}

/// What one holds.
pub(crate) fn read(uri: &str) -> Result<ReadResourceResult, ErrorData> {
    let text = |kind: &str, words: &str| json!({"uri": uri, "mimeType": kind, "text": words});
    let content = match uri {
        STATIC_TEXT => text(
            "text/plain",
            "This is the content of the static text resource.",
        ),
        STATIC_BINARY => json!({"uri": uri, "mimeType": "image/png", "blob": PNG}),
        WATCHED => text("text/plain", "This may change."),
        _ => text("application/json", &filled(uri)?.to_string()),
    };
    made(json!({"contents": [content], "resultType": "complete"}))
}

fn filled(uri: &str) -> Result<Value, ErrorData> {
    let id = uri
        .strip_prefix("test://template/")
        .and_then(|rest| rest.strip_suffix("/data"));
    let Some(id) = id.filter(|id| !id.is_empty() && !id.contains('/')) else {
        let data = json!({"uri": uri});
        return Err(ErrorData::resource_not_found(
            "Resource not found",
            Some(data),
        ));
    };
    Ok(json!({"id": id, "templateTest": true, "data": format!("Data for ID: {id}")}))
}
