//! The metrics source against servers of other makes and versions, for real:
//! Prometheus 2.42 and 3.5, VictoriaMetrics 1.79 and 1.145.
//!
//! Run with `--features peers`, after `sources/tests/peers/get.sh` and
//! `apt-get install prometheus`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, its helpers too"
)]

mod answers;
#[path = "../it/exporter.rs"]
mod exporter;
mod feed;
mod native;
mod native_exporter;
mod peer;
#[allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "the demo's own, so that there is one"
)]
#[path = "../../../bot/src/demo/prometheus_server.rs"]
mod prometheus_server;
mod victoria_server;

use std::time::{SystemTime, UNIX_EPOCH};

fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_millis()).unwrap()
}
