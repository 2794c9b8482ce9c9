//! `get_report`: the health report of a deployment, or the postmortem of one that hurt.

use super::{Kind, Tool};
use crate::answer::{Answer, Untrusted};
use crate::call::Call;
use crate::caller::Caller;
use crate::error::ToolError;
use crate::record;
use crate::world::World;
use guard::report::Postmortem;
use journal::reports;
use messages::document::Document;
use messages::layout::markdown;
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

#[derive(Debug, Serialize, JsonSchema)]
struct Part {
    #[schemars(extend("x-untrusted" = "commits, alerts, logs and people, as quoted"))]
    markdown: Untrusted,
}

impl Tool for GetReport {
    const NAME: &'static str = "get_report";
    const TITLE: &'static str = "Get report";
    const DESCRIPTION: &'static str = "The health report of a deployment, or `postmortem` of one that hurt, in \
        Markdown: signals, findings, impact, cause, deeds, times. Use to sum up or write about a deployment.";
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
        let told = reports::of(&world.reader, id).await?;
        let told = told.ok_or_else(|| ToolError::unknown_deployment(id.as_str()))?;
        let context = world.context(call.locale);
        let document = match arguments.kind {
            Which::Report => messages::report::report(&told.report, &context),
            Which::Postmortem => {
                let postmortem = Postmortem::of(&told.report).ok_or_else(|| {
                    let why = "nothing was found about it, so there is no postmortem: its report has what there is";
                    ToolError::Absent(why.to_owned())
                })?;
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

/// The document, cut where its parts begin.
fn parts(document: &Document) -> Vec<Part> {
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
