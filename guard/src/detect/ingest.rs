//! From samples to sums: increments, resets, gaps, duplicates, processes that begin.

use super::spec::{Role, Sample, SeriesId, SeriesSpec, SignalKind, Use, WatchSpec};
use super::track::{BAD, FIRST, GOOD, Track, WEIGHT};
use std::collections::BTreeMap;

/// New processes of one instance that get the grace of a restart; a crash loop gets no more.
const FORGIVEN_STARTS: u32 = 2;
/// Without any sign of a restart the new version is taken to run after this long, seconds.
const ASSUME_NEW_S: f64 = 120.0;
/// The same once it is known that the instance was changed, in intervals: a counter that started again would have
/// shown by then. One that soon counts more than its forerunner ever did shows nothing.
const UNSEEN_INTERVALS: f64 = 3.0;

#[derive(Debug, Clone)]
pub(crate) struct Instance {
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) first_t: Option<f64>,
    pub(crate) last_t: Option<f64>,
    /// First cell of the process that runs the new version.
    pub(crate) born: Option<i64>,
    /// The same, of its very first start: what failed scrapes are forgiven from.
    pub(crate) first_born: Option<i64>,
    /// Cell of the newest start of any kind.
    pub(crate) latest_start: Option<i64>,
    starts: u32,
    told: bool,
}

#[derive(Debug, Clone)]
struct Series {
    instance: usize,
    uses: Vec<(usize, Part)>,
    counter: bool,
    last: Option<(f64, f64)>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Part {
    Channel(usize),
    Up,
}

/// All that was measured.
#[derive(Debug, Clone)]
pub(crate) struct Measured {
    pub(crate) deploy_at: f64,
    pub(crate) interval_s: f64,
    pub(crate) instances: Vec<Instance>,
    /// When the change of an instance was finished, where that is known.
    changed: BTreeMap<String, f64>,
    series: Vec<Series>,
    /// Per signal and instance.
    pub(crate) tracks: Vec<Vec<Option<Track>>>,
    /// Bounds of the buckets of each signal, in the order of their channels.
    pub(crate) bounds: Vec<Vec<f64>>,
    pub(crate) by_good: Vec<bool>,
    kinds: Vec<SignalKind>,
    keys: Vec<String>,
    first_t: Option<f64>,
    pub(crate) newest_t: Option<f64>,
    /// Newest cell after the deployment.
    pub(crate) head: i64,
    pub(crate) dirty: bool,
}

/// Values beyond this are no measurements, and counters are never negative: both are taken as NaN.
const LARGEST: f64 = 1e30;
/// More bucket bounds than this are thinned out when declared.
const MAX_BUCKETS: usize = 32;

impl Measured {
    pub(crate) fn new(spec: &WatchSpec) -> Self {
        let signals = spec.signals.len();
        Self {
            deploy_at: spec.deploy_at,
            interval_s: if spec.interval_s > 0.0 {
                spec.interval_s
            } else {
                15.0
            },
            instances: Vec::new(),
            changed: BTreeMap::new(),
            series: Vec::new(),
            tracks: vec![Vec::new(); signals],
            bounds: vec![Vec::new(); signals],
            by_good: vec![false; signals],
            kinds: spec.signals.iter().map(|s| s.kind).collect(),
            keys: spec.signals.iter().map(|s| s.key.clone()).collect(),
            first_t: None,
            newest_t: None,
            head: i64::MIN,
            dirty: false,
        }
    }

    pub(crate) fn cell(&self, t: f64) -> i64 {
        cell_of(t, self.deploy_at, self.interval_s)
    }

    pub(crate) fn instance(&mut self, name: &str, role: Role) -> usize {
        if let Some(at) = self
            .instances
            .iter()
            .position(|i| i.name == name && i.role == role)
        {
            return at;
        }
        self.instances.push(Instance {
            name: name.to_owned(),
            role,
            first_t: None,
            last_t: None,
            born: None,
            first_born: None,
            latest_start: None,
            starts: 0,
            told: false,
        });
        for tracks in &mut self.tracks {
            tracks.push(None);
        }
        self.instances.len() - 1
    }

    pub(crate) fn declare(&mut self, spec: &SeriesSpec) -> SeriesId {
        let instance = self.instance(&spec.instance, spec.role);
        let mut uses = Vec::new();
        let mut counter = true;
        for (key, what) in &spec.uses {
            let Some(signal) = self.keys.iter().position(|k| k == key) else {
                continue;
            };
            let part = match (self.kinds[signal], what) {
                (SignalKind::Ratio, Use::Total) => Part::Channel(FIRST),
                (SignalKind::Ratio, Use::Bad) => Part::Channel(BAD),
                (SignalKind::Ratio, Use::Good) => {
                    self.by_good[signal] = true;
                    Part::Channel(GOOD)
                }
                (SignalKind::Histogram, Use::Bucket { le }) => match self.bucket(signal, *le) {
                    Some(channel) => Part::Channel(channel),
                    None => continue,
                },
                (SignalKind::Rate, Use::Counter)
                | (SignalKind::Throughput, Use::Counter | Use::Total) => Part::Channel(FIRST),
                (SignalKind::Gauge, Use::Gauge) => {
                    counter = false;
                    Part::Channel(FIRST)
                }
                (SignalKind::Availability, Use::Up) => {
                    counter = false;
                    Part::Up
                }
                _ => continue,
            };
            uses.push((signal, part));
        }
        self.series.push(Series {
            instance,
            uses,
            counter,
            last: None,
        });
        SeriesId(self.series.len() - 1)
    }

    fn bucket(&mut self, signal: usize, le: f64) -> Option<usize> {
        let bounds = &mut self.bounds[signal];
        if let Some(at) = bounds.iter().position(|b| *b == le) {
            return Some(at + 1);
        }
        let full = bounds.len() >= MAX_BUCKETS && le.is_finite();
        if full || le.is_nan() || bounds.len() > MAX_BUCKETS {
            return None;
        }
        bounds.push(le);
        let channels = bounds.len();
        for track in self.tracks[signal].iter_mut().flatten() {
            track.widen(1 + channels);
        }
        Some(channels)
    }

    /// A restart of this instance is under way on purpose: its failed scrapes are forgiven again.
    pub(crate) fn restarting(&mut self, name: &str, t: f64) {
        let cell = self.cell(t).max(1);
        for instance in self.instances.iter_mut().filter(|i| i.name == name) {
            instance.first_born = Some(cell);
        }
    }

    /// The change of this instance was finished at `t`, by what is known of whoever changed it.
    pub(crate) fn changed(&mut self, name: &str, t: f64) {
        self.changed.insert(name.to_owned(), t);
    }

    pub(crate) fn set_role(&mut self, name: &str, role: Role) {
        for instance in self.instances.iter_mut().filter(|i| i.name == name) {
            instance.role = role;
        }
    }

    /// The engine knows that a process of this instance began at `t` with the new version.
    pub(crate) fn started(&mut self, name: &str, t: f64) {
        let cell = self.cell(t);
        for instance in self.instances.iter_mut().filter(|i| i.name == name) {
            instance.told = true;
            instance.begin(cell);
            instance.first_born = Some(cell.max(1));
        }
    }

    pub(crate) fn push(&mut self, id: SeriesId, t: f64, sample: Sample) {
        let Some(series) = self.series.get(id.0) else {
            return;
        };
        if !t.is_finite() || series.last.is_some_and(|(last, _)| t <= last) {
            return;
        }
        let (at, counter, last) = (series.instance, series.counter, series.last);
        let value = match sample {
            Sample::Value(v) if v.abs() <= LARGEST && (v >= 0.0 || !counter) => v,
            _ => {
                for (signal, _) in self.series[id.0].uses.clone() {
                    if let Some(track) = self.track(signal, at) {
                        track.nan = true;
                    }
                }
                return;
            }
        };
        let cell = self.cell(t);
        let deployed = t > self.deploy_at;
        self.meet(at, t, cell);
        let (amount, covered) = match (counter, last) {
            (false, _) => (Some(value), 1.0),
            (true, Some((then, before))) if value >= before => (Some(value - before), t - then),
            (true, Some(_)) => {
                if deployed {
                    self.instances[at].restart(cell);
                }
                (Some(value), self.interval_s)
            }
            // A series that appears on an instance we already watch counts from zero, and so does
            // an instance that appears while we watch; what we meet at the beginning does not.
            (true, None) => {
                let watched = self
                    .first_t
                    .is_some_and(|first| t > first + 1.5 * self.interval_s);
                let known = self.instances[at]
                    .first_t
                    .is_some_and(|first| t > first + 0.5 * self.interval_s);
                ((watched || known).then_some(value), self.interval_s)
            }
        };
        // What a process had counted before it was first scraped is not known to be of this deployment.
        let met = last.is_some() || self.instances[at].first_t.is_some_and(|first| t > first);
        self.series[id.0].last = Some((t, value));
        self.newest_t = Some(self.newest_t.map_or(t, |n| n.max(t)));
        self.head = self.head.max(cell);
        self.dirty = true;
        let Some(amount) = amount else { return };
        for k in 0..self.series[id.0].uses.len() {
            let (signal, part) = self.series[id.0].uses[k];
            let counts = self.kinds[signal];
            let Some(track) = self.track(signal, at) else {
                continue;
            };
            track.nan = false;
            if track.last_t.is_none_or(|last| t > last) {
                let weight = match counts {
                    SignalKind::Gauge | SignalKind::Availability => 1.0,
                    _ => track
                        .last_t
                        .map_or(covered, |last| (t - last).min(covered.max(1e-9))),
                };
                track.add(cell, WEIGHT, weight);
                track.last_t = Some(t);
            }
            match part {
                Part::Channel(channel) => {
                    track.add(cell, channel, amount);
                    if met {
                        track.count(cell, channel, amount);
                    }
                }
                Part::Up => {
                    if amount < 0.5 {
                        track.add(cell, FIRST, 1.0);
                    }
                }
            }
        }
    }

    fn track(&mut self, signal: usize, instance: usize) -> Option<&mut Track> {
        let (kind, buckets, interval_s) = (
            self.kinds[signal],
            self.bounds[signal].len(),
            self.interval_s,
        );
        let tracks = self.tracks.get_mut(signal)?;
        if tracks.get(instance)?.is_none() {
            tracks[instance] = Some(Track::new(kind, buckets, interval_s));
            if self.head <= 0 {
                share_history(tracks, kind);
            }
        }
        tracks[instance].as_mut()
    }

    fn meet(&mut self, at: usize, t: f64, cell: i64) {
        self.first_t.get_or_insert(t);
        let (deploy_at, interval_s) = (self.deploy_at, self.interval_s);
        let instance = &mut self.instances[at];
        if instance.first_t.is_none() {
            instance.first_t = Some(t);
            let new = matches!(instance.role, Role::New)
                || (instance.role == Role::Canary && t > deploy_at);
            if new && instance.born.is_none() {
                instance.begin(cell);
            }
        }
        instance.last_t = Some(t);
        if instance.born.is_some() || !matches!(instance.role, Role::All | Role::Canary) {
            return;
        }
        let unseen_s = UNSEEN_INTERVALS * interval_s;
        let changed = self.changed.get(&instance.name);
        if let Some(changed) = changed.filter(|changed| t >= **changed + unseen_s) {
            instance.begin(cell_of(*changed, deploy_at, interval_s).max(1));
        } else if t >= deploy_at + ASSUME_NEW_S.max(unseen_s) {
            instance.born = Some(1);
            instance.first_born = Some(1);
        }
    }

    pub(crate) fn bytes(&self, signal: usize) -> usize {
        self.tracks[signal].iter().flatten().map(Track::bytes).sum()
    }
}

fn cell_of(t: f64, deploy_at: f64, interval_s: f64) -> i64 {
    ((t - deploy_at) / interval_s - 1e-6).ceil() as i64
}

/// The more instances have a history, the coarser it is kept, so that memory stays bounded. The
/// steps are the same for all signals but histograms, for rates are matched with their load.
fn share_history(tracks: &mut [Option<Track>], kind: SignalKind) {
    let n = tracks.iter().flatten().count();
    let steps: &[usize] = if kind == SignalKind::Histogram {
        &[5, 8, 12]
    } else {
        &[10, 20, 40]
    };
    let level = steps.iter().filter(|most| n > **most).count();
    for track in tracks.iter_mut().flatten() {
        track.coarsen_history(level);
    }
}

impl Instance {
    fn restart(&mut self, cell: i64) {
        if self.latest_start == Some(cell) {
            return;
        }
        let announced = self.told
            && self
                .latest_start
                .is_some_and(|start| cell - start < 60 && cell >= start);
        if announced {
            self.told = false;
            self.latest_start = Some(cell);
            if self.born.is_some() && self.starts <= FORGIVEN_STARTS {
                self.born = Some(cell);
            }
            return;
        }
        self.begin(cell);
    }

    fn begin(&mut self, cell: i64) {
        self.latest_start = Some(cell);
        if matches!(self.role, Role::Stable | Role::Old) {
            return;
        }
        self.starts += 1;
        if self.starts <= FORGIVEN_STARTS {
            self.born = Some(cell);
        }
        if self.first_born.is_none() {
            self.first_born = Some(cell);
        }
    }
}
