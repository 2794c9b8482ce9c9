//! A client of a pipe that hears what it is told.

use crate::world::Stage;
use mcp_server::{Caller, Server, Surface};
use rmcp::model::{GetPromptRequestParams, GetPromptResult, ResourceUpdatedNotificationParam};
use rmcp::service::{NotificationContext, RunningService, ServiceError, ServiceExt};
use rmcp::{ClientHandler, RoleClient};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

pub(crate) struct Ears(UnboundedSender<String>);

impl ClientHandler for Ears {
    async fn on_resource_updated(
        &self,
        params: ResourceUpdatedNotificationParam,
        _context: NotificationContext<RoleClient>,
    ) {
        drop(self.0.send(params.uri));
    }
}

pub(crate) type Client = RunningService<RoleClient, Ears>;

/// A client for this caller, and the resources of which it is told that they changed.
pub(crate) async fn client(stage: &Stage, caller: Caller) -> (Client, UnboundedReceiver<String>) {
    let (ours, theirs) = tokio::io::duplex(256 * 1024);
    let server = Server::for_caller(stage.world.clone(), Surface::ReadOnly, caller);
    tokio::spawn(async move {
        let serving = server.serve(theirs).await.unwrap();
        drop(serving.waiting().await);
    });
    let (heard, told) = unbounded_channel();
    (Ears(heard).serve(ours).await.unwrap(), told)
}

/// A prompt, filled.
pub(crate) async fn prompt(
    client: &Client,
    name: &str,
    arguments: Value,
) -> Result<GetPromptResult, ServiceError> {
    let asked = GetPromptRequestParams::new(name);
    let Value::Object(arguments) = arguments else {
        panic!("arguments are an object");
    };
    client.get_prompt(asked.with_arguments(arguments)).await
}
