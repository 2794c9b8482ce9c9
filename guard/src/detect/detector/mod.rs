//! The streaming detector: samples in, statements out.

mod learn;
mod look;
mod speak;
mod sums;

use std::collections::BTreeMap;

use super::cure::{Cure, Verification};
use super::ingest::Measured;
use super::judge::{Found, Thresholds};
use super::measure::{Change, Course, Estimated};
use super::model::Model;
use super::spec::{Comparison, Reference, Role, Sample, SeriesId, SeriesSpec, WatchSpec};
use super::statement::{Evidence, Scope, Statement};
use super::trend::Yesterday;
use super::windows::{Plan, Sums, TAUS};

/// Version of the judgement: stored with what it decided, raised when the numbers may change.
pub const CODE_VERSION: u32 = 1;

/// History below this many seconds makes a weaker promise.
pub const ENOUGH_HISTORY_S: f64 = 600.0;
/// A verdict of healthy means an effect of so many tolerances would have been seen.
pub const VISIBLE_TOLERANCES: f64 = 8.0;
/// More samples than this are never waiting to settle; what comes beyond is dropped.
const WAITING_MOST: usize = 200_000;

#[derive(Debug, Clone, Default)]
pub(crate) struct Run {
    pub(crate) reached: Option<Evidence>,
    pub(crate) now: Option<Evidence>,
    /// Cell of the first of the looks in a row that had the evidence to roll back.
    looked: Option<i64>,
    pub(crate) said: Option<(Evidence, bool, bool)>,
    pub(crate) scope: Option<Scope>,
    pub(crate) original_effect: Option<f64>,
    visible: Option<f64>,
    visible_warm: Option<f64>,
    pub(crate) baseline: Option<f64>,
    pub(crate) current: Option<f64>,
    score: f64,
    score_scope: Option<Scope>,
    score_window_s: f64,
    judged: bool,
    query_failed: bool,
    /// What reports say of it: the look that says most, the strongest evidence ever, the time before.
    pub(crate) estimated: Option<Estimated>,
    pub(crate) nearest: f64,
    pub(crate) past: Course,
    caps: BTreeMap<usize, [f64; TAUS.len()]>,
}

impl Run {
    /// Keeps the look from the longest window, until that is old.
    fn keep(&mut self, found: &Found, head: i64, interval_s: f64) {
        let longest = found.estimates.last();
        let (Some(estimate), Some(baseline)) = (longest, found.baseline) else {
            return;
        };
        let window_s = estimate.window_s;
        let known = self.estimated;
        if known.is_none_or(|known| known.yields_to(window_s, head, interval_s)) {
            self.estimated = Some(Estimated {
                baseline,
                change: Change {
                    effect: estimate.effect,
                    interval: estimate.interval,
                    window_s,
                },
                tolerated: estimate.tolerated,
                head,
            });
        }
    }
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

    /// A restart of this instance was begun on purpose at `t`: failed scrapes are forgiven for
    /// [`WatchSpec::start_grace_s`]. Say [`Detector::instance_started`] once the process runs.
    pub fn instance_restarting(&mut self, instance: &str, t: f64) {
        self.measured.restarting(instance, t);
    }

    /// Whoever changed this instance was done with it at `t`. A process of the new version that is not seen to begin
    /// soon afterwards is taken to have begun then.
    pub fn instance_changed(&mut self, instance: &str, t: f64) {
        self.measured.changed(instance, t);
    }

    /// The instance changes its part, as when the next batch gets the new version.
    pub fn set_role(&mut self, instance: &str, role: Role) {
        self.measured.set_role(instance, role);
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
        self.learn_from_control(&control);
        self.sum_up(&after, &control, None, &mut scratch);
        let mut out = Vec::new();
        for signal in 0..self.spec.signals.len() {
            if let Some(statement) = self.judge_signal(signal, &after, &control, &scratch) {
                out.push(statement);
            }
        }
        self.scratch = scratch;
        self.verify(&control);
        out
    }

    fn canary(&self) -> bool {
        matches!(self.spec.comparison, Comparison::CanaryVsStable { .. })
    }

    /// Instances that run the new version.
    fn after(&self) -> Vec<usize> {
        let stale = self
            .measured
            .head
            .saturating_sub((300.0 / self.measured.interval_s) as i64);
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
