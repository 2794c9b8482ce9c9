//! What Tawny says about itself: logs and traces.

use crate::text::{Secret, WebUrl};
use crate::value::{settings, words};
use std::collections::BTreeMap;

settings! {
    /// Logs of `tawny serve`, on standard error.
    pub struct Log {
        /// Lines for people or for machines.
        format: LogFormat = "text",
        /// The least serious lines that are written. `TAWNY_LOG` (such as `info,engine=debug`) goes before it.
        level: LogLevel = "info",
    }

    /// Traces of ticks, queries, decisions, actions and posts.
    pub struct Traces {
        /// Where an OTLP receiver takes protobuf over HTTP, such as `http://127.0.0.1:4318/v1/traces`. Without it there are no traces.
        otlp_url: Option<WebUrl>,
        /// Headers of each export. Values are treated as secrets.
        headers: BTreeMap<String, Secret> = "{}",
    }
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

words!(LogFormat {
    "text" => LogFormat::Text, "For people.";
    "json" => LogFormat::Json, "One JSON object a line.";
});

/// How serious a log line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// Something failed and nobody else will handle it.
    Error,
    /// Something went wrong and will be tried again or done without.
    Warn,
    /// What happens to deployments.
    Info,
    /// What happens inside.
    Debug,
    /// Everything.
    Trace,
}

impl LogLevel {
    /// The word of the configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

words!(LogLevel {
    "error" => LogLevel::Error, "What failed for good.";
    "warn" => LogLevel::Warn, "And what went wrong for now.";
    "info" => LogLevel::Info, "And what happens to deployments.";
    "debug" => LogLevel::Debug, "And what happens inside.";
    "trace" => LogLevel::Trace, "Everything.";
});
