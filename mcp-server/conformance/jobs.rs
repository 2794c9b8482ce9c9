//! Tools that take their time: tasks for clients that know them.

use crate::content::{made, unknown};
use crate::rounds::{Brought, asked, name_form};
use crate::server::Judged;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities, ContentBlock,
    CreateTaskResult,
};
use rmcp::service::RequestContext;
use rmcp::task_manager::{TaskContext, TaskExit, TaskFuture, TaskOptions};
use rmcp::{ErrorData, RoleServer};
use serde_json::{Value, json};
use std::time::Duration;

/// How long a job takes that fails.
const SOON: Duration = Duration::from_secs(1);

/// The longest that a client may have us sleep.
const LONGEST: f64 = 60.0;

/// Whether a tool takes its time.
pub(crate) fn takes_time(name: &str) -> bool {
    let jobs = [
        "slow_compute",
        "failing_job",
        "protocol_error_job",
        "confirm_delete",
        "multi_input",
        "test_tool_with_task",
    ];
    jobs.contains(&name)
}

/// Begins a task; without tasks, what can be done at once is done at once.
pub(crate) async fn call(
    judged: &Judged,
    request: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResponse, ErrorData> {
    let knows_tasks = context
        .client_capabilities()
        .is_some_and(|can| can.supports_tasks());
    if !knows_tasks {
        if request.name != "slow_compute" {
            let wanted = ClientCapabilities::builder().enable_tasks().build();
            return Err(ErrorData::missing_required_client_capability(wanted));
        }
        tokio::time::sleep(seconds(request)).await;
        return Ok(done("computed").into());
    }
    if request.name == "test_tool_with_task" {
        let brought = Brought(request.input_responses.as_ref());
        let Some(name) = brought.field("user_name", "name") else {
            return asked(json!({"user_name": name_form("What is your name?")}), None);
        };
        let said = format!("Hello, {name}!");
        return Ok(begun(judged, |_| Box::pin(async move { Ok(done(&said)) })));
    }
    Ok(match request.name.as_ref() {
        "slow_compute" => {
            let lasts = seconds(request);
            begun(judged, move |task| Box::pin(slowly(task, lasts)))
        }
        "failing_job" => begun(judged, |task| {
            Box::pin(async move {
                slowly(task, SOON).await?;
                Ok(CallToolResult::error(vec![ContentBlock::text(
                    "the job did not work",
                )]))
            })
        }),
        "protocol_error_job" => begun(judged, |_| {
            Box::pin(async {
                Err(TaskExit::Error(ErrorData::internal_error(
                    "the server is broken",
                    None,
                )))
            })
        }),
        "confirm_delete" => begun(judged, |task| {
            Box::pin(async move {
                let answer = task
                    .request_input(
                        "confirm",
                        made(crate::rounds::form("Delete it?", "confirm", "boolean"))?,
                    )
                    .await?;
                Ok(done(&format!("answered: {answer}")))
            })
        }),
        "multi_input" => begun(judged, |task| {
            Box::pin(async move {
                let first = task.request_input("first", made(name_form("The first name?"))?);
                let second = task.request_input("second", made(name_form("The second name?"))?);
                let (first, second) = tokio::join!(first, second);
                Ok(done(&format!("answered: {} and {}", first?, second?)))
            })
        }),
        other => return Err(unknown("job", other)),
    })
}

fn begun(judged: &Judged, job: impl FnOnce(TaskContext) -> TaskFuture) -> CallToolResponse {
    let options = TaskOptions::new().with_poll_interval_ms(200);
    CreateTaskResult::new(judged.tasks().spawn(options, job)).into()
}

async fn slowly(task: TaskContext, lasts: Duration) -> Result<CallToolResult, TaskExit> {
    tokio::select! {
        () = task.cancelled() => Err(TaskExit::Cancelled),
        () = tokio::time::sleep(lasts) => Ok(done("computed")),
    }
}

fn seconds(request: &CallToolRequestParams) -> Duration {
    let given = request
        .arguments
        .as_ref()
        .and_then(|all| all.get("seconds"));
    let given = given.and_then(Value::as_f64).unwrap_or_default();
    Duration::from_secs_f64(given.clamp(0.0, LONGEST))
}

fn done(words: &str) -> CallToolResult {
    CallToolResult::success(vec![ContentBlock::text(words)])
}
