//! What an event refers to by id, found again.

use guard::action::Action;
use guard::event::{Event, Recorded};
use guard::finding::{Finding, FindingKey};
use guard::fix::Fix;
use guard::ids::ActionId;
use guard::plan::Plan;
use guard::state::State;
use std::collections::BTreeMap;

/// The deployment's plan, actions and findings.
#[derive(Debug, Default)]
pub(crate) struct Known<'a> {
    plan: Option<&'a Plan>,
    actions: BTreeMap<&'a ActionId, &'a Action>,
    findings: BTreeMap<FindingKey, &'a Finding>,
    fixes: BTreeMap<&'a ActionId, &'a Fix>,
}

impl<'a> Known<'a> {
    pub(crate) fn of_state(state: &'a State) -> Self {
        Self {
            plan: Some(state.plan()),
            actions: state
                .actions()
                .map(|record| (&record.action.id, &record.action))
                .collect(),
            findings: state
                .findings()
                .map(|record| (record.finding.key(), &record.finding))
                .collect(),
            fixes: state
                .fixes()
                .map(|record| (&record.fix.id, &record.fix))
                .collect(),
        }
    }

    /// Learns from one more event of the stream.
    pub(crate) fn learn(&mut self, record: &'a Recorded) {
        match &record.event {
            Event::DeploymentRequested { plan, .. } | Event::TurnCame { plan } => {
                self.plan = Some(plan);
            }
            Event::ActionRequested { action, .. } => {
                self.actions.insert(&action.id, action);
            }
            Event::FixRequested { fix, .. } => {
                self.fixes.insert(&fix.id, fix);
            }
            Event::FindingOpened { finding, .. }
            | Event::FindingWorsened { finding, .. }
            | Event::FindingReattributed { finding } => {
                self.findings.insert(finding.key(), finding);
            }
            _ => {}
        }
    }

    pub(crate) fn plan(&self) -> Option<&'a Plan> {
        self.plan
    }

    pub(crate) fn action(&self, id: &ActionId) -> Option<&'a Action> {
        self.actions.get(id).copied()
    }

    pub(crate) fn fix(&self, id: &ActionId) -> Option<&'a Fix> {
        self.fixes.get(id).copied()
    }

    pub(crate) fn finding(&self, key: &FindingKey) -> Option<&'a Finding> {
        self.findings.get(key).copied()
    }
}
