//! The judges of a watch: one of its instances, one of what is said of the service as a whole, and one of what
//! others run.

use super::fetch::Heard;
use super::judge::Judge;
use super::record::{self, Recorder};
use super::roles::{Roles, has_control};
use super::speak::{self, seconds};
use crate::engine::EngineOptions;
use crate::services::{Service, Signal};
use guard::blame::{Known, blame};
use guard::detect::WatchSpec;
use guard::finding::{Assessment, Cured};
use guard::ids::{DeploymentId, InstanceId, SignalKey};
use guard::measured::Measured;
use guard::verdict::Comparison;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Those that have something to judge.
pub(super) struct Judges {
    all: Vec<(Judge, Comparison)>,
    roles: Roles,
    whole: BTreeSet<String>,
}

impl Judges {
    /// Judges for `roles`; the signals named in `whole` speak of the service as a whole. What they are fed
    /// is kept as the recording of `recorded`.
    pub(super) fn new(
        service: &Service,
        roles: &Roles,
        whole: BTreeSet<String>,
        deploy_at: f64,
        recorded: Option<&DeploymentId>,
    ) -> Self {
        let watch = &service.watch;
        let recorder = |part: usize, spec: &WatchSpec| match recorded {
            Some(name) => Recorder::begin(name, &service.name, part, spec),
            None => Recorder::default(),
        };
        let is_whole = |signal: &&Signal| whole.contains(signal.key.as_str());
        let mut all = Vec::new();
        if !watch.signals.iter().all(|signal| is_whole(&signal)) {
            let signals = watch.signals.iter().filter(|signal| !is_whole(signal));
            let comparison = if has_control(roles) {
                Comparison::CanaryVsStable
            } else {
                Comparison::BeforeVsAfter
            };
            let judge = Judge::new(watch, signals, roles.clone(), None, deploy_at, |spec| {
                recorder(0, spec)
            });
            all.push((judge, comparison));
        }
        // What others run does not restart with a change of the service.
        let untouched = Roles {
            since: None,
            ..roles.clone()
        };
        for (together, roles) in [(false, roles), (true, &untouched)] {
            let signals = || {
                let signals = watch.signals.iter().filter(is_whole);
                signals.filter(move |signal| signal.together == together)
            };
            let Ok(name) = InstanceId::new(service.name.as_str()) else {
                continue;
            };
            if signals().next().is_none() {
                continue;
            }
            let part = all.len();
            let record = |spec: &WatchSpec| recorder(part, spec);
            let roles = roles.clone();
            // No counter that starts again shows when something as a whole begins to be new.
            let begun = roles.since.map(seconds);
            let begun = begun.or(together.then_some(deploy_at));
            let mut judge = Judge::new(watch, signals(), roles, Some(name), deploy_at, record);
            if let Some(begun) = begun {
                judge.suppose_started(begun);
            }
            all.push((judge, Comparison::BeforeVsAfter));
        }
        Self {
            all,
            roles: roles.clone(),
            whole,
        }
    }

    /// Whether they judge these roles, and know of every signal of the service as a whole that was heard.
    pub(super) fn fit(&self, roles: &Roles, whole: &BTreeSet<String>) -> bool {
        self.roles == *roles && whole.is_subset(&self.whole)
    }

    /// Which instance is what.
    pub(super) fn roles(&self) -> &Roles {
        &self.roles
    }

    /// The signals that speak of the service as a whole.
    pub(super) fn whole(&self) -> &BTreeSet<String> {
        &self.whole
    }

    /// Which signals cannot be asked for.
    pub(super) fn queried(&mut self, failed: &BTreeSet<String>) {
        for (judge, _) in &mut self.all {
            judge.queried(failed);
        }
    }

    /// Takes what was heard.
    pub(super) fn take(&mut self, heard: &Heard) {
        for (judge, _) in &mut self.all {
            judge.take(&heard.series);
        }
    }

    /// Takes a long past at once.
    pub(super) async fn catch_up(
        &mut self,
        heard: &Heard,
        now: f64,
        interval_s: f64,
        verify_since: Option<f64>,
    ) {
        for (judge, _) in &mut self.all {
            let series = heard.series.clone();
            judge.catch_up(series, now, interval_s, verify_since).await;
        }
    }

    /// What they were fed and is not written yet.
    pub(super) fn take_lines(&mut self) -> Vec<u8> {
        let parts = self.all.iter_mut();
        parts
            .flat_map(|(judge, _)| judge.recorder.take_lines())
            .collect()
    }

    /// Appends what they were fed to the deployment's recording. One that cannot be written is given up:
    /// the watch is worth more than its record.
    pub(super) async fn write(&mut self, options: &EngineOptions, deployment: &DeploymentId) {
        let lines = self.take_lines();
        let Some(folder) = options.recordings.as_ref().filter(|_| !lines.is_empty()) else {
            return;
        };
        if let Err(error) = record::append(folder, deployment, &lines).await {
            tracing::warn!(%deployment, %error, "the recording of a watch cannot be written and ends here");
            for (judge, _) in &mut self.all {
                judge.recorder = Recorder::default();
            }
        }
    }

    /// The instance is being changed at `t`.
    pub(super) fn restarting(&mut self, instance: &InstanceId, t: f64) {
        for (judge, _) in &mut self.all {
            judge.restarting(instance, t);
        }
    }

    /// The change of the instance was finished at `t`.
    pub(super) fn changed(&mut self, instance: &InstanceId, t: f64) {
        for (judge, _) in &mut self.all {
            judge.changed(instance, t);
        }
    }

    /// Seconds of history before `t`.
    pub(super) fn history_at(&self, t: f64) -> f64 {
        let histories = self.all.iter().map(|(judge, _)| judge.history_at(t));
        histories.fold(0.0, f64::max)
    }

    /// Takes every changed instance as having begun at `t`, though no counter shows it.
    pub(super) fn suppose_started(&mut self, t: f64) {
        for (judge, _) in &mut self.all {
            judge.suppose_started(t);
        }
    }

    /// What was normal at the last look, in each signal's unit.
    pub(super) fn baselines(&self) -> BTreeMap<SignalKey, f64> {
        let all = self.all.iter().flat_map(|(judge, _)| judge.baselines());
        all.filter_map(|(key, baseline)| Some((SignalKey::new(key).ok()?, baseline)))
            .collect()
    }

    /// Judges at `now`, and says what is blamed on what.
    pub(super) fn assess(
        &mut self,
        service: &Service,
        known: &Known,
        now: Timestamp,
    ) -> Option<Assessment> {
        let mut assessment = self.look(service, now)?;
        blame(&mut assessment.findings, known);
        Some(assessment)
    }

    /// Judges at `now`.
    pub(super) fn look(&mut self, service: &Service, now: Timestamp) -> Option<Assessment> {
        let said = self.all.iter_mut().map(|(judge, comparison)| {
            let summary = judge.tick(seconds(now));
            tracing::trace!(service = %service.name, ?summary, "looked");
            let history_s = judge.history_s();
            let standing = judge.standing();
            speak::assessment(&service.watch, &summary, standing, *comparison, history_s)
        });
        said.reduce(speak::together)
    }

    /// Each signal as it was measured so far.
    pub(super) fn measured(&self, service: &Service) -> Vec<Measured> {
        let judges = self.all.iter();
        judges
            .flat_map(|(judge, comparison)| judge.measured(&service.watch, *comparison))
            .collect()
    }

    /// From `since` on the old version runs again, and the cure has to show.
    pub(super) fn begin_verification(&mut self, since: f64) {
        for (judge, _) in &mut self.all {
            judge.begin_verification(since);
        }
    }

    /// Each of these signals, if all of them are back. Where nothing had moved, nothing has to come back.
    pub(super) fn cured(
        &mut self,
        service: &Service,
        told: &[&str],
        now: Timestamp,
    ) -> Option<Vec<Cured>> {
        for (judge, _) in &mut self.all {
            judge.tick(seconds(now));
        }
        let back = |key: &&str| {
            let mut judges = self.all.iter();
            judges.find_map(|(judge, _)| judge.cured(&service.watch, key))
        };
        told.iter().map(back).collect()
    }
}
