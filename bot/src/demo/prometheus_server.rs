//! A private Prometheus: own configuration, own folder, a free loopback port.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

/// Longest time until the server must answer.
const READY_WITHIN: Duration = Duration::from_secs(30);
/// Between two looks whether it does.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How often another port is tried when somebody took the free one first.
const PORT_TRIES: usize = 5;

/// What to run and what to scrape.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Program name or path.
    pub(crate) program: PathBuf,
    /// Existing folder for configuration, data and log; may hold those of an earlier run.
    pub(crate) dir: PathBuf,
    /// Time between scrapes; also the time limit of one.
    pub(crate) scrape_interval: Duration,
    /// What to scrape.
    pub(crate) jobs: Vec<Job>,
    /// Groups of rules, as in a rule file.
    pub(crate) rules: Vec<serde_json::Value>,
    /// Where its alerts go, if they go anywhere.
    pub(crate) alertmanager: Option<SocketAddr>,
    /// Further command-line flags.
    pub(crate) flags: Vec<String>,
}

/// One scrape job.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    /// Value of the label `job`.
    pub(crate) name: String,
    /// Scraped at `/metrics`, with extra labels.
    pub(crate) targets: Vec<(SocketAddr, BTreeMap<String, String>)>,
}

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("{} is not installed; run: apt-get install prometheus", .0.display())]
    NotInstalled(PathBuf),
    #[error("prometheus cannot be started in {}: {source}", dir.display())]
    Io { dir: PathBuf, source: io::Error },
    #[error("prometheus ended at once ({status}): {log}")]
    Ended { status: ExitStatus, log: String },
    #[error("prometheus was not ready within {} s: {log}", READY_WITHIN.as_secs())]
    NotReady { log: String },
}

/// A running server. Killed when dropped, if [`PrometheusServer::stop`] was not called.
#[derive(Debug)]
pub(crate) struct PrometheusServer {
    url: String,
    child: Child,
}

impl PrometheusServer {
    /// Starts a server and waits until it is ready to answer.
    pub(crate) async fn start(settings: &Settings) -> Result<Self, StartError> {
        let failed = |source| StartError::Io {
            dir: settings.dir.clone(),
            source,
        };
        let config = settings.dir.join("prometheus.yml");
        std::fs::write(&config, configuration(settings)).map_err(failed)?;
        let rules = serde_json::json!({ "groups": settings.rules }).to_string();
        std::fs::write(settings.dir.join("rules.yml"), rules).map_err(failed)?;
        let mut tries = 0;
        loop {
            tries += 1;
            let address = free_address().map_err(failed)?;
            let mut child = spawn(settings, &config, address)?;
            match wait_until_ready(&mut child, address, &settings.dir).await {
                Ok(()) => {
                    let url = format!("http://{address}");
                    return Ok(Self { url, child });
                }
                Err(StartError::Ended { log, .. })
                    if log.contains("address already in use") && tries < PORT_TRIES => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Base URL.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Its process, as `/proc` names it; empty when it has ended.
    pub(crate) fn pid(&self) -> String {
        self.child.id().map(|id| id.to_string()).unwrap_or_default()
    }

    /// Kills this server and waits for its end. What it scraped stays in its folder.
    pub(crate) async fn stop(mut self) -> io::Result<()> {
        self.child.kill().await
    }
}

/// The configuration, in the JSON that is also YAML.
fn configuration(settings: &Settings) -> String {
    let interval = format!("{}ms", settings.scrape_interval.as_millis());
    let jobs = settings.jobs.iter().map(|job| {
        let targets = job.targets.iter().map(|(address, labels)| {
            serde_json::json!({ "targets": [address.to_string()], "labels": labels })
        });
        serde_json::json!({
            "job_name": job.name,
            "static_configs": targets.collect::<Vec<_>>(),
        })
    });
    let alertmanagers = settings.alertmanager.iter().map(
        |address| serde_json::json!({ "static_configs": [{ "targets": [address.to_string()] }] }),
    );
    serde_json::json!({
        "alerting": { "alertmanagers": alertmanagers.collect::<Vec<_>>() },
        "global": {
            "scrape_interval": interval,
            "scrape_timeout": interval,
            "evaluation_interval": interval,
        },
        "rule_files": ["rules.yml"],
        "scrape_configs": jobs.collect::<Vec<_>>(),
    })
    .to_string()
}

/// A port that was free a moment ago.
pub(crate) fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

fn spawn(settings: &Settings, config: &Path, address: SocketAddr) -> Result<Child, StartError> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => StartError::NotInstalled(settings.program.clone()),
        _ => StartError::Io {
            dir: settings.dir.clone(),
            source,
        },
    };
    let log = std::fs::File::create(log_path(&settings.dir)).map_err(|source| StartError::Io {
        dir: settings.dir.clone(),
        source,
    })?;
    Command::new(&settings.program)
        .arg(format!("--config.file={}", config.display()))
        .arg(format!(
            "--storage.tsdb.path={}",
            settings.dir.join("data").display()
        ))
        .arg(format!("--web.listen-address={address}"))
        .arg("--log.level=warn")
        .args(&settings.flags)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .map_err(failed)
}

async fn wait_until_ready(
    child: &mut Child,
    address: SocketAddr,
    dir: &Path,
) -> Result<(), StartError> {
    let url = format!("http://{address}/-/ready");
    let http = reqwest::Client::builder().no_proxy().build();
    let deadline = Instant::now() + READY_WITHIN;
    while Instant::now() < deadline {
        if let Ok(Some(status)) = child.try_wait() {
            let log = end_of_log(dir);
            return Err(StartError::Ended { status, log });
        }
        if let Ok(http) = &http
            && let Ok(answer) = http.get(&url).timeout(Duration::from_secs(2)).send().await
            && answer.status().is_success()
        {
            return Ok(());
        }
        sleep(LOOK_EVERY).await;
    }
    Err(StartError::NotReady {
        log: end_of_log(dir),
    })
}

fn log_path(dir: &Path) -> PathBuf {
    dir.join("prometheus.log")
}

/// The last lines the server wrote, on one line.
fn end_of_log(dir: &Path) -> String {
    let log = std::fs::read_to_string(log_path(dir)).unwrap_or_default();
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(3)..].join(" | ")
}
