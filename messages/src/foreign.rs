//! Text that somebody else wrote.

use guard::ids;
use std::fmt;

/// What a human typed, committed or logged, or a program answered: hostile until a layout has escaped it.
///
/// It cannot be printed, compared with words or turned back into a string outside this crate.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Foreign(String);

/// More than any surface shows; what is beyond is not even carried along.
const MOST_BYTES: usize = 8192;

impl Foreign {
    /// Takes the text as it is; far beyond what any surface shows, it is cut.
    #[must_use]
    pub fn new(text: &str) -> Self {
        if text.len() <= MOST_BYTES {
            return Self(text.to_owned());
        }
        let mut kept = text[..text.floor_char_boundary(MOST_BYTES)].to_owned();
        kept.push('…');
        Self(kept)
    }

    /// For layouts only.
    pub(crate) fn raw(&self) -> &str {
        &self.0
    }
}

// Debug output ends in logs and terminals, so it is escaped and short there too.
impl fmt::Debug for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start: String = self.0.chars().take(80).collect();
        write!(f, "Foreign({start:?})")
    }
}

impl From<&str> for Foreign {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<&String> for Foreign {
    fn from(text: &String) -> Self {
        Self::new(text)
    }
}

// Checked names are safe as paths, but `shop.example` is still a link to a chat and `a@b` a mention.
macro_rules! from_name {
    ($($name:ident),*) => {$(
        impl From<&ids::$name> for Foreign {
            fn from(name: &ids::$name) -> Self {
                Self::new(name.as_str())
            }
        }
    )*};
}
from_name!(
    ServiceName,
    Environment,
    Version,
    InstanceId,
    SignalKey,
    DeploymentId,
    IncidentId,
    ActionId,
    ApprovalId,
    EvidenceId,
    PersonId,
    ShareId
);
