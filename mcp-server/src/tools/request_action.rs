//! `request_action`: asks people to pause, resume or roll back, or to have a fix opened. It never does any of it.

use super::asking::{self, Asked, Known};
use super::{Kind, Tool};
use crate::answer::Answer;
use crate::call::Call;
use crate::caller::Caller;
use crate::error::ToolError;
use crate::record;
use crate::world::World;
use guard::approval::Choice;
use guard::fix::{FixKind, Suggestion, SuggestionRecord};
use guard::ids::ActionId;
use guard::request::{Asks, Request, RequestRecord};
use guard::state::State;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

/// Characters of a reason.
const LONGEST: usize = 500;
/// Characters of a commit's name.
const LONGEST_SUSPECT: usize = 64;

/// The tool.
pub struct RequestAction;

/// What to ask for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arguments {
    /// Its id.
    deployment: String,
    action: Action,
    /// The commit of a fix; else the most suspect one.
    suspect: Option<String>,
    /// Why, for the people who decide: what you found, with evidence ids.
    reason: String,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Action {
    Pause,
    Resume,
    Rollback,
    RevertPr,
    HotfixPr,
}

/// What it comes to in the domain.
#[derive(Clone, Copy)]
enum Wanted {
    Decision(Choice),
    Fix(FixKind),
}

impl Action {
    fn wanted(self) -> Wanted {
        match self {
            Self::Pause => Wanted::Decision(Choice::Pause),
            Self::Resume => Wanted::Decision(Choice::Resume),
            Self::Rollback => Wanted::Decision(Choice::Rollback),
            Self::RevertPr => Wanted::Fix(FixKind::Revert),
            Self::HotfixPr => Wanted::Fix(FixKind::Hotfix),
        }
    }
}

impl Tool for RequestAction {
    const NAME: &'static str = "request_action";
    const TITLE: &'static str = "Request an action";
    const DESCRIPTION: &'static str = "Asks people to pause, resume or roll back a deployment, or to open a request in \
        Git that reverts or mends a suspect: they get it with buttons in its thread and decide. Executes nothing. Use \
        only when the user wants it or evidence demands it.";
    const KIND: Kind = Kind::Ask;
    type Arguments = Arguments;
    type Output = Asked;

    async fn call(
        world: &World,
        caller: &Caller,
        arguments: Arguments,
        call: &Call,
    ) -> Result<Answer<Asked>, ToolError> {
        let reason = bounded("reason", &arguments.reason, LONGEST)?;
        let wanted = arguments.action.wanted();
        let suspect = arguments.suspect.as_deref();
        let suspect = suspect.map(|one| bounded("suspect", one, LONGEST_SUSPECT));
        let suspect = suspect.transpose()?;
        if matches!(wanted, Wanted::Decision(_)) && suspect.is_some() {
            let expected = "expected only with revert_pr or hotfix_pr";
            return Err(ToolError::argument("suspect", expected));
        }
        let found = record::deployment(world, caller, &arguments.deployment).await?;
        let open = |state| open(world, state, caller, wanted, suspect);
        if let Some(known) = open(&found.state) {
            return Ok(Answer::of(known.said(world, &found.state)));
        }
        call.progress(0.0, 1.0, "asking").await;
        let id = ActionId::new(format!("req_{}", Uuid::new_v4().simple()))?;
        // It goes into chats: no secret that a model has read somewhere goes with it.
        let reason = Some(guard::redact::redact(reason).into_owned());
        let asks = asks(&id, caller, wanted, suspect, reason);
        let deployment = &found.state.plan().deployment;
        if !asking::deliver(world, deployment, &asks).await? {
            let way = asking::on_its_way(world, &found.state, id.as_str());
            return Ok(Answer::of(way));
        }
        let state = asking::state(world, deployment).await?;
        // Of two that asked for the same at the same time one was heard.
        if let Some(known) = Known::find(&state, &id, &caller.client).or_else(|| open(&state)) {
            return Ok(Answer::of(known.said(world, &state)));
        }
        let before = found.state.revision();
        let why = asking::refusal(world, deployment, before, &caller.client).await?;
        Err(ToolError::Absent(why.unwrap_or_else(|| {
            "it makes no sense at the moment: call get_deployment for how it stands".to_owned()
        })))
    }
}

fn asks(
    id: &ActionId,
    caller: &Caller,
    wanted: Wanted,
    suspect: Option<&str>,
    reason: Option<String>,
) -> Asks {
    let (id, client, person) = (id.clone(), caller.client.clone(), caller.person().cloned());
    match wanted {
        Wanted::Decision(choice) => Asks::For {
            request: Request {
                id,
                client,
                person,
                choice,
                reason,
            },
        },
        Wanted::Fix(kind) => Asks::Fix {
            suggestion: Suggestion {
                id,
                client,
                person,
                kind,
                suspect: suspect.map(str::to_owned),
                reason,
            },
        },
    }
}

fn bounded<'a>(name: &'static str, text: &'a str, most: usize) -> Result<&'a str, ToolError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > most {
        let expected = format!("expected a text of at most {most} characters");
        return Err(ToolError::argument(name, expected));
    }
    Ok(text)
}

/// The same request of the same client, if people may still decide on it.
fn open<'s>(
    world: &World,
    state: &'s State,
    caller: &Caller,
    wanted: Wanted,
    suspect: Option<&str>,
) -> Option<Known<'s>> {
    match wanted {
        Wanted::Decision(choice) => {
            let same = |known: &&RequestRecord| {
                known.is_open(state)
                    && known.request.client == caller.client
                    && known.request.choice == choice
            };
            state.requests().find(same).map(Known::Request)
        }
        Wanted::Fix(kind) => {
            let first = state.cause().and_then(|(cause, _)| cause.suspects.first());
            let meant = |known: &SuggestionRecord| match suspect {
                Some(suspect) => known.suspect.starts_with(&suspect.to_lowercase()),
                None => first.is_some_and(|first| first.id == known.suspect),
            };
            let same = |known: &&SuggestionRecord| {
                known.is_open(world.clock.now())
                    && known.suggestion.client == caller.client
                    && known.suggestion.kind == kind
                    && meant(known)
            };
            state.suggestions().find(same).map(Known::Fix)
        }
    }
}
