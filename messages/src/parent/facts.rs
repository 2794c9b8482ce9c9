//! Label and value: version, what was found, what was done, what is needed.

use super::need;
use super::progress::{counts, touched};
use super::situation::headline_finding;
use crate::context::Context;
use crate::finding;
use crate::foreign::Foreign;
use crate::happened::cured_values;
use crate::model::Fact;
use crate::queue;
use crate::say;
use crate::text::Text;
use guard::action::{Basis, Progress};
use guard::approval::Standing;
use guard::policy::Autonomy;
use guard::situation::Situation;
use guard::state::{Cure, State};
use guard::timer::after;

/// Findings that the facts name; the table has the rest.
const MOST_FINDINGS: usize = 3;

pub(super) fn facts(state: &State, situation: Situation, context: &Context) -> Vec<Fact> {
    let mut facts = vec![fact(context, "fact-version", version(state, context))];
    facts.extend(found(state, situation, context).map(|value| fact(context, "fact-found", value)));
    facts.extend(
        trouble(state, situation, context).map(|value| fact(context, "fact-trouble", value)),
    );
    facts.extend(did(state, situation, context).map(|value| fact(context, "fact-did", value)));
    facts.extend(answer(state, context).map(|value| fact(context, "fact-answer", value)));
    facts.extend(need::facts(state, context));
    facts.extend(verdict(state, context).map(|value| fact(context, "fact-verdict", value)));
    facts.extend(cure(state, context).map(|value| fact(context, "fact-cure", value)));
    facts.extend(metrics(state, context).map(|value| fact(context, "fact-metrics", value)));
    facts
}

fn fact(context: &Context, label: &'static str, value: Text) -> Fact {
    Fact {
        label: context.words().text(label, Vec::new()),
        value,
    }
}

fn version(state: &State, context: &Context) -> Text {
    let plan = state.plan();
    let to = Text::foreign(&plan.to);
    match &plan.from {
        Some(from) => say!(context, "from-to", from = Foreign::from(from), to = to),
        None => say!(context, "version-first", to = to),
    }
}

fn found(state: &State, situation: Situation, context: &Context) -> Option<Text> {
    // A headline that tells the good end leaves out what it was about.
    let told = matches!(situation, Situation::Cured | Situation::CureAwaited);
    if !told {
        headline_finding(situation, state)?;
    }
    let pressing = finding::pressing(state);
    let shown = pressing
        .iter()
        .take(MOST_FINDINGS)
        .map(|record| finding::short(&record.finding, context));
    if pressing.is_empty() {
        return None;
    }
    let listed = context.words().clauses(shown);
    let left_out = pressing.len().saturating_sub(MOST_FINDINGS);
    Some(if left_out == 0 {
        listed
    } else {
        say!(
            context,
            "listed-and-more",
            listed = listed,
            count = left_out
        )
    })
}

/// The error of the action that failed last, while it matters; or why the deployment failed.
fn trouble(state: &State, situation: Situation, context: &Context) -> Option<Text> {
    if let Some(lost) = state.turn_lost() {
        return Some(queue::turn_lost(lost, context));
    }
    if let Some(error) = state.failure() {
        return Some(say!(context, "quoted", text = Foreign::from(error)));
    }
    let wanted = matches!(
        situation,
        Situation::StepFailed
            | Situation::StepStale
            | Situation::RollbackFailed
            | Situation::RollbackStale
    );
    if !wanted {
        return None;
    }
    let last = state
        .actions()
        .filter(|record| matches!(record.progress, Progress::Failed(_) | Progress::Stale(_)))
        .max_by_key(|record| record.requested_at)?;
    let (Progress::Failed(why) | Progress::Stale(why)) = &last.progress else {
        return None;
    };
    let action = context.words().action(Some(last.action.kind));
    Some(say!(
        context,
        "trouble",
        action = action,
        why = Foreign::from(why)
    ))
}

fn did(state: &State, situation: Situation, context: &Context) -> Option<Text> {
    let (new, total) = counts(state);
    let to = Foreign::from(&state.plan().to);
    match situation {
        Situation::Paused
        | Situation::PausedInconclusive
        | Situation::PausedUnmeasured
        | Situation::PausedByPerson
        | Situation::StepFailed
        | Situation::StepStale => Some(say!(
            context,
            "did-held",
            version = to,
            new = new,
            total = total
        )),
        Situation::RollingBack => rolling_back(state, context),
        Situation::CureAwaited | Situation::Cured | Situation::NotCured => {
            let from = state.plan().from.as_ref().map(Foreign::from)?;
            Some(say!(
                context,
                "did-rolled-back",
                version = from,
                count = touched(state)
            ))
        }
        Situation::Warned if state.plan().policy.autonomy == Autonomy::Observe => {
            Some(say!(context, "did-observed"))
        }
        Situation::Warned => Some(say!(context, "did-warned")),
        Situation::PromotedHurting => Some(say!(context, "did-asked")),
        Situation::Queued => Some(say!(context, "did-queued")),
        Situation::NotBegun => Some(say!(context, "did-not-begin")),
        Situation::Failed => Some(say!(context, "did-kept-old")),
        Situation::Abandoned => Some(say!(
            context,
            "did-abandoned",
            who = Foreign::from(state.abandoned_by()?),
            version = to,
            new = new,
            total = total
        )),
        _ => None,
    }
}

fn rolling_back(state: &State, context: &Context) -> Option<Text> {
    let record = state.running_action()?;
    let Progress::Authorised(basis) = &record.progress else {
        return None;
    };
    let count = record.action.instances.len();
    let done = record.done.len();
    Some(match basis {
        Basis::Policy | Basis::Release { .. } => say!(
            context,
            "did-rolling-back-policy",
            done = done,
            count = count
        ),
        Basis::Approval { who, .. } | Basis::Command { who } => {
            say!(
                context,
                "did-rolling-back-person",
                who = Foreign::from(who),
                done = done,
                count = count
            )
        }
    })
}

fn answer(state: &State, context: &Context) -> Option<Text> {
    let newest = state.approvals().max_by_key(|record| record.asked_at)?;
    let Standing::Answered { by, choice, at } = &newest.standing else {
        return None;
    };
    Some(say!(
        context,
        "answer",
        by = Foreign::from(by),
        choice = context.words().choice(*choice),
        at = context.time(*at)
    ))
}

fn verdict(state: &State, context: &Context) -> Option<Text> {
    let verdict = state.verdict().filter(|_| !state.ended())?;
    let words = context.words();
    Some(say!(
        context,
        "verdict-with-meaning",
        verdict = words.verdict(Some(verdict)),
        meaning = words.verdict_meaning(Some(verdict))
    ))
}

fn cure(state: &State, context: &Context) -> Option<Text> {
    match state.cure() {
        Cure::NotNeeded => None,
        Cure::Awaited { since, .. } => {
            let until = after(*since, state.plan().policy.cure_expiry_s);
            Some(say!(context, "cure-awaited", until = context.time(until)))
        }
        Cure::Confirmed { at, signals } if signals.is_empty() => {
            Some(say!(context, "cure-confirmed-bare", at = context.time(*at)))
        }
        Cure::Confirmed { at, signals } => Some(say!(
            context,
            "cure-confirmed",
            values = cured_values(signals, context),
            at = context.time(*at)
        )),
        Cure::Failed { at, .. } => Some(say!(context, "cure-failed", at = context.time(*at))),
    }
}

fn metrics(state: &State, context: &Context) -> Option<Text> {
    if state.watch_over() {
        return None;
    }
    if let (None, Some((source, warning))) = (state.metrics_lost(), state.metrics_incomplete()) {
        return Some(say!(
            context,
            "metrics-incomplete",
            source = Foreign::from(source),
            warning = Foreign::from(warning)
        ));
    }
    let (source, error) = state.metrics_lost()?;
    Some(say!(
        context,
        "metrics-lost",
        source = Foreign::from(source),
        error = Foreign::from(error)
    ))
}
