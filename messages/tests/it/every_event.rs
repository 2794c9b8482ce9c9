//! Each kind of event, with the same foreign text in every field that takes one.

use crate::event_parts::{
    action, action_id, alert, approval, approval_id, behind, cause, finding, fix, opened, paused,
    request, root_cause, suggestion,
};
use crate::measured::measured;
use crate::story::{errors, latency, mei, need, plan, start};
use guard::action::{ActionKind, Basis};
use guard::alert::{AlertSeverity, Relation};
use guard::approval::{Choice, Question, Refusal};
use guard::culprit::Culprit;
use guard::event::{Event, PauseReason, Reported};
use guard::excess::Contribution;
use guard::finding::{Cured, Finding, Need};
use guard::fix::{FixTrouble, How};
use guard::ids::{ActionId, ApprovalId, DeploymentId, InstanceId, ShareId, SignalKey};
use guard::judgement::Judgement;
use guard::policy::Autonomy;
use guard::queue::{Ending, TurnLost};
use guard::suspects;
use guard::verdict::{Attribution, Tier, Verdict};

/// All kinds, and all variants that are told differently. They fold in this order, though the domain
/// would never decide so.
pub(crate) fn every_event(text: &str) -> Vec<Event> {
    let text = || text.to_owned();
    let key = errors().key();
    let mut events = vec![
        Event::DeploymentRequested {
            plan: plan(Autonomy::Pause),
            by: mei(),
        },
        Event::Queued { behind: behind() },
        Event::TurnCame {
            plan: plan(Autonomy::Pause),
        },
        Event::BaselineCaptured {
            history_s: 0.0,
            blind: vec![(SignalKey::new("cpu").unwrap(), text())],
        },
        Event::ActionRequested {
            action: action(ActionKind::RollBack),
        },
        Event::ActionRequested {
            action: action(ActionKind::Promote),
        },
        Event::ActionRequested {
            action: action(ActionKind::Advance { step: 0 }),
        },
    ];
    let bases = [
        Basis::Policy,
        Basis::Approval {
            approval: approval_id(),
            who: text(),
        },
        Basis::Command { who: text() },
        Basis::Release { who: text() },
    ];
    events.extend(bases.map(|basis| Event::ActionAuthorised {
        action: action_id(),
        basis,
    }));
    events.extend([
        Event::InstanceChanged {
            action: action_id(),
            instance: InstanceId::new("shop-1").unwrap(),
        },
        Event::ActionExecuted {
            action: action_id(),
        },
        Event::ActionFailed {
            action: action_id(),
            instance: None,
            error: text(),
            restored: false,
        },
        Event::ActionFailed {
            action: action_id(),
            instance: Some(InstanceId::new("shop-1").unwrap()),
            error: text(),
            restored: true,
        },
        Event::ActionStale {
            action: action_id(),
            why: text(),
        },
        Event::ActionStopped {
            action: action_id(),
        },
        Event::StepFinished {
            step: 0,
            bake_until: start(),
        },
        Event::BakeExtended {
            step: 1,
            bake_until: start(),
            whole: true,
        },
        Event::BakeExtended {
            step: 0,
            bake_until: start(),
            whole: false,
        },
        Event::FindingOpened {
            finding: finding(&text()),
        },
        Event::FindingOpened { finding: latency() },
        Event::FindingWorsened {
            finding: finding(&text()),
        },
        Event::FindingReattributed {
            finding: Finding {
                attribution: Attribution::Load,
                ..finding(&text())
            },
        },
        Event::FindingEnded {
            key: latency().key(),
        },
    ]);
    for verdict in [
        Verdict::Healthy,
        Verdict::Degraded,
        Verdict::Unmeasured,
        Verdict::Inconclusive,
    ] {
        let needs = vec![
            Need {
                unit: text(),
                ..need()
            },
            Need {
                smallest_visible: None,
                seconds: None,
                ..need()
            },
        ];
        events.push(Event::VerdictChanged { verdict, needs });
    }
    for (tier, deserved) in [
        (Tier::Warn, Tier::Warn),
        (Tier::Warn, Tier::Pause),
        (Tier::Pause, Tier::RollBack),
        (Tier::Pause, Tier::Pause),
        (Tier::RollBack, Tier::RollBack),
    ] {
        events.push(Event::TierRaised {
            tier,
            deserved,
            because: vec![key.clone(), latency().key()],
        });
    }
    events.extend([
        paused(PauseReason::Findings {
            keys: vec![key.clone(), latency().key()],
        }),
        Event::Paused {
            reason: PauseReason::Findings {
                keys: vec![key.clone()],
            },
            ask_at: Some(start()),
        },
        paused(PauseReason::Unsure {
            verdict: Verdict::Inconclusive,
        }),
        paused(PauseReason::Unsure {
            verdict: Verdict::Unmeasured,
        }),
        paused(PauseReason::Person {
            by: text(),
            reason: Some(text()),
        }),
        paused(PauseReason::StepTrouble {
            action: action_id(),
        }),
        Event::Resumed {
            by: text(),
            reason: Some(text()),
            accepted: vec![key],
        },
        Event::ApprovalAsked {
            approval: approval(Question::Degraded),
        },
        Event::ApprovalAsked {
            approval: approval(Question::Unsure),
        },
        Event::ApprovalAsked {
            approval: approval(Question::ActionStale {
                action: action_id(),
            }),
        },
        Event::ApprovalAsked {
            approval: approval(Question::ActionFailed {
                action: action_id(),
            }),
        },
        Event::ApprovalReminded {
            approval: approval_id(),
        },
    ]);
    for choice in [
        Choice::Rollback,
        Choice::Resume,
        Choice::Hold,
        Choice::Promote,
        Choice::Abandon,
    ] {
        events.push(Event::ApprovalAnswered {
            approval: approval_id(),
            by: text(),
            choice,
            reason: Some(text()),
            with: vec![text()],
        });
    }
    events.extend([
        Event::ApprovalBacked {
            approval: approval_id(),
            by: text(),
            choice: Choice::Resume,
            author: true,
            more: 1,
            reason: Some(text()),
        },
        Event::GlassBroken {
            by: text(),
            choice: Choice::Resume,
            instead: Some(Refusal::NotOnCall {
                who: text(),
                choice: Choice::Resume,
                at_duty: Vec::new(),
            }),
            reason: text(),
        },
        Event::GlassBroken {
            by: text(),
            choice: Choice::Promote,
            instead: None,
            reason: text(),
        },
        Event::AuthorsKnown {
            authors: vec![text(), text()],
        },
        Event::ApprovalExpired {
            approval: approval_id(),
        },
        Event::ApprovalWithdrawn {
            approval: approval_id(),
        },
        Event::Refused {
            by: text(),
            wanted: text(),
            approval: None,
            refusal: Refusal::WrongState {
                wanted: text(),
                status: text(),
            },
        },
        Event::MetricsLost {
            source: text(),
            error: text(),
        },
        Event::MetricsBack { source: text() },
        Event::MetricsIncomplete {
            source: text(),
            warning: text(),
        },
        Event::MetricsComplete { source: text() },
        Event::MetricsLost {
            source: text(),
            error: text(),
        },
        Event::Promoted {
            bake_until: start(),
        },
        Event::BakeEnded {
            verdict: Verdict::Healthy,
            known_good: true,
        },
        Event::BakeEnded {
            verdict: Verdict::Inconclusive,
            known_good: false,
        },
        Event::RolledBack {
            action: action_id(),
            cure_until: start(),
        },
        Event::CureFailed {
            action: action_id(),
            watch_until: Some(start()),
        },
        Event::CureGivenUp {
            action: action_id(),
        },
        Event::CureConfirmed {
            action: action_id(),
            signals: vec![Cured {
                signal: SignalKey::new("errors").unwrap(),
                current: 0.002,
                effect: 0.0,
                interval: (-0.001, 0.001),
                unit: text(),
                evidence: None,
            }],
        },
        Event::Judged {
            by: text(),
            judgement: Judgement::FalseAlarm,
            raised: Tier::Pause,
            note: Some(text()),
            since: None,
        },
        Event::Judged {
            by: text(),
            judgement: Judgement::Missed,
            raised: Tier::Quiet,
            note: None,
            since: Some(start()),
        },
        Event::SignalsMeasured {
            signals: vec![measured("errors")],
        },
        Event::ExcessLocated {
            signal: SignalKey::new("errors").unwrap(),
            accounts: vec![Contribution {
                label: text(),
                value: text(),
                excess: 97.0,
                share: 0.95,
                of_events: 0.2,
                after: 0.49,
                before: 0.005,
            }],
            evidence: None,
        },
        Event::ExcessLocated {
            signal: SignalKey::new("errors").unwrap(),
            accounts: Vec::new(),
            evidence: None,
        },
        Event::AlertJoined {
            alert: alert(&text(), AlertSeverity::Critical),
            relation: Relation::Own,
        },
        Event::AlertJoined {
            alert: alert(&text(), AlertSeverity::Warning),
            relation: Relation::Calls,
        },
        Event::AlertJoined {
            alert: alert(&text(), AlertSeverity::Unknown),
            relation: Relation::CalledBy,
        },
        Event::AlertOver {
            key: alert(&text(), AlertSeverity::Info).key,
            name: text(),
        },
        Event::AlertStorm { alerts: 11 },
        Event::DeployReported {
            by: text(),
            outcome: Reported::Succeeded,
            reason: None,
        },
        Event::DeployReported {
            by: text(),
            outcome: Reported::Failed,
            reason: Some(text()),
        },
        Event::TierRaised {
            tier: Tier::Pause,
            deserved: Tier::Pause,
            because: Vec::new(),
        },
        Event::Paused {
            reason: PauseReason::Findings { keys: Vec::new() },
            ask_at: None,
        },
        Event::CauseRanked {
            cause: Box::new(cause(&text())),
        },
        Event::RequestMade {
            request: request(&text()),
            approval: ApprovalId::new("apr_1").unwrap(),
        },
        Event::FixSuggested {
            suggestion: suggestion(&text()),
            suspect: "6dcb09b5b57875f334f61aebed695e2e4193db5e".to_owned(),
            title: text(),
            until: start() + jiff::SignedDuration::from_hours(1),
        },
        Event::FixRequested {
            fix: fix(&text()),
            by: text(),
            reason: Some(text()),
        },
        opened(How::Reverted {
            files: 2,
            merged: 0,
        }),
        opened(How::Reverted {
            files: 2,
            merged: 1,
        }),
        opened(How::Pinned {
            file: text(),
            key: text(),
            was: text(),
            becomes: text(),
            instead: None,
        }),
        opened(How::Mended {
            files: 1,
            added: 2,
            removed: 1,
            checked: None,
            why: text(),
            printed: text(),
        }),
        Event::FixFailed {
            fix: action_id(),
            trouble: FixTrouble::Conflict {
                paths: vec![text(), text()],
            },
        },
        Event::RequestTakenBack {
            request: ActionId::new("req_1").unwrap(),
            by: text(),
        },
        Event::CauseNamed {
            by: text(),
            culprit: Culprit::Change { id: text() },
            place: Some(2),
            said: Some(suspects::Verdict::Change),
            note: Some(text()),
        },
        Event::RootCauseReported {
            of: 12,
            report: Box::new(root_cause(&text())),
        },
        Event::RootCauseRated {
            by: text(),
            useful: true,
            by_model: true,
            note: Some(text()),
        },
        Event::RootCauseRated {
            by: text(),
            useful: false,
            by_model: false,
            note: None,
        },
        Event::QuestionAnswered {
            by: text(),
            number: 1,
            question: text(),
            answer: Box::new(root_cause(&text())),
        },
        Event::AnswerShared {
            by: text(),
            number: 1,
        },
        Event::ShareMade {
            share: ShareId::new("share_1").unwrap(),
            by: text(),
            until: start(),
        },
        Event::ShareOpened {
            share: ShareId::new("share_1").unwrap(),
        },
        Event::ShareRevoked {
            share: ShareId::new("share_1").unwrap(),
            by: text(),
        },
        Event::CauseNamed {
            by: text(),
            culprit: Culprit::NotThisDeployment,
            place: None,
            said: None,
            note: None,
        },
        Event::Superseded {
            by: DeploymentId::new("dep_2").unwrap(),
        },
        Event::Failed {
            error: text(),
            turn_lost: None,
        },
        Event::Failed {
            error: text(),
            turn_lost: Some(TurnLost {
                before: behind(),
                ending: Ending::RolledBack,
            }),
        },
        Event::Abandoned {
            by: text(),
            reason: Some(text()),
        },
    ]);
    events
}
