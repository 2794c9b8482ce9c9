//! Which deployment an alert belongs to.

use crate::engine::Engine;
use crate::error::EngineError;
use crate::ledger;
use crate::services::Service;
use crate::told::CameTo;
use guard::alert::{Alert, AlertStatus, Candidate, belongs};
use guard::event::Event;
use guard::ids::DeploymentId;
use guard::input::Happened;
use guard::state::State;
use std::collections::BTreeSet;

/// Deployments of one lane that are looked at: the newest ones.
const NEWEST: usize = 3;

impl Engine {
    pub(crate) async fn hear_of_alert(
        &self,
        alert: Alert,
        status: AlertStatus,
    ) -> Result<CameTo, EngineError> {
        let around = self.around(&alert);
        let states = self.perhaps_concerned(&around).await?;
        let candidates: Vec<Candidate> = states
            .iter()
            .map(|state| self.candidate(state, &alert))
            .collect();
        let Some((id, relation)) = belongs(&alert, &candidates) else {
            return Ok(unattached(&alert, &states));
        };
        let id = id.clone();
        let said = Happened::Alerted {
            alert: Box::new(alert),
            relation,
            status,
        };
        let events = self.apply(&id, said).await?;
        let joined = events
            .iter()
            .any(|event| matches!(event, Event::AlertJoined { .. }));
        let what = match (joined, events.is_empty()) {
            (true, _) => "joined",
            (false, false) => "noted",
            (false, true) => "known",
        };
        Ok(CameTo::of(what, &id))
    }

    /// The services that an alert names, and those around them.
    fn around(&self, alert: &Alert) -> Vec<Service> {
        let here = |service: &Service| {
            let environment = alert.environment.as_ref();
            environment.is_none_or(|environment| service.environment == *environment)
        };
        let near = |service: &Service| {
            let mut neighbours = service.neighbours.iter();
            service.name == alert.service || neighbours.any(|(other, _)| *other == alert.service)
        };
        let services = self.services().into_iter();
        services
            .filter(|service| here(service) && near(service))
            .collect()
    }

    /// The deployments of these services that are not over, and the last that are.
    async fn perhaps_concerned(&self, services: &[Service]) -> Result<Vec<State>, EngineError> {
        let of_one = |state: &State| {
            let plan = state.plan();
            let mut services = services.iter();
            services
                .any(|known| known.name == plan.service && known.environment == plan.environment)
        };
        let mut states = self.watched().await?;
        states.retain(|state| !state.is_queued() && of_one(state));
        let known: BTreeSet<DeploymentId> = states
            .iter()
            .map(|state| state.plan().deployment.clone())
            .collect();
        for service in services {
            let newest =
                ledger::deployments_of(&self.reader, &service.name, &service.environment).await?;
            for (id, _) in newest.into_iter().take(NEWEST) {
                if known.contains(&id) {
                    continue;
                }
                match ledger::state(&self.reader, &id).await {
                    Ok(state) => states.extend(state),
                    Err(error) if error.is_damage() => self.note_unreadable(&id, &error),
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(states)
    }

    fn candidate(&self, state: &State, alert: &Alert) -> Candidate {
        let plan = state.plan();
        let configured = self.service(&plan.service, &plan.environment);
        Candidate {
            deployment: plan.deployment.clone(),
            service: plan.service.clone(),
            environment: plan.environment.clone(),
            begun: state.requested_at(),
            ended: state.over_at(),
            neighbours: configured.map(|known| known.neighbours).unwrap_or_default(),
            knows: state.alert(&alert.key).is_some(),
        }
    }
}

/// An alert that belongs to nothing, with what was deployed last around it, the newest first.
fn unattached(alert: &Alert, states: &[State]) -> CameTo {
    let mut last: Vec<&State> = states.iter().collect();
    last.sort_by_key(|state| std::cmp::Reverse(state.requested_at()));
    let last: Vec<String> = last
        .iter()
        .take(NEWEST)
        .map(|state| {
            let plan = state.plan();
            let at = state.requested_at();
            format!(
                "{} {} at {at:.0} ({})",
                plan.service, plan.to, plan.deployment
            )
        })
        .collect();
    let service = &alert.service;
    let detail = if last.is_empty() {
        format!("{} of {service}: nothing was deployed there", alert.name)
    } else {
        let last = last.join(", ");
        format!(
            "{} of {service}: nothing was deployed around its time; last: {last}",
            alert.name
        )
    };
    CameTo {
        what: "unattached",
        deployment: None,
        detail: Some(detail),
    }
}
