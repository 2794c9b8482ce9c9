//! The parts of which a sentence about an event is made.

use crate::context::Context;
use crate::finding;
use crate::foreign::Foreign;
use crate::known::Known;
use crate::say;
use crate::text::Text;
use crate::words::{amount, duration};
use guard::action::{Action, Basis};
use guard::approval::Question;
use guard::event::PauseReason;
use guard::finding::{Cured, Finding, FindingKey, Need, Scope};
use guard::ids::ActionId;
use guard::judgement::Judgement;
use guard::verdict::{Tier, Verdict};
use jiff::Timestamp;

/// Names that one sentence lists at most.
const MOST_NAMES: usize = 5;

pub(super) fn begun(action: Option<&Action>, basis: &Basis, context: &Context) -> Text {
    let words = context.words();
    let name = words.action(action.map(|action| action.kind));
    let count = action.map_or(0, |action| action.instances.len());
    let goes = say!(
        words,
        "action-goes",
        action = name,
        version = version(action, context),
        count = count
    );
    match basis {
        Basis::Release { .. } => say!(words, "event-authorised-release", action = goes),
        Basis::Policy => say!(words, "event-authorised-policy", action = goes),
        Basis::Approval { who, .. } => say!(
            words,
            "event-authorised-approval",
            action = goes,
            who = Foreign::from(who)
        ),
        Basis::Command { who } => say!(
            words,
            "event-authorised-command",
            action = goes,
            who = Foreign::from(who)
        ),
    }
}

/// A verdict, with the signal of which the least is known where it could not be better.
pub(super) fn verdict_changed(verdict: Verdict, needs: &[Need], context: &Context) -> Text {
    let words = context.words();
    let said = say!(
        words,
        "event-verdict-changed",
        verdict = words.verdict(Some(verdict)),
        meaning = words.verdict_meaning(Some(verdict))
    );
    let never = |need: &&Need| need.seconds.is_none();
    let slowest = needs.iter().find(never).or_else(|| {
        let seconds = |need: &Need| need.seconds.unwrap_or_default();
        needs
            .iter()
            .max_by(|a, b| seconds(a).total_cmp(&seconds(b)))
    });
    let Some(need) = slowest.filter(|_| verdict == Verdict::Inconclusive) else {
        return said;
    };
    let signal = Foreign::from(&need.signal);
    match need.seconds {
        Some(seconds) => say!(
            words,
            "event-verdict-needs",
            said = said,
            signal = signal,
            duration = duration(words, seconds)
        ),
        None => say!(
            words,
            "event-verdict-not-in-sight",
            said = said,
            signal = signal
        ),
    }
}

/// A signal moved, or moved further.
pub(super) fn moved(key: &str, finding: &Finding, context: &Context) -> Text {
    say!(context, key, finding = finding::sentence(finding, context))
}

pub(super) fn raised(
    tier: Tier,
    deserved: Tier,
    because: &[FindingKey],
    known: &Known<'_>,
    context: &Context,
) -> Text {
    let words = context.words();
    let found = because
        .iter()
        .take(MOST_NAMES)
        .map(|key| match known.finding(key) {
            Some(finding) => finding::short(finding, context),
            None => key_name(key, context),
        });
    let found = if because.is_empty() {
        say!(words, "tier-because-alert")
    } else {
        and_more(words.clauses(found), because.len(), context)
    };
    let key = match tier {
        Tier::Quiet | Tier::Warn => "event-tier-warn",
        Tier::Pause => "event-tier-pause",
        Tier::RollBack => "event-tier-rollback",
    };
    let said = say!(words, key, found = found);
    match deserved {
        Tier::RollBack if tier < deserved => say!(words, "event-tier-would-roll-back", said = said),
        Tier::Pause if tier < deserved => say!(words, "event-tier-would-pause", said = said),
        _ => said,
    }
}

pub(super) fn paused(reason: &PauseReason, known: &Known<'_>, context: &Context) -> Text {
    let words = context.words();
    match reason {
        PauseReason::Findings { keys } if keys.is_empty() => say!(words, "event-paused-alert"),
        PauseReason::Findings { keys } => {
            let signals = names(
                keys.iter()
                    .take(MOST_NAMES)
                    .map(|key| key_name(key, context)),
                keys.len(),
                context,
            );
            say!(words, "event-paused-findings", signals = signals)
        }
        PauseReason::Unsure {
            verdict: Verdict::Unmeasured,
        } => say!(words, "event-paused-unmeasured"),
        PauseReason::Unsure { .. } => say!(words, "event-paused-inconclusive"),
        PauseReason::Person { by, reason } => with_reason(
            say!(words, "event-paused-person", by = Foreign::from(by)),
            reason,
            context,
        ),
        PauseReason::StepTrouble { action } => {
            say!(
                words,
                "event-paused-trouble",
                action = named(action, known, context)
            )
        }
    }
}

pub(super) fn asked(question: &Question, known: &Known<'_>, context: &Context) -> Text {
    let words = context.words();
    match question {
        Question::Degraded => say!(words, "event-asked-degraded"),
        Question::Unsure => say!(words, "event-asked-unsure"),
        Question::ActionStale { action } => {
            say!(
                words,
                "event-asked-action-stale",
                action = named(action, known, context)
            )
        }
        Question::ActionFailed { action } => {
            say!(
                words,
                "event-asked-action-failed",
                action = named(action, known, context)
            )
        }
        Question::Agree { choice } => {
            say!(words, "event-asked-agree", choice = words.choice(*choice))
        }
        Question::Requested { request } => super::requested::asks_for(request, context),
    }
}

/// `errors 0.2 %, latency 120 ms`: what is measured after the cure.
pub(crate) fn cured_values(signals: &[Cured], context: &Context) -> Text {
    let words = context.words();
    let each = signals.iter().take(MOST_NAMES).map(|cured| {
        say!(
            words,
            "signal-at",
            signal = Foreign::from(&cured.signal),
            current = amount(words, cured.current, &cured.unit)
        )
    });
    names(each, signals.len(), context)
}

pub(super) fn cured(signals: &[Cured], context: &Context) -> Text {
    let words = context.words();
    if signals.is_empty() {
        say!(words, "event-cure-confirmed-bare")
    } else {
        say!(
            words,
            "event-cure-confirmed",
            values = cured_values(signals, context)
        )
    }
}

/// A few names and how many more there are.
pub(crate) fn names(first: impl Iterator<Item = Text>, total: usize, context: &Context) -> Text {
    let listed = context.words().listed(first.take(MOST_NAMES));
    and_more(listed, total, context)
}

fn and_more(listed: Text, total: usize, context: &Context) -> Text {
    let left_out = total.saturating_sub(MOST_NAMES);
    if left_out == 0 {
        listed
    } else {
        say!(
            context,
            "listed-and-more",
            listed = listed,
            count = left_out
        )
    }
}

pub(super) fn key_name(key: &FindingKey, context: &Context) -> Text {
    match &key.scope {
        Scope::Group => Text::foreign(&key.signal),
        Scope::Instance(instance) => say!(
            context,
            "signal-on-instance",
            signal = Foreign::from(&key.signal),
            instance = Foreign::from(instance)
        ),
    }
}

pub(super) fn acted(key: &str, action: &ActionId, known: &Known<'_>, context: &Context) -> Text {
    say!(context, key, action = named(action, known, context))
}

pub(super) fn named(action: &ActionId, known: &Known<'_>, context: &Context) -> Text {
    context
        .words()
        .action(known.action(action).map(|action| action.kind))
}

pub(super) fn version(action: Option<&Action>, context: &Context) -> Text {
    match action {
        Some(action) => Text::foreign(&action.version),
        None => say!(context, "version-unknown"),
    }
}

pub(super) fn new_version(known: &Known<'_>, context: &Context) -> Text {
    match known.plan() {
        Some(plan) => Text::foreign(&plan.to),
        None => say!(context, "version-unknown"),
    }
}

pub(crate) fn with_reason(said: Text, reason: &Option<String>, context: &Context) -> Text {
    match reason.as_deref().map(str::trim) {
        Some(reason) if !reason.is_empty() => say!(
            context,
            "reason-given",
            said = said,
            reason = Foreign::from(reason)
        ),
        _ => said,
    }
}

pub(super) fn judged(
    by: &str,
    judgement: Judgement,
    since: Option<Timestamp>,
    context: &Context,
) -> Text {
    let words = context.words();
    let (by, judgement) = (Foreign::from(by), words.judgement(Some(judgement)));
    match since {
        Some(since) => say!(
            words,
            "event-judged-since",
            by = by,
            judgement = judgement,
            since = context.time(since)
        ),
        None => say!(words, "event-judged", by = by, judgement = judgement),
    }
}
