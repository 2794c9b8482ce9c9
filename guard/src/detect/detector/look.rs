//! One look at one signal: the group and each instance, against whoever is beside them.

use super::{Detector, Scratch};
use crate::detect::judge::{Candidate, Found, Look, judge};
use crate::detect::spec::{Comparison, Role};
use crate::detect::statement::{Evidence, Scope, Statement};
use crate::detect::windows::{Sums, TAUS};

/// Without a day before, no bump is forgiven.
const NO_BUMP: [f64; 32] = [0.0; 32];
/// A relative effect that is no noisy neighbour.
const BLATANT: f64 = 1.5;
/// Instances beyond this many are not judged one by one.
const ALONE_MOST: usize = 24;

impl Detector {
    pub(super) fn judge_signal(
        &mut self,
        signal: usize,
        after: &[usize],
        control: &[usize],
        scratch: &Scratch,
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
            self.doubt(&mut found, id > 0, &members);
            if id == 0 {
                let least = |a: Option<f64>, b: Option<f64>| match (a, b) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
                run.visible = least(run.visible, found.visible);
                run.visible_warm = least(run.visible_warm, found.visible_warm);
                run.baseline = found.baseline.or(run.baseline);
                run.current = found.current.or(run.current);
                run.judged = found.baseline.is_some() || found.best.is_some() || found.waiting;
                run.keep(&found, self.measured.head, self.measured.interval_s);
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
        run.nearest = run.nearest.max(run.score / self.h.warn);
        run.score_scope = best.as_ref().map(|(_, s)| s.clone());
        run.score_window_s = best.as_ref().map_or(0.0, |(c, _)| c.window_s);
        let statement =
            best.and_then(|(candidate, scope)| self.state(signal, &mut run, &candidate, scope));
        if statement.is_none() && run.score < self.h.warn {
            run.now = None;
            run.looked = None;
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
    fn doubt(&self, found: &mut Found, alone: bool, members: &[usize]) {
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
}
