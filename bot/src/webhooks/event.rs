//! What the readers of all senders make of a body, before it is known which service it is about.

use config::settings::DeployEvent;
use engine::told::Phase;
use guard::alert::{AlertSeverity, AlertStatus};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// One thing that a body says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Said {
    Deployment(Deployment),
    Alert(AlertSaid),
    Gate(GateSaid),
    Code(CodeSaid),
    /// Nothing that Tawny acts on, for this reason.
    Nothing(String),
}

/// What `when` of the configuration looks at.
pub(super) type Fields = BTreeMap<String, String>;

/// Somebody deploys.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Deployment {
    pub(super) fields: Fields,
    pub(super) event: DeployEvent,
    /// The service, where names are the same.
    pub(super) service: String,
    pub(super) environment: Option<String>,
    /// What may be the version, the likeliest first.
    pub(super) versions: Vec<String>,
    /// What the sender calls this deployment.
    pub(super) id: String,
    pub(super) phase: Phase,
    pub(super) by: Option<String>,
    pub(super) reason: Option<String>,
    /// The page that it names, where somebody says how it stands.
    pub(super) page: Option<String>,
}

/// Somebody asks whether a deployment may begin.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct GateSaid {
    /// What it is about, as of a deployment.
    pub(super) about: Deployment,
    pub(super) repository: String,
    pub(super) callback: String,
}

/// A code for linking, said in a comment.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CodeSaid {
    /// Whose comment it is.
    pub(super) login: String,
    pub(super) code: String,
}

/// An alert.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct AlertSaid {
    pub(super) fields: Fields,
    pub(super) name: String,
    pub(super) fingerprint: String,
    pub(super) severity: AlertSeverity,
    /// Where names are the same, the likeliest first.
    pub(super) services: Vec<String>,
    pub(super) environment: Option<String>,
    pub(super) summary: Option<String>,
    pub(super) starts_at: Timestamp,
    pub(super) status: AlertStatus,
    /// What its sender groups it by.
    pub(super) group: Option<String>,
}

/// The words that people use for how bad an alert is.
pub(super) fn severity(word: Option<&str>) -> AlertSeverity {
    match word.map(str::to_ascii_lowercase).as_deref() {
        Some("critical" | "page" | "emergency" | "error" | "p1") => AlertSeverity::Critical,
        Some("warning" | "warn" | "p2") => AlertSeverity::Warning,
        Some("info" | "information" | "none") => AlertSeverity::Info,
        _ => AlertSeverity::Unknown,
    }
}
