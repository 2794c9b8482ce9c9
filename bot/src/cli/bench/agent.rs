//! `tawny bench agent`: what an investigation costs: calls, tokens and seconds for each incident of the demo, with the played model.
//!
//! Each is a demo of its own in a process of its own, one after another: real processes, a real Prometheus, and the analyst's
//! own tools. What a model of somebody else would take to think is not in it.

use super::super::output;
use super::Exit;
use crate::demo::INCIDENTS;
use serde::Serialize;
use serde_json::Value;
use std::process::Stdio;
use tokio::process::Command;

/// How often a demo is begun that cannot be played.
const TRIES: u32 = 3;

/// Which ones.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Only these scenarios.
    #[arg(long = "scenario", value_name = "SCENARIO")]
    scenarios: Vec<String>,
    /// Moves when faults begin and how strong they are.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// What one incident took.
#[derive(Debug, Serialize)]
struct Incident {
    scenario: String,
    /// Whether it named the guilty commit, or that it was none where it was none; nothing where nothing was to be found out.
    right: Option<bool>,
    conclusion: String,
    confidence: String,
    checked: u64,
    cut: u64,
    calls: u64,
    steps: u64,
    tokens_in: u64,
    tokens_cached: u64,
    tokens_out: u64,
    seconds: f64,
}

/// Why it could not be measured.
#[derive(Debug, thiserror::Error)]
enum Unmeasured {
    #[error("{doing}: {error}")]
    Io {
        doing: &'static str,
        error: std::io::Error,
    },
    #[error("the demo of {scenario} told nothing: {error}")]
    Document {
        scenario: String,
        error: serde_json::Error,
    },
    #[error("the demo of {scenario} could not be played: {error}")]
    Demo { scenario: String, error: String },
}

/// Measures and prints.
pub(super) async fn run(arguments: &Arguments, json: bool) -> Exit {
    let all = INCIDENTS.iter().map(|scenario| (*scenario).to_owned());
    let wanted: Vec<String> = if arguments.scenarios.is_empty() {
        all.collect()
    } else {
        arguments.scenarios.clone()
    };
    let mut incidents = Vec::new();
    let mut unmeasured = Vec::new();
    for scenario in wanted {
        match patiently(&scenario, arguments.seed).await {
            Ok(incident) => {
                if !json {
                    tell(&incident);
                }
                incidents.push(incident);
            }
            // The others are measured all the same.
            Err(error) => {
                output::failed(&error);
                if !json {
                    output::line(&format!("{scenario:<14} not measured"));
                }
                unmeasured.push(scenario);
            }
        }
    }
    if json {
        output::document(
            "bench.agent",
            &serde_json::json!({ "seed": arguments.seed, "incidents": incidents, "unmeasured": unmeasured }),
        );
    } else {
        sum_up(&incidents);
    }
    let wrong = incidents
        .iter()
        .any(|one| one.right == Some(false) || one.cut > 0);
    if wrong || !unmeasured.is_empty() {
        Exit::Failed
    } else {
        Exit::Done
    }
}

/// Once more where it did not come up or to its end, as it may on a busy machine: that says nothing of the analyst.
async fn patiently(scenario: &str, seed: u64) -> Result<Incident, Unmeasured> {
    let mut tries = 1;
    loop {
        match incident(scenario, seed).await {
            Err(error @ Unmeasured::Demo { .. }) if tries < TRIES => {
                output::note(&format!("{error}; once more"));
                tries += 1;
            }
            measured => return measured,
        }
    }
}

async fn incident(scenario: &str, seed: u64) -> Result<Incident, Unmeasured> {
    let failed = |doing| move |error| Unmeasured::Io { doing, error };
    let program = std::env::current_exe().map_err(failed("finding this program"))?;
    let played = Command::new(program)
        .args(["demo", "--json", "--model", "scripted", "--answer", "hold"])
        .args(["--scenario", scenario, "--seed", &seed.to_string()])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(failed("playing the demo"))?;
    let document: Value =
        serde_json::from_slice(&played.stdout).map_err(|error| Unmeasured::Document {
            scenario: scenario.to_owned(),
            error,
        })?;
    if let Some(error) = document["error"].as_str() {
        return Err(Unmeasured::Demo {
            scenario: scenario.to_owned(),
            error: error.to_owned(),
        });
    }
    Ok(measured(scenario, &document))
}

fn measured(scenario: &str, document: &Value) -> Incident {
    let report = &document["root_cause"];
    let spent = &report["spent"];
    let count = |value: &Value| value.as_u64().unwrap_or_default();
    let conclusion = &report["conclusion"];
    let by_model = report["written_by"] == "model";
    let right = match &document["guilty_commit"] {
        // Where the model had no word it did not find it.
        Value::String(guilty) => Some(by_model && conclusion["id"] == guilty.as_str()),
        _ => by_model.then(|| conclusion["was"] != "suspect"),
    };
    Incident {
        scenario: scenario.to_owned(),
        right,
        conclusion: conclusion["was"]
            .as_str()
            .unwrap_or("nothing to explain")
            .to_owned(),
        confidence: report["confidence"].as_str().unwrap_or("none").to_owned(),
        checked: count(&report["checked"]),
        cut: count(&report["cut"]),
        calls: count(&spent["calls"]),
        steps: count(&spent["steps"]),
        tokens_in: count(&spent["tokens_in"]),
        tokens_cached: count(&spent["tokens_cached"]),
        tokens_out: count(&spent["tokens_out"]),
        seconds: spent["seconds"].as_f64().unwrap_or_default(),
    }
}

fn tell(one: &Incident) {
    if one.calls == 0 {
        let word = match one.right {
            Some(false) => "WRONG: no word from the model",
            _ => &one.conclusion,
        };
        output::line(&format!("{:<14} {word}", one.scenario));
        return;
    }
    let right = match one.right {
        Some(true) => "right",
        Some(false) => "WRONG",
        None => "by rules",
    };
    output::line(&format!(
        "{:<14} {:<8} {:<9} confidence {:<7} {} calls, {} tools, {} tokens read ({} again), {} written, {:.1} s, {} checked, {} cut",
        one.scenario,
        one.conclusion,
        right,
        one.confidence,
        one.calls,
        one.steps,
        one.tokens_in,
        one.tokens_cached,
        one.tokens_out,
        one.seconds,
        one.checked,
        one.cut
    ));
}

fn sum_up(incidents: &[Incident]) {
    let asked: Vec<&Incident> = incidents.iter().filter(|one| one.calls > 0).collect();
    let Some(many) = u64::try_from(asked.len()).ok().filter(|many| *many > 0) else {
        output::line("no model was asked");
        return;
    };
    let mean = |of: fn(&Incident) -> u64| asked.iter().map(|one| of(one)).sum::<u64>() / many;
    let longest = asked.iter().map(|one| one.seconds).fold(0.0, f64::max);
    output::line(&format!(
        "an incident, of {many}: {} calls, {} tools, {} tokens read ({} again), {} written (means); {longest:.1} s at most",
        mean(|one| one.calls),
        mean(|one| one.steps),
        mean(|one| one.tokens_in),
        mean(|one| one.tokens_cached),
        mean(|one| one.tokens_out),
    ));
}
