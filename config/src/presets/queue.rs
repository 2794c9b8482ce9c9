//! Work that waits: brokers, and the workers of task queues.

use super::{Dialect, PLAIN, Preset, Reads::*, Row, Template};
use crate::signal::{Direction, Unit};

pub(super) const PRESET: Preset = Preset {
    signals: &[
        Template {
            key: "queue-depth",
            row: "depth",
            about: "messages that wait; a backlog shows as its slope",
            accumulates: true,
            tolerance: Some((10.0, 0.05)),
            ..PLAIN
        },
        Template {
            key: "queue-unacknowledged",
            row: "unacknowledged",
            about: "messages handed out and not yet done",
            accumulates: true,
            tolerance: Some((10.0, 0.05)),
            ..PLAIN
        },
        Template {
            key: "queue-throughput",
            row: "throughput",
            about: "messages done per second",
            direction: Direction::Down,
            unit: Unit::PerSecond,
            ..PLAIN
        },
        Template {
            key: "queue-errors",
            row: "errors",
            about: "share of tasks that failed",
            unit: Unit::Ratio,
            warn: Some(0.01),
            hard: Some(0.05),
            tolerance: Some((0.002, 0.25)),
            ..PLAIN
        },
        Template {
            key: "queue-latency",
            row: "latency",
            about: "95th percentile of the run time of a task",
            unit: Unit::Seconds,
            quantile: 0.95,
            tolerance: Some((0.005, 0.1)),
            ..PLAIN
        },
        Template {
            key: "queue-consumers",
            row: "consumers",
            about: "consumers that are there",
            direction: Direction::Down,
            on_request: true,
            tolerance: Some((0.5, 0.0)),
            ..PLAIN
        },
    ],
    dialects: &[
        Dialect {
            name: "rabbitmq",
            about: "RabbitMQ's own plug-in, by node or by queue",
            rows: &[
                Row("depth", Gauge("rabbitmq_queue_messages_ready", 1.0)),
                Row(
                    "depth",
                    Gauge("rabbitmq_detailed_queue_messages_ready", 1.0),
                ),
                Row(
                    "unacknowledged",
                    Gauge("rabbitmq_queue_messages_unacked", 1.0),
                ),
                Row(
                    "unacknowledged",
                    Gauge("rabbitmq_detailed_queue_messages_unacked", 1.0),
                ),
                Row(
                    "throughput",
                    Throughput("rabbitmq_global_messages_acknowledged_total"),
                ),
                Row(
                    "throughput",
                    Throughput("rabbitmq_queue_messages_acked_total"),
                ),
                Row(
                    "errors",
                    Ratio(
                        "rabbitmq_global_messages_redelivered_total",
                        "rabbitmq_global_messages_delivered_total",
                    ),
                ),
                Row("consumers", Gauge("rabbitmq_queue_consumers", 1.0)),
                Row("consumers", Gauge("rabbitmq_consumers", 1.0)),
            ],
        },
        Dialect {
            name: "kafka",
            about: "kafka_exporter (a consumer group's lag), and consumers under Micrometer",
            rows: &[
                Row("depth", Gauge("kafka_consumergroup_lag", 1.0)),
                Row("depth", Gauge("kafka_consumergroup_group_lag", 1.0)),
                Row(
                    "depth",
                    Gauge("kafka_consumer_fetch_manager_records_lag", 1.0),
                ),
                Row(
                    "depth",
                    Gauge("kafka_consumer_fetch_manager_records_lag_max", 1.0),
                ),
                Row(
                    "throughput",
                    Throughput("kafka_consumer_fetch_manager_records_consumed_total"),
                ),
                Row("consumers", Gauge("kafka_consumergroup_members", 1.0)),
            ],
        },
        Dialect {
            name: "celery",
            about: "celery-exporter",
            rows: &[
                Row("depth", Gauge("celery_queue_length", 1.0)),
                Row("throughput", Throughput("celery_task_succeeded_total")),
                Row(
                    "errors",
                    Parts("celery_task_failed_total", "celery_task_succeeded_total"),
                ),
                Row("latency", Histogram("celery_task_runtime", 1.0)),
                Row("consumers", Gauge("celery_worker_up", 1.0)),
            ],
        },
        Dialect {
            name: "sidekiq",
            about: "Yabeda and sidekiq exporters",
            rows: &[
                Row("depth", Gauge("sidekiq_jobs_waiting_count", 1.0)),
                Row("depth", Gauge("sidekiq_queue_size", 1.0)),
                Row("depth", Gauge("sidekiq_queue_enqueued_jobs", 1.0)),
                Row("throughput", Throughput("sidekiq_jobs_executed_total")),
                Row(
                    "errors",
                    Ratio("sidekiq_jobs_failed_total", "sidekiq_jobs_executed_total"),
                ),
                Row("latency", Histogram("sidekiq_job_runtime_seconds", 1.0)),
            ],
        },
        Dialect {
            name: "nats",
            about: "JetStream through prometheus-nats-exporter",
            rows: &[
                Row("depth", Gauge("jetstream_consumer_num_pending", 1.0)),
                Row("depth", Gauge("nats_consumer_num_pending", 1.0)),
                Row(
                    "unacknowledged",
                    Gauge("jetstream_consumer_num_ack_pending", 1.0),
                ),
                Row(
                    "unacknowledged",
                    Gauge("nats_consumer_num_ack_pending", 1.0),
                ),
            ],
        },
        Dialect {
            name: "opentelemetry",
            about: "messaging conventions",
            rows: &[
                Row(
                    "throughput",
                    Throughput("messaging_client_consumed_messages_total"),
                ),
                Row(
                    "latency",
                    Histogram("messaging_process_duration_seconds", 1.0),
                ),
                Row("latency", Histogram("messaging_process_duration", 1.0)),
            ],
        },
        Dialect {
            name: "sqs",
            about: "CloudWatch through yet-another-cloudwatch-exporter",
            rows: &[
                Row(
                    "depth",
                    Gauge(
                        "aws_sqs_approximate_number_of_messages_visible_average",
                        1.0,
                    ),
                ),
                Row(
                    "unacknowledged",
                    Gauge(
                        "aws_sqs_approximate_number_of_messages_not_visible_average",
                        1.0,
                    ),
                ),
            ],
        },
        Dialect {
            name: "prometheus",
            about: "what services that count their own queue call it",
            rows: &[
                Row("depth", Gauge("queue_depth", 1.0)),
                Row("depth", Gauge("work_queue_depth", 1.0)),
                Row("depth", Gauge("queue_length", 1.0)),
                Row("depth", Gauge("workqueue_depth", 1.0)),
                Row("depth", Gauge("jobs_queued", 1.0)),
                Row("throughput", Throughput("jobs_processed_total")),
                Row("errors", Ratio("jobs_failed_total", "jobs_processed_total")),
                Row("latency", Histogram("job_duration_seconds", 1.0)),
                Row("latency", Histogram("workqueue_work_duration_seconds", 1.0)),
            ],
        },
    ],
};
