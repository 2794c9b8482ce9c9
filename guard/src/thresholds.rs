//! Better thresholds for alerts: which ones would have fired less often for nothing and missed nothing, by what was
//! measured and by what people confirmed. Pure: the same course and the same truth give the same thresholds.
//!
//! A threshold is only ever made stricter, so that what a candidate does is found among the excursions beyond the present
//! one; and each candidate is held against the past before it is proposed.

use serde::Serialize;

mod advice;
mod by_hour;
mod condition;
mod firing;
mod label;
mod levels;
mod load;
mod search;
mod steady;
#[cfg(test)]
mod tests;
mod truth;

pub use advice::{Advised, Looked, RuleAdvised, Threshold, Totals};
pub use condition::{AtHours, Comparison, Condition, Hours, Side};
pub use firing::{Course, Period, firings};
pub use label::AlertLabel;
pub use load::{HourLoad, Load, Spike};
pub use search::tune;
pub use truth::{Outcome, Truth};

/// What fires again within so many seconds is the same alarm.
pub const MERGED_S: i64 = 300;
/// So many seconds later than before a true alarm may come.
pub const PATIENCE_S: i64 = 300;
/// At least so much of the false alarms is to go.
pub const WORTH: f64 = 0.5;

/// A condition, and what it would have done.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Candidate {
    /// When it fires.
    pub condition: Condition,
    /// What it would have said.
    pub outcome: Outcome,
    /// So many seconds later than before would a true alarm have come, at most.
    pub later_s: i64,
}

/// The true alarm that keeps thresholds from going further.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Blocker {
    /// When it was.
    pub period: Period,
    /// The worst that was measured in it.
    pub peak: f64,
    /// False alarms that went as far, or further.
    pub beyond: u32,
}

/// What came of the search.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum Verdict {
    /// Half of the false alarms or more are gone, and no true one.
    Better,
    /// Some are gone, but fewer than half.
    NotHalf {
        /// What keeps the others.
        blocker: Option<Blocker>,
    },
    /// None would go without a true one.
    Inseparable {
        /// What keeps them.
        blocker: Option<Blocker>,
    },
    /// There is nothing to make better.
    NothingFalse,
    /// Nobody confirmed an alarm: whether anything is missed could not be seen.
    NothingConfirmed,
}

/// What was chosen on the first two thirds alone would have done so in the last.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HeldOut {
    /// Seconds of the last part.
    pub seconds: i64,
    /// As it is.
    pub before: Outcome,
    /// With what was chosen without knowing it.
    pub after: Outcome,
    /// True alarms that would have been lost.
    pub lost: u32,
}

/// What the past says about a rule's threshold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tuned {
    /// The rule as it is, evaluated anew.
    pub before: Outcome,
    /// The best with one threshold for all hours.
    pub steady: Option<Candidate>,
    /// The best with another threshold at some hours, where that is better still.
    pub by_hour: Option<Candidate>,
    /// What came of it.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// How it would have done on days that it was not chosen on.
    pub held_out: Option<HeldOut>,
}

impl Tuned {
    /// What to change to, if anything is better.
    #[must_use]
    pub fn best(&self) -> Option<&Candidate> {
        self.by_hour.as_ref().or(self.steady.as_ref())
    }
}
