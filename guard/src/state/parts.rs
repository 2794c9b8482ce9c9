//! What a deployment's state is made of.

use crate::action::{Action, ActionKind, Progress};
use crate::approval::{Approval, Backing, Standing};
use crate::finding::{Cured, Finding};
use crate::ids::{ActionId, InstanceId};
use crate::root_cause::RootCauseReport;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Where a deployment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Requested; nothing has changed yet.
    Pending,
    /// Going on.
    Progressing,
    /// Frozen.
    Paused,
    /// The new version runs everywhere.
    Promoted,
    /// The old version runs everywhere again.
    RolledBack,
    /// It could not be made, or was given up.
    Failed,
    /// A newer deployment took over.
    Superseded,
}

impl Status {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Progressing => "progressing",
            Self::Paused => "paused",
            Self::Promoted => "promoted",
            Self::RolledBack => "rolled_back",
            Self::Failed => "failed",
            Self::Superseded => "superseded",
        }
    }
}

/// An action and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionRecord {
    /// As requested.
    pub action: Action,
    /// How far it is.
    pub progress: Progress,
    /// The instances that it has finished, and when.
    pub done: BTreeMap<InstanceId, Timestamp>,
    /// When it was requested.
    pub requested_at: Timestamp,
}

impl ActionRecord {
    /// Whether it brought the new version to any of its instances, or may have.
    #[must_use]
    pub fn brought_out(&self) -> bool {
        self.action.kind != ActionKind::RollBack
            && match &self.progress {
                Progress::Requested => false,
                // What was found out before the first instance touched none of them.
                Progress::Stale(_) => !self.done.is_empty(),
                _ => true,
            }
    }
}

/// A question and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct ApprovalRecord {
    /// As asked.
    pub approval: Approval,
    /// Whether it is still open, and how it ended.
    pub standing: Standing,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Who is for what already, where an answer needs more than one; the last word of each person.
    pub backings: Vec<Backing>,
}

/// A finding and how it goes.
#[derive(Debug, Clone, PartialEq)]
pub struct FindingRecord {
    /// As last journalled.
    pub finding: Finding,
    /// When it was first said.
    pub opened_at: Timestamp,
    /// When it ended by itself.
    pub ended_at: Option<Timestamp>,
    /// Whether a person has accepted it.
    pub accepted: bool,
    /// How often it opened or ended: a flapping signal is folded, not told.
    pub changes: u32,
    /// When it last did.
    pub changed_at: Timestamp,
    /// How often it was blamed on something else than before.
    pub reattributed: u32,
}

/// Whether a rollback helped.
#[derive(Debug, Clone, PartialEq)]
pub enum Cure {
    /// Nothing was rolled back yet.
    NotNeeded,
    /// Rolled back; the proof is awaited.
    Awaited {
        /// After which action.
        action: ActionId,
        /// Since when the old version runs everywhere.
        since: Timestamp,
    },
    /// Proven.
    Confirmed {
        /// When.
        at: Timestamp,
        /// Signal by signal.
        signals: Vec<Cured>,
    },
    /// It did not show in time.
    Failed {
        /// After which action.
        action: ActionId,
        /// Since when the old version runs everywhere.
        since: Timestamp,
        /// When this was said.
        at: Timestamp,
    },
}

/// What the analyst answered somebody.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerRecord {
    /// Its number, from one on.
    pub number: u32,
    /// Whom.
    pub by: String,
    /// What they asked, in their words.
    pub question: String,
    /// What stands of the answer.
    pub answer: Box<RootCauseReport>,
    /// Whether everybody may see it.
    pub shared: bool,
}

/// What a person said of a root-cause report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rated {
    /// Whether it was of use.
    pub useful: bool,
    /// Whether a model had written it.
    pub by_model: bool,
}
