//! Waiting for a lane, in words.

use crate::context::Context;
use crate::foreign::Foreign;
use crate::say;
use crate::text::Text;
use guard::queue::{Behind, Ending, TurnLost};

/// `waits behind dep_x (v2)`, where a status is expected.
#[must_use]
pub fn behind(behind: &Behind, context: &Context) -> Text {
    say!(
        context,
        "status-queued",
        behind = Foreign::from(&behind.deployment),
        version = Foreign::from(&behind.version)
    )
}

/// What became of the deployment before it, and why that matters.
pub(crate) fn turn_lost(lost: &TurnLost, context: &Context) -> Text {
    let key = match lost.ending {
        Ending::RolledBack => "turn-lost-rolled-back",
        Ending::Failed => "turn-lost-failed",
        Ending::Abandoned => "turn-lost-abandoned",
        Ending::Superseded => "turn-lost-superseded",
    };
    say!(
        context,
        key,
        behind = Foreign::from(&lost.before.deployment),
        version = Foreign::from(&lost.before.version)
    )
}
