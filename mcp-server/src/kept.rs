//! The record of calls: who called what, when, and how it ended. For people who look into what models did.

use crate::caller::Caller;
use crate::error::ToolError;
use crate::world::World;
use guard::redact::redact;
use journal::ToolCall;
use rmcp::model::JsonObject;
use serde_json::Value;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Characters of arguments that are kept.
const MOST: usize = 2_000;

/// A call under way.
pub(crate) struct Kept {
    call: ToolCall,
    began: Instant,
}

impl Kept {
    /// A call that begins.
    pub(crate) fn begin(
        world: &World,
        caller: &Caller,
        tool: &str,
        arguments: &JsonObject,
    ) -> Self {
        let now = world.clock.now();
        let arguments = Value::Object(arguments.clone()).to_string();
        let call = ToolCall {
            // Sorts by time; what follows tells those of one microsecond apart.
            id: format!(
                "call_{:016x}_{}",
                now.as_microsecond(),
                Uuid::new_v4().simple()
            ),
            called_at: now,
            client: caller.client.clone(),
            person: caller.person().map(ToString::to_string),
            tool: tool.to_owned(),
            arguments: redact(&arguments).chars().take(MOST).collect(),
            outcome: String::new(),
            took: Duration::ZERO,
        };
        Self {
            call,
            began: Instant::now(),
        }
    }

    /// It has ended. That it cannot be kept is no reason to withhold what was read; the log has it.
    pub(crate) async fn end<T>(mut self, world: &World, answer: &Result<T, ToolError>) {
        let Some(inbox) = &world.inbox else {
            return;
        };
        self.call.took = self.began.elapsed();
        let outcome = match answer {
            Ok(_) => "answered",
            Err(ToolError::Cancelled) => "cancelled",
            Err(ToolError::Failed | ToolError::Unavailable(_)) => "failed",
            Err(_) => "refused",
        };
        outcome.clone_into(&mut self.call.outcome);
        if let Err(error) = inbox.record_call(&self.call).await {
            tracing::error!(%error, tool = self.call.tool, client = self.call.client, "a call is not on record");
        }
    }
}
