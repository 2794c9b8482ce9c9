//! The shape of a latency distribution, and the score of its ways to get worse.

/// Shifts, as logarithms of factors, that expected scores are tabulated at.
const GRID: usize = 40;
const GRID_STEP: f64 = 0.05;

/// A way to get worse.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Worse {
    /// Every request takes this factor (as a logarithm) longer.
    All(f64),
    /// Only the slowest share does.
    Tail {
        /// Share of requests concerned.
        share: f64,
        /// Logarithm of the factor.
        shift: f64,
    },
}

/// The ways that are looked for: broad and slight, broad, tail, far tail.
pub(crate) const WAYS: [Worse; 3] = [
    Worse::All(0.30),
    Worse::Tail {
        share: 0.10,
        shift: 0.5,
    },
    Worse::Tail {
        share: 0.03,
        shift: 1.0,
    },
];

/// A distribution over buckets, read continuously: the logit of the survival function is linear
/// in the logarithm of the latency between bucket bounds.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    log_le: Vec<f64>,
    logit: Vec<f64>,
    /// Probability of each bucket, the last being everything beyond the last bound.
    pub(crate) p: Vec<f64>,
}

impl Shape {
    /// From bounds in ascending order (without infinity) and counts per bucket (one more).
    pub(crate) fn new(bounds: &[f64], counts: &[f64]) -> Option<Self> {
        let total: f64 = counts.iter().sum();
        if bounds.is_empty() || counts.len() != bounds.len() + 1 || total < 1.0 {
            return None;
        }
        let log_le: Vec<f64> = bounds.iter().map(|le| le.max(1e-9).ln()).collect();
        let mut beyond = total;
        let mut logit = Vec::with_capacity(bounds.len());
        for count in &counts[..bounds.len()] {
            beyond -= count;
            let share = ((beyond.max(0.0) + 0.3) / (total + 0.6)).clamp(1e-7, 1.0 - 1e-7);
            logit.push((share / (1.0 - share)).ln());
        }
        let mut shape = Self {
            log_le,
            logit,
            p: Vec::new(),
        };
        shape.p = shape.after(Worse::All(0.0));
        Some(shape)
    }

    /// Share of requests slower than `x`, the logarithm of a latency.
    pub(crate) fn survival(&self, x: f64) -> f64 {
        let n = self.log_le.len();
        let at = self.log_le.partition_point(|le| *le < x);
        let logit = if n == 1 {
            self.logit[0] - 2.0 * (x - self.log_le[0])
        } else {
            // Beyond the known bounds the nearest slope goes on, within reason.
            let right = at.clamp(1, n - 1);
            let (x0, x1) = (self.log_le[right - 1], self.log_le[right]);
            let (y0, y1) = (self.logit[right - 1], self.logit[right]);
            let slope = (y1 - y0) / (x1 - x0).max(1e-9);
            let slope = if at == 0 || at == n {
                slope.clamp(-6.0, -1.0)
            } else {
                slope
            };
            let (base_x, base_y) = if at == n { (x1, y1) } else { (x0, y0) };
            base_y + slope * (x - base_x)
        };
        1.0 / (1.0 + (-logit).exp())
    }

    /// The value that a share `1 − q` of requests exceeds.
    pub(crate) fn quantile(&self, q: f64) -> f64 {
        let (mut low, mut high) = (
            self.log_le[0] - 4.0,
            self.log_le[self.log_le.len() - 1] + 3.0,
        );
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            if self.survival(middle) > 1.0 - q {
                low = middle;
            } else {
                high = middle;
            }
        }
        (0.5 * (low + high)).exp()
    }

    /// Bucket probabilities after getting worse.
    pub(crate) fn after(&self, worse: Worse) -> Vec<f64> {
        let mut p = Vec::with_capacity(self.log_le.len() + 1);
        let mut above = 1.0;
        for le in &self.log_le {
            let now = self.survival(*le);
            let survival = match worse {
                Worse::All(shift) => self.survival(le - shift),
                Worse::Tail { share, shift } => now.max(self.survival(le - shift).min(share)),
            }
            .min(above);
            p.push((above - survival).max(1e-9));
            above = survival;
        }
        p.push(above.max(1e-9));
        p
    }
}

/// Scores of one way to get worse, with what they are expected to be.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    /// Which way.
    pub(crate) way: Worse,
    /// Score of each bucket: its log likelihood ratio.
    pub(crate) score: Vec<f64>,
    /// Expected mean score without any change.
    pub(crate) mean: f64,
    /// Variance of one request's score without any change.
    pub(crate) variance: f64,
    /// Expected mean score when everything shifts by `k · GRID_STEP`.
    all: Vec<f64>,
    /// Variance of one request's score when everything shifts by `k · GRID_STEP`.
    spread: Vec<f64>,
    /// Expected mean score when it gets worse in this way by `k · GRID_STEP`.
    own: Vec<f64>,
}

impl Template {
    pub(crate) fn new(shape: &Shape, way: Worse) -> Self {
        let target = shape.after(way);
        let mut score: Vec<f64> = target
            .iter()
            .zip(&shape.p)
            .map(|(t, p)| (t / p).ln().clamp(-2.0, 2.5))
            .collect();
        monotone(&mut score, &shape.p);
        let expected = |p: &[f64]| -> f64 { p.iter().zip(&score).map(|(p, s)| p * s).sum() };
        let mean = expected(&shape.p);
        let square: f64 = shape.p.iter().zip(&score).map(|(p, s)| p * s * s).sum();
        let rising = |mut values: Vec<f64>| {
            for k in 1..values.len() {
                values[k] = values[k].max(values[k - 1] + 1e-9);
            }
            values
        };
        let at = |k: usize| k as f64 * GRID_STEP;
        let shifted: Vec<Vec<f64>> = (0..GRID).map(|k| shape.after(Worse::All(at(k)))).collect();
        let all = rising(shifted.iter().map(|p| expected(p)).collect());
        let spread = shifted
            .iter()
            .map(|p| {
                let m = expected(p);
                p.iter()
                    .zip(&score)
                    .map(|(p, s)| p * (s - m) * (s - m))
                    .sum::<f64>()
                    .max(1e-9)
            })
            .collect();
        let own = rising(
            (0..GRID)
                .map(|k| {
                    expected(&shape.after(match way {
                        Worse::All(_) => Worse::All(at(k)),
                        Worse::Tail { share, .. } => Worse::Tail {
                            share,
                            shift: at(k),
                        },
                    }))
                })
                .collect(),
        );
        let variance = (square - mean * mean).max(1e-9);
        Self {
            way,
            score,
            mean,
            variance,
            all,
            spread,
            own,
        }
    }

    /// Expected change of the mean score when everything shifts by `shift`.
    pub(crate) fn expected(&self, shift: f64) -> f64 {
        let at = (shift / GRID_STEP).clamp(0.0, (GRID - 1) as f64 - 1e-6);
        let k = at as usize;
        self.all[k] + (self.all[k + 1] - self.all[k]) * (at - k as f64) - self.all[0]
    }

    /// Variance of one request's score when everything shifts by `shift`, and how much more the
    /// mean score moves there than at no shift, for the same further shift.
    pub(crate) fn at_shift(&self, shift: f64) -> (f64, f64) {
        let k = ((shift / GRID_STEP).clamp(0.0, (GRID - 3) as f64)) as usize;
        let slope = (self.all[k + 2] - self.all[k]) / (2.0 * GRID_STEP);
        (
            self.spread[k].max(self.spread[0]),
            (slope / self.slope()).max(1.0),
        )
    }

    /// The shift, in this way, that explains a change of the mean score.
    pub(crate) fn shift_of(&self, change: f64) -> f64 {
        inverse(&self.own, change)
    }

    /// The shift of everything that explains a change of the mean score.
    pub(crate) fn shift_of_all(&self, change: f64) -> f64 {
        inverse(&self.all, change)
    }

    /// Change of the mean score for a small shift of everything, per unit of shift.
    pub(crate) fn slope(&self) -> f64 {
        ((self.all[2] - self.all[0]) / (2.0 * GRID_STEP)).max(1e-6)
    }
}

/// The nearest scores, in weighted squares, that never fall from a bucket to a slower one (pool
/// adjacent violators): so a faster service never looks worse.
fn monotone(score: &mut [f64], weight: &[f64]) {
    let mut pools: Vec<(f64, f64, usize)> = Vec::with_capacity(score.len());
    for (s, w) in score.iter().zip(weight) {
        let mut pool = (*s, w.max(1e-12), 1);
        while let Some(last) = pools.last().filter(|last| last.0 > pool.0) {
            let w = last.1 + pool.1;
            pool = ((last.0 * last.1 + pool.0 * pool.1) / w, w, last.2 + pool.2);
            pools.pop();
        }
        pools.push(pool);
    }
    let mut at = 0;
    for (value, _, n) in pools {
        score[at..at + n].fill(value);
        at += n;
    }
}

fn inverse(table: &[f64], change: f64) -> f64 {
    let target = table[0] + change;
    if change <= 0.0 {
        let slope = (table[2] - table[0]) / (2.0 * GRID_STEP);
        return (change / slope.max(1e-6)).max(-2.0);
    }
    let right = table.partition_point(|v| *v < target);
    if right >= table.len() {
        return (table.len() - 1) as f64 * GRID_STEP;
    }
    let left = right.max(1) - 1;
    let right = left + 1;
    (left as f64 + (target - table[left]) / (table[right] - table[left]).max(1e-12)) * GRID_STEP
}
