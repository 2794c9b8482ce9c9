//! What a request wants, as far as the door has to know.

use mcp_server::tools::{self, Kind};
use serde::Deserialize;

/// A call of a tool.
#[derive(Deserialize)]
pub(super) struct Wanted {
    method: String,
    #[serde(default)]
    params: Params,
}

#[derive(Deserialize, Default)]
struct Params {
    #[serde(default)]
    name: String,
}

impl Wanted {
    /// What the body says; none where it says nothing that concerns the door.
    pub(super) fn of(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }

    /// Whether it calls a tool that asks for something.
    pub(super) fn asks(&self) -> bool {
        let tool = (self.method == "tools/call").then(|| tools::find(&self.params.name));
        tool.flatten().is_some_and(|tool| tool.kind == Kind::Ask)
    }
}
