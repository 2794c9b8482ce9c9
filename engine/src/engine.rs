//! The engine itself: its handles, and who listens to what it does.

use crate::clock::Clock;
use crate::crowd::Crowd;
use crate::error::EngineError;
use crate::fix::OpensFixes;
use crate::handler::Handler;
use crate::investigate::Investigates;
use crate::lead::Leadership;
use crate::ledger;
use crate::listing::Shelf;
use crate::meters::Meters;
use crate::observe::Observed;
use crate::pulse::{Heartbeat, Pulse};
use crate::services::Service;
use crate::told::Understands;
use guard::event::Event;
use guard::ids::{ApprovalId, DeploymentId, Environment, ServiceName};
use guard::measured::Measured;
use guard::state::State;
use journal::{
    Histories, History, Journal, LeaseHold, Reader, Retention, StreamId, Transaction, Writer,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::{Mutex, broadcast, watch};

/// How long a lease lasts.
const USUAL_LEASE: Duration = Duration::from_secs(15);

/// How the engine is set up.
pub struct EngineOptions {
    /// The clock of inputs.
    pub clock: Clock,
    /// A name that no other process uses on this journal.
    pub owner: String,
    /// How long the lease lasts without being renewed; a quarter of a minute when not said. Its holder stops
    /// at two thirds of it.
    pub lease: Option<Duration>,
    /// How long what is kept.
    pub retention: Retention,
    /// How often timers, inbox, outbox and the lease of another are looked at even when nothing was heard.
    pub poll: Duration,
    /// Where the watches keep what they were fed, one file per deployment; nowhere if absent.
    pub recordings: Option<std::path::PathBuf>,
    /// What is counted.
    pub meters: Meters,
    /// How webhooks are read; without it they are not understood.
    pub understands: Option<Understands>,
    /// Who looks into what hurts; without it nobody does, and what rules write stands.
    pub investigates: Option<Investigates>,
    /// How fixes are opened at code hosts; without it none is.
    pub opens_fixes: Option<OpensFixes>,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            clock: Clock::System,
            owner: format!("tawny-{}", crate::clock::nonce()),
            lease: None,
            retention: Retention::default(),
            poll: Duration::from_millis(500),
            recordings: None,
            meters: Meters::default(),
            understands: None,
            investigates: None,
            opens_fixes: None,
        }
    }
}

impl EngineOptions {
    /// How long the lease lasts.
    #[must_use]
    pub fn lease(&self) -> Duration {
        self.lease.unwrap_or(USUAL_LEASE)
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

/// One look of a watch that is done: when it should have begun, and how long its parts took.
#[derive(Debug, Clone)]
pub struct Tick {
    /// Which deployment.
    pub deployment: DeploymentId,
    /// How late it began.
    pub lag: Duration,
    /// How long fetching took, waiting for the others of its slot included.
    pub fetch: Duration,
    /// How long the whole look took.
    pub whole: Duration,
    /// Whether the source answered.
    pub answered: bool,
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
    /// Counts each time that the lease was gained or lost.
    pub(crate) lease_moved: watch::Sender<u64>,
    pub(crate) seen_leader: RwLock<Leadership>,
    /// The number of the last event that is known here; none before the first look.
    pub(crate) seen: Mutex<Option<i64>>,
    pub(crate) live: RwLock<Option<BTreeMap<DeploymentId, State>>>,
    /// Whether `live` is complete; held while it is being read.
    pub(crate) loaded: Mutex<bool>,
    /// Deployments that cannot be read back, and why: nothing is done about them.
    pub(crate) unreadable: RwLock<BTreeMap<DeploymentId, String>>,
    pub(crate) observed: RwLock<BTreeMap<(ServiceName, Environment), Observed>>,
    /// What the watches of this process measured when they last looked.
    pub(crate) measuring: RwLock<BTreeMap<DeploymentId, Arc<[Measured]>>>,
    pub(crate) news: broadcast::Sender<News>,
    pub(crate) ticks: broadcast::Sender<Tick>,
    /// What the slots of watches are counted from.
    pub(crate) epoch: tokio::time::Instant,
    pub(crate) pulse: Pulse,
    pub(crate) crowd: Crowd,
    /// Everything that was ever deployed, for lists.
    pub(crate) shelf: Shelf,
    pub(crate) histories: Histories,
}

impl Inner {
    pub(crate) fn meters(&self) -> &Meters {
        &self.options.meters
    }

    /// The kinds of effects that say something.
    pub(crate) fn chat_kinds(&self) -> Vec<String> {
        let channels = self.channels.iter();
        channels.map(|channel| format!("chat.{channel}")).collect()
    }
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
        let (ticks, _) = broadcast::channel(4096);
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
            lease_moved: watch::Sender::new(0),
            seen_leader: RwLock::default(),
            seen: Mutex::new(None),
            live: RwLock::new(None),
            loaded: Mutex::new(false),
            unreadable: RwLock::default(),
            observed: RwLock::new(BTreeMap::new()),
            news,
            ticks,
            epoch: tokio::time::Instant::now(),
            measuring: RwLock::default(),
            pulse: Pulse::default(),
            crowd: Crowd::default(),
            shelf: Shelf::default(),
            histories: Histories::default(),
        };
        let mut kinds = inner.chat_kinds();
        kinds.push(crate::execute::KIND.to_owned());
        if inner.options.investigates.is_some() {
            kinds.push(crate::investigate::KIND.to_owned());
        }
        kinds.push(crate::fix::KIND.to_owned());
        inner.meters().expect_effects(&kinds);
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// What is written from now on. Slow listeners miss things; the journal has them all.
    #[must_use]
    pub fn news(&self) -> broadcast::Receiver<News> {
        self.news.subscribe()
    }

    /// Every look of every watch from now on, for those who measure. Slow listeners miss some.
    #[must_use]
    pub fn ticks(&self) -> broadcast::Receiver<Tick> {
        self.ticks.subscribe()
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

    /// How long ago the metrics of a deployment were last answered; none where another process watches it.
    #[must_use]
    pub fn measured_ago(&self, id: &DeploymentId) -> Option<Duration> {
        self.pulse.answered_for(id, std::time::Instant::now())
    }

    /// What the watch of a deployment measured of each signal when it last looked; none where another process watches it,
    /// or nobody does.
    #[must_use]
    pub fn measuring(&self, id: &DeploymentId) -> Option<Arc<[Measured]>> {
        let measuring = self.measuring.read();
        let measuring = measuring.unwrap_or_else(PoisonError::into_inner);
        measuring.get(id).cloned()
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
        self.load().await?;
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        Ok(live
            .iter()
            .flatten()
            .map(|(_, state)| state.clone())
            .collect())
    }

    /// A deployment as it stands in the journal; none when there is no such stream. Of one that is not over, only
    /// what is new is read.
    pub async fn state(&self, id: &DeploymentId) -> Result<Option<State>, EngineError> {
        Ok(match self.live(id) {
            Some(known) => Some(ledger::newer(&self.reader, known).await?),
            None => ledger::state(&self.reader, id).await?,
        })
    }

    /// All that happened to a deployment, as new as the journal; none when there is no such stream.
    pub async fn history(&self, id: &DeploymentId) -> Result<Option<Arc<History>>, EngineError> {
        Ok(self.histories.of(&self.reader, id).await?)
    }

    /// What is kept of the deployments that were last looked at.
    #[must_use]
    pub fn histories(&self) -> &Histories {
        &self.histories
    }

    /// Which of the deployments that are not over asked this question.
    pub async fn asked_by(
        &self,
        approval: &ApprovalId,
    ) -> Result<Option<DeploymentId>, EngineError> {
        self.load().await?;
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        let mut live = live.iter().flatten();
        Ok(live.find_map(|(id, state)| state.approval(approval).map(|_| id.clone())))
    }

    /// When the loops last came around.
    #[must_use]
    pub fn heartbeat(&self) -> Heartbeat {
        self.pulse.at(std::time::Instant::now())
    }

    /// Questions that wait for an answer, among the deployments that are not over.
    #[must_use]
    pub fn open_questions(&self) -> usize {
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        let live = live.iter().flat_map(BTreeMap::values);
        live.filter(|state| state.open_approval().is_some()).count()
    }

    /// Deployments whose record cannot be read back, and why. Nothing is done about them.
    #[must_use]
    pub fn unreadable(&self) -> Vec<(DeploymentId, String)> {
        let unreadable = self
            .unreadable
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let known = unreadable.iter();
        known.map(|(id, why)| (id.clone(), why.clone())).collect()
    }

    /// Notes that a deployment cannot be read, and logs it the first time.
    pub fn note_unreadable(&self, id: &DeploymentId, error: &impl std::fmt::Display) {
        let known = self
            .unreadable
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id.clone(), error.to_string());
        if known.is_none() {
            tracing::error!(deployment = %id, %error, "the record of a deployment cannot be read: nothing is done about it");
        }
    }

    /// Reads what is open, once; whoever asks meanwhile waits.
    async fn load(&self) -> Result<(), EngineError> {
        let mut loaded = self.loaded.lock().await;
        if *loaded {
            return Ok(());
        }
        // From here on everything that is written is remembered: what begins while the streams are read
        // must not be missed.
        self.live
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert_default();
        let mut over = Vec::new();
        for head in self.reader.open_streams("deployment").await? {
            let Ok(id) = DeploymentId::new(head.stream.id()) else {
                continue;
            };
            match ledger::state(&self.reader, &id).await {
                Ok(Some(state)) if state.watch_over() => {
                    over.push((head.stream, state.revision()));
                }
                Ok(state) => self.remember(state),
                Err(error) if error.is_damage() => self.note_unreadable(&id, &error),
                Err(error) => return Err(error.into()),
            }
        }
        self.note_over(over).await;
        *loaded = true;
        Ok(())
    }

    /// Streams that ended before it was noted that they had; the next start need not read them.
    async fn note_over(&self, over: Vec<(StreamId, u64)>) {
        for (stream, revision) in over {
            // Only if it has not moved meanwhile.
            let close = Transaction::at(self.clock.now())
                .append(&stream, revision.cast_signed(), Vec::new())
                .close(&stream);
            if let Err(error) = self.writer.append(close).await {
                tracing::debug!(%stream, %error, "not noted as over; the next start tries it again");
            }
        }
    }

    /// A deployment as last written by any process, as far as known here, if it is not over.
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
        if let Some(state) = &state {
            self.shelf.put(state);
        }
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
