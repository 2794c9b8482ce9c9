//! A database as its server or as the service's connection pool sees it.

use super::{Dialect, Form, PLAIN, Preset, Reads::*, Row, Template};
use crate::signal::{Dimension, Direction, Unit};

const OF_A_DATABASE: Template = Template {
    dimension: Dimension::Dependency,
    ..PLAIN
};

const MS: f64 = 0.001;

pub(super) const PRESET: Preset = Preset {
    signals: &[
        Template {
            key: "db-latency",
            row: "latency",
            about: "95th percentile of the time of a query, or its mean where only that is told",
            unit: Unit::Seconds,
            quantile: 0.95,
            tolerance: Some((0.001, 0.1)),
            ..OF_A_DATABASE
        },
        Template {
            key: "db-errors",
            row: "errors",
            about: "share of operations that failed",
            unit: Unit::Ratio,
            tolerance: Some((0.002, 0.25)),
            ..OF_A_DATABASE
        },
        Template {
            key: "db-throughput",
            row: "throughput",
            about: "queries or transactions per second",
            direction: Direction::Down,
            unit: Unit::PerSecond,
            on_request: true,
            ..OF_A_DATABASE
        },
        Template {
            key: "db-connections",
            row: "connections",
            about: "connections in use; a leak shows as its slope",
            accumulates: true,
            tolerance: Some((3.0, 0.3)),
            ..OF_A_DATABASE
        },
        Template {
            key: "db-connections-share",
            row: "connections-share",
            about: "connections in use, as a share of what there may be",
            unit: Unit::Ratio,
            warn: Some(0.8),
            tolerance: Some((0.05, 0.25)),
            ..OF_A_DATABASE
        },
        Template {
            key: "db-waiting",
            row: "waiting",
            about: "requests that wait for a connection",
            tolerance: Some((2.0, 0.3)),
            ..OF_A_DATABASE
        },
        Template {
            key: "db-wait",
            row: "wait",
            about: "95th percentile of the time until a connection is had",
            unit: Unit::Seconds,
            quantile: 0.95,
            tolerance: Some((0.005, 0.1)),
            ..OF_A_DATABASE
        },
        Template {
            key: "db-slow-queries",
            row: "slow",
            about: "slow queries per second, or the age of the oldest transaction in seconds",
            unit: Unit::PerSecond,
            tolerance: Some((0.01, 0.15)),
            ..OF_A_DATABASE
        },
        Template {
            key: "db-deadlocks",
            row: "deadlocks",
            about: "deadlocks per second",
            unit: Unit::PerSecond,
            on_request: true,
            tolerance: Some((0.01, 0.15)),
            ..OF_A_DATABASE
        },
        Template {
            key: "db-cache-misses",
            row: "cache",
            about: "share of block reads that were not in the database's cache",
            unit: Unit::Ratio,
            on_request: true,
            tolerance: Some((0.05, 0.25)),
            ..OF_A_DATABASE
        },
    ],
    dialects: &[
        Dialect {
            name: "opentelemetry",
            about: "database client conventions, new (seconds) and old (milliseconds)",
            rows: &[
                Row(
                    "latency",
                    Histogram("db_client_operation_duration_seconds", 1.0),
                ),
                Row("latency", Histogram("db_client_operation_duration", 1.0)),
                Row(
                    "throughput",
                    Throughput("db_client_operation_duration_seconds_count"),
                ),
                Row(
                    "errors",
                    Ratio(
                        "db_client_operation_duration_seconds_count{error_type!=\"\"}",
                        "db_client_operation_duration_seconds_count",
                    ),
                ),
                Row(
                    "connections",
                    Gauge(
                        "db_client_connection_count{db_client_connection_state=\"used\"}",
                        1.0,
                    ),
                ),
                Row(
                    "connections",
                    Gauge("db_client_connection_count{state=\"used\"}", 1.0),
                ),
                Row(
                    "connections",
                    Gauge("db_client_connections_usage{state=\"used\"}", 1.0),
                ),
                Row(
                    "connections-share",
                    Share(
                        Form::Values,
                        "db_client_connection_count{db_client_connection_state=\"used\"}",
                        "db_client_connection_max",
                    ),
                ),
                Row(
                    "connections-share",
                    Share(
                        Form::Values,
                        "db_client_connections_usage{state=\"used\"}",
                        "db_client_connections_max",
                    ),
                ),
                Row(
                    "waiting",
                    Gauge("db_client_connection_pending_requests", 1.0),
                ),
                Row(
                    "waiting",
                    Gauge("db_client_connections_pending_requests", 1.0),
                ),
                Row(
                    "wait",
                    Histogram("db_client_connection_wait_time_seconds", 1.0),
                ),
                Row(
                    "wait",
                    Histogram("db_client_connections_wait_time_milliseconds", MS),
                ),
            ],
        },
        Dialect {
            name: "hikari",
            about: "HikariCP under Micrometer, and other pools of the JVM",
            rows: &[
                Row(
                    "latency",
                    Histogram("spring_data_repository_invocations_seconds", 1.0),
                ),
                Row(
                    "latency",
                    Mean(
                        "hikaricp_connections_usage_seconds_sum",
                        "hikaricp_connections_usage_seconds_count",
                        1.0,
                    ),
                ),
                Row("connections", Gauge("hikaricp_connections_active", 1.0)),
                Row("connections", Gauge("jdbc_connections_active", 1.0)),
                Row(
                    "connections-share",
                    Share(
                        Form::Values,
                        "hikaricp_connections_active",
                        "hikaricp_connections_max",
                    ),
                ),
                Row(
                    "connections-share",
                    Share(
                        Form::Values,
                        "jdbc_connections_active",
                        "jdbc_connections_max",
                    ),
                ),
                Row("waiting", Gauge("hikaricp_connections_pending", 1.0)),
                Row(
                    "wait",
                    Mean(
                        "hikaricp_connections_acquire_seconds_sum",
                        "hikaricp_connections_acquire_seconds_count",
                        1.0,
                    ),
                ),
            ],
        },
        Dialect {
            name: "go",
            about: "Go's `database/sql` through the client's DBStats collector",
            rows: &[
                Row("connections", Gauge("go_sql_in_use_connections", 1.0)),
                Row(
                    "connections-share",
                    Share(
                        Form::Values,
                        "go_sql_in_use_connections",
                        "go_sql_max_open_connections",
                    ),
                ),
                Row(
                    "wait",
                    Mean(
                        "go_sql_wait_duration_seconds_total",
                        "go_sql_wait_count_total",
                        1.0,
                    ),
                ),
            ],
        },
        Dialect {
            name: "postgres",
            about: "postgres_exporter, pg_stat_statements where it is collected",
            rows: &[
                Row(
                    "latency",
                    Mean(
                        "pg_stat_statements_seconds_total",
                        "pg_stat_statements_calls_total",
                        1.0,
                    ),
                ),
                Row(
                    "latency",
                    Mean(
                        "pg_stat_statements_total_time_seconds",
                        "pg_stat_statements_calls",
                        1.0,
                    ),
                ),
                Row("throughput", Throughput("pg_stat_database_xact_commit")),
                Row(
                    "errors",
                    Parts(
                        "pg_stat_database_xact_rollback",
                        "pg_stat_database_xact_commit",
                    ),
                ),
                Row("connections", Gauge("pg_stat_database_numbackends", 1.0)),
                Row(
                    "connections-share",
                    Share(
                        Form::Values,
                        "pg_stat_database_numbackends",
                        "pg_settings_max_connections",
                    ),
                ),
                Row("slow", Gauge("pg_stat_activity_max_tx_duration", 1.0)),
                Row("deadlocks", Rate("pg_stat_database_deadlocks", 1.0)),
                Row(
                    "cache",
                    Parts("pg_stat_database_blks_read", "pg_stat_database_blks_hit"),
                ),
            ],
        },
        Dialect {
            name: "pgbouncer",
            about: "pgbouncer_exporter",
            rows: &[
                Row(
                    "latency",
                    Mean(
                        "pgbouncer_stats_queries_duration_seconds_total",
                        "pgbouncer_stats_queries_pooled_total",
                        1.0,
                    ),
                ),
                Row(
                    "connections",
                    Gauge("pgbouncer_pools_server_active_connections", 1.0),
                ),
                Row(
                    "waiting",
                    Gauge("pgbouncer_pools_client_waiting_connections", 1.0),
                ),
            ],
        },
        Dialect {
            name: "mysql",
            about: "mysqld_exporter",
            rows: &[
                Row(
                    "latency",
                    Mean(
                        "mysql_perf_schema_events_statements_seconds_total",
                        "mysql_perf_schema_events_statements_total",
                        1.0,
                    ),
                ),
                Row("throughput", Throughput("mysql_global_status_questions")),
                Row(
                    "connections",
                    Gauge("mysql_global_status_threads_connected", 1.0),
                ),
                Row(
                    "connections-share",
                    Share(
                        Form::Values,
                        "mysql_global_status_threads_connected",
                        "mysql_global_variables_max_connections",
                    ),
                ),
                Row("slow", Rate("mysql_global_status_slow_queries", 1.0)),
                Row(
                    "deadlocks",
                    Rate("mysql_global_status_innodb_deadlocks", 1.0),
                ),
            ],
        },
        Dialect {
            name: "mongodb",
            about: "mongodb_exporter",
            rows: &[
                Row(
                    "latency",
                    Mean(
                        "mongodb_ss_opLatencies_latency",
                        "mongodb_ss_opLatencies_ops",
                        1e-6,
                    ),
                ),
                Row("throughput", Throughput("mongodb_ss_opcounters")),
                Row(
                    "connections",
                    Gauge("mongodb_ss_connections{conn_type=\"current\"}", 1.0),
                ),
                Row(
                    "connections",
                    Gauge("mongodb_connections{state=\"current\"}", 1.0),
                ),
            ],
        },
        Dialect {
            name: "elasticsearch",
            about: "elasticsearch_exporter",
            rows: &[
                Row(
                    "latency",
                    Mean(
                        "elasticsearch_indices_search_query_time_seconds",
                        "elasticsearch_indices_search_query_total",
                        1.0,
                    ),
                ),
                Row(
                    "throughput",
                    Throughput("elasticsearch_indices_search_query_total"),
                ),
                Row(
                    "connections",
                    Gauge("elasticsearch_process_open_files_count", 1.0),
                ),
            ],
        },
        Dialect {
            name: "django",
            about: "django-prometheus' database wrapper",
            rows: &[
                Row(
                    "latency",
                    Histogram("django_db_query_duration_seconds", 1.0),
                ),
                Row("throughput", Throughput("django_db_execute_total")),
                Row(
                    "errors",
                    Ratio("django_db_errors_total", "django_db_execute_total"),
                ),
            ],
        },
        Dialect {
            name: "prometheus",
            about: "what services that count their own pool and queries call it",
            rows: &[
                Row("latency", Histogram("db_query_duration_seconds", 1.0)),
                Row("latency", Histogram("database_query_duration_seconds", 1.0)),
                Row("latency", Histogram("sql_query_duration_seconds", 1.0)),
                Row(
                    "latency",
                    Histogram("prisma_client_queries_duration_histogram_ms", MS),
                ),
                Row(
                    "connections",
                    Gauge("db_pool_connections{state=\"in_use\"}", 1.0),
                ),
                Row(
                    "connections",
                    Gauge("db_pool_connections{state=\"used\"}", 1.0),
                ),
                Row(
                    "connections",
                    Gauge("db_pool_connections{state=\"busy\"}", 1.0),
                ),
                Row(
                    "connections",
                    Gauge("db_pool_connections{state=\"active\"}", 1.0),
                ),
                Row(
                    "connections-share",
                    Share(
                        Form::Values,
                        "db_pool_connections{state=\"active\"}",
                        "db_pool_connections{state=\"max\"}",
                    ),
                ),
                Row("connections", Gauge("db_connections_active", 1.0)),
                Row("connections", Gauge("prisma_pool_connections_busy", 1.0)),
                Row("waiting", Gauge("prisma_client_queries_wait", 1.0)),
                Row("wait", Histogram("db_pool_wait_seconds", 1.0)),
                Row(
                    "wait",
                    Histogram("prisma_client_queries_wait_histogram_ms", MS),
                ),
            ],
        },
    ],
};
