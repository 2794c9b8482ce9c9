//! What happens on a stage, and who calls.

pub(crate) use crate::stage::Stage;
use crate::story;
use guard::actor::Actor;
use guard::ids::PersonId;
use mcp_server::Caller;
use mcp_server::caller::Scopes;
use mcp_server::local::Local;
use rmcp::model::CallToolResult;
use serde_json::Value;

impl Stage {
    /// With a deployment that was found wanting and waits for an answer: `dep_1`.
    pub(crate) async fn paused() -> Self {
        let stage = Self::new().await;
        stage.add("dep_1", &story::paused("dep_1")).await;
        stage
    }

    /// Calls a tool as somebody who may read everything, and gives what it answered.
    pub(crate) async fn ask(&self, tool: &str, arguments: Value) -> Value {
        let answer = self.call(&reader(), tool, arguments).await;
        assert_ne!(answer.is_error, Some(true), "{answer:?}");
        answer.structured_content.unwrap()
    }

    /// Calls a tool that refuses, and gives its words.
    pub(crate) async fn refused(&self, tool: &str, arguments: Value) -> String {
        let answer = self.call(&reader(), tool, arguments).await;
        assert_eq!(answer.is_error, Some(true), "{answer:?}");
        text(&answer)
    }

    /// Calls a tool over the protocol.
    pub(crate) async fn call(
        &self,
        caller: &Caller,
        tool: &str,
        arguments: Value,
    ) -> CallToolResult {
        let client = Local::connect(self.world.clone(), caller.clone());
        let client = client.await.unwrap();
        let Value::Object(arguments) = arguments else {
            panic!("arguments are an object");
        };
        client.call(tool, arguments).await.unwrap()
    }
}

/// What an answer says.
pub(crate) fn text(answer: &CallToolResult) -> String {
    let said = answer.content.iter().filter_map(|block| block.as_text());
    said.map(|block| block.text.as_str()).collect()
}

/// Somebody who may read everything.
pub(crate) fn reader() -> Caller {
    let id = PersonId::new("ide").unwrap();
    Caller::reader("ide", Actor::Machine { id, roles: vec![] })
}

/// Somebody who may see these services alone.
pub(crate) fn only(services: &[&str]) -> Caller {
    let services = services.iter().map(|name| name.parse().unwrap()).collect();
    Caller {
        scopes: Scopes {
            services: Some(services),
            ..Scopes::default()
        },
        ..reader()
    }
}
