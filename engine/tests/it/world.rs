//! An engine without a platform, whose metrics source is not there and whose one channel does as it is told.

use engine::clock::Clock;
use engine::handler::{Handler, IncidentUtterance, SayError, Utterance};
use engine::investigate::Investigates;
use engine::services::{Service, Source, Watch};
use engine::{DeployRequest, Engine, EngineOptions};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use guard::actor::{Actor, Role};
use guard::effects::Effect;
use guard::ids::{DeploymentId, Environment, InstanceId, PersonId, ServiceName, Version};
use guard::plan::Pacing;
use guard::policy::Policy;
use guard::state::State;
use jiff::Timestamp;
use journal::{DbClock, Journal, JournalOptions, ManualClock, Reader, codec};
use serde_json::{Value, json};
use sources::metrics::{Gathering, Prometheus, PrometheusConfig};
use sqlx::{Connection, Executor, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Longer than anything here takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// What the channel does with what it is told to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Says,
    /// Hears it, and nobody learns that it did.
    Mumbles,
    Refuses,
    Panics,
}

/// One try to say something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Try {
    pub(crate) id: String,
    pub(crate) what: &'static str,
    pub(crate) uncertain: bool,
    pub(crate) mood: Mood,
}

pub(crate) struct Channel {
    pub(crate) repeats_safely: bool,
    /// What it does next; after that, what it does always.
    pub(crate) planned: Mutex<(Vec<Mood>, Mood)>,
    /// The kind at whose first try it mumbles, whatever is planned.
    pub(crate) mumbles_first_at: Mutex<Option<&'static str>>,
    pub(crate) tries: Mutex<Vec<Try>>,
}

impl Handler for Channel {
    fn channel(&self) -> &str {
        "fake"
    }

    fn repeats_safely(&self) -> bool {
        self.repeats_safely
    }

    fn looking<'a>(&'a self, _: &'a State, _: u64, at: &'a str) -> BoxFuture<'a, ()> {
        let told = Try {
            id: at.to_owned(),
            what: "looking",
            uncertain: false,
            mood: Mood::Says,
        };
        self.tries.lock().unwrap().push(told);
        async {}.boxed()
    }

    fn say_incident<'a>(
        &'a self,
        utterance: IncidentUtterance<'a>,
    ) -> BoxFuture<'a, Result<Value, SayError>> {
        async move {
            Err(SayError::NotSaid(format!(
                "{utterance:?} in a story of deployments"
            )))
        }
        .boxed()
    }

    fn say<'a>(&'a self, utterance: Utterance<'a>) -> BoxFuture<'a, Result<Value, SayError>> {
        async move {
            let mood = {
                let mut planned = self.planned.lock().unwrap();
                let (first, always) = &mut *planned;
                if first.is_empty() {
                    *always
                } else {
                    first.remove(0)
                }
            };
            let what = match utterance.effect {
                Effect::ShowParent => "parent",
                Effect::Reply { .. } => "reply",
                Effect::Notice { .. } => "notice",
                Effect::Draw { .. } => "picture",
                Effect::Execute { .. } => "action",
                Effect::Investigate { .. } => "inquiry",
                Effect::OpenFix { .. } => "fix",
            };
            let mumbles = self
                .mumbles_first_at
                .lock()
                .unwrap()
                .take_if(|first| *first == what);
            let mood = mumbles.map_or(mood, |_| Mood::Mumbles);
            self.tries.lock().unwrap().push(Try {
                id: utterance.id.to_owned(),
                what,
                uncertain: utterance.uncertain,
                mood,
            });
            match mood {
                Mood::Says => Ok(json!({})),
                Mood::Mumbles => Err(SayError::PerhapsSaid("no answer".to_owned())),
                Mood::Refuses => Err(SayError::NotSaid("the receiver is away".to_owned())),
                Mood::Panics => panic!("the channel is broken"),
            }
        }
        .boxed()
    }
}

pub(crate) struct World {
    pub(crate) folder: TempDir,
    now: (ManualClock, Arc<AtomicI64>),
    pub(crate) channel: Arc<Channel>,
    pub(crate) services: Vec<Service>,
    /// Who looks into what hurts.
    pub(crate) investigates: Option<Investigates>,
}

/// A life of the engine.
pub(crate) struct Life {
    pub(crate) engine: Engine,
    pub(crate) journal: Journal,
    stop: CancellationToken,
    running: JoinHandle<()>,
}

impl World {
    pub(crate) fn new() -> Self {
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let start: Timestamp = "2026-11-20T22:00:00Z".parse().unwrap();
        Self {
            folder: tempfile::tempdir_in("/dev/shm")
                .or_else(|_| tempfile::tempdir())
                .unwrap(),
            now: (
                ManualClock::at(start),
                Arc::new(AtomicI64::new(start.as_millisecond())),
            ),
            channel: Arc::new(Channel {
                repeats_safely: false,
                planned: Mutex::new((Vec::new(), Mood::Says)),
                mumbles_first_at: Mutex::default(),
                tries: Mutex::default(),
            }),
            services: vec![service("shop"), service("till")],
            investigates: None,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.now.0.now()
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.now.0.advance(Duration::from_secs(seconds));
        let millis = i64::try_from(seconds * 1000).unwrap();
        self.now.1.fetch_add(millis, Ordering::SeqCst);
    }

    pub(crate) async fn journal(&self) -> Journal {
        let options = JournalOptions {
            clock: DbClock::Manual(self.now.0.clone()),
            known_events: Some(codec::known_events()),
            ..JournalOptions::default()
        };
        Journal::open(&self.url(), options).await.unwrap()
    }

    fn url(&self) -> String {
        format!("sqlite:{}/journal.db", self.folder.path().display())
    }

    pub(crate) async fn begin(&self) -> Life {
        let journal = self.journal().await;
        let options = EngineOptions {
            clock: Clock::Manual(Arc::clone(&self.now.1)),
            owner: "test".to_owned(),
            poll: Duration::from_millis(5),
            // Longer than any test lets pass.
            lease: Some(Duration::from_secs(7 * 86_400)),
            investigates: self.investigates.clone(),
            ..EngineOptions::default()
        };
        let handlers: Vec<Arc<dyn Handler>> = vec![Arc::<Channel>::clone(&self.channel)];
        let engine = Engine::new(&journal, self.services.clone(), handlers, options).unwrap();
        let stop = CancellationToken::new();
        let (working, stopped) = (engine.clone(), stop.clone());
        let running = tokio::spawn(async move { working.run(stopped).await.unwrap() });
        let life = Life {
            engine,
            journal,
            stop,
            running,
        };
        let engine = life.engine.clone();
        until("it leads", async || engine.leading()).await;
        life
    }

    /// Runs SQL past the journal: to damage it, and to make writes fail.
    pub(crate) async fn sql(&self, sql: &'static str) {
        let mut connection = SqliteConnection::connect(&self.url()).await.unwrap();
        connection.execute(sql).await.unwrap();
        connection.close().await.unwrap();
    }

    pub(crate) fn channel_will(&self, first: &[Mood], always: Mood) {
        *self.channel.planned.lock().unwrap() = (first.to_vec(), always);
    }

    pub(crate) fn tries(&self) -> Vec<Try> {
        self.channel.tries.lock().unwrap().clone()
    }
}

impl Life {
    pub(crate) async fn deploy(&self, service: &str) -> DeploymentId {
        self.engine.deploy(request(service)).await.unwrap()
    }

    pub(crate) fn reader(&self) -> Reader {
        self.journal.reader()
    }

    /// Waits until nothing of the outbox is open.
    pub(crate) async fn all_said(&self) {
        let reader = self.reader();
        until("everything is said", async || {
            let effects = reader.counts().await.unwrap().effects;
            effects.pending + effects.claimed + effects.quarantined == 0
        })
        .await;
    }

    pub(crate) async fn end(self) {
        self.stop.cancel();
        self.running.await.unwrap();
        drop(self.engine);
        self.journal.close().await.unwrap();
    }
}

/// Waits for something that follows by itself.
pub(crate) async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !so().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(
        tokio::time::timeout(LIMIT, waiting).await.is_ok(),
        "not in time: {what}"
    );
}

pub(crate) fn ann() -> Actor {
    Actor::Person {
        id: PersonId::new("ann").unwrap(),
        roles: vec![Role::Operator],
    }
}

pub(crate) fn request(service: &str) -> DeployRequest {
    DeployRequest {
        service: ServiceName::new(service).unwrap(),
        environment: Environment::new("prod").unwrap(),
        version: Version::new("v2").unwrap(),
        package: None,
        from: Some(Version::new("v1").unwrap()),
        reversible: true,
        queue: false,
        origin: None,
        by: ann(),
    }
}

/// Watched once an hour, so that nothing follows but what a test does.
fn service(name: &str) -> Service {
    let away = PrometheusConfig::new("http://127.0.0.1:9");
    Service {
        name: ServiceName::new(name).unwrap(),
        environment: Environment::new("prod").unwrap(),
        instances: vec![InstanceId::new("a").unwrap(), InstanceId::new("b").unwrap()],
        platform: None,
        policy: Policy::default(),
        pacing: Pacing::default(),
        known_good: BTreeSet::new(),
        irreversible: BTreeSet::new(),
        packages: None,
        neighbours: Vec::new(),
        code: None,
        logs: Vec::new(),
        watch: Watch {
            source: Source {
                name: "away".to_owned(),
                gathering: Gathering::new(Prometheus::new(away).unwrap()),
            },
            interval: Duration::from_secs(3600),
            instance_label: "instance".to_owned(),
            instance_names: Vec::new(),
            signals: Vec::new(),
            probes: Vec::new(),
            load: None,
            open: None,
            absent: Vec::new(),
            members: None,
            versions: None,
            baseline: Duration::from_secs(60),
            sensitivity: guard::detect::Sensitivity::default(),
        },
    }
}

/// How often each thing was tried, by its id.
pub(crate) fn by_id(tries: &[Try]) -> BTreeMap<String, Vec<Mood>> {
    let mut found: BTreeMap<String, Vec<Mood>> = BTreeMap::new();
    for tried in tries {
        found.entry(tried.id.clone()).or_default().push(tried.mood);
    }
    found
}
