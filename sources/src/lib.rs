//! Reads the outside: metrics, probes, code and logs.
//!
//! Everything here fetches and nothing here judges or acts: what comes back is
//! what the source said, with its own timestamps, its gaps and its warnings.
//! "No data" keeps its reason on the way ([`metrics::Outcome`]), so that the
//! judge can tell an empty answer from a failed query.
//!
//! - [`calendar`]: who is on call, from an iCalendar file.
//! - [`child`]: a program run once, within bounds.
//! - [`code`]: what changed between two versions, from a git repository, GitHub or GitLab.
//! - [`logs`]: what a service says of its errors: files, journald, Loki, Kubernetes, Sentry.
//! - [`metrics`]: Prometheus and what speaks its HTTP API.
//! - [`probes`]: what Tawny asks itself, by HTTP, TCP or a command.
//!
//! A process that uses TLS or builds a client here first installs the TLS
//! provider: `rustls::crypto::ring::default_provider().install_default().ok()`.

pub mod calendar;
pub mod child;
pub mod code;
pub mod logs;
pub mod metrics;
pub mod probes;
