//! What the history says about each kind of signal.

use super::past::{Feature, Noise, Past, Prior, noise};
use super::shape::{Shape, Template, WAYS};
use super::spec::{SignalKind, SignalSpec};
use super::track::{BAD, FIRST, GOOD, WEIGHT};
use super::windows::Plan;

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

/// Baseline of a histogram.
#[derive(Debug, Clone)]
pub(crate) struct HistogramModel {
    pub(crate) shape: Shape,
    /// Requests it is from.
    pub(crate) n: f64,
    pub(crate) templates: Vec<Template>,
    /// Noise of each template's mean score.
    pub(crate) noise: Vec<Noise>,
    pub(crate) load: Elasticity,
}

/// Baseline of a rate or gauge, in logarithms.
#[derive(Debug, Clone)]
pub(crate) struct LevelModel {
    /// Mean of the logarithm; for rates of what is left after the cost of requests. Means nothing
    /// while `own` is empty.
    pub(crate) mean: f64,
    /// The same per instance, by its index; of those that were measured before.
    pub(crate) own: Vec<(usize, f64)>,
    /// Variance of each of `own`, where the history is too short to be averaged over.
    pub(crate) own_variance: f64,
    /// Added before the logarithm is taken.
    pub(crate) offset: f64,
    pub(crate) noise: Noise,
    /// Noise of the growth between the two halves of a window.
    pub(crate) growth: Vec<f64>,
    /// Expected rate: `fixed + per_event · events per second`.
    pub(crate) fixed: f64,
    pub(crate) per_event: f64,
    /// Uncertainty of `per_event`.
    pub(crate) per_event_sd: f64,
    /// Mean events per second of an instance.
    pub(crate) events: f64,
    pub(crate) load: Elasticity,
}

/// Baseline of the demand.
#[derive(Debug, Clone)]
pub(crate) struct DemandModel {
    /// Mean of the logarithm of events per second, all instances, after the trend.
    pub(crate) mean: f64,
    /// Share of each instance, as the logarithm of its rate over the mean rate.
    pub(crate) own: Vec<(usize, f64)>,
    pub(crate) noise: Noise,
}

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
    let rho = if spec.direction == super::spec::Direction::Up {
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

pub(crate) fn learn_histogram(
    plan: &Plan,
    past: &Past,
    shape: Shape,
    n: f64,
    order: &[usize],
) -> HistogramModel {
    let templates: Vec<Template> = WAYS.iter().map(|way| Template::new(&shape, *way)).collect();
    let load = elasticity(past, 0.25, 0.25, 0.05, &|row| {
        let x = score_of(row, order, &templates[0]);
        let n = order.last().map_or(0.0, |c| row[*c]);
        (n >= 1.0).then(|| (templates[0].shift_of_all(x - templates[0].mean), n))
    });
    let noise = templates
        .iter()
        .map(|template| {
            let feature = |row: &[f64]| {
                let n = order.last().map_or(0.0, |c| row[*c]);
                (n > 0.0).then(|| (score_of(row, order, template), template.variance / n))
            };
            let slope = template.slope();
            let prior = Prior {
                sd: 0.06 * slope,
                tau_s: 60.0,
                between: 0.015 * slope,
                floor: (0.008 * slope).powi(2),
            };
            noise(plan, past, prior, 1.0, true, None, &feature)
        })
        .collect();
    HistogramModel {
        shape,
        n,
        templates,
        noise,
        load,
    }
}

/// Mean score of the requests of a row.
pub(crate) fn score_of(row: &[f64], order: &[usize], template: &Template) -> f64 {
    let (mut sum, mut below) = (0.0, 0.0);
    for (channel, score) in order.iter().zip(&template.score) {
        let up_to = row[*channel].max(below);
        sum += (up_to - below) * score;
        below = up_to;
    }
    if below > 0.0 {
        sum / below
    } else {
        template.mean
    }
}

/// A level is the mean of windows this long, in seconds.
const LEVEL_WINDOW_S: f64 = 60.0;

/// Rows are weight, content, events.
pub(crate) fn learn_level(plan: &Plan, past: &Past, spec: &SignalSpec) -> LevelModel {
    let rate = spec.kind == SignalKind::Rate;
    let (fixed, per_event, per_event_sd, events, level) = if past.slots > 0 {
        cost(past, rate)
    } else {
        (1.0, 0.0, 0.0, 0.0, 0.0)
    };
    let offset = if rate {
        1e-9
    } else {
        gauge_offset(spec, level)
    };
    let feature = |row: &[f64]| level_feature(row, rate, offset, fixed, per_event);
    let prior = match (rate, spec.accumulates) {
        (true, _) => Prior {
            sd: 0.10,
            tau_s: 40.0,
            between: 0.02,
            floor: 1.5e-4,
        },
        (false, true) => Prior {
            sd: 0.02,
            tau_s: 120.0,
            between: 0.01,
            floor: 2e-5,
        },
        (false, false) => Prior {
            sd: 0.30,
            tau_s: 60.0,
            between: 0.03,
            floor: 4e-4,
        },
    };
    // Where nothing ever was, nothing was learned of how it varies.
    let varied = if level > 0.0 { past } else { &Past::default() };
    let noise = noise(
        plan,
        varied,
        prior,
        spec.direction.sign(),
        false,
        None,
        &|row| feature(row).map(|x| (x, 0.0)),
    );
    let w = past.minute();
    let own_variance = if past.seconds() < LEVEL_WINDOW_S {
        prior.variance(past.seconds())
    } else {
        0.0
    };
    let mut row = vec![0.0; past.width];
    let mut own = Vec::new();
    for (i, (index, _)) in past.instances.iter().enumerate() {
        let mut xs = Vec::new();
        let mut end = past.slots;
        while end >= w && past.slots > 0 {
            if past.row(i, end, w, &mut row)
                && let Some(x) = feature(&row)
            {
                xs.push(x);
            }
            end -= w;
        }
        if !xs.is_empty() {
            own.push((*index, xs.iter().sum::<f64>() / xs.len() as f64));
        }
    }
    let mean = if own.is_empty() {
        0.0
    } else {
        own.iter().map(|o| o.1).sum::<f64>() / own.len() as f64
    };
    let load = if rate || !spec.load_related {
        Elasticity {
            slope: 0.0,
            sd: 0.0,
            mean: f64::NAN,
        }
    } else {
        elasticity(past, 0.9, 0.4, 0.3, &|row| {
            feature(row).map(|x| (x - mean, row[2]))
        })
    };
    let growth = plan
        .windows
        .iter()
        .map(|window| growth_noise(past, window.seconds, &feature))
        .collect();
    LevelModel {
        mean,
        own,
        own_variance,
        offset,
        noise,
        growth,
        fixed,
        per_event,
        per_event_sd,
        events,
        load,
    }
}

/// What is added to a gauge before its logarithm is taken, so that nothing is no infinity. A gauge
/// that was always zero has no scale of its own: one piece, one per cent, or fifty milliseconds.
fn gauge_offset(spec: &SignalSpec, level: f64) -> f64 {
    let scale = if level > 0.0 && spec.accumulates {
        return 0.0;
    } else if level > 0.0 {
        0.05 * level
    } else {
        match spec.unit.as_str() {
            "ratio" => 0.01,
            "seconds" => 0.05,
            _ => 1.0,
        }
    };
    scale.max(spec.tolerance.absolute)
}

/// The logarithm of a level, or of a rate over its expected cost.
pub(crate) fn level_feature(
    row: &[f64],
    rate: bool,
    offset: f64,
    fixed: f64,
    per_event: f64,
) -> Option<f64> {
    if row[WEIGHT] <= 0.0 {
        return None;
    }
    let value = row[FIRST] / row[WEIGHT];
    let expected = if rate {
        (fixed + per_event * row[2] / row[WEIGHT]).max(1e-12)
    } else {
        1.0
    };
    let x = ((value.max(0.0) + offset) / expected).max(1e-12).ln();
    x.is_finite().then_some(x)
}

/// Regression of a rate on its events, with a prior of 60 ± 30 % of the cost being per event.
fn cost(past: &Past, rate: bool) -> (f64, f64, f64, f64, f64) {
    let w = past.minute();
    let mut row = vec![0.0; past.width];
    let mut points = Vec::new();
    for i in 0..past.instances.len() {
        let mut end = past.slots;
        while end >= w && w > 0 {
            if past.row(i, end, w, &mut row) {
                points.push((row[2] / row[WEIGHT], row[FIRST] / row[WEIGHT]));
            }
            end -= w;
        }
    }
    let n = points.len() as f64;
    if points.is_empty() {
        return (1.0, 0.0, 0.0, 0.0, 0.0);
    }
    let q = points.iter().map(|p| p.0).sum::<f64>() / n;
    let y = points.iter().map(|p| p.1).sum::<f64>() / n;
    if !rate || q <= 0.0 || y <= 0.0 {
        return (y.max(1e-12), 0.0, 0.0, q, y);
    }
    let unit = y / q;
    let sxx: f64 = points.iter().map(|p| (p.0 - q) * (p.0 - q)).sum();
    let sxy: f64 = points.iter().map(|p| (p.0 - q) * (p.1 - y)).sum();
    let syy: f64 = points.iter().map(|p| (p.1 - y) * (p.1 - y)).sum();
    let free = if sxx > 0.0 { sxy / sxx } else { 0.0 };
    let residual = ((syy - free * sxy) / n).max(1e-6 * y * y);
    let (b0, s0) = (0.6 * unit, 0.3 * unit);
    // Neighbouring minutes are not independent: a third of them counts.
    let precision = sxx / (3.0 * residual) + 1.0 / (s0 * s0);
    let b = ((sxy / (3.0 * residual) + b0 / (s0 * s0)) / precision).clamp(0.0, 0.97 * unit);
    (y - b * q, b, 1.0 / precision.sqrt(), q, y)
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

/// Standard deviation of the growth from the first to the second half of a window.
fn growth_noise(past: &Past, seconds: f64, feature: &dyn Fn(&[f64]) -> Option<f64>) -> f64 {
    let half = past.in_slots(seconds / 2.0);
    let (mut n, mut sum) = (0.0, 0.0);
    let mut row = vec![0.0; past.width];
    for i in 0..past.instances.len() {
        let mut end = 2 * half;
        while end <= past.slots {
            if past.row(i, end, half, &mut row)
                && let Some(late) = feature(&row)
                && past.row(i, end - half, half, &mut row)
                && let Some(early) = feature(&row)
            {
                n += 1.0;
                sum += (late - early) * (late - early);
            }
            end += (half / 2).max(1);
        }
    }
    let independent = n / 4.0;
    let prior = 0.02 * 0.02;
    ((sum / 4.0 + 4.0 * prior) / (independent + 4.0)).sqrt()
        * (1.0 + 1.0 / (independent + 4.0).sqrt())
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
