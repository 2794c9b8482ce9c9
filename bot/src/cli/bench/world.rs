//! What is measured against: an exporter, a Prometheus that scrapes it, and Tawny with every watch begun.

use super::WatchArguments;
use crate::boot::{self, Running};
use crate::demo::prometheus_server::{Job, PrometheusServer, Settings};
use engine::{DeployRequest, EngineOptions, Tick};
use guard::actor::Actor;
use guard::ids::{DeploymentId, Environment, PersonId, ServiceName, Version};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// Instances of a service.
pub(super) const INSTANCES: [&str; 3] = ["a", "b", "c"];
/// Scrapes before the first deployment.
const PAST: u32 = 4;

pub(super) struct World {
    pub(super) tawny: Running,
    pub(super) prometheus: PrometheusServer,
    pub(super) ticks: Receiver<Tick>,
    _exporter: Child,
    _dir: TempDir,
}

impl World {
    /// Returns when each watch has looked twice.
    pub(super) async fn start(arguments: &WatchArguments) -> Result<Self, String> {
        let dir = TempDir::with_prefix("tawny-bench-").map_err(told("a folder cannot be made"))?;
        let (exporter, address) = exporter().await?;
        let prometheus = PrometheusServer::start(&Settings {
            program: "prometheus".into(),
            dir: dir.path().to_owned(),
            scrape_interval: arguments.interval,
            jobs: jobs(arguments.services, address),
            rules: Vec::new(),
            alertmanager: None,
            flags: Vec::new(),
        })
        .await
        .map_err(told("prometheus"))?;
        let settings = settings(arguments, dir.path(), prometheus.url())?;
        let tawny = boot::run(settings, EngineOptions::default())
            .await
            .map_err(told("tawny"))?;
        let ticks = tawny.engine.ticks();
        let mut world = Self {
            tawny,
            prometheus,
            ticks,
            _exporter: exporter,
            _dir: dir,
        };
        tokio::time::sleep(arguments.interval * PAST).await;
        world.deploy_all(arguments).await?;
        Ok(world)
    }

    async fn deploy_all(&mut self, arguments: &WatchArguments) -> Result<(), String> {
        let leads = async {
            while !self.tawny.engine.leading() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let patience = Duration::from_secs(30);
        let led = tokio::time::timeout(patience, leads).await;
        led.map_err(told("the engine's lease is not to be had"))?;
        let mut looked: HashMap<DeploymentId, u32> = HashMap::new();
        for n in 0..arguments.services {
            looked.insert(self.deploy(n).await?, 0);
        }
        let patience = arguments.interval * 20 + Duration::from_secs(60);
        let begun = async {
            while looked.values().any(|looks| *looks < 2) {
                match self.ticks.recv().await {
                    Ok(tick) => *looked.entry(tick.deployment).or_default() += 1,
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return Err("the engine ended".to_owned()),
                }
            }
            Ok(())
        };
        let begun = tokio::time::timeout(patience, begun).await;
        begun.map_err(told("not every watch has begun"))?
    }

    async fn deploy(&self, n: u32) -> Result<DeploymentId, String> {
        let bad = "an internal name";
        let request = DeployRequest {
            service: ServiceName::new(name(n)).map_err(told(bad))?,
            environment: Environment::new("production").map_err(told(bad))?,
            version: Version::new("v2").map_err(told(bad))?,
            package: None,
            from: Some(Version::new("v1").map_err(told(bad))?),
            reversible: true,
            queue: false,
            origin: None,
            by: Actor::Machine {
                id: PersonId::new("bench").map_err(told(bad))?,
                roles: Vec::new(),
            },
        };
        let asked = self.tawny.engine.deploy(request).await;
        asked.map_err(told("a deployment cannot begin"))
    }
}

/// An error with what it is about.
pub(super) fn told<E: std::fmt::Display>(what: &str) -> impl Fn(E) -> String {
    move |error| format!("{what}: {error}")
}

fn name(n: u32) -> String {
    format!("service-{n}")
}

async fn exporter() -> Result<(Child, SocketAddr), String> {
    let failed = "the exporter cannot be started";
    let program = std::env::current_exe().map_err(told(failed))?;
    let mut child = Command::new(program)
        .args(["bench", "exporter"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(told(failed))?;
    let out = child.stdout.take().ok_or(failed)?;
    let line = BufReader::new(out).lines().next_line().await;
    let line = line.map_err(told(failed))?.unwrap_or_default();
    let address = line.parse().map_err(told(failed))?;
    Ok((child, address))
}

fn jobs(services: u32, exporter: SocketAddr) -> Vec<Job> {
    let target = |n: u32, instance: &str| {
        let labels = [
            ("__metrics_path__", format!("/m/{}/{instance}", name(n))),
            ("service", name(n)),
            ("instance", format!("{}-{instance}", name(n))),
        ];
        let labels = labels.map(|(label, value)| (label.to_owned(), value));
        (exporter, BTreeMap::from(labels))
    };
    let targets = (0..services).flat_map(|n| INSTANCES.map(|instance| target(n, instance)));
    vec![Job {
        name: "bench".to_owned(),
        targets: targets.collect(),
    }]
}

fn settings(
    arguments: &WatchArguments,
    dir: &std::path::Path,
    prometheus: &str,
) -> Result<config::Settings, String> {
    let path = dir.join("tawny.yaml");
    let text = yaml(arguments, dir, prometheus);
    std::fs::write(&path, text).map_err(told("the configuration cannot be written"))?;
    let lookup = config::Lookup::system();
    config::load(&path, &lookup).map_err(told("the configuration"))
}

/// Ten signals of each kind that Tawny knows, for every service.
fn yaml(arguments: &WatchArguments, dir: &std::path::Path, prometheus: &str) -> String {
    let mut text = format!(
        r#"server: {{listen: "127.0.0.1:0", data_dir: "{dir}/data"}}
metrics:
  bench: {{type: prometheus, url: "{prometheus}", scrape_interval: {interval}}}
services:
"#,
        dir = dir.display(),
        interval = humantime::format_duration(arguments.interval),
    );
    for n in 0..arguments.services {
        let name = name(n);
        let instances = INSTANCES.map(|instance| format!("{{id: {name}-{instance}}}"));
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            r#"  - name: {name}
    platform: {{type: observed, instances: [{instances}]}}
    metrics: {{selector: 'service="{name}"'}}
    pacing: {{gray_bake: 1h}}
    signals:
      - {{key: errors, kind: ratio, bad: 'bench_requests_total{{code="500"}}', total: bench_requests_total}}
      - {{key: latency, kind: histogram, metric: bench_seconds}}
      - {{key: throughput, kind: throughput, selector: bench_requests_total}}
      - {{key: availability, kind: availability, selector: up}}
      - {{key: calls, kind: ratio, bad: 'bench_calls_total{{result="failed"}}', total: bench_calls_total}}
      - {{key: cpu, kind: rate, selector: bench_cpu_seconds_total, unit: cores}}
      - {{key: gc, kind: rate, selector: bench_gc_seconds_total, unit: cores}}
      - {{key: memory, kind: gauge, selector: bench_memory_bytes, unit: bytes}}
      - {{key: open-files, kind: gauge, selector: bench_open_files}}
      - {{key: queue, kind: gauge, selector: bench_queue_length}}
"#,
            instances = instances.join(", "),
        );
    }
    text
}
