//! What is counted about a source, for the metrics page of whoever asks it.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::error::Problem;

/// Upper bounds in seconds: a quick answer takes milliseconds, a call at most the time of all its retries.
const BUCKETS: [f64; 12] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct SourceLabels {
    source: String,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct CallLabels {
    source: String,
    outcome: &'static str,
}

type PerSource<T> = Family<SourceLabels, T>;

/// The instruments of all sources. Clones share them.
#[derive(Clone, Debug)]
pub struct SourceMeters {
    calls: Family<CallLabels, Histogram, fn() -> Histogram>,
    retries: PerSource<Counter>,
    budget_wait: PerSource<Counter<f64, std::sync::atomic::AtomicU64>>,
    warnings: PerSource<Counter>,
}

impl Default for SourceMeters {
    fn default() -> Self {
        Self {
            calls: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            retries: Family::default(),
            budget_wait: Family::default(),
            warnings: Family::default(),
        }
    }
}

impl SourceMeters {
    /// Shows them on the page of `registry`.
    pub fn register(&self, registry: &mut Registry) {
        registry.register(
            "source_query_seconds",
            "Time of a query to a metric source, retries and waits included, by outcome",
            self.calls.clone(),
        );
        registry.register(
            "source_retries",
            "Attempts beyond the first one of each query",
            self.retries.clone(),
        );
        registry.register(
            "source_budget_wait_seconds",
            "Time that requests waited for the query budget, or because the server asked for a pause",
            self.budget_wait.clone(),
        );
        registry.register(
            "source_warnings",
            "Warnings with which a source answered: its data may be incomplete",
            self.warnings.clone(),
        );
    }

    /// What one source counts with.
    #[must_use]
    pub fn of(&self, source: &str) -> SourceMeter {
        let source = SourceLabels {
            source: source.to_owned(),
        };
        // From here on they are there: what begins at its first event hides that event from a rate.
        drop(self.retries.get_or_create(&source));
        drop(self.budget_wait.get_or_create(&source));
        drop(self.warnings.get_or_create(&source));
        let meter = SourceMeter {
            meters: self.clone(),
            source,
        };
        drop(meter.meters.calls.get_or_create(&meter.labels("ok")));
        meter
    }
}

/// The instruments of one source.
#[derive(Clone, Debug)]
pub struct SourceMeter {
    meters: SourceMeters,
    source: SourceLabels,
}

impl Default for SourceMeter {
    /// One that nobody reads.
    fn default() -> Self {
        SourceMeters::default().of("")
    }
}

impl SourceMeter {
    /// The name of the source, for logs.
    pub(super) fn name(&self) -> &str {
        &self.source.source
    }

    /// A call came to its end.
    pub(super) fn called<T>(&self, took: Duration, result: &Result<T, (u32, Problem)>) {
        let outcome = match result {
            Ok(_) => "ok",
            Err((_, problem)) => problem.word(),
        };
        let calls = self.meters.calls.get_or_create(&self.labels(outcome));
        calls.observe(took.as_secs_f64());
    }

    pub(super) fn retried(&self) {
        self.meters.retries.get_or_create(&self.source).inc();
    }

    pub(super) fn waited(&self, time: Duration) {
        // Passing an open gate is no wait.
        if time < Duration::from_millis(1) {
            return;
        }
        let waited = self.meters.budget_wait.get_or_create(&self.source);
        waited.inc_by(time.as_secs_f64());
    }

    pub(super) fn warned(&self, warnings: usize) {
        let counted = self.meters.warnings.get_or_create(&self.source);
        counted.inc_by(warnings as u64);
    }

    fn labels(&self, outcome: &'static str) -> CallLabels {
        CallLabels {
            source: self.source.source.clone(),
            outcome,
        }
    }
}

impl Problem {
    /// A word for labels: as many as there are kinds.
    fn word(&self) -> &'static str {
        match self {
            Self::Unusable(_) => "unusable",
            Self::Connection(_) => "connection",
            Self::Timeout(_) => "timeout",
            Self::Tls(_) => "tls",
            Self::Token { .. } => "token",
            Self::OverBudget(_) => "over_budget",
            Self::Busy(_) => "busy",
            Self::RateLimited { .. } => "rate_limited",
            Self::Server { .. } => "server",
            Self::Refused { .. } => "refused",
            Self::Forbidden { .. } => "forbidden",
            Self::Status { .. } => "status",
            Self::Redirect { .. } => "redirect",
            Self::Truncated(_) => "truncated",
            Self::NotJson { .. } => "not_json",
            Self::Shape(_) => "shape",
            Self::TooLarge { .. } => "too_large",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prometheus_client::encoding::text::encode;

    fn page(meters: &SourceMeters) -> String {
        let mut registry = Registry::default();
        meters.register(&mut registry);
        let mut page = String::new();
        encode(&mut page, &registry).unwrap();
        page
    }

    #[test]
    fn a_source_is_on_the_page_before_anything_was_asked() {
        let meters = SourceMeters::default();
        let _meter = meters.of("main");
        let page = page(&meters);
        for line in [
            "source_query_seconds_count{source=\"main\",outcome=\"ok\"} 0",
            "source_retries_total{source=\"main\"} 0",
            "source_warnings_total{source=\"main\"} 0",
        ] {
            assert!(page.contains(line), "{line}\n{page}");
        }
    }

    #[test]
    fn calls_are_counted_by_how_they_ended_and_short_passes_are_no_waits() {
        let meters = SourceMeters::default();
        let meter = meters.of("main");
        meter.called(Duration::from_millis(20), &Ok(()));
        meter.called::<()>(
            Duration::from_secs(3),
            &Err((2, Problem::Timeout(Duration::from_secs(3)))),
        );
        meter.retried();
        meter.warned(2);
        meter.waited(Duration::from_micros(5));
        meter.waited(Duration::from_millis(1500));
        let page = page(&meters);
        for line in [
            "source_query_seconds_count{source=\"main\",outcome=\"ok\"} 1",
            "source_query_seconds_sum{source=\"main\",outcome=\"timeout\"} 3.0",
            "source_retries_total{source=\"main\"} 1",
            "source_warnings_total{source=\"main\"} 2",
            "source_budget_wait_seconds_total{source=\"main\"} 1.5",
        ] {
            assert!(page.contains(line), "{line}\n{page}");
        }
    }
}
