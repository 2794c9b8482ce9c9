//! What spoke against a deployment, whatever came of it: by the plan, by what could be measured, and by what
//! became of those before it.

use super::Report;
use super::earlier::went_back;
use super::signals::SignalVerdict;
use crate::plan::Plan;
use crate::policy::MIN_HISTORY_FOR_ROLLBACK_S;
use crate::verdict::{Comparison, Tier};
use serde::Serialize;

/// A step of more than this part of all instances is large.
const LARGE_STEP: f64 = 0.5;
/// Watched for less, hardly anything shows, in seconds.
const SHORT_BAKE_S: f64 = 120.0;
/// Releases before this one that a record needs.
const RECORD: usize = 3;

/// How much speaks against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RiskLevel {
    /// Little or nothing.
    #[default]
    Low,
    /// Something.
    Medium,
    /// Much.
    High,
}

/// One thing that speaks against it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "factor")]
pub enum RiskFactor {
    /// Going back does not undo it.
    Irreversible,
    /// There is nothing to go back to.
    FirstRelease,
    /// What there is to go back to never proved good.
    TargetNotKnownGood,
    /// Nothing unchanged runs beside it for comparison.
    NoControl,
    /// There was less than ten minutes of history.
    LittleHistory {
        /// How much there was, in seconds.
        seconds: f64,
    },
    /// Signals without data.
    Blind {
        /// How many.
        signals: usize,
    },
    /// Many instances change at once.
    LargeStep {
        /// How many.
        instances: usize,
        /// Of how many.
        of: usize,
    },
    /// The first instance is watched for a short time.
    ShortBake {
        /// How long, in seconds.
        seconds: f64,
    },
    /// No rollback of this service was ever carried out.
    RollbackUntested,
    /// Releases of this service before were answered with a pause or a rollback.
    BadRecord {
        /// How many.
        bad: usize,
        /// Of how many.
        of: usize,
    },
}

impl RiskFactor {
    fn weight(&self) -> u32 {
        match self {
            Self::Irreversible => 3,
            Self::FirstRelease | Self::TargetNotKnownGood => 2,
            _ => 1,
        }
    }
}

/// How much speaks against it, and what.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Risk {
    /// Low with less than two points, high with four and more; see the weights of the factors: three for what
    /// cannot be undone, two for having nothing good to go back to, one for each other.
    pub level: RiskLevel,
    /// What.
    pub factors: Vec<RiskFactor>,
}

pub(super) fn risk(plan: &Plan, report: &Report) -> Risk {
    let factors: Vec<RiskFactor> = of_the_plan(plan)
        .into_iter()
        .chain(of_the_measures(report))
        .chain(of_the_record(report))
        .collect();
    let points: u32 = factors.iter().map(RiskFactor::weight).sum();
    let level = match points {
        0 | 1 => RiskLevel::Low,
        2 | 3 => RiskLevel::Medium,
        _ => RiskLevel::High,
    };
    Risk { level, factors }
}

fn of_the_plan(plan: &Plan) -> Vec<RiskFactor> {
    let mut factors = Vec::new();
    if !plan.reversible {
        factors.push(RiskFactor::Irreversible);
    }
    if plan.from.is_none() {
        factors.push(RiskFactor::FirstRelease);
    } else if !plan.from_known_good {
        factors.push(RiskFactor::TargetNotKnownGood);
    }
    if plan.comparison == Comparison::BeforeVsAfter {
        factors.push(RiskFactor::NoControl);
    }
    let (instances, of) = (plan.batch(), plan.instances().count());
    if of > 1 && instances as f64 > LARGE_STEP * of as f64 {
        factors.push(RiskFactor::LargeStep { instances, of });
    }
    let watched = plan.steps.first().map(|step| step.bake_s);
    if let Some(seconds) = watched.filter(|seconds| *seconds < SHORT_BAKE_S) {
        factors.push(RiskFactor::ShortBake { seconds });
    }
    factors
}

fn of_the_measures(report: &Report) -> Vec<RiskFactor> {
    let mut factors = Vec::new();
    let little = report.history_s.filter(|s| *s < MIN_HISTORY_FOR_ROLLBACK_S);
    if let Some(seconds) = little {
        factors.push(RiskFactor::LittleHistory { seconds });
    }
    let unmeasured = report.signals.iter();
    let unmeasured = unmeasured.filter(|row| row.verdict == SignalVerdict::Unmeasured);
    let blind = report.blind.iter().filter(|blind| blind.surprises());
    let signals = unmeasured.count().max(blind.count());
    if signals > 0 {
        factors.push(RiskFactor::Blind { signals });
    }
    factors
}

fn of_the_record(report: &Report) -> Vec<RiskFactor> {
    let mut factors = Vec::new();
    let earlier = &report.earlier;
    let ever = earlier.iter().any(|one| one.rolled_back) || went_back(report);
    if !earlier.is_empty() && !ever {
        factors.push(RiskFactor::RollbackUntested);
    }
    let bad = earlier.iter().filter(|one| one.tier >= Tier::Pause).count();
    if earlier.len() >= RECORD && 2 * bad >= earlier.len() {
        let of = earlier.len();
        factors.push(RiskFactor::BadRecord { bad, of });
    }
    factors
}
