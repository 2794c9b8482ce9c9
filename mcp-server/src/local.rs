//! A client inside this process: the same server, without a socket, and read-only.

use crate::caller::Caller;
use crate::server::{Server, Surface};
use crate::world::World;
use rmcp::RoleClient;
use rmcp::model::{CallToolRequestParams, CallToolResult, JsonObject, Tool};
use rmcp::service::{ClientInitializeError, RunningService, ServiceError, ServiceExt};

/// Bytes that may be under way in one direction before the other side reads.
const PIPE: usize = 256 * 1024;

/// A client of a server in this process. Dropped, both end.
pub struct Local {
    client: RunningService<RoleClient, ()>,
}

impl Local {
    /// A client that reads on behalf of `caller`.
    ///
    /// # Errors
    /// The two did not understand each other.
    pub async fn connect(world: World, caller: Caller) -> Result<Self, ClientInitializeError> {
        let (ours, theirs) = tokio::io::duplex(PIPE);
        let server = Server::for_caller(world, Surface::ReadOnly, caller);
        tokio::spawn(async move {
            match server.serve(theirs).await {
                Ok(serving) => drop(serving.waiting().await),
                Err(error) => tracing::error!(%error, "the server in this process did not begin"),
            }
        });
        let client = ().serve(ours).await?;
        Ok(Self { client })
    }

    /// The tools that there are.
    ///
    /// # Errors
    /// The server has ended.
    pub async fn tools(&self) -> Result<Vec<Tool>, ServiceError> {
        self.client.list_all_tools().await
    }

    /// Calls a tool. An answer may be an error of the tool, in words.
    ///
    /// # Errors
    /// There is no such tool, or the server has ended.
    pub async fn call(
        &self,
        tool: &str,
        arguments: JsonObject,
    ) -> Result<CallToolResult, ServiceError> {
        let asked = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        self.client.call_tool(asked).await
    }
}
