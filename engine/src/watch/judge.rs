//! Judging: the detector, fed with what was fetched.

use super::fetch::Fetched;
use super::record::Recorder;
use super::roles::{Roles, has_control};
use crate::services::{Signal, Watch};
use guard::detect::{
    Comparison, Cure, Detector, Role, Sample, Scope, SeriesId, SeriesSpec, SignalKind, Statement,
    Summary, WatchSpec,
};
use guard::finding::Cured;
use guard::ids::InstanceId;
use guard::measured::Measured;
use std::collections::{BTreeMap, BTreeSet};

/// The parts of one scrape do not arrive at once: younger samples wait, in seconds.
const SETTLE_S: f64 = 1.0;
/// Judgements of the past that are made at a stretch.
const TICKS_AT_A_STRETCH: u32 = 16;
/// How long a starting instance may fail its scrapes: in seconds, and in intervals, for a scrape may come just before
/// it is up. The three that have to fail come after that.
const START_GRACE_S: f64 = 10.0;
const START_GRACE_INTERVALS: f64 = 1.5;

/// A detector and what it has said that still stands.
pub(super) struct Judge {
    detector: Detector,
    ids: BTreeMap<(usize, BTreeMap<String, String>), SeriesId>,
    standing: BTreeMap<(String, Scope), Statement>,
    roles: Roles,
    /// Under which name the service as a whole is judged; none where instances are.
    whole: Option<InstanceId>,
    first_sample: Option<f64>,
    deploy_at: f64,
    pub(super) recorder: Recorder,
    /// When all instances are taken to have begun, where no counter shows it.
    supposed: Option<f64>,
    /// The instances of which it knows that their change is finished.
    told_changed: BTreeSet<InstanceId>,
}

impl Judge {
    /// A judge of the `signals` of instances; or of what is said of the service as a whole, before and
    /// after, under the name `whole`. What it is fed goes to what `record` makes.
    pub(super) fn new<'a>(
        watch: &Watch,
        signals: impl Iterator<Item = &'a Signal>,
        roles: Roles,
        whole: Option<InstanceId>,
        deploy_at: f64,
        record: impl FnOnce(&WatchSpec) -> Recorder,
    ) -> Self {
        let roles = match &whole {
            Some(whole) => roles.as_one(whole),
            None => roles,
        };
        let comparison = if has_control(&roles) {
            Comparison::CanaryVsStable { canary_share: None }
        } else {
            Comparison::BeforeVsAfter
        };
        let signals = signals.map(|signal| signal.spec.clone()).collect();
        let mut spec = WatchSpec::new(comparison, deploy_at, watch.interval.as_secs_f64(), signals);
        spec.load = watch.load.as_ref().map(ToString::to_string);
        spec.sensitivity = watch.sensitivity;
        spec.settle_s = SETTLE_S;
        spec.start_grace_s =
            START_GRACE_S.max(START_GRACE_INTERVALS * watch.interval.as_secs_f64());
        Self {
            recorder: record(&spec),
            detector: Detector::new(spec),
            ids: BTreeMap::new(),
            standing: BTreeMap::new(),
            roles,
            whole,
            first_sample: None,
            deploy_at,
            supposed: None,
            told_changed: BTreeSet::new(),
        }
    }

    /// Takes every instance as having begun at `t`, though no counter shows it.
    pub(super) fn suppose_started(&mut self, t: f64) {
        self.supposed = Some(t);
    }

    /// The instance is being changed at `t`: that it does not answer meanwhile says nothing.
    pub(super) fn restarting(&mut self, instance: &InstanceId, t: f64) {
        self.detector.instance_restarting(instance.as_str(), t);
        if self.recorder.on() {
            let restart = (instance.to_string(), t);
            self.recorder.step.restarting.push(restart);
        }
    }

    /// The change of the instance was finished at `t`. Said again, it changes nothing.
    pub(super) fn changed(&mut self, instance: &InstanceId, t: f64) {
        if !self.told_changed.insert(instance.clone()) {
            return;
        }
        self.detector.instance_changed(instance.as_str(), t);
        if self.recorder.on() {
            let changed = (instance.to_string(), t);
            self.recorder.step.changed.push(changed);
        }
    }

    /// Which signals cannot be asked for.
    pub(super) fn queried(&mut self, failed: &BTreeSet<String>) {
        let signals = &self.detector.spec().signals;
        let keys: Vec<String> = signals.iter().map(|signal| signal.key.clone()).collect();
        for key in keys {
            self.detector.query_result(&key, !failed.contains(&key));
        }
        self.recorder.failed(failed);
    }

    /// Takes what was fetched. Samples of a changed instance count from its change on: before, it was
    /// another version's, and in a controlled comparison the stable ones are the control.
    pub(super) fn take(&mut self, fetched: &[Fetched]) {
        for series in fetched {
            self.take_some(series, &series.samples);
        }
    }

    /// Takes some samples of a series.
    fn take_some(&mut self, series: &Fetched, samples: &[(f64, f64)]) {
        let instance = match (&self.whole, &series.instance) {
            (None, Some(instance)) => instance,
            (Some(whole), None) => whole,
            _ => return,
        };
        let Some(role) = self.roles.of.get(instance).copied() else {
            return;
        };
        let from = if role == Role::Canary {
            self.deploy_at
        } else {
            f64::NEG_INFINITY
        };
        let new = !self.ids.contains_key(&series.id);
        let id = *self.ids.entry(series.id.clone()).or_insert_with(|| {
            let spec = SeriesSpec {
                uses: series.uses.clone(),
                instance: instance.to_string(),
                role,
            };
            self.recorder.declare(&spec);
            self.detector.declare(&spec)
        });
        if let (true, Some(began)) = (new, self.roles.began.get(instance)) {
            let began = super::speak::seconds(*began);
            self.detector.instance_restarting(instance.as_str(), began);
            if self.recorder.on() {
                let restart = (instance.to_string(), began);
                self.recorder.step.restarting.push(restart);
            }
        }
        // What did not change did not begin either.
        if let (true, Some(t)) = (new, self.supposed.filter(|_| role != Role::Stable)) {
            self.detector.instance_started(instance.as_str(), t);
            if self.recorder.on() {
                let started = (instance.to_string(), t);
                self.recorder.step.started.push(started);
            }
        }
        for (t, value) in samples.iter().filter(|(t, _)| *t >= from) {
            let sample = if value.is_nan() {
                Sample::Nan
            } else {
                Sample::Value(*value)
            };
            self.detector.push(id, *t, sample);
            if self.recorder.on() {
                self.recorder.step.push(id, *t, sample);
            }
            self.first_sample = Some(self.first_sample.map_or(*t, |first| first.min(*t)));
        }
    }

    /// Takes a long past at once, judging at every interval as if it had been watched: a watch that is
    /// taken up again comes to the same statements.
    pub(super) async fn catch_up(
        &mut self,
        fetched: Vec<Fetched>,
        now: f64,
        interval_s: f64,
        verify_since: Option<f64>,
    ) {
        let mut t = self.deploy_at;
        let mut past = Past::of(fetched);
        let mut verifying = false;
        let mut ticks = 0_u32;
        self.recorder.past = true;
        while t < now {
            past.up_to(t, |series, due| self.take_some(series, due));
            if let Some(since) = verify_since.filter(|since| *since <= t && !verifying) {
                self.begin_verification(since);
                verifying = true;
            }
            self.tick(t);
            t += interval_s;
            ticks += 1;
            if ticks.is_multiple_of(TICKS_AT_A_STRETCH) {
                // A past of many hours must not keep the lease and the other watches waiting.
                tokio::task::yield_now().await;
            }
        }
        self.recorder.past = false;
        past.up_to(f64::INFINITY, |series, due| self.take_some(series, due));
        if let Some(since) = verify_since.filter(|_| !verifying) {
            self.begin_verification(since);
        }
    }

    /// Judges at `now`; what no longer holds is forgotten.
    pub(super) fn tick(&mut self, now: f64) -> Summary {
        self.recorder.end_step(now, true);
        for statement in self.detector.tick(now) {
            self.standing.insert(
                (statement.signal.clone(), statement.scope.clone()),
                statement,
            );
        }
        let summary = self.detector.summary();
        self.standing.retain(|(signal, _), _| {
            summary
                .signals
                .iter()
                .any(|state| state.key == *signal && state.now.is_some())
        });
        summary
    }

    /// What was normal at the last look, in each signal's unit.
    pub(super) fn baselines(&self) -> Vec<(String, f64)> {
        let signals = self.detector.summary().signals.into_iter();
        signals
            .filter_map(|state| Some((state.key, state.baseline?)))
            .collect()
    }

    /// What stands.
    pub(super) fn standing(&self) -> impl Iterator<Item = &Statement> {
        self.standing.values()
    }

    /// Seconds of history before the change.
    pub(super) fn history_s(&self) -> f64 {
        self.history_at(self.deploy_at)
    }

    /// Seconds of history before `t`.
    pub(super) fn history_at(&self, t: f64) -> f64 {
        self.first_sample.map_or(0.0, |first| (t - first).max(0.0))
    }

    /// Each of its signals as it was measured so far.
    pub(super) fn measured(
        &self,
        watch: &Watch,
        comparison: guard::verdict::Comparison,
    ) -> impl Iterator<Item = Measured> {
        let measures = self.detector.measured().into_iter();
        measures.filter_map(move |measure| {
            let signal = super::speak::signal(watch, &measure.key)?;
            Some(Measured {
                signal: signal.key.clone(),
                comparison,
                of_dependency: signal.of_dependency,
                measure,
            })
        })
    }

    /// From `t` on the changed instances run the old version again, and the cure has to show.
    pub(super) fn begin_verification(&mut self, t: f64) {
        let changed: Vec<&str> = self.roles.changed.iter().map(InstanceId::as_str).collect();
        self.detector.begin_verification(t, &changed);
        let changed = changed.into_iter().map(ToOwned::to_owned).collect();
        self.recorder.step.verify = Some((t, changed));
    }

    /// This signal, if it is back.
    pub(super) fn cured(&self, watch: &Watch, told: &str) -> Option<Cured> {
        let answers = self.detector.cure();
        let (_, cure) = answers.iter().find(|(answered, _)| answered == told)?;
        cured(watch, &self.detector.summary(), told, cure)
    }
}

/// What was fetched, and how much of each series has been taken: nothing is copied.
struct Past {
    series: Vec<(Fetched, usize)>,
}

impl Past {
    fn of(fetched: Vec<Fetched>) -> Self {
        Self {
            series: fetched.into_iter().map(|series| (series, 0)).collect(),
        }
    }

    /// Gives out the samples up to `t` that were not given out before, series by series.
    fn up_to(&mut self, t: f64, mut take: impl FnMut(&Fetched, &[(f64, f64)])) {
        for (series, taken) in &mut self.series {
            let rest = &series.samples[*taken..];
            let due = rest.partition_point(|(sampled, _)| *sampled <= t);
            take(series, &rest[..due]);
            *taken += due;
        }
    }
}

fn cured(watch: &Watch, summary: &Summary, key: &str, cure: &Cure) -> Option<Cured> {
    let Cure::Cured {
        effect, interval, ..
    } = cure
    else {
        return None;
    };
    let signal = super::speak::signal(watch, key)?;
    let baseline = summary
        .signals
        .iter()
        .find(|state| state.key == key)
        .and_then(|state| state.baseline);
    Some(Cured {
        signal: signal.key.clone(),
        current: possible(signal.spec.kind, baseline.unwrap_or(0.0) + effect),
        effect: *effect,
        interval: *interval,
        unit: signal.spec.unit.clone(),
        evidence: None,
    })
}

/// An estimate may lie where no measurement can: all but gauges are counted or timed.
fn possible(kind: SignalKind, value: f64) -> f64 {
    match kind {
        SignalKind::Gauge => value,
        _ => value.max(0.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_never_said_to_be_less_than_nothing() {
        assert_eq!(possible(SignalKind::Ratio, -0.000_26), 0.0);
        assert_eq!(possible(SignalKind::Ratio, 0.01), 0.01);
        assert_eq!(possible(SignalKind::Gauge, -4.0), -4.0);
    }

    fn series(name: &str, samples: &[f64]) -> Fetched {
        Fetched {
            id: (0, BTreeMap::from([("i".to_owned(), name.to_owned())])),
            instance: InstanceId::new(name).ok(),
            uses: Vec::new(),
            samples: samples.iter().map(|t| (*t, 1.0)).collect(),
        }
    }

    #[test]
    fn each_sample_of_the_past_is_given_out_once_and_when_it_was_due() {
        let mut past = Past::of(vec![series("a", &[1.0, 2.0, 9.0]), series("b", &[2.5])]);
        let mut given = Vec::new();
        for t in [0.0, 2.0, 2.0, 3.0, f64::INFINITY] {
            past.up_to(t, |series, due| {
                for (at, _) in due {
                    given.push((t, series.id.1["i"].clone(), *at));
                }
            });
        }
        let expected = [
            (2.0, "a", 1.0),
            (2.0, "a", 2.0),
            (3.0, "b", 2.5),
            (f64::INFINITY, "a", 9.0),
        ];
        let expected = expected.map(|(t, name, at)| (t, name.to_owned(), at));
        assert_eq!(given, expected);
    }
}
