//! Booting: from settings to a server that answers.

use crate::agent::{Agent, Models};
use crate::api::{self, Api};
use crate::chat::code_host;
use crate::chat::slack::{Groups, Hearing, Listener, SlackError, SlackRounds};
use crate::chat::webhook::WebhookError;
use crate::fixes;
use crate::live::Live;
use crate::mcp;
use crate::ops::{self, Meters};
use crate::people::People;
use crate::reload::{self, Reloader};
use crate::web;
use crate::webhooks::{self, Hooks, Redeliverer};
use crate::wire::writers::Writers;
use crate::wire::{self, WireError};
use axum::middleware::from_fn_with_state;
use config::Settings;
use engine::services::Service;
use engine::{Engine, EngineError, EngineOptions};
use journal::{Journal, JournalError, JournalOptions, Retention};
use messages::BaseUrl;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

mod channels;

use channels::{channels, sockets};

/// The lease where servers share a journal is twice the shortest scrape interval, within these.
const SHORTEST_LEASE: Duration = Duration::from_secs(2);
const LONGEST_LEASE: Duration = Duration::from_secs(15);

/// How long the parts may take to stop.
const STOP_WITHIN: Duration = Duration::from_secs(15);

/// The name under which the only writer of a SQLite journal holds its lease.
const SOLE_OWNER: &str = "tawny";

/// A server that answers.
pub struct Running {
    /// Where it listens, with the real port.
    pub address: SocketAddr,
    /// Its address for people: the configured one, or the one it listens on.
    pub url: String,
    /// The engine.
    pub engine: Engine,
    /// The page, which can make links for people.
    pub page: web::Page,
    /// What is counted.
    pub meters: Meters,
    /// The analyst.
    pub agent: Agent,
    reloader: Arc<Reloader>,
    stop: CancellationToken,
    tasks: JoinSet<Result<(), String>>,
    journal: Journal,
}

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// A receiver of messages.
    #[error(transparent)]
    Webhook(#[from] WebhookError),
    /// Slack.
    #[error(transparent)]
    Slack(#[from] SlackError),
    /// The journal.
    #[error("journal: {0}")]
    Journal(#[from] JournalError),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The data folder.
    #[error("server.data_dir {path}: {error}")]
    DataDir {
        /// Which folder.
        path: String,
        /// Why.
        error: std::io::Error,
    },
    /// The address.
    #[error("server.listen {address}: {error}: another process may be there; choose another port")]
    Listen {
        /// Which address.
        address: SocketAddr,
        /// Why.
        error: std::io::Error,
    },
    /// The address of the metrics page.
    #[error(transparent)]
    MetricsListen(#[from] ops::MetricsListenError),
    /// The public address.
    #[error("server.public_url: {0}")]
    BaseUrl(#[from] messages::BadBaseUrl),
}

/// Boots everything that `tawny serve` is. Returns when the server answers.
pub async fn run(settings: Settings, mut options: EngineOptions) -> Result<Running, BootError> {
    let meters = Meters::default();
    let services = wire::services_counted(&settings, &meters.sources)?;
    let dir = &settings.server.data_dir;
    tokio::fs::create_dir_all(dir)
        .await
        .map_err(|error| BootError::DataDir {
            path: dir.display().to_string(),
            error,
        })?;
    let listen = settings.server.listen;
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|error| BootError::Listen {
            address: listen,
            error,
        })?;
    let address = listener.local_addr().map_err(|error| BootError::Listen {
        address: listen,
        error,
    })?;
    let url = settings.server.public_url.as_ref().map_or_else(
        || format!("http://{address}"),
        |url| url.as_str().to_owned(),
    );
    let base_url = BaseUrl::new(&url)?;

    options.retention = retention(&settings);
    options.recordings = Some(recordings(&settings));
    let journal_url = wire::journal_url(&settings)?;
    if journal_url.starts_with("sqlite:") {
        // Such a journal has one writing process at a time. That it opened shows that the one before is
        // dead, so its lease is taken over at once instead of waited for.
        SOLE_OWNER.clone_into(&mut options.owner);
    } else {
        options.owner = replica();
        options.lease.get_or_insert_with(|| shared_lease(&services));
    }
    options.meters = meters.engine.clone();
    let journal_options = journal_options(options.lease(), &meters);
    let journal = Journal::open(&journal_url, journal_options).await?;
    let locale = wire::locale(&settings);
    let tokens = Live::new(wire::tokens(&settings));
    let metrics_at = settings.server.metrics_listen;
    let settings = Live::new(settings);
    let groups = Groups::new(settings.clone()).map_err(SlackError::from)?;
    let people = People::new(settings.clone(), journal.reader(), groups.clone());
    let (mut handlers, receivers, slack) =
        channels(&settings, &journal, &base_url, &options.clock, &people)?;
    let writers = Writers::new(&settings.get())?;
    handlers.extend(code_host::channel(
        &settings, &writers, &journal, &base_url,
    )?);
    options.understands = Some(webhooks::reader(&settings));
    let outside = Live::new(mcp::outside::of(&services));
    let (now, counts_by) = (options.clock.clone(), options.clock.clone());
    let world = mcp_server::World {
        reader: journal.reader(),
        inbox: Some(journal.inbox()?),
        settings: settings.clone(),
        outside: outside.clone(),
        page: Some(base_url.clone()),
        clock: mcp_server::world::Clock::new(move || now.now()),
        histories: Arc::default(),
    };
    let models = Models::new(
        settings.clone(),
        journal.reader(),
        Some(journal.inbox()?),
        counts_by,
        meters.agent.clone(),
    );
    let agent = Agent::new(world.clone(), models);
    options.opens_fixes = Some(fixes::opens(&settings, &base_url, &agent));
    options.investigates = Some(agent.investigates(journal.reader()));
    let engine = Engine::new(&journal, services, handlers, options)?;
    let metrics_page = ops::Page {
        meters: meters.clone(),
        engine: engine.clone(),
        reader: journal.reader(),
    };
    let metrics_listener = match metrics_at {
        Some(address) => Some(ops::Page::listen(address).await?),
        None => None,
    };
    let hooks = Hooks::new(
        settings.clone(),
        journal.inbox()?,
        journal.reader(),
        meters.hooks.clone(),
    );
    let page = web::Page::new(
        engine.clone(),
        &journal,
        settings.clone(),
        address,
        base_url.clone(),
        people.clone(),
    )?;
    let orders = page.orders().clone();
    orders.analyst(agent.clone());
    let hearing = Hearing::new(settings.clone(), engine.clone(), orders, groups);
    let hearing = hearing.map_err(SlackError::from)?;
    let sockets = sockets(&settings.get(), &hearing)?;
    let api = Api {
        world: world.clone(),
        orders: page.orders().clone(),
        engine: engine.clone(),
        tokens: tokens.clone(),
        locale,
        page: page.clone(),
        base_url: Some(base_url.clone()),
        settings: settings.clone(),
        agent: agent.clone(),
        address,
    };
    let stop = CancellationToken::new();
    let door = mcp::Door::new(settings.clone(), tokens.clone(), base_url.clone(), address);
    let reloader = Arc::new(Reloader {
        engine: engine.clone(),
        settings,
        tokens,
        outside,
        channels: receivers,
        base_url,
        meters: meters.clone(),
        refused: tokio::sync::Mutex::new(None),
    });
    let mut router = page
        .router()
        .merge(api::router(api))
        .merge(hooks.router())
        .merge(Listener::new(hearing).router())
        .merge(door.router(&world, &stop))
        .merge(ops::Health::new(engine.clone(), journal.reader()).router());
    let (lasting, stopped) = (page.clone(), stop.clone());
    tokio::spawn(async move {
        stopped.cancelled().await;
        lasting.stop();
    });
    if metrics_listener.is_none() {
        router = router.merge(metrics_page.router());
    }
    let router = router.layer(from_fn_with_state(meters.http.clone(), ops::counted));

    let serve =
        axum::serve(listener, router).with_graceful_shutdown(stop.clone().cancelled_owned());
    let mut tasks = JoinSet::new();
    if let Some(listener) = metrics_listener {
        let serve = axum::serve(listener, metrics_page.router())
            .with_graceful_shutdown(stop.clone().cancelled_owned());
        tasks.spawn(async move {
            let ended = serve.await;
            ended.map_err(|error| format!("the metrics page: {error}"))
        });
    }
    tasks.spawn(async move {
        let ended = serve.await;
        ended.map_err(|error| format!("the server: {error}"))
    });
    if let Some(sockets) = sockets {
        let stopped = stop.clone();
        tasks.spawn(async move {
            sockets.run(stopped).await;
            Ok(())
        });
    }
    if let Some(slack) = slack {
        let (rounds, stopped) = (SlackRounds::new(slack, engine.clone()), stop.clone());
        tasks.spawn(async move {
            rounds.run(stopped).await;
            Ok(())
        });
    }
    let stopped = stop.clone();
    tasks.spawn(async move {
        people.follow(stopped).await;
        Ok(())
    });
    if let Some(redeliverer) = Redeliverer::new(engine.clone(), writers) {
        let stopped = stop.clone();
        tasks.spawn(async move {
            redeliverer.run(stopped).await;
            Ok(())
        });
    }
    let (working, stopped) = (engine.clone(), stop.clone());
    tasks.spawn(async move {
        let ended = working.run(stopped).await;
        ended.map_err(|error| format!("the engine: {error}"))
    });
    meters.config_loaded();
    Ok(Running {
        address,
        url,
        engine,
        page,
        meters,
        agent,
        reloader,
        stop,
        tasks,
        journal,
    })
}

impl Running {
    /// From now on the configuration is read again on SIGHUP, and when the file changes.
    pub fn follow(&mut self, path: PathBuf) {
        let reloader = Arc::clone(&self.reloader);
        let following = reload::follow(reloader, path, self.stop.clone());
        self.tasks.spawn(async move {
            following.await;
            Ok(())
        });
    }

    /// Completes when a part has ended that goes on until it is told to stop, and says which and why: then
    /// the process is of no use any more and has to be started again.
    pub async fn ended(&mut self) -> String {
        match self.tasks.join_next().await {
            Some(Ok(Err(why))) => why,
            Some(Err(panic)) => panic.to_string(),
            Some(Ok(Ok(()))) | None => "the engine or the server ended".to_owned(),
        }
    }

    /// Stops in order: the engine finishes what it has begun, then the journal is closed.
    pub async fn stop(mut self) {
        self.stop.cancel();
        let all = async {
            while let Some(ended) = self.tasks.join_next().await {
                match ended {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => tracing::error!(error, "a part ended badly"),
                    Err(error) => tracing::error!(%error, "a part ended badly"),
                }
            }
        };
        if tokio::time::timeout(STOP_WITHIN, all).await.is_err() {
            tracing::warn!("a part did not end in time");
        }
        drop((self.engine, self.page, self.reloader));
        if let Err(error) = self.journal.close().await {
            tracing::warn!(%error, "the journal did not close well");
        }
    }
}

/// Where the watches keep what they were fed.
pub(crate) fn recordings(settings: &Settings) -> PathBuf {
    settings.server.data_dir.join("recordings")
}

fn retention(settings: &Settings) -> Retention {
    let usual = Retention::default();
    Retention {
        payloads: ["deployment", "incident"]
            .map(|kind| (kind.to_owned(), settings.retention.payloads))
            .to_vec(),
        inputs: settings.retention.deliveries,
        evidence: settings.retention.evidence,
        tool_calls: settings.retention.mcp_calls,
        model_calls: settings.retention.model_calls,
        ..usual
    }
}

fn journal_options(lease: Duration, meters: &Meters) -> JournalOptions {
    JournalOptions {
        // Shorter than the lease, or a frozen leader would keep the next one from acquiring it.
        frozen_writer: (lease / 2).min(JournalOptions::default().frozen_writer),
        meters: meters.journal.clone(),
        known_events: Some(journal::codec::known_events()),
        ..JournalOptions::default()
    }
}

/// The lease among servers that share a journal: they watch at the pace of the quickest source, and another
/// one must have taken over before the third look that a dead leader would miss.
fn shared_lease(services: &[Service]) -> Duration {
    let intervals = services.iter().map(|service| service.watch.interval);
    let shortest = intervals.min().unwrap_or(LONGEST_LEASE);
    (shortest * 2).clamp(SHORTEST_LEASE, LONGEST_LEASE)
}

/// A name that no other server has, and by which people find this one.
fn replica() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = match host.trim() {
        "" => "tawny",
        host => host,
    };
    let nonce = engine::clock::nonce();
    format!("{host}/{}/{}", std::process::id(), &nonce[..6])
}
