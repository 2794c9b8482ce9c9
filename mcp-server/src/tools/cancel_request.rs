//! `cancel_request`: takes a request back that people have not decided on.

use super::asking::{self, Asked, Known};
use super::{Kind, Tool};
use crate::answer::Answer;
use crate::call::Call;
use crate::caller::Caller;
use crate::error::ToolError;
use crate::record;
use crate::world::World;
use guard::ids::ActionId;
use guard::request::Asks;
use schemars::JsonSchema;
use serde::Deserialize;

/// The tool.
pub struct CancelRequest;

/// Which one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arguments {
    /// Its id.
    deployment: String,
    request_id: String,
}

impl Tool for CancelRequest {
    const NAME: &'static str = "cancel_request";
    const TITLE: &'static str = "Cancel a request";
    const DESCRIPTION: &'static str = "Takes back a request of this client that people have not decided on. Use when \
        the reason for it is gone.";
    const KIND: Kind = Kind::Ask;
    type Arguments = Arguments;
    type Output = Asked;

    async fn call(
        world: &World,
        caller: &Caller,
        arguments: Arguments,
        _call: &Call,
    ) -> Result<Answer<Asked>, ToolError> {
        let found = record::deployment(world, caller, &arguments.deployment).await?;
        let id = ActionId::new(arguments.request_id.as_str())
            .map_err(|error| ToolError::argument("request_id", error))?;
        let Some(own) = Known::find(&found.state, &id, &caller.client) else {
            return Err(ToolError::Unknown {
                what: "request",
                value: arguments.request_id,
                hint: ": only the client that asked takes it back",
            });
        };
        if !own.is_open(&found.state, world.clock.now()) {
            return Ok(Answer::of(own.said(world, &found.state)));
        }
        let deployment = &found.state.plan().deployment;
        let asks = Asks::No {
            request: id.clone(),
            client: caller.client.clone(),
        };
        if !asking::deliver(world, deployment, &asks).await? {
            let way = asking::on_its_way(world, &found.state, id.as_str());
            return Ok(Answer::of(way));
        }
        let state = asking::state(world, deployment).await?;
        let known = Known::find(&state, &id, &caller.client).ok_or(ToolError::Failed)?;
        Ok(Answer::of(known.said(world, &state)))
    }
}
