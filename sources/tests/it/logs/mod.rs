//! Logs, from files and from strict doubles of those who keep them.

mod files;
mod journald;
mod kubernetes;
mod loki;
mod sentry;

use guard::signatures::Record;
use jiff::{SignedDuration, Timestamp};
use sources::logs::{Bounds, Came, LogError, LogReader, Web, Window};
use sources::metrics::{Auth, Tls};
use std::time::Duration;

const TOKEN: &str = "planted-token-0123456789";

fn start() -> Timestamp {
    "2026-11-22T03:00:00Z".parse().unwrap()
}

fn at(second: i64) -> Timestamp {
    start() + SignedDuration::from_secs(second)
}

/// Ten minutes.
fn window() -> Window {
    Window {
        from: start(),
        until: at(600),
    }
}

fn web(url: &str) -> Web {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let auth = Auth::Bearer(TOKEN.to_owned().into());
    Web::new(url, auth, &[], Tls::default(), Duration::from_secs(5)).unwrap()
}

async fn read(
    reader: &mut LogReader,
    window: &Window,
    bounds: &Bounds,
) -> (Result<Came, LogError>, Vec<Record>) {
    let mut records = Vec::new();
    let mut keep = |record| records.push(record);
    let came = reader.read(window, bounds, &mut keep).await;
    (came, records)
}

fn texts(records: &[Record]) -> Vec<&str> {
    records.iter().map(|record| record.text.as_str()).collect()
}
