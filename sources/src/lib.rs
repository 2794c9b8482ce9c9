//! Reads the outside: metrics, code, logs, probes.
