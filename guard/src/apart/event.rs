//! What happens to an incident apart, as the journal keeps it.

use super::likely::Recent;
use crate::alert::{Alert, AlertKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An event of an incident's stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum ApartEvent {
    /// An alert that belongs to no deployment.
    Opened {
        /// Which.
        alert: Alert,
        /// What its sender groups it by, if it does.
        #[serde(default)]
        group: Option<String>,
        /// What was deployed around it lately, the likeliest to matter first.
        #[serde(default)]
        recent: Vec<Recent>,
    },
    /// So many alerts of one source that each of them says little. From here on they are counted.
    Storm {
        /// The alert that made it one.
        alert: Alert,
        /// How many within an hour, that one included.
        alerts: u32,
        /// What was deployed around it lately, the likeliest to matter first.
        #[serde(default)]
        recent: Vec<Recent>,
    },
    /// Another alert of the same group, or the same one anew.
    Joined {
        /// Which.
        alert: Alert,
    },
    /// One more of a storm.
    Counted {
        /// Which.
        key: AlertKey,
    },
    /// An alert does not fire any more, whether it was heard before or not.
    Over {
        /// Which.
        key: AlertKey,
        /// What it is called.
        name: String,
    },
    /// None of its alerts fires any more.
    Resolved {},
    /// One fires again after that.
    Reopened {},
    /// Somebody says that it is over, whatever still fires.
    Closed {
        /// Who.
        by: String,
        /// Why, in their words.
        #[serde(default)]
        reason: Option<String>,
    },
    /// Somebody wanted something of it and may not.
    Refused {
        /// Who.
        by: String,
        /// What: `close`.
        wanted: String,
    },
}

impl ApartEvent {
    /// The stable name under which the journal keeps it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "incident_opened",
            Self::Storm { .. } => "incident_storm",
            Self::Joined { .. } => "incident_joined",
            Self::Counted { .. } => "incident_counted",
            Self::Over { .. } => "incident_over",
            Self::Resolved {} => "incident_resolved",
            Self::Reopened {} => "incident_reopened",
            Self::Closed { .. } => "incident_closed",
            Self::Refused { .. } => "incident_refused",
        }
    }

    /// The version of its shape.
    #[must_use]
    pub fn version(&self) -> u16 {
        1
    }
}

/// An event as the journal returns it.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedApart {
    /// Its place in the stream, from 1.
    pub revision: u64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: ApartEvent,
}
