//! What the history says about each kind of signal.

mod demand;
mod histogram;
mod level;
mod ratio;

pub(crate) use demand::{DemandModel, learn_demand};
pub(crate) use histogram::{HistogramModel, learn_histogram, scores_of};
pub(crate) use level::{LevelModel, learn_level, level_feature};
pub(crate) use ratio::{RatioModel, learn_ratio};

use super::past::{Feature, Past};
use super::track::{BAD, FIRST, GOOD};

/// How a signal moves with the load: logarithm by logarithm.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Elasticity {
    pub(crate) slope: f64,
    pub(crate) sd: f64,
    /// Mean of the logarithm of the load in the history.
    pub(crate) mean: f64,
}

#[derive(Debug, Clone)]
pub(crate) enum Model {
    Ratio(RatioModel),
    Histogram(Box<HistogramModel>),
    Level(LevelModel),
    Demand(DemandModel),
    Availability,
}

/// Bad and all events of a row.
pub(crate) fn bad_of(row: &[f64], by_good: bool) -> (f64, f64) {
    let n = row[FIRST];
    let bad = if by_good {
        (n - row[GOOD]).max(0.0)
    } else {
        row[BAD]
    };
    (bad.min(n), n)
}

/// Counts per bucket from cumulative channels.
pub(crate) fn buckets_of(row: &[f64], order: &[usize], out: &mut Vec<f64>) -> f64 {
    out.clear();
    let mut below = 0.0;
    for channel in order {
        let up_to = row[*channel].max(below);
        out.push(up_to - below);
        below = up_to;
    }
    below
}

/// Regression of a feature on the logarithm of the load, over minutes, all instances summed.
fn elasticity(past: &Past, slope: f64, sd: f64, noise_sd: f64, value: Feature<'_>) -> Elasticity {
    let w = past.in_slots(60.0);
    if past.slots < w {
        return Elasticity {
            slope,
            sd,
            mean: f64::NAN,
        };
    }
    let mut points: Vec<(f64, f64)> = Vec::new();
    let mut row = vec![0.0; past.width];
    let mut end = past.slots;
    while end >= w {
        let (mut x, mut events, mut n) = (0.0, 0.0, 0.0);
        for i in 0..past.instances.len() {
            if past.row(i, end, w, &mut row)
                && let Some((value, load)) = value(&row)
            {
                x += value;
                events += load;
                n += 1.0;
            }
        }
        if n > 0.0 && events > 0.0 {
            points.push(((events / (w as f64 * past.slot_s)).ln(), x / n));
        }
        end -= w;
    }
    if points.is_empty() {
        return Elasticity {
            slope,
            sd,
            mean: f64::NAN,
        };
    }
    let n = points.len() as f64;
    let q = points.iter().map(|p| p.0).sum::<f64>() / n;
    let y = points.iter().map(|p| p.1).sum::<f64>() / n;
    let sxx: f64 = points.iter().map(|p| (p.0 - q) * (p.0 - q)).sum();
    let sxy: f64 = points.iter().map(|p| (p.0 - q) * (p.1 - y)).sum();
    let syy: f64 = points.iter().map(|p| (p.1 - y) * (p.1 - y)).sum();
    let free = if sxx > 0.0 { sxy / sxx } else { 0.0 };
    let residual = ((syy - free * sxy) / n).max(noise_sd * noise_sd * 0.02);
    let precision = sxx / (3.0 * residual) + 1.0 / (sd * sd);
    let slope = ((sxy / (3.0 * residual) + slope / (sd * sd)) / precision).clamp(0.0, 2.0);
    Elasticity {
        slope,
        sd: 1.0 / precision.sqrt(),
        mean: q,
    }
}
