//! What a service is for. There is no convention; these are names that many use. Where yours differ, write the
//! same signals out: `kind: ratio` with `bad` and `total` is all there is to each.

use super::{Dialect, PLAIN, Preset, Reads::*, Row, Template};
use crate::signal::{Dimension, Direction, Unit};

const OF_A_BUSINESS: Template = Template {
    dimension: Dimension::Business,
    unit: Unit::Ratio,
    ..PLAIN
};

pub(super) const PRESET: Preset = Preset {
    signals: &[
        Template {
            key: "business-failures",
            row: "failures",
            about: "share of orders, payments or jobs that failed: one minus the success ratio",
            warn: Some(0.01),
            hard: Some(0.05),
            tolerance: Some((0.002, 0.25)),
            ..OF_A_BUSINESS
        },
        Template {
            key: "duplicates",
            row: "duplicates",
            about: "share of orders, payments or messages that came twice",
            tolerance: Some((0.002, 0.25)),
            ..OF_A_BUSINESS
        },
        Template {
            key: "conversion",
            row: "conversion",
            about: "share of checkouts begun that became an order",
            direction: Direction::Down,
            tolerance: Some((0.02, 0.05)),
            ..OF_A_BUSINESS
        },
        Template {
            key: "abandonment",
            row: "abandonment",
            about: "share of carts or checkouts given up",
            tolerance: Some((0.02, 0.10)),
            ..OF_A_BUSINESS
        },
        Template {
            key: "business-throughput",
            row: "throughput",
            about: "orders, payments or jobs per second",
            direction: Direction::Down,
            unit: Unit::PerSecond,
            on_request: true,
            ..OF_A_BUSINESS
        },
    ],
    dialects: &[
        Dialect {
            name: "orders",
            about: "`orders_total{status}`, `order_duplicates_total`",
            rows: &[
                Row(
                    "failures",
                    Ratio(
                        "orders_total{status=~\"failed|failure|error|rejected\"}",
                        "orders_total",
                    ),
                ),
                Row(
                    "failures",
                    Ratio(
                        "orders_total{result=~\"failed|failure|error|rejected\"}",
                        "orders_total",
                    ),
                ),
                Row("failures", Ratio("orders_failed_total", "orders_total")),
                Row("failures", Ratio("order_failures_total", "orders_total")),
                Row(
                    "duplicates",
                    Ratio("orders_duplicate_total", "orders_total"),
                ),
                Row(
                    "duplicates",
                    Ratio("order_duplicates_total", "orders_total"),
                ),
                Row("throughput", Throughput("orders_total")),
            ],
        },
        Dialect {
            name: "payments",
            about: "`payments_total{status}`",
            rows: &[
                Row(
                    "failures",
                    Ratio(
                        "payments_total{status=~\"failed|failure|error|declined\"}",
                        "payments_total",
                    ),
                ),
                Row(
                    "failures",
                    Ratio(
                        "payments_total{result=~\"failed|failure|error|declined\"}",
                        "payments_total",
                    ),
                ),
                Row("failures", Ratio("payments_failed_total", "payments_total")),
                Row(
                    "duplicates",
                    Ratio("payments_duplicate_total", "payments_total"),
                ),
                Row(
                    "duplicates",
                    Ratio("payment_duplicates_total", "payments_total"),
                ),
                Row("throughput", Throughput("payments_total")),
            ],
        },
        Dialect {
            name: "checkout",
            about: "`checkout_attempts_total`, `checkout_success_total`",
            rows: &[
                Row(
                    "conversion",
                    Ratio("checkout_success_total", "checkout_attempts_total"),
                ),
                Row(
                    "conversion",
                    Ratio("checkout_completed_total", "checkout_started_total"),
                ),
                Row(
                    "conversion",
                    Ratio("checkouts_completed_total", "checkouts_started_total"),
                ),
                Row(
                    "abandonment",
                    Ratio("checkout_abandoned_total", "checkout_started_total"),
                ),
                Row(
                    "abandonment",
                    Ratio("checkouts_abandoned_total", "checkouts_started_total"),
                ),
                Row(
                    "abandonment",
                    Ratio("carts_abandoned_total", "carts_created_total"),
                ),
                Row("throughput", Throughput("checkout_attempts_total")),
                Row("throughput", Throughput("checkout_started_total")),
            ],
        },
        Dialect {
            name: "jobs",
            about: "`jobs_total{status}`, `messages_processed_total{status}`",
            rows: &[
                Row(
                    "failures",
                    Ratio("jobs_total{status=~\"failed|failure|error\"}", "jobs_total"),
                ),
                Row(
                    "failures",
                    Ratio(
                        "messages_processed_total{status=~\"failed|failure|error\"}",
                        "messages_processed_total",
                    ),
                ),
                Row(
                    "failures",
                    Ratio("messages_failed_total", "messages_processed_total"),
                ),
                Row(
                    "duplicates",
                    Ratio("messages_duplicate_total", "messages_processed_total"),
                ),
                Row("throughput", Throughput("jobs_total")),
                Row("throughput", Throughput("messages_processed_total")),
            ],
        },
    ],
};
