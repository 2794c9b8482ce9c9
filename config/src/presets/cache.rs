//! A cache: how often it does not help.

use super::{Dialect, Form, PLAIN, Preset, Reads::*, Row, Template};
use crate::signal::{Dimension, Unit};

const OF_A_CACHE: Template = Template {
    dimension: Dimension::Dependency,
    ..PLAIN
};

pub(super) const PRESET: Preset = Preset {
    signals: &[
        Template {
            key: "cache-misses",
            row: "misses",
            about: "share of look-ups that found nothing: one minus the hit rate",
            unit: Unit::Ratio,
            tolerance: Some((0.02, 0.25)),
            ..OF_A_CACHE
        },
        Template {
            key: "cache-evictions",
            row: "evictions",
            about: "entries thrown out per second",
            unit: Unit::PerSecond,
            tolerance: Some((0.1, 0.15)),
            ..OF_A_CACHE
        },
        Template {
            key: "cache-memory-share",
            row: "memory-share",
            about: "memory used, as a share of what it may use",
            unit: Unit::Ratio,
            on_request: true,
            tolerance: Some((0.05, 0.1)),
            ..OF_A_CACHE
        },
        Template {
            key: "cache-connections",
            row: "connections",
            about: "clients connected",
            accumulates: true,
            on_request: true,
            tolerance: Some((5.0, 0.3)),
            ..OF_A_CACHE
        },
    ],
    dialects: &[
        Dialect {
            name: "redis",
            about: "redis_exporter; also Valkey",
            rows: &[
                Row(
                    "misses",
                    Parts("redis_keyspace_misses_total", "redis_keyspace_hits_total"),
                ),
                Row("evictions", Rate("redis_evicted_keys_total", 1.0)),
                Row(
                    "memory-share",
                    Share(
                        Form::Values,
                        "redis_memory_used_bytes",
                        "redis_memory_max_bytes",
                    ),
                ),
                Row("connections", Gauge("redis_connected_clients", 1.0)),
            ],
        },
        Dialect {
            name: "memcached",
            about: "memcached_exporter",
            rows: &[
                Row(
                    "misses",
                    Ratio(
                        "memcached_commands_total{command=\"get\",status=\"miss\"}",
                        "memcached_commands_total{command=\"get\"}",
                    ),
                ),
                Row("evictions", Rate("memcached_items_evicted_total", 1.0)),
                Row(
                    "memory-share",
                    Share(
                        Form::Values,
                        "memcached_current_bytes",
                        "memcached_limit_bytes",
                    ),
                ),
                Row("connections", Gauge("memcached_current_connections", 1.0)),
            ],
        },
        Dialect {
            name: "micrometer",
            about: "caches of Spring: Caffeine, Redis and others",
            rows: &[
                Row(
                    "misses",
                    Ratio("cache_gets_total{result=\"miss\"}", "cache_gets_total"),
                ),
                Row("evictions", Rate("cache_evictions_total", 1.0)),
            ],
        },
        Dialect {
            name: "varnish",
            about: "varnish_exporter",
            rows: &[
                Row(
                    "misses",
                    Parts("varnish_main_cache_miss", "varnish_main_cache_hit"),
                ),
                Row("evictions", Rate("varnish_main_n_lru_nuked", 1.0)),
            ],
        },
        Dialect {
            name: "django",
            about: "django-prometheus' cache wrapper",
            rows: &[Row(
                "misses",
                Parts(
                    "django_cache_get_misses_total",
                    "django_cache_get_hits_total",
                ),
            )],
        },
        Dialect {
            name: "prometheus",
            about: "what services that count their own cache call it",
            rows: &[
                Row("misses", Parts("cache_misses_total", "cache_hits_total")),
                Row(
                    "misses",
                    Ratio(
                        "cache_requests_total{result=\"miss\"}",
                        "cache_requests_total",
                    ),
                ),
                Row(
                    "misses",
                    Ratio(
                        "cache_requests_total{status=\"miss\"}",
                        "cache_requests_total",
                    ),
                ),
                Row("evictions", Rate("cache_evictions_total", 1.0)),
            ],
        },
    ],
};
