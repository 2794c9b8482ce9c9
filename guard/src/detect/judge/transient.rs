//! What a process that has just begun may show: cold caches, compilers warming up.

use super::super::windows::TAUS;

/// Largest restart transient of each time constant: latency and CPU at most times 1 + this.
const TRANSIENT_MAX: [f64; TAUS.len()] = [3.4, 3.4, 3.3, 3.2, 2.4];
/// How rare such transients are: twice the negative logarithm of their probability.
const TRANSIENT_RARE: [f64; TAUS.len()] = [0.0, 0.0, 0.0, 3.0, 8.0];

/// What a restart transient of each time constant could still explain in a window, as a
/// logarithm, given the smallest amplitudes that the scope has shown so far.
pub(super) fn transients(
    decay: &[f64],
    weight: f64,
    caps: &[f64; TAUS.len()],
) -> [f64; TAUS.len()] {
    let mut out = [0.0; TAUS.len()];
    if decay.iter().all(|share| *share <= 0.0) {
        return out;
    }
    for (k, out) in out.iter_mut().enumerate() {
        let share = decay.get(k).copied().unwrap_or(0.0) / weight.max(1e-9);
        *out = (caps[k].clamp(0.0, TRANSIENT_MAX[k]) * share).ln_1p();
    }
    out
}

/// The same where the fast moments weigh more, as in the far tail: the mean square of a decay is
/// the mean of the decay at half its time constant.
pub(super) fn steep_transients(
    decay: &[f64],
    weight: f64,
    caps: &[f64; TAUS.len()],
) -> [f64; TAUS.len()] {
    if decay.iter().all(|share| *share <= 0.0) {
        return [0.0; TAUS.len()];
    }
    let at = |k: usize| decay.get(k).copied().unwrap_or(0.0) / weight.max(1e-9);
    let half = [
        0.5 * at(0),
        at(0),
        0.5 * (at(0) + at(1)),
        0.5 * (at(1) + at(2)),
        at(2),
    ];
    let mut steep = [0.0; TAUS.len()];
    for (k, steep) in steep.iter_mut().enumerate() {
        *steep = half[k].sqrt().max(at(k)) * weight;
    }
    transients(&steep, weight, caps)
}

/// Evidence against every transient: the slow ones are rare, which counts as evidence too.
/// Returns it with the transient that explains most, and what its rarity counts.
pub(super) fn despite(transients: &[f64; TAUS.len()], z: impl Fn(f64) -> f64) -> (f64, f64, f64) {
    if transients.iter().all(|t| *t < 1e-3) {
        return (z(0.0), 0.0, 0.0);
    }
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
pub(super) fn tighten(
    decay: &[f64],
    weight: f64,
    shift: f64,
    sd: f64,
    caps: &mut [f64; TAUS.len()],
) {
    for (k, cap) in caps.iter_mut().enumerate() {
        let share = decay.get(k).copied().unwrap_or(0.0) / weight.max(1e-9);
        if share > 0.05 {
            *cap = cap.min(((shift + 2.0 * sd).max(0.0).exp_m1() / share).max(0.0));
        }
    }
}
