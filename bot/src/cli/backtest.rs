//! `tawny backtest [FILE|FOLDER…]`: what would Tawny have done on these deployments?

use super::replay::How;
use super::{ConfigFile, Exit, output};
use crate::replay::{Picture, follow};
use comfy_table::{ContentArrangement, Table, presets};
use guard::detect::{Sensitivity, Summary, tier_of};
use guard::judgement::Judgement;
use labels::{Known, Label};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

mod labels;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    file: ConfigFile,
    /// Recordings and episodes, or folders of them. Without any: what the watches recorded.
    #[arg(value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// Only so many of the newest.
    #[arg(long, value_name = "N", default_value_t = 50)]
    last: usize,
    /// Judge as a service of this sensitivity would be, instead of as it was.
    #[arg(long, value_enum, value_name = "HOW")]
    sensitivity: Option<How>,
    /// Only those of which people said this.
    #[arg(long, value_name = "WORD", value_parser = ["real", "false-alarm", "missed", "fine"])]
    judged: Option<String>,
}

/// What would have been done on one deployment. Times are seconds after it began.
#[derive(Debug, Serialize)]
struct Row {
    deployment: String,
    verdict: &'static str,
    warned_s: Option<f64>,
    paused_s: Option<f64>,
    rolled_back_s: Option<f64>,
    signals: Vec<String>,
    /// How it ended, if the journal knows it.
    outcome: Option<String>,
    /// What people said: `real`, `false_alarm`, `missed`, `fine`, or nothing.
    judged: Option<&'static str>,
    /// Whether it is their `judgement`, or read from their `answer` to the alarm.
    judged_by: Option<&'static str>,
    #[serde(skip)]
    label: Option<Label>,
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    let settings = config::load(&arguments.file.config, &config::Lookup::system());
    let mut paths = arguments.paths.clone();
    let known = match &settings {
        Ok(settings) => {
            if paths.is_empty() {
                paths.push(crate::boot::recordings(settings));
            }
            match crate::wire::journal_url(settings) {
                Ok(url) => labels::known(&url).await,
                Err(error) => {
                    output::failed(&error);
                    return Exit::Usage;
                }
            }
        }
        Err(errors) if paths.is_empty() => {
            output::failed(&format!("the configuration cannot be used:\n{errors}"));
            return Exit::Usage;
        }
        Err(_) => BTreeMap::new(),
    };
    let wanted: Option<Judgement> = arguments.judged.as_deref().and_then(|w| w.parse().ok());
    let as_judged = |file: &PathBuf| {
        let label = known.get(&name(file)).and_then(|known| known.label);
        wanted.is_none_or(|wanted| label.is_some_and(|label| label.judgement == wanted))
    };
    let files = match files(&paths, arguments.last, as_judged) {
        Ok(files) if files.is_empty() && wanted.is_some() => {
            output::failed(
                &"of no recorded deployment did people say that: see `tawny stats`, and judge with `tawny judge`",
            );
            return Exit::Usage;
        }
        Ok(files) if files.is_empty() => {
            output::failed(
                &"there is nothing to replay: record deployments with `tawny record`, or name files",
            );
            return Exit::Usage;
        }
        Ok(files) => files,
        Err(error) => {
            output::failed(&error);
            return Exit::Usage;
        }
    };
    let mut rows = Vec::new();
    for file in &files {
        match row(file, arguments.sensitivity.map(Into::into), &known) {
            Ok(row) => rows.push(row),
            Err(error) => output::failed(&format!("{}: {error}", file.display())),
        }
    }
    if json {
        output::document("backtest", &serde_json::json!({ "deployments": rows }));
    } else {
        output::line(&table(&rows).to_string());
        output::line(&in_short(&rows));
    }
    if rows.len() == files.len() {
        Exit::Done
    } else {
        Exit::Failed
    }
}

/// A recording is called as its deployment.
fn name(file: &Path) -> String {
    file.file_stem()
        .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
}

fn files(
    paths: &[PathBuf],
    last: usize,
    wanted: impl Fn(&PathBuf) -> bool,
) -> Result<Vec<PathBuf>, String> {
    let wrong = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            for entry in std::fs::read_dir(path).map_err(|e| wrong(path, e))? {
                let inside = entry.map_err(|e| wrong(path, e))?.path();
                let named = inside.file_name().and_then(|n| n.to_str());
                if named.is_some_and(|n| n.ends_with(".jsonl") && n != "labels.jsonl") {
                    found.push(inside);
                }
            }
        } else {
            found.push(path.clone());
        }
    }
    let mut dated = Vec::new();
    for path in found.into_iter().filter(wanted) {
        let meta = std::fs::metadata(&path).map_err(|e| wrong(&path, e))?;
        dated.push((meta.modified().map_err(|e| wrong(&path, e))?, path));
    }
    dated.sort();
    let surplus = dated.len().saturating_sub(last);
    Ok(dated
        .into_iter()
        .skip(surplus)
        .map(|(_, path)| path)
        .collect())
}

fn row(
    file: &Path,
    how: Option<Sensitivity>,
    known: &BTreeMap<String, Known>,
) -> Result<Row, String> {
    let mut picture = Picture::default();
    let mut said = Vec::new();
    let input = super::replay::open(file).map_err(|error| error.to_string())?;
    let summary: Summary = follow(input, how, |seen| {
        if let crate::replay::Seen::Said(statement, comparison) = &seen {
            said.push((
                tier_of(statement, *comparison),
                statement.t,
                statement.signal.clone(),
            ));
        }
        if matches!(seen, crate::replay::Seen::Began(..)) {
            picture.see(&seen);
        }
        Ok(())
    })
    .map_err(|error| error.to_string())?;
    let begin = picture.began_at().unwrap_or(0.0);
    let first = |tier: u8| {
        said.iter()
            .filter(|(reached, ..)| *reached >= tier)
            .map(|(_, t, _)| t - begin)
            .min_by(f64::total_cmp)
    };
    let mut signals: Vec<String> = Vec::new();
    for (_, _, signal) in &said {
        if !signals.contains(signal) {
            signals.push(signal.clone());
        }
    }
    let deployment = name(file);
    let known = known.get(&deployment);
    let label = known.and_then(|known| known.label);
    Ok(Row {
        verdict: if said.iter().any(|(tier, ..)| *tier >= 2) {
            "degraded"
        } else {
            summary.verdict.word()
        },
        warned_s: first(1),
        paused_s: first(2),
        rolled_back_s: first(3),
        signals,
        outcome: known.map(|known| known.outcome.clone()),
        judged: label.map(|label| label.judgement.as_str()),
        judged_by: label.map(|label| label.from),
        label,
        deployment,
    })
}

fn table(rows: &[Row]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header([
        "deployment",
        "would have",
        "warned",
        "paused",
        "rolled back",
        "signals",
        "ended",
        "people said",
    ]);
    let time = |at: Option<f64>| at.map_or_else(|| "-".to_owned(), |s| format!("+{s:.0} s"));
    for row in rows {
        table.add_row([
            row.deployment.clone(),
            row.verdict.to_owned(),
            time(row.warned_s),
            time(row.paused_s),
            time(row.rolled_back_s),
            if row.signals.is_empty() {
                "-".to_owned()
            } else {
                row.signals.join(", ")
            },
            row.outcome.clone().unwrap_or_else(|| "-".to_owned()),
            row.label.map_or_else(|| "-".to_owned(), Label::words),
        ]);
    }
    table
}

fn in_short(rows: &[Row]) -> String {
    let count = |of: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| of(row)).count();
    let said = rows
        .iter()
        .filter_map(|row| Some((row.label?.judgement, row.warned_s.is_some())))
        .collect::<Vec<_>>();
    let agreement = labels::agreement(&said)
        .map_or_else(String::new, |said| format!("\nby what people said: {said}"));
    format!(
        "\n{} deployments: {} paused or rolled back, {} only warned about, {} left alone{agreement}",
        rows.len(),
        count(&|row| row.paused_s.is_some()),
        count(&|row| row.paused_s.is_none() && row.warned_s.is_some()),
        count(&|row| row.warned_s.is_none()),
    )
}
