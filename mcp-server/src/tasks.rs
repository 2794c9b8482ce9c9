//! Waiting for people as a task of the protocol (`io.modelcontextprotocol/tasks`): the task is the request, and the journal
//! answers for it, so that any server can, also after a restart.

use crate::caller::Caller;
use crate::error::ToolError;
use crate::record;
use crate::said::time;
use crate::tools;
use crate::tools::asking::{self, Known};
use crate::world::World;
use guard::ids::{ActionId, DeploymentId};
use guard::request::Asks;
use guard::state::State;
use journal::REQUEST_SOURCE;
use rmcp::ErrorData;
use rmcp::model::{
    CallToolResult, CreateTaskResult, DetailedTask, GetTaskResult, Task, TaskPayload, TaskStatus,
};

/// How often a client should ask: people take minutes.
const POLL_MS: u64 = 5_000;

/// The task that a request begins; none where people have nothing to decide any more.
pub(crate) fn begun(world: &World, result: &CallToolResult) -> Option<CreateTaskResult> {
    let said = result.structured_content.as_ref()?;
    if said["status"] != "asked" {
        return None;
    }
    let now = time(world.clock.now());
    let task = Task::new(
        said["request_id"].as_str()?,
        TaskStatus::Working,
        now.clone(),
        now,
    );
    let link = said["link"].as_str().unwrap_or_default();
    Some(CreateTaskResult::new(
        task.with_poll_interval_ms(POLL_MS)
            .with_status_message(format!("people decide: {link}")),
    ))
}

/// How a task stands.
///
/// # Errors
/// There is no such task of this caller.
pub(crate) async fn get(
    world: &World,
    caller: &Caller,
    id: &str,
) -> Result<GetTaskResult, ErrorData> {
    let (state, request) = find(world, caller, id).await?;
    let known = Known::find(&state, &request, &caller.client).ok_or_else(|| unknown(id))?;
    let asked = known.said(world, &state);
    let made = time(known.made_at());
    let task = Task::new(id, TaskStatus::Working, made, time(state.updated_at()))
        .with_poll_interval_ms(POLL_MS)
        .with_status_message(asked.next);
    let payload = match asked.status {
        "asked" => TaskPayload::Working,
        "taken_back" => TaskPayload::Cancelled,
        _ => {
            let result = tools::finished(world, asked)
                .and_then(|result| serde_json::to_value(result).map_err(|_| ToolError::Failed));
            let result = result.ok().and_then(|result| result.as_object().cloned());
            let result = result.ok_or_else(|| ErrorData::internal_error("not written", None))?;
            TaskPayload::Completed { result }
        }
    };
    Ok(GetTaskResult::new(DetailedTask::new(task, payload)))
}

/// Takes the request back.
///
/// # Errors
/// As [`get`], or the journal cannot be written.
pub(crate) async fn cancel(world: &World, caller: &Caller, id: &str) -> Result<(), ErrorData> {
    let (state, request) = find(world, caller, id).await?;
    let known = Known::find(&state, &request, &caller.client).ok_or_else(|| unknown(id))?;
    if !known.is_open(&state, world.clock.now()) {
        return Ok(());
    }
    let asks = Asks::No {
        request,
        client: caller.client.clone(),
    };
    let delivered = asking::deliver(world, &state.plan().deployment, &asks).await;
    delivered.map(drop).map_err(|error| failed(&error))
}

/// The request or the suggestion of this id, if this caller made it.
pub(crate) async fn find(
    world: &World,
    caller: &Caller,
    id: &str,
) -> Result<(State, ActionId), ErrorData> {
    let unknown = || unknown(id);
    let id = ActionId::new(id).map_err(|_| unknown())?;
    let input = world.reader.input_of(REQUEST_SOURCE, id.as_str()).await;
    let input = input
        .map_err(|error| failed(&error.into()))?
        .ok_or_else(unknown)?;
    let deployment = input
        .stream_key
        .strip_prefix("deployment/")
        .unwrap_or_default();
    DeploymentId::new(deployment).map_err(|_| unknown())?;
    let found = record::deployment(world, caller, deployment).await;
    let found = found.map_err(|_| unknown())?;
    Known::find(&found.state, &id, &caller.client).ok_or_else(unknown)?;
    Ok((found.state.clone(), id))
}

fn unknown(id: &str) -> ErrorData {
    ErrorData::invalid_params(format!("unknown task: {id}"), None)
}

fn failed(error: &ToolError) -> ErrorData {
    ErrorData::internal_error(error.to_string(), None)
}
