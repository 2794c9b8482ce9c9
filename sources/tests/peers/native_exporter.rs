//! A service that exports one native histogram, in Prometheus' protobuf.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::http::header::CONTENT_TYPE;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const PROTOBUF: &str = "application/vnd.google.protobuf; \
    proto=io.prometheus.client.MetricFamily; encoding=delimited";

/// Observations so far: between 2^(-60/8) and 2^(-59/8) s, and from the fourth
/// scrape on between 2^(2/8) and 2^(3/8) s.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) quick: u32,
    pub(crate) slow: u32,
}

/// Runs until dropped.
pub(crate) struct NativeExporter {
    pub(crate) address: SocketAddr,
    served: Arc<Mutex<Vec<Counts>>>,
    task: JoinHandle<()>,
}

impl NativeExporter {
    pub(crate) async fn start() -> Self {
        let served = Arc::new(Mutex::new(Vec::new()));
        let log = served.clone();
        let page = async move || {
            let mut log = log.lock().unwrap();
            let number = u32::try_from(log.len()).unwrap() + 1;
            let now = Counts {
                quick: number * 10,
                slow: number.saturating_sub(3) * 4,
            };
            log.push(now);
            ([(CONTENT_TYPE, PROTOBUF)], family(now))
        };
        let app = axum::Router::new().route("/metrics", axum::routing::get(page));
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

    pub(crate) fn served(&self) -> Vec<Counts> {
        self.served.lock().unwrap().clone()
    }
}

impl Drop for NativeExporter {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A `MetricFamily` with its length in front.
fn family(now: Counts) -> Vec<u8> {
    let mut histogram = number(1, u64::from(now.quick + now.slow));
    histogram.extend(double(2, 1.0));
    histogram.extend(number(5, zigzag(3)));
    histogram.extend(double(6, 1e-128));
    let mut deltas = vec![i64::from(now.quick)];
    histogram.extend(message(12, &span(-59)));
    if now.slow > 0 {
        // After the bucket -59 comes -58; from there it is 61 to the bucket 3.
        histogram.extend(message(12, &span(61)));
        deltas.push(i64::from(now.slow) - i64::from(now.quick));
    }
    for delta in deltas {
        histogram.extend(number(13, zigzag(delta)));
    }
    let mut family = message(1, b"native_latency_seconds");
    family.extend(message(2, b"Latency."));
    family.extend(number(3, 4));
    family.extend(message(4, &message(7, &histogram)));
    let mut delimited = varint(family.len() as u64);
    delimited.extend(family);
    delimited
}

/// One bucket, `offset` after the one before.
fn span(offset: i64) -> Vec<u8> {
    let mut span = number(1, zigzag(offset));
    span.extend(number(2, 1));
    span
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(u8::try_from(value & 0x7f).unwrap() | 0x80);
        value >>= 7;
    }
    bytes.push(u8::try_from(value).unwrap());
    bytes
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

fn number(field: u64, value: u64) -> Vec<u8> {
    let mut bytes = varint(field << 3);
    bytes.extend(varint(value));
    bytes
}

fn double(field: u64, value: f64) -> Vec<u8> {
    let mut bytes = varint(field << 3 | 1);
    bytes.extend(value.to_le_bytes());
    bytes
}

fn message(field: u64, content: &[u8]) -> Vec<u8> {
    let mut bytes = varint(field << 3 | 2);
    bytes.extend(varint(content.len() as u64));
    bytes.extend(content);
    bytes
}
