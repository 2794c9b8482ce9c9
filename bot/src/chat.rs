//! Channels: where what is said goes. The page is always one; others are configured.

use guard::effects::Effect;
use guard::event::{Event, Recorded};

pub mod page;
pub mod webhook;

/// Whether something may be said again when an earlier try may have been heard: showing the parent is
/// an edit, and a decision must reach people; any other notice said twice is noise.
fn repeatable(effect: &Effect, record: Option<&Recorded>) -> bool {
    match effect {
        Effect::ShowParent => true,
        Effect::Notice { .. } => {
            matches!(
                record.map(|record| &record.event),
                Some(Event::ApprovalAsked { .. } | Event::ApprovalReminded { .. })
            )
        }
        Effect::Reply { .. } | Effect::Execute { .. } => false,
    }
}
