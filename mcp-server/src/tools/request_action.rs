//! `request_action`: asks people to pause, resume or roll back. It never does any of it.

use super::asking::{self, Asked};
use super::{Kind, Tool};
use crate::answer::Answer;
use crate::call::Call;
use crate::caller::Caller;
use crate::error::ToolError;
use crate::record;
use crate::world::World;
use guard::approval::Choice;
use guard::ids::ActionId;
use guard::request::{Asks, Request};
use guard::state::State;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

/// Characters of a reason.
const LONGEST: usize = 500;

/// The tool.
pub struct RequestAction;

/// What to ask for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arguments {
    /// Its id.
    deployment: String,
    action: Action,
    /// Why, for the people who decide: what you found, with evidence ids.
    reason: String,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Action {
    Pause,
    Resume,
    Rollback,
}

impl Tool for RequestAction {
    const NAME: &'static str = "request_action";
    const TITLE: &'static str = "Request an action";
    const DESCRIPTION: &'static str = "Asks people to pause, resume or roll back a deployment: they get the question \
        with buttons in its thread and decide. Executes nothing. Use only when the user wants it or evidence demands it.";
    const KIND: Kind = Kind::Ask;
    type Arguments = Arguments;
    type Output = Asked;

    async fn call(
        world: &World,
        caller: &Caller,
        arguments: Arguments,
        call: &Call,
    ) -> Result<Answer<Asked>, ToolError> {
        let reason = arguments.reason.trim();
        if reason.is_empty() || reason.chars().count() > LONGEST {
            let expected = format!("expected a sentence of at most {LONGEST} characters");
            return Err(ToolError::argument("reason", expected));
        }
        let found = record::deployment(world, caller, &arguments.deployment).await?;
        let choice = match arguments.action {
            Action::Pause => Choice::Pause,
            Action::Resume => Choice::Resume,
            Action::Rollback => Choice::Rollback,
        };
        if let Some(known) = open(&found.state, caller, choice) {
            return Ok(Answer::of(asking::asked(world, &found.state, known)));
        }
        call.progress(0.0, 1.0, "asking").await;
        let id = ActionId::new(format!("req_{}", Uuid::new_v4().simple()))?;
        let request = Request {
            id: id.clone(),
            client: caller.client.clone(),
            person: caller.person().cloned(),
            choice,
            // It goes into chats: no secret that a model has read somewhere goes with it.
            reason: Some(guard::redact::redact(reason).into_owned()),
        };
        let deployment = &found.state.plan().deployment;
        if !asking::deliver(world, deployment, &Asks::For { request }).await? {
            let way = asking::on_its_way(world, &found.state, id.as_str());
            return Ok(Answer::of(way));
        }
        let state = asking::state(world, deployment).await?;
        // Of two that asked for the same at the same time one was heard.
        let known = state.request(&id).or_else(|| open(&state, caller, choice));
        if let Some(known) = known {
            return Ok(Answer::of(asking::asked(world, &state, known)));
        }
        let before = found.state.revision();
        let why = asking::refusal(world, deployment, before, &caller.client).await?;
        Err(ToolError::Absent(why.unwrap_or_else(|| {
            "it makes no sense at the moment: call get_deployment for how it stands".to_owned()
        })))
    }
}

/// The same request of the same client, if people may still decide on it.
fn open<'s>(
    state: &'s State,
    caller: &Caller,
    choice: Choice,
) -> Option<&'s guard::request::RequestRecord> {
    state.requests().find(|known| {
        known.is_open(state)
            && known.request.client == caller.client
            && known.request.choice == choice
    })
}
