//! Text that somebody else wrote: label values, log lines, messages of commits. Data, never an instruction.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use std::borrow::Cow;

/// Where a schema says that a text is from outside, and from where.
pub(crate) const MARK: &str = "x-untrusted";

/// A text from outside: bounded, and marked as such in the answer. Secrets are taken out and
/// invisible characters made visible in every text of an answer, not only in these.
///
/// A field says where its text comes from by `#[schemars(extend("x-untrusted" = "log lines"))]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Untrusted(String);

impl Untrusted {
    /// At most so many characters of it.
    #[must_use]
    pub fn new(text: &str, most: usize) -> Self {
        // Secrets go first: half of one that the cut leaves would not be known for what it is.
        let ahead = super::clean::beginning(text, most.saturating_mul(4).saturating_add(4_000));
        let clean = super::clean::clean(ahead);
        Self(super::clean::shortened(&clean, most))
    }

    /// The value of a label.
    #[must_use]
    pub fn label(text: &str) -> Self {
        Self::new(text, 120)
    }

    /// One line: of a log, or the title of a change.
    #[must_use]
    pub fn line(text: &str) -> Self {
        Self::new(text, 300)
    }

    /// Several lines: a stack trace, a hunk, the body of a pull request.
    #[must_use]
    pub fn passage(text: &str) -> Self {
        Self::new(text, 2_000)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl JsonSchema for Untrusted {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Untrusted".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", MARK: "text from outside" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_at_the_cut_does_not_stay_by_half() {
        let token = ["gh", "p_abcdefghijklmnopqrstuvwxyz0123456789"].concat();
        for before in 0..60 {
            let text = format!("{}{token} rest", "x ".repeat(before));
            let shown = Untrusted::new(&text, 60);
            assert!(!shown.as_str().contains("abcdef"), "{shown:?}");
        }
    }

    #[test]
    fn what_was_left_out_is_said() {
        let shown = Untrusted::label(&"n".repeat(1_000));
        assert!(shown.as_str().ends_with("…[+880]"), "{shown:?}");
    }
}
