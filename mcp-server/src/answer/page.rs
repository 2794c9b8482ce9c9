//! How much a caller may be told at once, and how far it has read: the two arguments that every tool takes.

use super::cursor::{Asked, Cursor};
use crate::error::ToolError;
use jiff::Timestamp;
use rmcp::model::JsonObject;
use serde_json::{Value, json};

/// Tokens of an answer where the caller does not say.
pub const USUAL_TOKENS: usize = 2_000;
/// Tokens of an answer at most, in each of its two forms.
pub const MOST_TOKENS: usize = 4_000;
/// Tokens of both forms of an answer together: what a client costs its model that hands it both.
pub const HARD_CAP: usize = 2 * MOST_TOKENS;
/// With fewer nothing could be said.
const LEAST_TOKENS: usize = 200;

/// The page that a call asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    /// Tokens that it may have.
    pub(crate) most: usize,
    /// Rows that the caller has seen.
    pub(crate) seen: u32,
    /// When the first page was asked for; none if this is the first one.
    pub(crate) at: Option<Timestamp>,
    pub(crate) asked: Asked,
}

impl Page {
    /// Takes its arguments out of a call; those of the tool stay.
    pub(crate) fn take(tool: &'static str, arguments: &mut JsonObject) -> Result<Self, ToolError> {
        let most = match arguments.remove("max_tokens") {
            None | Some(Value::Null) => USUAL_TOKENS,
            // Who asks for more than there may be gets what there may be: the answer says that it was cut.
            Some(number) => number
                .as_u64()
                .and_then(|number| usize::try_from(number).ok())
                .ok_or_else(|| {
                    ToolError::argument(
                        "max_tokens",
                        format!("expected a whole number up to {MOST_TOKENS}"),
                    )
                })?
                .clamp(LEAST_TOKENS, MOST_TOKENS),
        };
        let cursor = arguments.remove("cursor");
        let asked = Asked::of(tool, arguments);
        let cursor = match cursor {
            None | Some(Value::Null) => None,
            Some(cursor) => Some(cursor.as_str().and_then(|text| Cursor::read(text, asked)).ok_or_else(|| {
                ToolError::argument(
                    "cursor",
                    "it is not one that this tool gave for these arguments: repeat them as they were, or leave it out to begin anew",
                )
            })?),
        };
        Ok(Self {
            most,
            seen: cursor.map_or(0, |cursor| cursor.seen),
            at: cursor.map(|cursor| cursor.at),
            asked,
        })
    }

    /// Adds its arguments to what a tool takes.
    pub(crate) fn declare(properties: &mut JsonObject, has_rows: bool, reads: bool) {
        if has_rows {
            let cursor =
                json!({ "type": "string", "description": "`next_cursor` of the page before" });
            properties.insert("cursor".into(), cursor);
        }
        if reads {
            let most = json!({ "type": "integer", "maximum": MOST_TOKENS });
            properties.insert("max_tokens".into(), most);
        }
    }
}
