//! `tawny backtest [FILE|FOLDER…]`: what would Tawny have done on these deployments?

use super::replay::How;
use super::{ConfigFile, Exit, output};
use crate::replay::{Picture, follow};
use comfy_table::{ContentArrangement, Table, presets};
use guard::approval::Standing;
use guard::detect::{Sensitivity, Summary, tier_of};
use guard::state::State;
use journal::{Journal, JournalOptions, StreamId};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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
    /// What people judged: `real`, `false_alarm`, or nothing.
    judged: Option<&'static str>,
}

/// What the journal knows of a deployment.
struct Known {
    outcome: String,
    judged: Option<&'static str>,
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
                Ok(url) => known(&url).await,
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
    let files = match files(&paths, arguments.last) {
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

fn files(paths: &[PathBuf], last: usize) -> Result<Vec<PathBuf>, String> {
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
    for path in found {
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
    let deployment = file
        .file_stem()
        .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let known = known.get(&deployment);
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
        judged: known.and_then(|known| known.judged),
        deployment,
    })
}

/// How deployments ended and what people answered. A journal that cannot be read has nothing to add.
async fn known(url: &str) -> BTreeMap<String, Known> {
    match read(url).await {
        Ok(known) => known,
        Err(error) => {
            tracing::debug!(%error, "the journal adds nothing to the backtest");
            BTreeMap::new()
        }
    }
}

async fn read(url: &str) -> Result<BTreeMap<String, Known>, journal::JournalError> {
    let options = JournalOptions {
        known_events: Some(journal::codec::known_events()),
        ..JournalOptions::default()
    };
    let journal = Journal::open_read_only(url, options).await?;
    let reader = journal.reader();
    let mut found = BTreeMap::new();
    for head in reader.streams("deployment", 1000).await? {
        let stream: &StreamId = &head.stream;
        let records = journal::codec::deployment_events(&reader, stream).await?;
        if let Ok(Some(state)) = State::fold(&records) {
            let known = Known {
                outcome: state.status().as_str().to_owned(),
                judged: judged(&state),
            };
            found.insert(stream.id().to_owned(), known);
        }
    }
    drop(reader);
    journal.close().await?;
    Ok(found)
}

/// A person who goes back takes the alarm for real; one who goes on takes it for false.
fn judged(state: &State) -> Option<&'static str> {
    use guard::approval::Choice;
    state
        .approvals()
        .filter_map(|record| match &record.standing {
            Standing::Answered { choice, .. } => Some(*choice),
            _ => None,
        })
        .find_map(|choice| match choice {
            Choice::Rollback => Some("real"),
            Choice::Resume | Choice::Promote => Some("false_alarm"),
            Choice::Hold | Choice::Abandon => None,
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
            row.judged.unwrap_or("-").replace('_', " "),
        ]);
    }
    table
}

fn in_short(rows: &[Row]) -> String {
    let count = |of: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| of(row)).count();
    format!(
        "\n{} deployments: {} paused or rolled back, {} only warned about, {} left alone",
        rows.len(),
        count(&|row| row.paused_s.is_some()),
        count(&|row| row.paused_s.is_none() && row.warned_s.is_some()),
        count(&|row| row.warned_s.is_none()),
    )
}
