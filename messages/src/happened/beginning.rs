//! How a deployment begins: what was asked for, what it waits for, and what was known of the time before; or why it
//! never does.

use super::phrases::{names, new_version};
use crate::context::Context;
use crate::foreign::Foreign;
use crate::known::Known;
use crate::queue;
use crate::say;
use crate::text::Text;
use crate::words::duration;
use guard::actor::Actor;
use guard::ids::SignalKey;
use guard::plan::Plan;
use guard::queue::{Behind, TurnLost};

pub(super) fn requested(plan: &Plan, by: &Actor, context: &Context) -> Text {
    let words = context.words();
    let who = Foreign::from(by.name());
    let service = Foreign::from(&plan.service);
    let environment = Foreign::from(&plan.environment);
    let to = Foreign::from(&plan.to);
    let count = plan.instances().count();
    match &plan.from {
        Some(from) => say!(
            words,
            "event-deployment-requested",
            by = who,
            service = service,
            environment = environment,
            from = Foreign::from(from),
            to = to,
            count = count
        ),
        None => say!(
            words,
            "event-deployment-requested-first",
            by = who,
            service = service,
            environment = environment,
            to = to,
            count = count
        ),
    }
}

pub(super) fn queued(behind: &Behind, context: &Context) -> Text {
    say!(
        context,
        "event-queued",
        behind = Foreign::from(&behind.deployment),
        version = Foreign::from(&behind.version)
    )
}

pub(super) fn failed(
    error: &str,
    turn_lost: Option<&TurnLost>,
    known: &Known<'_>,
    context: &Context,
) -> Text {
    let version = new_version(known, context);
    match turn_lost {
        Some(lost) => say!(
            context,
            "event-not-begun",
            version = version,
            why = queue::turn_lost(lost, context)
        ),
        None => say!(
            context,
            "event-failed",
            version = version,
            error = Foreign::new(error)
        ),
    }
}

pub(super) fn turn_came(plan: &Plan, context: &Context) -> Text {
    match &plan.from {
        Some(from) => say!(
            context,
            "event-turn-came",
            from = Foreign::from(from),
            to = Foreign::from(&plan.to)
        ),
        None => say!(
            context,
            "event-turn-came-first",
            to = Foreign::from(&plan.to)
        ),
    }
}

pub(super) fn baseline(history_s: f64, blind: &[(SignalKey, String)], context: &Context) -> Text {
    let words = context.words();
    let said = if history_s > 0.0 {
        say!(
            words,
            "event-baseline-captured",
            history = duration(words, history_s)
        )
    } else {
        say!(words, "event-baseline-none")
    };
    if blind.is_empty() {
        return said;
    }
    let signals = names(
        blind.iter().map(|(signal, _)| Text::foreign(signal)),
        blind.len(),
        context,
    );
    say!(
        words,
        "event-baseline-blind",
        said = said,
        signals = signals
    )
}
