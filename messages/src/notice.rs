//! What is said in the channel itself: severity rose, or a decision is needed.

use crate::context::Context;
use crate::happened::{happened, severity};
use crate::known::Known;
use crate::model::Message;
use crate::parent::{buttons, lead, link, need};
use crate::say;
use guard::event::{Event, Recorded};
use guard::ids::ApprovalId;
use guard::state::State;
use guard::verdict::Tier;

/// The notice for an event, where it deserves one. It names the service, the environment and the version,
/// because it stands alone. `state` is the deployment with at least this event folded in.
#[must_use]
pub fn notice(state: &State, record: &Recorded, context: &Context) -> Option<Message> {
    let event = &record.event;
    let asked = match event {
        Event::ApprovalAsked { approval, .. } => Some(&approval.id),
        Event::ApprovalReminded { approval, .. } => Some(approval),
        Event::TierRaised {
            tier: Tier::RollBack,
            ..
        }
        | Event::ApprovalExpired { .. }
        | Event::GlassBroken { .. }
        | Event::CureFailed { .. }
        | Event::Failed { .. } => None,
        _ => return None,
    };
    let what = happened(event, &Known::of_state(state), context);
    let headline = say!(
        context,
        "notice-headline",
        lead = lead(state, context),
        what = what
    );
    let mut message = Message::line(severity(event), headline);
    message.links.extend(link(state, context));
    if asked.is_some_and(|id| is_open(state, id)) {
        message.facts = need::facts(state, context);
        message.buttons = buttons::of(state, context);
    }
    Some(message)
}

fn is_open(state: &State, id: &ApprovalId) -> bool {
    state
        .open_approval()
        .is_some_and(|open| open.approval.id == *id)
}
