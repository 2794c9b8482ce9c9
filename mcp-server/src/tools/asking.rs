//! How a request gets to the domain, and what is said of it: a request to decide, or a suggested fix.

use crate::error::ToolError;
use crate::record;
use crate::said::time;
use crate::world::World;
use guard::approval::Standing;
use guard::event::Event;
use guard::fix::{FixStanding, SuggestionRecord, SuggestionStanding};
use guard::ids::{ActionId, DeploymentId};
use guard::request::{Asks, RequestRecord};
use guard::state::State;
use jiff::Timestamp;
use journal::{Delivered, ledger};
use schemars::JsonSchema;
use serde::Serialize;
use std::time::Duration;

/// How long the server that leads may take to hear of it.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it is looked even where nothing was heard: another process may write.
const LOOK: Duration = Duration::from_millis(250);

/// A request, and what became of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Asked {
    request_id: String,
    /// `asked`: people have to decide; `answered`: they did; `expired`: nobody did in time; `taken_back`; `withdrawn`: the
    /// deployment moved on; `on_its_way`: the server that leads has not heard of it yet.
    pub(crate) status: &'static str,
    /// The question by which people decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    approval_id: Option<String>,
    /// The buttons that they have.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<&'static str>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    /// What they answered, and who.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// Where people see and decide it, beside the deployment's thread in their chat; of a fix that is open, where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// What to do next.
    pub(crate) next: &'static str,
}

/// What a client asked for, as the record has it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Known<'s> {
    /// That people decide.
    Request(&'s RequestRecord),
    /// That people have a fix opened.
    Fix(&'s SuggestionRecord),
}

impl<'s> Known<'s> {
    /// The one of this id, if this client made it.
    pub(crate) fn find(state: &'s State, id: &ActionId, client: &str) -> Option<Self> {
        let request = state.request(id).map(Self::Request);
        let known = request.or_else(|| state.suggestion(id).map(Self::Fix))?;
        let by = match known {
            Self::Request(known) => &known.request.client,
            Self::Fix(known) => &known.suggestion.client,
        };
        (by == client).then_some(known)
    }

    pub(crate) fn made_at(self) -> Timestamp {
        match self {
            Self::Request(known) => known.made_at,
            Self::Fix(known) => known.made_at,
        }
    }

    /// Whether people may still take it up.
    pub(crate) fn is_open(self, state: &State, now: Timestamp) -> bool {
        match self {
            Self::Request(known) => known.is_open(state),
            Self::Fix(known) => known.is_open(now),
        }
    }

    /// What became of it.
    pub(crate) fn said(self, world: &World, state: &State) -> Asked {
        match self {
            Self::Request(known) => asked(world, state, known),
            Self::Fix(known) => suggested(world, state, known),
        }
    }
}

/// Delivers, and waits until the server that leads has decided on it. False: it has not in time.
pub(crate) async fn deliver(
    world: &World,
    deployment: &DeploymentId,
    asks: &Asks,
) -> Result<bool, ToolError> {
    let inbox = world.inbox.as_ref().ok_or_else(|| {
        ToolError::Forbidden("beside no server there is nobody to ask".to_owned())
    })?;
    let mut commits = world.reader.commits();
    let Delivered::New(id) = inbox.ask(deployment, asks, world.clock.now()).await? else {
        return Ok(true);
    };
    let heard = async {
        loop {
            commits.mark_unchanged();
            let input = world.reader.input(id).await?;
            if input.is_none_or(|input| !matches!(input.status.as_str(), "pending" | "claimed")) {
                return Ok::<(), ToolError>(());
            }
            // Whichever comes first; that nobody writes any more is found out by looking.
            tokio::time::timeout(LOOK, commits.changed()).await.ok();
        }
    };
    match tokio::time::timeout(PATIENCE, heard).await {
        Ok(heard) => heard.map(|()| true),
        Err(_) => Ok(false),
    }
}

/// The state of a deployment after something was delivered.
pub(crate) async fn state(world: &World, deployment: &DeploymentId) -> Result<State, ToolError> {
    let state = ledger::state(&world.reader, deployment).await?;
    state.ok_or_else(|| ToolError::unknown_deployment(deployment.as_str()))
}

/// Why a client's request was refused last, in words.
pub(crate) async fn refusal(
    world: &World,
    deployment: &DeploymentId,
    after: u64,
    client: &str,
) -> Result<Option<String>, ToolError> {
    let records = ledger::records(&world.reader, deployment).await?;
    let mut new = records
        .iter()
        .rev()
        .take_while(|record| record.revision > after);
    Ok(new.find_map(|record| match &record.event {
        Event::Refused { by, refusal, .. } if by == client => Some(refusal.to_string()),
        _ => None,
    }))
}

/// What is not known yet.
pub(crate) fn on_its_way(world: &World, state: &State, id: &str) -> Asked {
    Asked {
        request_id: id.to_owned(),
        status: "on_its_way",
        approval_id: None,
        options: Vec::new(),
        expires_at: None,
        answer: None,
        by: None,
        link: record::link(world, state),
        next: "call get_deployment in a few seconds; do not repeat the request",
    }
}

/// What became of a suggested fix.
fn suggested(world: &World, state: &State, known: &SuggestionRecord) -> Asked {
    let open = known.is_open(world.clock.now());
    let verb = known.suggestion.kind.verb();
    let (status, by, fix) = match &known.standing {
        SuggestionStanding::Open if open => ("asked", None, None),
        SuggestionStanding::Open => ("expired", None, None),
        SuggestionStanding::TakenBack => ("taken_back", None, None),
        SuggestionStanding::Taken { by, fix } => ("answered", Some(by.clone()), state.fix(fix)),
    };
    let opened = fix.and_then(|record| match &record.standing {
        FixStanding::Opened(opened) => Some(opened.url.clone()),
        FixStanding::UnderWay | FixStanding::Failed(_) => None,
    });
    Asked {
        request_id: known.suggestion.id.to_string(),
        status,
        approval_id: None,
        options: if open { vec![verb] } else { Vec::new() },
        expires_at: open.then(|| time(known.until)),
        answer: by.is_some().then_some(verb),
        by,
        link: opened.or_else(|| record::link(world, state).map(|page| format!("{page}#fix"))),
        next: next(status),
    }
}

/// What to do next.
fn next(status: &str) -> &'static str {
    match status {
        "asked" => {
            "people decide: tell the user where, and poll get_deployment; nothing has been done yet"
        }
        _ => "call get_deployment for how it stands",
    }
}

/// What became of a request.
fn asked(world: &World, state: &State, known: &RequestRecord) -> Asked {
    let question = state.approval(&known.approval);
    let (mut status, mut answer, mut by) = ("withdrawn", None, None);
    match question.map(|record| &record.standing) {
        Some(Standing::Open) => status = "asked",
        Some(Standing::Answered {
            by: who, choice, ..
        }) => {
            (status, answer, by) = ("answered", Some(choice.as_str()), Some(who.clone()));
        }
        Some(Standing::Expired { .. }) => status = "expired",
        Some(Standing::Withdrawn { .. }) | None => {}
    }
    if known.taken_back_at.is_some() {
        status = "taken_back";
    }
    let approval = question.map(|record| &record.approval);
    let options = approval.filter(|_| status == "asked");
    Asked {
        request_id: known.request.id.to_string(),
        status,
        approval_id: Some(known.approval.to_string()),
        options: options
            .iter()
            .flat_map(|one| &one.options)
            .map(|choice| choice.as_str())
            .collect(),
        expires_at: options.map(|one| time(one.expires_at)),
        answer,
        by,
        link: record::link(world, state),
        next: next(status),
    }
}
