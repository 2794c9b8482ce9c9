//! The engine itself: its handles, and who listens to what it does.

use crate::clock::Clock;
use crate::error::EngineError;
use crate::handler::Handler;
use crate::ledger;
use crate::observe::Observed;
use crate::services::Service;
use guard::event::Event;
use guard::ids::{DeploymentId, Environment, ServiceName};
use guard::state::State;
use journal::{Fence, Journal, LeaseHold, Reader, Retention, Writer};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use tokio::sync::broadcast;

/// The most deployments that are looked through at the start for those that are not over.
const MOST_STREAMS: u64 = 10_000;

/// How the engine is set up.
pub struct EngineOptions {
    /// The clock of inputs.
    pub clock: Clock,
    /// A name that no other process uses on this journal.
    pub owner: String,
    /// How long the lease lasts without being renewed.
    pub lease: Duration,
    /// How long what is kept.
    pub retention: Retention,
    /// How often timers, inbox and outbox are looked at even when nothing was written here.
    pub poll: Duration,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            clock: Clock::System,
            owner: format!("tawny-{}", crate::clock::nonce()),
            lease: Duration::from_secs(15),
            retention: Retention::default(),
            poll: Duration::from_millis(500),
        }
    }
}

/// Something that was written about a deployment.
#[derive(Debug, Clone)]
pub struct News {
    /// Which deployment.
    pub deployment: DeploymentId,
    /// What happened.
    pub events: Vec<Event>,
}

/// The engine. Cheap to clone; [`Engine::run`] is called once.
#[derive(Clone)]
pub struct Engine {
    pub(crate) inner: Arc<Inner>,
}

impl std::ops::Deref for Engine {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.inner
    }
}

/// What all clones share.
pub struct Inner {
    pub(crate) clock: Clock,
    pub(crate) options: EngineOptions,
    pub(crate) reader: Reader,
    pub(crate) writer: Writer,
    pub(crate) channels: Vec<String>,
    pub(crate) handlers: Vec<Arc<dyn Handler>>,
    pub(crate) services: RwLock<BTreeMap<(ServiceName, Environment), Service>>,
    /// Services that only a running deployment keeps.
    pub(crate) leaving: RwLock<BTreeSet<(ServiceName, Environment)>>,
    /// Grows with each change of the services.
    pub(crate) generation: AtomicU64,
    pub(crate) hold: RwLock<Option<LeaseHold>>,
    pub(crate) live: RwLock<Option<BTreeMap<DeploymentId, State>>>,
    pub(crate) observed: RwLock<BTreeMap<(ServiceName, Environment), Observed>>,
    pub(crate) news: broadcast::Sender<News>,
}

impl Engine {
    /// An engine on an open journal. Each handler is a channel that what is said goes to.
    pub fn new(
        journal: &Journal,
        services: impl IntoIterator<Item = Service>,
        handlers: Vec<Arc<dyn Handler>>,
        options: EngineOptions,
    ) -> Result<Self, EngineError> {
        let (news, _) = broadcast::channel(1024);
        let services = services
            .into_iter()
            .map(|s| ((s.name.clone(), s.environment.clone()), s))
            .collect();
        let inner = Inner {
            clock: options.clock.clone(),
            options,
            reader: journal.reader(),
            writer: journal.writer()?,
            channels: handlers
                .iter()
                .map(|handler| handler.channel().to_owned())
                .collect(),
            handlers,
            services: RwLock::new(services),
            leaving: RwLock::default(),
            generation: AtomicU64::new(0),
            hold: RwLock::new(None),
            live: RwLock::new(None),
            observed: RwLock::new(BTreeMap::new()),
            news,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// What is written from now on. Slow listeners miss things; the journal has them all.
    #[must_use]
    pub fn news(&self) -> broadcast::Receiver<News> {
        self.news.subscribe()
    }

    /// The journal's reading handle.
    #[must_use]
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// One service as configured.
    pub fn service(
        &self,
        name: &ServiceName,
        environment: &Environment,
    ) -> Result<Service, EngineError> {
        let services = self.services.read().unwrap_or_else(PoisonError::into_inner);
        services
            .get(&(name.clone(), environment.clone()))
            .cloned()
            .ok_or_else(|| EngineError::UnknownService {
                service: name.clone(),
                environment: environment.clone(),
                known: services
                    .keys()
                    .map(|(s, e)| format!("{s} in {e}"))
                    .collect::<Vec<_>>()
                    .join(", "),
            })
    }

    /// All services as configured.
    #[must_use]
    pub fn services(&self) -> Vec<Service> {
        self.services
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .cloned()
            .collect()
    }

    /// Deployments that are not over: those that the engine works on.
    pub async fn watched(&self) -> Result<Vec<State>, EngineError> {
        if let Some(live) = &*self.live.read().unwrap_or_else(PoisonError::into_inner) {
            return Ok(live.values().cloned().collect());
        }
        // From here on everything that is written is remembered: what begins while the streams are read
        // must not be missed.
        *self.live.write().unwrap_or_else(PoisonError::into_inner) = Some(BTreeMap::new());
        let loaded = self.load_live().await;
        let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
        match loaded {
            Ok(()) => Ok(live
                .iter()
                .flatten()
                .map(|(_, state)| state.clone())
                .collect()),
            Err(error) => {
                *live = None;
                Err(error)
            }
        }
    }

    async fn load_live(&self) -> Result<(), EngineError> {
        for head in self.reader.streams("deployment", MOST_STREAMS).await? {
            if let Ok(id) = DeploymentId::new(head.stream.id()) {
                let state = ledger::state(&self.reader, &id).await?;
                self.remember(state.filter(|state| !state.watch_over()));
            }
        }
        Ok(())
    }

    /// A deployment as last written by this process, if it is not over.
    pub(crate) fn live(&self, id: &DeploymentId) -> Option<State> {
        self.live
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()?
            .get(id)
            .cloned()
    }

    /// Keeps what was written, so that a tick need not read it back.
    pub(crate) fn remember(&self, state: Option<State>) {
        let (Some(state), Some(live)) = (
            state,
            &mut *self.live.write().unwrap_or_else(PoisonError::into_inner),
        ) else {
            return;
        };
        let id = state.plan().deployment.clone();
        // Two writers may come here in the other order than they wrote.
        if live
            .get(&id)
            .is_some_and(|known| known.revision() > state.revision())
        {
            return;
        }
        if state.watch_over() {
            live.remove(&id);
        } else {
            live.insert(id, state);
        }
    }

    /// Whether this process leads: only then is anything done.
    #[must_use]
    pub fn leading(&self) -> bool {
        self.fence().is_ok()
    }

    /// The proof of the lease, as long as this process' own clock says that it holds: one that was
    /// stopped for a while must not act before it has asked again.
    pub(crate) fn fence(&self) -> Result<Fence, EngineError> {
        self.hold
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .filter(|hold| hold.still_mine(Instant::now()))
            .map(|hold| hold.fence().clone())
            .ok_or(EngineError::NotLeading)
    }

    /// Takes note of a lease that was acquired or lost.
    pub(crate) fn set_hold(&self, hold: Option<LeaseHold>) {
        // Under a new lease the journal may have moved on without us.
        *self.live.write().unwrap_or_else(PoisonError::into_inner) = None;
        self.renewed(hold);
    }

    /// Takes note that the lease lasts longer: nobody else wrote meanwhile.
    pub(crate) fn renewed(&self, hold: Option<LeaseHold>) {
        *self.hold.write().unwrap_or_else(PoisonError::into_inner) = hold;
    }

    pub(crate) fn announce(&self, deployment: &DeploymentId, events: &[Event]) {
        if !events.is_empty() {
            for event in events {
                tracing::info!(%deployment, event = event.name(), "journalled");
            }
            // Nobody listening is no failure.
            let _ = self.news.send(News {
                deployment: deployment.clone(),
                events: events.to_vec(),
            });
        }
    }
}
