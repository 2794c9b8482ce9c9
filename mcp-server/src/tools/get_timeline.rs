//! `get_timeline`: what happened to a deployment, in order.

use super::{Kind, Tool};
use crate::answer::{Answer, Untrusted};
use crate::call::Call;
use crate::caller::Caller;
use crate::error::ToolError;
use crate::record;
use crate::said::{plain, time};
use crate::world::World;
use messages::TimelineLine;
use messages::model::Severity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The tool.
pub struct GetTimeline;

/// Whose.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arguments {
    /// Its id.
    deployment: String,
}

/// What happened, in order.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Timeline {
    events: Vec<Line>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Line {
    at: String,
    /// `quiet good warning alarm critical`.
    severity: &'static str,
    #[schemars(extend("x-untrusted" = "people, metric sources and platforms, as quoted"))]
    text: Untrusted,
}

impl Tool for GetTimeline {
    const NAME: &'static str = "get_timeline";
    const TITLE: &'static str = "Get timeline";
    const DESCRIPTION: &'static str = "What happened to a deployment, in order: steps, findings, questions, answers, \
        actions, alerts. Use to see what came before what, or to write a postmortem.";
    const KIND: Kind = Kind::Read;
    const ROWS: Option<&'static str> = Some("events");
    type Arguments = Arguments;
    type Output = Timeline;

    async fn call(
        world: &World,
        caller: &Caller,
        arguments: Arguments,
        call: &Call,
    ) -> Result<Answer<Timeline>, ToolError> {
        let found = record::deployment(world, caller, &arguments.deployment).await?;
        let context = world.context(call.locale);
        let events = messages::timeline(&found.records, &context);
        let events = events.iter().map(line).collect();
        Ok(Answer::of(Timeline { events }))
    }
}

fn line(line: &TimelineLine) -> Line {
    Line {
        at: time(line.at),
        severity: loudness(line.severity),
        text: Untrusted::line(&plain(&line.text)),
    }
}

fn loudness(severity: Severity) -> &'static str {
    match severity {
        Severity::Quiet => "quiet",
        Severity::Good => "good",
        Severity::Warning => "warning",
        Severity::Alarm => "alarm",
        Severity::Critical => "critical",
    }
}
