//! What somebody logged.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One record of a log: a line, or a message with the stack trace that belongs to it. Redacted before it comes here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// When it was written, if that is known.
    pub at: Option<Timestamp>,
    /// How serious its writer found it.
    pub level: Level,
    /// What it says, without time and level where those could be told apart; lines are parted by `\n`.
    pub text: String,
    /// Which instance, pod or file.
    pub place: String,
    /// How often it happened; a reader of single lines says 1.
    pub times: u64,
}

/// How serious a record is.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Nothing to worry about: trace, debug, info.
    Info,
    /// Nobody said so.
    #[default]
    Unknown,
    /// A warning.
    Warn,
    /// An error.
    Error,
    /// The process or a part of it ended: fatal, critical, panic.
    Fatal,
}

impl Level {
    /// The level that a word or a number of a logging library stands for: `warn`, `ERROR`, `50`, `E`.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        if word.len() > 11 {
            return None;
        }
        Some(match word.to_ascii_lowercase().as_str() {
            "trace" | "debug" | "info" | "information" | "notice" | "verbose" | "dbg" | "inf"
            | "10" | "20" | "30" => Self::Info,
            "warn" | "warning" | "wrn" | "40" => Self::Warn,
            "error" | "err" | "severe" | "50" => Self::Error,
            "fatal" | "critical" | "crit" | "panic" | "emerg" | "emergency" | "alert" | "ftl"
            | "60" => Self::Fatal,
            _ => return None,
        })
    }

    /// The level of a text that names none, by what it is about.
    #[must_use]
    pub fn guessed(text: &str) -> Self {
        const FATAL: [&str; 5] = ["panic", "fatal", "segfault", "out of memory", "core dumped"];
        const ERROR: [&str; 8] = [
            "error",
            "exception",
            "traceback",
            "failed",
            "failure",
            "refused",
            "denied",
            "abort",
        ];
        const WARN: [&str; 7] = [
            "warn",
            "timeout",
            "timed out",
            "slow",
            "exhausted",
            "unavailable",
            "deprecated",
        ];
        let end = text.floor_char_boundary(400);
        let text = text[..end].to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
        if has(&FATAL) {
            Self::Fatal
        } else if has(&ERROR) {
            Self::Error
        } else if has(&WARN) {
            Self::Warn
        } else {
            Self::Unknown
        }
    }
}
