//! One look at one signal of one scope: is what is measured worse than what is allowed?

mod availability;
mod demand;
mod histogram;
mod level;
mod ratio;
mod transient;

use super::model::{Elasticity, Model};
use super::past::{Extra, Noise};
use super::spec::SignalSpec;
use super::statement::{Evidence, Pattern};
use super::stats::upper_quantile;
use super::track::width_of;
use super::windows::{Plan, Sums, TAUS};

/// Errors of a starting process that are forgiven, and for how long.
pub(crate) const START_ERRORS: f64 = 0.042;
pub(crate) const START_ERRORS_S: f64 = 42.0;
/// Outside the loads it was learned from, a slope may be this much steeper.
const BEYOND: f64 = 1.3;
/// Least uncertainty of a slope.
const SLOPE_SD: f64 = 0.1;
/// Evidence against the control alone must be at least this share of that with history.
const CONTROL_SHARE: f64 = 0.8;
/// How far above its own worst hour evidence must be.
const WORST: f64 = 1.2;
/// An excursion that large, in standard deviations, is an outlier and not noise.
const OUTLIER: f64 = 4.6;
/// How far above its outliers evidence must be.
const WORST_OUTLIER: f64 = 1.5;
/// Evidence below this, in standard deviations, is none.
const NOTHING: f64 = 2.0;
/// What an instance alone must show more, in standard deviations, since there are many.
const ALONE: f64 = 0.3;

/// Thresholds in standard deviations, from the budgets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Thresholds {
    pub(crate) warn: f64,
    pub(crate) pause: f64,
    pub(crate) rollback: f64,
}

/// Effectively independent looks during a watch: signals × scopes × windows × time.
pub(crate) const LOOKS: f64 = 2500.0;

impl Thresholds {
    pub(crate) fn new(budgets: super::spec::Budgets, factor: f64) -> Self {
        let at = |budget: f64| factor * upper_quantile((budget / LOOKS).clamp(1e-14, 0.4));
        Self {
            warn: at(budgets.warn),
            pause: at(budgets.pause),
            rollback: at(budgets.rollback),
        }
    }

    pub(crate) fn reached(&self, score: f64) -> Option<Evidence> {
        if score >= self.rollback {
            Some(Evidence::Rollback)
        } else if score >= self.pause {
            Some(Evidence::Pause)
        } else if score >= self.warn {
            Some(Evidence::Warn)
        } else {
            None
        }
    }
}

/// What is looked at.
pub(crate) struct Look<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) spec: &'a SignalSpec,
    pub(crate) h: Thresholds,
    pub(crate) canary: bool,
    /// The scope is one instance among several.
    pub(crate) alone: bool,
    /// Instance indexes and sums of the new version in this scope.
    pub(crate) after: Vec<(usize, &'a Sums)>,
    /// The concurrent control: stable instances, or siblings of a single instance.
    pub(crate) control: Vec<(usize, &'a Sums)>,
    /// Load of the whole service per window, events per second.
    pub(crate) load: &'a [f64],
    /// Largest load of half a minute within each window.
    pub(crate) load_peak: &'a [f64],
    /// How much yesterday was slower at this hour, per window, as a logarithm.
    pub(crate) bump: &'a [f64],
    /// Logarithm of the trend of the demand, now.
    pub(crate) trend: f64,
    /// Age of the youngest process in the scope, seconds.
    pub(crate) age_s: f64,
    /// Whether good events are counted instead of bad ones.
    pub(crate) by_good: bool,
    /// Channels of the buckets in ascending order of bound.
    pub(crate) order: &'a [usize],
    /// Bounds of the buckets, without infinity.
    pub(crate) bounds: &'a [f64],
    /// Share of the traffic an instance is expected to get: new version and control.
    pub(crate) shares: (f64, f64),
    /// Whether the shares are known.
    pub(crate) shares_known: bool,
    /// The name of the instance existed before, so its own past is its baseline.
    pub(crate) same_name: bool,
    /// Longest scrape distance, seconds.
    pub(crate) interval_s: f64,
}

/// What was found at the window where it is clearest. Effects are in the unit of the signal.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Candidate {
    pub(crate) score: f64,
    pub(crate) window_s: f64,
    pub(crate) baseline: f64,
    pub(crate) current: f64,
    pub(crate) interval: (f64, f64),
    pub(crate) pattern: Pattern,
    pub(crate) severe: bool,
    pub(crate) hard: bool,
    /// No more than this may follow, however sure.
    pub(crate) cap: Option<Evidence>,
}

/// The effect in one window, whether it matters or not. In the unit of the signal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Estimate {
    pub(crate) window_s: f64,
    pub(crate) effect: f64,
    pub(crate) interval: (f64, f64),
    pub(crate) tolerated: f64,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Found {
    pub(crate) best: Option<Candidate>,
    pub(crate) estimates: Vec<Estimate>,
    /// Smallest effect that would have reached the pause budget, in the unit of the signal.
    pub(crate) visible: Option<f64>,
    /// The same as if no process were starting.
    pub(crate) visible_warm: Option<f64>,
    pub(crate) baseline: Option<f64>,
    pub(crate) current: Option<f64>,
    /// It is too early to judge, and not for want of a baseline.
    pub(crate) waiting: bool,
}

impl Found {
    fn offer(&mut self, candidate: Candidate) {
        if candidate.score.is_finite()
            && self
                .best
                .as_ref()
                .is_none_or(|best| candidate.score > best.score)
        {
            self.best = Some(candidate);
        }
    }

    fn could_see(&mut self, effect: f64) {
        if effect.is_finite() {
            self.visible = Some(self.visible.map_or(effect, |v| v.min(effect)));
        }
    }

    fn could_see_warm(&mut self, effect: f64) {
        if effect.is_finite() {
            self.visible_warm = Some(self.visible_warm.map_or(effect, |v| v.min(effect)));
        }
    }
}

impl Look<'_> {
    fn windows(&self) -> usize {
        self.after
            .iter()
            .map(|(_, sums)| sums.used)
            .max()
            .unwrap_or(0)
    }

    /// Nobody asks for more than what was found: what could be seen is the group's to say, and what
    /// lasts is asked only without a control.
    fn only_findings(&self) -> bool {
        self.alone && self.canary
    }

    fn width(&self) -> usize {
        width_of(self.spec.kind, self.order.len())
    }

    fn add(rows: &[(usize, &Sums)], window: usize, out: &mut Vec<f64>) -> f64 {
        out.clear();
        let mut n = 0.0;
        for (_, sums) in rows {
            let row = sums.row(window);
            if out.is_empty() {
                out.resize(row.len(), 0.0);
            }
            if row.first().is_some_and(|w| *w > 0.0) {
                n += 1.0;
                for (sum, value) in out.iter_mut().zip(row) {
                    *sum += value;
                }
            }
        }
        n
    }

    /// How much more than the threshold evidence must be, after the worst of the past. Where the
    /// past had outliers and no control tells them apart, the next one may be larger still.
    fn excess(&self, extra: Extra) -> f64 {
        let factor = if extra.worst > OUTLIER && !self.canary {
            WORST_OUTLIER
        } else {
            WORST
        };
        (factor * extra.worst / self.h.pause).max(1.0)
    }

    /// Score of evidence `z`, after the worst of the past and the number of scopes.
    fn score(&self, z: f64, extra: Extra) -> f64 {
        z / self.excess(extra) - if self.alone { ALONE } else { 0.0 }
    }

    fn extra<'n>(&self, noise: &'n Noise) -> &'n [Extra] {
        if self.canary {
            &noise.apart
        } else if self.alone {
            &noise.instance
        } else {
            &noise.group
        }
    }

    /// Move allowed because the load differs from that of the history, as a logarithm.
    fn load_shift(&self, window: usize, load: Elasticity) -> f64 {
        if self.canary || !self.spec.load_related || !load.mean.is_finite() {
            return 0.0;
        }
        let allowed = |now: f64| {
            let moved = if now > 0.0 { now.ln() - load.mean } else { 0.0 };
            (load.slope * moved + 2.0 * load.sd.hypot(SLOPE_SD) * moved.abs()).max(0.0)
        };
        let at = |loads: &[f64]| loads.get(window).copied().unwrap_or(0.0);
        // Busy moments weigh more in what is measured than they last.
        allowed(at(self.load)).max(allowed(at(self.load_peak))) * BEYOND
    }
}

pub(crate) fn judge(look: &Look<'_>, model: &Model, caps: &mut [f64; TAUS.len()]) -> Found {
    if look.windows() == 0 && !matches!(model, Model::Availability) {
        return Found::default();
    }
    match model {
        Model::Ratio(model) => ratio::ratio(look, model),
        Model::Histogram(model) => histogram::histogram(look, model, caps),
        Model::Level(model) => level::level(look, model, caps),
        Model::Demand(model) => demand::demand(look, model),
        Model::Availability => availability::availability(look),
    }
}
