//! Everything that runs in the demo: packages, Prometheus, the server, the shops, the traffic.

use super::Model;
use super::alerts::{self, Alertmanager, Planned};
use super::error::DemoError;
use super::packages::{self, Built};
use super::prometheus_server::{Job, PrometheusServer, Settings as PrometheusSettings};
use super::repository::{self, Repository};
use super::scenario::Scenario;
use super::settings::{
    self, COLLEAGUE, ENVIRONMENT, Endpoint, Facts, MODEL_KEY, NEW, OLD, PERSON, Place, SERVICE,
    WAREHOUSE,
};
use super::warehouse::Warehouse;
use crate::boot::{self, Running};
use crate::scripted::serve as scripted;
use engine::{DeployRequest, EngineOptions, ledger};
use guard::actor::{Actor, Role};
use guard::duty::Duty;
use guard::ids::{DeploymentId, Environment, PersonId, ServiceName, Version};
use guard::input::{Command, Happened};
use guard::state::Status;
use mock_service::traffic::{Mix, Running as Customers, Target, Traffic};
use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// Where the instances listen.
const PORTS: std::ops::Range<u16> = 20_000..32_000;
/// How often the start is tried.
const STARTS: u32 = 3;
/// How many instances the shop has.
const INSTANCES: usize = 4;
/// Longest time until the old version runs everywhere.
const INSTALLED_WITHIN: Duration = Duration::from_secs(60);
/// Between two looks at something that is waited for.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(100);

/// How the world is set up.
pub(super) struct Setup {
    pub(super) scenario: Scenario,
    pub(super) seed: u64,
    pub(super) interval: Duration,
    pub(super) gray_bake: Duration,
    pub(super) approval_expiry: Duration,
    /// Whether there is an Alertmanager.
    pub(super) alerts: bool,
    /// Who looks into what hurts, and what the model is called there.
    pub(super) model: Option<(Model, String)>,
}

/// A running demo.
pub(super) struct World {
    pub(super) server: Running,
    pub(super) customers: Customers,
    /// Requests per second of all customers together, to begin with.
    rps: f64,
    pub(super) places: Vec<Place>,
    warehouse: Option<Warehouse>,
    pub(super) prometheus_url: String,
    pub(super) token_file: PathBuf,
    pub(super) dir: PathBuf,
    /// The shop's commits; none where git is not there.
    pub(super) repository: Option<Repository>,
    recordings: PathBuf,
    prometheus: PrometheusServer,
    alertmanager: Option<Alertmanager>,
    stop: CancellationToken,
}

impl World {
    /// Starts everything, with the old version on all instances and customers coming. The ports are only
    /// free a moment before, so it may take more than one try.
    pub(super) async fn start(
        setup: &Setup,
        dir: &Path,
        interrupt: &CancellationToken,
    ) -> Result<Self, DemoError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let own = if tries == 1 {
                dir.to_owned()
            } else {
                dir.join(format!("try-{tries}"))
            };
            std::fs::create_dir_all(&own).map_err(DemoError::io("making the demo's folder"))?;
            match Self::start_in(setup, own, interrupt).await {
                Err(error @ (DemoError::Person { .. } | DemoError::TooLong { .. }))
                    if tries < STARTS =>
                {
                    tracing::warn!(%error, "the demo's world did not come up; once more");
                }
                started => return started,
            }
        }
    }

    async fn start_in(
        setup: &Setup,
        dir: PathBuf,
        interrupt: &CancellationToken,
    ) -> Result<Self, DemoError> {
        let stop = CancellationToken::new();
        let mut places = places(INSTANCES + 1).map_err(DemoError::io("finding free ports"))?;
        let program = std::env::current_exe().map_err(DemoError::io("finding this program"))?;
        let warehouse = places
            .pop()
            .filter(|_| setup.scenario == Scenario::Dependency)
            .map(|place| {
                let id = WAREHOUSE.to_owned();
                Warehouse::start(&program, Place { id, ..place }, setup.seed)
            })
            .transpose()?;
        let warehouse_place = warehouse.as_ref().map(|warehouse| &warehouse.place);
        let built = [OLD, NEW]
            .into_iter()
            .map(|version| Ok((version.to_owned(), packages::build(version)?)))
            .collect::<Result<BTreeMap<String, Built>, std::io::Error>>()
            .map_err(DemoError::io("building the packages"))?;
        let packages = packages::serve(built.clone(), stop.clone())
            .await
            .map_err(DemoError::io("serving the packages"))?;
        let planned = setup.alerts.then(|| Planned::new(&dir)).transpose()?;
        let prometheus =
            start_prometheus(&dir, setup, &places, warehouse_place, planned.as_ref()).await?;
        let token_file = write_token(dir.join("token"))?;
        write_token(dir.join(format!("token-{COLLEAGUE}")))?;
        let repository = commits(&dir, setup).await;
        let words = repository
            .as_ref()
            .map(|repository| write_words(&dir, repository))
            .transpose()?;
        let model = match &setup.model {
            Some((model, name)) => Some(endpoint(model, name, &stop).await?),
            None => None,
        };
        let facts = Facts {
            dir: &dir,
            program: &program,
            prometheus: prometheus.url(),
            interval_s: setup.interval.as_secs(),
            packages,
            built: &built,
            places: &places,
            warehouse: warehouse_place,
            scenario: setup.scenario,
            gray_bake_s: setup.gray_bake.as_secs(),
            approval_expiry_s: setup.approval_expiry.as_secs(),
            seed: setup.seed,
            repository: repository
                .as_ref()
                .map(|repository| repository.path.as_path()),
            words: words.as_deref(),
            model,
            alerts_secret: planned.as_ref().map(Planned::secret),
        };
        let (server, recordings) = boot_server(&dir, &settings::yaml(&facts)).await?;
        let alertmanager = planned
            .map(|planned| planned.start(&server.url))
            .transpose()?;
        let installed = tokio::select! {
            installed = install(&server) => installed,
            () = interrupt.cancelled() => Err(DemoError::Interrupted),
        };
        if let Err(error) = installed {
            let hosts = hosts(&server);
            server.stop().await;
            for hosts in hosts {
                end_processes(&hosts).await;
            }
            stop.cancel();
            return Err(error);
        }
        let customers = start_customers(&places, setup)?;
        let prometheus_url = prometheus.url().to_owned();
        Ok(Self {
            server,
            customers,
            rps: setup.scenario.rps(),
            places,
            warehouse,
            prometheus_url,
            token_file,
            dir,
            repository,
            recordings,
            prometheus,
            alertmanager,
            stop,
        })
    }

    /// So many times as many customers from now on; how many requests a second that makes.
    pub(super) fn more_customers(&self, factor: f64) -> Result<f64, DemoError> {
        let rps = self.rps * factor;
        self.customers.set_rps(rps)?;
        Ok(rps)
    }

    /// Where the scenario's fault belongs: into what the shop calls, or else into the gray instance.
    pub(super) fn faulty(&self) -> Option<&Place> {
        let warehouse = self.warehouse.as_ref().map(|warehouse| &warehouse.place);
        warehouse.or(self.places.first())
    }

    /// Asks for the new version.
    pub(super) async fn deploy(&self) -> Result<DeploymentId, DemoError> {
        Ok(self.server.engine.deploy(request(NEW)?).await?)
    }

    /// Where the watch of a deployment keeps what it was fed.
    pub(super) fn recording(&self, id: &DeploymentId) -> PathBuf {
        self.recordings.join(format!("{id}.jsonl"))
    }

    /// Stops everything that was started.
    pub(super) async fn stop(self) {
        let _ = self.customers.stop().await;
        let hosts = hosts(&self.server);
        self.server.stop().await;
        // The shops outlive Tawny by design; the demo takes its own away.
        for hosts in hosts {
            end_processes(&hosts).await;
        }
        if let Some(warehouse) = self.warehouse {
            warehouse.stop().await;
        }
        if let Some(alertmanager) = self.alertmanager {
            alertmanager.stop().await;
        }
        if let Err(error) = self.prometheus.stop().await {
            tracing::warn!(%error, "prometheus could not be stopped");
        }
        self.stop.cancel();
    }
}

fn hosts(server: &Running) -> Vec<std::sync::Arc<platforms::hosts::Hosts>> {
    server
        .engine
        .services()
        .into_iter()
        .filter_map(|service| service.platform)
        .collect()
}

/// Ends the instances by their own pids: each was started as the leader of its own process group.
async fn end_processes(hosts: &platforms::hosts::Hosts) {
    for (instance, view) in hosts.observe().await.instances {
        let Some(group) = view.pid.and_then(rustix::process::Pid::from_raw) else {
            continue;
        };
        if let Err(error) =
            rustix::process::kill_process_group(group, rustix::process::Signal::TERM)
        {
            tracing::warn!(%instance, %error, "an instance of the demo could not be stopped");
        }
    }
}

/// Ports that were free a moment ago, below those that systems give to outgoing connections: the shops
/// and their customers make many.
fn places(count: usize) -> std::io::Result<Vec<Place>> {
    let mut listeners: Vec<TcpListener> = Vec::new();
    let mut tries = 0;
    // All are held open until the last is found, so that none is found twice.
    while listeners.len() < 2 * count {
        tries += 1;
        match TcpListener::bind(("127.0.0.1", rand::random_range(PORTS))) {
            Ok(listener) => listeners.push(listener),
            Err(error) if tries > 1000 => return Err(error),
            Err(_) => {}
        }
    }
    let addresses: Vec<SocketAddr> = listeners
        .iter()
        .map(TcpListener::local_addr)
        .collect::<Result<_, _>>()?;
    let pairs = addresses.chunks_exact(2).enumerate();
    Ok(pairs
        .map(|(i, pair)| Place {
            id: format!("{SERVICE}-{}", i + 1),
            listen: pair[0],
            faults: pair[1],
        })
        .collect())
}

async fn start_prometheus(
    dir: &Path,
    setup: &Setup,
    places: &[Place],
    warehouse: Option<&Place>,
    planned: Option<&Planned>,
) -> Result<PrometheusServer, DemoError> {
    let dir = dir.join("prometheus");
    std::fs::create_dir_all(&dir).map_err(DemoError::io("making prometheus' folder"))?;
    let job = |name: &str, places: &[Place]| Job {
        name: name.to_owned(),
        targets: places
            .iter()
            .map(|place| (place.listen, BTreeMap::new()))
            .collect(),
    };
    let mut jobs = vec![job(SERVICE, places)];
    jobs.extend(warehouse.map(|place| job(WAREHOUSE, std::slice::from_ref(place))));
    let settings = PrometheusSettings {
        program: "prometheus".into(),
        dir,
        scrape_interval: setup.interval,
        jobs,
        rules: planned
            .map(|_| alerts::rules(setup.scenario, setup.interval))
            .into_iter()
            .collect(),
        alertmanager: planned.map(|planned| planned.address),
        flags: Vec::new(),
    };
    Ok(PrometheusServer::start(&settings).await?)
}

/// Where the model answers; a played one begins to.
async fn endpoint(
    model: &Model,
    name: &str,
    stop: &CancellationToken,
) -> Result<Endpoint, DemoError> {
    Ok(match model {
        Model::Scripted => {
            let served = scripted::serve(stop.clone()).await;
            let at = served.map_err(DemoError::io("playing the model"))?;
            Endpoint {
                url: format!("http://{at}/v1"),
                model: scripted::MODEL.to_owned(),
                keyed: false,
            }
        }
        Model::At(url) => Endpoint {
            url: url.to_string(),
            model: name.to_owned(),
            keyed: std::env::var_os(MODEL_KEY).is_some(),
        },
    })
}

/// The shop's repository. The demo plays without it, too.
async fn commits(dir: &Path, setup: &Setup) -> Option<Repository> {
    let path = dir.join("shop");
    match repository::make(&path, setup.scenario, setup.seed, (OLD, NEW)).await {
        Ok(repository) => Some(repository),
        Err(error) => {
            super::narrate::line(&format!("without a repository: {error}"));
            None
        }
    }
}

fn write_words(dir: &Path, repository: &Repository) -> Result<PathBuf, DemoError> {
    let path = dir.join("words.json");
    let failed = |error: serde_json::Error| DemoError::io("writing the shop's words")(error.into());
    let text = serde_json::to_vec_pretty(&repository.words).map_err(failed)?;
    std::fs::write(&path, text).map_err(DemoError::io("writing the shop's words"))?;
    Ok(path)
}

fn write_token(path: PathBuf) -> Result<PathBuf, DemoError> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&path)
        .map_err(DemoError::io("writing the token"))?;
    file.write_all(engine::clock::nonce().as_bytes())
        .map_err(DemoError::io("writing the token"))?;
    Ok(path)
}

/// The server, and where it keeps its recordings.
async fn boot_server(dir: &Path, yaml: &str) -> Result<(Running, PathBuf), DemoError> {
    let file = dir.join("tawny.yaml");
    std::fs::write(&file, yaml).map_err(DemoError::io("writing the configuration"))?;
    let settings = config::load(&file, &config::Lookup::system())
        .map_err(|errors| DemoError::Config(errors.to_string()))?;
    let recordings = boot::recordings(&settings);
    let server = boot::run(settings, EngineOptions::default()).await?;
    Ok((server, recordings))
}

/// Brings the old version out everywhere, as somebody did long before the demo begins.
async fn install(server: &Running) -> Result<(), DemoError> {
    let engine = &server.engine;
    let deadline = Instant::now() + INSTALLED_WITHIN;
    let timed_out = || DemoError::TooLong {
        what: "the first installation",
        seconds: INSTALLED_WITHIN.as_secs(),
    };
    while !engine.leading() {
        if Instant::now() > deadline {
            return Err(timed_out());
        }
        sleep(LOOK_EVERY).await;
    }
    let id = engine.deploy(request(OLD)?).await?;
    let mut promoted = false;
    loop {
        let state = ledger::state(engine.reader(), &id).await?;
        match state
            .as_ref()
            .map(|state| (state.status(), state.running_action().is_some()))
        {
            Some((Status::Promoted, _)) => return Ok(()),
            Some((Status::Failed, _)) => {
                let error = state
                    .and_then(|state| state.failure().map(ToOwned::to_owned))
                    .unwrap_or_default();
                return Err(DemoError::Person {
                    doing: "install the old version",
                    error,
                });
            }
            // A port that was free a moment ago may be somebody else's by now.
            Some((Status::Paused, false)) if promoted => {
                return Err(DemoError::Person {
                    doing: "install the old version",
                    error: "an instance did not come up".to_owned(),
                });
            }
            Some((Status::Progressing | Status::Paused, false)) if !promoted => {
                engine
                    .apply(
                        &id,
                        Happened::Commanded {
                            by: you()?,
                            duty: Duty::default(),
                            command: Command::Promote,
                            reason: None,
                        },
                    )
                    .await?;
                promoted = true;
            }
            _ => {}
        }
        if Instant::now() > deadline {
            return Err(timed_out());
        }
        sleep(LOOK_EVERY).await;
    }
}

fn start_customers(places: &[Place], setup: &Setup) -> Result<Customers, DemoError> {
    let targets = places
        .iter()
        .map(|place| Target::new(&place.id, format!("http://{}", place.listen)))
        .collect();
    Ok(Traffic {
        targets,
        rps: setup.scenario.rps(),
        seed: setup.seed,
        mix: Mix::default(),
    }
    .start()?)
}

fn request(version: &str) -> Result<DeployRequest, DemoError> {
    let name = |error: guard::ids::BadName| DemoError::Config(error.to_string());
    Ok(DeployRequest {
        service: ServiceName::new(SERVICE).map_err(name)?,
        environment: Environment::new(ENVIRONMENT).map_err(name)?,
        version: Version::new(version).map_err(name)?,
        package: None,
        from: None,
        reversible: true,
        queue: false,
        origin: None,
        by: you()?,
    })
}

/// The person of the demo.
pub(super) fn you() -> Result<Actor, DemoError> {
    let id = PersonId::new(PERSON).map_err(|error| DemoError::Config(error.to_string()))?;
    Ok(Actor::Person {
        id,
        roles: vec![Role::Responder, Role::Operator],
    })
}
