//! From numbers to probabilities: one of the changes, or none of them.
//!
//! A conditional logit model: each change has a utility, the sum of its features by their weights, and the shares of
//! the exponentials are the probabilities *if* it was a change. Whether it was one is a logistic of the best utility.
//! `bench/suspects/fit.py` fits both, drawn towards what was believed before any case was seen, on 35 guilty windows of
//! three public repositories and on 124 that `bench/suspects/reverts.py` made of the history of 18 others (each counting
//! as fifteen at most); guilt also on 143 innocent windows. `docs/suspects.md` has what is left of it when each repository
//! is judged by the weights of the others.

use super::features::FEATURES;

/// Weights, in the order of [`NAMES`](super::NAMES).
/// `size` is kept for what is equal in all else.
const WEIGHTS: [f64; FEATURES] = [
    2.4, 1.3, 1.3, 0.9, 3.0, 1.0, 0.01, -3.9, 0.6, 0.6, 0.6, -2.0, 1.0, 0.6, 2.9, 1.1, 1.1, 1.1,
    1.1, -1.3,
];

/// The logistic of guilt: what is believed at utility 0, and what a unit of utility adds.
const GUILT: (f64, f64) = (-1.1, 0.42);

/// What a change's features are worth.
pub(super) fn utility(row: &[f64; FEATURES]) -> f64 {
    row.iter()
        .zip(WEIGHTS)
        .map(|(value, weight)| value * weight)
        .sum()
}

/// The share of each change, if it was one of them.
pub(super) fn shares(utilities: &[f64]) -> Vec<f64> {
    let most = utilities.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let parts: Vec<f64> = utilities
        .iter()
        .map(|utility| libm::exp(utility - most))
        .collect();
    let whole: f64 = parts.iter().sum();
    parts.iter().map(|part| part / whole).collect()
}

/// How likely it was one of the changes at all. `live` is what else is known, in logits: controls that stayed, an
/// onset after the change.
pub(super) fn guilt(best: f64, live: f64) -> f64 {
    let logit = GUILT.0 + GUILT.1 * best + live;
    1.0 / (1.0 + libm::exp(-logit))
}
