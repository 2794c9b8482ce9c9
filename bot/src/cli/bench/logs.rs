//! `tawny bench logs`: what reading, redacting and counting a flood of log lines costs on this machine.

use super::super::{Exit, output};
use guard::signatures::{Change, Miner, Spans};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use sources::logs::{Bounds, Files, LogReader, Window};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// Lines a second that must be kept up with.
const GOAL: f64 = 10_000.0;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Lines that are logged in a second.
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    rate: u32,
    /// Seconds for which they are.
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(20..=600))]
    seconds: u32,
}

#[derive(Debug, Serialize)]
struct Measured {
    lines: u64,
    bytes: u64,
    seconds: f64,
    lines_per_second: f64,
    goal_lines_per_second: f64,
    /// How many times the goal.
    ratio: f64,
    /// What the memory grew by at its most, in bytes.
    memory_bytes: f64,
    /// Whether the one error that began was found with its counts, and nothing else.
    right: bool,
    signatures: Vec<String>,
}

pub(super) async fn run(arguments: &Arguments, json: bool) -> Exit {
    match measured(arguments).await {
        Ok(measured) => {
            if json {
                output::document("bench", &measured);
            } else {
                output::line(&told(&measured));
            }
            if measured.right {
                Exit::Done
            } else {
                Exit::Failed
            }
        }
        Err(error) => super::failed(&error),
    }
}

fn told(m: &Measured) -> String {
    format!(
        "read {} lines of {:.1} MB in {:.2} s: {:.0} lines a second, {:.1} times the goal of {:.0}; memory grew by {:.1} MB at most; {} ({})",
        m.lines,
        m.bytes as f64 / 1e6,
        m.seconds,
        m.lines_per_second,
        m.ratio,
        m.goal_lines_per_second,
        m.memory_bytes / 1e6,
        if m.right {
            "the error that began was found, and nothing else"
        } else {
            "what was found is wrong"
        },
        m.signatures.join("; ")
    )
}

async fn measured(arguments: &Arguments) -> Result<Measured, String> {
    let dir = tempfile::TempDir::new().map_err(|error| error.to_string())?;
    let path = dir.path().join("shop.log");
    let start = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_800_000_000);
    let begins = arguments.seconds / 2 / 5 * 5;
    flood(&path, arguments, start, begins).map_err(|error| error.to_string())?;
    let files = Files::new(vec![(path.display().to_string(), None)]);
    let mut reader = LogReader::Files(files.map_err(|error| error.to_string())?);
    let window = Window {
        from: start,
        until: start + SignedDuration::from_secs(i64::from(arguments.seconds)),
    };
    let bounds = Bounds {
        lines: u64::MAX,
        bytes: u64::MAX,
        time: Duration::from_secs(600),
    };
    let before = memory("VmRSS:");
    let begun = Instant::now();
    let mut miner = Miner::default();
    let mut take = |record| miner.take(&record, 0);
    let came = reader.read(&window, &bounds, &mut take).await;
    let came = came.map_err(|error| error.to_string())?;
    let spans = Spans {
        from: window.from,
        since: start + SignedDuration::from_secs(i64::from(begins)),
        until: window.until - SignedDuration::from_secs(1),
    };
    let found = miner.signatures(&spans, 5);
    let seconds = begun.elapsed().as_secs_f64();
    let expected = u64::from(arguments.seconds - begins) * 2;
    let right = matches!(found.as_slice(), [one] if one.change == Change::New
        && one.before == 0 && one.after == expected && one.origin.as_deref() == Some("shop/cart.py in show"));
    let lines_per_second = came.lines as f64 / seconds;
    Ok(Measured {
        lines: came.lines,
        bytes: came.bytes,
        seconds,
        lines_per_second,
        goal_lines_per_second: GOAL,
        ratio: lines_per_second / GOAL,
        memory_bytes: (memory("VmHWM:") - before).max(0.0),
        right,
        signatures: found.into_iter().map(|one| one.template).collect(),
    })
}

/// A service that logs much: half of it is no trouble, the other half always was there, and one error begins.
fn flood(path: &Path, arguments: &Arguments, start: Timestamp, begins: u32) -> std::io::Result<()> {
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    for second in 0..arguments.seconds {
        let at = start + SignedDuration::from_secs(i64::from(second));
        for n in 0..arguments.rate {
            match n % 8 {
                0..4 => writeln!(
                    file,
                    "{at} INFO shop.web GET /products/{n} 200 in {} ms",
                    n % 90
                )?,
                4 => writeln!(
                    file,
                    "{at} WARNING shop.database pool wait of {n} ms for user{n}@example.com"
                )?,
                5 => writeln!(
                    file,
                    "{at} ERROR shop.partner call {n} to postgres://shop:pw{n}@db-{}:5432 was reset",
                    n % 7
                )?,
                6 => writeln!(
                    file,
                    "{{\"time\":\"{at}\",\"level\":\"warn\",\"msg\":\"retry {} of job {n}\",\"route\":\"/cart\"}}",
                    n % 3
                )?,
                _ => writeln!(
                    file,
                    "{at} ERROR shop.orders order {n} of session {second:x}{n:x} has no address"
                )?,
            }
        }
        for _ in 0..if second >= begins { 2 } else { 0 } {
            writeln!(
                file,
                "{at} ERROR shop.web GET /cart 500\nTraceback (most recent call last):\n  File \"shop/app.py\", line 22, in do_GET\n  File \"shop/cart.py\", line 9, in show\nIndexError: list index out of range"
            )?;
        }
    }
    file.flush()
}

/// Memory of this process, in bytes.
fn memory(field: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(field));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) * 1024.0
}
