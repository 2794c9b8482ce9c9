//! `rank_suspects`: which change did it, or that it was none of them.

use super::{Kind, Tool};
use crate::answer::{Answer, Untrusted};
use crate::call::Call;
use crate::caller::Caller;
use crate::error::ToolError;
use crate::record;
use crate::said::{name, plain, time, word};
use crate::world::World;
use guard::cause::{Accused, Cause};
use guard::culprit::Culprit;
use guard::report::blamed;
use guard::state::State;
use messages::Context;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The tool.
pub struct RankSuspects;

/// Of which deployment.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arguments {
    /// Its id.
    deployment: String,
}

/// What the ranking came to.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Ranked {
    /// `change`: one of its changes did it; `not_this_deployment`: none did; `unknown`.
    verdict: &'static str,
    /// How likely it was this deployment, 0 to 1.
    probability: f64,
    #[schemars(extend("x-untrusted" = "commits, as quoted"))]
    headline: Untrusted,
    suspects: Vec<Suspect>,
    /// What speaks for another cause.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    elsewhere: Vec<String>,
    /// How many changes were looked at.
    changes: usize,
    /// What could not be looked at, by kind.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_looked_at: Vec<Unseen>,
    /// Signals that it is to explain.
    signals: Vec<String>,
    /// What people say it was; they know more than the ranking.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    people_say: Vec<Opinion>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Suspect {
    commit: String,
    /// How likely it did it, 0 to 1.
    probability: f64,
    #[schemars(extend("x-untrusted" = "the commit"))]
    title: Untrusted,
    #[schemars(extend("x-untrusted" = "the commit"))]
    author: Untrusted,
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_at: Option<String>,
    #[schemars(extend("x-untrusted" = "the commit and the logs, as quoted"))]
    reasons: Vec<Untrusted>,
    hunks: Vec<Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Place {
    #[schemars(extend("x-untrusted" = "the repository"))]
    path: Untrusted,
    /// Lines of the new file.
    lines: (u32, u32),
}

#[derive(Debug, Serialize, JsonSchema)]
struct Unseen {
    kind: String,
    count: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Opinion {
    by: String,
    /// The commit, or `not_this_deployment`.
    #[schemars(extend("x-untrusted" = "people"))]
    says: Untrusted,
}

impl Tool for RankSuspects {
    const NAME: &'static str = "rank_suspects";
    const TITLE: &'static str = "Rank suspects";
    const DESCRIPTION: &'static str = "Which commit of a deployment most likely caused its findings, with reasons and \
        hunks, or that none did. Use for root causes: choose among these or say none, then read get_diff.";
    const KIND: Kind = Kind::Read;
    const ROWS: Option<&'static str> = Some("suspects");
    type Arguments = Arguments;
    type Output = Ranked;

    async fn call(
        world: &World,
        caller: &Caller,
        arguments: Arguments,
        call: &Call,
    ) -> Result<Answer<Ranked>, ToolError> {
        let found = record::deployment(world, caller, &arguments.deployment).await?;
        let Some((cause, _)) = found.state.cause() else {
            return Err(unknown(world, &found.state));
        };
        let context = world.context(call.locale);
        Ok(Answer::of(ranked(cause, &found.state, &context)))
    }
}

/// Why nothing was ranked, and what to do about it.
fn unknown(world: &World, state: &State) -> ToolError {
    let plan = state.plan();
    let outside = world.outside.get();
    let place = outside
        .services
        .get(&(plan.service.clone(), plan.environment.clone()));
    let why = if state.findings().next().is_none() {
        "nothing was found that asks for a cause"
    } else if plan.from.is_none() {
        "it is the first release: there is no version to compare it with"
    } else if place.is_none_or(|place| place.code.is_none()) {
        "it is not configured where the service's code is (`repo`)"
    } else {
        "what changed could not be read, or nothing found so far is sure enough; get_diff shows what can be read now"
    };
    ToolError::Absent(format!("deployment `{}`: {why}", plan.deployment))
}

fn ranked(cause: &Cause, state: &State, context: &Context) -> Ranked {
    let elsewhere = cause.elsewhere.iter();
    let elsewhere = elsewhere.map(|why| plain(&messages::suspects::elsewhere(why, context)));
    let unseen = cause.missing.iter().map(|(kind, count)| Unseen {
        kind: word(kind),
        count: *count,
    });
    let opinions = blamed(state).into_iter().map(|one| Opinion {
        says: Untrusted::line(said_of(&one.culprit)),
        by: one.by,
    });
    Ranked {
        verdict: cause.verdict.as_str(),
        probability: cause.probability,
        headline: Untrusted::line(&plain(&messages::cause::headline(cause, context))),
        suspects: cause
            .suspects
            .iter()
            .map(|one| suspect(one, context))
            .collect(),
        elsewhere: elsewhere.collect(),
        changes: cause.changes,
        not_looked_at: unseen.collect(),
        signals: cause.signals.iter().map(ToString::to_string).collect(),
        people_say: opinions.collect(),
    }
}

fn said_of(culprit: &Culprit) -> &str {
    match culprit {
        Culprit::Change { id } => id,
        Culprit::NotThisDeployment => "not_this_deployment",
    }
}

fn suspect(accused: &Accused, context: &Context) -> Suspect {
    let reasons = accused.reasons.iter();
    let reasons =
        reasons.map(|why| Untrusted::line(&plain(&messages::suspects::reason(why, context))));
    let hunks = accused.hunks.iter().map(|place| Place {
        path: Untrusted::line(&place.path),
        lines: (place.first, place.last),
    });
    Suspect {
        commit: accused.id.clone(),
        probability: accused.probability,
        title: Untrusted::line(&accused.title),
        author: Untrusted::label(name(&accused.author)),
        merged_at: accused.merged_at.map(time),
        reasons: reasons.collect(),
        hunks: hunks.collect(),
        url: accused.url.clone(),
    }
}
