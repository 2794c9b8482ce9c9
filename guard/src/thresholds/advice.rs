//! What is advised for the alerts of a service, with all that it rests on.

use super::{Comparison, Condition, Load, Outcome, Period, Tuned};
use crate::at::At;
use serde::Serialize;

/// The alerts of a service, as they were and as they could be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Advised {
    /// The service.
    pub service: String,
    /// Where.
    pub environment: String,
    /// From when.
    pub since: At,
    /// Until when.
    pub until: At,
    /// Seconds between two moments that were looked at.
    pub step_s: i64,
    /// Its rules.
    pub rules: Vec<RuleAdvised>,
    /// Rules of the service that were too many to be looked at.
    pub left_out: usize,
    /// Incidents that somebody confirmed.
    pub incidents: usize,
    /// Incidents that nobody judged.
    pub unjudged: usize,
    /// What people said of alerts.
    pub labels: usize,
    /// Deployments of the service.
    pub deployments: usize,
    /// A usual day of the service, where its requests are counted.
    pub load: Option<Load>,
    /// What could not be read, in words of the source.
    pub missing: Vec<String>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleAdvised {
    /// Its name.
    pub alert: String,
    /// Its group.
    pub group: String,
    /// What it alerts on, as configured.
    pub expr: String,
    /// Whether it speaks of other services, too: then the new one is for this service alone.
    pub shared: bool,
    /// Firings that the source recorded; none where it kept none.
    pub recorded: Option<u32>,
    /// Alerts of this name that Tawny was told of.
    pub told: u32,
    /// What came of looking.
    #[serde(flatten)]
    pub looked: Looked,
}

/// What came of looking at a rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "looked")]
pub enum Looked {
    /// It has a threshold, and a past.
    Tuned(Box<Threshold>),
    /// It compares no value with a number: there is no threshold to tune.
    NoThreshold,
    /// What it measures was not there.
    NoData,
    /// It measures too many series.
    TooManySeries,
    /// The source refused.
    Failed {
        /// Its words.
        why: String,
    },
}

/// A rule with a threshold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Threshold {
    /// What is held against it, as PromQL.
    pub value: String,
    /// How.
    pub comparison: Comparison,
    /// As it is.
    pub present: Condition,
    /// Firings while a deployment of the service was watched.
    pub during_deployments: u32,
    /// Firings that nobody has called true or false, the newest first; the first ones.
    pub to_judge: Vec<Period>,
    /// What the past says.
    #[serde(flatten)]
    pub tuned: Tuned,
    /// The new expression, where there is a better threshold.
    pub proposed: Option<String>,
}

/// All rules together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Totals {
    /// As it is.
    pub before: Outcome,
    /// With what is advised.
    pub after: Outcome,
    /// While a deployment of the service was watched.
    pub during_deployments: u32,
}

impl RuleAdvised {
    /// The threshold, where it has one.
    #[must_use]
    pub fn threshold(&self) -> Option<&Threshold> {
        match &self.looked {
            Looked::Tuned(threshold) => Some(threshold),
            _ => None,
        }
    }
}

impl Advised {
    /// All rules together.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for threshold in self.rules.iter().filter_map(RuleAdvised::threshold) {
            let before = threshold.tuned.before;
            let best = threshold.tuned.best();
            totals.before = totals.before.and(before);
            totals.after = totals.after.and(best.map_or(before, |best| best.outcome));
            totals.during_deployments += threshold.during_deployments;
        }
        totals
    }

    /// Whether half of the false alarms would be gone; none where there were none.
    #[must_use]
    pub fn enough(&self) -> Option<bool> {
        let Totals { before, after, .. } = self.totals();
        let (before, after) = (f64::from(before.wrong), f64::from(after.wrong));
        (before > 0.0).then_some(before - after >= super::WORTH * before)
    }
}
