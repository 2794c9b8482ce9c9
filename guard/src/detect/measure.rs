//! What was measured of each signal, whether it moved or not: for reports, never for decisions.

use serde::{Deserialize, Serialize};

use super::detector::Detector;
use super::model::{bad_of, buckets_of};
use super::past::Past;
use super::shape::Shape;
use super::spec::{Comparison, Direction, Limits, Role, SignalKind, SignalSpec};
use super::statement::NoData;
use super::track::{BAD, COARSE_SLOTS, FINE_CELLS, FIRST, GOOD, Track, WEIGHT};

/// Points that a course has at most, before and after the change.
const POINTS_BEFORE: usize = 12;
const POINTS_AFTER: usize = 24;

/// A difference with its uncertainty.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// `after − before`, in the unit of the signal.
    pub effect: f64,
    /// 95 % interval of `effect`.
    pub interval: (f64, f64),
    /// Seconds of data behind it.
    pub window_s: f64,
}

/// Events counted on some instances since the change began.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Counted {
    /// All of them.
    pub total: f64,
    /// The bad ones; zero where the signal tells none apart.
    pub bad: f64,
}

/// Values over time; a gap is where nothing was measured.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Course {
    /// Seconds between two points.
    pub step_s: f64,
    /// Oldest first, in the unit of the signal.
    pub values: Vec<Option<f64>>,
}

impl Course {
    /// Whether it has no points.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

/// One signal: what it was and what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// Key of the signal.
    pub key: String,
    /// What its samples are.
    pub kind: SignalKind,
    /// The direction in which it gets worse.
    pub direction: Direction,
    /// Unit of all numbers.
    pub unit: String,
    /// What the comparison gives as normal.
    pub before: Option<f64>,
    /// What is measured.
    pub after: Option<f64>,
    /// The difference, over the longest time that was looked at.
    pub change: Option<Change>,
    /// The smallest effect that matters.
    pub tolerated: Option<f64>,
    /// The smallest effect that would have been seen.
    pub smallest_visible: Option<f64>,
    /// Fixed limits, and the quantile that a histogram is read at.
    pub limits: Limits,
    /// 95th percentile of a histogram, measured since the change.
    #[serde(default)]
    pub p95: Option<f64>,
    /// The strongest evidence so far, as a part of what a warning takes: 1 is a warning.
    pub nearness: f64,
    /// Why there is nothing to judge.
    #[serde(default)]
    pub no_data: Option<NoData>,
    /// Events on the changed instances, where it counts any.
    #[serde(default)]
    pub counted: Option<Counted>,
    /// Events on the unchanged instances at the same time.
    #[serde(default)]
    pub control: Option<Counted>,
    /// Before the change, all instances together.
    #[serde(default)]
    pub past: Course,
    /// Since the change, the changed instances together.
    #[serde(default)]
    pub course: Course,
    /// Since the change, the unchanged instances together, where there are any.
    #[serde(default, skip_serializing_if = "Course::is_empty")]
    pub beside: Course,
}

/// The newest look that says most about a signal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Estimated {
    pub(crate) baseline: f64,
    pub(crate) change: Change,
    pub(crate) tolerated: f64,
    /// Cell in which it was made.
    pub(crate) head: i64,
}

impl Estimated {
    /// Whether another look from a window of `window_s` at `head` says more, or is newer by a part of it.
    pub(crate) fn yields_to(&self, window_s: f64, head: i64, interval_s: f64) -> bool {
        let old_s = (head - self.head) as f64 * interval_s;
        window_s >= self.change.window_s || old_s > self.change.window_s / 4.0
    }
}

/// Four digits, so that what is kept stays small; nothing where it is no number.
fn short(value: f64) -> Option<f64> {
    let short: f64 = format!("{value:.3e}").parse().ok()?;
    short.is_finite().then_some(short)
}

fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite())
}

impl Detector {
    /// Each signal as it was measured so far, in the order of the specification.
    pub fn measured(&self) -> Vec<Measure> {
        (0..self.spec.signals.len())
            .map(|signal| self.measure(signal))
            .collect()
    }

    fn measure(&self, signal: usize) -> Measure {
        let (spec, run) = (&self.spec.signals[signal], &self.runs[signal]);
        let estimated = run.estimated.filter(|e| {
            let (low, high) = e.change.interval;
            [e.baseline, e.change.effect, low, high]
                .iter()
                .all(|number| number.is_finite())
        });
        let state = self.signal_state(signal);
        let changed = self.of_role(|role| match self.spec.comparison {
            Comparison::CanaryVsStable { .. } => role == Role::Canary,
            Comparison::BeforeVsAfter => matches!(role, Role::New | Role::All | Role::Canary),
        });
        let control = self.control();
        Measure {
            key: spec.key.clone(),
            kind: spec.kind,
            direction: stated_direction(spec),
            unit: spec.unit.clone(),
            before: finite(estimated.map(|e| e.baseline).or(run.baseline)),
            after: finite(
                estimated
                    .map(|e| e.baseline + e.change.effect)
                    .or(run.current),
            ),
            change: estimated.map(|e| e.change),
            tolerated: finite(estimated.map(|e| e.tolerated)),
            smallest_visible: finite(state.smallest_visible),
            limits: stated_limits(spec),
            p95: self.p95(signal, &changed),
            nearness: if run.nearest.is_finite() {
                run.nearest
            } else {
                0.0
            },
            no_data: state.no_data,
            counted: self.counted(signal, &changed),
            control: self.counted(signal, &control),
            past: run.past.clone(),
            course: self.course(signal, &changed),
            beside: self.course(signal, &control),
        }
    }

    fn of_role(&self, wanted: impl Fn(Role) -> bool) -> Vec<usize> {
        let instances = self.measured.instances.iter().enumerate();
        instances
            .filter(|(_, instance)| wanted(instance.role))
            .map(|(index, _)| index)
            .collect()
    }

    fn tracks<'a>(
        &'a self,
        signal: usize,
        members: &'a [usize],
    ) -> impl Iterator<Item = &'a Track> + 'a {
        let tracks = &self.measured.tracks[signal];
        members.iter().filter_map(move |i| tracks[*i].as_ref())
    }

    fn counted(&self, signal: usize, members: &[usize]) -> Option<Counted> {
        let kind = self.spec.signals[signal].kind;
        if !matches!(kind, SignalKind::Ratio | SignalKind::Throughput) {
            return None;
        }
        let mut sum = Counted::default();
        let mut any = false;
        for track in self.tracks(signal, members) {
            any = true;
            sum.total += track.seen[FIRST];
            sum.bad += match (kind, self.measured.by_good[signal]) {
                (SignalKind::Throughput, _) => 0.0,
                (_, true) => (track.seen[FIRST] - track.seen[GOOD]).max(0.0),
                (_, false) => track.seen[BAD],
            };
        }
        (any && sum.total.is_finite() && sum.bad.is_finite()).then_some(sum)
    }

    /// What a row of sums says in the unit of the signal.
    fn value(&self, signal: usize, row: &[f64]) -> Option<f64> {
        if row.first().is_none_or(|weight| *weight <= 0.0) {
            return None;
        }
        let spec = &self.spec.signals[signal];
        let by_good = self.measured.by_good[signal];
        match spec.kind {
            SignalKind::Ratio => {
                let (bad, n) = bad_of(row, by_good);
                let share = (n > 0.0).then(|| bad / n)?;
                Some(if by_good { 1.0 - share } else { share })
            }
            SignalKind::Histogram => self.quantile(signal, row, spec.limits.quantile),
            SignalKind::Rate | SignalKind::Gauge | SignalKind::Throughput => {
                Some(row[FIRST] / row[WEIGHT])
            }
            SignalKind::Availability => Some(1.0 - row[FIRST] / row[WEIGHT]),
        }
    }

    fn quantile(&self, signal: usize, row: &[f64], q: f64) -> Option<f64> {
        let (order, bounds) = self.order(signal);
        // Before the first samples since the change there is no row yet.
        if order.len() != bounds.len() + 1 || row.is_empty() {
            return None;
        }
        let mut counts = Vec::new();
        let n = buckets_of(row, &order, &mut counts);
        let shape = (n >= 1.0).then(|| Shape::new(&bounds, &counts))??;
        Some(shape.quantile(q))
    }

    fn p95(&self, signal: usize, members: &[usize]) -> Option<f64> {
        if self.spec.signals[signal].kind != SignalKind::Histogram {
            return None;
        }
        let head = self.measured.head;
        let mut sum = Vec::new();
        for track in self.tracks(signal, members) {
            let newest = track.coarse.slot(head);
            for row in (0..=newest.max(0)).filter_map(|slot| track.coarse.row(slot)) {
                add(&mut sum, row.iter().map(|value| f64::from(*value)));
            }
        }
        finite(self.quantile(signal, &sum, 0.95))
    }

    /// Since the change, at some points: by scrapes while that is little, by quarters of a minute then.
    fn course(&self, signal: usize, members: &[usize]) -> Course {
        let head = self.measured.head;
        let fine = head <= FINE_CELLS;
        fn ring(track: &Track, fine: bool) -> &super::cells::Ring {
            if fine { &track.fine } else { &track.coarse }
        }
        let Some(any) = self.tracks(signal, members).next() else {
            return Course::default();
        };
        if head < 1 {
            return Course::default();
        }
        let (newest, step) = (ring(any, fine).slot(head), ring(any, fine).step());
        let oldest = if fine {
            0
        } else {
            (newest - COARSE_SLOTS + 1).max(0)
        };
        let slots = usize::try_from(newest - oldest + 1).unwrap_or(0);
        let group = slots.div_ceil(POINTS_AFTER).max(1);
        let mut values = Vec::new();
        for first in (oldest..=newest).step_by(group) {
            let mut sum = Vec::new();
            for slot in first..(first + group as i64).min(newest + 1) {
                for track in self.tracks(signal, members) {
                    if let Some(row) = ring(track, fine).row(slot) {
                        add(&mut sum, row.iter().map(|value| f64::from(*value)));
                    }
                }
            }
            values.push(self.value(signal, &sum).and_then(short));
        }
        // What a new process had counted before its first scrape is no rate of that moment.
        let kind = self.spec.signals[signal].kind;
        if matches!(kind, SignalKind::Rate | SignalKind::Throughput)
            && let Some(first) = values.iter_mut().find(|value| value.is_some())
        {
            *first = None;
        }
        Course {
            step_s: step as f64 * group as f64 * self.measured.interval_s,
            values,
        }
    }

    /// Before the change, at some points.
    pub(super) fn course_of(&self, signal: usize, past: &Past) -> Course {
        let group = past.slots.div_ceil(POINTS_BEFORE).max(1);
        let mut values = Vec::new();
        for first in (0..past.slots).step_by(group) {
            let last = (first + group).min(past.slots);
            let mut sum = Vec::new();
            for (_, cumulative) in &past.instances {
                let at = |slot: usize| &cumulative[slot * past.width..(slot + 1) * past.width];
                let part = at(last).iter().zip(at(first)).map(|(to, from)| to - from);
                add(&mut sum, part);
            }
            values.push(self.value(signal, &sum).and_then(short));
        }
        Course {
            step_s: group as f64 * past.slot_s,
            values,
        }
    }
}

/// An availability is stated as the share that was answered, whichever share its limits are set for.
fn stated_direction(spec: &SignalSpec) -> Direction {
    match spec.kind {
        SignalKind::Availability => Direction::Down,
        _ => spec.direction,
    }
}

fn stated_limits(spec: &SignalSpec) -> Limits {
    let failing = spec.kind == SignalKind::Availability && spec.direction == Direction::Up;
    let answered =
        |limit: Option<f64>| limit.map(|limit| if failing { 1.0 - limit } else { limit });
    Limits {
        warn: answered(spec.limits.warn),
        hard: answered(spec.limits.hard),
        quantile: spec.limits.quantile,
    }
}

fn add(sum: &mut Vec<f64>, row: impl Iterator<Item = f64>) {
    for (channel, value) in row.enumerate() {
        match sum.get_mut(channel) {
            Some(sum) => *sum += value,
            None => sum.push(value),
        }
    }
}
