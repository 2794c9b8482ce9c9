//! The demand: requests that no longer come.

use super::super::model::DemandModel;
use super::super::statement::Pattern;
use super::super::stats::poisson_root;
use super::super::track::{FIRST, WEIGHT};
use super::super::windows::Sums;
use super::{Candidate, Estimate, Found, Look};

pub(super) fn demand(look: &Look<'_>, model: &DemandModel) -> Found {
    let mut found = Found::default();
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
            found.waiting = true;
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
                .all(|(_, sums)| covers(sums, j, window_s));
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
            let seen = look.after.iter().all(|(_, sums)| covers(sums, j, window_s));
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
        if look.only_findings() && d <= slack {
            continue;
        }
        let (base, current) = (expected.exp(), x.exp());
        let scale = if look.canary || look.alone {
            look.shares.0 * n
        } else {
            1.0
        };
        let part = look.spec.tolerance.at(base * scale) / (base * scale).max(1e-12);
        let tolerated = -(1.0 - part).max(0.01).ln();
        let h = look.h.pause * look.excess(noise);
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
            tolerated: base * scale * part,
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
            severe: d >= -(1.0 - (5.0 * part).min(0.9)).ln(),
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

/// Whether an instance was measured most of a window.
fn covers(sums: &Sums, window: usize, window_s: f64) -> bool {
    sums.row(window)
        .get(WEIGHT)
        .is_some_and(|seconds| *seconds > 0.75 * window_s)
}
