//! Why it hurt, at the end of the demo: by a model where one was played, else by rules.

use super::Arguments;
use super::error::DemoError;
use super::play::first;
use super::report::shown;
use super::world::{LOOK_EVERY, World};
use crate::root_cause;
use engine::ledger;
use guard::event::Event;
use guard::ids::DeploymentId;
use guard::root_cause::Author;
use jiff::Timestamp;
use messages::layout::markdown;
use messages::layout::terminal::{self, Colour};
use messages::root_cause::{document, message};
use messages::{Context, Locale};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long a model may take beyond the outcome: as long as an investigation at most.
const WITHIN: Duration = Duration::from_secs(190);

/// The report.
pub(super) struct Explained {
    /// For programs.
    pub(super) document: Value,
    /// As a thread shows it.
    pub(super) lines: String,
}

/// The report of a deployment, written as Markdown into a folder; none where nothing was found.
pub(super) async fn explained(
    arguments: &Arguments,
    world: &World,
    id: &DeploymentId,
    folder: &Path,
    colour: Colour,
) -> Result<Option<Explained>, DemoError> {
    if arguments.model.is_some() {
        wait(world, id).await?;
    }
    let context = Context {
        locale: Locale::En,
        now: Timestamp::now(),
        base_url: None,
    };
    let told = root_cause::of(&world.server.engine, id, &context).await?;
    let Some(told) = told.flatten() else {
        return Ok(None);
    };
    let path = written(folder, id, &markdown::document(&document(&told, &context))).await?;
    let lines = terminal::message(&message(&told, &context), colour);
    let report = &told.report;
    let by_model = matches!(report.written_by, Author::Model { .. });
    let records = ledger::records(world.server.engine.reader(), id).await?;
    let ranked_at = first(&records, |event| matches!(event, Event::CauseRanked { .. }));
    let reported_at = first(&records, |event| {
        matches!(event, Event::RootCauseReported { .. })
    });
    let document = json!({
        "written_by": if by_model { "model" } else { "rules" },
        "conclusion": report.conclusion,
        "confidence": report.confidence,
        "advice": report.recommendation.action,
        "checked": report.checked,
        "cut": report.cut,
        "spent": report.spent,
        "ranked_at": ranked_at.map(shown),
        "reported_at": reported_at.map(shown),
        "path": path,
    });
    Ok(Some(Explained { document, lines }))
}

/// Until the newest ranking was looked into, where there is one.
async fn wait(world: &World, id: &DeploymentId) -> Result<(), DemoError> {
    let deadline = Instant::now() + WITHIN;
    loop {
        let records = ledger::records(world.server.engine.reader(), id).await?;
        let ranked = records.iter().rev().find_map(|record| {
            matches!(record.event, Event::CauseRanked { .. }).then_some(record.revision)
        });
        let told = records.iter().rev().find_map(|record| match record.event {
            Event::RootCauseReported { of, .. } => Some(of),
            _ => None,
        });
        let waits = ranked.is_some_and(|of| told.is_none_or(|known| known < of));
        if !waits || Instant::now() > deadline {
            return Ok(());
        }
        sleep(LOOK_EVERY).await;
    }
}

async fn written(folder: &Path, id: &DeploymentId, text: &str) -> Result<PathBuf, DemoError> {
    let path = folder.join(format!("tawny-root-cause-{id}.md"));
    let write = tokio::fs::write(&path, text).await;
    write.map_err(DemoError::io("writing the root-cause report"))?;
    Ok(path)
}
