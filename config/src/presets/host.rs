//! A machine: CPU, memory, disk, network, connections.

use super::{Dialect, Form, PLAIN, Preset, Reads::*, Row, Template};
use crate::signal::{Dimension, Unit};

const OF_A_HOST: Template = Template {
    dimension: Dimension::Infrastructure,
    ..PLAIN
};

/// File systems that live in memory or are read-only by nature.
const AVAIL: &str = "node_filesystem_avail_bytes{fstype!~\"tmpfs|ramfs|overlay|squashfs|iso9660|fuse.*|nsfs|autofs\"}";
const SIZE: &str = "node_filesystem_size_bytes{fstype!~\"tmpfs|ramfs|overlay|squashfs|iso9660|fuse.*|nsfs|autofs\"}";

pub(super) const PRESET: Preset = Preset {
    signals: &[
        Template {
            key: "host-cpu",
            row: "cpu",
            about: "share of CPU time that is not idle",
            unit: Unit::Ratio,
            warn: Some(0.8),
            tolerance: Some((0.05, 0.25)),
            ..OF_A_HOST
        },
        Template {
            key: "host-memory",
            row: "memory",
            about: "share of memory that is not available",
            unit: Unit::Ratio,
            warn: Some(0.75),
            tolerance: Some((0.05, 0.1)),
            ..OF_A_HOST
        },
        Template {
            key: "host-disk",
            row: "disk",
            about: "share of the fullest file system",
            unit: Unit::Ratio,
            warn: Some(0.8),
            tolerance: Some((0.02, 0.05)),
            ..OF_A_HOST
        },
        Template {
            key: "host-disk-io",
            row: "disk-io",
            about: "seconds of disk activity per second",
            unit: Unit::Ratio,
            tolerance: Some((0.05, 0.3)),
            ..OF_A_HOST
        },
        Template {
            key: "host-network-errors",
            row: "network-errors",
            about: "share of received packets that were broken or dropped",
            unit: Unit::Ratio,
            tolerance: Some((0.001, 0.25)),
            ..OF_A_HOST
        },
        Template {
            key: "host-connections",
            row: "connections",
            about: "established TCP connections",
            accumulates: true,
            tolerance: Some((10.0, 0.3)),
            ..OF_A_HOST
        },
        Template {
            key: "host-network-in",
            row: "network-in",
            about: "bytes received per second",
            unit: Unit::PerSecond,
            on_request: true,
            ..OF_A_HOST
        },
        Template {
            key: "host-network-out",
            row: "network-out",
            about: "bytes sent per second",
            unit: Unit::PerSecond,
            on_request: true,
            ..OF_A_HOST
        },
        Template {
            key: "host-disk-read",
            row: "disk-read",
            about: "bytes read per second",
            unit: Unit::PerSecond,
            on_request: true,
            ..OF_A_HOST
        },
        Template {
            key: "host-disk-written",
            row: "disk-written",
            about: "bytes written per second",
            unit: Unit::PerSecond,
            on_request: true,
            ..OF_A_HOST
        },
        Template {
            key: "host-load",
            row: "load",
            about: "load average of one minute",
            on_request: true,
            ..OF_A_HOST
        },
    ],
    dialects: &[
        Dialect {
            name: "node-exporter",
            about: "node_exporter",
            rows: &[
                Row(
                    "cpu",
                    Share(
                        Form::Rates,
                        "node_cpu_seconds_total{mode!~\"idle|iowait\"}",
                        "node_cpu_seconds_total",
                    ),
                ),
                Row(
                    "memory",
                    Share(
                        Form::FreeOfValues,
                        "node_memory_MemAvailable_bytes",
                        "node_memory_MemTotal_bytes",
                    ),
                ),
                Row("disk", Share(Form::Fullest, AVAIL, SIZE)),
                Row("disk-io", Rate("node_disk_io_time_seconds_total", 1.0)),
                Row(
                    "network-errors",
                    Ratio(
                        "node_network_receive_errs_total{device!=\"lo\"}",
                        "node_network_receive_packets_total{device!=\"lo\"}",
                    ),
                ),
                Row(
                    "network-errors",
                    Ratio(
                        "node_network_receive_errs_total",
                        "node_network_receive_packets_total",
                    ),
                ),
                Row("connections", Gauge("node_netstat_Tcp_CurrEstab", 1.0)),
                Row("connections", Gauge("node_sockstat_TCP_inuse", 1.0)),
                Row(
                    "network-in",
                    Rate("node_network_receive_bytes_total{device!=\"lo\"}", 1.0),
                ),
                Row(
                    "network-out",
                    Rate("node_network_transmit_bytes_total{device!=\"lo\"}", 1.0),
                ),
                Row("disk-read", Rate("node_disk_read_bytes_total", 1.0)),
                Row("disk-written", Rate("node_disk_written_bytes_total", 1.0)),
                Row("load", Gauge("node_load1", 1.0)),
            ],
        },
        Dialect {
            name: "opentelemetry",
            about: "the collector's host metrics",
            rows: &[
                Row(
                    "cpu",
                    Share(
                        Form::Rates,
                        "system_cpu_time_seconds_total{state!~\"idle|wait\"}",
                        "system_cpu_time_seconds_total",
                    ),
                ),
                Row(
                    "memory",
                    Share(
                        Form::Values,
                        "system_memory_usage_bytes{state=\"used\"}",
                        "system_memory_usage_bytes",
                    ),
                ),
                Row(
                    "disk",
                    Share(
                        Form::Values,
                        "system_filesystem_usage_bytes{state=\"used\"}",
                        "system_filesystem_usage_bytes",
                    ),
                ),
                Row("disk-io", Rate("system_disk_io_time_seconds_total", 1.0)),
                Row(
                    "network-errors",
                    Ratio(
                        "system_network_errors_total{direction=\"receive\"}",
                        "system_network_packets_total{direction=\"receive\"}",
                    ),
                ),
                Row(
                    "connections",
                    Gauge("system_network_connections{state=\"ESTABLISHED\"}", 1.0),
                ),
                Row(
                    "network-in",
                    Rate("system_network_io_bytes_total{direction=\"receive\"}", 1.0),
                ),
                Row(
                    "network-out",
                    Rate("system_network_io_bytes_total{direction=\"transmit\"}", 1.0),
                ),
                Row(
                    "disk-read",
                    Rate("system_disk_io_bytes_total{direction=\"read\"}", 1.0),
                ),
                Row(
                    "disk-written",
                    Rate("system_disk_io_bytes_total{direction=\"write\"}", 1.0),
                ),
                Row("load", Gauge("system_cpu_load_average_1m", 1.0)),
            ],
        },
        Dialect {
            name: "windows-exporter",
            about: "windows_exporter",
            rows: &[
                Row(
                    "cpu",
                    Share(
                        Form::Rates,
                        "windows_cpu_time_total{mode!=\"idle\"}",
                        "windows_cpu_time_total",
                    ),
                ),
                Row(
                    "memory",
                    Share(
                        Form::FreeOfValues,
                        "windows_memory_available_bytes",
                        "windows_memory_physical_total_bytes",
                    ),
                ),
                Row(
                    "memory",
                    Share(
                        Form::FreeOfValues,
                        "windows_memory_available_bytes",
                        "windows_cs_physical_memory_bytes",
                    ),
                ),
                Row(
                    "disk",
                    Share(
                        Form::Fullest,
                        "windows_logical_disk_free_bytes",
                        "windows_logical_disk_size_bytes",
                    ),
                ),
                Row("network-in", Rate("windows_net_bytes_received_total", 1.0)),
                Row("network-out", Rate("windows_net_bytes_sent_total", 1.0)),
                Row(
                    "connections",
                    Gauge("windows_tcp_connections_established", 1.0),
                ),
            ],
        },
    ],
};
