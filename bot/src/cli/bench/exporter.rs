//! Services that only have metrics: each scrape finds what an instance with steady traffic would say.

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use rand::RngExt;
use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Requests per second of each instance.
const RATE: f64 = 20.0;
/// Share that fails.
const FAILS: f64 = 0.004;
/// Upper bounds of the latency buckets, with the share of requests below each.
const BUCKETS: [(&str, f64); 10] = [
    ("0.005", 0.10),
    ("0.01", 0.30),
    ("0.025", 0.60),
    ("0.05", 0.80),
    ("0.1", 0.92),
    ("0.25", 0.97),
    ("0.5", 0.99),
    ("1", 0.996),
    ("2.5", 0.999),
    ("+Inf", 1.0),
];

/// What one instance has counted.
struct Counts {
    since: Instant,
    good: u64,
    bad: u64,
    calls_bad: u64,
    buckets: [u64; BUCKETS.len()],
    cpu_s: f64,
}

type Instances = Arc<Mutex<HashMap<String, Counts>>>;

/// Serves until killed; the address is the first line on standard output.
pub(super) async fn serve() -> std::io::Result<()> {
    let instances = Instances::default();
    let router = Router::new()
        .route("/m/{service}/{instance}", get(page))
        .with_state(instances);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    super::output::line(&listener.local_addr()?.to_string());
    axum::serve(listener, router).await
}

async fn page(
    State(instances): State<Instances>,
    Path((service, instance)): Path<(String, String)>,
) -> String {
    let mut instances = instances.lock().unwrap_or_else(PoisonError::into_inner);
    let counts = instances
        .entry(format!("{service}/{instance}"))
        .or_insert_with(Counts::new);
    counts.grow();
    counts.text()
}

impl Counts {
    fn new() -> Self {
        Self {
            since: Instant::now(),
            good: 0,
            bad: 0,
            calls_bad: 0,
            buckets: [0; BUCKETS.len()],
            cpu_s: 0.0,
        }
    }

    /// The requests since the last scrape.
    fn grow(&mut self) {
        let mut random = rand::rng();
        let wanted = self.since.elapsed().as_secs_f64() * RATE;
        self.since = Instant::now();
        let spread = wanted.sqrt();
        let requests = (wanted + random.random_range(-spread..=spread)).max(0.0);
        for _ in 0..requests.round() as u64 {
            if random.random_bool(FAILS) {
                self.bad += 1;
            } else {
                self.good += 1;
            }
            if random.random_bool(FAILS) {
                self.calls_bad += 1;
            }
            let place: f64 = random.random_range(0.0..1.0);
            let from = BUCKETS.iter().position(|(_, share)| place < *share);
            for count in &mut self.buckets[from.unwrap_or(BUCKETS.len() - 1)..] {
                *count += 1;
            }
            self.cpu_s += 0.002 * random.random_range(0.5..1.5);
        }
    }

    fn text(&self) -> String {
        let mut random = rand::rng();
        let mut near = |value: f64| value * random.random_range(0.97..1.03);
        let all = self.good + self.bad;
        let mut text = String::with_capacity(2048);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "bench_requests_total{{code=\"200\"}} {}", self.good);
        let _ = writeln!(text, "bench_requests_total{{code=\"500\"}} {}", self.bad);
        let _ = writeln!(
            text,
            "bench_calls_total{{result=\"ok\"}} {}",
            all - self.calls_bad.min(all)
        );
        let _ = writeln!(
            text,
            "bench_calls_total{{result=\"failed\"}} {}",
            self.calls_bad
        );
        for ((le, _), count) in BUCKETS.iter().zip(self.buckets) {
            let _ = writeln!(text, "bench_seconds_bucket{{le=\"{le}\"}} {count}");
        }
        let _ = writeln!(text, "bench_cpu_seconds_total {}", self.cpu_s);
        let _ = writeln!(text, "bench_gc_seconds_total {}", self.cpu_s / 20.0);
        let _ = writeln!(text, "bench_memory_bytes {}", near(2e8));
        let _ = writeln!(text, "bench_open_files {}", near(120.0).round());
        let _ = writeln!(text, "bench_queue_length {}", near(10.0).round());
        text
    }
}
