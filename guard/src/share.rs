//! Links that show one deployment to whoever has them, and nothing else to anybody.
//!
//! What opens a link is a secret that is kept nowhere; the stream knows the link by a name of its own.

use crate::actor::{Actor, Role};
use crate::approval::Refusal;
use crate::ids::ShareId;
use jiff::Timestamp;

/// Links of one deployment that open at a time: who looks after more of them?
pub const MOST_OPEN: usize = 20;

/// A link that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Its name.
    pub id: ShareId,
    /// Who made it.
    pub by: String,
    /// When.
    pub made_at: Timestamp,
    /// Until when it opens.
    pub until: Timestamp,
    /// When it was first opened.
    pub opened_at: Option<Timestamp>,
    /// Who ended it, and when.
    pub revoked: Option<(String, Timestamp)>,
}

/// What a link comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It opens.
    Open,
    /// Its time is over.
    Expired,
    /// Somebody ended it.
    Revoked,
}

impl Standing {
    /// The word for programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

impl Share {
    /// What it comes to at this moment.
    #[must_use]
    pub fn standing(&self, now: Timestamp) -> Standing {
        if self.revoked.is_some() {
            Standing::Revoked
        } else if now >= self.until {
            Standing::Expired
        } else {
            Standing::Open
        }
    }
}

/// Whether somebody may show deployments to others, and end that. A program that could would hand on what it was trusted
/// to read.
pub fn may_share(by: &Actor) -> Result<(), Refusal> {
    if by.is_person() && (by.has(Role::Responder) || by.has(Role::Operator)) {
        return Ok(());
    }
    let who = by.name().to_owned();
    Err(Refusal::MayNotShare { who })
}
