//! What people say about which change did it.

use crate::cause::{Cause, Unseen};
use crate::suspects::Verdict;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Digits of a commit from which it is recognised.
pub const LEAST_DIGITS: usize = 7;
/// Digits of the longest name of a commit.
const MOST_DIGITS: usize = 64;

/// What did it, as a person says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "was", rename_all = "snake_case")]
pub enum Culprit {
    /// This change.
    Change {
        /// The commit, or its beginning.
        id: String,
    },
    /// None that came with this deployment.
    NotThisDeployment,
}

/// What somebody said, beside what had been said to them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// What it was.
    pub culprit: Culprit,
    /// The place of the change among the suspects at that time, from 1; none where it was not among what was looked at.
    pub place: Option<usize>,
    /// What the ranking said at that time; none where nothing was ranked.
    pub said: Option<Verdict>,
    /// Why, in their words.
    pub note: Option<String>,
    /// When they said so.
    pub at: Timestamp,
}

/// Why a commit is not one of a deployment's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stranger {
    /// It is none of them.
    Unknown,
    /// It may be several of them.
    Several,
}

impl Cause {
    /// The full name of a change that came with the deployment, and its place among the suspects.
    pub(crate) fn find(&self, typed: &str) -> Result<(String, Option<usize>), Stranger> {
        let typed = typed.trim();
        let order = || self.order.iter().enumerate();
        let told = |(at, id): (usize, &String)| (id.clone(), Some(at + 1));
        if let Some(exact) = order().find(|(_, id)| *id == typed) {
            return Ok(told(exact));
        }
        let digits = typed.chars().all(|digit| digit.is_ascii_hexdigit());
        if !digits || !(LEAST_DIGITS..=MOST_DIGITS).contains(&typed.len()) {
            return Err(Stranger::Unknown);
        }
        let typed = typed.to_ascii_lowercase();
        let mut begins = order().filter(|(_, id)| id.starts_with(&typed));
        match (begins.next(), begins.next()) {
            (Some(_), Some(_)) => Err(Stranger::Several),
            (Some(one), None) => Ok(told(one)),
            // What was not looked at may well have come with it.
            (None, _) if self.is_partial() => Ok((typed, None)),
            (None, _) => Err(Stranger::Unknown),
        }
    }

    fn is_partial(&self) -> bool {
        self.missing.contains_key(&Unseen::Commits) || self.changes > self.order.len()
    }
}
