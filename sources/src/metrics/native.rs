//! Native histograms as the cumulative buckets that a judge of classic histograms takes.

use super::value::{HistogramBucket, NativeHistogram, Sample};

/// Bounds nearer to each other than this share are the same bound, printed twice.
const SAME_BOUND: f64 = 1e-9;

/// Fixed bucket bounds, a number of them to each doubling.
///
/// A native histogram shows only the buckets that have something in them, and
/// those change from sample to sample, while a counter per bound must exist at
/// every sample. So the bounds are fixed beforehand, at powers of two and between
/// them, where every standard layout of at least that resolution has a boundary
/// and nothing need be interpolated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NativeBounds {
    /// Bounds to a doubling. At least 1; 1, 2, 4, 8 meet the layouts' own boundaries.
    pub per_doubling: u32,
    /// The lowest bound is two to the power of `lowest / per_doubling`.
    pub lowest: i32,
    /// The highest bound is two to the power of `highest / per_doubling`.
    pub highest: i32,
}

impl NativeBounds {
    /// 2 ms to 64 s, two to a doubling: 31 bounds.
    pub const SECONDS: Self = Self {
        per_doubling: 2,
        lowest: -18,
        highest: 12,
    };
    /// 2 ms to 66 s, two to a doubling: 31 bounds.
    pub const MILLISECONDS: Self = Self {
        per_doubling: 2,
        lowest: 2,
        highest: 32,
    };

    /// The bounds that fit a metric by the unit at the end of its name; seconds without one.
    #[must_use]
    pub fn of_metric(name: &str) -> Self {
        if name.ends_with("_milliseconds") || name.ends_with("_ms") {
            Self::MILLISECONDS
        } else {
            Self::SECONDS
        }
    }

    /// The bounds, lowest first, without infinity.
    #[must_use]
    pub fn bounds(self) -> Vec<f64> {
        let per_doubling = f64::from(self.per_doubling.max(1));
        let bound = |k: i32| (f64::from(k) / per_doubling).exp2();
        (self.lowest..=self.highest).map(bound).collect()
    }
}

/// Counts of one bound over time.
#[derive(Debug, Clone, PartialEq)]
pub struct BucketSamples {
    /// Upper bound, included; infinity for all.
    pub le: f64,
    /// Observations up to and including `le`, in the order of the histograms.
    pub samples: Vec<Sample>,
}

/// Cumulative counts of `histograms` at each of `bounds` (lowest first) and at
/// infinity. Each bound has a sample for every histogram. Between the boundaries
/// of a histogram's own bucket its observations are taken to lie evenly on a
/// logarithmic scale, in one that touches zero evenly.
///
/// While the total count does not fall, no bound's count does: where a server or
/// client halves its resolution, the count at a bound within a new, wider bucket
/// stays until it is exceeded, so that it is not taken for a restart.
#[must_use]
pub fn native_to_buckets(
    histograms: &[(i64, NativeHistogram)],
    bounds: &[f64],
) -> Vec<BucketSamples> {
    let mut highest = Vec::new();
    buckets_after(histograms, bounds, &mut highest)
}

/// The same, going on after histograms whose last counts are in `last`: those of
/// the bounds and of infinity, empty if there were none.
pub(super) fn buckets_after(
    histograms: &[(i64, NativeHistogram)],
    bounds: &[f64],
    last: &mut Vec<f64>,
) -> Vec<BucketSamples> {
    let all = bounds.iter().copied().chain([f64::INFINITY]);
    let mut found: Vec<BucketSamples> = all
        .map(|le| BucketSamples {
            le,
            samples: Vec::with_capacity(histograms.len()),
        })
        .collect();
    for (at_ms, histogram) in histograms {
        let mut counts: Vec<f64> = bounds.iter().map(|le| up_to(histogram, *le)).collect();
        counts.push(histogram.count);
        if last.last().is_some_and(|total| histogram.count >= *total) {
            for (count, before) in counts.iter_mut().zip(last.iter()) {
                // No bound holds more than all: that is not raised above the total either.
                *count = count.max(*before).min(histogram.count);
            }
        }
        for (bucket, count) in found.iter_mut().zip(&counts) {
            bucket.samples.push((*at_ms, *count));
        }
        *last = counts;
    }
    found
}

/// Observations up to and including `le`.
fn up_to(histogram: &NativeHistogram, le: f64) -> f64 {
    let shares = histogram.buckets.iter().map(|b| b.count * share(b, le));
    shares.sum()
}

/// Which part of a bucket lies up to `le`.
fn share(bucket: &HistogramBucket, le: f64) -> f64 {
    let (lower, upper) = (bucket.lower, bucket.upper);
    if upper <= le || is_same(upper, le) {
        1.0
    } else if lower >= le || is_same(lower, le) {
        0.0
    } else if lower > 0.0 && upper.is_finite() {
        (le / lower).ln() / (upper / lower).ln()
    } else if upper < 0.0 && lower.is_finite() {
        (lower / le).ln() / (lower / upper).ln()
    } else if lower.is_finite() && upper.is_finite() {
        (le - lower) / (upper - lower)
    } else {
        // Nothing says where in an open bucket they are; above is the worse of the two.
        0.0
    }
}

fn is_same(a: f64, b: f64) -> bool {
    a == b || a.is_finite() && b.is_finite() && (a - b).abs() <= SAME_BOUND * a.abs().max(b.abs())
}

/// `le` as exporters write it.
pub(super) fn le_label(le: f64) -> String {
    if le == f64::INFINITY {
        "+Inf".to_owned()
    } else {
        le.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn histogram(buckets: &[(f64, f64, f64)]) -> NativeHistogram {
        NativeHistogram {
            count: buckets.iter().map(|b| b.2).sum(),
            sum: 0.0,
            buckets: buckets
                .iter()
                .map(|&(lower, upper, count)| HistogramBucket {
                    boundaries: 0,
                    lower,
                    upper,
                    count,
                })
                .collect(),
        }
    }

    fn counts(histogram: NativeHistogram, bounds: &[f64]) -> Vec<f64> {
        let found = native_to_buckets(&[(7, histogram)], bounds);
        assert_eq!(found.last().unwrap().le, f64::INFINITY);
        assert!(
            found
                .iter()
                .all(|b| b.samples.len() == 1 && b.samples[0].0 == 7)
        );
        found.iter().map(|b| b.samples[0].1).collect()
    }

    #[test]
    fn at_the_boundaries_of_the_layout_counts_are_exact_whichever_buckets_are_shown() {
        // The boundaries as Prometheus prints those of schema 1.
        let sparse = histogram(&[
            (-0.001, 0.001, 2.0),
            (0.5, 0.707_106_781_186_547_5, 3.0),
            (1.0, std::f64::consts::SQRT_2, 4.0),
        ]);
        assert_eq!(
            counts(sparse, &[0.5, 0.5_f64.sqrt(), 1.0, 2.0_f64.sqrt(), 2.0]),
            [2.0, 5.0, 5.0, 9.0, 9.0, 9.0]
        );
    }

    #[test]
    fn within_a_wider_bucket_counts_are_shared_out_on_a_logarithmic_scale() {
        let coarse = histogram(&[(1.0, 4.0, 8.0)]);
        let found = counts(coarse, &[1.0, 2.0_f64.sqrt(), 2.0, 4.0]);
        for (count, expected) in found.iter().zip([0.0, 2.0, 4.0, 8.0, 8.0]) {
            assert!((count - expected).abs() < 1e-9, "{found:?}");
        }
        assert_eq!(
            counts(histogram(&[(-1.0, 1.0, 8.0)]), &[0.0, 0.5]),
            [4.0, 6.0, 8.0]
        );
        let negative = counts(histogram(&[(-4.0, -1.0, 8.0)]), &[-2.0, 0.0]);
        assert!(
            (negative[0] - 4.0).abs() < 1e-9 && negative[1] == 8.0,
            "{negative:?}"
        );
        assert_eq!(
            counts(histogram(&[(1.0, f64::INFINITY, 8.0)]), &[5.0]),
            [0.0, 8.0]
        );
    }

    #[test]
    fn a_histogram_without_observations_is_counted_zeros_and_not_absence() {
        assert_eq!(counts(histogram(&[]), &[1.0]), [0.0, 0.0]);
    }

    #[test]
    fn a_restart_shows_as_a_fall_and_a_halved_resolution_does_not() {
        let fine = histogram(&[(1.0, 1.5, 10.0), (1.5, 2.0, 1.0)]);
        let halved = histogram(&[(1.0, 2.0, 12.0)]);
        let restarted = histogram(&[(1.0, 2.0, 2.0)]);
        let found = native_to_buckets(&[(1, fine), (2, halved), (3, restarted)], &[1.5]);
        let at: Vec<f64> = found[0].samples.iter().map(|s| s.1).collect();
        assert_eq!(at[..2], [10.0, 10.0]);
        assert!(at[2] < 2.0, "{at:?}");
    }

    #[test]
    fn the_usual_bounds_are_few_enough_for_the_judge_and_cover_latencies() {
        for (name, lowest, highest) in [
            ("http_request_duration_seconds", 0.002, 64.0),
            ("http_server_duration_milliseconds", 2.0, 65_536.0),
        ] {
            let bounds = NativeBounds::of_metric(name).bounds();
            assert!(bounds.len() <= 32 && bounds.is_sorted());
            assert!((bounds[0] / lowest - 1.0).abs() < 0.05, "{bounds:?}");
            assert!(
                (bounds[bounds.len() - 1] / highest - 1.0).abs() < 0.05,
                "{bounds:?}"
            );
        }
    }

    proptest! {
        /// Whatever is observed when, each bound only rises, in time and with the bound.
        #[test]
        fn counts_rise_with_the_bound_and_with_time(
            steps in prop::collection::vec(prop::collection::vec((-24_i32..20, 1_u32..50), 0..6), 1..12),
            coarse_from in 0_usize..12,
        ) {
            let mut seen: std::collections::BTreeMap<i32, f64> = Default::default();
            let mut histograms = Vec::new();
            for (i, step) in steps.iter().enumerate() {
                for (bucket, count) in step { *seen.entry(*bucket).or_default() += f64::from(*count); }
                let wide = i >= coarse_from;
                let mut shown: std::collections::BTreeMap<i32, f64> = Default::default();
                for (bucket, count) in &seen {
                    *shown.entry(if wide { bucket.div_euclid(4) } else { *bucket }).or_default() += count;
                }
                let width = if wide { 2.0 } else { 0.5 };
                let rows: Vec<_> = shown.iter().map(|(b, c)| {
                    ((f64::from(*b) * width).exp2(), (f64::from(*b + 1) * width).exp2(), *c)
                }).collect();
                histograms.push((i64::try_from(i).unwrap(), histogram(&rows)));
            }
            let found = native_to_buckets(&histograms, &NativeBounds::SECONDS.bounds());
            for bucket in &found {
                prop_assert!(bucket.samples.windows(2).all(|w| w[0].1 <= w[1].1 + 1e-9), "{bucket:?}");
            }
            for pair in found.windows(2) {
                for (low, high) in pair[0].samples.iter().zip(&pair[1].samples) {
                    prop_assert!(low.1 <= high.1 + 1e-9);
                }
            }
        }
    }
}
