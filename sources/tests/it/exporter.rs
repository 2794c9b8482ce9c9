//! A service to scrape that remembers what it served.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The counter starts anew at this scrape.
const RESET_AT: usize = 5;
/// These scrapes have the series `tiny_vanishing`.
const VANISHING: std::ops::RangeInclusive<usize> = 3..=6;
/// These scrapes fail.
const FAILING: std::ops::RangeInclusive<usize> = 8..=9;

/// What one successful scrape was given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Served {
    /// Unix milliseconds.
    pub(crate) at_ms: i64,
    pub(crate) counter: f64,
    /// `NaN` in every second scrape.
    pub(crate) gauge: f64,
    pub(crate) vanishing: Option<f64>,
    /// Whether scrapes failed just before this one.
    pub(crate) after_gap: bool,
}

/// Runs until dropped.
pub(crate) struct Exporter {
    pub(crate) address: SocketAddr,
    served: Arc<Mutex<Vec<Served>>>,
    task: JoinHandle<()>,
}

impl Exporter {
    pub(crate) async fn start() -> Self {
        let served = Arc::new(Mutex::new(Vec::new()));
        let log = served.clone();
        let scrapes = Arc::new(Mutex::new(0));
        let app = axum::Router::new().route(
            "/metrics",
            axum::routing::get(async move || {
                let number = {
                    let mut scrapes = scrapes.lock().unwrap();
                    *scrapes += 1;
                    *scrapes - 1
                };
                if FAILING.contains(&number) {
                    return (StatusCode::SERVICE_UNAVAILABLE, String::new());
                }
                let now = scrape(number);
                log.lock().unwrap().push(now);
                (StatusCode::OK, page(number, now))
            }),
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, app).await;
        });
        Self {
            address,
            served,
            task,
        }
    }

    pub(crate) fn served(&self) -> Vec<Served> {
        self.served.lock().unwrap().clone()
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn scrape(number: usize) -> Served {
    #[allow(clippy::cast_precision_loss)]
    let n = number as f64;
    #[allow(clippy::cast_precision_loss)]
    let since_reset = number.saturating_sub(RESET_AT) as f64;
    Served {
        at_ms: crate::now_ms(),
        counter: if number < RESET_AT {
            100.0 + n
        } else {
            since_reset * 1000.0 + 7.0
        },
        gauge: if number % 2 == 1 { f64::NAN } else { n },
        vanishing: VANISHING.contains(&number).then_some(n),
        after_gap: number == FAILING.end() + 1,
    }
}

fn page(number: usize, now: Served) -> String {
    let mut text = String::from(
        "# HELP tiny_requests_total Requests served.\n# TYPE tiny_requests_total counter\n",
    );
    let _ = writeln!(text, "tiny_requests_total{{code=\"200\"}} {}", now.counter);
    let _ = writeln!(text, "# TYPE tiny_gauge gauge\ntiny_gauge {}", now.gauge);
    if let Some(value) = now.vanishing {
        let _ = writeln!(text, "# TYPE tiny_vanishing gauge\ntiny_vanishing {value}");
    }
    text.push_str("# TYPE tiny_latency_seconds histogram\n");
    for (le, share) in [("0.1", 1), ("0.5", 2), ("+Inf", 3)] {
        let _ = writeln!(
            text,
            "tiny_latency_seconds_bucket{{le=\"{le}\"}} {}",
            number * share
        );
    }
    let _ = writeln!(
        text,
        "tiny_latency_seconds_sum {}\ntiny_latency_seconds_count {}",
        number * 2,
        number * 3
    );
    text
}
