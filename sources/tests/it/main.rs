//! The metrics source against strict doubles and against a real Prometheus.
