//! What can be asked for by a press.

use super::short;
use crate::context::Context;
use crate::foreign::Foreign;
use crate::model::{Confirm, Offer};
use crate::say;
use guard::fix::{FixKind, SuggestionRecord};
use guard::state::State;

/// What is offered as the deployment stands: nothing where nobody may write code, or nothing of it is blamed. What clients of
/// models ask people for is offered, too.
#[must_use]
pub fn offers(state: &State, context: &Context) -> Vec<Offer> {
    let all = [FixKind::Revert, FixKind::Hotfix].into_iter();
    let offered = all.filter_map(|kind| Some((kind, state.offers(kind)?)));
    let mut offers: Vec<Offer> = offered
        .map(|(kind, accused)| offer(kind, &accused.id, &accused.title, state, context))
        .collect();
    for known in state.suggestions().filter(|one| one.is_open(context.now)) {
        let also = taking_up(known, state, context);
        if !offers.iter().any(|one| one.order() == also.order()) {
            offers.push(also);
        }
    }
    offers
}

/// The button that takes up what was suggested.
pub(super) fn taking_up(known: &SuggestionRecord, state: &State, context: &Context) -> Offer {
    let kind = known.suggestion.kind;
    offer(kind, &known.suspect, &known.title, state, context)
}

fn offer(kind: FixKind, suspect: &str, title: &str, state: &State, context: &Context) -> Offer {
    let label = match kind {
        FixKind::Revert => say!(context, "fix-offer-revert"),
        FixKind::Hotfix => say!(context, "fix-offer-hotfix"),
    };
    let (change, title) = (short(suspect), Foreign::new(title));
    let text = match kind {
        FixKind::Revert => say!(
            context,
            "fix-confirm-revert",
            change = change,
            title = title
        ),
        FixKind::Hotfix => say!(
            context,
            "fix-confirm-hotfix",
            change = change,
            title = title
        ),
    };
    Offer {
        deployment: state.plan().deployment.clone(),
        kind,
        suspect: suspect.to_owned(),
        confirm: Confirm {
            title: label.clone(),
            text,
            yes: label.clone(),
            no: say!(context, "confirm-no"),
        },
        label,
    }
}
