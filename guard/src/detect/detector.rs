//! The streaming detector: samples in, statements out.

use std::collections::BTreeMap;

use super::cure::{Cure, Verification};
use super::ingest::Measured;
use super::judge::{Candidate, Found, Look, START_ERRORS_S, Thresholds, judge};
use super::model::{Model, learn_demand, learn_histogram, learn_level, learn_ratio};
use super::past::Past;
use super::shape::Shape;
use super::spec::{
    Comparison, Reference, Role, Sample, SeriesId, SeriesSpec, SignalKind, WatchSpec,
};
use super::statement::{Evidence, NoData, Scope, SignalState, Statement, Summary, Verdict};
use super::stats::upper_tail;
use super::track::{FIRST, width_of};
use super::trend::Yesterday;
use super::windows::{Aux, Plan, Span, Sums, TAUS, sum};

/// Version of the judgement: stored with what it decided, raised when the numbers may change.
pub const CODE_VERSION: u32 = 1;

/// History below this many seconds makes a weaker promise.
pub const ENOUGH_HISTORY_S: f64 = 600.0;
/// A verdict of healthy means an effect of so many tolerances would have been seen.
pub const VISIBLE_TOLERANCES: f64 = 8.0;
/// More samples than this are never waiting to settle; what comes beyond is dropped.
const WAITING_MOST: usize = 200_000;
/// Without a day before, no bump is forgiven.
const NO_BUMP: [f64; 32] = [0.0; 32];
/// A relative effect that is no noisy neighbour.
const BLATANT: f64 = 1.5;
/// Instances beyond this many are not judged one by one.
const ALONE_MOST: usize = 24;

#[derive(Debug, Clone, Default)]
pub(crate) struct Run {
    pub(crate) reached: Option<Evidence>,
    pub(crate) now: Option<Evidence>,
    pub(crate) said: Option<(Evidence, bool, bool)>,
    pub(crate) scope: Option<Scope>,
    pub(crate) original_effect: Option<f64>,
    visible: Option<f64>,
    baseline: Option<f64>,
    current: Option<f64>,
    score: f64,
    score_scope: Option<Scope>,
    score_window_s: f64,
    judged: bool,
    query_failed: bool,
    caps: BTreeMap<usize, [f64; TAUS.len()]>,
}

/// Judges one deployment. Feed it with [`Detector::push`], ask with [`Detector::tick`].
///
/// Nothing after the newest pushed sample is used; the same samples and ticks give the same
/// statements; memory per signal is bounded.
#[derive(Debug, Clone)]
pub struct Detector {
    pub(crate) spec: WatchSpec,
    pub(crate) plan: Plan,
    pub(crate) h: Thresholds,
    pub(crate) measured: Measured,
    pub(crate) models: Vec<Option<Model>>,
    pub(crate) runs: Vec<Run>,
    yesterday: Yesterday,
    learned: bool,
    relearn_at: Vec<f64>,
    pub(crate) history_s: f64,
    load: Option<usize>,
    pub(crate) verification: Option<Verification>,
    orders: Vec<(Vec<usize>, Vec<f64>)>,
    scratch: Scratch,
    waiting: Vec<(f64, SeriesId, Sample)>,
}

/// Sums of this tick, per signal and instance.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scratch {
    pub(crate) sums: Vec<Vec<Sums>>,
    bumps: Vec<Vec<f64>>,
    pub(crate) load: Vec<f64>,
    pub(crate) load_peak: Vec<f64>,
}

impl Detector {
    /// A detector that has seen nothing yet.
    pub fn new(spec: WatchSpec) -> Self {
        let measured = Measured::new(&spec);
        let load = spec
            .load
            .as_ref()
            .and_then(|key| spec.signals.iter().position(|s| s.key == *key));
        Self {
            plan: Plan::new(measured.interval_s),
            h: Thresholds::new(spec.budgets, spec.sensitivity.factor()),
            models: vec![None; spec.signals.len()],
            runs: vec![Run::default(); spec.signals.len()],
            relearn_at: vec![0.0; spec.signals.len()],
            measured,
            yesterday: Yesterday::default(),
            learned: false,
            history_s: 0.0,
            load,
            verification: None,
            orders: Vec::new(),
            scratch: Scratch::default(),
            waiting: Vec::new(),
            spec,
        }
    }

    /// What the detector was told.
    pub fn spec(&self) -> &WatchSpec {
        &self.spec
    }

    /// Makes a series known. Instances and series may be declared at any time.
    pub fn declare(&mut self, series: &SeriesSpec) -> SeriesId {
        self.measured.declare(series)
    }

    /// What the service did one day earlier.
    pub fn reference(&mut self, reference: &Reference) {
        self.yesterday = Yesterday::new(reference, &self.spec);
    }

    /// A process with the new version began on this instance at `t`. Without being told, the
    /// detector sees it from counters that start again or from instances that appear.
    pub fn instance_started(&mut self, instance: &str, t: f64) {
        self.measured.started(instance, t);
    }

    /// Whether the source could be queried for this signal.
    pub fn query_result(&mut self, signal: &str, worked: bool) {
        if let Some(at) = self.spec.signals.iter().position(|s| s.key == signal) {
            self.runs[at].query_failed = !worked;
        }
    }

    /// Takes one sample. Samples of a series must come in the order of time; one that is not newer
    /// than the last is ignored, so overlapping queries may be pushed as they are.
    pub fn push(&mut self, series: SeriesId, t: f64, sample: Sample) {
        if self.spec.settle_s <= 0.0 {
            self.measured.push(series, t, sample);
        } else if t.is_finite() && self.waiting.len() < WAITING_MOST {
            self.waiting.push((t, series, sample));
        }
    }

    /// Lets samples in that have settled by `now`, in the order of time.
    fn let_in(&mut self, now: f64) {
        if self.waiting.is_empty() {
            return;
        }
        self.waiting
            .sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.0.cmp(&b.1.0)));
        let settled = self
            .waiting
            .partition_point(|(t, ..)| *t <= now - self.spec.settle_s);
        for (t, series, sample) in self.waiting.drain(..settled) {
            self.measured.push(series, t, sample);
        }
    }

    /// Bytes of samples and sums kept for a signal, by its place in the specification.
    pub fn state_size(&self, signal: usize) -> usize {
        self.measured.bytes(signal)
    }

    /// Judges everything pushed so far. `now` is the present on the clock of the samples.
    pub fn tick(&mut self, now: f64) -> Vec<Statement> {
        self.let_in(now);
        if self.measured.head < 1 || !self.measured.dirty {
            return Vec::new();
        }
        self.measured.dirty = false;
        if self
            .orders
            .iter()
            .map(|o| o.0.len())
            .ne(self.measured.bounds.iter().map(Vec::len))
        {
            self.orders = (0..self.spec.signals.len())
                .map(|s| self.order(s))
                .collect();
        }
        if !self.learned {
            self.learn();
        }
        let after = self.after();
        let control = self.control();
        let mut scratch = std::mem::take(&mut self.scratch);
        self.sum_up(&after, &control, None, &mut scratch);
        self.learn_from_control(&control);
        let mut out = Vec::new();
        for signal in 0..self.spec.signals.len() {
            if let Some(statement) = self.judge_signal(signal, &after, &control, &scratch, now) {
                out.push(statement);
            }
        }
        self.scratch = scratch;
        self.verify(&control, now);
        out
    }

    fn canary(&self) -> bool {
        matches!(self.spec.comparison, Comparison::CanaryVsStable { .. })
    }

    /// Instances that run the new version.
    fn after(&self) -> Vec<usize> {
        let stale = self.measured.head - (300.0 / self.measured.interval_s) as i64;
        let judged = |role: Role| match self.spec.comparison {
            Comparison::CanaryVsStable { .. } => role == Role::Canary,
            Comparison::BeforeVsAfter => matches!(role, Role::New | Role::All | Role::Canary),
        };
        self.indexes(|i| {
            judged(i.role)
                && i.born.is_some()
                && i.last_t.is_some_and(|t| self.measured.cell(t) > stale)
        })
    }

    /// Instances that run the old version at the same time.
    pub(crate) fn control(&self) -> Vec<usize> {
        if self.canary() {
            self.indexes(|i| i.role == Role::Stable)
        } else {
            Vec::new()
        }
    }

    fn indexes(&self, keep: impl Fn(&super::ingest::Instance) -> bool) -> Vec<usize> {
        self.measured
            .instances
            .iter()
            .enumerate()
            .filter(|(_, i)| keep(i))
            .map(|(k, _)| k)
            .collect()
    }

    fn past(&self, signal: usize) -> Past {
        let width = width_of(
            self.spec.signals[signal].kind,
            self.measured.bounds[signal].len(),
        );
        let mut past = Past {
            width,
            slot_s: self.measured.interval_s,
            ..Past::default()
        };
        let tracks = &self.measured.tracks[signal];
        let oldest = |track: &super::track::Track| {
            let ring = &track.history;
            ring.head().map(|head| {
                (head - ring.capacity() as i64 + 1..=head)
                    .find(|s| ring.row(*s).is_some_and(|r| r[0] > 0.0))
                    .unwrap_or(head)
            })
        };
        let sources: Vec<(usize, &super::track::Track)> = self
            .measured
            .instances
            .iter()
            .enumerate()
            .filter(|(_, i)| i.role != Role::New)
            .filter_map(|(k, _)| tracks[k].as_ref().map(|t| (k, t)))
            .filter(|(_, t)| t.history.head().is_some())
            .collect();
        let Some(first) = sources.iter().filter_map(|(_, t)| oldest(t)).min() else {
            return past;
        };
        let Some((_, any)) = sources.first() else {
            return past;
        };
        past.slot_s = any.history.step() as f64 * self.measured.interval_s;
        past.slots = (-first).max(0) as usize;
        for (index, track) in sources {
            let mut cumulative = vec![0.0; width];
            cumulative.reserve(past.slots * width);
            for slot in first..0 {
                let at = cumulative.len() - width;
                for channel in 0..width {
                    let add = track
                        .history
                        .row(slot)
                        .and_then(|r| r.get(channel))
                        .copied()
                        .unwrap_or(0.0);
                    cumulative.push(cumulative[at + channel] + f64::from(add));
                }
            }
            past.instances.push((index, cumulative));
        }
        past
    }

    fn learn(&mut self) {
        self.learned = true;
        let pasts: Vec<Past> = (0..self.spec.signals.len()).map(|s| self.past(s)).collect();
        self.history_s = pasts.iter().map(Past::seconds).fold(0.0, f64::max);
        for signal in 0..self.spec.signals.len() {
            let spec = &self.spec.signals[signal];
            let past = &pasts[signal];
            self.models[signal] = match spec.kind {
                SignalKind::Ratio => Some(Model::Ratio(learn_ratio(
                    &self.plan,
                    past,
                    spec,
                    self.measured.by_good[signal],
                ))),
                SignalKind::Histogram => self.histogram_model(signal, past, &[]),
                SignalKind::Rate | SignalKind::Gauge => {
                    let with_events = with_events(past, self.load.map(|l| &pasts[l]));
                    Some(Model::Level(learn_level(&self.plan, &with_events, spec)))
                }
                SignalKind::Throughput => {
                    let trend = |t: f64| self.yesterday.trend(t);
                    Some(Model::Demand(learn_demand(&self.plan, past, &trend)))
                }
                SignalKind::Availability => Some(Model::Availability),
            };
        }
        for track in self.measured.tracks.iter_mut().flatten().flatten() {
            track.history.clear();
        }
    }

    /// Channels of buckets in ascending order of bound.
    pub(crate) fn order(&self, signal: usize) -> (Vec<usize>, Vec<f64>) {
        let bounds = &self.measured.bounds[signal];
        let mut order: Vec<usize> = (0..bounds.len()).collect();
        order.sort_by(|a, b| bounds[*a].total_cmp(&bounds[*b]));
        let finite = order
            .iter()
            .map(|k| bounds[*k])
            .filter(|b| b.is_finite())
            .collect();
        (order.iter().map(|k| k + 1).collect(), finite)
    }

    fn histogram_model(&self, signal: usize, past: &Past, more: &[f64]) -> Option<Model> {
        let (order, bounds) = self.order(signal);
        if order.len() != bounds.len() + 1 {
            return None;
        }
        let mut total = if past.slots > 0 {
            past.total()
        } else {
            vec![0.0; past.width]
        };
        for (sum, add) in total.iter_mut().zip(more) {
            *sum += add;
        }
        let mut counts = Vec::new();
        let n = super::model::buckets_of(&total, &order, &mut counts);
        let shape = Shape::new(&bounds, &counts)?;
        Some(Model::Histogram(Box::new(learn_histogram(
            &self.plan, past, shape, n, &order,
        ))))
    }

    /// Cold start: the shape of the latencies comes from the control until there is enough.
    fn learn_from_control(&mut self, control: &[usize]) {
        for signal in 0..self.spec.signals.len() {
            if self.spec.signals[signal].kind != SignalKind::Histogram
                || self.relearn_at[signal] > 4000.0
            {
                continue;
            }
            let known = match &self.models[signal] {
                Some(Model::Histogram(model)) => model.n,
                _ => 0.0,
            };
            if known > 4000.0 {
                continue;
            }
            let width = 1 + self.measured.bounds[signal].len();
            let mut total = vec![0.0; width];
            for index in control {
                let Some(track) = &self.measured.tracks[signal][*index] else {
                    continue;
                };
                let Some(head) = track.coarse.head() else {
                    continue;
                };
                for row in (0..=head.max(0)).filter_map(|slot| track.coarse.row(slot)) {
                    for (sum, value) in total.iter_mut().zip(row) {
                        *sum += f64::from(*value);
                    }
                }
            }
            let (order, _) = self.order(signal);
            let n = order.last().map_or(0.0, |c| total[*c]);
            if n > known.max(1.5 * self.relearn_at[signal]).max(30.0) {
                self.relearn_at[signal] = n;
                let empty = Past {
                    width,
                    slot_s: self.measured.interval_s,
                    ..Past::default()
                };
                if let Some(model) = self.histogram_model(signal, &empty, &total) {
                    self.models[signal] = Some(model);
                }
            }
        }
    }

    pub(crate) fn sum_up(
        &self,
        after: &[usize],
        control: &[usize],
        since: Option<i64>,
        out: &mut Scratch,
    ) {
        let head = self.measured.head;
        let count = self.measured.instances.len();
        out.sums.resize(self.spec.signals.len(), Vec::new());
        for (signal, spec) in self.spec.signals.iter().enumerate() {
            let width = width_of(spec.kind, self.measured.bounds[signal].len());
            let aux = match spec.kind {
                SignalKind::Ratio => Aux::Mature {
                    cells: (START_ERRORS_S / self.measured.interval_s).ceil() as i64,
                },
                SignalKind::Availability => Aux::Mature {
                    cells: (self.spec.start_grace_s / self.measured.interval_s).ceil() as i64,
                },
                SignalKind::Histogram => Aux::Decay {
                    channel: self
                        .orders
                        .get(signal)
                        .and_then(|o| o.0.last().copied())
                        .unwrap_or(0),
                },
                SignalKind::Rate => Aux::Decay { channel: 0 },
                SignalKind::Gauge | SignalKind::Throughput => Aux::None,
            };
            let rows = &mut out.sums[signal];
            rows.resize(count, Sums::default());
            for index in after.iter().chain(control) {
                let Some(track) = &self.measured.tracks[signal][*index] else {
                    rows[*index].used = 0;
                    continue;
                };
                let span = self.span(*index, spec.kind, control.contains(index), since);
                sum(&self.plan, track, width, head, span, aux, &mut rows[*index]);
            }
        }
        let due = self.plan.due(head);
        let t = self.measured.newest_t.unwrap_or(self.spec.deploy_at) - self.spec.deploy_at;
        out.bumps.clear();
        if !self.canary() {
            out.load = self.load_now();
            out.load_peak = self.load_peak(due);
            let bump =
                |key: &str, w: &super::windows::Window| self.yesterday.bump(key, t, w.seconds);
            for spec in &self.spec.signals {
                out.bumps.push(
                    self.plan.windows[..due]
                        .iter()
                        .map(|w| bump(&spec.key, w))
                        .collect(),
                );
            }
        }
    }

    fn span(&self, index: usize, kind: SignalKind, control: bool, since: Option<i64>) -> Span {
        let instance = &self.measured.instances[index];
        if control {
            return Span {
                from: 1,
                born: None,
            };
        }
        let born = if kind == SignalKind::Availability {
            instance.first_born
        } else {
            instance.born
        };
        let born = match since {
            Some(since) => instance
                .latest_start
                .filter(|s| *s >= since)
                .unwrap_or(since),
            None => born.unwrap_or(1),
        };
        // The first sample of a process covers an unknown part of its interval.
        let late = matches!(kind, SignalKind::Rate | SignalKind::Throughput);
        Span {
            from: born.max(1) + i64::from(late),
            born: Some(born),
        }
    }

    /// Events per second of the whole service, per window.
    fn load_now(&self) -> Vec<f64> {
        let Some(signal) = self.load else {
            return Vec::new();
        };
        let kind = self.spec.signals[signal].kind;
        let width = width_of(kind, self.measured.bounds[signal].len());
        let span = Span {
            from: 1,
            born: None,
        };
        let mut total = vec![0.0; self.plan.windows.len()];
        let mut sums = Sums::default();
        for track in self.measured.tracks[signal].iter().flatten() {
            sum(
                &self.plan,
                track,
                width,
                self.measured.head,
                span,
                Aux::None,
                &mut sums,
            );
            for (j, total) in total.iter_mut().enumerate() {
                let (row, seconds) = (sums.row(j), self.plan.windows[j].seconds);
                // A missing scrape is no missing request: what was seen stands for the window.
                let covered = if row[0] > 0.7 * seconds {
                    row[0]
                } else {
                    seconds
                };
                *total += row[FIRST] / covered;
            }
        }
        total
    }

    /// Largest load of half a minute within each window.
    fn load_peak(&self, due: usize) -> Vec<f64> {
        let Some(signal) = self.load else {
            return Vec::new();
        };
        let tracks: Vec<_> = self.measured.tracks[signal].iter().flatten().collect();
        let peaks = |fine: bool| -> Vec<f64> {
            let Some(any) = tracks.first() else {
                return Vec::new();
            };
            let step = if fine {
                any.fine.step()
            } else {
                any.coarse.step()
            };
            let slot_s = step as f64 * self.measured.interval_s;
            let top = (self.measured.head - 1).div_euclid(step);
            let slots = self.plan.windows[..due]
                .iter()
                .filter(|w| w.fine == fine)
                .map(|w| w.slots)
                .max()
                .unwrap_or(0);
            let mut loads: Vec<f64> = Vec::with_capacity(slots as usize);
            for slot in (top - slots + 1..=top).rev() {
                let rows = tracks.iter().filter_map(|t| {
                    if fine {
                        t.fine.row(slot)
                    } else {
                        t.coarse.row(slot)
                    }
                });
                loads.push(rows.map(|r| f64::from(r[FIRST])).sum::<f64>() / slot_s);
            }
            let reach = ((30.0 / slot_s).round() as usize).max(1);
            let mut most = 0.0_f64;
            (0..loads.len())
                .map(|k| {
                    if k + 1 >= reach {
                        // Few requests make large peaks by chance: only the sure part counts.
                        let events = loads[k + 1 - reach..=k].iter().sum::<f64>() * slot_s;
                        most = most.max((events - 2.0 * events.sqrt()) / (reach as f64 * slot_s));
                    }
                    most
                })
                .collect()
        };
        let (fine, coarse) = (peaks(true), peaks(false));
        let at = |w: &super::windows::Window| {
            (if w.fine { &fine } else { &coarse })
                .get(w.slots as usize - 1)
                .copied()
                .unwrap_or(0.0)
        };
        self.plan.windows[..due].iter().map(at).collect()
    }

    fn judge_signal(
        &mut self,
        signal: usize,
        after: &[usize],
        control: &[usize],
        scratch: &Scratch,
        now: f64,
    ) -> Option<Statement> {
        let mut scopes: Vec<(usize, Vec<usize>)> = vec![(0, after.to_vec())];
        if after.len() > 1 && after.len() <= ALONE_MOST {
            scopes.extend(after.iter().map(|i| (i + 1, vec![*i])));
        }
        let mut best: Option<(Candidate, Scope)> = None;
        let mut run = std::mem::take(&mut self.runs[signal]);
        run.judged = false;
        for (id, members) in scopes {
            let caps = run.caps.entry(id).or_insert([f64::MAX; TAUS.len()]);
            let mut found = self.look(
                signal,
                id > 0,
                &members,
                after,
                control,
                scratch,
                None,
                caps,
            );
            self.doubt(&mut found, id > 0, &members, now);
            if id == 0 {
                run.visible = match (run.visible, found.visible) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
                run.baseline = found.baseline.or(run.baseline);
                run.current = found.current.or(run.current);
                run.judged = found.baseline.is_some() || found.best.is_some();
            }
            if let Some(candidate) = found.best
                && best.as_ref().is_none_or(|(b, _)| candidate.score > b.score)
            {
                let scope = if id == 0 {
                    Scope::Group
                } else {
                    Scope::Instance(self.measured.instances[id - 1].name.clone())
                };
                best = Some((candidate, scope));
            }
        }
        run.score = best.as_ref().map_or(0.0, |(c, _)| c.score);
        run.score_scope = best.as_ref().map(|(_, s)| s.clone());
        run.score_window_s = best.as_ref().map_or(0.0, |(c, _)| c.window_s);
        let statement =
            best.and_then(|(candidate, scope)| self.state(signal, &mut run, candidate, scope));
        if statement.is_none() && run.score < self.h.warn {
            run.now = None;
        }
        self.runs[signal] = run;
        statement
    }

    #[allow(clippy::too_many_arguments)]
    pub(crate) fn look(
        &self,
        signal: usize,
        alone: bool,
        members: &[usize],
        after: &[usize],
        control: &[usize],
        scratch: &Scratch,
        since: Option<i64>,
        caps: &mut [f64; TAUS.len()],
    ) -> Found {
        let Some(model) = &self.models[signal] else {
            return Found::default();
        };
        let spec = &self.spec.signals[signal];
        let canary = self.canary();
        let sums = &scratch.sums[signal];
        let has = |i: &usize| self.measured.tracks[signal][*i].is_some();
        let pick = |set: &[usize]| -> Vec<(usize, &Sums)> {
            set.iter()
                .filter(|i| has(i))
                .map(|i| (*i, &sums[*i]))
                .collect()
        };
        let siblings: Vec<usize> = after
            .iter()
            .copied()
            .filter(|i| !members.contains(i))
            .collect();
        let control = if canary { control.to_vec() } else { siblings };
        let born = members
            .iter()
            .filter_map(|i| {
                let instance = &self.measured.instances[*i];
                match since {
                    Some(since) => Some(
                        instance
                            .latest_start
                            .filter(|s| *s >= since)
                            .unwrap_or(since),
                    ),
                    None => instance.born,
                }
            })
            .max()
            .unwrap_or(1);
        let age_s = (self.measured.head - born + 1) as f64 * self.measured.interval_s;
        let t = self.measured.newest_t.unwrap_or(self.spec.deploy_at) - self.spec.deploy_at;
        let share = match self.spec.comparison {
            Comparison::CanaryVsStable { canary_share } => canary_share,
            Comparison::BeforeVsAfter => None,
        };
        let shares = match share {
            Some(share) if share > 0.0 && share < 1.0 && canary => (
                share / after.len().max(1) as f64,
                (1.0 - share) / control.len().max(1) as f64,
            ),
            _ => (1.0, 1.0),
        };
        let (order, bounds) = self
            .orders
            .get(signal)
            .map_or((&[][..], &[][..]), |o| (&o.0[..], &o.1[..]));
        let look = Look {
            plan: &self.plan,
            spec,
            h: self.h,
            canary,
            alone,
            after: pick(members),
            control: pick(&control),
            events: self.load.map_or(&[][..], |l| &scratch.sums[l][..]),
            load: &scratch.load,
            load_peak: &scratch.load_peak,
            bump: scratch.bumps.get(signal).map_or(&NO_BUMP[..], |b| &b[..]),
            trend: self.yesterday.trend(t),
            age_s,
            by_good: self.measured.by_good[signal],
            order,
            bounds,
            shares,
            shares_known: share.is_some() || !canary,
            same_name: members
                .iter()
                .all(|i| self.measured.instances[*i].role == Role::All),
            interval_s: self.measured.interval_s,
        };
        if look.after.is_empty() {
            return Found::default();
        }
        judge(&look, model, caps)
    }

    /// One instance that gets worse long after its restart, with no control beside it, is more
    /// often a noisy neighbour than the new version.
    fn doubt(&self, found: &mut Found, alone: bool, members: &[usize], now: f64) {
        let _ = now;
        if !alone || self.canary() {
            return;
        }
        let Some(candidate) = &mut found.best else {
            return;
        };
        let Some(born) = members
            .first()
            .and_then(|i| self.measured.instances[*i].born)
        else {
            return;
        };
        let age_s = (self.measured.head - born + 1) as f64 * self.measured.interval_s;
        let effect = candidate.current - candidate.baseline;
        let since_start = found
            .estimates
            .iter()
            .rfind(|e| e.window_s <= age_s && e.window_s >= age_s - 100.0 || e.window_s >= 1000.0);
        let lasting = since_start.map_or(age_s < 130.0, |e| e.effect.abs() > 0.6 * effect.abs());
        if !lasting && effect.abs() < BLATANT * candidate.baseline.abs() {
            candidate.cap = Some(Evidence::Warn);
        }
    }

    fn state(
        &self,
        signal: usize,
        run: &mut Run,
        candidate: Candidate,
        scope: Scope,
    ) -> Option<Statement> {
        let mut evidence = self.h.reached(candidate.score)?;
        if let Some(cap) = candidate.cap {
            evidence = evidence.min(cap);
        }
        run.now = Some(evidence);
        run.reached = run.reached.max(Some(evidence));
        let flags = (evidence, candidate.hard, candidate.severe);
        let stronger = match run.said {
            None => true,
            Some((said, hard, severe)) => {
                evidence > said
                    || evidence == Evidence::Rollback
                        && said == Evidence::Rollback
                        && (candidate.hard && !hard || candidate.severe && !severe)
            }
        };
        if !stronger {
            return None;
        }
        run.said = Some(flags);
        run.scope = Some(scope.clone());
        let effect = candidate.current - candidate.baseline;
        run.original_effect = Some(run.original_effect.map_or(effect, |e: f64| {
            if e.abs() > effect.abs() { e } else { effect }
        }));
        let spec = &self.spec.signals[signal];
        let t = self.measured.newest_t.unwrap_or(self.spec.deploy_at);
        let born = match &scope {
            Scope::Group => self
                .after()
                .iter()
                .filter_map(|i| self.measured.instances[*i].born)
                .min(),
            Scope::Instance(name) => self
                .measured
                .instances
                .iter()
                .filter(|i| i.name == *name)
                .filter_map(|i| i.born)
                .next(),
        };
        let begin =
            self.spec.deploy_at + (born.unwrap_or(1).max(1) - 1) as f64 * self.measured.interval_s;
        let budget_spent = (super::judge::LOOKS
            * upper_tail(candidate.score / self.spec.sensitivity.factor()))
        .min(1.0);
        let mut statement = Statement {
            t,
            evidence,
            signal: spec.key.clone(),
            kind: spec.kind,
            pattern: candidate.pattern,
            onset_t: (t - candidate.window_s).max(begin).min(t),
            confidence: 1.0 - budget_spent,
            baseline: candidate.baseline,
            current: candidate.current,
            effect,
            interval: candidate.interval,
            unit: spec.unit.clone(),
            scope,
            window_s: candidate.window_s,
            budget_spent,
            hard_limit_crossed: candidate.hard,
            severe: candidate.severe,
            history: self.history_s >= ENOUGH_HISTORY_S,
            reason: String::new(),
        };
        statement.reason = super::words::reason(&statement, self.spec.comparison);
        Some(statement)
    }

    /// What is known by now. May be called at any time.
    pub fn summary(&self) -> Summary {
        let signals: Vec<SignalState> = (0..self.spec.signals.len())
            .map(|s| self.signal_state(s))
            .collect();
        let verdict = if signals
            .iter()
            .any(|s| s.reached >= Some(Evidence::Pause) || s.now.is_some())
        {
            Verdict::Degraded
        } else if signals.iter().all(|s| s.no_data.is_some()) {
            Verdict::Unmeasured
        } else if self.blind(&signals) {
            Verdict::Inconclusive
        } else {
            Verdict::Healthy
        };
        Summary {
            t: self.measured.newest_t.unwrap_or(self.spec.deploy_at),
            verdict,
            signals,
        }
    }

    /// Whether an effect of several tolerances could have been missed where users would feel it.
    fn blind(&self, signals: &[SignalState]) -> bool {
        let felt = |kind: SignalKind| {
            matches!(
                kind,
                SignalKind::Ratio | SignalKind::Histogram | SignalKind::Availability
            )
        };
        let any_felt = self.spec.signals.iter().any(|s| felt(s.kind));
        self.spec.signals.iter().zip(signals).any(|(spec, state)| {
            if any_felt && !felt(spec.kind) {
                return false;
            }
            match (state.smallest_visible, state.baseline) {
                (Some(visible), Some(baseline)) => {
                    visible > VISIBLE_TOLERANCES * spec.tolerance.at(baseline) + 1e-12
                }
                _ => true,
            }
        })
    }

    fn signal_state(&self, signal: usize) -> SignalState {
        let (spec, run) = (&self.spec.signals[signal], &self.runs[signal]);
        let visible = run.visible;
        let needed = visible.zip(run.baseline).map(|(visible, baseline)| {
            let ratio = visible / spec.tolerance.at(baseline).max(1e-12);
            let born = self
                .after()
                .iter()
                .filter_map(|i| self.measured.instances[*i].born)
                .min();
            let seen = born.map_or(0.0, |b| {
                (self.measured.head - b + 1).max(1) as f64 * self.measured.interval_s
            });
            // Uncertainty falls with the root of the data.
            if ratio <= 1.0 + 1e-9 {
                0.0
            } else {
                seen * (ratio * ratio - 1.0)
            }
        });
        SignalState {
            key: spec.key.clone(),
            reached: run.reached,
            now: run.now,
            no_data: self.no_data(signal),
            smallest_visible: visible,
            baseline: run.baseline,
            current: run.current,
            time_to_see_tolerance_s: needed,
            score: run.score,
            score_scope: run.score_scope.clone(),
            score_window_s: run.score_window_s,
        }
    }

    fn no_data(&self, signal: usize) -> Option<NoData> {
        let run = &self.runs[signal];
        if run.query_failed {
            return Some(NoData::QueryFailed);
        }
        let tracks = &self.measured.tracks[signal];
        let after = self.indexes(|i| match self.spec.comparison {
            Comparison::CanaryVsStable { .. } => i.role == Role::Canary,
            Comparison::BeforeVsAfter => matches!(i.role, Role::New | Role::All | Role::Canary),
        });
        let newest = self.measured.newest_t.unwrap_or(self.spec.deploy_at);
        let late = newest - (3.5 * self.measured.interval_s).max(10.0);
        let with: Vec<usize> = after
            .iter()
            .copied()
            .filter(|i| tracks[*i].is_some())
            .collect();
        if with.is_empty() {
            let any =
                tracks.iter().any(Option::is_some) || !self.measured.bounds[signal].is_empty();
            return Some(if any || !after.is_empty() {
                NoData::NotStarted
            } else {
                NoData::NoSeries
            });
        }
        if with
            .iter()
            .all(|i| tracks[*i].as_ref().is_some_and(|t| t.nan))
        {
            return Some(NoData::NotANumber);
        }
        if let Some(i) = with.iter().find(|i| {
            tracks[**i]
                .as_ref()
                .is_some_and(|t| t.last_t.is_none_or(|l| l < late))
        }) {
            return Some(NoData::Silent(self.measured.instances[*i].name.clone()));
        }
        if with
            .iter()
            .all(|i| self.measured.instances[*i].born.is_none())
        {
            return Some(NoData::NotStarted);
        }
        if self.learned && !run.judged && run.baseline.is_none() {
            return Some(NoData::NoBaseline);
        }
        None
    }

    /// A roll-back or fix was carried out at `t` on these instances: watch whether it cured.
    pub fn begin_verification(&mut self, t: f64, instances: &[&str]) {
        self.verification = Some(Verification::new(self, t, instances));
    }

    /// Per signal that fired: whether it is cured. Empty if no verification was begun.
    pub fn cure(&self) -> Vec<(String, Cure)> {
        let keys: Vec<String> = self.spec.signals.iter().map(|s| s.key.clone()).collect();
        self.verification
            .as_ref()
            .map(|v| v.answers_for(&keys))
            .unwrap_or_default()
    }
}

/// Rows of weight, content and events of the load.
fn with_events(past: &Past, load: Option<&Past>) -> Past {
    let mut out = Past {
        width: 3,
        slots: past.slots,
        slot_s: past.slot_s,
        instances: Vec::new(),
    };
    for (index, cumulative) in &past.instances {
        let events = load
            .filter(|l| l.slot_s == past.slot_s && l.slots == past.slots)
            .and_then(|l| {
                l.instances
                    .iter()
                    .find(|(i, _)| i == index)
                    .map(|(_, c)| (l.width, c))
            });
        let mut rows = Vec::with_capacity((past.slots + 1) * 3);
        for slot in 0..=past.slots {
            rows.extend_from_slice(&cumulative[slot * past.width..slot * past.width + 2]);
            rows.push(events.map_or(0.0, |(width, c)| c[slot * width + FIRST]));
        }
        out.instances.push((*index, rows));
    }
    out
}
