//! The words of a judgement.

use serde::{Deserialize, Serialize};

/// What the metrics say about a deployment, now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing moved, and anything beyond tolerance would have been seen.
    Healthy,
    /// At least one signal moved beyond its tolerance.
    Degraded,
    /// Nothing was seen, but too little was measured to be sure.
    Inconclusive,
    /// No answer from the metrics: neither good nor bad.
    Unmeasured,
}

/// What a finding is blamed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attribution {
    /// The change that was deployed.
    Change,
    /// A service downstream moved first.
    Dependency,
    /// Traffic explains it.
    Load,
    /// Not known.
    Unknown,
}

/// How strong the answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Tier {
    /// Nothing to say.
    Quiet,
    /// 1: warn.
    Warn,
    /// 2: pause and ask.
    Pause,
    /// 3: roll back and tell.
    RollBack,
}

impl From<Tier> for u8 {
    fn from(tier: Tier) -> u8 {
        match tier {
            Tier::Quiet => 0,
            Tier::Warn => 1,
            Tier::Pause => 2,
            Tier::RollBack => 3,
        }
    }
}

impl TryFrom<u8> for Tier {
    type Error = String;
    fn try_from(number: u8) -> Result<Self, String> {
        match number {
            0 => Ok(Self::Quiet),
            1 => Ok(Self::Warn),
            2 => Ok(Self::Pause),
            3 => Ok(Self::RollBack),
            other => Err(format!("tier {other} does not exist: expected 0 to 3")),
        }
    }
}

/// Against what a signal was held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// The changed instances against unchanged ones at the same time: controlled.
    CanaryVsStable,
    /// All instances against their own past: observational, weaker.
    BeforeVsAfter,
}
