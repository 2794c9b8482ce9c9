//! Baseline of a ratio.

use super::super::past::{Noise, Past, Prior, noise};
use super::super::spec::{Direction, SignalSpec};
use super::super::windows::Plan;
use super::bad_of;

/// Baseline of a ratio.
#[derive(Debug, Clone)]
pub(crate) struct RatioModel {
    /// Fraction of bad events.
    pub(crate) p: f64,
    /// Events it is from.
    pub(crate) n: f64,
    /// Over-dispersion: variance beyond the binomial as a multiple of `p (1 − p)`.
    pub(crate) noise: Noise,
}

pub(crate) fn learn_ratio(
    plan: &Plan,
    past: &Past,
    spec: &SignalSpec,
    by_good: bool,
) -> RatioModel {
    let total = past.total();
    let (bad, n) = if past.slots > 0 {
        bad_of(&total, by_good)
    } else {
        (0.0, 0.0)
    };
    let p = if n > 0.0 { bad / n } else { 0.0 };
    // Over-dispersion is relative to the binomial variance, which must not be zero.
    let pq = ((bad + 0.5) / (n + 1.0) * (1.0 - (bad + 0.5) / (n + 1.0))).max(1e-7);
    let scale = pq.sqrt();
    let feature = |row: &[f64]| {
        let (bad, n) = bad_of(row, by_good);
        (n > 0.0).then(|| (bad / n / scale, 1.0 / n))
    };
    let rho = if spec.direction == Direction::Up {
        0.014
    } else {
        0.02
    };
    let prior = Prior {
        sd: rho,
        tau_s: 40.0,
        between: 0.0,
        floor: 1e-5,
    };
    let noise = noise(plan, past, prior, 1.0, true, Some(p / scale), &feature);
    RatioModel { p, n, noise }
}
