//! `get_report`: the health report of a deployment, or the postmortem of one that hurt.

use super::{Kind, Tool};
use crate::answer::{Answer, Untrusted};
use crate::call::Call;
use crate::caller::Caller;
use crate::error::ToolError;
use crate::health;
use crate::record;
use crate::world::World;
use guard::health::HealthCheck;
use guard::report::Postmortem;
use guard::root_cause::{Milestones, by_rules};
use journal::reports;
use messages::document::Document;
use messages::layout::markdown;
use messages::root_cause::{Told, in_words};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Characters of one part.
const MOST: usize = 6_000;

/// The tool.
pub struct GetReport;

/// Which.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arguments {
    /// Its id.
    deployment: String,
    #[serde(default)]
    kind: Which,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Which {
    #[default]
    Report,
    Postmortem,
    HealthCheck,
    RootCause,
}

/// A document in Markdown.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Reported {
    /// Whether the watch is over: until then it may change.
    finished: bool,
    parts: Vec<Part>,
    /// Where people see the deployment.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

/// A part of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Part {
    #[schemars(extend("x-untrusted" = "commits, alerts, logs and people, as quoted"))]
    markdown: Untrusted,
}

impl Tool for GetReport {
    const NAME: &'static str = "get_report";
    const TITLE: &'static str = "Get report";
    const DESCRIPTION: &'static str = "The health report of a deployment in Markdown: signals, findings, impact, cause, deeds, \
        times; or its `health_check` with advice, the `root_cause` or `postmortem` of one that hurt. Use to sum up or write \
        about a deployment.";
    const KIND: Kind = Kind::Read;
    const ROWS: Option<&'static str> = Some("parts");
    type Arguments = Arguments;
    type Output = Reported;

    async fn call(
        world: &World,
        caller: &Caller,
        arguments: Arguments,
        call: &Call,
    ) -> Result<Answer<Reported>, ToolError> {
        let found = record::deployment(world, caller, &arguments.deployment).await?;
        let id = &found.state.plan().deployment;
        let told = reports::of(&world.reader, &world.histories, id).await?;
        let told = told.ok_or_else(|| ToolError::unknown_deployment(id.as_str()))?;
        let context = world.context(call.locale);
        let document = match arguments.kind {
            Which::Report => messages::report::report(&told.report, &context),
            Which::HealthCheck => {
                let windows = health::windows(world, &told.report).await;
                let check = HealthCheck::of(told.report.clone(), windows);
                let written = by_rules(&check.report).map(|one| in_words(one, &context));
                messages::health::document(&check, written.as_ref(), &context)
            }
            Which::RootCause => {
                let written = by_rules(&told.report).ok_or_else(unfound)?;
                let milestones = Milestones::of(&told.report, &told.records);
                let shown = Told::of(in_words(written, &context), &told.report, milestones);
                messages::rca::document(&shown, &told.report, &context)
            }
            Which::Postmortem => {
                let postmortem = Postmortem::of(&told.report).ok_or_else(unfound)?;
                messages::postmortem::postmortem(&postmortem, &told.records, &context)
            }
        };
        let reported = Reported {
            finished: told.report.finished,
            parts: parts(&document),
            link: record::link(world, &found.state),
        };
        Ok(Answer::of(reported))
    }
}

fn unfound() -> ToolError {
    let why = "nothing was found about it, so there is nothing to look back on: its report has what there is";
    ToolError::Absent(why.to_owned())
}

/// The document, cut where its parts begin.
pub(super) fn parts(document: &Document) -> Vec<Part> {
    let whole = markdown::document(document);
    let mut parts: Vec<String> = vec![String::new()];
    for line in whole.lines() {
        match parts.last_mut() {
            Some(part) if !line.starts_with("## ") => {
                part.push_str(line);
                part.push('\n');
            }
            _ => parts.push(format!("{line}\n")),
        }
    }
    let parts = parts.iter().map(|part| Part {
        markdown: Untrusted::new(part.trim(), MOST),
    });
    parts.collect()
}
