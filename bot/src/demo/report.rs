//! The demo's final document, and whether it ended as it has to.

use super::Arguments;
use super::error::DemoError;
use super::explained::explained;
use super::narrate;
use super::play::first;
use super::scenario::Scenario;
use super::world::{LOOK_EVERY, World};
use crate::replay::{Agreement, agreement};
use crate::reports;
use engine::ledger;
use guard::event::Event;
use guard::finding::Scope;
use guard::ids::DeploymentId;
use guard::state::{FindingRecord, State};
use guard::suspects::Verdict;
use jiff::Timestamp;
use messages::layout::markdown;
use messages::{Context, Locale};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Longest time, beyond two looks, until what was told is in the recording.
const RECORDED_WITHIN: Duration = Duration::from_secs(3);

/// What was played.
pub(super) struct Played {
    pub(super) deployment: DeploymentId,
    pub(super) fault_at: Option<Timestamp>,
    pub(super) outcome: String,
}

/// What came of it.
pub(super) struct Report {
    pub(super) document: Value,
    pub(super) as_expected: bool,
    /// Why it hurt, as a thread shows it.
    pub(super) explained: Option<String>,
    summary: String,
}

impl Report {
    /// One line.
    pub(super) fn summary(&self) -> String {
        self.summary.clone()
    }
}

pub(super) async fn report(
    arguments: &Arguments,
    world: &World,
    played: &Played,
) -> Result<Report, DemoError> {
    let reader = world.server.engine.reader();
    let records = ledger::records(reader, &played.deployment).await?;
    let state = State::fold(&records)
        .map_err(|source| engine::EngineError::Fold {
            stream: played.deployment.to_string(),
            source,
        })?
        .ok_or_else(|| engine::EngineError::UnknownDeployment(played.deployment.clone()))?;
    let at = |wanted: fn(&Event) -> bool| first(&records, wanted);
    let detected_at = at(|event| matches!(event, Event::FindingOpened { .. }));
    let paused_at = at(|event| matches!(event, Event::Paused { .. }));
    let answered_at = at(|event| matches!(event, Event::ApprovalAnswered { .. }));
    let rolled_back_at = at(|event| matches!(event, Event::RolledBack { .. }));
    let cured_at = at(|event| matches!(event, Event::CureConfirmed { .. }));
    let since_fault = |to: Option<Timestamp>| {
        let (from, to) = (played.fault_at?, to?);
        Some(to.duration_since(from).as_secs_f64())
    };
    let from = played.fault_at.unwrap_or(state.requested_at());
    let to = cured_at.unwrap_or_else(Timestamp::now);
    let verdict = state
        .verdict()
        .and_then(|verdict| serde_json::to_value(verdict).ok())
        .unwrap_or(Value::Null);
    let tier = u8::from(state.highest_tier());
    let attribution = attribution(&state);
    let said = messages(world, &played.deployment).await?;
    let alerts = super::alerts::counted(world, &records).await?;
    // An alert for the same fault joins the same incident, once.
    let alerted = !arguments.alerts
        || !arguments.scenario.alerts()
        || (alerts["joined"] == 1 && alerts["incidents"] == 1);
    let replayed = replayed(arguments, world, &played.deployment).await;
    let folder = folder(arguments, world);
    let written = written(arguments, world, &played.deployment, &folder).await?;
    let id = &played.deployment;
    let explained = explained(arguments, world, id, &folder, narrate::colour()).await?;
    // A healthy release says one quiet thing, and nothing else.
    let quiet = arguments.scenario != Scenario::Healthy
        || (said["parents"] == 1 && said["replies"] == 0 && said["notices"] == 0);
    let document = json!({
        "schema": "tawny.demo/1",
        "scenario": arguments.scenario.as_str(),
        "seed": arguments.seed,
        "deployment_id": played.deployment,
        "verdict": verdict,
        "tier": tier,
        "outcome": played.outcome,
        "attribution": attribution,
        "fault_at": played.fault_at.map(shown),
        "detected_at": detected_at.map(shown),
        "paused_at": paused_at.map(shown),
        "answered_at": answered_at.map(shown),
        "rolled_back_at": rolled_back_at.map(shown),
        "cured_at": cured_at.map(shown),
        "seconds_to_detect": since_fault(detected_at),
        "seconds_to_recover": since_fault(cured_at),
        "requests_sent": world.customers.sent_between(from, to),
        "requests_failed": world.customers.failed_between(from, to),
        "signals": state.findings().map(signal).collect::<Vec<_>>(),
        "messages": said,
        "alerts": alerts,
        "replay_agrees": replayed.as_ref().ok().map(Agreement::holds),
        "replay_differs": match &replayed {
            Ok(agreement) => json!(agreement.differences),
            Err(error) => json!([error]),
        },
        "repository": world.repository.as_ref().map(|repository| &repository.path),
        "old_commit": world.repository.as_ref().map(|repository| &repository.old),
        "new_commit": world.repository.as_ref().map(|repository| &repository.new),
        "guilty_commit": world.repository.as_ref().and_then(|repository| repository.guilty.as_ref()),
        "suspects": state.cause().map_or(&[][..], |(cause, _)| &cause.suspects),
        "cause": state.cause().map(|(cause, _)| cause.verdict),
        "root_cause": explained.as_ref().map(|explained| &explained.document),
        "report_path": written,
        "prometheus_url": world.prometheus_url,
        "server_url": world.server.url,
        "data_dir": world.dir,
    });
    let expected = arguments.scenario.expected(arguments.answer);
    // Whoever injects by hand decides what has to come of it.
    let as_expected = arguments.no_fault
        || (expected
            .outcome
            .is_none_or(|outcome| outcome == played.outcome)
            && verdict == expected.verdict
            && attribution.as_str() == expected.attribution
            && tier == expected.tier
            && quiet
            && alerted
            && (!expected.acquitted || acquitted(world, &state)));
    let word = verdict.as_str().unwrap_or("no verdict").to_owned();
    let summary = summary(
        &played.outcome,
        &word,
        tier,
        since_fault(detected_at),
        since_fault(cured_at),
        as_expected,
    );
    Ok(Report {
        document,
        as_expected,
        explained: explained.map(|explained| explained.lines),
        summary,
    })
}

fn summary(
    outcome: &str,
    verdict: &str,
    tier: u8,
    detect: Option<f64>,
    recover: Option<f64>,
    as_expected: bool,
) -> String {
    let mut text = format!("outcome: {outcome} (verdict {verdict}, tier {tier})");
    if let Some(detect) = detect {
        text.push_str(&format!("; found {detect:.1} s after the fault"));
    }
    if let Some(recover) = recover {
        text.push_str(&format!("; cure proven {recover:.1} s after it"));
    }
    if !as_expected {
        text.push_str("; this is NOT how this scenario has to end");
    }
    text
}

/// Whether the recording of the watch replays to what was journalled. A look is recorded after it was told, so
/// the newest one may be missing for a moment.
async fn replayed(
    arguments: &Arguments,
    world: &World,
    id: &DeploymentId,
) -> Result<Agreement, String> {
    let deadline = Instant::now() + arguments.interval * 2 + RECORDED_WITHIN;
    loop {
        let found = compared(world, id).await;
        if found.as_ref().is_ok_and(Agreement::holds) || Instant::now() > deadline {
            return found;
        }
        sleep(LOOK_EVERY).await;
    }
}

/// Where reports are written: a folder that is taken away at the end would take them with it.
fn folder(arguments: &Arguments, world: &World) -> PathBuf {
    if arguments.keep || arguments.dir.is_some() {
        world.dir.clone()
    } else {
        std::env::temp_dir()
    }
}

/// The health report, written as Markdown beside the journal, or where it stays. What was measured at the end is told a look later.
async fn written(
    arguments: &Arguments,
    world: &World,
    id: &DeploymentId,
    folder: &Path,
) -> Result<PathBuf, DemoError> {
    let engine = &world.server.engine;
    let deadline = Instant::now() + arguments.interval * 2 + RECORDED_WITHIN;
    loop {
        let state = ledger::state(engine.reader(), id).await?;
        let wanting = state.is_some_and(|state| state.measures_wanted());
        if !wanting || Instant::now() > deadline {
            break;
        }
        sleep(LOOK_EVERY).await;
    }
    let told = reports::of(engine, id).await?;
    let told = told.ok_or_else(|| engine::EngineError::UnknownDeployment(id.clone()))?;
    let context = Context {
        locale: Locale::En,
        now: Timestamp::now(),
        base_url: None,
    };
    let document = messages::report::report(&told.report, &context);
    let path = folder.join(format!("tawny-report-{id}.md"));
    tokio::fs::write(&path, markdown::document(&document))
        .await
        .map_err(DemoError::io("writing the report"))?;
    Ok(path)
}

async fn compared(world: &World, id: &DeploymentId) -> Result<Agreement, String> {
    let path = world.recording(id);
    let recording = tokio::fs::read(&path)
        .await
        .map_err(|error| format!("{}: {error}", path.display()))?;
    let records = ledger::records(world.server.engine.reader(), id)
        .await
        .map_err(|error| error.to_string())?;
    agreement(recording.as_slice(), &records).map_err(|error| error.to_string())
}

/// Whether it was said that it was not this deployment. Without commits nothing is ranked.
fn acquitted(world: &World, state: &State) -> bool {
    let said = state.cause().map(|(cause, _)| cause.verdict);
    world.repository.is_none() || said == Some(Verdict::NotThisDeployment)
}

/// A moment, as programs read it.
pub(super) fn shown(at: Timestamp) -> String {
    format!("{at:.3}")
}

fn attribution(state: &State) -> Value {
    let strongest = state.findings().max_by_key(|record| record.finding.budget);
    strongest
        .and_then(|record| serde_json::to_value(record.finding.attribution).ok())
        .unwrap_or(Value::Null)
}

fn signal(record: &FindingRecord) -> Value {
    let finding = &record.finding;
    json!({
        "name": finding.signal,
        "scope": match &finding.scope {
            Scope::Group => "group".to_owned(),
            Scope::Instance(instance) => instance.to_string(),
        },
        "onset_at": shown(finding.onset_at),
        "effect": finding.effect,
        "interval": [finding.interval.0, finding.interval.1],
        "unit": finding.unit,
        "evidence_id": finding.evidence,
    })
}

/// What was said on the page, counted by what each try of saying it led to.
async fn messages(world: &World, id: &DeploymentId) -> Result<Value, DemoError> {
    let stream = ledger::deployment_stream(id)?;
    let effects = world
        .server
        .engine
        .reader()
        .effects(&stream)
        .await
        .map_err(engine::EngineError::from)?;
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for effect in effects.iter().filter(|effect| effect.kind == "chat.page") {
        let said = effect
            .outcome
            .as_ref()
            .and_then(|outcome| outcome["said"].as_str());
        if let Some(said) = said {
            *counts.entry(said.to_owned()).or_default() += 1;
        }
    }
    let count = |word: &str| counts.get(word).copied().unwrap_or(0);
    Ok(json!({
        "parents": count("parent"),
        "replies": count("reply"),
        "edits": count("edit"),
        "notices": count("notice"),
    }))
}
