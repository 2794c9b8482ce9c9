//! One sentence for each event: the timeline shows it, replies and notices begin with it.

use crate::context::Context;
use crate::foreign::Foreign;
use crate::known::Known;
use crate::say;
use crate::text::Text;
use crate::words::refusal;
use crate::words::refusal::wanted_word;
use answers::{answered, broken};
use beginning::{baseline, failed, queued, requested, turn_came};
use ending::bake_ended;
use guard::duty::author_name;
use guard::event::Event;
use located::located;
use phrases::{
    acted, asked, begun, cured, judged, key_name, moved, named, new_version, paused, raised,
    verdict_changed, version,
};
use requested::asks_for;

mod actions;
mod alerts;
mod answers;
mod beginning;
mod ending;
mod located;
mod phrases;
mod requested;
mod severity;
mod shares;
mod sources;

pub(crate) use alerts::severity as alert_severity;
pub(crate) use phrases::{cured_values, names, with_reason};
pub use severity::{loudest, severity};

/// Authors that are named in one line.
const MOST_AUTHORS: usize = 5;

/// What happened, in one sentence.
pub(crate) fn happened(event: &Event, known: &Known<'_>, context: &Context) -> Text {
    let words = context.words();
    match event {
        Event::DeploymentRequested { plan, by, .. } => requested(plan, by, context),
        Event::Queued { behind } => queued(behind, context),
        Event::TurnCame { plan } => turn_came(plan, context),
        Event::BaselineCaptured {
            history_s, blind, ..
        } => baseline(*history_s, blind, context),
        Event::ActionRequested { action, .. } => {
            say!(
                words,
                "event-action-requested",
                action = words.action(Some(action.kind))
            )
        }
        Event::ActionAuthorised { action, basis, .. } => {
            begun(known.action(action), basis, context)
        }
        Event::InstanceChanged { .. } | Event::ActionFailed { .. } => {
            actions::about(event, known, context)
        }
        Event::ActionExecuted { action, .. } => {
            acted("event-action-executed", action, known, context)
        }
        Event::ActionStale { action, why, .. } => {
            say!(
                words,
                "event-action-stale",
                action = named(action, known, context),
                why = Foreign::from(why)
            )
        }
        Event::ActionStopped { action, .. } => {
            acted("event-action-stopped", action, known, context)
        }
        Event::StepFinished {
            step, bake_until, ..
        } => say!(
            words,
            "event-step-finished",
            step = step.saturating_add(1),
            until = context.time(*bake_until)
        ),
        Event::BakeExtended {
            whole: true,
            bake_until,
            ..
        } => say!(
            words,
            "event-final-bake-extended",
            version = new_version(known, context),
            until = context.time(*bake_until)
        ),
        Event::BakeExtended {
            step, bake_until, ..
        } => say!(
            words,
            "event-bake-extended",
            step = step.saturating_add(1),
            until = context.time(*bake_until)
        ),
        Event::FindingOpened { finding, .. } => moved("event-finding-opened", finding, context),
        Event::FindingWorsened { finding, .. } => moved("event-finding-worsened", finding, context),
        Event::FindingReattributed { finding } => {
            moved("event-finding-reattributed", finding, context)
        }
        Event::FindingEnded { key, .. } => say!(
            words,
            "event-finding-ended",
            finding = key_name(key, context)
        ),
        Event::VerdictChanged { verdict, needs } => verdict_changed(*verdict, needs, context),
        Event::TierRaised {
            tier,
            deserved,
            because,
            ..
        } => raised(*tier, *deserved, because, known, context),
        Event::Paused { reason, ask_at } => {
            let said = paused(reason, known, context);
            match ask_at {
                Some(at) => say!(
                    words,
                    "event-paused-asking-later",
                    said = said,
                    at = context.time(*at)
                ),
                None => said,
            }
        }
        Event::Resumed { by, reason, .. } => with_reason(
            say!(words, "event-resumed", by = Foreign::from(by)),
            reason,
            context,
        ),
        Event::ApprovalAsked { approval, .. } => asked(&approval.question, known, context),
        Event::ApprovalReminded { .. } => say!(words, "event-approval-reminded"),
        Event::ApprovalBacked {
            by,
            choice,
            more,
            reason,
            ..
        } => with_reason(
            say!(
                words,
                "event-backed",
                by = Foreign::from(by),
                choice = words.choice(*choice),
                more = *more
            ),
            reason,
            context,
        ),
        Event::GlassBroken {
            by,
            choice,
            instead,
            reason,
        } => broken(by, *choice, instead.as_ref(), reason, context),
        Event::ApprovalAnswered {
            by,
            choice,
            reason,
            with,
            ..
        } => answered(by, *choice, reason, with, context),
        Event::AuthorsKnown { authors } => {
            let mut names: Vec<&str> = Vec::new();
            for name in authors.iter().map(|author| author_name(author)) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            let shown = names.iter().take(MOST_AUTHORS);
            let shown = shown.map(|name| Text::foreign(*name));
            say!(
                words,
                "event-authors-known",
                count = names.len(),
                authors = words.listed(shown)
            )
        }
        Event::ApprovalExpired { .. } => say!(words, "event-approval-expired"),
        Event::ApprovalWithdrawn { .. } => say!(words, "event-approval-withdrawn"),
        Event::Refused {
            by,
            wanted,
            refusal: why,
            ..
        } => say!(
            words,
            "event-refused",
            by = Foreign::from(by),
            wanted = wanted_word(context, wanted),
            why = refusal(why, context)
        ),
        Event::Judged {
            by,
            judgement,
            note,
            since,
            ..
        } => with_reason(judged(by, *judgement, *since, context), note, context),
        Event::Promoted { bake_until, .. } => {
            say!(
                words,
                "event-promoted",
                version = new_version(known, context),
                until = context.time(*bake_until)
            )
        }
        Event::RolledBack { action, .. } => {
            say!(
                words,
                "event-rolled-back",
                version = version(known.action(action), context)
            )
        }
        Event::CureConfirmed { signals, .. } => cured(signals, context),
        Event::CureFailed { .. } => say!(words, "event-cure-failed"),
        Event::CureGivenUp { .. } => say!(words, "event-cure-given-up"),
        Event::Abandoned { by, reason } => with_reason(
            say!(
                words,
                "event-abandoned",
                version = new_version(known, context),
                by = Foreign::from(by)
            ),
            reason,
            context,
        ),
        Event::SignalsMeasured { signals } => {
            say!(words, "event-signals-measured", count = signals.len())
        }
        Event::ExcessLocated {
            signal, accounts, ..
        } => located(signal, accounts, context),
        Event::CauseNamed {
            by, culprit, note, ..
        } => with_reason(crate::cause::blamed(by, culprit, context), note, context),
        Event::RequestMade { request, .. } => asks_for(request, context),
        Event::RequestTakenBack { by, .. } => {
            say!(
                words,
                "event-request-taken-back",
                client = Foreign::from(by)
            )
        }
        Event::FixRequested { reason, .. } => {
            with_reason(crate::fix::about(event, known, context), reason, context)
        }
        Event::FixSuggested { .. } | Event::FixOpened { .. } | Event::FixFailed { .. } => {
            crate::fix::about(event, known, context)
        }
        Event::CauseRanked { cause } => crate::cause::headline(cause, context),
        Event::RootCauseReported { report, .. } => crate::root_cause::concluded(report, context),
        Event::RootCauseRated {
            by, useful, note, ..
        } => with_reason(
            crate::root_cause::rated(by, *useful, context),
            note,
            context,
        ),
        Event::QuestionAnswered { by, question, .. } => {
            crate::root_cause::asked(by, question, context)
        }
        Event::AnswerShared { by, .. } => say!(words, "ask-event-shared", by = Foreign::from(by)),
        Event::ShareMade { .. } | Event::ShareOpened { .. } | Event::ShareRevoked { .. } => {
            shares::about(event, context)
        }
        Event::AlertJoined { alert, relation } => alerts::joined(alert, *relation, context),
        Event::AlertOver { name, .. } => {
            say!(words, "event-alert-over", alert = Foreign::from(name))
        }
        Event::AlertStorm { alerts } => say!(words, "event-alert-storm", count = *alerts),
        Event::DeployReported {
            by,
            outcome,
            reason,
        } => alerts::reported(by, *outcome, reason, known, context),
        Event::MetricsLost { .. }
        | Event::MetricsBack { .. }
        | Event::MetricsIncomplete { .. }
        | Event::MetricsComplete { .. } => sources::about(event, context),
        Event::BakeEnded {
            known_good,
            verdict,
        } => bake_ended(*known_good, *verdict, known, context),
        Event::Failed { error, turn_lost } => failed(error, turn_lost.as_ref(), known, context),
        Event::Superseded { by, .. } => say!(words, "event-superseded", by = Foreign::from(by)),
    }
}
