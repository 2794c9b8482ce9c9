//! Why the demo could not be played.

use super::prometheus_server::StartError;

/// Why the demo could not be played to its end.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// Prometheus.
    #[error(transparent)]
    Prometheus(#[from] StartError),
    /// Alertmanager.
    #[error(transparent)]
    Alertmanager(#[from] super::alerts::AlertsError),
    /// A file or a port.
    #[error("{doing}: {error}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// Why not.
        error: std::io::Error,
    },
    /// The server.
    #[error(transparent)]
    Boot(#[from] crate::boot::BootError),
    /// The generated configuration.
    #[error("the demo's own configuration is not accepted:\n{0}")]
    Config(String),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] engine::EngineError),
    /// What is on record cannot be read.
    #[error(transparent)]
    Record(#[from] engine::ledger::LedgerError),
    /// The traffic.
    #[error(transparent)]
    Shop(#[from] mock_service::MockServiceError),
    /// The simulated person.
    #[error("the simulated person could not {doing}: {error}")]
    Person {
        /// What they were doing.
        doing: &'static str,
        /// Why not.
        error: String,
    },
    /// The fault could not be injected.
    #[error("the fault could not be injected at {url}: {error}")]
    Injection {
        /// Where.
        url: String,
        /// Why not.
        error: String,
    },
    /// The shop's commits.
    #[error("the commits of the demo's shop: {0}")]
    Commits(String),
    /// Something took too long.
    #[error("{what} did not happen within {seconds} s")]
    TooLong {
        /// What was waited for.
        what: &'static str,
        /// For how long.
        seconds: u64,
    },
    /// Somebody pressed Ctrl-C.
    #[error("stopped")]
    Interrupted,
}

impl DemoError {
    pub(super) fn io(doing: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |error| Self::Io { doing, error }
    }

    pub(super) fn person(doing: &'static str, error: &dyn std::fmt::Display) -> Self {
        Self::Person {
            doing,
            error: error.to_string(),
        }
    }
}
