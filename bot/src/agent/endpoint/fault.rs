//! Why a server did not answer.

use guard::redact::redact;
use guard::root_cause::Short;
use std::time::Duration;

/// Characters of what a server says of an error.
const SAID: usize = 300;

/// Why a server did not answer. Holds no secret: what the server said is masked and cut.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It does not take the key, or not for this model.
    #[error("it does not take the key ({status}): {said}")]
    Key {
        /// Its status.
        status: u16,
        /// What it says.
        said: String,
    },
    /// Whoever owns the key has nothing left there.
    #[error("there is no credit left at it ({status}): {said}")]
    Credit {
        /// Its status.
        status: u16,
        /// What it says.
        said: String,
    },
    /// It wants fewer requests, or has trouble of its own.
    #[error("it is overloaded or in trouble ({status}): {said}")]
    Busy {
        /// Its status.
        status: u16,
        /// How long to wait, if it says so.
        wait: Option<Duration>,
        /// What it says.
        said: String,
    },
    /// It does not take the request.
    #[error("it does not take the request ({status}): {said}")]
    Request {
        /// Its status.
        status: u16,
        /// What it says.
        said: String,
    },
    /// It sends elsewhere, and nobody goes there with the key.
    #[error("it redirects ({status}), which is not followed: configure the address that it means")]
    Redirect {
        /// Its status.
        status: u16,
    },
    /// It cannot be reached.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    /// Nothing came for too long.
    #[error("nothing came from it for {} s", .0.as_secs_f64())]
    Silent(Duration),
    /// The answer ended before it was over.
    #[error("its answer broke off")]
    CutOff,
    /// The answer is none of a chat.
    #[error("its answer is none of chat completions: {0}")]
    Shape(String),
    /// The answer is longer than anybody needs.
    #[error("its answer is longer than {0} bytes")]
    TooLong(usize),
}

impl Fault {
    /// What a status and a body say that is no answer.
    pub(super) fn of(status: u16, wait: Option<Duration>, body: &str) -> Self {
        let document: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
        let error = &document["error"];
        let told = error["message"].as_str().or(error.as_str());
        let told = told.or(document["message"].as_str()).unwrap_or(body);
        let said = said(told);
        let code = error["code"].as_str().or(error["type"].as_str());
        match status {
            300..=399 => Self::Redirect { status },
            401 | 403 => Self::Key { status, said },
            402 => Self::Credit { status, said },
            429 if code == Some("insufficient_quota") => Self::Credit { status, said },
            408 | 409 | 425 | 429 | 500..=599 => Self::Busy { status, wait, said },
            _ => Self::Request { status, said },
        }
    }

    /// Whether the same server may answer the same request later.
    #[must_use]
    pub fn passes(&self) -> bool {
        matches!(
            self,
            Self::Busy { .. } | Self::Unreachable(_) | Self::Silent(_) | Self::CutOff
        )
    }

    /// How an investigation that ends by it is said to have ended.
    #[must_use]
    pub fn short(&self) -> Short {
        match self {
            Self::Busy { .. } => Short::Busy,
            Self::Credit { .. } => Short::Budget,
            Self::Silent(_) => Short::Deadline,
            Self::Shape(_) | Self::TooLong(_) | Self::CutOff => Short::Unreadable,
            Self::Key { .. }
            | Self::Request { .. }
            | Self::Redirect { .. }
            | Self::Unreachable(_) => Short::Failed,
        }
    }

    /// The word for the record and for metrics.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Key { .. } => "key",
            Self::Credit { .. } => "credit",
            Self::Busy { .. } => "busy",
            Self::Request { .. } => "request",
            Self::Redirect { .. } => "redirect",
            Self::Unreachable(_) => "unreachable",
            Self::Silent(_) => "silent",
            Self::CutOff => "cut_off",
            Self::Shape(_) => "shape",
            Self::TooLong(_) => "too_long",
        }
    }
}

/// A text of a server: masked, one line, cut.
pub(super) fn said(text: &str) -> String {
    let line: String = text
        .chars()
        .take(SAID * 4)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    redact(line.trim()).chars().take(SAID).collect()
}
