//! The hour before: dispersion, autocorrelation and worst excursion at every window length.

use super::track::WEIGHT;
use super::windows::Plan;

/// Cumulative sums of the history of some instances.
#[derive(Debug, Clone, Default)]
pub(crate) struct Past {
    pub(crate) width: usize,
    pub(crate) slots: usize,
    pub(crate) slot_s: f64,
    /// Whether instances will be compared with others at the same time, with their own past, or both.
    pub(crate) apart: bool,
    pub(crate) alone: bool,
    /// Instance and `(slots + 1) · width` cumulative sums.
    pub(crate) instances: Vec<(usize, Vec<f64>)>,
}

impl Past {
    /// Sums over `w` slots that end before slot `end`; false if nothing was measured there.
    pub(crate) fn row(&self, instance: usize, end: usize, w: usize, out: &mut [f64]) -> bool {
        let cumulative = &self.instances[instance].1;
        let (a, b) = ((end - w) * self.width, end * self.width);
        for (k, out) in out.iter_mut().enumerate().take(self.width) {
            *out = cumulative[b + k] - cumulative[a + k];
        }
        out[WEIGHT] > 1e-9
    }

    pub(crate) fn total(&self) -> Vec<f64> {
        let mut total = vec![0.0; self.width];
        for (_, cumulative) in &self.instances {
            for (k, total) in total.iter_mut().enumerate() {
                *total += cumulative[self.slots * self.width + k];
            }
        }
        total
    }

    /// Seconds of history.
    pub(crate) fn seconds(&self) -> f64 {
        self.slots as f64 * self.slot_s
    }

    /// Slots of a minute, or of all there is.
    pub(crate) fn minute(&self) -> usize {
        self.in_slots(60.0).min(self.slots.max(1))
    }

    pub(crate) fn in_slots(&self, seconds: f64) -> usize {
        // A past without slots has none of any length.
        ((seconds / self.slot_s).round().min(1e9) as usize).max(1)
    }
}

/// Noise of a feature at one window length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Extra {
    /// Variance beyond that of counting.
    pub(crate) e: f64,
    /// Largest excursion seen, in standard deviations, towards the bad side.
    pub(crate) worst: f64,
}

/// Noise of a feature at every window length of the plan.
#[derive(Debug, Clone, Default)]
pub(crate) struct Noise {
    /// All instances together, around the mean of the history.
    pub(crate) group: Vec<Extra>,
    /// One instance around its own mean.
    pub(crate) instance: Vec<Extra>,
    /// One instance against the others at the same time; variance of one instance.
    pub(crate) apart: Vec<Extra>,
    /// Variance of the lasting difference between instances.
    pub(crate) between: f64,
}

/// A feature of sums: its value and its counting variance.
pub(crate) type Feature<'a> = &'a dyn Fn(&[f64]) -> Option<(f64, f64)>;

/// What is believed before any history is seen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Prior {
    /// Standard deviation of short windows, and the time in which it averages out, seconds.
    pub(crate) sd: f64,
    pub(crate) tau_s: f64,
    /// Standard deviation of the lasting difference between instances.
    pub(crate) between: f64,
    /// Variance that remains at any length.
    pub(crate) floor: f64,
}

impl Prior {
    pub(crate) fn variance(&self, seconds: f64) -> f64 {
        self.floor + self.sd * self.sd * (2.0 * self.tau_s / (2.0 * self.tau_s + seconds))
    }
}

/// Weight of the prior, in independent windows.
const PRIOR_WINDOWS: f64 = 3.0;
/// Windows counted as independent are this many lengths apart, as autocorrelation demands.
const APART: f64 = 1.5;

struct Residuals {
    values: Vec<(f64, f64)>,
    independent: f64,
}

fn settle(residuals: &Residuals, prior: f64, floor: f64, sign: f64) -> Extra {
    let n = residuals.values.len() as f64;
    let mean = if n > 0.0 {
        residuals.values.iter().map(|(r, u)| r * r - u).sum::<f64>() / n
    } else {
        0.0
    };
    let k = if n > 0.0 { residuals.independent } else { 0.0 };
    let blended = (k * mean + PRIOR_WINDOWS * prior) / (k + PRIOR_WINDOWS);
    // The variance itself is uncertain, the more so the fewer windows it is from.
    let unsure = 1.0 + 1.0 / (k + PRIOR_WINDOWS).sqrt();
    let e = blended.max(floor) * unsure;
    let worst = residuals
        .values
        .iter()
        .map(|(r, u)| sign * r / (u + e).sqrt())
        .fold(0.0, f64::max);
    Extra { e, worst }
}

/// Learns the noise of a feature. `pooled`: the group's feature is that of the summed rows, else
/// the mean of the instances' features. `centre` overrides the mean of the history.
pub(crate) fn noise(
    plan: &Plan,
    past: &Past,
    prior: Prior,
    sign: f64,
    pooled: bool,
    centre: Option<f64>,
    feature: Feature<'_>,
) -> Noise {
    let m = past.instances.len();
    let mut out = Noise::default();
    let (own, offsets) = centres(past, feature);
    let count = own.iter().flatten().count() as f64;
    let middle = centre.unwrap_or_else(|| {
        if count > 0.0 {
            own.iter().flatten().sum::<f64>() / count
        } else {
            0.0
        }
    });
    out.between = between(prior, &offsets, m);
    let mut rows = vec![vec![0.0; past.width]; m];
    let mut sum = vec![0.0; past.width];
    let mut rest = vec![0.0; past.width];
    let mut features: Vec<Option<(f64, f64)>> = vec![None; m];
    for window in &plan.windows {
        let w = past.in_slots(window.seconds);
        let mut sets = [const {
            Residuals {
                values: Vec::new(),
                independent: 0.0,
            }
        }; 3];
        if w * 2 <= past.slots {
            let windows = past.slots as f64 / (w as f64 * APART);
            for (k, set) in sets.iter_mut().enumerate() {
                set.independent = if k == 0 {
                    windows
                } else {
                    windows * (m as f64).sqrt()
                };
            }
            let mut end = w;
            while end <= past.slots {
                sum.fill(0.0);
                for i in 0..m {
                    let seen = past.row(i, end, w, &mut rows[i]);
                    features[i] = if seen { feature(&rows[i]) } else { None };
                    for (sum, value) in sum.iter_mut().zip(&rows[i]) {
                        *sum += value;
                    }
                }
                let group = if pooled {
                    feature(&sum)
                } else {
                    mean_of(&features, None)
                };
                if let Some((x, u)) = group {
                    sets[0].values.push((x - middle, u));
                }
                for i in 0..m {
                    let (Some((x, u)), Some(own)) = (features[i], own[i]) else {
                        continue;
                    };
                    if past.alone || m == 1 {
                        sets[1].values.push((x - own, u));
                    }
                    if !past.apart {
                        continue;
                    }
                    let others = if pooled {
                        for (rest, (s, r)) in rest.iter_mut().zip(sum.iter().zip(&rows[i])) {
                            *rest = s - r;
                        }
                        if m > 1 && rest[WEIGHT] > 1e-9 {
                            feature(&rest)
                        } else {
                            None
                        }
                    } else {
                        mean_of(&features, Some(i))
                    };
                    if let (Some((y, v)), Some(shift)) = (others, offsets[i]) {
                        let scale = m as f64 / (m as f64 - 1.0);
                        sets[2]
                            .values
                            .push(((x - y - shift) / scale.sqrt(), (u + v) / scale));
                    }
                }
                end += (w / 4).max(1);
            }
        }
        let prior_e = prior.variance(window.seconds);
        let floor = (0.15 * prior_e).min(prior.floor.max(1e-9)).max(1e-12);
        out.group.push(settle(&sets[0], prior_e, floor, sign));
        out.instance.push(settle(&sets[1], prior_e, floor, sign));
        // A single instance has no others: then its own past, with all that is common, stands in.
        let apart = if m == 1 { &sets[1] } else { &sets[2] };
        out.apart.push(settle(apart, prior_e, floor, sign));
    }
    out
}

fn mean_of(features: &[Option<(f64, f64)>], without: Option<usize>) -> Option<(f64, f64)> {
    let (mut n, mut x, mut u) = (0.0, 0.0, 0.0);
    for (i, feature) in features.iter().enumerate() {
        if let (Some(f), true) = (feature, Some(i) != without) {
            n += 1.0;
            x += f.0;
            u += f.1;
        }
    }
    (n > 0.0).then(|| (x / n, u / (n * n)))
}

/// Mean of each instance over windows of a minute, and its lasting offset from the others.
fn centres(past: &Past, feature: Feature<'_>) -> (Vec<Option<f64>>, Vec<Option<f64>>) {
    let w = past.minute();
    let m = past.instances.len();
    let mut row = vec![0.0; past.width];
    let mut own = vec![None; m];
    for (i, own) in own.iter_mut().enumerate() {
        let (mut n, mut sum) = (0.0, 0.0);
        let mut end = past.slots;
        while end >= w && past.slots > 0 {
            if past.row(i, end, w, &mut row)
                && let Some((x, u)) = feature(&row)
            {
                let weight = 1.0 / (u + 0.01);
                n += weight;
                sum += weight * x;
            }
            end -= w;
        }
        if n > 0.0 {
            *own = Some(sum / n);
        }
    }
    let offsets = (0..m)
        .map(|i| {
            let rest: Vec<f64> = (0..m).filter(|j| *j != i).filter_map(|j| own[j]).collect();
            own[i]
                .filter(|_| !rest.is_empty())
                .map(|x| x - rest.iter().sum::<f64>() / rest.len() as f64)
        })
        .collect();
    (own, offsets)
}

fn between(prior: Prior, offsets: &[Option<f64>], m: usize) -> f64 {
    let known: Vec<f64> = offsets.iter().flatten().copied().collect();
    let prior_variance = prior.between * prior.between;
    if known.len() < 2 {
        return prior_variance;
    }
    let scale = m as f64 / (m as f64 - 1.0);
    let freedom = known.len() as f64 - 1.0;
    let seen: f64 = known.iter().map(|o| o * o / scale).sum::<f64>() * freedom / known.len() as f64;
    (4.0 * prior_variance + seen) / (4.0 + freedom)
}
