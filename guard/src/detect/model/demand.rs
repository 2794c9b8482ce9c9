//! Baseline of the demand.

use super::super::past::{Noise, Past, Prior, noise};
use super::super::track::{FIRST, WEIGHT};
use super::super::windows::Plan;

/// Baseline of the demand.
#[derive(Debug, Clone)]
pub(crate) struct DemandModel {
    /// Mean of the logarithm of events per second, all instances, after the trend.
    pub(crate) mean: f64,
    /// Share of each instance, as the logarithm of its rate over the mean rate.
    pub(crate) own: Vec<(usize, f64)>,
    pub(crate) noise: Noise,
}

pub(crate) fn learn_demand(plan: &Plan, past: &Past, trend: &dyn Fn(f64) -> f64) -> DemandModel {
    let w = past.minute();
    let mut row = vec![0.0; past.width];
    let mut own: Vec<(usize, f64)> = Vec::new();
    let mut all = Vec::new();
    let mut end = past.slots;
    while end >= w && past.slots > 0 {
        let mut events = 0.0;
        for i in 0..past.instances.len() {
            if past.row(i, end, w, &mut row) {
                events += row[FIRST];
            }
        }
        let middle = -((past.slots - end) as f64 + 0.5 * w as f64) * past.slot_s;
        if events > 0.0 {
            all.push((events / (w as f64 * past.slot_s)).ln() - trend(middle));
        }
        end -= w;
    }
    let mean = if all.is_empty() {
        f64::NAN
    } else {
        all.iter().sum::<f64>() / all.len() as f64
    };
    let totals: Vec<(usize, f64)> = past
        .instances
        .iter()
        .map(|(index, cumulative)| (*index, cumulative[past.slots * past.width + FIRST]))
        .filter(|(_, n)| *n > 0.0)
        .collect();
    let average = totals.iter().map(|t| t.1).sum::<f64>() / totals.len().max(1) as f64;
    for (index, n) in &totals {
        own.push((*index, (n / average).ln()));
    }
    let feature = |row: &[f64]| {
        (row[WEIGHT] > 0.0).then(|| {
            (
                ((row[FIRST] + 0.5) / row[WEIGHT]).ln(),
                1.0 / (row[FIRST] + 0.5),
            )
        })
    };
    let prior = Prior {
        sd: 0.06,
        tau_s: 150.0,
        between: 0.055,
        floor: 1e-4,
    };
    let noise = noise(plan, past, prior, -1.0, true, None, &feature);
    DemandModel { mean, own, noise }
}
