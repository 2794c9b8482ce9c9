//! `list_deployments`: what was deployed lately, and how it stands.

use super::{Kind, Tool};
use crate::answer::Answer;
use crate::call::Call;
use crate::caller::Caller;
use crate::error::ToolError;
use crate::record;
use crate::said::{time, word};
use crate::world::World;
use guard::ids::{Environment, ServiceName};
use guard::state::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Deployments that are looked at: the last changed ones.
const MOST: u64 = 200;

/// The tool.
pub struct ListDeployments;

/// Which ones.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arguments {
    service: Option<String>,
    environment: Option<String>,
    /// Only those under way or still watched.
    #[serde(default)]
    open: bool,
}

/// The last asked for first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Deployments {
    deployments: Vec<Shown>,
    /// Whether there are older ones that were not looked at.
    older_exist: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Shown {
    id: String,
    service: String,
    environment: String,
    /// The version before.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    to: String,
    /// `pending progressing paused promoted rolled_back failed superseded`.
    status: &'static str,
    /// `healthy degraded inconclusive unmeasured`; absent before the first look.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<String>,
    /// The strongest answer: 0 none, 1 warned, 2 paused and asked, 3 rolled back.
    tier: u8,
    requested_by: String,
    requested_at: String,
    updated_at: String,
    /// Whether people are asked something at the moment.
    asks: bool,
}

impl Tool for ListDeployments {
    const NAME: &'static str = "list_deployments";
    const TITLE: &'static str = "List deployments";
    const DESCRIPTION: &'static str = "Deployments, the last first, with status, verdict and tier. Use to find what \
        changed before an incident, or the id that other tools want.";
    const KIND: Kind = Kind::Read;
    const ROWS: Option<&'static str> = Some("deployments");
    type Arguments = Arguments;
    type Output = Deployments;

    async fn call(
        world: &World,
        caller: &Caller,
        arguments: Arguments,
        _call: &Call,
    ) -> Result<Answer<Deployments>, ToolError> {
        let service = arguments.service.map(ServiceName::new).transpose()?;
        let environment = arguments.environment.map(Environment::new).transpose()?;
        let (found, older_exist) = record::recent(world, caller, MOST).await?;
        let mut states: Vec<&State> = found.iter().map(|one| &one.state).collect();
        states.retain(|state| {
            let plan = state.plan();
            service
                .as_ref()
                .is_none_or(|wanted| *wanted == plan.service)
                && environment
                    .as_ref()
                    .is_none_or(|wanted| *wanted == plan.environment)
                && (!arguments.open || !(state.ended() || state.watch_over()))
        });
        states.sort_by_key(|state| std::cmp::Reverse(state.requested_at()));
        let deployments = states.into_iter().map(shown).collect();
        let answer = Answer::of(Deployments {
            deployments,
            older_exist,
        });
        Ok(answer)
    }
}

fn shown(state: &State) -> Shown {
    let plan = state.plan();
    Shown {
        id: plan.deployment.to_string(),
        service: plan.service.to_string(),
        environment: plan.environment.to_string(),
        from: plan.from.as_ref().map(ToString::to_string),
        to: plan.to.to_string(),
        status: state.status().as_str(),
        verdict: state.verdict().map(word),
        tier: state.highest_tier().into(),
        requested_by: state.requested_by().to_owned(),
        requested_at: time(state.requested_at()),
        updated_at: time(state.updated_at()),
        asks: state.open_approval().is_some(),
    }
}
