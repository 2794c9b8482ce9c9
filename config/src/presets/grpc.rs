//! Calls of a gRPC server. Only codes that speak of the server count as bad: a caller's mistake
//! (`InvalidArgument`, `NotFound`, `Unauthenticated`, …) is not the service's fault.

use super::{Dialect, PLAIN, Preset, Reads::*, Row, Template};
use crate::signal::{Direction, Unit};

const LATENCY: Template = Template {
    key: "grpc-latency",
    row: "latency",
    about: "95th percentile of the duration of calls",
    unit: Unit::Seconds,
    quantile: 0.95,
    ..PLAIN
};

const MS: f64 = 0.001;

pub(super) const PRESET: Preset = Preset {
    signals: &[
        Template {
            key: "grpc-errors",
            row: "errors",
            about: "share of calls that failed by the server's fault",
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
            key: "grpc-latency-p50",
            about: "median of the duration of calls",
            quantile: 0.5,
            on_request: true,
            ..LATENCY
        },
        Template {
            key: "grpc-latency-p99",
            about: "99th percentile of the duration of calls",
            quantile: 0.99,
            warn: Some(1.0),
            hard: Some(10.0),
            on_request: true,
            ..LATENCY
        },
        Template {
            key: "grpc-latency-p999",
            about: "99.9th percentile of the duration of calls",
            quantile: 0.999,
            on_request: true,
            ..LATENCY
        },
        Template {
            key: "grpc-throughput",
            row: "throughput",
            about: "calls per second",
            direction: Direction::Down,
            unit: Unit::PerSecond,
            ..PLAIN
        },
    ],
    dialects: &[
        Dialect {
            name: "prometheus",
            about: "go-grpc-prometheus, py-grpc-prometheus, java-grpc-prometheus: `grpc_server_handled_total`",
            rows: &[
                Row(
                    "errors",
                    Ratio(
                        "grpc_server_handled_total{grpc_code=~\"(?i)unknown|deadline_?exceeded|unimplemented|internal|unavailable|data_?loss\"}",
                        "grpc_server_handled_total",
                    ),
                ),
                Row(
                    "errors",
                    Ratio(
                        "grpc_server_handled_total{code=~\"(?i)unknown|deadline_?exceeded|unimplemented|internal|unavailable|data_?loss\"}",
                        "grpc_server_handled_total",
                    ),
                ),
                Row("latency", Histogram("grpc_server_handling_seconds", 1.0)),
                Row(
                    "latency",
                    Histogram("grpc_server_handled_latency_seconds", 1.0),
                ),
                Row("throughput", Throughput("grpc_server_handled_total")),
            ],
        },
        Dialect {
            name: "opentelemetry",
            about: "`rpc.server.call.duration`, in seconds",
            rows: &[
                Row(
                    "errors",
                    Ratio(
                        "rpc_server_call_duration_seconds_count{rpc_response_status_code=~\"UNKNOWN|DEADLINE_EXCEEDED|UNIMPLEMENTED|INTERNAL|UNAVAILABLE|DATA_LOSS\"}",
                        "rpc_server_call_duration_seconds_count",
                    ),
                ),
                Row(
                    "errors",
                    Ratio(
                        "rpc_server_call_duration_count{rpc_response_status_code=~\"UNKNOWN|DEADLINE_EXCEEDED|UNIMPLEMENTED|INTERNAL|UNAVAILABLE|DATA_LOSS\"}",
                        "rpc_server_call_duration_count",
                    ),
                ),
                Row(
                    "latency",
                    Histogram("rpc_server_call_duration_seconds", 1.0),
                ),
                Row("latency", Histogram("rpc_server_call_duration", 1.0)),
                Row(
                    "throughput",
                    Throughput("rpc_server_call_duration_seconds_count"),
                ),
                Row("throughput", Throughput("rpc_server_call_duration_count")),
            ],
        },
        Dialect {
            name: "opentelemetry-old",
            about: "`rpc.server.duration`, in milliseconds",
            rows: &[
                Row(
                    "errors",
                    Ratio(
                        "rpc_server_duration_milliseconds_count{rpc_grpc_status_code=~\"2|4|12|13|14|15\"}",
                        "rpc_server_duration_milliseconds_count",
                    ),
                ),
                Row(
                    "errors",
                    Ratio(
                        "rpc_server_duration_count{rpc_grpc_status_code=~\"2|4|12|13|14|15\"}",
                        "rpc_server_duration_count",
                    ),
                ),
                Row("latency", Histogram("rpc_server_duration_milliseconds", MS)),
                Row("latency", Histogram("rpc_server_duration", MS)),
                Row(
                    "throughput",
                    Throughput("rpc_server_duration_milliseconds_count"),
                ),
                Row("throughput", Throughput("rpc_server_duration_count")),
            ],
        },
        Dialect {
            name: "micrometer",
            about: "Spring's gRPC server",
            rows: &[
                Row(
                    "errors",
                    Ratio(
                        "grpc_server_processing_duration_seconds_count{statusCode=~\"UNKNOWN|DEADLINE_EXCEEDED|UNIMPLEMENTED|INTERNAL|UNAVAILABLE|DATA_LOSS\"}",
                        "grpc_server_processing_duration_seconds_count",
                    ),
                ),
                Row(
                    "latency",
                    Histogram("grpc_server_processing_duration_seconds", 1.0),
                ),
                Row(
                    "latency",
                    Mean(
                        "grpc_server_processing_duration_seconds_sum",
                        "grpc_server_processing_duration_seconds_count",
                        1.0,
                    ),
                ),
                Row(
                    "throughput",
                    Throughput("grpc_server_processing_duration_seconds_count"),
                ),
            ],
        },
        Dialect {
            name: "istio",
            about: "the mesh, as the server's proxy counts",
            rows: &[
                Row(
                    "errors",
                    Ratio(
                        "istio_requests_total{reporter=\"destination\",request_protocol=\"grpc\",grpc_response_status=~\"2|4|12|13|14|15\"}",
                        "istio_requests_total{reporter=\"destination\",request_protocol=\"grpc\"}",
                    ),
                ),
                Row(
                    "latency",
                    Histogram(
                        "istio_request_duration_milliseconds{reporter=\"destination\",request_protocol=\"grpc\"}",
                        MS,
                    ),
                ),
                Row(
                    "throughput",
                    Throughput(
                        "istio_requests_total{reporter=\"destination\",request_protocol=\"grpc\"}",
                    ),
                ),
            ],
        },
    ],
};
