//! What people say of an alert of the past.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// That an alert was true or false, or that there was an incident of which no alert told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertLabel {
    /// The alert; none where the time itself is meant.
    #[serde(default)]
    pub alert: Option<String>,
    /// A moment in which it fired, or when the incident began.
    pub from: Timestamp,
    /// When the incident was over; none where one moment says which firing is meant.
    #[serde(default)]
    pub until: Option<Timestamp>,
    /// Whether something was wrong.
    pub real: bool,
    /// Why they say so.
    #[serde(default)]
    pub note: Option<String>,
}

impl AlertLabel {
    /// The time that it is about.
    #[must_use]
    pub fn period(&self) -> super::Period {
        super::Period {
            from_s: self.from.as_second(),
            until_s: self.until.unwrap_or(self.from).as_second(),
        }
    }
}
