//! Latencies: is the shape of the distribution worse than allowed?

use super::super::model::{HistogramModel, buckets_of};
use super::super::shape::{Shape, WAYS, Worse};
use super::super::statement::{Evidence, Pattern};
use super::super::stats::{control_with_history, signed_root, tilted_root};
use super::super::windows::{Sums, TAUS};
use super::transient::{despite, steep_transients, tighten, transients};
use super::{CONTROL_SHARE, Candidate, Estimate, Found, Look, NOTHING};

/// A shift that the control shows, too, from which on the history's shape is no longer right.
const COMMON: f64 = 0.08;
/// A transient that may explain so much leaves the rest uncertain.
const GUESS: f64 = 0.2;
/// From this shift on, as a logarithm, the scores saturate.
const SATURATED: f64 = 1.5;
/// Relative uncertainty of what the interpolated shape says of a shift.
const UNSURE: f64 = 0.2;

pub(super) fn histogram(
    look: &Look<'_>,
    model: &HistogramModel,
    caps: &mut [f64; TAUS.len()],
) -> Found {
    let mut found = Found::default();
    let width = look.width();
    let q = look.spec.limits.quantile;
    let base_quantile = model.quantile;
    let tolerated = (look.spec.tolerance.at(base_quantile) / base_quantile.max(1e-12)).ln_1p();
    let (mut a, mut c) = (Vec::new(), Vec::new());
    let (mut counts, mut null) = (Vec::new(), Vec::new());
    for j in 0..look.windows() {
        let window_s = look.plan.windows[j].seconds;
        let (after, control) = (scores(&look.after, j), scores(&look.control, j));
        let (n, nb) = (after[0], control[0]);
        if n < 3.0 || (look.canary && nb < 3.0) {
            continue;
        }
        let decay = decay(&look.after, j, width);
        let mut rows_added = false;
        let load = look.load_shift(j, model.load);
        for (k, (template, noise)) in model.templates.iter().zip(&model.noise).enumerate() {
            let extra = look.extra(noise)[j];
            let common = noise.group[j];
            let x = after[1 + k] / n - template.mean;
            let xb = control[1 + k] / nb.max(1.0) - template.mean;
            let mut alone_control = None;
            // Where everything is slower for another reason, scores vary more.
            let (variance, steep) = if look.canary {
                template.at_shift(template.shift_of_all(xb))
            } else {
                template.at_shift(load + look.bump[j])
            };
            let moved = steep * steep;
            let at = if look.canary {
                template.shift_of_all(xb).max(0.0)
            } else {
                0.0
            };
            let beyond_shift = |shift: f64| template.expected(at + shift) - template.expected(at);
            let (reference, mut v) = if look.canary {
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
            // A common shift is never exactly common.
            let common_shift = 1.0 + at.min(1.0);
            let sd = (common_shift * (v + variance / n)).sqrt();
            if template.way == WAYS[0] && window_s <= 21.0 && look.age_s < 60.0 {
                let shift = template.shift_of_all(x - reference);
                let shift_sd = sd / template.slope();
                if shift_sd < 0.3 {
                    tighten(&decay, n, shift, shift_sd, caps);
                }
            }
            let other = 0.03 + load + look.bump[j];
            let asked = template.way == WAYS[0] && !look.only_findings();
            if !asked && x - reference - beyond_shift(other) < NOTHING * sd {
                continue;
            }
            let own = template.shift_of(x - reference);
            let h = look.h.pause * look.excess(extra);
            let control_sd = alone_control.map(|(xb, vb)| {
                let own = moved * (extra.e + noise.between) / look.after.len() as f64;
                (xb, (common_shift * (variance / n + vb + own)).sqrt())
            });
            let broad = matches!(template.way, Worse::All(_));
            let early = if broad { transients } else { steep_transients }(&decay, n, caps);
            let with = |sd: f64, unsure: f64| (sd * sd + unsure * unsure).sqrt();
            let (mut z, transient, rare) = despite(&early, |transient| {
                let allowed = beyond_shift(other + transient);
                // The shape is interpolated: the tail of a large shift is a guess.
                let unsure = UNSURE * (allowed - beyond_shift(other)).max(0.0);
                let z = (x - reference - allowed) / with(sd, unsure);
                control_sd.map_or(z, |(xb, sd)| {
                    z.min((x - xb - allowed) / with(sd, unsure) / CONTROL_SHARE)
                })
            });
            let allowed = other + transient;
            if template.way == WAYS[0] {
                if !look.alone {
                    let effect = |allowed: f64| {
                        let shift = template.shift_of_all(template.expected(allowed) + h * sd);
                        base_quantile * shift.max(tolerated).exp_m1()
                    };
                    found.could_see(effect(allowed));
                    found.could_see_warm(effect(other));
                }
                found.baseline = Some(base_quantile);
                found.current = Some(base_quantile * template.shift_of_all(x - reference).exp());
                let effect = |shift: f64| base_quantile * shift.exp_m1();
                let d = x - reference;
                let (shift, half) = (template.shift_of_all(d), 1.96 * sd / template.slope());
                found.estimates.push(Estimate {
                    window_s,
                    effect: effect(shift),
                    interval: (
                        effect(template.shift_of_all(d - 1.96 * sd).min(shift - half)),
                        effect(template.shift_of_all(d + 1.96 * sd).max(shift + half)),
                    ),
                    tolerated: base_quantile * tolerated.exp_m1(),
                });
            }
            if z < NOTHING || own < tolerated + allowed - 0.03 {
                continue;
            }
            if !rows_added {
                Look::add(&look.after, j, &mut a);
                Look::add(&look.control, j, &mut c);
                rows_added = true;
            }
            // Counts are few or skewed: redo it with the exact exponent, at the allowed shape.
            let effective = n / (1.0 + n * v / variance) / common_shift;
            null.clear();
            // What moved the control, too, moved it to where only the control knows the shape.
            let own_shape = if at > COMMON {
                buckets_of(&c[..width], look.order, &mut counts);
                Shape::new(look.bounds, &counts)
            } else {
                None
            };
            match own_shape {
                Some(shape) => null.extend(shape.after(Worse::All(allowed))),
                None => null.extend(model.shape.after(Worse::All(at + allowed))),
            }
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
            let score = look.score(z, extra);
            if found.best.as_ref().is_some_and(|best| best.score >= score) {
                continue;
            }
            let half = 1.96 * sd / template.slope();
            let least = template.shift_of(x - reference - 1.96 * sd).min(own - half);
            let shifts = if own < SATURATED {
                let most = template.shift_of(x - reference + 1.96 * sd);
                Some((least, own, most.max(own + half)))
            } else {
                // What is so slow that the score hardly moves any more is read from the buckets.
                measured(look.bounds, &counts, model, q, effective)
            };
            let (low, shift, high) = shifts.unwrap_or((least, own, own + half));
            let (low, high) = (low.min(shift - half), high.max(shift + half));
            found.offer(Candidate {
                score,
                window_s,
                baseline: base_quantile,
                current: base_quantile * shift.exp(),
                interval: (base_quantile * low.exp_m1(), base_quantile * high.exp_m1()),
                pattern: if matches!(template.way, Worse::All(_)) {
                    Pattern::Level
                } else {
                    Pattern::Tail
                },
                severe: own - (allowed - 0.03) >= (5.0 * tolerated.exp_m1()).ln_1p()
                    && least - (allowed - 0.03) >= (2.0 * tolerated.exp_m1()).ln_1p(),
                hard,
                // While a start or something common slows it down, the rest is a guess: a person decides.
                cap: (transient > GUESS || at > COMMON).then_some(Evidence::Pause),
            });
        }
    }
    found
}

/// How far the quantile has moved, as a logarithm with the ends of its 95 % interval, from the buckets
/// of `n` effective requests. Few requests have no far quantiles: then the farthest that they have.
fn measured(
    bounds: &[f64],
    counts: &[f64],
    model: &HistogramModel,
    q: f64,
    n: f64,
) -> Option<(f64, f64, f64)> {
    let shape = Shape::new(bounds, counts)?;
    let q = q.min(1.0 - 5.0 / n.max(1.0)).max(0.5);
    let before = model.shape.quantile(q).max(1e-12);
    let at = |q: f64| {
        (shape.quantile(q.clamp(0.01, 0.9999)) / before)
            .max(1e-9)
            .ln()
    };
    let half = 1.96 * (q * (1.0 - q) / n.max(1.0)).sqrt();
    Some((at(q - half), at(q), at(q + half)))
}

/// Requests and sums of their scores, all instances together.
fn scores(rows: &[(usize, &Sums)], window: usize) -> [f64; 4] {
    let mut out = [0.0; 4];
    for scores in rows.iter().filter_map(|(_, sums)| sums.derived.get(window)) {
        for (sum, value) in out.iter_mut().zip(scores) {
            *sum += value;
        }
    }
    out
}

/// Requests weighted by the decay of transients, all instances together.
fn decay(rows: &[(usize, &Sums)], window: usize, width: usize) -> [f64; TAUS.len()] {
    let mut out = [0.0; TAUS.len()];
    for row in rows.iter().map(|(_, sums)| sums.row(window)) {
        for (sum, value) in out.iter_mut().zip(row.get(width..).unwrap_or(&[])) {
            *sum += value;
        }
    }
    out
}

/// Whether surely more than `share` of the requests took longer than `limit`.
fn beyond(counts: &[f64], bounds: &[f64], limit: f64, share: f64) -> bool {
    let first = bounds.partition_point(|le| *le < limit * (1.0 - 1e-9)) + 1;
    let slow: f64 = counts.iter().skip(first).sum();
    let all: f64 = counts.iter().sum();
    slow >= 3.0 && signed_root(slow, all, share) > 3.0
}
