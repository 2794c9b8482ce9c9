//! Reads the outside: metrics today; code, logs and probes when they have a use.
//!
//! Everything here fetches and nothing here judges or acts: what comes back is
//! what the source said, with its own timestamps, its gaps and its warnings.
//! "No data" keeps its reason on the way ([`metrics::Outcome`]), so that the
//! judge can tell an empty answer from a failed query.
//!
//! - [`metrics`]: Prometheus and what speaks its HTTP API.
//!
//! A process that uses TLS or builds a client here first installs the TLS
//! provider: `rustls::crypto::ring::default_provider().install_default().ok()`.

pub mod metrics;
