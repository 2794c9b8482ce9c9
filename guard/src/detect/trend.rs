//! What the same service did a day earlier.

use super::spec::{Reference, WatchSpec};

/// A bump of yesterday is forgiven this many times over.
const GENEROSITY: f64 = 1.4;
/// Bumps smaller than this are noise.
const NOISE: f64 = 0.05;

/// Trend and bumps of the day before, relative to their level before the deployment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Yesterday {
    t: Vec<f64>,
    trend: Vec<f64>,
    bumps: Vec<(String, Vec<f64>)>,
}

impl Yesterday {
    pub(crate) fn new(reference: &Reference, spec: &WatchSpec) -> Self {
        let t: Vec<f64> = reference.t.iter().map(|t| t - spec.deploy_at).collect();
        let trend = if reference.load.len() == t.len() {
            smooth(&reference.load, 5)
        } else {
            Vec::new()
        };
        let trend: Vec<f64> = trend.iter().map(|v| v.max(1e-9).ln()).collect();
        let centre = mean(
            trend
                .iter()
                .zip(&t)
                .filter(|(_, t)| **t <= 0.0)
                .map(|(v, _)| *v),
        );
        let bumps = reference
            .signals
            .iter()
            .filter(|(_, values)| values.len() == t.len())
            .map(|(key, values)| (key.clone(), bump(&t, values)))
            .collect();
        Self {
            t,
            trend: trend.iter().map(|v| v - centre).collect(),
            bumps,
        }
    }

    /// Logarithm of yesterday's demand over its mean before, `t` seconds after the deployment.
    pub(crate) fn trend(&self, t: f64) -> f64 {
        interpolate(&self.t, &self.trend, t)
    }

    /// How much a signal rose yesterday in the `window_s` seconds before `t`, at most, as a
    /// generous logarithm.
    pub(crate) fn bump(&self, key: &str, t: f64, window_s: f64) -> f64 {
        let Some((_, values)) = self.bumps.iter().find(|(k, _)| k == key) else {
            return 0.0;
        };
        let (a, b) = (
            self.t.partition_point(|x| *x < t - window_s),
            self.t.partition_point(|x| *x <= t),
        );
        let inside = values
            .get(a..b)
            .unwrap_or(&[])
            .iter()
            .copied()
            .fold(0.0, f64::max);
        inside.max(interpolate(&self.t, values, t))
    }
}

fn bump(t: &[f64], values: &[f64]) -> Vec<f64> {
    let mut before: Vec<f64> = values
        .iter()
        .zip(t)
        .filter(|(v, t)| **t <= 0.0 && v.is_finite())
        .map(|(v, _)| *v)
        .collect();
    before.sort_by(f64::total_cmp);
    let Some(median) = before.get(before.len() / 2).filter(|m| **m > 0.0) else {
        return vec![0.0; t.len()];
    };
    let logs: Vec<f64> = values
        .iter()
        .map(|v| if *v > 0.0 { (v / median).ln() } else { 0.0 })
        .collect();
    (0..logs.len())
        .map(|i| {
            let around = &logs[i.saturating_sub(3)..(i + 4).min(logs.len())];
            let most = around.iter().copied().fold(0.0, f64::max);
            GENEROSITY * (most - NOISE).max(0.0)
        })
        .collect()
}

fn smooth(values: &[f64], reach: usize) -> Vec<f64> {
    (0..values.len())
        .map(|i| {
            mean(
                values[i.saturating_sub(reach)..(i + reach + 1).min(values.len())]
                    .iter()
                    .copied(),
            )
        })
        .collect()
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (mut n, mut sum) = (0.0, 0.0);
    for value in values.filter(|v| v.is_finite()) {
        n += 1.0;
        sum += value;
    }
    if n > 0.0 { sum / n } else { 0.0 }
}

fn interpolate(t: &[f64], values: &[f64], at: f64) -> f64 {
    if values.is_empty() || values.len() != t.len() {
        return 0.0;
    }
    let right = t.partition_point(|x| *x < at);
    if right == 0 {
        return values[0];
    }
    if right == t.len() {
        return values[t.len() - 1];
    }
    let share = (at - t[right - 1]) / (t[right] - t[right - 1]).max(1e-9);
    values[right - 1] + share * (values[right] - values[right - 1])
}
