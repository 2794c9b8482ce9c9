//! `tawny replay`: judges a recorded deployment line by line, as the live watch would have.
//!
//! The format is that of `contracts.md`: a header, perhaps the reference of the day before, then
//! one line per scrape. A line is judged before the next is read. What a watch was fed is kept in a
//! form of its own ([`guard::detect::Head`], [`guard::detect::Step`]), which is judged the same way.

mod agree;
mod explain;
mod header;
mod line;
mod picture;
#[cfg(test)]
mod regressions;
mod svg;
#[cfg(test)]
mod tests;

use std::io::{BufRead, Write};

use guard::detect::{
    Comparison, Detector, Evidence, Head, RECORDING, Sample, Sensitivity, SeriesId, SeriesSpec,
    Statement, Step, Summary, Verdict, WatchSpec, tier_of,
};
use serde::Serialize;

pub(crate) use agree::{Agreement, agreement};
pub(crate) use explain::explain;
pub(crate) use picture::Picture;
pub(crate) use svg::svg;

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
    pub(crate) fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Healthy => ExitVerdict::Healthy,
            Verdict::Degraded => ExitVerdict::Degraded,
            Verdict::Inconclusive | Verdict::Unmeasured => ExitVerdict::Unsure,
        }
    }

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
pub fn run(
    input: impl BufRead,
    how: Option<Sensitivity>,
    mut output: impl Write,
) -> Result<ExitVerdict, ReplayError> {
    judge(input, how, |line| {
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
    input: impl BufRead,
    how: Option<Sensitivity>,
    mut say: impl FnMut(&str) -> std::io::Result<()>,
) -> Result<ExitVerdict, ReplayError> {
    let summary = follow(input, how, |seen| match seen {
        Seen::Said(statement, comparison) => say(&words(statement, comparison)),
        Seen::Began(..) | Seen::Series(..) | Seen::Sample(..) | Seen::Judged(..) => Ok(()),
    })?;
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
    Ok(ExitVerdict::of(summary.verdict))
}

/// What passes by while an episode is judged.
pub(crate) enum Seen<'a> {
    /// A comparison begins. A recording may hold several: one after the other, each of which begins as
    /// part zero, and side by side, as further parts.
    Began(usize, &'a WatchSpec),
    /// A series of a part is known; they are numbered in their order from zero.
    Series(usize, &'a SeriesSpec),
    /// Part, number of the series, time, value.
    Sample(usize, usize, f64, f64),
    /// Something is said.
    Said(&'a Statement, Comparison),
    /// A part of a recording was judged in this step: what it says of all of its signals by now.
    Judged(&'a Step, &'a Detector),
}

/// Judges an episode or a recording line by line, and tells what passes by. `how` replaces the sensitivity
/// of what was recorded.
pub(crate) fn follow(
    mut input: impl BufRead,
    how: Option<Sensitivity>,
    mut tell: impl FnMut(Seen<'_>) -> std::io::Result<()>,
) -> Result<Summary, ReplayError> {
    let mut text = Vec::new();
    let mut number = 0;
    let mut judged: Option<Judged> = None;
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
        let took = match &mut judged {
            Some(Judged::Recording(parts, looked_at)) => {
                recorded(parts, looked_at, trimmed, how, &mut tell)
            }
            Some(Judged::Episode(episode)) => episode.line(trimmed, &mut cells, &mut tell),
            None => Judged::begin(trimmed, how, &mut tell).map(|begun| judged = Some(begun)),
        };
        took.map_err(|failed| match failed {
            Failed::Line(reason) => wrong(reason),
            Failed::Write(error) => ReplayError::Write(error),
        })?;
    }
    judged
        .as_ref()
        .map(Judged::summary)
        .ok_or(ReplayError::Empty)
}

enum Failed {
    Line(String),
    Write(std::io::Error),
}

/// What is under way.
enum Judged {
    Episode(Box<Episode>),
    /// The comparisons that are judged side by side, and when they were last.
    Recording(Vec<Detector>, Option<f64>),
}

struct Episode {
    detector: Detector,
    header: Header,
    series: Vec<SeriesId>,
}

const HEAD: &[u8] = b"{\"recording\"";

impl Judged {
    fn begin(
        text: &[u8],
        how: Option<Sensitivity>,
        tell: &mut impl FnMut(Seen<'_>) -> std::io::Result<()>,
    ) -> Result<Self, Failed> {
        if text.starts_with(HEAD) {
            let mut parts = Vec::new();
            recorded(&mut parts, &mut None, text, how, tell)?;
            return Ok(Self::Recording(parts, None));
        }
        let header: Header = serde_json::from_slice(text)
            .map_err(|e| Failed::Line(format!("expected the header: {e}")))?;
        let (detector, series) = header
            .detector(how.unwrap_or_default())
            .map_err(Failed::Line)?;
        tell(Seen::Began(0, detector.spec())).map_err(Failed::Write)?;
        for series in header.declared() {
            tell(Seen::Series(0, &series)).map_err(Failed::Write)?;
        }
        let episode = Episode {
            detector,
            header,
            series,
        };
        Ok(Self::Episode(Box::new(episode)))
    }

    fn summary(&self) -> Summary {
        match self {
            Judged::Episode(episode) => episode.detector.summary(),
            Judged::Recording(parts, looked_at) => {
                let together = Summary::together(parts.iter().map(Detector::summary));
                Summary {
                    t: looked_at.unwrap_or(together.t),
                    ..together
                }
            }
        }
    }
}

/// A line of a recording.
fn recorded(
    parts: &mut Vec<Detector>,
    looked_at: &mut Option<f64>,
    text: &[u8],
    how: Option<Sensitivity>,
    tell: &mut impl FnMut(Seen<'_>) -> std::io::Result<()>,
) -> Result<(), Failed> {
    if text.starts_with(HEAD) {
        let mut head: Head = serde_json::from_slice(text)
            .map_err(|e| Failed::Line(format!("expected the head of a recording: {e}")))?;
        if head.recording != RECORDING {
            return Err(Failed::Line(format!(
                "a recording of version {}, expected {RECORDING}: it is from another Tawny",
                head.recording
            )));
        }
        if head.part > parts.len() {
            let known = parts.len();
            return Err(Failed::Line(format!(
                "part {} begins, expected one of 0 to {known}",
                head.part
            )));
        }
        parts.truncate(head.part);
        head.watch.sensitivity = how.unwrap_or(head.watch.sensitivity);
        tell(Seen::Began(head.part, &head.watch)).map_err(Failed::Write)?;
        parts.push(Detector::new(head.watch));
        return Ok(());
    }
    let step: Step = serde_json::from_slice(text)
        .map_err(|e| Failed::Line(format!("expected a step of the recording: {e}")))?;
    let known = parts.len();
    let part = step.part;
    let detector = parts.get_mut(part).ok_or_else(|| {
        Failed::Line(format!(
            "a step of part {part}, expected one of 0 to {}",
            known - 1
        ))
    })?;
    for series in &step.declare {
        tell(Seen::Series(part, series)).map_err(Failed::Write)?;
    }
    for (series, t, value) in &step.samples {
        if let Some(value) = value {
            tell(Seen::Sample(part, *series, *t, *value)).map_err(Failed::Write)?;
        }
    }
    let mut statements = step.feed(detector);
    if step.judged {
        *looked_at = Some(step.now);
    }
    for statement in &mut statements {
        // The watch said it when it looked; by then its newest sample had settled for a while.
        statement.t = step.now;
    }
    said(&statements, detector, tell)?;
    if step.judged {
        tell(Seen::Judged(&step, detector)).map_err(Failed::Write)?;
    }
    Ok(())
}

fn said(
    statements: &[Statement],
    detector: &Detector,
    tell: &mut impl FnMut(Seen<'_>) -> std::io::Result<()>,
) -> Result<(), Failed> {
    let comparison = detector.spec().comparison;
    for statement in statements {
        tell(Seen::Said(statement, comparison)).map_err(Failed::Write)?;
    }
    Ok(())
}

impl Episode {
    fn line(
        &mut self,
        text: &[u8],
        cells: &mut Vec<Cell>,
        tell: &mut impl FnMut(Seen<'_>) -> std::io::Result<()>,
    ) -> Result<(), Failed> {
        if text.starts_with(b"{\"ref\"") {
            let reference = self.header.reference(text).map_err(Failed::Line)?;
            self.detector.reference(&reference);
            return Ok(());
        }
        let t = line::parse(text, cells).map_err(Failed::Line)?;
        if cells.len() > self.series.len() {
            return Err(Failed::Line(format!(
                "{} values for {} series",
                cells.len(),
                self.series.len()
            )));
        }
        for (k, (cell, id)) in cells.iter().zip(&self.series).enumerate() {
            match cell {
                Cell::None => {}
                Cell::Nan => self.detector.push(*id, t, Sample::Nan),
                Cell::Value(v) => {
                    self.detector.push(*id, t, Sample::Value(*v));
                    tell(Seen::Sample(0, k, t, *v)).map_err(Failed::Write)?;
                }
            }
        }
        said(&self.detector.tick(t), &self.detector, tell)
    }
}

fn words(statement: &Statement, comparison: Comparison) -> String {
    let tier = tier_of(statement, comparison);
    let said = Said {
        t: statement.t,
        tier,
        action: match tier {
            1 => "warn",
            2 => "pause",
            _ => "rollback",
        },
        signal: &statement.signal,
        // A moment of today has ten digits before the point.
        onset_t: (statement.onset_t * 1000.0).round() / 1000.0,
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
