//! What a tool says.

mod untrusted;

pub use untrusted::Untrusted;

use rmcp::model::{CallToolResult, ContentBlock};
use schemars::JsonSchema;
use serde::Serialize;

/// An answer: what the tool found, as a document and as the same document in text.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Answer<T> {
    /// What the tool found.
    #[serde(flatten)]
    pub content: T,
}

impl<T: Serialize> Answer<T> {
    /// The whole of it.
    pub fn of(content: T) -> Self {
        Self { content }
    }

    /// Its list of this name is what callers read page by page.
    #[must_use]
    pub fn rows(self, _name: &'static str) -> Self {
        self
    }

    /// As the protocol carries it.
    ///
    /// # Errors
    /// What was found cannot be written as JSON.
    pub(crate) fn into_result(self) -> Result<CallToolResult, serde_json::Error> {
        let document = serde_json::to_value(&self)?;
        let mut result = CallToolResult::success(vec![ContentBlock::text(document.to_string())]);
        result.structured_content = Some(document);
        Ok(result)
    }
}
