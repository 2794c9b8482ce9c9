//! What is read off the events: they are the record, so each is counted once, where it is written.

use super::{Action, ActionOutcome, By, Choices, Meters, Outcome, Tiers, Verdicts};
use guard::action::Basis;
use guard::event::{Event, PauseReason};
use guard::finding::FindingKey;
use guard::ids::{ActionId, ApprovalId};
use guard::state::State;
use guard::verdict::Verdict;
use jiff::Timestamp;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;

pub(super) const ACTIONS: [&str; 3] = ["advance", "promote", "rollback"];
pub(super) const ACTION_OUTCOMES: [&str; 5] =
    ["requested", "executed", "failed", "stale", "stopped"];
pub(super) const DEPLOYMENTS: [&str; 5] =
    ["begun", "promoted", "rolled_back", "failed", "superseded"];

pub(super) fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Healthy => "healthy",
        Verdict::Degraded => "degraded",
        Verdict::Inconclusive => "inconclusive",
        Verdict::Unmeasured => "unmeasured",
    }
}

impl Meters {
    /// Counts what was just journalled; `state` is the fold with it.
    pub(crate) fn journalled(&self, events: &[Event], at: Timestamp, state: &State) {
        for event in events {
            self.story(event);
            self.action(event, at, state);
            self.approval(event, at, state);
            self.times(event, at, state);
        }
    }

    fn story(&self, event: &Event) {
        let deployment = |outcome| count(&self.deployments, outcome);
        let cure = |outcome| count(&self.cures, outcome);
        match event {
            Event::DeploymentRequested { .. } => deployment("begun"),
            Event::Promoted { .. } => deployment("promoted"),
            Event::RolledBack { .. } => deployment("rolled_back"),
            Event::Failed { .. } => deployment("failed"),
            Event::Superseded { .. } => deployment("superseded"),
            Event::CureConfirmed { .. } => cure("confirmed"),
            Event::CureFailed { .. } => cure("failed"),
            Event::FindingOpened { .. } => add_one(&self.findings),
            Event::MetricsLost { .. } => add_one(&self.metrics_lost),
            Event::VerdictChanged { verdict, .. } => {
                let verdict = word(*verdict);
                self.verdicts.get_or_create(&Verdicts { verdict }).inc();
            }
            Event::TierRaised { tier, .. } => {
                let tier = u8::from(*tier);
                self.decisions.get_or_create(&Tiers { tier }).inc();
            }
            _ => {}
        }
    }

    fn action(&self, event: &Event, at: Timestamp, state: &State) {
        let count = |id: &ActionId, outcome| {
            if let Some(record) = state.action(id) {
                let action = record.action.kind.as_str();
                let labels = ActionOutcome { action, outcome };
                self.actions.get_or_create(&labels).inc();
            }
        };
        match event {
            Event::ActionRequested { action } => count(&action.id, "requested"),
            Event::ActionFailed { action, .. } => count(action, "failed"),
            Event::ActionStale { action, .. } => count(action, "stale"),
            Event::ActionStopped { action } => count(action, "stopped"),
            Event::ActionExecuted { action } => {
                count(action, "executed");
                if let Some(record) = state.action(action) {
                    let kind = record.action.kind.as_str();
                    let took = seconds(record.requested_at, at);
                    let seconds = self.action_seconds.get_or_create(&Action { action: kind });
                    seconds.observe(took);
                }
            }
            _ => {}
        }
    }

    fn approval(&self, event: &Event, at: Timestamp, state: &State) {
        match event {
            Event::ApprovalAsked { .. } => add_one(&self.asked),
            Event::ApprovalExpired { .. } => add_one(&self.expired),
            Event::ApprovalWithdrawn { .. } => add_one(&self.withdrawn),
            Event::Refused { .. } => add_one(&self.refused),
            Event::ApprovalAnswered {
                approval, choice, ..
            } => {
                let choice = choice.as_str();
                self.answered.get_or_create(&Choices { choice }).inc();
                if let Some(asked_at) = asked_at(state, approval) {
                    self.decided("person", seconds(asked_at, at));
                }
            }
            _ => {}
        }
    }

    fn times(&self, event: &Event, at: Timestamp, state: &State) {
        match event {
            Event::FindingOpened { finding } => {
                self.detect.observe(seconds(finding.onset_at, at));
            }
            Event::Paused {
                reason: PauseReason::Findings { keys },
                ..
            } => self.decided_on(state, at, |key| keys.contains(key)),
            Event::ActionAuthorised {
                basis: Basis::Policy,
                ..
            } => self.decided_on(state, at, |_| true),
            Event::CureConfirmed { .. } => {
                let onset = state.findings().map(|record| record.finding.onset_at).min();
                if let Some(onset) = onset {
                    self.recover.observe(seconds(onset, at));
                }
            }
            _ => {}
        }
    }

    /// The policy decided because of findings: since the first of them was known.
    fn decided_on(&self, state: &State, at: Timestamp, because: impl Fn(&FindingKey) -> bool) {
        let known = state
            .open_findings()
            .filter(|record| because(&record.finding.key()))
            .map(|record| record.opened_at)
            .min();
        if let Some(known) = known {
            self.decided("policy", seconds(known, at));
        }
    }

    fn decided(&self, by: &'static str, seconds: f64) {
        self.decide.get_or_create(&By { by }).observe(seconds);
    }
}

fn add_one(counter: &Counter) {
    counter.inc();
}

fn count(family: &Family<Outcome, Counter>, outcome: &'static str) {
    family.get_or_create(&Outcome { outcome }).inc();
}

fn asked_at(state: &State, approval: &ApprovalId) -> Option<Timestamp> {
    state.approval(approval).map(|record| record.asked_at)
}

/// Never negative: an estimated onset may lie a moment ahead of the clock that writes.
fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64().max(0.0)
}
