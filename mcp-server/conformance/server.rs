//! The server that judges meet: which part answers what.

use crate::{asking, jobs, prompts, resources, rounds, tools};
use mcp_server::http::Sessions;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CancelTaskParams, CompleteRequestParams,
    CompleteResult, CompletionInfo, ErrorCode, GetPromptRequestParams, GetPromptResponse,
    GetTaskParams, GetTaskResult, Implementation, ListPromptsResult, ListResourceTemplatesResult,
    ListResourcesResult, ListToolsResult, PaginatedRequestParams, ReadResourceRequestParams,
    ReadResourceResponse, RequestStateCodec, RequestStateError, ServerCapabilities, ServerConfig,
    SetLevelRequestParams, SubscribeRequestParams, SubscriptionFilter, Tool,
    UnsubscribeRequestParams, UpdateTaskParams,
};
use rmcp::service::{RequestContext, SubscriptionContext};
use rmcp::task_manager::TaskManager;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::Value;
use tokio::sync::broadcast;

/// It seals nothing that is worth a secret.
const KEY: [u8; 32] = *b"a key for judges, guards nothing";

/// Changes that a slow listener may miss.
const CHANGES: usize = 64;

/// What a tool says it has changed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Changed {
    Tools,
    Prompts,
}

/// The server. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Judged {
    sessions: Sessions,
    states: RequestStateCodec,
    tasks: TaskManager,
    changes: broadcast::Sender<Changed>,
}

/// Whether the client speaks 2026-07-28 or later.
pub(crate) fn is_modern(context: &RequestContext<RoleServer>) -> bool {
    let version = context.protocol_version();
    version.is_some_and(|version| !version.has_initialize())
}

impl Judged {
    pub(crate) fn new(sessions: Sessions) -> Result<Self, RequestStateError> {
        Ok(Self {
            sessions,
            states: RequestStateCodec::try_new(KEY.to_vec())?,
            tasks: TaskManager::new(),
            changes: broadcast::channel(CHANGES).0,
        })
    }

    pub(crate) fn keeps_sessions(&self) -> bool {
        self.sessions == Sessions::Kept
    }

    pub(crate) fn tasks(&self) -> &TaskManager {
        &self.tasks
    }

    /// Tells those who listen.
    pub(crate) fn change(&self, what: Changed) -> Value {
        let heard = self.changes.send(what).unwrap_or_default();
        tools::text(&format!("{heard} listen"))
    }

    /// A state that the client carries.
    pub(crate) fn sealed(&self, state: &str) -> String {
        self.states.seal(state.as_bytes())
    }

    /// A state that the client brings back, if it does.
    pub(crate) fn opened(&self, state: Option<&str>) -> Result<Option<String>, ErrorData> {
        let wrong = || ErrorData::invalid_params("requestState is not what this server gave", None);
        let Some(state) = state else { return Ok(None) };
        let opened = self.states.open(state).map_err(|_| wrong())?;
        String::from_utf8(opened).map(Some).map_err(|_| wrong())
    }

    /// What belongs to the older protocol, or to sessions.
    fn only(&self, allowed: bool, method: &'static str) -> Result<(), ErrorData> {
        let refused = || ErrorData::new(ErrorCode::METHOD_NOT_FOUND, method, None);
        allowed.then_some(()).ok_or_else(refused)
    }
}

impl ServerHandler for Judged {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_tool_list_changed()
            .enable_prompts()
            .enable_prompts_list_changed()
            .enable_resources()
            .enable_resources_subscribe()
            .enable_completions()
            .enable_logging()
            .enable_tasks()
            .build();
        let name = Implementation::new("tawny-conformance", env!("CARGO_PKG_VERSION"));
        ServerConfig::new(capabilities).with_server_info(name)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        tools::all()
            .ok()?
            .into_iter()
            .find(|tool| tool.name == name)
    }

    async fn list_tools(
        &self,
        _page: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        tools::all().map(ListToolsResult::with_all_items)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        if rounds::asks(&request.name) {
            rounds::call(self, &request, &context)
        } else if asking::asks(&request.name) {
            asking::call(self, &request, &context).await
        } else if jobs::takes_time(&request.name) {
            jobs::call(self, &request, &context).await
        } else {
            tools::call(self, &request, &context).await
        }
    }

    async fn list_prompts(
        &self,
        _page: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        prompts::all().map(ListPromptsResult::with_all_items)
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        prompts::get(&request)
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let fit = CompletionInfo::with_all_values(prompts::completed(&request.argument.value));
        let fit = fit.map_err(|error| ErrorData::internal_error(error, None))?;
        Ok(CompleteResult::new(fit))
    }

    async fn list_resources(
        &self,
        _page: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        resources::all().map(ListResourcesResult::with_all_items)
    }

    async fn list_resource_templates(
        &self,
        _page: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        resources::templates().map(ListResourceTemplatesResult::with_all_items)
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        resources::read(&request.uri).map(Into::into)
    }

    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.only(self.keeps_sessions(), "resources/subscribe")?;
        resources::read(&request.uri).map(drop)
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.only(self.keeps_sessions(), "resources/unsubscribe")?;
        resources::read(&request.uri).map(drop)
    }

    async fn set_level(
        &self,
        _request: SetLevelRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.only(!is_modern(&context), "logging/setLevel")
    }

    fn accepted_subscription_filter(
        &self,
        wanted: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        Some(wanted.clone())
    }

    async fn listen(&self, subscription: SubscriptionContext) -> Result<(), ErrorData> {
        let mut changes = self.changes.subscribe();
        loop {
            let changed = tokio::select! {
                () = subscription.cancelled() => return Ok(()),
                changed = changes.recv() => changed,
            };
            let accepted = subscription.accepted();
            let sink = subscription.sink();
            let told = match changed {
                Ok(Changed::Tools) if accepted.tools_list_changed == Some(true) => {
                    sink.notify_tool_list_changed().await
                }
                Ok(Changed::Prompts) if accepted.prompts_list_changed == Some(true) => {
                    sink.notify_prompt_list_changed().await
                }
                Err(broadcast::error::RecvError::Closed) => return Ok(()),
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => Ok(()),
            };
            if told.is_err() {
                return Ok(());
            }
        }
    }

    async fn get_task(
        &self,
        request: GetTaskParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<GetTaskResult, ErrorData> {
        self.tasks
            .get_task(&request.task_id)
            .map(GetTaskResult::new)
    }

    async fn update_task(
        &self,
        request: UpdateTaskParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.tasks
            .update_task(&request.task_id, request.input_responses)
    }

    async fn cancel_task(
        &self,
        request: CancelTaskParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.tasks.cancel_task(&request.task_id)
    }
}
