//! Baseline of a histogram.

use super::super::past::{Noise, Past, Prior, noise};
use super::super::shape::{Shape, Template, WAYS};
use super::super::track::WEIGHT;
use super::super::windows::Plan;
use super::{Elasticity, elasticity};

/// Baseline of a histogram.
#[derive(Debug, Clone)]
pub(crate) struct HistogramModel {
    pub(crate) shape: Shape,
    /// The quantile that is spoken of.
    pub(crate) quantile: f64,
    /// Requests it is from.
    pub(crate) n: f64,
    pub(crate) templates: Vec<Template>,
    /// Noise of each template's mean score.
    pub(crate) noise: Vec<Noise>,
    pub(crate) load: Elasticity,
}

pub(crate) fn learn_histogram(
    plan: &Plan,
    past: &Past,
    shape: Shape,
    n: f64,
    order: &[usize],
    quantile: f64,
) -> HistogramModel {
    let templates: Vec<Template> = WAYS.iter().map(|way| Template::new(&shape, *way)).collect();
    let scored = scored(past, order, &templates);
    let load = elasticity(&scored, 0.25, 0.25, 0.05, &|row| {
        let (n, x) = (row[EVENTS], row[SCORES] / row[EVENTS]);
        (n >= 1.0).then(|| (templates[0].shift_of_all(x - templates[0].mean), n))
    });
    let noise = templates
        .iter()
        .enumerate()
        .map(|(k, template)| {
            let feature = |row: &[f64]| {
                let n = row[EVENTS];
                (n > 0.0).then(|| (row[SCORES + k] / n, template.variance / n))
            };
            let slope = template.slope();
            let prior = Prior {
                sd: 0.06 * slope,
                tau_s: 60.0,
                between: 0.015 * slope,
                floor: (0.008 * slope).powi(2),
            };
            noise(plan, &scored, prior, 1.0, true, None, &feature)
        })
        .collect();
    HistogramModel {
        quantile: shape.quantile(quantile),
        shape,
        n,
        templates,
        noise,
        load,
    }
}

/// Channels of a scored past, after the weight: requests, and the sums of their scores.
const EVENTS: usize = 1;
const SCORES: usize = 2;

/// The past in scores instead of buckets: a score of a sum is the sum of the scores.
fn scored(past: &Past, order: &[usize], templates: &[Template]) -> Past {
    let width = SCORES + WAYS.len();
    let instances = past
        .instances
        .iter()
        .map(|(index, cumulative)| {
            let rows = cumulative.chunks_exact(past.width.max(1));
            let mut out = Vec::with_capacity(rows.len() * width);
            for row in rows {
                out.push(row[WEIGHT]);
                out.extend_from_slice(&scores_of(row, order, templates));
            }
            (*index, out)
        })
        .collect();
    Past {
        width,
        slots: past.slots,
        slot_s: past.slot_s,
        apart: past.apart,
        alone: past.alone,
        instances,
    }
}

/// Requests of a row of cumulative buckets, and the sum of their scores in each way.
pub(crate) fn scores_of(
    row: &[f64],
    order: &[usize],
    templates: &[Template],
) -> [f64; 1 + WAYS.len()] {
    let mut out = [0.0; 1 + WAYS.len()];
    let mut below = 0.0;
    for (bucket, channel) in order.iter().enumerate() {
        let up_to = row[*channel].max(below);
        for (sum, template) in out[1..].iter_mut().zip(templates) {
            let score = template.score.get(bucket).or(template.score.last());
            *sum += (up_to - below) * score.copied().unwrap_or(0.0);
        }
        below = up_to;
    }
    out[0] = below;
    out
}
