//! What an episode looked like: each signal over time, of the old version and of the new.

use super::Seen;
use guard::detect::{
    Comparison, Role, SeriesSpec, SignalKind, SignalSpec, Statement, Use, WatchSpec,
};
use std::collections::{BTreeMap, BTreeSet};

/// Samples that a cell holds, so that a late one makes no spike; but where they are seldom, one.
const SAMPLES: f64 = 3.0;
/// Width of a cell of several samples at most, in seconds.
const CELL_S: f64 = 15.0;

/// Everything seen of the last comparisons of an episode, summed in cells.
#[derive(Default)]
pub(crate) struct Picture {
    watch: Option<WatchSpec>,
    /// When the first comparison began, on the clock of the samples.
    began_at: Option<f64>,
    signals: Vec<Drawn>,
    /// By part.
    series: Vec<Vec<Known>>,
    /// What was said in which comparison, in order.
    pub(crate) said: Vec<(Statement, Comparison)>,
}

struct Drawn {
    spec: SignalSpec,
    /// Whether there are old and new instances side by side.
    controlled: bool,
    cells: BTreeMap<(i64, bool), Sum>,
}

struct Known {
    spec: SeriesSpec,
    last: Option<(f64, f64)>,
}

#[derive(Default, Clone)]
struct Sum {
    samples: f64,
    amount: f64,
    total: f64,
    bad: f64,
    good: Option<f64>,
    /// Events by the number of the bucket's bound.
    buckets: BTreeMap<u64, f64>,
    instances: BTreeSet<String>,
}

/// Time since the deployment in seconds, and the value of the signal then.
pub(crate) type Line = Vec<(f64, f64)>;

impl Picture {
    /// Takes note of what passes by.
    pub(crate) fn see(&mut self, seen: &Seen<'_>) {
        match *seen {
            Seen::Began(part, watch) => {
                if part == 0 {
                    self.signals.clear();
                    self.said.clear();
                    self.series.clear();
                    self.watch = Some(watch.clone());
                    self.began_at.get_or_insert(watch.deploy_at);
                }
                self.signals.extend(watch.signals.iter().map(|spec| Drawn {
                    spec: spec.clone(),
                    controlled: matches!(watch.comparison, Comparison::CanaryVsStable { .. }),
                    cells: BTreeMap::new(),
                }));
                self.series.resize_with(part + 1, Vec::new);
            }
            Seen::Series(part, spec) => self.series[part].push(Known {
                spec: spec.clone(),
                last: None,
            }),
            Seen::Sample(part, series, t, value) => self.sample(part, series, t, value),
            Seen::Said(statement, comparison) => self.said.push((statement.clone(), comparison)),
            Seen::Judged(..) => {}
        }
    }

    /// When the first comparison began, on the clock of the samples.
    pub(crate) fn began_at(&self) -> Option<f64> {
        self.began_at
    }

    /// What the detector was told.
    pub(crate) fn watch(&self) -> Option<&WatchSpec> {
        self.watch.as_ref()
    }

    /// Whether this signal is measured on old and new instances side by side.
    pub(crate) fn controlled(&self, signal: usize) -> bool {
        self.signals.get(signal).is_some_and(|s| s.controlled)
    }

    /// The signals, in their order.
    pub(crate) fn signals(&self) -> impl Iterator<Item = &SignalSpec> {
        self.signals.iter().map(|drawn| &drawn.spec)
    }

    /// First and last time seen, in seconds since the deployment.
    pub(crate) fn span(&self) -> Option<(f64, f64)> {
        let cells = || {
            self.signals
                .iter()
                .flat_map(|d| d.cells.keys().map(|k| k.0))
        };
        let cell_s = self.cell_s();
        Some((
            (cells().min()? - 1) as f64 * cell_s,
            cells().max()? as f64 * cell_s,
        ))
    }

    /// A signal over time, of the new version or of the old, at no more than `most` points.
    pub(crate) fn line(&self, signal: usize, new: bool, most: usize) -> Line {
        let (Some(drawn), Some((from, to))) = (self.signals.get(signal), self.span()) else {
            return Line::new();
        };
        let cell_s = self.cell_s();
        let step = ((to - from) / cell_s / most.max(1) as f64).ceil().max(1.0) as i64;
        let mut merged: BTreeMap<i64, Sum> = BTreeMap::new();
        for ((cell, of_new), sum) in &drawn.cells {
            if *of_new == new {
                merged
                    .entry((cell - 1).div_euclid(step))
                    .or_default()
                    .add(sum);
            }
        }
        merged
            .into_iter()
            .filter_map(|(slot, sum)| {
                let width_s = step as f64 * cell_s;
                let value = sum.value(&drawn.spec, width_s)?;
                Some(((slot as f64 + 0.5) * width_s, value))
            })
            .filter(|(_, value)| value.is_finite())
            .collect()
    }

    /// Width of a cell, in seconds.
    pub(super) fn cell_s(&self) -> f64 {
        self.watch.as_ref().map_or(CELL_S, cell_s)
    }

    fn sample(&mut self, part: usize, series: usize, t: f64, value: f64) {
        let known = self.series.get_mut(part).and_then(|s| s.get_mut(series));
        let (Some(watch), Some(known)) = (&self.watch, known) else {
            return;
        };
        let since = t - watch.deploy_at;
        let cell = (since / cell_s(watch)).ceil() as i64;
        let new = match known.spec.role {
            Role::Canary | Role::New => true,
            Role::Stable | Role::Old => false,
            Role::All => since > 0.0,
        };
        let increase = known.last.filter(|(then, _)| *then < t).map(|(_, before)| {
            if value < before {
                value
            } else {
                value - before
            }
        });
        known.last = Some((t, value));
        for (key, what) in &known.spec.uses {
            let Some(drawn) = self.signals.iter_mut().find(|d| d.spec.key == *key) else {
                continue;
            };
            let sum = drawn.cells.entry((cell, new)).or_default();
            if !sum.instances.contains(&known.spec.instance) {
                sum.instances.insert(known.spec.instance.clone());
            }
            match (what, increase) {
                (Use::Gauge | Use::Up, _) => {
                    sum.samples += 1.0;
                    sum.amount += value;
                }
                (_, None) => {}
                (Use::Total, Some(more)) => {
                    sum.total += more;
                    sum.amount += more;
                }
                (Use::Bad, Some(more)) => sum.bad += more,
                (Use::Good, Some(more)) => *sum.good.get_or_insert(0.0) += more,
                (Use::Counter, Some(more)) => sum.amount += more,
                (Use::Bucket { le }, Some(more)) => {
                    *sum.buckets.entry(le.max(0.0).to_bits()).or_default() += more;
                }
            }
        }
    }
}

fn cell_s(watch: &WatchSpec) -> f64 {
    (SAMPLES * watch.interval_s)
        .min(CELL_S)
        .max(watch.interval_s)
}

impl Sum {
    fn add(&mut self, other: &Self) {
        self.samples += other.samples;
        self.amount += other.amount;
        self.total += other.total;
        self.bad += other.bad;
        if let Some(good) = other.good {
            *self.good.get_or_insert(0.0) += good;
        }
        for (bound, events) in &other.buckets {
            *self.buckets.entry(*bound).or_default() += events;
        }
        self.instances.extend(other.instances.iter().cloned());
    }

    fn value(&self, spec: &SignalSpec, seconds: f64) -> Option<f64> {
        match spec.kind {
            SignalKind::Ratio => (self.total > 0.0)
                .then(|| self.good.unwrap_or(self.bad) / self.total)
                .map(|share| share.clamp(0.0, 1.0)),
            SignalKind::Histogram => self.quantile(spec.limits.quantile),
            SignalKind::Gauge | SignalKind::Availability => {
                (self.samples > 0.0).then(|| self.amount / self.samples)
            }
            SignalKind::Rate | SignalKind::Throughput => {
                let instances = self.instances.len() as f64;
                (instances > 0.0).then(|| self.amount / seconds / instances)
            }
        }
    }

    /// Linear within the bucket; beyond the last bound, the last bound.
    fn quantile(&self, q: f64) -> Option<f64> {
        let all = *self.buckets.get(&f64::INFINITY.to_bits())?;
        if all <= 0.0 {
            return None;
        }
        let (mut low, mut below) = (0.0, 0.0);
        for (bound, events) in &self.buckets {
            let le = f64::from_bits(*bound);
            if *events >= q * all {
                let share = (q * all - below) / (events - below).max(1e-12);
                return Some(if le.is_finite() {
                    low + (le - low) * share.clamp(0.0, 1.0)
                } else {
                    low
                });
            }
            (low, below) = (le, *events);
        }
        Some(low)
    }
}
