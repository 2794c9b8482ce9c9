//! Where an answer goes on: opaque to the caller, and good only for the arguments it was made for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// Bytes of a cursor: a version, the number of rows, the time, the digest of tool and arguments.
const LENGTH: usize = 1 + 4 + 8 + DIGEST;
const DIGEST: usize = 8;
const VERSION: u8 = 1;

/// What a call asks for, in a few bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked([u8; DIGEST]);

impl Asked {
    /// A tool with these arguments, in whatever order they were given.
    pub(crate) fn of(tool: &str, arguments: &Map<String, Value>) -> Self {
        let mut hash = Sha256::new();
        hash.update(tool);
        sorted(&mut hash, &Value::Object(arguments.clone()));
        let mut digest = [0; DIGEST];
        digest.copy_from_slice(&hash.finalize()[..DIGEST]);
        Self(digest)
    }
}

fn sorted(hash: &mut Sha256, value: &Value) {
    match value {
        Value::Object(fields) => {
            let mut keys: Vec<&String> = fields.keys().collect();
            keys.sort();
            hash.update("{");
            for key in keys {
                hash.update(Value::String(key.clone()).to_string());
                sorted(hash, &fields[key]);
            }
            hash.update("}");
        }
        Value::Array(items) => {
            hash.update("[");
            items.iter().for_each(|item| sorted(hash, item));
            hash.update("]");
        }
        other => {
            hash.update(other.to_string());
            hash.update(",");
        }
    }
}

/// How far a caller has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// Rows that it has seen.
    pub(crate) seen: u32,
    /// When the first page was asked for: the next ones look at the same moment.
    pub(crate) at: Timestamp,
}

impl Cursor {
    pub(crate) fn write(self, asked: Asked) -> String {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.push(VERSION);
        bytes.extend(self.seen.to_be_bytes());
        bytes.extend(self.at.as_millisecond().to_be_bytes());
        bytes.extend(asked.0);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The cursor, if it was made for these arguments.
    pub(crate) fn read(text: &str, asked: Asked) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let bytes: [u8; LENGTH] = bytes.try_into().ok()?;
        if bytes[0] != VERSION || bytes[LENGTH - DIGEST..] != asked.0 {
            return None;
        }
        Some(Self {
            seen: u32::from_be_bytes(bytes[1..5].try_into().ok()?),
            at: Timestamp::from_millisecond(i64::from_be_bytes(bytes[5..13].try_into().ok()?))
                .ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn asked(tool: &str, arguments: &Value) -> Asked {
        Asked::of(tool, arguments.as_object().unwrap())
    }

    #[test]
    fn a_cursor_is_good_for_its_own_arguments_in_any_order_and_for_no_others() {
        let own = asked(
            "query_metrics",
            &json!({"query": "up", "labels": {"a": 1, "b": [2, null]}}),
        );
        let cursor = Cursor {
            seen: 10,
            at: Timestamp::from_millisecond(1_795_249_800_123).unwrap(),
        };
        let text = cursor.write(own);
        let turned: Value =
            serde_json::from_str(r#"{"labels":{"b":[2,null],"a":1},"query":"up"}"#).unwrap();
        assert_eq!(
            Cursor::read(&text, asked("query_metrics", &turned)),
            Some(cursor)
        );
        for (tool, other) in [
            ("query_metrics", json!({"query": "up"})),
            (
                "query_metrics",
                json!({"query": "up", "labels": {"a": 1, "b": [2, 0]}}),
            ),
            (
                "discover_metrics",
                json!({"query": "up", "labels": {"a": 1, "b": [2, null]}}),
            ),
        ] {
            assert_eq!(Cursor::read(&text, asked(tool, &other)), None);
        }
        for text in ["", "AAAA", "not base64!", &text[1..], &format!("{text}AA")] {
            assert_eq!(Cursor::read(text, own), None);
        }
    }
}
