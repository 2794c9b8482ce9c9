//! The metrics source against strict doubles and against a real Prometheus.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, its helpers too"
)]

mod answers;
mod code;
mod double;
mod exporter;
mod feed;
mod gathering;
mod git;
mod hosts;
mod kinds;
mod logs;
mod native;
mod oauth;
mod politeness;
mod probes;
#[allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "the demo's own, so that there is one"
)]
#[path = "../../../bot/src/demo/prometheus_server.rs"]
mod prometheus_server;
mod real;
mod tls;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sources::metrics::{Prometheus, PrometheusConfig, RetryPolicy};

/// Settings for a server at `url` that give up quickly.
fn config(url: &str) -> PrometheusConfig {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    PrometheusConfig {
        retry: RetryPolicy {
            max_attempts: 3,
            first_delay: Duration::from_millis(5),
            max_delay: Duration::from_millis(20),
            total: Duration::from_secs(10),
        },
        ..PrometheusConfig::new(url)
    }
}

fn client(url: &str) -> Prometheus {
    Prometheus::new(config(url)).unwrap()
}

fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_millis()).unwrap()
}
