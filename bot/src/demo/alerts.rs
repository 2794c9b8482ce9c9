//! An Alertmanager beside the demo's Prometheus, and the rule for the scenario's fault.

use super::error::DemoError;
use super::prometheus_server::free_address;
use super::scenario::Scenario;
use super::settings::{ENVIRONMENT, SERVICE};
use super::world::{LOOK_EVERY, World};
use crate::incidents;
use engine::ledger;
use guard::event::{Event, Recorded};
use guard::ids::DeploymentId;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

/// What the source is called.
pub(super) const SOURCE: &str = "alertmanager";
/// What Debian calls the program, and what its authors do.
const PROGRAMS: [&str; 2] = ["prometheus-alertmanager", "alertmanager"];
/// Longest time, beyond some scrapes, until the alert must have joined.
const JOINS_WITHIN: Duration = Duration::from_secs(30);

/// Why there is no Alertmanager.
#[derive(Debug, thiserror::Error)]
pub enum AlertsError {
    /// It is not there.
    #[error("Alertmanager is not installed; run: apt-get install prometheus-alertmanager")]
    NotInstalled,
    /// A file, a port or the process.
    #[error("Alertmanager cannot be started in {}: {source}", dir.display())]
    Io {
        /// Where.
        dir: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// An Alertmanager that will be started when it is known where Tawny listens.
pub(super) struct Planned {
    /// Where it will listen.
    pub(super) address: SocketAddr,
    dir: PathBuf,
    secret: PathBuf,
}

/// One that runs.
pub(super) struct Alertmanager(Child);

impl Planned {
    pub(super) fn new(dir: &Path) -> Result<Self, AlertsError> {
        let dir = dir.join("alertmanager");
        let failed = |source| AlertsError::Io {
            dir: dir.clone(),
            source,
        };
        std::fs::create_dir_all(&dir).map_err(failed)?;
        let secret = dir.join("secret");
        write_secret(&secret).map_err(failed)?;
        Ok(Self {
            address: free_address().map_err(failed)?,
            secret,
            dir,
        })
    }

    /// The file that holds what it proves itself with.
    pub(super) fn secret(&self) -> &Path {
        &self.secret
    }

    /// Starts it; what Prometheus has to say before it listens is said again.
    pub(super) fn start(&self, tawny: &str) -> Result<Alertmanager, AlertsError> {
        let failed = |source| AlertsError::Io {
            dir: self.dir.clone(),
            source,
        };
        let config = self.dir.join("alertmanager.yml");
        let text = configuration(tawny, &self.secret).to_string();
        std::fs::write(&config, text).map_err(failed)?;
        for program in PROGRAMS {
            let log = File::create(self.dir.join("alertmanager.log")).map_err(failed)?;
            let started = Command::new(program)
                .arg(format!("--config.file={}", config.display()))
                .arg(format!(
                    "--storage.path={}",
                    self.dir.join("data").display()
                ))
                .arg(format!("--web.listen-address={}", self.address))
                .arg("--cluster.listen-address=")
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(log)
                .kill_on_drop(true)
                .spawn();
            match started {
                Ok(child) => return Ok(Alertmanager(child)),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(failed(error)),
            }
        }
        Err(AlertsError::NotInstalled)
    }
}

impl Alertmanager {
    pub(super) async fn stop(mut self) {
        if let Err(error) = self.0.kill().await {
            tracing::warn!(%error, "Alertmanager could not be stopped");
        }
    }
}

fn write_secret(path: &Path) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(path)?;
    file.write_all(hex::encode(rand::random::<[u8; 16]>()).as_bytes())
}

/// The configuration, in the JSON that is also YAML.
fn configuration(tawny: &str, secret: &Path) -> Value {
    json!({
        "route": {
            "receiver": "tawny",
            "group_by": ["alertname"],
            "group_wait": "100ms",
            "group_interval": "1s",
            "repeat_interval": "1h",
        },
        "receivers": [{
            "name": "tawny",
            "webhook_configs": [{
                "url": format!("{tawny}/hooks/{SOURCE}"),
                "send_resolved": true,
                "http_config": { "authorization": { "credentials_file": secret } },
            }],
        }],
    })
}

/// The rule that notices the scenario's fault. It warns: what Tawny does follows from what it finds itself.
pub(super) fn rules(scenario: Scenario, interval: Duration) -> Value {
    let window = format!("{}s", 4 * interval.as_secs());
    let shop = format!("job=\"{SERVICE}\"");
    let per_instance = |bad: &str, all: &str| {
        let rate = |name: &str| format!("sum by (instance) (rate({name}[{window}]))");
        format!("max({} / {})", rate(bad), rate(all))
    };
    let (name, expression, lasting) = match scenario {
        Scenario::Latency | Scenario::PoolLeak => (
            "ShopIsSlow",
            format!(
                "{} > 0.25",
                per_instance(
                    &format!("http_request_duration_seconds_sum{{{shop}}}"),
                    &format!("http_request_duration_seconds_count{{{shop}}}"),
                )
            ),
            "0s",
        ),
        Scenario::Cpu => (
            "ShopBurnsCpu",
            format!("max(rate(process_cpu_seconds_total{{{shop}}}[{window}])) > 0.15"),
            "0s",
        ),
        Scenario::MemoryLeak => (
            "ShopLeaksMemory",
            format!(
                "max(process_resident_memory_bytes{{{shop}}}) > 2 * min(process_resident_memory_bytes{{{shop}}})"
            ),
            "0s",
        ),
        // An instance that is changed is away for a moment, too.
        Scenario::Crash => (
            "ShopInstanceDown",
            format!("max(1 - up{{{shop}}}) > 0"),
            "3s",
        ),
        _ => (
            "ShopErrors",
            format!(
                "{} > 0.1",
                per_instance(
                    &format!("http_requests_total{{{shop},code=~\"5..\"}}"),
                    &format!("http_requests_total{{{shop}}}"),
                )
            ),
            "0s",
        ),
    };
    json!({
        "name": "demo",
        "rules": [{
            "alert": name,
            "expr": expression,
            "for": lasting,
            "labels": { "service": SERVICE, "environment": ENVIRONMENT, "severity": "warning" },
            "annotations": { "summary": "an instance of the shop is not well" },
        }],
    })
}

/// Waits until the alert has joined the deployment's incident.
pub(super) async fn joined(
    world: &World,
    id: &DeploymentId,
    interval: Duration,
) -> Result<(), DemoError> {
    let limit = JOINS_WITHIN + interval * 6;
    let deadline = Instant::now() + limit;
    loop {
        let records = ledger::records(world.server.engine.reader(), id).await?;
        if joins(&records) > 0 {
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(DemoError::TooLong {
                what: "the alert",
                seconds: limit.as_secs(),
            });
        }
        sleep(LOOK_EVERY).await;
    }
}

/// How many alerts joined the deployment's incident, how many of these are over, and how many incidents there are.
pub(super) async fn counted(world: &World, records: &[Recorded]) -> Result<Value, DemoError> {
    let over = |record: &&Recorded| matches!(record.event, Event::AlertOver { .. });
    let wanted = incidents::Wanted {
        limit: usize::MAX,
        ..incidents::Wanted::default()
    };
    let (incidents, _) = incidents::newest(&world.server.engine, wanted).await?;
    Ok(json!({
        "joined": joins(records),
        "over": records.iter().filter(over).count(),
        "incidents": incidents.len(),
    }))
}

fn joins(records: &[Recorded]) -> usize {
    let joined = |record: &&Recorded| matches!(record.event, Event::AlertJoined { .. });
    records.iter().filter(joined).count()
}
