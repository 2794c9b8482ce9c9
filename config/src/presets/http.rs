//! Requests of an HTTP server: error ratio, latency, throughput, availability.

use super::{AVAILABILITY, DEFAULT_FLAVOUR, Flavour, PresetSignal, Reads};
use crate::signal::{Dimension, Direction, Unit};

/// The signals of one flavour: all requests, the failed ones, the histogram of their duration.
macro_rules! set {
    ($all:literal, $failed:literal, $duration:literal) => {
        [
            PresetSignal {
                key: "errors",
                reads: Reads::Ratio($failed, $all),
                unit: Unit::Ratio,
                warn: Some(0.01),
                hard: Some(0.05),
                ..OF_REQUESTS
            },
            PresetSignal {
                key: "latency",
                reads: Reads::Histogram($duration, 0.95),
                warn: Some(1.0),
                hard: Some(2.0),
                ..OF_REQUESTS
            },
            PresetSignal {
                key: "latency-p50",
                reads: Reads::Histogram($duration, 0.5),
                on_request: true,
                ..OF_REQUESTS
            },
            PresetSignal {
                key: "latency-p99",
                reads: Reads::Histogram($duration, 0.99),
                warn: Some(1.0),
                hard: Some(10.0),
                on_request: true,
                ..OF_REQUESTS
            },
            PresetSignal {
                key: "latency-p999",
                reads: Reads::Histogram($duration, 0.999),
                on_request: true,
                ..OF_REQUESTS
            },
            PresetSignal {
                key: "throughput",
                reads: Reads::Throughput($all),
                direction: Direction::Down,
                unit: Unit::PerSecond,
                ..OF_REQUESTS
            },
            AVAILABILITY,
        ]
    };
}

pub(super) const FLAVOURS: &[Flavour] = &[
    Flavour {
        name: DEFAULT_FLAVOUR,
        signals: &set!(
            "http_requests_total",
            "http_requests_total{code=~\"5..\"}",
            "http_request_duration_seconds"
        ),
    },
    Flavour {
        name: "prometheus-status",
        signals: &set!(
            "http_requests_total",
            "http_requests_total{status=~\"5..\"}",
            "http_request_duration_seconds"
        ),
    },
    Flavour {
        name: "opentelemetry",
        signals: &set!(
            "http_server_request_duration_seconds_count",
            "http_server_request_duration_seconds_count{http_response_status_code=~\"5..\"}",
            "http_server_request_duration_seconds"
        ),
    },
    Flavour {
        name: "micrometer",
        signals: &set!(
            "http_server_requests_seconds_count",
            "http_server_requests_seconds_count{status=~\"5..\"}",
            "http_server_requests_seconds"
        ),
    },
];

const OF_REQUESTS: PresetSignal = PresetSignal {
    key: "",
    dimension: Dimension::Application,
    reads: Reads::Gauge("up"),
    direction: Direction::Up,
    unit: Unit::Seconds,
    warn: None,
    hard: None,
    accumulates: false,
    on_request: false,
};
