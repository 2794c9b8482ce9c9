//! Rates and gauges, in logarithms, and leaks.

use super::super::model::LevelModel;
use super::super::spec::{SignalKind, Tolerance};
use super::super::statement::{Evidence, Pattern};
use super::super::stats::control_with_history;
use super::super::windows::{Sums, TAUS};
use super::transient::{despite, tighten, transients};
use super::{CONTROL_SHARE, Candidate, Estimate, Found, Look, NOTHING};

pub(super) fn level(look: &Look<'_>, model: &LevelModel, caps: &mut [f64; TAUS.len()]) -> Found {
    let mut found = Found::default();
    if !look.canary && model.own.is_empty() {
        // Nothing was measured before and nothing else is measured now: there is nothing to compare with.
        return found;
    }
    let rate = look.spec.kind == SignalKind::Rate;
    let sign = look.spec.direction.sign();
    let slack: f64 = if rate {
        0.05
    } else if look.spec.accumulates {
        0.015
    } else {
        0.08
    };
    let feature = |sums: &Sums, j: usize| -> Option<(f64, f64, f64)> {
        let [x, events, weight, _] = *sums.derived.get(j)?;
        (weight > 0.0).then_some((x, events, weight))
    };
    let own = |index: usize| model.own.iter().find(|o| o.0 == index).map(|o| o.1);
    for j in 0..look.windows() {
        let window_s = look.plan.windows[j].seconds;
        let (mut x, mut n, mut events, mut weight, mut reference, mut strange) =
            (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        let mut bursts = 0.0;
        let mut decay = [0.0; TAUS.len()];
        for (index, sums) in &look.after {
            let Some((value, e, w)) = feature(sums, j) else {
                continue;
            };
            bursts += model.counting(value, w);
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
            for (sum, value) in decay.iter_mut().zip(sums.row(j).get(2..).unwrap_or(&[])) {
                *sum += value;
            }
        }
        if n == 0.0 || weight <= 0.0 || window_s < if rate { 3.0 } else { 2.0 * look.interval_s } {
            continue;
        }
        x /= n;
        reference /= n;
        bursts /= n * n;
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
        if !look.canary {
            v += model.own_variance / n;
        }
        let mut lean = 0.0;
        let mut alone_control = None;
        if look.canary {
            let (mut xb, mut nb, mut eb, mut wb, mut theirs) = (0.0, 0.0, 0.0, 0.0, 0.0);
            for (_, sums) in &look.control {
                if let Some((value, e, w)) = feature(sums, j) {
                    xb += value;
                    theirs += model.counting(value, w);
                    nb += 1.0;
                    eb += e;
                    wb += w;
                }
            }
            if nb == 0.0 {
                continue;
            }
            let control = (xb / nb, (noise.e + model.noise.between + theirs / nb) / nb);
            let history = (!model.own.is_empty()).then(|| (model.mean, model.noise.group[j].e));
            let (r, rv) = control_with_history(control, history);
            expected = r;
            let own = (noise.e * few + model.noise.between) / n + bursts;
            alone_control = Some((control.0, (own + control.1 + counting).sqrt()));
            v = own + rv;
            lean = if rate {
                2.0 * model.per_event_sd * (events / weight - eb / wb).abs()
            } else {
                0.0
            };
        } else {
            v += strange / n * model.noise.between / n + bursts;
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
        let leaks = look.spec.accumulates && window_s >= 60.0;
        if look.only_findings() && !leaks && d - slack - other < NOTHING * sd {
            continue;
        }
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
        // Everything is relative to the level with its offset.
        let whole = expected.exp() * scale;
        let (base, current) = (whole - model.offset, x.exp() * scale - model.offset);
        let tolerated = tolerated(&look.spec.tolerance, sign, whole);
        let h = look.h.pause * look.excess(noise);
        if !look.alone {
            let effect = |d: f64| whole * (sign * d.max(tolerated)).exp_m1().abs();
            // What is higher comes in more bursts, and varies by more.
            let mut sd = sd;
            if model.burst.is_some() {
                let calm = (v + counting - bursts).max(0.0);
                for _ in 0..8 {
                    let x = expected + sign * (slack + excused + h * sd);
                    sd = (calm + model.counting(x, weight / n) / n)
                        .max(sd * sd)
                        .sqrt();
                }
            }
            found.could_see(effect(slack + excused + h * sd));
            found.could_see_warm(effect(slack + excused - early + h * sd));
        }
        found.baseline = Some(base);
        found.current = Some(current);
        let (one, two) = (
            whole * (sign * (d - 1.96 * sd)).exp_m1(),
            whole * (sign * (d + 1.96 * sd)).exp_m1(),
        );
        found.estimates.push(Estimate {
            window_s,
            effect: current - base,
            interval: (one.min(two), one.max(two)),
            tolerated: whole * (sign * tolerated).exp_m1().abs(),
        });
        if look.age_s < 15.0 && !rate {
            continue;
        }
        let candidate = |z: f64, pattern: Pattern| {
            let (low, high) = (
                whole * (sign * (d - 1.96 * sd)).exp_m1(),
                whole * (sign * (d + 1.96 * sd)).exp_m1(),
            );
            let hard = look.spec.limits.hard.is_some_and(|limit| {
                sign * (base + low - limit) > 0.0 && sign * (base + high - limit) > 0.0
            });
            Candidate {
                score: look.score(z, noise),
                window_s,
                baseline: base,
                current,
                interval: (low.min(high), low.max(high)),
                pattern,
                severe: d - excused >= (5.0 * tolerated.exp_m1()).ln_1p()
                    && d - excused - 1.96 * sd >= (2.0 * tolerated.exp_m1()).ln_1p(),
                hard,
                // A value of unknown nature alone never rolls back, nor does what a start explains.
                cap: (!rate && !hard || early > 0.2).then_some(Evidence::Pause),
            }
        };
        if z > 0.0 && d - excused >= tolerated {
            found.offer(candidate(z, Pattern::Level));
        }
        if leaks && let Some(z) = growth(look, model, j, d, tolerated, &feature) {
            found.offer(candidate(z, Pattern::Leak));
        }
    }
    found
}

/// What is tolerated of a level, as a difference of logarithms: the larger of its share and its amount.
fn tolerated(tolerance: &Tolerance, sign: f64, level: f64) -> f64 {
    let share = tolerance.at(level) / level.max(1e-12);
    if sign > 0.0 {
        share.ln_1p()
    } else {
        -(1.0 - share).max(0.01).ln()
    }
}

/// Logarithm of the level, events and weight of an instance in a window.
type LevelOf<'a> = &'a dyn Fn(&Sums, usize) -> Option<(f64, f64, f64)>;

/// Evidence that the level keeps growing: the second half of the window above the first, and
/// already above the baseline, which the warming up of a heap is not.
fn growth(
    look: &Look<'_>,
    model: &LevelModel,
    j: usize,
    d: f64,
    tolerated: f64,
    feature: LevelOf<'_>,
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
    for (_, sums) in &look.after {
        let (all, late) = (feature(sums, j)?, feature(sums, half)?);
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
    let slow = 0.003 * minutes;
    let above = d + top / n;
    // What keeps growing is said at half of what is tolerated.
    (above > (0.5 * tolerated.exp_m1()).ln_1p() && grown > 2.0 * slow)
        .then(|| (grown - slow) / (model.growth[j] / n.sqrt()))
}
