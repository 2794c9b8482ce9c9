//! Names of single frameworks and of servers that count themselves.

use super::{MS, UP, by_status};
use crate::presets::{Dialect, Reads::*, Row};

pub(super) const GO: Dialect = Dialect {
    name: "go",
    about: "Go frameworks: gin, echo, chi",
    rows: {
        const GIN: [Row; 1] = by_status!("gin_requests_total"; "code");
        const ECHO: [Row; 1] = by_status!("echo_requests_total"; "code");
        const CHI: [Row; 1] = by_status!("chi_requests_total"; "code");
        const ROWS: &[Row] = &[
            GIN[0],
            ECHO[0],
            CHI[0],
            Row("latency", Histogram("gin_request_duration_seconds", 1.0)),
            Row(
                "latency",
                Mean(
                    "gin_request_duration_seconds_sum",
                    "gin_request_duration_seconds_count",
                    1.0,
                ),
            ),
            Row("latency", Histogram("echo_request_duration_seconds", 1.0)),
            Row(
                "latency",
                Histogram("chi_request_duration_milliseconds", MS),
            ),
            Row("throughput", Throughput("gin_requests_total")),
            Row("throughput", Throughput("echo_requests_total")),
            Row("throughput", Throughput("chi_requests_total")),
            UP,
        ];
        ROWS
    },
};

pub(super) const NODE: Dialect = Dialect {
    name: "node",
    about: "Node frameworks beyond the client's habit: swagger-stats, prom-client with milliseconds",
    rows: &[
        Row(
            "errors",
            Ratio(
                "http_request_duration_ms_count{code=~\"5..\"}",
                "http_request_duration_ms_count",
            ),
        ),
        Row(
            "errors",
            Ratio(
                "api_request_duration_milliseconds_count{code=~\"5..\"}",
                "api_request_duration_milliseconds_count",
            ),
        ),
        Row("latency", Histogram("http_request_duration_ms", MS)),
        Row(
            "latency",
            Histogram("api_request_duration_milliseconds", MS),
        ),
        Row("throughput", Throughput("http_request_duration_ms_count")),
        Row(
            "throughput",
            Throughput("api_request_duration_milliseconds_count"),
        ),
        UP,
    ],
};

pub(super) const FLASK: Dialect = Dialect {
    name: "flask",
    about: "prometheus-flask-exporter",
    rows: &[
        Row(
            "errors",
            Ratio(
                "flask_http_request_total{status=~\"5..\"}",
                "flask_http_request_total",
            ),
        ),
        Row(
            "latency",
            Histogram("flask_http_request_duration_seconds", 1.0),
        ),
        Row("throughput", Throughput("flask_http_request_total")),
        UP,
    ],
};

pub(super) const STARLETTE: Dialect = Dialect {
    name: "starlette",
    about: "starlette_exporter and others under Starlette, FastAPI, Litestar",
    rows: &[
        Row(
            "errors",
            Ratio(
                "starlette_requests_total{status_code=~\"5..\"}",
                "starlette_requests_total",
            ),
        ),
        Row(
            "errors",
            Ratio(
                "starlette_responses_total{status_code=~\"5..\"}",
                "starlette_responses_total",
            ),
        ),
        Row(
            "errors",
            Ratio(
                "litestar_requests_total{status_code=~\"5..\"}",
                "litestar_requests_total",
            ),
        ),
        Row(
            "latency",
            Histogram("starlette_request_duration_seconds", 1.0),
        ),
        Row(
            "latency",
            Histogram("starlette_requests_processing_time_seconds", 1.0),
        ),
        Row(
            "latency",
            Histogram("litestar_request_duration_seconds", 1.0),
        ),
        Row("throughput", Throughput("starlette_requests_total")),
        Row("throughput", Throughput("litestar_requests_total")),
        UP,
    ],
};

pub(super) const DJANGO: Dialect = Dialect {
    name: "django",
    about: "django-prometheus",
    rows: &[
        Row(
            "errors",
            Ratio(
                "django_http_responses_total_by_status_total{status=~\"5..\"}",
                "django_http_responses_total_by_status_total",
            ),
        ),
        Row(
            "latency",
            Histogram(
                "django_http_requests_latency_including_middlewares_seconds",
                1.0,
            ),
        ),
        Row(
            "latency",
            Histogram("django_http_requests_latency_seconds_by_view_method", 1.0),
        ),
        Row(
            "throughput",
            Throughput("django_http_requests_before_middlewares_total"),
        ),
        Row(
            "throughput",
            Throughput("django_http_responses_total_by_status_total"),
        ),
        UP,
    ],
};

pub(super) const RUST: Dialect = Dialect {
    name: "rust",
    about: "axum-prometheus, actix-web-prom, rocket_prometheus, metrics-exporter-prometheus",
    rows: &[
        Row(
            "errors",
            Ratio(
                "axum_http_requests_total{status=~\"5..\"}",
                "axum_http_requests_total",
            ),
        ),
        Row(
            "errors",
            Ratio(
                "rocket_http_requests_total{status=~\"5..\"}",
                "rocket_http_requests_total",
            ),
        ),
        Row(
            "latency",
            Histogram("axum_http_requests_duration_seconds", 1.0),
        ),
        Row(
            "latency",
            Histogram("rocket_http_requests_duration_seconds", 1.0),
        ),
        Row("latency", Histogram("http_requests_duration_seconds", 1.0)),
        Row(
            "latency",
            Mean(
                "axum_http_requests_duration_seconds_sum",
                "axum_http_requests_duration_seconds_count",
                1.0,
            ),
        ),
        Row("throughput", Throughput("axum_http_requests_total")),
        Row("throughput", Throughput("rocket_http_requests_total")),
        UP,
    ],
};

pub(super) const DOTNET: Dialect = Dialect {
    name: "dotnet",
    about: "prometheus-net under ASP.NET Core; .NET 8 speaks `opentelemetry`",
    rows: &[
        Row(
            "errors",
            Ratio(
                "http_requests_received_total{code=~\"5..\"}",
                "http_requests_received_total",
            ),
        ),
        Row("latency", Histogram("http_request_duration_seconds", 1.0)),
        Row("throughput", Throughput("http_requests_received_total")),
        UP,
    ],
};

pub(super) const RUBY: Dialect = Dialect {
    name: "ruby",
    about: "prometheus-client under Rack, Yabeda under Rails",
    rows: &[
        Row(
            "errors",
            Ratio(
                "http_server_requests_total{code=~\"5..\"}",
                "http_server_requests_total",
            ),
        ),
        Row(
            "errors",
            Ratio(
                "rails_requests_total{status=~\"5..\"}",
                "rails_requests_total",
            ),
        ),
        Row(
            "latency",
            Histogram("http_server_request_duration_seconds", 1.0),
        ),
        Row("latency", Histogram("rails_request_duration_seconds", 1.0)),
        Row("throughput", Throughput("http_server_requests_total")),
        Row("throughput", Throughput("rails_requests_total")),
        UP,
    ],
};

pub(super) const PROMETHEUS_SERVER: Dialect = Dialect {
    name: "prometheus-server",
    about: "Prometheus itself, and Grafana",
    rows: {
        const OWN: [Row; 1] = by_status!("prometheus_http_requests_total"; "code");
        const ROWS: &[Row] = &[
            OWN[0],
            Row(
                "errors",
                Ratio(
                    "grafana_http_request_duration_seconds_count{status_code=~\"5..\"}",
                    "grafana_http_request_duration_seconds_count",
                ),
            ),
            Row(
                "latency",
                Histogram("prometheus_http_request_duration_seconds", 1.0),
            ),
            Row(
                "latency",
                Histogram("grafana_http_request_duration_seconds", 1.0),
            ),
            Row("throughput", Throughput("prometheus_http_requests_total")),
            Row(
                "throughput",
                Throughput("grafana_http_request_duration_seconds_count"),
            ),
            UP,
        ];
        ROWS
    },
};
