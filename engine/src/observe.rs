//! What the platforms show, as last looked at.

use crate::engine::Engine;
use crate::services::Service;
use guard::ids::{Environment, ServiceName};
use jiff::Timestamp;
use platforms::hosts::Observation;
use std::sync::PoisonError;

/// A service's instances as last observed, and when that was.
#[derive(Debug, Clone)]
pub struct Observed {
    /// What was seen.
    pub observation: Observation,
    /// When.
    pub at: Timestamp,
}

impl Engine {
    /// The last observation of a service; none before the first.
    #[must_use]
    pub fn observed(&self, service: &ServiceName, environment: &Environment) -> Option<Observed> {
        let observed = self.observed.read().unwrap_or_else(PoisonError::into_inner);
        observed
            .get(&(service.clone(), environment.clone()))
            .cloned()
    }

    /// Looks at a service's instances now.
    pub async fn observe(&self, service: &Service) -> Option<Observed> {
        let platform = service.platform.as_ref()?;
        let observed = Observed {
            observation: platform.observe().await,
            at: self.clock.now(),
        };
        let key = (service.name.clone(), service.environment.clone());
        self.observed
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key, observed.clone());
        Some(observed)
    }
}
