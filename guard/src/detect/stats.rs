//! The little mathematics that is not in a library.

/// Probability of a standard normal value above `z`.
pub(crate) fn upper_tail(z: f64) -> f64 {
    0.5 * libm::erfc(z / std::f64::consts::SQRT_2)
}

/// The `z` with `upper_tail(z) == p`, for 1e-15 < p < 0.5.
pub(crate) fn upper_quantile(p: f64) -> f64 {
    let (mut low, mut high) = (0.0, 8.5);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if upper_tail(middle) > p {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// Signed root of the binomial deviance of `k` in `n` against `p`: normal even for rare events
/// (McCullagh & Nelder 1989, §2.4). `k` and `n` may be fractional.
pub(crate) fn signed_root(k: f64, n: f64, p: f64) -> f64 {
    if n <= 0.0 {
        return 0.0;
    }
    let p = p.clamp(1e-9, 1.0 - 1e-9);
    let k = k.clamp(0.0, n);
    let share = k / n;
    let mut half = 0.0;
    if k > 0.0 {
        half += k * (share / p).ln();
    }
    if n > k {
        half += (n - k) * ((1.0 - share) / (1.0 - p)).ln();
    }
    (2.0 * half.max(0.0)).sqrt() * (share - p).signum()
}

/// Signed root of the large deviation of the mean score `x` of `n` events that fall into
/// classes with probabilities `p` and scores `s` (Chernoff; exact in the exponent).
pub(crate) fn tilted_root(x: f64, n: f64, p: &[f64], s: &[f64]) -> f64 {
    let mean: f64 = p.iter().zip(s).map(|(p, s)| p * s).sum();
    if x <= mean || n <= 0.0 {
        return 0.0;
    }
    let top = s
        .iter()
        .zip(p)
        .filter(|(_, p)| **p > 0.0)
        .fold(f64::MIN, |a, (s, _)| a.max(*s));
    let x = x.min(top - 1e-6 * (top - mean).max(1e-12));
    let mut theta = 0.0_f64;
    let mut exponent = 0.0;
    for _ in 0..12 {
        let (mut z, mut first, mut second) = (0.0, 0.0, 0.0);
        for (p, s) in p.iter().zip(s) {
            let w = p * (theta * (s - mean)).exp();
            z += w;
            first += w * s;
            second += w * s * s;
        }
        let tilted = first / z;
        let variance = (second / z - tilted * tilted).max(1e-12);
        exponent = theta * (x - mean) - z.ln();
        let step = (x - tilted) / variance;
        // Large steps overshoot into overflow when the top class is rare.
        theta = (theta + step.clamp(-1.5, 1.5)).clamp(0.0, 60.0);
        if step.abs() < 1e-4 {
            break;
        }
    }
    (2.0 * n * exponent.max(0.0)).sqrt()
}

/// Signed root of the Poisson deviance of `k` events where `mean` were expected.
pub(crate) fn poisson_root(k: f64, mean: f64) -> f64 {
    let mean = mean.max(1e-9);
    let half = if k > 0.0 {
        k * (k / mean).ln() - k + mean
    } else {
        mean
    };
    (2.0 * half.max(0.0)).sqrt() * (k - mean).signum()
}

/// Two independent estimates of the same number, weighted by precision: value and variance.
pub(crate) fn blend(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    let (wa, wb) = (1.0 / a.1.max(1e-18), 1.0 / b.1.max(1e-18));
    ((a.0 * wa + b.0 * wb) / (wa + wb), 1.0 / (wa + wb))
}

/// A concurrent control strengthened by history, which loses its weight the more the control
/// contradicts it: then something common has happened, and only the control knows of it.
pub(crate) fn control_with_history(control: (f64, f64), history: Option<(f64, f64)>) -> (f64, f64) {
    let Some(history) = history else {
        return control;
    };
    let gap =
        (control.0 - history.0) * (control.0 - history.0) / (control.1 + history.1).max(1e-18);
    let doubt = (gap / 1.5).max(1.0);
    blend(
        control,
        (history.0, (history.1 * doubt * doubt).max(0.5 * control.1)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tail_and_quantile_are_inverse() {
        for p in [0.05, 1e-3, 1e-6] {
            assert!((upper_tail(upper_quantile(p)) / p - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn two_classes_make_the_tilted_root_a_binomial_one() {
        let exact = signed_root(30.0, 200.0, 0.05);
        let tilted = tilted_root(0.15, 200.0, &[0.95, 0.05], &[0.0, 1.0]);
        assert!((exact - tilted).abs() < 1e-3, "{exact} {tilted}");
    }

    #[test]
    fn history_counts_for_nothing_when_the_control_contradicts_it() {
        let (x, _) = control_with_history((0.03, 1e-6), Some((0.003, 1e-7)));
        assert!(x > 0.029, "{x}");
        let (x, v) = control_with_history((0.003, 1e-6), Some((0.0031, 1e-7)));
        assert!(v < 5e-7 && x > 0.003);
    }
}
