//! What can be asked for by a press.

use super::short;
use crate::context::Context;
use crate::foreign::Foreign;
use crate::model::{Confirm, Offer};
use crate::say;
use guard::cause::Accused;
use guard::fix::FixKind;
use guard::state::State;

/// What is offered as the deployment stands; nothing where nobody may write code, or nothing of it is blamed.
#[must_use]
pub fn offers(state: &State, context: &Context) -> Vec<Offer> {
    let all = [FixKind::Revert, FixKind::Hotfix].into_iter();
    let offered = all.filter_map(|kind| Some((kind, state.offers(kind)?)));
    offered
        .map(|(kind, accused)| offer(kind, accused, state, context))
        .collect()
}

fn offer(kind: FixKind, accused: &Accused, state: &State, context: &Context) -> Offer {
    let label = match kind {
        FixKind::Revert => say!(context, "fix-offer-revert"),
        FixKind::Hotfix => say!(context, "fix-offer-hotfix"),
    };
    let (change, title) = (short(&accused.id), Foreign::new(&accused.title));
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
        suspect: accused.id.clone(),
        confirm: Confirm {
            title: label.clone(),
            text,
            yes: label.clone(),
            no: say!(context, "confirm-no"),
        },
        label,
    }
}
