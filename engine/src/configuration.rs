//! A changed configuration, while the engine runs.

use crate::engine::Engine;
use crate::error::EngineError;
use crate::services::{Service, WatchedProbe};
use guard::configuration::ConfigurationEvent;
use guard::ids::{Environment, ServiceName};
use jiff::Timestamp;
use journal::{StreamId, Transaction, codec};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

/// Tries at the journal, should somebody else write to the stream in between.
const TRIES: usize = 5;

impl Engine {
    /// Takes these services instead of those before. Running watches keep what they measure and the policy they
    /// began with; a service that is gone stays until its deployment is over, and takes no new one.
    ///
    /// # Errors
    /// The journal, asked which deployments run.
    pub async fn reconfigure(
        &self,
        services: impl IntoIterator<Item = Service>,
    ) -> Result<(), EngineError> {
        let busy: BTreeSet<(ServiceName, Environment)> = self
            .watched()
            .await?
            .iter()
            .map(|state| {
                let plan = state.plan();
                (plan.service.clone(), plan.environment.clone())
            })
            .collect();
        let mut fresh: BTreeMap<(ServiceName, Environment), Service> = services
            .into_iter()
            .map(|service| ((service.name.clone(), service.environment.clone()), service))
            .collect();
        let mut services = self
            .services
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let mut leaving = self.leaving.write().unwrap_or_else(PoisonError::into_inner);
        leaving.clear();
        for (lane, old) in services.iter() {
            match fresh.get_mut(lane) {
                Some(new) => {
                    keep_platform(old, new);
                    keep_found(old, new);
                }
                None if busy.contains(lane) => {
                    leaving.insert(lane.clone());
                    fresh.insert(lane.clone(), old.clone());
                }
                None => {}
            }
        }
        *services = fresh;
        self.generation.fetch_add(1, Ordering::Release);
        Ok(())
    }

    /// Whether a service is gone from the configuration and only its running deployment keeps it.
    pub(crate) fn leaves(&self, name: &ServiceName, environment: &Environment) -> bool {
        self.leaving
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(&(name.clone(), environment.clone()))
    }

    /// Writes what happened to the configuration, if this process leads: others that share the journal leave that
    /// to the one who does.
    ///
    /// # Errors
    /// The journal.
    pub async fn journal_configuration(
        &self,
        event: &ConfigurationEvent,
    ) -> Result<bool, EngineError> {
        let stream = stream()?;
        for attempt in 1.. {
            let Ok(fence) = self.fence() else {
                return Ok(false);
            };
            let known = self.reader.events(&stream, 0).await?;
            let revision = known.last().map_or(0, |stored| stored.revision);
            let new = vec![codec::encode_configuration(event)?];
            let transaction = Transaction::at(self.clock.now())
                .fenced(&fence)
                .append(&stream, revision, new);
            match self.writer.append(transaction).await {
                Ok(_) => return Ok(true),
                Err(error) if attempt >= TRIES => return Err(error.into()),
                Err(error) => tracing::debug!(%error, "the configuration's event is tried again"),
            }
        }
        Ok(false)
    }

    /// The last thing that happened to the configuration.
    ///
    /// # Errors
    /// The journal.
    pub async fn last_of_configuration(
        &self,
    ) -> Result<Option<(Timestamp, ConfigurationEvent)>, EngineError> {
        let stored = self.reader.events(&stream()?, 0).await?;
        match stored.last() {
            Some(last) => Ok(Some((last.at, codec::decode_configuration(last)?))),
            None => Ok(None),
        }
    }
}

fn stream() -> Result<StreamId, EngineError> {
    Ok(StreamId::new("configuration", "tawny")?)
}

/// A platform that did not change goes on: it knows its processes and who works on them.
fn keep_platform(old: &Service, new: &mut Service) {
    if let (Some(before), Some(now)) = (&old.platform, &new.platform)
        && before.config() == now.config()
    {
        new.platform = Some(std::sync::Arc::clone(before));
    }
}

/// What probes found before stays what is compared with, also for the watches that run.
fn keep_found(old: &Service, new: &mut Service) {
    for now in &mut new.watch.probes {
        let mut before = old.watch.probes.iter();
        let same = |one: &&WatchedProbe| one.signal == now.signal && one.instance == now.instance;
        if let Some(before) = before.find(same) {
            now.probe = now.probe.going_on_from(&before.probe);
        }
    }
}
