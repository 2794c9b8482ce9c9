//! Baseline of a rate or a gauge.

use super::super::past::{Noise, Past, Prior, noise};
use super::super::spec::{SignalKind, SignalSpec};
use super::super::track::{FIRST, WEIGHT};
use super::super::windows::Plan;
use super::{Elasticity, elasticity};

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
    /// Of a gauge that is hardly ever anything: what one burst amounts to, as height times scrapes; zero where
    /// none was ever seen.
    pub(crate) burst: Option<f64>,
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
    let bursts = if rate { None } else { bursts(past, level) };
    let offset = if rate {
        1e-9
    } else {
        gauge_offset(spec, level, bursts)
    };
    let burst = match bursts {
        Some(bursts) => Some(bursts.amount),
        None if rate || level > 0.0 => None,
        None => Some(0.0),
    };
    let of_bursts = |x: f64, scrapes: f64| counting(burst, offset, x, scrapes);
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
        &|row| feature(row).map(|x| (x, of_bursts(x, row[WEIGHT]))),
    );
    let w = past.minute();
    let own_variance = if past.seconds() < LEVEL_WINDOW_S {
        prior.variance(past.seconds())
    } else {
        0.0
    };
    let scrapes =
        past.total().get(WEIGHT).copied().unwrap_or(0.0) / past.instances.len().max(1) as f64;
    let own_variance = own_variance
        + match bursts {
            Some(_) => of_bursts((level + offset).ln(), scrapes),
            None => 0.0,
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
        burst,
    }
}

impl LevelModel {
    /// Variance of the logarithm of a level because bursts are few, after so many scrapes of it.
    pub(crate) fn counting(&self, x: f64, scrapes: f64) -> f64 {
        counting(self.burst, self.offset, x, scrapes)
    }
}

/// Bursts come as they like (compound Poisson): the sum over some scrapes varies by its mean times the amount
/// of one. A burst may be as high as what is seen now, though none was before.
fn counting(burst: Option<f64>, offset: f64, x: f64, scrapes: f64) -> f64 {
    let Some(amount) = burst else { return 0.0 };
    let full = x.exp();
    let value = (full - offset).max(0.0);
    value * amount.max(value) / scrapes.max(1.0) / (full * full)
}

/// How a gauge comes that is zero most of the time.
#[derive(Debug, Clone, Copy)]
struct Bursts {
    /// Standard deviation of an instance around its own mean.
    spread: f64,
    /// Height times scrapes of one burst.
    amount: f64,
}

/// None for a gauge that varies less than it is high, as most do.
fn bursts(past: &Past, level: f64) -> Option<Bursts> {
    let mut row = vec![0.0; past.width];
    let (mut n, mut scrapes, mut variance) = (0.0, 0.0, 0.0);
    for i in 0..past.instances.len() {
        let (mut k, mut sum, mut squares) = (0.0, 0.0, 0.0);
        for end in 1..=past.slots {
            if past.row(i, end, 1, &mut row) {
                let value = row[FIRST] / row[WEIGHT];
                k += 1.0;
                sum += value;
                squares += value * value;
                scrapes += row[WEIGHT];
            }
        }
        n += k;
        if k > 0.0 {
            variance += squares - sum * sum / k;
        }
    }
    if n <= 0.0 || level <= 0.0 {
        return None;
    }
    let variance = (variance / n).max(0.0);
    let spread = variance.sqrt();
    if spread <= level {
        return None;
    }
    let amount = variance / level * (scrapes / n);
    // From few bursts it is uncertain what the next one amounts to.
    let seen = (level * scrapes / amount).max(1.0);
    let amount = amount * (1.0 + 1.0 / seen.sqrt());
    Some(Bursts { spread, amount })
}

/// What is added to a gauge before its logarithm is taken, so that nothing is no infinity. A gauge
/// that was always zero has no scale of its own: one piece, one per cent, or fifty milliseconds. For one
/// that is hardly ever anything it is its bursts: on a smaller scale each of them would be a leap, and so
/// would each pause between two.
fn gauge_offset(spec: &SignalSpec, level: f64, bursts: Option<Bursts>) -> f64 {
    let scale = if let Some(bursts) = bursts {
        bursts.spread
    } else if level > 0.0 && spec.accumulates {
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
