//! The form of a draft, within what servers enforce: every object closed, every field required, what may be missing null.

use super::endpoint::Wanted;
use serde_json::{Map, Value, json};

/// The form of a root-cause draft.
pub(super) fn draft() -> Wanted {
    let text = || json!({ "type": "string" });
    let maybe = |kind: &str| json!({ "type": [kind, "null"] });
    let words = |words: &[&str]| json!({ "type": "string", "enum": words });
    let list = |of: Value| json!({ "type": "array", "items": of });
    let cite = object([
        (
            "kind",
            words(&["evidence", "commit", "file", "hunk", "log"]),
        ),
        ("id", text()),
        ("path", maybe("string")),
        ("line", maybe("integer")),
        ("value", maybe("number")),
        ("quote", maybe("string")),
    ]);
    let claim = object([("text", text()), ("cites", list(cite))]);
    let claims = || list(claim.clone());
    let conclusion = object([
        ("was", words(&["suspect", "none", "unknown"])),
        ("id", maybe("string")),
    ]);
    let spot = object([("path", text()), ("line", maybe("integer"))]);
    let query = object([
        ("promql", text()),
        ("value", json!({ "type": "number" })),
        ("unit", maybe("string")),
        ("evidence", text()),
    ]);
    let hypothesis = object([
        ("conclusion", conclusion.clone()),
        ("because", text()),
        ("refuted_by", or_null(&claim)),
    ]);
    let recommendation = object([
        (
            "action",
            words(&["resume", "hold", "roll_back", "fix_forward"]),
        ),
        ("because", text()),
        ("risk", text()),
    ]);
    Wanted {
        name: "root_cause",
        schema: object([
            ("summary", text()),
            ("impact", claims()),
            ("queries", list(query)),
            ("hypotheses", list(hypothesis)),
            ("evidence_for", claims()),
            ("evidence_against", claims()),
            ("ruled_out", claims()),
            ("conclusion", conclusion),
            ("mechanism", text()),
            ("place", or_null(&spot)),
            ("contributing", claims()),
            ("time_lost", claims()),
            ("recommendation", recommendation),
            ("solution", text()),
            ("action_items", list(text())),
        ]),
    }
}

/// An object that has these fields and no other.
pub(super) fn object<'n>(fields: impl IntoIterator<Item = (&'n str, Value)>) -> Value {
    let fields: Vec<_> = fields.into_iter().collect();
    let required: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
    json!({
        "type": "object",
        "required": required,
        "additionalProperties": false,
        "properties": fields
            .iter()
            .map(|(name, shape)| ((*name).to_owned(), shape.clone()))
            .collect::<Map<_, _>>(),
    })
}

fn or_null(shape: &Value) -> Value {
    json!({ "anyOf": [shape, { "type": "null" }] })
}
