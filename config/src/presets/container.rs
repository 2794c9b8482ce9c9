//! What Kubernetes' own metrics say of a pod: cAdvisor (through the kubelet) and kube-state-metrics. Both name
//! the pod in `pod`, so `metrics.instance_label: pod` goes with this set.

use super::{Dialect, Form, PLAIN, Preset, Reads::*, Row, Template};
use crate::signal::{Dimension, Unit};

const OF_A_CONTAINER: Template = Template {
    dimension: Dimension::Infrastructure,
    ..PLAIN
};

pub(super) const PRESET: Preset = Preset {
    signals: &[
        Template {
            key: "container-cpu",
            row: "cpu",
            about: "CPU used, in cores",
            unit: Unit::Cores,
            tolerance: Some((0.01, 0.15)),
            ..OF_A_CONTAINER
        },
        Template {
            key: "container-cpu-share",
            row: "cpu-share",
            about: "CPU used, as a share of the limit",
            unit: Unit::Ratio,
            warn: Some(0.8),
            tolerance: Some((0.05, 0.25)),
            ..OF_A_CONTAINER
        },
        Template {
            key: "container-throttling",
            row: "throttling",
            about: "share of scheduling periods in which it was throttled",
            unit: Unit::Ratio,
            warn: Some(0.25),
            tolerance: Some((0.05, 0.25)),
            ..OF_A_CONTAINER
        },
        Template {
            key: "container-memory",
            row: "memory",
            about: "working set; a leak shows as its slope",
            unit: Unit::Bytes,
            accumulates: true,
            ..OF_A_CONTAINER
        },
        Template {
            key: "container-memory-share",
            row: "memory-share",
            about: "working set, as a share of the limit",
            unit: Unit::Ratio,
            warn: Some(0.75),
            tolerance: Some((0.05, 0.1)),
            ..OF_A_CONTAINER
        },
        Template {
            key: "restarts",
            row: "restarts",
            about: "restarts of its containers so far",
            tolerance: Some((0.5, 0.0)),
            ..OF_A_CONTAINER
        },
        Template {
            key: "oom-kills",
            row: "oom-kills",
            about: "containers killed for want of memory",
            tolerance: Some((0.5, 0.0)),
            ..OF_A_CONTAINER
        },
        Template {
            key: "not-ready",
            row: "not-ready",
            about: "containers that are not ready",
            tolerance: Some((0.5, 0.0)),
            on_request: true,
            ..OF_A_CONTAINER
        },
    ],
    dialects: &[
        Dialect {
            name: "cadvisor",
            about: "the kubelet's cAdvisor and kube-state-metrics",
            rows: &[
                Row(
                    "cpu",
                    Rate(
                        "container_cpu_usage_seconds_total{container!=\"\",container!=\"POD\"}",
                        1.0,
                    ),
                ),
                Row(
                    "cpu-share",
                    Share(
                        Form::RateOfValue,
                        "container_cpu_usage_seconds_total{container!=\"\",container!=\"POD\"}",
                        "kube_pod_container_resource_limits{resource=\"cpu\"}",
                    ),
                ),
                Row(
                    "cpu-share",
                    Share(
                        Form::RateOfValue,
                        "container_cpu_usage_seconds_total{container!=\"\",container!=\"POD\"}",
                        "kube_pod_container_resource_limits_cpu_cores",
                    ),
                ),
                Row(
                    "throttling",
                    Ratio(
                        "container_cpu_cfs_throttled_periods_total",
                        "container_cpu_cfs_periods_total",
                    ),
                ),
                Row(
                    "memory",
                    Gauge(
                        "container_memory_working_set_bytes{container!=\"\",container!=\"POD\"}",
                        1.0,
                    ),
                ),
                Row(
                    "memory-share",
                    Share(
                        Form::Values,
                        "container_memory_working_set_bytes{container!=\"\",container!=\"POD\"}",
                        "kube_pod_container_resource_limits{resource=\"memory\"}",
                    ),
                ),
                Row(
                    "memory-share",
                    Share(
                        Form::Values,
                        "container_memory_working_set_bytes{container!=\"\",container!=\"POD\"}",
                        "container_spec_memory_limit_bytes{container!=\"\",container!=\"POD\"}",
                    ),
                ),
                Row(
                    "restarts",
                    Gauge("kube_pod_container_status_restarts_total", 1.0),
                ),
                Row("oom-kills", Gauge("container_oom_events_total", 1.0)),
                Row(
                    "oom-kills",
                    Gauge(
                        "kube_pod_container_status_last_terminated_reason{reason=\"OOMKilled\"}",
                        1.0,
                    ),
                ),
                Row("not-ready", Gauge("kube_pod_container_status_waiting", 1.0)),
            ],
        },
        Dialect {
            name: "docker",
            about: "cAdvisor on plain Docker, where containers bear `name`",
            rows: &[
                Row(
                    "cpu",
                    Rate("container_cpu_usage_seconds_total{name!=\"\"}", 1.0),
                ),
                Row(
                    "throttling",
                    Ratio(
                        "container_cpu_cfs_throttled_periods_total",
                        "container_cpu_cfs_periods_total",
                    ),
                ),
                Row(
                    "memory",
                    Gauge("container_memory_working_set_bytes{name!=\"\"}", 1.0),
                ),
                Row(
                    "memory-share",
                    Share(
                        Form::Values,
                        "container_memory_working_set_bytes{name!=\"\"}",
                        "container_spec_memory_limit_bytes{name!=\"\"}",
                    ),
                ),
                Row(
                    "oom-kills",
                    Gauge("container_oom_events_total{name!=\"\"}", 1.0),
                ),
            ],
        },
        Dialect {
            name: "opentelemetry",
            about: "the collector's kubelet receiver",
            rows: &[
                Row("cpu", Gauge("k8s_pod_cpu_usage", 1.0)),
                Row("cpu", Gauge("k8s_pod_cpu_utilization", 1.0)),
                Row(
                    "cpu-share",
                    Gauge("k8s_pod_cpu_limit_utilization_ratio", 1.0),
                ),
                Row("memory", Gauge("k8s_pod_memory_working_set_bytes", 1.0)),
                Row(
                    "memory-share",
                    Gauge("k8s_pod_memory_limit_utilization_ratio", 1.0),
                ),
                Row("restarts", Gauge("k8s_container_restarts", 1.0)),
            ],
        },
    ],
};
