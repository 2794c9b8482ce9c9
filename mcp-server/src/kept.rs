//! The record of calls: who called what, when, and how it ended. For people who look into what models did.

use crate::caller::Caller;
use crate::error::ToolError;
use crate::world::World;
use guard::redact::redact;
use journal::{Inbox, ToolCall};
use rmcp::model::JsonObject;
use serde_json::Value;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Characters of arguments that are kept.
const MOST: usize = 2_000;
/// How a call ends that nobody waits for any more.
const CANCELLED: &str = "cancelled";

/// A call under way. Dropped before its end, with the client that hung up, it is on record as cancelled.
pub(crate) struct Kept {
    call: Option<ToolCall>,
    inbox: Option<Inbox>,
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
            call: Some(call),
            inbox: world.inbox.clone(),
            began: Instant::now(),
        }
    }

    /// It has ended. That it cannot be kept is no reason to withhold what was read; the log has it.
    pub(crate) async fn end<T>(mut self, answer: &Result<T, ToolError>) {
        let outcome = match answer {
            Ok(_) => "answered",
            Err(ToolError::Cancelled) => CANCELLED,
            Err(ToolError::Failed | ToolError::Unavailable(_)) => "failed",
            Err(_) => "refused",
        };
        if let Some(recording) = self.recording(outcome) {
            recording.await;
        }
    }

    /// Writes it down, once.
    fn recording(&mut self, outcome: &str) -> Option<impl Future<Output = ()> + Send + use<>> {
        let mut call = self.call.take()?;
        let inbox = self.inbox.take()?;
        call.took = self.began.elapsed();
        outcome.clone_into(&mut call.outcome);
        Some(async move {
            if let Err(error) = inbox.record_call(&call).await {
                tracing::error!(%error, tool = call.tool, client = call.client, "a call is not on record");
            }
        })
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let Some(recording) = self.recording(CANCELLED) else {
            return;
        };
        // Outside a runtime the process is ending, and the journal with it.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(recording);
        }
    }
}
