//! What people say in hindsight about what was said of a deployment.

use crate::verdict::Tier;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Whether the alarm, or the silence, was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// An alarm was raised, and the release did harm.
    Real,
    /// An alarm was raised, and the release did no harm.
    FalseAlarm,
    /// The release did harm of which nothing was said.
    Missed,
    /// Nothing was raised, and nothing was wrong.
    Fine,
}

impl Judgement {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Real, Self::FalseAlarm, Self::Missed, Self::Fine];

    /// The word on the wire: `real`, `false_alarm`, `missed`, `fine`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::FalseAlarm => "false_alarm",
            Self::Missed => "missed",
            Self::Fine => "fine",
        }
    }

    /// Whether it can be said of a deployment about which the strongest answer was this one. Harm can be
    /// missed beside an alarm about something else.
    #[must_use]
    pub fn fits(self, raised: Tier) -> bool {
        match self {
            Self::Real | Self::FalseAlarm => raised > Tier::Quiet,
            Self::Missed => true,
            Self::Fine => raised == Tier::Quiet,
        }
    }
}

impl std::str::FromStr for Judgement {
    type Err = String;
    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "real" => Ok(Self::Real),
            "false_alarm" | "false-alarm" => Ok(Self::FalseAlarm),
            "missed" => Ok(Self::Missed),
            "fine" => Ok(Self::Fine),
            other => Err(format!(
                "judgement `{other}` does not exist: expected real, false_alarm, missed or fine"
            )),
        }
    }
}

/// A judgement and who gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Who.
    pub by: String,
    /// What.
    pub judgement: Judgement,
    /// Why, in their words.
    pub note: Option<String>,
    /// Of harm that was missed: since when it was done.
    pub since: Option<Timestamp>,
    /// When they said so.
    pub at: Timestamp,
}
