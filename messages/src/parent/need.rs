//! What is needed from people, and until when.

use crate::context::Context;
use crate::foreign::Foreign;
use crate::model::Fact;
use crate::say;
use crate::text::Text;
use guard::approval::{Choice, Question, Standing};
use guard::event::PauseReason;
use guard::state::{Cure, State, Status};

/// The one fact that says it, if anything is needed.
pub(crate) fn facts(state: &State, context: &Context) -> Vec<Fact> {
    need(state, context)
        .map(|value| Fact {
            label: say!(context, "fact-need"),
            value,
        })
        .into_iter()
        .chain(backed(state, context))
        .collect()
}

/// Who is for what already, where that is not enough.
fn backed(state: &State, context: &Context) -> Option<Fact> {
    let open = state.open_approval()?;
    let words = context.words();
    let each = open.backings.iter().map(|one| {
        say!(
            context,
            "backed-by",
            by = Foreign::from(&one.by),
            choice = words.choice(one.choice)
        )
    });
    let value = words.listed(each);
    (!value.is_empty()).then(|| Fact {
        label: say!(context, "fact-backed"),
        value,
    })
}

fn need(state: &State, context: &Context) -> Option<Text> {
    if let Some(open) = state.open_approval() {
        let until = context.time(open.approval.expires_at);
        return Some(match (&open.approval.question, state.status()) {
            (Question::ActionFailed { .. } | Question::ActionStale { .. }, _) => {
                say!(context, "need-decision-trouble", until = until)
            }
            (_, Status::Promoted) => say!(context, "need-decision-promoted", until = until),
            (Question::Agree { choice }, Status::Progressing) => say!(
                context,
                "need-agreement",
                choice = context.words().choice(*choice),
                until = until
            ),
            (Question::Requested { request }, _) => say!(
                context,
                "need-requested",
                client = Foreign::from(&request.client),
                choice = context.words().choice(request.choice),
                until = until
            ),
            _ => say!(context, "need-decision", until = until),
        });
    }
    if matches!(state.cure(), Cure::Failed { .. }) {
        return Some(say!(context, "need-look"));
    }
    if matches!(state.cure(), Cure::Confirmed { .. }) {
        let to = Foreign::from(&state.plan().to);
        return Some(say!(context, "need-nothing-cured", version = to));
    }
    if state.status() != Status::Paused || state.rolling_back() {
        return None;
    }
    let newest = state.approvals().max_by_key(|record| record.asked_at);
    match (newest.map(|record| &record.standing), state.paused()) {
        (Some(Standing::Expired { at }), _) => {
            Some(say!(context, "need-expired", at = context.time(*at)))
        }
        (
            Some(Standing::Answered {
                by,
                choice: Choice::Hold,
                ..
            }),
            _,
        ) => Some(say!(context, "need-held", by = Foreign::from(by))),
        (_, Some(PauseReason::Person { by, .. })) => {
            Some(say!(context, "need-paused-by", by = Foreign::from(by)))
        }
        // A finding may grow for a moment before people are asked.
        (None, Some(PauseReason::Findings { .. })) => Some(say!(context, "need-looking")),
        _ => Some(say!(context, "need-command")),
    }
}
