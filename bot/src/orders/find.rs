//! What an order is about: services by what people call them, deployments by service.

use super::{Hindrance, Orders, Speaker};
use engine::services::Service;
use engine::{EngineError, ledger};
use guard::ids::{DeploymentId, Environment, ServiceName};
use guard::order::{Place, Target, Verb};
use guard::state::State;
use messages::orders::Trouble;
use std::collections::BTreeSet;

/// A service name may be this unlike a known one to be taken for a slip (Jaro-Winkler, 0 to 1).
const ALIKE: f64 = 0.8;

impl Orders {
    /// The configured services that are meant: all environments where none was named.
    pub(super) fn services(&self, place: &Place) -> Result<Vec<Service>, Trouble> {
        let all = self.inner.engine.services();
        let named = all.iter().filter(|known| known.name == place.service);
        let named: Vec<&Service> = named.collect();
        if named.is_empty() {
            return Err(Trouble::NoService {
                near: nearest(&place.service, &all),
                service: place.service.clone(),
            });
        }
        let Some(environment) = &place.environment else {
            return Ok(named.into_iter().cloned().collect());
        };
        let there = named.iter().find(|known| known.environment == *environment);
        match there {
            Some(service) => Ok(vec![Service::clone(service)]),
            None => Err(Trouble::NoEnvironment {
                service: place.service.clone(),
                environment: environment.clone(),
                known: environments(&named),
            }),
        }
    }

    /// The one configured service that is meant.
    pub(super) fn service(&self, place: &Place) -> Result<Service, Trouble> {
        let mut found = self.services(place)?;
        match (found.pop(), found.is_empty()) {
            (Some(only), true) => Ok(only),
            (last, _) => {
                let all: Vec<&Service> = found.iter().chain(&last).collect();
                Err(Trouble::WhichEnvironment {
                    service: place.service.clone(),
                    known: environments(&all),
                })
            }
        }
    }

    /// The deployment that is meant.
    pub(super) async fn deployment(
        &self,
        target: Target,
        verb: Verb,
        speaker: &Speaker,
    ) -> Result<State, Hindrance> {
        let id = match target {
            Target::Deployment(id) => id,
            Target::Here => match &speaker.here {
                Some(id) => id.clone(),
                None => return Err(Trouble::WhichDeployment(verb).into()),
            },
            Target::Of(place) => {
                let service = self.service(&place)?;
                let newest = self.newest(&service.name, &service.environment).await?;
                return newest.ok_or_else(|| Trouble::NothingDeployed(service.name).into());
            }
        };
        let state = ledger::state(self.inner.engine.reader(), &id).await?;
        state.ok_or_else(|| Trouble::NoDeployment(id).into())
    }

    /// The deployment under way, or else the newest that ever had the lane.
    pub(super) async fn newest(
        &self,
        service: &ServiceName,
        environment: &Environment,
    ) -> Result<Option<State>, EngineError> {
        let engine = &self.inner.engine;
        let lane = ledger::lane(engine.reader(), service, environment).await?;
        let waits = lane.queue().next();
        let Some(id) = lane.holder().or(lane.newest()).or(waits) else {
            return Ok(None);
        };
        self.readable(id).await
    }

    /// A deployment, unless its record is gone or damaged.
    async fn readable(&self, id: &DeploymentId) -> Result<Option<State>, EngineError> {
        let engine = &self.inner.engine;
        match ledger::state(engine.reader(), id).await {
            Err(error) if error.is_erased() => Ok(None),
            Err(error) if error.is_damage() => {
                engine.note_unreadable(id, &error);
                Ok(None)
            }
            state => Ok(state?),
        }
    }
}

fn environments(services: &[&Service]) -> Vec<Environment> {
    let named: BTreeSet<&Environment> = services.iter().map(|one| &one.environment).collect();
    named.into_iter().cloned().collect()
}

fn nearest(service: &ServiceName, all: &[Service]) -> Option<ServiceName> {
    let alike = |known: &Service| strsim::jaro_winkler(known.name.as_str(), service.as_str());
    let known = all.iter().map(|known| (alike(known), &known.name));
    let (alike, name) = known.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (alike >= ALIKE).then(|| name.clone())
}
