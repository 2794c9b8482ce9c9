//! What is said in the channel itself: severity rose, or a decision is needed.

use crate::context::Context;
use crate::finding;
use crate::foreign::Foreign;
use crate::happened::{happened, severity};
use crate::known::Known;
use crate::model::{Message, Severity};
use crate::parent::{buttons, lead, link, need};
use crate::say;
use crate::text::Text;
use guard::approval::Standing;
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
    let closed = asked.and_then(|id| closed(state, id, context));
    let said = closed
        .clone()
        .unwrap_or_else(|| happened(event, &Known::of_state(state), context));
    let mut headline = say!(
        context,
        "notice-headline",
        lead = lead(state, context),
        what = said
    );
    let severity = match &closed {
        Some(_) => Severity::Quiet,
        None => severity(event),
    };
    let open = asked.is_some() && closed.is_none();
    // Whoever reads it on a phone should see why they are called.
    let why = open.then(|| finding::pressing(state).into_iter().next());
    if let Some(record) = why.flatten() {
        headline = say!(
            context,
            "headline-with-finding",
            headline = headline,
            finding = finding::short(&record.finding, context)
        );
    }
    let mut message = Message::line(severity, headline);
    message.links.extend(link(state, context));
    if open {
        message.facts = need::facts(state, context);
        message.buttons = buttons::of(state, context);
    }
    Some(message)
}

/// What became of a question; none while it can be answered.
fn closed(state: &State, id: &ApprovalId, context: &Context) -> Option<Text> {
    match &state.approval(id)?.standing {
        Standing::Open => None,
        Standing::Answered { by, choice, at } => {
            let answer = say!(
                context,
                "answer",
                by = Foreign::from(by),
                choice = context.words().choice(*choice),
                at = context.time(*at)
            );
            Some(say!(context, "notice-decided", answer = answer))
        }
        Standing::Expired { at } => {
            Some(say!(context, "notice-not-decided", at = context.time(*at)))
        }
        Standing::Withdrawn { .. } => Some(say!(context, "notice-withdrawn")),
    }
}
