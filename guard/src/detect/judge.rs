//! One look at one signal of one scope: is what is measured worse than what is allowed?

use super::model::{
    DemandModel, Elasticity, HistogramModel, LevelModel, Model, RatioModel, bad_of, buckets_of,
    level_feature, score_of,
};
use super::past::{Extra, Noise};
use super::spec::{Direction, SignalKind, SignalSpec};
use super::statement::{Evidence, Pattern};
use super::stats::{control_with_history, poisson_root, signed_root, tilted_root, upper_quantile};
use super::track::{FIRST, WEIGHT, width_of};
use super::windows::{Plan, Sums, TAUS};

/// Errors of a starting process that are forgiven, and for how long.
pub(crate) const START_ERRORS: f64 = 0.042;
pub(crate) const START_ERRORS_S: f64 = 42.0;
/// Largest restart transient of each time constant: latency and CPU at most times 1 + this.
const TRANSIENT_MAX: [f64; TAUS.len()] = [3.4, 3.4, 3.3, 3.2, 2.4];
/// How rare such transients are: twice the negative logarithm of their probability.
const TRANSIENT_RARE: [f64; TAUS.len()] = [0.0, 0.0, 0.0, 2.0, 5.0];
/// Outside the loads it was learned from, a slope may be this much steeper.
const BEYOND: f64 = 1.3;
/// Least uncertainty of a slope.
const SLOPE_SD: f64 = 0.1;
/// Relative uncertainty of what the interpolated shape says of a shift.
const UNSURE: f64 = 0.2;
/// Evidence against the control alone must be at least this share of that with history.
const CONTROL_SHARE: f64 = 0.8;
/// How far above its own worst hour evidence must be.
const WORST: f64 = 1.2;
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
pub(crate) const LOOKS: f64 = 1500.0;

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
    /// Events of the load signal, per instance index.
    pub(crate) events: &'a [Sums],
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
    pub(crate) baseline: Option<f64>,
    pub(crate) current: Option<f64>,
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
}

impl Look<'_> {
    fn windows(&self) -> usize {
        self.after
            .iter()
            .map(|(_, sums)| sums.used)
            .max()
            .unwrap_or(0)
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

    /// Score of evidence `z`, after the worst of the past and the number of scopes.
    fn score(&self, z: f64, extra: Extra) -> f64 {
        let worst = (WORST * extra.worst / self.h.pause).max(1.0);
        z / worst - if self.alone { ALONE } else { 0.0 }
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
    match model {
        Model::Ratio(model) => ratio(look, model),
        Model::Histogram(model) => histogram(look, model, caps),
        Model::Level(model) => level(look, model, caps),
        Model::Demand(model) => demand(look, model),
        Model::Availability => availability(look),
    }
}

fn ratio(look: &Look<'_>, model: &RatioModel) -> Found {
    let mut found = Found::default();
    let width = look.width();
    let up = look.spec.direction == Direction::Up;
    let (slack, slack_rel) = if up { (0.0006, 1.12) } else { (0.004, 1.0) };
    let (mut a, mut c) = (Vec::new(), Vec::new());
    for j in 0..look.windows() {
        let window_s = look.plan.windows[j].seconds;
        Look::add(&look.after, j, &mut a);
        Look::add(&look.control, j, &mut c);
        for mature in [true, false] {
            // Only part of the window may be of mature processes: then a shorter one's noise counts.
            let full = a[WEIGHT].max(1e-9);
            let covered = if mature && up {
                window_s * a[width + WEIGHT] / full
            } else {
                window_s
            };
            let like = look.plan.windows[..=j]
                .iter()
                .rposition(|w| w.seconds <= covered * 1.01)
                .unwrap_or(0);
            let extra = look.extra(&model.noise)[like];
            let common = model.noise.group[like];
            let grace = if mature || !up || look.age_s > window_s + START_ERRORS_S {
                0.0
            } else {
                START_ERRORS
            };
            if !mature && !up {
                continue;
            }
            let (bad, n) = bad_of(
                if mature && up {
                    &a[width..]
                } else {
                    &a[..width]
                },
                look.by_good,
            );
            if n <= 0.0 {
                continue;
            }
            let prior_p = if model.n > 0.0 {
                (model.p * model.n + 0.05) / (model.n + 1.0)
            } else {
                0.0
            };
            let spread = |p: f64| (p * (1.0 - p)).max(1e-7);
            let history =
                (model.n >= 50.0).then(|| (prior_p, spread(prior_p) * (common.e + 1.0 / model.n)));
            let mut alone_control = None;
            let reference = if look.canary {
                let (kb, nb) = if c.is_empty() {
                    (0.0, 0.0)
                } else {
                    bad_of(&c[..width], look.by_good)
                };
                if nb <= 0.0 {
                    continue;
                }
                let pb = (kb + 0.5 + 20.0 * prior_p) / (nb + 1.0 + 20.0);
                let pv = spread(pb.max(prior_p)) * (1.0 / nb + extra.e / look.control.len() as f64);
                alone_control = Some(((kb + 0.5) / (nb + 1.0), pv));
                control_with_history((pb, pv), history)
            } else {
                match history {
                    Some(h) => (h.0, spread(h.0) / model.n),
                    None => continue,
                }
            };
            let p = reference.0.clamp(0.0, 1.0);
            let null = (p * slack_rel).max(p + slack) + grace;
            let share = bad / n;
            let rho = if look.canary {
                extra.e / look.after.len() as f64
            } else {
                extra.e
            };
            let effective = n / (1.0 + n * rho);
            let own = spread(null) / effective;
            let shrink = (own / (own + reference.1)).sqrt();
            let mut z = signed_root(share * effective, effective, null) * shrink;
            if let Some((pb, pv)) = alone_control {
                let null = ((pb * slack_rel).max(pb + slack) + grace).min(0.999);
                let own = spread(null) / effective;
                z = z.min(
                    signed_root(share * effective, effective, null) * (own / (own + pv)).sqrt()
                        / CONTROL_SHARE,
                );
            }
            let tolerated = look.spec.tolerance.at(p);
            if grace == 0.0 {
                let h = look.h.pause * (WORST * extra.worst / look.h.pause).max(1.0);
                // Root deviance inverted: rare events need at least h²/2 of them.
                let sd = (own + reference.1).sqrt();
                found.could_see((null - p + h * sd + 0.3 * h * h / effective).max(tolerated));
                found.baseline = Some(say(look, p));
                found.current = Some(say(look, share));
            }
            let seen = (spread(share.max(0.7 / n)) / effective + reference.1).sqrt();
            let (low, high) = (share - p - 1.96 * seen, share - p + 1.96 * seen);
            let (low, high) = if look.by_good {
                (-high, -low)
            } else {
                (low, high)
            };
            if !mature || !up {
                let effect = if look.by_good { p - share } else { share - p };
                found.estimates.push(Estimate {
                    window_s,
                    effect,
                    interval: (low, high),
                    tolerated,
                });
            }
            if z <= 0.0 || share - p < tolerated + grace || (bad < 3.0) {
                continue;
            }
            let hard = look.spec.limits.hard.is_some_and(|limit| {
                let limit = if look.by_good { 1.0 - limit } else { limit };
                signed_root(bad, n, limit) > 3.0
            });
            found.offer(Candidate {
                score: look.score(z, extra),
                window_s,
                baseline: say(look, p),
                current: say(look, share),
                interval: (low, high),
                pattern: Pattern::Level,
                severe: share - p - grace >= 5.0 * tolerated,
                hard,
                cap: None,
            });
        }
    }
    found
}

/// A bad fraction as the signal states it.
fn say(look: &Look<'_>, bad: f64) -> f64 {
    if look.by_good { 1.0 - bad } else { bad }
}

fn availability(look: &Look<'_>) -> Found {
    let mut found = Found::default();
    let mut a = Vec::new();
    for j in 0..look.windows() {
        Look::add(&look.after, j, &mut a);
        let width = look.width();
        let (n, bad) = (a[width + WEIGHT], a[width + FIRST]);
        if n <= 0.0 {
            continue;
        }
        let share = bad / n;
        let p = 0.01;
        found.estimates.push(Estimate {
            window_s: look.plan.windows[j].seconds,
            effect: -share,
            interval: (-share - 1.0 / n, -share),
            tolerated: 0.25,
        });
        found.baseline = Some(1.0);
        found.current = Some(1.0 - share);
        found.could_see((3.0 / n).max(look.spec.tolerance.absolute));
        if bad < 3.0 || share < 0.2 {
            continue;
        }
        let z = signed_root(bad, n, p);
        let sd = (share * (1.0 - share) / n + 0.25 / (n * n)).sqrt();
        found.offer(Candidate {
            score: look.score(z, Extra { e: 0.0, worst: 0.0 }),
            window_s: look.plan.windows[j].seconds,
            baseline: 1.0,
            current: 1.0 - share,
            interval: ((-share - 1.96 * sd).max(-1.0), -share + 1.96 * sd),
            pattern: Pattern::Silent,
            severe: true,
            hard: look
                .spec
                .limits
                .hard
                .is_some_and(|limit| signed_root(bad, n, (1.0 - limit).max(0.001)) > 2.5),
            cap: None,
        });
    }
    found
}

/// What a restart transient of each time constant could still explain in a window, as a
/// logarithm, given the smallest amplitudes that the scope has shown so far.
fn transients(decay: &[f64], weight: f64, caps: &[f64; TAUS.len()]) -> [f64; TAUS.len()] {
    let mut out = [0.0; TAUS.len()];
    for (k, out) in out.iter_mut().enumerate() {
        let share = decay.get(k).copied().unwrap_or(0.0) / weight.max(1e-9);
        *out = (caps[k].clamp(0.0, TRANSIENT_MAX[k]) * share).ln_1p();
    }
    out
}

/// Evidence against every transient: the slow ones are rare, which counts as evidence too.
/// Returns it with the transient that explains most, and what its rarity counts.
fn despite(transients: &[f64; TAUS.len()], z: impl Fn(f64) -> f64) -> (f64, f64, f64) {
    let mut least = (f64::MAX, 0.0, 0.0);
    for (k, transient) in transients.iter().enumerate() {
        let z = z(*transient);
        let z = if z > 0.0 {
            (z * z + TRANSIENT_RARE[k]).sqrt()
        } else {
            z
        };
        if z < least.0 {
            least = (z, *transient, TRANSIENT_RARE[k]);
        }
    }
    least
}

/// A shift seen with its uncertainty bounds the amplitude of any transient.
fn tighten(decay: &[f64], weight: f64, shift: f64, sd: f64, caps: &mut [f64; TAUS.len()]) {
    for (k, cap) in caps.iter_mut().enumerate() {
        let share = decay.get(k).copied().unwrap_or(0.0) / weight.max(1e-9);
        if share > 0.05 {
            *cap = cap.min(((shift + 2.0 * sd).max(0.0).exp_m1() / share).max(0.0));
        }
    }
}

fn histogram(look: &Look<'_>, model: &HistogramModel, caps: &mut [f64; TAUS.len()]) -> Found {
    let mut found = Found::default();
    let width = look.width();
    let q = look.spec.limits.quantile;
    let base_quantile = model.shape.quantile(q);
    let tolerated = (look.spec.tolerance.at(base_quantile) / base_quantile.max(1e-12)).ln_1p();
    let (mut a, mut c) = (Vec::new(), Vec::new());
    let (mut counts, mut null) = (Vec::new(), Vec::new());
    let last = look.order.last().copied().unwrap_or(0);
    for j in 0..look.windows() {
        let window_s = look.plan.windows[j].seconds;
        Look::add(&look.after, j, &mut a);
        Look::add(&look.control, j, &mut c);
        let n = a.get(last).copied().unwrap_or(0.0);
        let nb = c.get(last).copied().unwrap_or(0.0);
        if n < 3.0 || (look.canary && nb < 3.0) {
            continue;
        }
        let load = look.load_shift(j, model.load);
        for (template, noise) in model.templates.iter().zip(&model.noise) {
            let extra = look.extra(noise)[j];
            let common = noise.group[j];
            let x = score_of(&a[..width], look.order, template) - template.mean;
            let mut alone_control = None;
            // Where everything is slower for another reason, scores vary more.
            let (variance, steep) = if look.canary {
                let xb = score_of(&c[..width], look.order, template) - template.mean;
                template.at_shift(template.shift_of_all(xb))
            } else {
                template.at_shift(load + look.bump[j])
            };
            let moved = steep * steep;
            let at = if look.canary {
                template
                    .shift_of_all(score_of(&c[..width], look.order, template) - template.mean)
                    .max(0.0)
            } else {
                0.0
            };
            let beyond_shift = |shift: f64| template.expected(at + shift) - template.expected(at);
            let (reference, mut v) = if look.canary {
                let xb = score_of(&c[..width], look.order, template) - template.mean;
                let vb =
                    variance / nb + moved * (extra.e + noise.between) / look.control.len() as f64;
                let history =
                    (model.n >= 200.0).then_some((0.0, common.e + template.variance / model.n));
                alone_control = Some((xb, vb));
                control_with_history((xb, vb), history)
            } else {
                // The shape is only interpolated: what it says of a large shift is uncertain.
                (
                    0.0,
                    template.variance / model.n.max(1.0)
                        + (UNSURE * template.expected(load + look.bump[j])).powi(2),
                )
            };
            v += if look.canary {
                moved * (extra.e + noise.between) / look.after.len() as f64
            } else {
                moved * extra.e
            };
            let sd = (v + variance / n).sqrt();
            if template.way == super::shape::WAYS[0] && window_s <= 21.0 && look.age_s < 60.0 {
                let shift = template.shift_of_all(x - reference);
                let shift_sd = sd / template.slope();
                if shift_sd < 0.3 {
                    tighten(&a[width..], n, shift, shift_sd, caps);
                }
            }
            let own = template.shift_of(x - reference);
            let h = look.h.pause * (WORST * extra.worst / look.h.pause).max(1.0);
            let other = 0.03 + load + look.bump[j];
            let control_sd = alone_control.map(|(xb, vb)| {
                let own = moved * (extra.e + noise.between) / look.after.len() as f64;
                (xb, (variance / n + vb + own).sqrt())
            });
            let (mut z, transient, rare) =
                despite(&transients(&a[width..], n, caps), |transient| {
                    let allowed = beyond_shift(other + transient);
                    let z = (x - reference - allowed) / sd;
                    control_sd.map_or(z, |(xb, sd)| z.min((x - xb - allowed) / sd / CONTROL_SHARE))
                });
            let allowed = other + transient;
            if template.way == super::shape::WAYS[0] {
                let shift = template
                    .shift_of_all(template.expected(allowed) + h * sd)
                    .max(tolerated);
                found.could_see(base_quantile * shift.exp_m1());
                found.baseline = Some(base_quantile);
                found.current = Some(base_quantile * template.shift_of_all(x - reference).exp());
                let at = |x: f64| base_quantile * template.shift_of_all(x).exp_m1();
                let d = x - reference;
                found.estimates.push(Estimate {
                    window_s,
                    effect: at(d),
                    interval: (at(d - 1.96 * sd), at(d + 1.96 * sd)),
                    tolerated: base_quantile * tolerated.exp_m1(),
                });
            }
            if z < 2.0 || own < tolerated + allowed - 0.03 {
                continue;
            }
            // Counts are few or skewed: redo it with the exact exponent, at the allowed shape.
            let effective = n / (1.0 + n * v / variance);
            null.clear();
            null.extend(model.shape.after(super::shape::Worse::All(at + allowed)));
            let moved_mean = template.expected(at);
            let exact = tilted_root(
                x - reference + moved_mean + template.mean,
                effective,
                &null,
                &template.score,
            );
            z = z.min(exact.hypot(rare.sqrt()));
            buckets_of(&a[..width], look.order, &mut counts);
            let hard = look
                .spec
                .limits
                .hard
                .is_some_and(|limit| beyond(&counts, look.bounds, limit, 1.0 - q));
            let (low, high) = (
                template.shift_of(x - reference - 1.96 * sd),
                template.shift_of(x - reference + 1.96 * sd),
            );
            found.offer(Candidate {
                score: look.score(z, extra),
                window_s,
                baseline: base_quantile,
                current: base_quantile * own.exp(),
                interval: (base_quantile * low.exp_m1(), base_quantile * high.exp_m1()),
                pattern: if matches!(template.way, super::shape::Worse::All(_)) {
                    Pattern::Level
                } else {
                    Pattern::Tail
                },
                severe: own - (allowed - 0.03) >= (5.0 * tolerated.exp_m1()).ln_1p(),
                hard,
                cap: None,
            });
        }
    }
    found
}

/// Whether surely more than `share` of the requests took longer than `limit`.
fn beyond(counts: &[f64], bounds: &[f64], limit: f64, share: f64) -> bool {
    let first = bounds.partition_point(|le| *le < limit * (1.0 - 1e-9)) + 1;
    let slow: f64 = counts.iter().skip(first).sum();
    let all: f64 = counts.iter().sum();
    slow >= 3.0 && signed_root(slow, all, share) > 3.0
}

fn level(look: &Look<'_>, model: &LevelModel, caps: &mut [f64; TAUS.len()]) -> Found {
    let mut found = Found::default();
    let rate = look.spec.kind == SignalKind::Rate;
    let sign = look.spec.direction.sign();
    let tolerated = if sign > 0.0 {
        look.spec.tolerance.relative.ln_1p()
    } else {
        -(1.0 - look.spec.tolerance.relative).max(0.01).ln()
    };
    let slack: f64 = if rate {
        0.05
    } else if look.spec.accumulates {
        0.015
    } else {
        0.08
    };
    let feature = |index: usize, sums: &Sums, j: usize| -> Option<(f64, f64, f64)> {
        let row = sums.row(j);
        let load = look.events.get(index).map_or(&[][..], |e| e.row(j));
        let events = load.get(FIRST).copied().unwrap_or(0.0);
        // The load may arrive later than the rate: without it nothing can be expected.
        if rate
            && model.per_event > 0.0
            && load
                .first()
                .is_none_or(|w| *w < 0.7 * row[WEIGHT] || *w > 1.4 * row[WEIGHT])
        {
            return None;
        }
        let full = [row[WEIGHT], row[FIRST], events];
        let x = level_feature(&full, rate, model.offset, model.fixed, model.per_event)?;
        Some((x, events, row[WEIGHT]))
    };
    let own = |index: usize| model.own.iter().find(|o| o.0 == index).map(|o| o.1);
    for j in 0..look.windows() {
        let window_s = look.plan.windows[j].seconds;
        let (mut x, mut n, mut events, mut weight, mut reference, mut strange) =
            (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        let mut decay = [0.0; TAUS.len()];
        for (index, sums) in &look.after {
            let Some((value, e, w)) = feature(*index, sums, j) else {
                continue;
            };
            x += value;
            n += 1.0;
            events += e;
            weight += w;
            match own(*index) {
                Some(own) if !look.canary => reference += own,
                _ => {
                    reference += model.mean;
                    strange += 1.0;
                }
            }
            for (sum, value) in decay.iter_mut().zip(&sums.row(j)[2..]) {
                *sum += value;
            }
        }
        if n == 0.0 || weight <= 0.0 || window_s < if rate { 3.0 } else { 2.0 * look.interval_s } {
            continue;
        }
        x /= n;
        reference /= n;
        let noise = look.extra(&model.noise)[j];
        // Uneven cost of single requests: fewer of them, more noise.
        let few = if rate && model.events > 0.0 {
            (model.events * weight / events.max(1.0)).max(1.0)
        } else {
            1.0
        };
        let (mut expected, mut v) = (reference, noise.e * few);
        // Requests differ in cost; long known windows have learned how much, short or cold ones not.
        let share = model.per_event * events / weight;
        let counting = if rate && model.per_event > 0.0 {
            (share / (model.fixed + share).max(1e-12)).powi(2) / events.max(1.0)
        } else {
            0.0
        };
        let mut lean = 0.0;
        let mut alone_control = None;
        if look.canary {
            let (mut xb, mut nb, mut eb, mut wb) = (0.0, 0.0, 0.0, 0.0);
            for (index, sums) in &look.control {
                if let Some((value, e, w)) = feature(*index, sums, j) {
                    xb += value;
                    nb += 1.0;
                    eb += e;
                    wb += w;
                }
            }
            if nb == 0.0 {
                continue;
            }
            let control = (xb / nb, (noise.e + model.noise.between) / nb);
            let history = (!model.own.is_empty()).then(|| (model.mean, model.noise.group[j].e));
            let (r, rv) = control_with_history(control, history);
            expected = r;
            let own = (noise.e * few + model.noise.between) / n;
            alone_control = Some((control.0, (own + control.1 + counting).sqrt()));
            v = own + rv;
            lean = if rate {
                2.0 * model.per_event_sd * (events / weight - eb / wb).abs()
            } else {
                0.0
            };
        } else {
            v += strange / n * model.noise.between / n;
            if rate {
                lean = 2.0 * model.per_event_sd * (events / weight - model.events).abs();
            }
        }
        let scale = if rate {
            (model.fixed + model.per_event * events / weight).max(1e-12)
        } else {
            1.0
        };
        let load = look.load_shift(j, model.load) + lean / scale;
        let d = sign * (x - expected);
        let sd = (v + counting).sqrt().max(1e-3);
        if rate && window_s <= 21.0 && look.age_s < 60.0 && sd < 0.3 {
            tighten(&decay, weight, d, sd, caps);
        }
        let other = load + look.bump[j];
        let early = if rate {
            transients(&decay, weight, caps)
        } else {
            [0.0; TAUS.len()]
        };
        let (z, early, _) = despite(&early, |early| {
            let z = (d - slack - other - early) / sd;
            alone_control.map_or(z, |(xb, sd)| {
                z.min((sign * (x - xb) - slack - other - early) / sd / CONTROL_SHARE)
            })
        });
        let excused = early + load + look.bump[j];
        let (base, current) = (
            expected.exp() * scale - model.offset,
            x.exp() * scale - model.offset,
        );
        let h = look.h.pause * (WORST * noise.worst / look.h.pause).max(1.0);
        found.could_see(
            base * (sign * (slack + excused + h * sd).max(tolerated))
                .exp_m1()
                .abs(),
        );
        found.baseline = Some(base);
        found.current = Some(current);
        let (one, two) = (
            base * (sign * (d - 1.96 * sd)).exp_m1(),
            base * (sign * (d + 1.96 * sd)).exp_m1(),
        );
        found.estimates.push(Estimate {
            window_s,
            effect: current - base,
            interval: (one.min(two), one.max(two)),
            tolerated: base * (sign * tolerated).exp_m1().abs(),
        });
        if look.age_s < 15.0 && !rate {
            continue;
        }
        let candidate = |z: f64, pattern: Pattern| {
            let (low, high) = (
                base * (sign * (d - 1.96 * sd)).exp_m1(),
                base * (sign * (d + 1.96 * sd)).exp_m1(),
            );
            Candidate {
                score: look.score(z, noise),
                window_s,
                baseline: base,
                current,
                interval: (low.min(high), low.max(high)),
                pattern,
                severe: d - excused >= (5.0 * tolerated.exp_m1()).ln_1p(),
                hard: look.spec.limits.hard.is_some_and(|limit| {
                    sign * (base + low - limit) > 0.0 && sign * (base + high - limit) > 0.0
                }),
                cap: None,
            }
        };
        if z > 0.0 && d - excused >= tolerated {
            found.offer(candidate(z, Pattern::Level));
        }
        if look.spec.accumulates && window_s >= 60.0 {
            if let Some(z) = growth(look, model, j, d, &feature) {
                found.offer(candidate(z, Pattern::Leak));
            }
        }
    }
    found
}

/// Evidence that the level keeps growing: the second half of the window above the first, and
/// already above the baseline, which the warming up of a heap is not.
fn growth(
    look: &Look<'_>,
    model: &LevelModel,
    j: usize,
    d: f64,
    feature: &dyn Fn(usize, &Sums, usize) -> Option<(f64, f64, f64)>,
) -> Option<f64> {
    let window_s = look.plan.windows[j].seconds;
    let half = look.plan.windows[..j]
        .iter()
        .rposition(|w| w.seconds <= 0.51 * window_s)?;
    if look.plan.windows[half].seconds < 0.45 * window_s {
        return None;
    }
    let sign = look.spec.direction.sign();
    let (mut n, mut grown, mut top) = (0.0, 0.0, 0.0);
    for (index, sums) in &look.after {
        let (all, late) = (feature(*index, sums, j)?, feature(*index, sums, half)?);
        let early_weight = all.2 - late.2;
        if early_weight <= 0.0 || late.2 <= 0.0 {
            return None;
        }
        let early = ((all.0.exp() * all.2 - late.0.exp() * late.2) / early_weight)
            .max(1e-12)
            .ln();
        // What is still below the baseline is warming up: coming back to it is no growth.
        grown += (sign * (late.0 - early)).min(sign * (late.0 - all.0) + d);
        top += sign * (late.0 - all.0);
        n += 1.0;
    }
    grown /= n;
    let minutes = window_s / 120.0;
    let tolerated = 0.003 * minutes;
    let above = d + top / n;
    (above > 0.025 && grown > 2.0 * tolerated)
        .then(|| (grown - tolerated) / (model.growth[j] / n.sqrt()))
}

fn demand(look: &Look<'_>, model: &DemandModel) -> Found {
    let mut found = Found::default();
    let tolerated = -(1.0 - look.spec.tolerance.relative).max(0.01).ln();
    let sign = look.spec.direction.sign();
    let (mut a, mut c) = (Vec::new(), Vec::new());
    for j in 0..look.windows() {
        let window_s = look.plan.windows[j].seconds;
        let (least, settle) = if look.canary {
            (15.0, 10.0)
        } else {
            (20.0, 30.0)
        };
        if window_s < least || look.age_s < settle + window_s {
            continue;
        }
        let n = Look::add(&look.after, j, &mut a);
        let nb = Look::add(&look.control, j, &mut c);
        if n == 0.0 {
            continue;
        }
        let (x, expected, v, slack);
        let noise;
        if look.canary || look.alone {
            let seen = look
                .after
                .iter()
                .chain(&look.control)
                .all(|(_, sums)| sums.row(j)[WEIGHT] > 0.75 * window_s);
            if nb == 0.0 || !seen {
                continue;
            }
            noise = model.noise.apart[j];
            let between = if look.canary && !look.shares_known {
                0.02
            } else {
                model.noise.between
            };
            x = ((a[FIRST] + 0.5) / a[WEIGHT] / look.shares.0).ln();
            let mut rest = ((c[FIRST] + 0.5) / c[WEIGHT] / look.shares.1).ln();
            let mut offset = between;
            if !look.canary
                && look.same_name
                && let Some((_, own)) = look
                    .after
                    .first()
                    .and_then(|(i, _)| model.own.iter().find(|o| o.0 == *i))
            {
                rest += own * (1.0 + 1.0 / nb);
                offset = 0.0004;
            }
            expected = rest;
            v = (noise.e + offset) * (1.0 / n + 1.0 / nb)
                + 1.0 / (a[FIRST] + 0.5).max(c[FIRST] * n / nb)
                + 1.0 / (c[FIRST] + 0.5);
            slack = if look.canary { 0.03 } else { 0.08 };
        } else {
            noise = model.noise.group[j];
            let rate = look.load.get(j).copied().unwrap_or(0.0);
            let seen = look
                .after
                .iter()
                .all(|(_, sums)| sums.row(j)[WEIGHT] > 0.75 * window_s);
            if !model.mean.is_finite() || !seen {
                continue;
            }
            x = (rate + 0.5 / window_s).ln();
            expected = model.mean + look.trend;
            v = noise.e + 1.0 / (expected.exp() * window_s).max(0.5);
            slack = 0.12;
        }
        let sd = v.sqrt();
        let d = sign * (x - expected);
        let (base, current) = (expected.exp(), x.exp());
        let scale = if look.canary || look.alone {
            look.shares.0 * n
        } else {
            1.0
        };
        let h = look.h.pause * (WORST * noise.worst / look.h.pause).max(1.0);
        found.could_see(base * scale * (sign * (slack + h * sd).max(tolerated)).exp_m1().abs());
        found.baseline = Some(base * scale);
        found.current = Some(current * scale);
        found.estimates.push(Estimate {
            window_s,
            effect: (current - base) * scale,
            interval: (
                base * scale * (sign * (d + 1.96 * sd)).exp_m1(),
                base * scale * (sign * (d - 1.96 * sd)).exp_m1(),
            ),
            tolerated: base * scale * look.spec.tolerance.relative,
        });
        let expected_count = base
            * look.shares.0
            * a[WEIGHT]
            * if look.canary || look.alone {
                1.0
            } else {
                window_s / a[WEIGHT]
            };
        let count = if look.canary || look.alone {
            a[FIRST]
        } else {
            current * window_s
        };
        let allowed = expected_count * (-slack).exp();
        // Counts are skewed: their own deviance, thinned by what they vary beyond counting.
        let thin = (1.0 / expected_count.max(0.5)) / v;
        let z = (sign * poisson_root(count, allowed) * thin.min(1.0).sqrt()).min((d - slack) / sd);
        if z <= 0.0 || d < tolerated + slack * 0.5 || base * a[WEIGHT] * look.shares.0 < 20.0 {
            continue;
        }
        let (low, high) = (
            base * (sign * (d - 1.96 * sd)).exp_m1(),
            base * (sign * (d + 1.96 * sd)).exp_m1(),
        );
        found.offer(Candidate {
            score: look.score(z, noise),
            window_s,
            baseline: base * scale,
            current: current * scale,
            interval: (low.min(high) * scale, low.max(high) * scale),
            pattern: Pattern::Level,
            severe: d >= -(1.0 - (5.0 * look.spec.tolerance.relative).min(0.9)).ln(),
            hard: look
                .spec
                .limits
                .hard
                .is_some_and(|limit| sign * (current * scale - limit) > 0.0 && z > 3.0),
            cap: None,
        });
    }
    found
}
