//! Names that a library or a standard gives to any service.

use super::{MS, UP, by_status};
use crate::presets::{Dialect, Reads::*, Row};

pub(super) const PROMETHEUS: Dialect = Dialect {
    name: "prometheus",
    about: "the client libraries' habit: `http_requests_total`, `http_request_duration_seconds`",
    rows: {
        const STATUS: [Row; 5] = by_status!("http_requests_total"; "code" "status" "status_code" "http_status" "response_code");
        const TIMED: [Row; 3] =
            by_status!("http_request_duration_seconds_count"; "code" "status" "status_code");
        const ROWS: &[Row] = &[
            STATUS[0],
            STATUS[1],
            STATUS[2],
            STATUS[3],
            STATUS[4],
            TIMED[0],
            TIMED[1],
            TIMED[2],
            Row("latency", Histogram("http_request_duration_seconds", 1.0)),
            Row("latency", Histogram("http_requests_duration_seconds", 1.0)),
            Row(
                "latency",
                Histogram("http_request_duration_highr_seconds", 1.0),
            ),
            Row("latency", Histogram("http_request_duration_ms", MS)),
            Row(
                "latency",
                Histogram("http_request_duration_milliseconds", MS),
            ),
            Row(
                "latency",
                Mean(
                    "http_request_duration_seconds_sum",
                    "http_request_duration_seconds_count",
                    1.0,
                ),
            ),
            Row("throughput", Throughput("http_requests_total")),
            Row(
                "throughput",
                Throughput("http_request_duration_seconds_count"),
            ),
            UP,
        ];
        ROWS
    },
};

pub(super) const PROMETHEUS_STATUS: Dialect = Dialect {
    name: "prometheus-status",
    about: "the same, with the status in the label `status`",
    rows: &[
        Row(
            "errors",
            Ratio(
                "http_requests_total{status=~\"5..\"}",
                "http_requests_total",
            ),
        ),
        Row("latency", Histogram("http_request_duration_seconds", 1.0)),
        Row("throughput", Throughput("http_requests_total")),
        UP,
    ],
};

pub(super) const OPENTELEMETRY: Dialect = Dialect {
    name: "opentelemetry",
    about: "semantic conventions since 1.23, in seconds: `http.server.request.duration`",
    rows: &[
        Row(
            "errors",
            Ratio(
                "http_server_request_duration_seconds_count{http_response_status_code=~\"5..\"}",
                "http_server_request_duration_seconds_count",
            ),
        ),
        Row(
            "errors",
            Ratio(
                "http_server_request_duration_count{http_response_status_code=~\"5..\"}",
                "http_server_request_duration_count",
            ),
        ),
        Row(
            "latency",
            Histogram("http_server_request_duration_seconds", 1.0),
        ),
        Row("latency", Histogram("http_server_request_duration", 1.0)),
        Row(
            "throughput",
            Throughput("http_server_request_duration_seconds_count"),
        ),
        Row(
            "throughput",
            Throughput("http_server_request_duration_count"),
        ),
        UP,
    ],
};

pub(super) const OPENTELEMETRY_OLD: Dialect = Dialect {
    name: "opentelemetry-old",
    about: "semantic conventions before 1.23, in milliseconds: `http.server.duration`",
    rows: &[
        Row(
            "errors",
            Ratio(
                "http_server_duration_milliseconds_count{http_status_code=~\"5..\"}",
                "http_server_duration_milliseconds_count",
            ),
        ),
        Row(
            "errors",
            Ratio(
                "http_server_duration_seconds_count{http_status_code=~\"5..\"}",
                "http_server_duration_seconds_count",
            ),
        ),
        Row(
            "errors",
            Ratio(
                "http_server_duration_count{http_status_code=~\"5..\"}",
                "http_server_duration_count",
            ),
        ),
        Row(
            "latency",
            Histogram("http_server_duration_milliseconds", MS),
        ),
        Row("latency", Histogram("http_server_duration_seconds", 1.0)),
        Row("latency", Histogram("http_server_duration", MS)),
        Row(
            "throughput",
            Throughput("http_server_duration_milliseconds_count"),
        ),
        Row(
            "throughput",
            Throughput("http_server_duration_seconds_count"),
        ),
        Row("throughput", Throughput("http_server_duration_count")),
        UP,
    ],
};

pub(super) const MICROMETER: Dialect = Dialect {
    name: "micrometer",
    about: "Spring Boot, Micronaut, Quarkus: `http.server.requests`, also through OTLP in milliseconds",
    rows: &[
        Row(
            "errors",
            Ratio(
                "http_server_requests_seconds_count{status=~\"5..\"}",
                "http_server_requests_seconds_count",
            ),
        ),
        Row(
            "errors",
            Ratio(
                "http_server_requests_milliseconds_count{status=~\"5..\"}",
                "http_server_requests_milliseconds_count",
            ),
        ),
        Row("latency", Histogram("http_server_requests_seconds", 1.0)),
        Row(
            "latency",
            Histogram("http_server_requests_milliseconds", MS),
        ),
        Row(
            "latency",
            Mean(
                "http_server_requests_seconds_sum",
                "http_server_requests_seconds_count",
                1.0,
            ),
        ),
        Row(
            "latency",
            Mean(
                "http_server_requests_milliseconds_sum",
                "http_server_requests_milliseconds_count",
                MS,
            ),
        ),
        Row(
            "throughput",
            Throughput("http_server_requests_seconds_count"),
        ),
        Row(
            "throughput",
            Throughput("http_server_requests_milliseconds_count"),
        ),
        UP,
    ],
};

pub(super) const SPANMETRICS: Dialect = Dialect {
    name: "spanmetrics",
    about: "OpenTelemetry's span metrics, Tempo's metrics generator",
    rows: &[
        Row(
            "errors",
            Ratio(
                "traces_span_metrics_calls_total{status_code=\"STATUS_CODE_ERROR\",span_kind=\"SPAN_KIND_SERVER\"}",
                "traces_span_metrics_calls_total{span_kind=\"SPAN_KIND_SERVER\"}",
            ),
        ),
        Row(
            "errors",
            Ratio(
                "traces_spanmetrics_calls_total{status_code=\"STATUS_CODE_ERROR\",span_kind=\"SPAN_KIND_SERVER\"}",
                "traces_spanmetrics_calls_total{span_kind=\"SPAN_KIND_SERVER\"}",
            ),
        ),
        Row(
            "latency",
            Histogram(
                "traces_span_metrics_duration_milliseconds{span_kind=\"SPAN_KIND_SERVER\"}",
                MS,
            ),
        ),
        Row(
            "latency",
            Histogram(
                "traces_span_metrics_duration_seconds{span_kind=\"SPAN_KIND_SERVER\"}",
                1.0,
            ),
        ),
        Row(
            "latency",
            Histogram(
                "traces_spanmetrics_latency{span_kind=\"SPAN_KIND_SERVER\"}",
                1.0,
            ),
        ),
        Row(
            "throughput",
            Throughput("traces_span_metrics_calls_total{span_kind=\"SPAN_KIND_SERVER\"}"),
        ),
        Row(
            "throughput",
            Throughput("traces_spanmetrics_calls_total{span_kind=\"SPAN_KIND_SERVER\"}"),
        ),
        UP,
    ],
};
