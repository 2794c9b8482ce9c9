//! `get_evidence`: a stored query result by its id.

use super::compare_windows::report;
use super::{Kind, Tool};
use crate::answer::Answer;
use crate::call::Call;
use crate::caller::Caller;
use crate::error::ToolError;
use crate::metrics::link::link;
use crate::record;
use crate::said::time;
use crate::world::World;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;

/// The tool.
pub struct GetEvidence;

/// Which.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arguments {
    /// `ev_` and 16 hex digits, as answers and reports cite it.
    id: String,
    /// The deployment that cites it; needed by clients that see some services alone.
    deployment: Option<String>,
}

/// What was asked, and what was answered.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Shown {
    id: String,
    source: String,
    /// The query as it was sent: anyone can run it again.
    query: String,
    window_start: String,
    window_end: String,
    taken_at: String,
    /// The query in Prometheus' own page.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    #[schemars(extend("x-untrusted" = "what the source answered: labels, texts of logs"))]
    #[schemars(extend("type" = ["object", "array", "string", "number", "boolean", "null"]))]
    result: Value,
}

impl Tool for GetEvidence {
    const NAME: &'static str = "get_evidence";
    const TITLE: &'static str = "Get evidence";
    const DESCRIPTION: &'static str = "The stored query and result behind an evidence id. Use to check a number that a report \
        or an answer cites.";
    const KIND: Kind = Kind::Read;
    type Arguments = Arguments;
    type Output = Shown;

    async fn call(
        world: &World,
        caller: &Caller,
        arguments: Arguments,
        _call: &Call,
    ) -> Result<Answer<Shown>, ToolError> {
        let id = arguments.id.trim();
        if !caller.sees_all() {
            cited(world, caller, id, arguments.deployment.as_deref()).await?;
        }
        let unknown = || ToolError::Unknown {
            what: "evidence",
            value: id.to_owned(),
            hint: ": findings in get_deployment and compare_windows carry ids; it is kept for a limited time",
        };
        let evidence = world.reader.evidence(id).await?.ok_or_else(unknown)?;
        let window = evidence.window_end.duration_since(evidence.window_start);
        let window = Duration::try_from(window)
            .ok()
            .filter(|window| !window.is_zero());
        let outside = world.outside.get();
        let source = outside.metrics.get(&evidence.source);
        Ok(Answer::of(Shown {
            id: id.to_owned(),
            link: source.and_then(|source| {
                link(
                    &source.base_url(),
                    &evidence.query,
                    evidence.window_end,
                    window,
                )
            }),
            source: evidence.source,
            query: evidence.query,
            window_start: time(evidence.window_start),
            window_end: time(evidence.window_end),
            taken_at: time(evidence.taken_at),
            result: evidence.result,
        }))
    }
}

/// Whether a deployment that the caller may see cites it.
async fn cited(
    world: &World,
    caller: &Caller,
    id: &str,
    deployment: Option<&str>,
) -> Result<(), ToolError> {
    let Some(deployment) = deployment else {
        return Err(ToolError::argument(
            "deployment",
            "this client sees some services alone: name the deployment that cites the evidence",
        ));
    };
    let found = record::deployment(world, caller, deployment).await?;
    let report = report(&found)?;
    let cites = report.is_some_and(|report| {
        report
            .findings
            .iter()
            .any(|finding| finding.evidence_id.as_deref() == Some(id))
    });
    if cites {
        return Ok(());
    }
    Err(ToolError::argument(
        "id",
        format!("deployment `{deployment}` does not cite it"),
    ))
}
