//! Whether a deployment is healthy: what its watch came to, beside what was measured before and after.

use crate::cause::Cause;
use crate::report::{Outcome, Report};
use crate::root_cause::{Advice, by_rules};
use crate::verdict::Verdict;
use serde::Serialize;

/// So many seconds before the change are shown.
pub const BEFORE_S: i64 = 1800;
/// And so many after it.
pub const AFTER_S: i64 = 900;

/// What to do with a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    /// Go on.
    Continue,
    /// Keep looking before anything else.
    Observe,
    /// Bring the version before back.
    RollBack,
}

/// What was measured of a signal, before and after, whatever is said of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WindowRow {
    /// Which.
    pub signal: String,
    /// The unit.
    pub unit: String,
    /// The mean before the change; none where nothing was measured.
    pub before: Option<f64>,
    /// The mean after it.
    pub after: Option<f64>,
}

/// Half an hour before, and a quarter of an hour after, as the source has it.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Windows {
    /// Seconds before the change.
    pub before_s: i64,
    /// Seconds after it, as far as they have passed.
    pub after_s: i64,
    /// Signal by signal.
    pub rows: Vec<WindowRow>,
    /// What could not be read, in words of the source.
    pub missing: Vec<String>,
}

/// The health of a deployment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HealthCheck {
    /// What to do.
    pub advice: Next,
    /// What was measured before and after.
    pub windows: Windows,
    /// The deployment's report: the verdict is there, and nothing here judges anew.
    #[serde(flatten)]
    pub report: Report,
}

impl HealthCheck {
    /// The check of a report.
    #[must_use]
    pub fn of(report: Report, windows: Windows) -> Self {
        Self {
            advice: advice(&report),
            windows,
            report,
        }
    }

    /// The same, with authors by their names alone.
    #[must_use]
    pub fn without_addresses(mut self) -> Self {
        self.report.cause = self.report.cause.map(Cause::without_addresses);
        self
    }
}

fn advice(report: &Report) -> Next {
    if report.outcome == Outcome::RolledBack {
        return Next::Observe;
    }
    match by_rules(report).map(|written| written.recommendation.action) {
        Some(Advice::Resume) => Next::Continue,
        Some(Advice::RollBack) => Next::RollBack,
        Some(Advice::Hold | Advice::FixForward) => Next::Observe,
        None if report.verdict == Some(Verdict::Healthy) => Next::Continue,
        // No data is never healthy, and what nobody has judged is not yet.
        None => Next::Observe,
    }
}
