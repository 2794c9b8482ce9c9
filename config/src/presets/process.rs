//! What a process says about itself. CPU and memory have no limits here: a share needs a capacity, which
//! a process does not know.

use super::{Dialect, PLAIN, Preset, Reads::*, Row, Template};
use crate::signal::{Dimension, Unit};

const OF_A_PROCESS: Template = Template {
    dimension: Dimension::Infrastructure,
    ..PLAIN
};

const NS: f64 = 1e-9;

pub(super) const PRESET: Preset = Preset {
    signals: &[
        Template {
            key: "cpu",
            row: "cpu",
            about: "CPU used, in cores",
            unit: Unit::Cores,
            tolerance: Some((0.01, 0.15)),
            ..OF_A_PROCESS
        },
        Template {
            key: "memory",
            row: "memory",
            about: "memory used; a leak shows as its slope",
            unit: Unit::Bytes,
            accumulates: true,
            ..OF_A_PROCESS
        },
        Template {
            key: "open-files",
            row: "open-files",
            about: "open file descriptors; a leak shows as its slope",
            accumulates: true,
            tolerance: Some((50.0, 0.25)),
            ..OF_A_PROCESS
        },
        Template {
            key: "tasks",
            row: "tasks",
            about: "goroutines or threads; a leak shows as its slope",
            accumulates: true,
            on_request: true,
            tolerance: Some((10.0, 0.3)),
            ..OF_A_PROCESS
        },
        Template {
            key: "heap",
            row: "heap",
            about: "heap of the language's runtime",
            unit: Unit::Bytes,
            accumulates: true,
            on_request: true,
            ..OF_A_PROCESS
        },
        Template {
            key: "gc",
            row: "gc",
            about: "seconds of garbage collection per second",
            unit: Unit::Ratio,
            on_request: true,
            tolerance: Some((0.01, 0.3)),
            ..OF_A_PROCESS
        },
        Template {
            key: "event-loop-lag",
            row: "event-loop-lag",
            about: "99th percentile of Node's event loop lag",
            unit: Unit::Seconds,
            on_request: true,
            tolerance: Some((0.005, 0.3)),
            ..OF_A_PROCESS
        },
    ],
    dialects: &[
        Dialect {
            name: "prometheus",
            about: "the client libraries' process collector: `process_cpu_seconds_total`, …; also without it where the system has none",
            rows: &[
                Row("cpu", Rate("process_cpu_seconds_total", 1.0)),
                Row("memory", Gauge("process_resident_memory_bytes", 1.0)),
                Row("open-files", Gauge("process_open_fds", 1.0)),
            ],
        },
        Dialect {
            name: "go",
            about: "Go's client: goroutines, heap",
            rows: &[
                Row("tasks", Gauge("go_goroutines", 1.0)),
                Row("heap", Gauge("go_memstats_heap_inuse_bytes", 1.0)),
                Row("memory", Gauge("go_memstats_sys_bytes", 1.0)),
                Row("gc", Rate("go_gc_duration_seconds_sum", 1.0)),
            ],
        },
        Dialect {
            name: "node",
            about: "prom-client's default metrics",
            rows: &[
                Row("tasks", Gauge("nodejs_active_handles_total", 1.0)),
                Row("heap", Gauge("nodejs_heap_size_used_bytes", 1.0)),
                Row("gc", Rate("nodejs_gc_duration_seconds_sum", 1.0)),
                Row(
                    "event-loop-lag",
                    Gauge("nodejs_eventloop_lag_p99_seconds", 1.0),
                ),
            ],
        },
        Dialect {
            name: "python",
            about: "prometheus_client's platform collectors",
            rows: &[Row("tasks", Gauge("python_threads", 1.0))],
        },
        Dialect {
            name: "micrometer",
            about: "Spring Boot and others on the JVM",
            rows: &[
                Row("cpu", Rate("process_cpu_time_ns_total", NS)),
                Row("cpu", Gauge("process_cpu_usage", 1.0)),
                Row("memory", Gauge("jvm_memory_used_bytes", 1.0)),
                Row("open-files", Gauge("process_files_open_files", 1.0)),
                Row("tasks", Gauge("jvm_threads_live_threads", 1.0)),
                Row("heap", Gauge("jvm_memory_used_bytes{area=\"heap\"}", 1.0)),
                Row("gc", Rate("jvm_gc_pause_seconds_sum", 1.0)),
            ],
        },
        Dialect {
            name: "jvm",
            about: "the Java client's own collectors (simpleclient_hotspot, jmx_exporter)",
            rows: &[
                Row("heap", Gauge("jvm_memory_bytes_used{area=\"heap\"}", 1.0)),
                Row("heap", Gauge("jvm_memory_used_bytes{area=\"heap\"}", 1.0)),
                Row("tasks", Gauge("jvm_threads_current", 1.0)),
                Row("gc", Rate("jvm_gc_collection_seconds_sum", 1.0)),
            ],
        },
        Dialect {
            name: "opentelemetry",
            about: "process and runtime conventions, JVM included",
            rows: &[
                Row("cpu", Rate("process_cpu_time_seconds_total", 1.0)),
                Row("cpu", Rate("process_cpu_time", 1.0)),
                Row("cpu", Rate("jvm_cpu_time_seconds_total", 1.0)),
                Row("memory", Gauge("process_memory_usage_bytes", 1.0)),
                Row("memory", Gauge("process_memory_usage", 1.0)),
                Row("memory", Gauge("jvm_memory_used_bytes", 1.0)),
                Row(
                    "open-files",
                    Gauge("process_open_file_descriptor_count", 1.0),
                ),
                Row(
                    "open-files",
                    Gauge("process_unix_file_descriptor_count", 1.0),
                ),
                Row("tasks", Gauge("jvm_thread_count", 1.0)),
                Row("tasks", Gauge("process_thread_count", 1.0)),
                Row("tasks", Gauge("go_goroutine_count", 1.0)),
                Row(
                    "heap",
                    Gauge("jvm_memory_used_bytes{jvm_memory_type=\"heap\"}", 1.0),
                ),
                Row("gc", Rate("jvm_gc_duration_seconds_sum", 1.0)),
            ],
        },
        Dialect {
            name: "dotnet",
            about: "prometheus-net and .NET's own meters",
            rows: &[
                Row(
                    "memory",
                    Gauge("dotnet_process_memory_working_set_bytes", 1.0),
                ),
                Row("cpu", Rate("dotnet_process_cpu_time_seconds_total", 1.0)),
                Row("tasks", Gauge("dotnet_thread_pool_thread_count", 1.0)),
                Row("heap", Gauge("dotnet_total_memory_bytes", 1.0)),
                Row("gc", Rate("dotnet_gc_pause_time_seconds_total", 1.0)),
            ],
        },
        Dialect {
            name: "php-fpm",
            about: "php-fpm_exporter",
            rows: &[Row("tasks", Gauge("phpfpm_active_processes", 1.0))],
        },
    ],
};
