//! Text that somebody else wrote.

use schemars::JsonSchema;
use serde::Serialize;

/// A text from outside, without secrets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Untrusted(String);

impl Untrusted {
    /// At most so many characters of it.
    #[must_use]
    pub fn new(text: &str, most: usize) -> Self {
        Self(guard::redact::redact(text).chars().take(most).collect())
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
}
