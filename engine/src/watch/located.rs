//! Where an excess comes from: the values of labels that account for it, looked up once when a finding opens.

use super::roles::Roles;
use crate::engine::Engine;
use crate::services::{Part, Signal, Watch};
use guard::detect::{Role, Use};
use guard::excess::{Contribution, Slice, contributions};
use guard::finding::Finding;
use guard::ids::EvidenceId;
use guard::verdict::Comparison;
use jiff::{SignedDuration, Timestamp};
use journal::Evidence;
use sources::metrics::{Selector, Series, increases};
use std::collections::BTreeMap;
use std::time::Duration;

/// Labels that say where or how something is measured, or what is being counted itself: none of them names a
/// part of the service or of its users.
const NO_PART: [&str; 32] = [
    "__name__",
    "instance",
    "job",
    "le",
    "quantile",
    "code",
    "status",
    "status_code",
    "http_status_code",
    "http_response_status_code",
    "grpc_code",
    "rpc_grpc_status_code",
    "outcome",
    "result",
    "error",
    "exception",
    "error_type",
    "pod",
    "pod_name",
    "container",
    "node",
    "host",
    "endpoint_slice",
    "namespace",
    "service",
    "prometheus",
    "cluster",
    "replica",
    "version",
    "otel_scope_name",
    "otel_scope_version",
    "scheme",
];
/// A label with more values than this tells nothing apart, and is left out.
const MOST_VALUES: usize = 100;
/// Series that are looked at, at most.
const MOST_SERIES: usize = 20_000;
/// The longest time that is counted, in seconds.
const LONGEST_S: i64 = 600;

/// What was counted, and what it comes to.
pub(super) struct Located {
    pub(super) accounts: Vec<Contribution>,
    pub(super) evidence: Option<EvidenceId>,
}

impl Engine {
    /// Looks up which values of labels account for what a ratio of counters shows; none where it is no such
    /// signal, where its counters carry no such labels, or where the source does not answer.
    pub(super) async fn locate(
        &self,
        watch: &Watch,
        finding: &Finding,
        roles: &Roles,
        now: Timestamp,
    ) -> Option<Located> {
        let signal = watch.signals.iter().find(|s| s.key == finding.signal)?;
        let counters = counters(signal)?;
        let longest = now - SignedDuration::from_secs(LONGEST_S);
        // A scrape before it began, to count from.
        let from = finding.onset_at.max(longest) - interval(watch) * 2;
        let mut tallies = Tallies::default();
        for (selector, count) in &counters {
            for one in &raw(watch, signal, selector, from, now).await? {
                let changed = match finding.comparison {
                    Comparison::BeforeVsAfter => true,
                    Comparison::CanaryVsStable => match role(watch, signal, one, roles) {
                        Some(Role::Canary) => true,
                        Some(Role::Stable) => false,
                        _ => continue,
                    },
                };
                tallies.add(watch, signal, one, *count, changed, from);
            }
        }
        if finding.comparison == Comparison::BeforeVsAfter {
            // As long before the first instance changed.
            let until = roles.since.unwrap_or(from).min(from);
            let since = until - now.duration_since(from);
            for (selector, count) in &counters {
                for one in &raw(watch, signal, selector, since, until).await? {
                    tallies.add(watch, signal, one, *count, false, since);
                }
            }
        }
        let slices = tallies.slices();
        if slices.is_empty() {
            return None;
        }
        let queries: Vec<String> = counters.iter().map(|(s, _)| s.to_string()).collect();
        let evidence = Evidence {
            source: watch.source_of(signal).name.clone(),
            query: queries.join(" ; "),
            window_start: from,
            window_end: now,
            result: crate::ledger::json(&slices),
            taken_at: now,
        };
        let evidence = match self.writer.put_evidence(&evidence).await {
            Ok(id) => EvidenceId::new(id).ok(),
            Err(error) => {
                tracing::warn!(signal = %finding.signal, %error, "where an excess comes from cannot be stored");
                None
            }
        };
        Some(Located {
            accounts: contributions(&slices),
            evidence,
        })
    }
}

/// What a counter counts.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Count {
    Total,
    Bad,
    Good,
}

/// Events of one value of a label, on one side of the comparison.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    total: f64,
    bad: f64,
    good: Option<f64>,
}

impl Tally {
    /// Bad and all events.
    fn pair(&self) -> (f64, f64) {
        let bad = self.good.map_or(self.bad, |good| self.total - good);
        (bad.clamp(0.0, self.total.max(0.0)), self.total)
    }
}

/// By label and value: where the change is, and where it is not.
#[derive(Default)]
struct Tallies {
    of: BTreeMap<(String, String), (Tally, Tally)>,
}

impl Tallies {
    fn add(
        &mut self,
        watch: &Watch,
        signal: &Signal,
        series: &Series,
        count: Count,
        changed: bool,
        since: Timestamp,
    ) {
        let grown = grown(series, since, watch.interval);
        let own = watch.label_of(signal);
        let parts = series
            .labels
            .iter()
            .filter(|(label, _)| *label != own && !NO_PART.contains(&label.as_str()));
        for (label, value) in parts {
            let tallies = self.of.entry((label.clone(), value.clone())).or_default();
            let tally = if changed {
                &mut tallies.0
            } else {
                &mut tallies.1
            };
            match count {
                Count::Total => tally.total += grown,
                Count::Bad => tally.bad += grown,
                Count::Good => *tally.good.get_or_insert(0.0) += grown,
            }
        }
    }

    fn slices(self) -> Vec<Slice> {
        let mut values: BTreeMap<String, usize> = BTreeMap::new();
        for (label, _) in self.of.keys() {
            *values.entry(label.clone()).or_default() += 1;
        }
        let telling = |label: &str| {
            let count = values.get(label).copied().unwrap_or(0);
            (2..=MOST_VALUES).contains(&count)
        };
        self.of
            .into_iter()
            .filter(|((label, _), _)| telling(label))
            .map(|((label, value), (after, before))| Slice {
                label,
                value,
                after: after.pair(),
                before: before.pair(),
            })
            .collect()
    }
}

/// How far a counter grew. One that appears only later counts from zero: a value that never failed before
/// has no counter of its failures.
fn grown(series: &Series, since: Timestamp, interval: Duration) -> f64 {
    let steps: f64 = increases(&series.samples).iter().map(|i| i.by).sum();
    let late = since.as_millisecond() + 2 * interval.as_millis() as i64;
    let first = series.samples.iter().find(|(_, value)| value.is_finite());
    match first {
        Some((at, value)) if *at > late => steps + value.max(0.0),
        _ => steps,
    }
}

fn interval(watch: &Watch) -> SignedDuration {
    SignedDuration::try_from(watch.interval).unwrap_or(SignedDuration::from_secs(15))
}

fn role(watch: &Watch, signal: &Signal, series: &Series, roles: &Roles) -> Option<Role> {
    let instance = watch.instance_of(&series.labels, watch.label_of(signal))?;
    roles.of.get(&instance).copied()
}

fn counters(signal: &Signal) -> Option<Vec<(Selector, Count)>> {
    let counters: Vec<(Selector, Count)> = signal
        .series
        .iter()
        .filter_map(|(selector, part)| {
            let count = match part {
                Part::Use(Use::Total) => Count::Total,
                Part::Use(Use::Bad) => Count::Bad,
                Part::Use(Use::Good) => Count::Good,
                _ => return None,
            };
            Some((selector.clone(), count))
        })
        .collect();
    (counters.len() > 1).then_some(counters)
}

async fn raw(
    watch: &Watch,
    signal: &Signal,
    selector: &Selector,
    from: Timestamp,
    to: Timestamp,
) -> Option<Vec<Series>> {
    let prometheus = watch.source_of(signal).gathering.prometheus();
    let (from, to) = (from.as_millisecond(), to.as_millisecond());
    match prometheus.raw(selector, from, to).await {
        Ok(answer) if answer.value.len() <= MOST_SERIES => Some(answer.value),
        Ok(answer) => {
            let series = answer.value.len();
            tracing::debug!(signal = %signal.key, series, "too many series to look up where an excess comes from");
            None
        }
        Err(error) => {
            tracing::debug!(signal = %signal.key, %error, "where an excess comes from cannot be looked up");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(samples: &[(i64, f64)]) -> Series {
        Series {
            samples: samples.to_vec(),
            ..Series::default()
        }
    }

    #[test]
    fn a_counter_that_appears_with_the_first_failure_counts_from_zero() {
        let since = Timestamp::from_millisecond(0).unwrap();
        let second = Duration::from_secs(1);
        let known = series(&[(0, 100.0), (1000, 103.0), (5000, 110.0)]);
        assert!((grown(&known, since, second) - 10.0).abs() < 1e-9);
        let new = series(&[(4000, 3.0), (5000, 8.0)]);
        assert!((grown(&new, since, second) - 8.0).abs() < 1e-9);
        assert!(grown(&series(&[]), since, second).abs() < 1e-9);
    }

    #[test]
    fn labels_of_one_value_and_of_too_many_tell_nothing() {
        let mut tallies = Tallies::default();
        let mut put = |label: &str, value: String| {
            let tally = Tally {
                total: 10.0,
                bad: 1.0,
                good: None,
            };
            tallies
                .of
                .insert((label.to_owned(), value), (tally, Tally::default()));
        };
        put("region", "eu".to_owned());
        put("route", "/a".to_owned());
        put("route", "/b".to_owned());
        for n in 0..=MOST_VALUES {
            put("customer", n.to_string());
        }
        let slices = tallies.slices();
        assert!(slices.iter().all(|slice| slice.label == "route"));
        assert_eq!(slices.len(), 2);
        assert_eq!(slices[0].after, (1.0, 10.0));
    }

    #[test]
    fn what_is_not_good_is_bad() {
        let tally = Tally {
            total: 10.0,
            bad: 0.0,
            good: Some(7.0),
        };
        assert_eq!(tally.pair(), (3.0, 10.0));
    }
}
