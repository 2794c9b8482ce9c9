//! Which deployment an alert belongs to, or none.

use crate::apart::incident_of;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::ledger;
use crate::services::Service;
use crate::told::CameTo;
use guard::alert::{Alert, AlertStatus, Candidate, Relation, belongs};
use guard::apart::{Deployed, Heard, likely};
use guard::event::Event;
use guard::ids::DeploymentId;
use guard::input::Happened;
use guard::state::{State, Status};
use std::collections::{BTreeMap, BTreeSet};

/// Deployments of one lane that are looked at: the newest ones.
const NEWEST: usize = 3;

/// An alert, its place in the delivery, whether it fires, and what its sender groups it by.
pub(crate) type Placed = (usize, Alert, AlertStatus, Option<String>);

impl Engine {
    /// Has each alert join its deployment; those that belong to none open incidents of their own, or join one.
    pub(crate) async fn hear_of_alerts(
        &self,
        alerts: Vec<Placed>,
    ) -> Result<Vec<(usize, CameTo)>, EngineError> {
        if alerts.is_empty() {
            return Ok(Vec::new());
        }
        let mut board = self.board().await?;
        let mut came = Vec::new();
        let mut apart = Vec::new();
        // A delivery may hold hundreds of alerts of the same service.
        let mut concerned: BTreeMap<_, Vec<State>> = BTreeMap::new();
        for (place, alert, status, group) in alerts {
            self.look_up(&mut board, &alert.key).await?;
            let about = (alert.service.clone(), alert.environment.clone());
            if !concerned.contains_key(&about) {
                let states = self.perhaps_concerned(&self.around(&alert)).await?;
                concerned.insert(about.clone(), states);
            }
            let states = concerned.get(&about).map(Vec::as_slice).unwrap_or_default();
            let deployed: Vec<Deployed> = states
                .iter()
                .map(|state| self.deployed(state, &alert))
                .collect();
            let candidates: Vec<Candidate> =
                deployed.iter().map(|one| one.candidate.clone()).collect();
            // What an incident has heard of stays there, whoever deploys afterwards.
            let found = if board.knows(&alert.key) {
                None
            } else {
                belongs(&alert, &candidates)
            };
            if let Some((id, relation)) = found {
                let joined = self.join(&id.clone(), alert, relation, status).await?;
                came.push((place, joined));
                continue;
            }
            let heard = Heard {
                recent: likely(&alert, &deployed),
                opens: incident_of(&alert.key),
                alert,
                status,
                group,
            };
            apart.push((place, heard));
        }
        came.extend(self.hear_apart(apart).await?);
        Ok(came)
    }

    async fn join(
        &self,
        id: &DeploymentId,
        alert: Alert,
        relation: Relation,
        status: AlertStatus,
    ) -> Result<CameTo, EngineError> {
        let said = Happened::Alerted {
            alert: Box::new(alert),
            relation,
            status,
        };
        let events = self.apply(id, said).await?;
        let joined = events
            .iter()
            .any(|event| matches!(event, Event::AlertJoined { .. }));
        let what = match (joined, events.is_empty()) {
            (true, _) => "joined",
            (false, false) => "noted",
            (false, true) => "known",
        };
        Ok(CameTo::of(what, id))
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
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(states)
    }

    fn deployed(&self, state: &State, alert: &Alert) -> Deployed {
        let plan = state.plan();
        let configured = self.service(&plan.service, &plan.environment);
        let gone = matches!(state.status(), Status::RolledBack | Status::Failed);
        Deployed {
            candidate: Candidate {
                deployment: plan.deployment.clone(),
                service: plan.service.clone(),
                environment: plan.environment.clone(),
                begun: state.requested_at(),
                ended: state.over_at(),
                neighbours: configured.map(|known| known.neighbours).unwrap_or_default(),
                knows: state.alert(&alert.key).is_some(),
            },
            version: plan.to.clone(),
            undone: gone && state.updated_at() <= alert.key.starts_at,
        }
    }
}
