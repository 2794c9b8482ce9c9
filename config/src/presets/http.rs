//! Requests of an HTTP server: error ratio, latency, throughput, availability.

mod conventions;
mod frameworks;
mod proxies;

use super::{AVAILABILITY, PLAIN, Preset, Reads::Availability, Row, Template};
use crate::signal::{Direction, Unit};

const LATENCY: Template = Template {
    key: "latency",
    row: "latency",
    about: "95th percentile of the duration",
    unit: Unit::Seconds,
    quantile: 0.95,
    ..PLAIN
};

/// The templates; limits are those of the design.
const SIGNALS: &[Template] = &[
    Template {
        key: "errors",
        row: "errors",
        about: "share of requests answered 5xx",
        unit: Unit::Ratio,
        warn: Some(0.01),
        hard: Some(0.05),
        tolerance: Some((0.002, 0.25)),
        ..PLAIN
    },
    Template {
        warn: Some(1.0),
        hard: Some(2.0),
        ..LATENCY
    },
    Template {
        key: "latency-p50",
        about: "median of the duration",
        quantile: 0.5,
        on_request: true,
        ..LATENCY
    },
    Template {
        key: "latency-p99",
        about: "99th percentile of the duration",
        quantile: 0.99,
        warn: Some(1.0),
        hard: Some(10.0),
        on_request: true,
        ..LATENCY
    },
    Template {
        key: "latency-p999",
        about: "99.9th percentile of the duration",
        quantile: 0.999,
        on_request: true,
        ..LATENCY
    },
    Template {
        key: "throughput",
        row: "throughput",
        about: "requests per second",
        direction: Direction::Down,
        unit: Unit::PerSecond,
        ..PLAIN
    },
    AVAILABILITY,
];

const UP: Row = Row("availability", Availability("up"));
const MS: f64 = 0.001;

/// A counter with the status in one of several labels.
macro_rules! by_status {
    ($all:literal; $($label:literal)+) => {
        [$( Row("errors", Ratio(concat!($all, "{", $label, "=~\"5..\"}"), $all)) ),+]
    };
}
use by_status;

pub(super) const PRESET: Preset = Preset {
    signals: SIGNALS,
    dialects: &[
        conventions::PROMETHEUS,
        conventions::PROMETHEUS_STATUS,
        conventions::OPENTELEMETRY,
        conventions::OPENTELEMETRY_OLD,
        conventions::MICROMETER,
        frameworks::GO,
        frameworks::NODE,
        frameworks::FLASK,
        frameworks::STARLETTE,
        frameworks::DJANGO,
        frameworks::RUST,
        frameworks::DOTNET,
        frameworks::RUBY,
        proxies::ISTIO,
        proxies::LINKERD,
        proxies::ENVOY,
        proxies::NGINX_INGRESS,
        proxies::TRAEFIK,
        proxies::NGINX,
        proxies::HAPROXY,
        proxies::CADDY,
        proxies::KONG,
        conventions::SPANMETRICS,
        frameworks::PROMETHEUS_SERVER,
        proxies::APACHE,
        proxies::BLACKBOX,
    ],
};
