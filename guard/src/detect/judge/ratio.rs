//! A ratio of counters: errors, or what is missing to all good.

use super::super::model::{RatioModel, bad_of};
use super::super::spec::Direction;
use super::super::statement::Pattern;
use super::super::stats::{control_with_history, signed_root};
use super::super::track::WEIGHT;
use super::{CONTROL_SHARE, Candidate, Estimate, Found, Look, START_ERRORS, START_ERRORS_S};

pub(super) fn ratio(look: &Look<'_>, model: &RatioModel) -> Found {
    let mut found = Found::default();
    let width = look.width();
    let up = look.spec.direction == Direction::Up;
    let (slack, slack_rel) = if up { (0.0006, 1.12) } else { (0.004, 1.0) };
    let (mut a, mut c) = (Vec::new(), Vec::new());
    for j in 0..look.windows() {
        let window_s = look.plan.windows[j].seconds;
        Look::add(&look.after, j, &mut a);
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
            let (kb, nb) = control_of(look, j, like, &mut c);
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
            let mut z = 0.0;
            if share > null {
                z = signed_root(share * effective, effective, null) * shrink;
            }
            if let Some((pb, pv)) = alone_control.filter(|_| z > 0.0) {
                let null = ((pb * slack_rel).max(pb + slack) + grace).min(0.999);
                let own = spread(null) / effective;
                z = z.min(
                    signed_root(share * effective, effective, null) * (own / (own + pv)).sqrt()
                        / CONTROL_SHARE,
                );
            }
            if look.only_findings() && z <= 0.0 {
                continue;
            }
            let tolerated = look.spec.tolerance.at(p);
            let h = look.h.pause * look.excess(extra);
            // Root deviance inverted: rare events need at least h²/2 of them.
            let sd = (own + reference.1).sqrt();
            let visible = null - p + h * sd + 0.3 * h * h / effective;
            found.could_see(visible.max(tolerated + grace));
            found.could_see_warm((visible - grace).max(tolerated));
            found.baseline = Some(say(look, p));
            found.current = Some(say(look, share));
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

/// Bad and all events of the control over the moments that were judged, which lie between two windows:
/// of the two the worse one, lest the canary is blamed for what has befallen both.
fn control_of(look: &Look<'_>, long: usize, short: usize, sum: &mut Vec<f64>) -> (f64, f64) {
    let width = look.width();
    let mut of = |window: usize| {
        Look::add(&look.control, window, sum);
        match sum.get(..width) {
            Some(row) => bad_of(row, look.by_good),
            None => (0.0, 0.0),
        }
    };
    let all = of(long);
    if short == long {
        return all;
    }
    let last = of(short);
    if last.1 > 0.0 && last.0 * all.1 > all.0 * last.1 {
        last
    } else {
        all
    }
}

/// A bad fraction as the signal states it.
fn say(look: &Look<'_>, bad: f64) -> f64 {
    if look.by_good { 1.0 - bad } else { bad }
}
