//! From what was found to what is said.

use super::super::judge::Candidate;
use super::super::spec::{Comparison, Role, SignalKind};
use super::super::statement::{Evidence, NoData, Scope, SignalState, Statement, Summary, Verdict};
use super::super::stats::upper_tail;
use super::{Detector, ENOUGH_HISTORY_S, Run, VISIBLE_TOLERANCES};

/// What lies beyond all numbers, as a bucket with an absurd bound makes it, cannot be written down.
fn writable(value: f64) -> f64 {
    value.clamp(f64::MIN, f64::MAX)
}

impl Detector {
    pub(super) fn state(
        &self,
        signal: usize,
        run: &mut Run,
        candidate: &Candidate,
        scope: Scope,
    ) -> Option<Statement> {
        let mut evidence = self.h.reached(candidate.score)?;
        if let Some(cap) = candidate.cap {
            evidence = evidence.min(cap);
        }
        // What cannot be taken back is not done on a single look.
        let head = self.measured.head;
        let since = run.looked.filter(|_| evidence == Evidence::Rollback);
        let since = since.unwrap_or(head);
        run.looked = (evidence == Evidence::Rollback).then_some(since);
        if evidence == Evidence::Rollback && since == head {
            evidence = Evidence::Pause;
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
        let budget_spent = (super::super::judge::LOOKS
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
            current: writable(candidate.current),
            effect: writable(effect),
            interval: beyond_doubt(candidate.interval, effect),
            unit: spec.unit.clone(),
            scope,
            window_s: candidate.window_s,
            budget_spent,
            hard_limit_crossed: candidate.hard,
            severe: candidate.severe,
            history: self.history_s >= ENOUGH_HISTORY_S,
            reason: String::new(),
        };
        statement.reason = super::super::words::reason(&statement, self.spec.comparison);
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
    pub(super) fn blind(&self, signals: &[SignalState]) -> bool {
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
            // What was seen before says nothing about what cannot be asked for now.
            if state.no_data == Some(NoData::QueryFailed) {
                return true;
            }
            match (state.smallest_visible, state.baseline) {
                (Some(visible), Some(baseline)) => {
                    visible > VISIBLE_TOLERANCES * spec.tolerance.at(baseline) + 1e-12
                }
                _ => true,
            }
        })
    }

    pub(crate) fn signal_state(&self, signal: usize) -> SignalState {
        let (spec, run) = (&self.spec.signals[signal], &self.runs[signal]);
        let needed = self.seconds_to_see(signal);
        SignalState {
            key: spec.key.clone(),
            reached: run.reached,
            now: run.now,
            no_data: self.no_data(signal),
            smallest_visible: run.visible,
            baseline: run.baseline,
            current: run.current,
            time_to_see_tolerance_s: needed,
            score: run.score,
            score_scope: run.score_scope.clone(),
            score_window_s: run.score_window_s,
        }
    }

    /// Seconds of such traffic until the tolerance could be seen: uncertainty falls with the root
    /// of the data, and the least share of failed scrapes with the data itself.
    fn seconds_to_see(&self, signal: usize) -> Option<f64> {
        let (spec, run) = (&self.spec.signals[signal], &self.runs[signal]);
        let interval_s = self.measured.interval_s;
        let born = self
            .after()
            .iter()
            .filter_map(|i| self.measured.instances[*i].born)
            .min()?;
        let seen = self.measured.head.saturating_sub(born - 1).max(1) as f64 * interval_s;
        let tolerated = spec.tolerance.at(run.baseline?).max(1e-12);
        if run.visible.is_some_and(|v| v <= tolerated * (1.0 + 1e-9)) {
            return Some(0.0);
        }
        match spec.kind {
            SignalKind::Availability => {
                let scrapes = (3.0 / tolerated).ceil() * interval_s;
                Some((self.spec.start_grace_s + scrapes - seen).max(interval_s))
            }
            _ => {
                let visible = run.visible_warm.or(run.visible)?;
                let ratio = (visible / tolerated).max(1.0);
                Some((seen * (ratio * ratio - 1.0)).max(interval_s))
            }
        }
    }

    pub(super) fn no_data(&self, signal: usize) -> Option<NoData> {
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
        let every_s = self.spec.signals[signal].every_s;
        let late = newest - (3.5 * self.measured.interval_s.max(every_s)).max(10.0);
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
}

/// The interval of an effect that is there beyond doubt, though its size is not known well: it ends at none.
fn beyond_doubt((low, high): (f64, f64), effect: f64) -> (f64, f64) {
    if effect > 0.0 {
        (writable(low.max(0.0)), writable(high))
    } else {
        (writable(low), writable(high.min(0.0)))
    }
}
