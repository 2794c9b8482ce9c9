//! What is counted about the journal, for the metrics page of whoever opened it.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::JournalError;

/// Upper bounds in seconds: a sync to a good disk takes a millisecond, a commit over a network ten.
const BUCKETS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// Every way an append can end.
const OUTCOMES: [&str; 5] = ["committed", "conflict", "fenced", "unknown", "failed"];

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct OutcomeLabels {
    outcome: &'static str,
}

/// The instruments of a journal. Clones share them.
#[derive(Clone, Debug)]
pub struct JournalMeters {
    appends: Family<OutcomeLabels, Histogram, fn() -> Histogram>,
}

impl Default for JournalMeters {
    fn default() -> Self {
        let appends: Family<OutcomeLabels, Histogram, fn() -> Histogram> =
            Family::new_with_constructor(|| Histogram::new(BUCKETS));
        for outcome in OUTCOMES {
            drop(appends.get_or_create(&OutcomeLabels { outcome }));
        }
        Self { appends }
    }
}

impl JournalMeters {
    /// Shows them on the page of `registry`.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "journal_append_seconds",
            "Time until an append was durable or refused, by outcome",
            self.appends.clone(),
        );
    }

    pub(crate) fn appended<T>(&self, took: Duration, result: &Result<T, JournalError>) {
        let outcome = match result {
            Ok(_) => "committed",
            Err(JournalError::Conflict { .. }) => "conflict",
            Err(JournalError::Fenced { .. } | JournalError::ClaimLost { .. }) => "fenced",
            Err(JournalError::CommitUnknown(_)) => "unknown",
            Err(_) => "failed",
        };
        let appends = self.appends.get_or_create(&OutcomeLabels { outcome });
        appends.observe(took.as_secs_f64());
    }
}
