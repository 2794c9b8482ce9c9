//! `tawny replay`: judges a recorded deployment line by line, as the live watch would have.
//!
//! The format is that of `contracts.md`: a header, perhaps the reference of the day before, then
//! one line per scrape. A line is judged before the next is read.

mod header;
mod line;
#[cfg(test)]
mod tests;

use std::io::{BufRead, Write};

use guard::detect::{Detector, Evidence, Sample, SeriesId, Statement, Verdict, tier_of};
use serde::Serialize;

use header::Header;
use line::Cell;

/// Why an episode cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The input could not be read.
    #[error("cannot read the episode: {0}")]
    Read(#[source] std::io::Error),
    /// The output could not be written.
    #[error("cannot write the statements: {0}")]
    Write(#[source] std::io::Error),
    /// There was no header.
    #[error("the episode is empty, expected a header line with `signals` and `series`")]
    Empty,
    /// A line is not what it should be.
    #[error("line {line} of the episode: {reason}")]
    Line {
        /// Number of the line, from 1.
        line: usize,
        /// What was expected, and what was found.
        reason: String,
    },
}

/// How a replay ended; its number is the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitVerdict {
    /// 0.
    Healthy,
    /// 1.
    Degraded,
    /// 2: inconclusive or unmeasured.
    Unsure,
}

impl ExitVerdict {
    /// The exit code of the contract.
    pub fn code(self) -> u8 {
        match self {
            ExitVerdict::Healthy => 0,
            ExitVerdict::Degraded => 1,
            ExitVerdict::Unsure => 2,
        }
    }
}

#[derive(Serialize)]
struct Said<'a> {
    t: f64,
    tier: u8,
    action: &'a str,
    signal: &'a str,
    onset_t: f64,
    confidence: f64,
    baseline: f64,
    current: f64,
    unit: &'a str,
    scope: &'a str,
    window_s: f64,
    reason: &'a str,
}

/// Reads an episode from `input` and writes each statement to `output` as soon as it is made.
///
/// # Errors
/// A line that is not of the format, or an input or output that fails.
pub fn run(input: impl BufRead, mut output: impl Write) -> Result<ExitVerdict, ReplayError> {
    judge(input, |line| {
        output
            .write_all(line.as_bytes())
            .and_then(|()| output.write_all(b"\n"))
            .and_then(|()| output.flush())
    })
}

/// The same, handing each line of JSON to `say`.
///
/// # Errors
/// A line that is not of the format, or an input or output that fails.
pub fn judge(
    mut input: impl BufRead,
    mut say: impl FnMut(&str) -> std::io::Result<()>,
) -> Result<ExitVerdict, ReplayError> {
    let mut text = Vec::new();
    let mut number = 0;
    let mut detector: Option<(Detector, Vec<SeriesId>, Header)> = None;
    let mut cells: Vec<Cell> = Vec::new();
    loop {
        text.clear();
        if input
            .read_until(b'\n', &mut text)
            .map_err(ReplayError::Read)?
            == 0
        {
            break;
        }
        number += 1;
        let trimmed = text.trim_ascii();
        if trimmed.is_empty() {
            continue;
        }
        let wrong = |reason: String| ReplayError::Line {
            line: number,
            reason,
        };
        let Some((detector, series, header)) = &mut detector else {
            let header: Header = serde_json::from_slice(trimmed)
                .map_err(|e| wrong(format!("expected the header: {e}")))?;
            let (made, ids) = header.detector().map_err(wrong)?;
            detector = Some((made, ids, header));
            continue;
        };
        if trimmed.starts_with(b"{\"ref\"") {
            let reference = header.reference(trimmed).map_err(wrong)?;
            detector.reference(&reference);
            continue;
        }
        let t = line::parse(trimmed, &mut cells).map_err(wrong)?;
        if cells.len() > series.len() {
            return Err(wrong(format!(
                "{} values for {} series",
                cells.len(),
                series.len()
            )));
        }
        for (cell, id) in cells.iter().zip(series.iter()) {
            match cell {
                Cell::None => {}
                Cell::Nan => detector.push(*id, t, Sample::Nan),
                Cell::Value(v) => detector.push(*id, t, Sample::Value(*v)),
            }
        }
        for statement in detector.tick(t) {
            say(&words(&statement, detector)).map_err(ReplayError::Write)?;
        }
    }
    let Some((detector, ..)) = detector else {
        return Err(ReplayError::Empty);
    };
    let summary = detector.summary();
    let visible: serde_json::Map<String, serde_json::Value> = summary
        .signals
        .iter()
        .filter_map(|s| {
            s.smallest_visible
                .map(|v| (s.key.clone(), serde_json::json!(round(v))))
        })
        .collect();
    let last = serde_json::json!({
        "summary": true, "verdict": summary.verdict.word(), "t": summary.t, "smallest_visible": visible,
    });
    say(&last.to_string()).map_err(ReplayError::Write)?;
    Ok(match summary.verdict {
        Verdict::Healthy => ExitVerdict::Healthy,
        Verdict::Degraded => ExitVerdict::Degraded,
        Verdict::Inconclusive | Verdict::Unmeasured => ExitVerdict::Unsure,
    })
}

fn words(statement: &Statement, detector: &Detector) -> String {
    let tier = tier_of(statement, detector.spec().comparison);
    let said = Said {
        t: statement.t,
        tier,
        action: match tier {
            1 => "warn",
            2 => "pause",
            _ => "rollback",
        },
        signal: &statement.signal,
        onset_t: round(statement.onset_t),
        confidence: round(
            statement
                .confidence
                .min(if statement.evidence == Evidence::Warn {
                    0.99
                } else {
                    0.999_999
                }),
        ),
        baseline: round(statement.baseline),
        current: round(statement.current),
        unit: &statement.unit,
        scope: statement.scope.name(),
        window_s: round(statement.window_s),
        reason: &statement.reason,
    };
    serde_json::to_string(&said).unwrap_or_default()
}

/// Six significant digits: enough for a reader, and the same bytes everywhere.
fn round(x: f64) -> f64 {
    if x == 0.0 || !x.is_finite() {
        return 0.0;
    }
    let scale = 10f64.powi(5 - x.abs().log10().floor() as i32);
    (x * scale).round() / scale
}
