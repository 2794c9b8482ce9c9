//! What stands before a service and counts for it: meshes, proxies, probes.

use super::{MS, UP, by_status};
use crate::presets::{Dialect, Reads::*, Row};

pub(super) const ISTIO: Dialect = Dialect {
    name: "istio",
    about: "the mesh, as the server's proxy counts",
    rows: &[
        Row(
            "errors",
            Ratio(
                "istio_requests_total{reporter=\"destination\",response_code=~\"5..\"}",
                "istio_requests_total{reporter=\"destination\"}",
            ),
        ),
        Row(
            "errors",
            Ratio(
                "istio_requests_total{response_code=~\"5..\"}",
                "istio_requests_total",
            ),
        ),
        Row(
            "latency",
            Histogram(
                "istio_request_duration_milliseconds{reporter=\"destination\"}",
                MS,
            ),
        ),
        Row(
            "latency",
            Histogram("istio_request_duration_milliseconds", MS),
        ),
        Row(
            "throughput",
            Throughput("istio_requests_total{reporter=\"destination\"}"),
        ),
        Row("throughput", Throughput("istio_requests_total")),
        UP,
    ],
};

pub(super) const LINKERD: Dialect = Dialect {
    name: "linkerd",
    about: "the mesh, inbound",
    rows: &[
        Row(
            "errors",
            Ratio(
                "response_total{direction=\"inbound\",classification=\"failure\"}",
                "response_total{direction=\"inbound\"}",
            ),
        ),
        Row(
            "latency",
            Histogram("response_latency_ms{direction=\"inbound\"}", MS),
        ),
        Row(
            "throughput",
            Throughput("request_total{direction=\"inbound\"}"),
        ),
        UP,
    ],
};

pub(super) const ENVOY: Dialect = Dialect {
    name: "envoy",
    about: "Envoy by itself: a cluster (`envoy_cluster_name`), or what listens",
    rows: &[
        Row(
            "errors",
            Ratio(
                "envoy_cluster_upstream_rq_xx{envoy_response_code_class=\"5\"}",
                "envoy_cluster_upstream_rq_xx",
            ),
        ),
        Row(
            "errors",
            Ratio(
                "envoy_http_downstream_rq_xx{envoy_response_code_class=\"5\"}",
                "envoy_http_downstream_rq_xx",
            ),
        ),
        Row("latency", Histogram("envoy_cluster_upstream_rq_time", MS)),
        Row("latency", Histogram("envoy_http_downstream_rq_time", MS)),
        Row("throughput", Throughput("envoy_cluster_upstream_rq_total")),
        Row("throughput", Throughput("envoy_http_downstream_rq_total")),
        UP,
    ],
};

pub(super) const NGINX_INGRESS: Dialect = Dialect {
    name: "nginx-ingress",
    about: "the ingress controller of Kubernetes",
    rows: &[
        Row(
            "errors",
            Ratio(
                "nginx_ingress_controller_requests{status=~\"5..\"}",
                "nginx_ingress_controller_requests",
            ),
        ),
        Row(
            "latency",
            Histogram("nginx_ingress_controller_request_duration_seconds", 1.0),
        ),
        Row(
            "latency",
            Histogram("nginx_ingress_controller_response_duration_seconds", 1.0),
        ),
        Row(
            "throughput",
            Throughput("nginx_ingress_controller_requests"),
        ),
        UP,
    ],
};

pub(super) const TRAEFIK: Dialect = Dialect {
    name: "traefik",
    about: "a service, or an entry point",
    rows: {
        const SERVICE: [Row; 1] = by_status!("traefik_service_requests_total"; "code");
        const ENTRY: [Row; 1] = by_status!("traefik_entrypoint_requests_total"; "code");
        const ROWS: &[Row] = &[
            SERVICE[0],
            ENTRY[0],
            Row(
                "latency",
                Histogram("traefik_service_request_duration_seconds", 1.0),
            ),
            Row(
                "latency",
                Histogram("traefik_entrypoint_request_duration_seconds", 1.0),
            ),
            Row("throughput", Throughput("traefik_service_requests_total")),
            Row(
                "throughput",
                Throughput("traefik_entrypoint_requests_total"),
            ),
            UP,
        ];
        ROWS
    },
};

pub(super) const NGINX: Dialect = Dialect {
    name: "nginx",
    about: "nginx-prometheus-exporter (the open source server counts no statuses), the VTS module, log exporters",
    rows: &[
        Row(
            "errors",
            Ratio(
                "nginx_vts_server_requests_total{code=\"5xx\"}",
                "nginx_vts_server_requests_total",
            ),
        ),
        Row(
            "errors",
            Ratio(
                "nginxplus_upstream_server_responses{code=\"5xx\"}",
                "nginxplus_upstream_server_responses",
            ),
        ),
        Row(
            "errors",
            Ratio(
                "nginx_http_response_count_total{status=~\"5..\"}",
                "nginx_http_response_count_total",
            ),
        ),
        Row(
            "latency",
            Histogram("nginx_vts_server_request_duration_seconds", 1.0),
        ),
        Row(
            "latency",
            Histogram("nginx_http_response_time_seconds_hist", 1.0),
        ),
        Row("throughput", Throughput("nginx_http_requests_total")),
        Row("throughput", Throughput("nginx_vts_server_requests_total")),
        Row("throughput", Throughput("nginx_http_response_count_total")),
        Row("availability", Availability("nginx_up")),
        UP,
    ],
};

pub(super) const HAPROXY: Dialect = Dialect {
    name: "haproxy",
    about: "HAProxy's own page and haproxy_exporter, by backend",
    rows: &[
        Row(
            "errors",
            Ratio(
                "haproxy_backend_http_responses_total{code=\"5xx\"}",
                "haproxy_backend_http_responses_total",
            ),
        ),
        Row(
            "latency",
            Gauge("haproxy_backend_total_time_average_seconds", 1.0),
        ),
        Row(
            "latency",
            Gauge("haproxy_backend_http_total_time_average_seconds", 1.0),
        ),
        Row(
            "throughput",
            Throughput("haproxy_backend_http_requests_total"),
        ),
        Row(
            "throughput",
            Throughput("haproxy_backend_http_responses_total"),
        ),
        Row("availability", Availability("haproxy_up")),
        UP,
    ],
};

pub(super) const CADDY: Dialect = Dialect {
    name: "caddy",
    about: "Caddy",
    rows: &[
        Row(
            "errors",
            Ratio(
                "caddy_http_request_duration_seconds_count{code=~\"5..\"}",
                "caddy_http_request_duration_seconds_count",
            ),
        ),
        Row(
            "latency",
            Histogram("caddy_http_request_duration_seconds", 1.0),
        ),
        Row(
            "throughput",
            Throughput("caddy_http_request_duration_seconds_count"),
        ),
        UP,
    ],
};

pub(super) const KONG: Dialect = Dialect {
    name: "kong",
    about: "Kong, and Apache APISIX",
    rows: &[
        Row(
            "errors",
            Ratio(
                "kong_http_requests_total{code=~\"5..\"}",
                "kong_http_requests_total",
            ),
        ),
        Row(
            "errors",
            Ratio("apisix_http_status{code=~\"5..\"}", "apisix_http_status"),
        ),
        Row("latency", Histogram("kong_request_latency_ms", MS)),
        Row("latency", Histogram("apisix_http_latency", MS)),
        Row("throughput", Throughput("kong_http_requests_total")),
        Row("throughput", Throughput("apisix_http_requests_total")),
        UP,
    ],
};

pub(super) const APACHE: Dialect = Dialect {
    name: "apache",
    about: "apache_exporter (the server counts no statuses)",
    rows: &[
        Row(
            "latency",
            Mean("apache_duration_ms_total", "apache_accesses_total", MS),
        ),
        Row("throughput", Throughput("apache_accesses_total")),
        Row("availability", Availability("apache_up")),
        UP,
    ],
};

pub(super) const BLACKBOX: Dialect = Dialect {
    name: "blackbox",
    about: "probes of blackbox_exporter",
    rows: &[
        Row("latency", Gauge("probe_duration_seconds", 1.0)),
        Row("availability", Availability("probe_success")),
    ],
};
