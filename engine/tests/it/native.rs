//! A native histogram, read as buckets, is judged as a classic one of the same requests.

use guard::detect::{
    Comparison, Detector, Direction, Evidence, Role, Sample, SeriesId, SeriesSpec, SignalKind,
    SignalSpec, Use, WatchSpec,
};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sources::metrics::{HistogramBucket, NativeBounds, NativeHistogram, native_to_buckets};
use std::collections::BTreeMap;

/// The default bounds of Prometheus' client libraries, in seconds.
const CLASSIC: [f64; 11] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
/// Bounds that somebody chose, in seconds.
const CUSTOM: [f64; 5] = [0.03, 0.09, 0.2, 0.8, 3.0];
/// When requests get slower, in seconds after the deployment.
const FAULT_S: i64 = 60;
const INSTANCES: usize = 3;

/// Counts up to each bound and to infinity, of one instance.
trait Buckets {
    fn observe(&mut self, seconds: f64);
    fn counts(&self, at_ms: i64) -> Vec<(f64, f64)>;
}

struct Classic {
    bounds: Vec<f64>,
    counts: Vec<f64>,
}

impl Classic {
    fn new(bounds: &[f64]) -> Self {
        let bounds: Vec<f64> = bounds.iter().copied().chain([f64::INFINITY]).collect();
        Self {
            counts: vec![0.0; bounds.len()],
            bounds,
        }
    }
}

impl Buckets for Classic {
    fn observe(&mut self, seconds: f64) {
        for (bound, count) in self.bounds.iter().zip(&mut self.counts) {
            if seconds <= *bound {
                *count += 1.0;
            }
        }
    }

    fn counts(&self, _: i64) -> Vec<(f64, f64)> {
        let bounds = self.bounds.iter().copied();
        bounds.zip(self.counts.iter().copied()).collect()
    }
}

/// An exponential histogram with two to the power of `schema` buckets to a doubling.
struct Native {
    schema: i32,
    counts: BTreeMap<i32, f64>,
}

impl Buckets for Native {
    fn observe(&mut self, seconds: f64) {
        let per_doubling = f64::from(self.schema).exp2();
        let index = (seconds.log2() * per_doubling).ceil() as i32;
        *self.counts.entry(index).or_default() += 1.0;
    }

    fn counts(&self, at_ms: i64) -> Vec<(f64, f64)> {
        let bound = |index: i32| (f64::from(index) / f64::from(self.schema).exp2()).exp2();
        let buckets = self.counts.iter().map(|(index, count)| HistogramBucket {
            boundaries: 0,
            lower: bound(index - 1),
            upper: bound(*index),
            count: *count,
        });
        let histogram = NativeHistogram {
            count: self.counts.values().sum(),
            sum: 1.0,
            buckets: buckets.collect(),
        };
        let bounds = NativeBounds::SECONDS.bounds();
        let found = native_to_buckets(&[(at_ms, histogram)], &bounds);
        let counts = found.into_iter();
        counts
            .map(|bucket| (bucket.le, bucket.samples[0].1))
            .collect()
    }
}

/// After how many seconds of slower requests the canary would be paused. The same seed is the same requests,
/// whatever counts them. There are five minutes before, and a look every five seconds.
fn found_after(seed: u64, slower: f64, mut buckets: Vec<Box<dyn Buckets>>) -> Option<f64> {
    let signal = SignalSpec::new("latency", SignalKind::Histogram, Direction::Up);
    let comparison = Comparison::CanaryVsStable { canary_share: None };
    let mut detector = Detector::new(WatchSpec::new(comparison, 0.0, 5.0, vec![signal]));
    let mut ids: Vec<BTreeMap<u64, SeriesId>> = vec![BTreeMap::new(); INSTANCES];
    let mut random = StdRng::seed_from_u64(seed);
    for second in -300..210_i64 {
        for (at, buckets) in buckets.iter_mut().enumerate() {
            let canary = at == 0;
            if canary && second <= 0 {
                continue;
            }
            for _ in 0..20 {
                let (u, v): (f64, f64) = (random.random(), random.random());
                let normal = (-2.0 * u.max(1e-12).ln()).sqrt() * (std::f64::consts::TAU * v).cos();
                let slow = canary && second > FAULT_S;
                let factor = if slow { slower } else { 1.0 };
                buckets.observe(0.08 * factor * (0.7 * normal).exp());
            }
            if second % 5 != 0 {
                continue;
            }
            for (le, count) in buckets.counts(second * 1000) {
                let id = *ids[at].entry(le.to_bits()).or_insert_with(|| {
                    detector.declare(&SeriesSpec {
                        uses: vec![("latency".to_owned(), Use::Bucket { le })],
                        instance: format!("shop-{at}"),
                        role: if canary { Role::Canary } else { Role::Stable },
                    })
                });
                detector.push(id, second as f64, Sample::Value(count));
            }
        }
        if second % 5 == 0 {
            let said = detector.tick(second as f64);
            if said.iter().any(|said| said.evidence >= Evidence::Pause) {
                return Some((second - FAULT_S) as f64);
            }
        }
    }
    None
}

fn all(one: impl Fn() -> Box<dyn Buckets>) -> Vec<Box<dyn Buckets>> {
    (0..INSTANCES).map(|_| one()).collect()
}

fn classic(bounds: &'static [f64]) -> Vec<Box<dyn Buckets>> {
    all(|| Box::new(Classic::new(bounds)))
}

fn native(schema: i32) -> Vec<Box<dyn Buckets>> {
    all(|| {
        Box::new(Native {
            schema,
            counts: BTreeMap::new(),
        })
    })
}

#[test]
fn slower_requests_show_in_any_histogram_within_the_same_looks() {
    for slower in [1.6, 2.5] {
        for seed in 0..2 {
            let usual = found_after(seed, slower, classic(&CLASSIC)).unwrap();
            assert!((0.0..90.0).contains(&usual), "{slower} {seed}: {usual}");
            let others = [
                ("native, 8 to a doubling", native(3)),
                ("native, 2 to a doubling", native(1)),
                ("native, 1 to a doubling", native(0)),
                ("custom", classic(&CUSTOM)),
            ];
            for (name, buckets) in others {
                let found = found_after(seed, slower, buckets);
                // Wider buckets know less: a third of the time more, and two looks.
                let near = found.is_some_and(|found| {
                    found >= 0.0 && (found - usual).abs() <= 10.0 + usual / 3.0
                });
                assert!(near, "{name}, {slower}, {seed}: {found:?}, classic {usual}");
            }
        }
    }
}

#[test]
fn requests_as_ever_alarm_in_no_histogram() {
    for seed in 10..12 {
        for buckets in [native(3), native(0), classic(&CLASSIC), classic(&CUSTOM)] {
            assert_eq!(found_after(seed, 1.0, buckets), None, "{seed}");
        }
    }
}
