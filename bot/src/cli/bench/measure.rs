//! Measuring: lag of the ticks, processor, memory, queries.

use super::WatchArguments;
use super::world::{INSTANCES, World, told};
use engine::Tick;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};
use tokio::process::Command;
use tokio::sync::broadcast::error::RecvError;

/// Clock ticks of the kernel per second, as it has them for programs on every Linux.
const KERNEL_TICKS: f64 = 100.0;

/// What one size came to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Measured {
    pub(super) services: u32,
    pub(super) signals: u32,
    pub(super) instances: u32,
    /// Series in Prometheus.
    pub(super) series: f64,
    /// Seconds that were measured.
    pub(super) seconds: f64,
    pub(super) ticks: u64,
    /// Ticks that there should have been.
    pub(super) ticks_due: f64,
    /// Ticks at which the source did not answer.
    pub(super) unanswered: u64,
    /// How late ticks began, in seconds.
    pub(super) lag_s: Spread,
    /// How long fetching took, in seconds.
    pub(super) fetch_s: Spread,
    /// How long whole ticks took, in seconds.
    pub(super) tick_s: Spread,
    /// Queries that Prometheus answered, per second.
    pub(super) queries_per_s: f64,
    /// Processor cores that Tawny used.
    pub(super) cores: f64,
    /// Processor cores that Prometheus used, scraping included.
    pub(super) prometheus_cores: f64,
    /// Memory of Tawny at the end, and at its most, in bytes.
    pub(super) memory_bytes: f64,
    pub(super) memory_most_bytes: f64,
}

/// Middle, nearly all, worst.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Spread {
    pub(super) p50: f64,
    pub(super) p95: f64,
    pub(super) max: f64,
}

impl Spread {
    fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let place = (values.len() as f64 * share).ceil() as usize;
            let place = place.clamp(1, values.len().max(1)) - 1;
            values.get(place).copied().unwrap_or(0.0)
        };
        Self {
            p50: at(0.5),
            p95: at(0.95),
            max: at(1.0),
        }
    }
}

/// Measures `services` in a process of its own.
pub(super) async fn elsewhere(
    arguments: &WatchArguments,
    services: u32,
) -> Result<Measured, String> {
    let program = std::env::current_exe().map_err(told("this program"))?;
    let child = Command::new(program)
        .args(["bench", "watch", "--alone", "--json"])
        .args(["--services", &services.to_string()])
        .args(["--seconds", &arguments.seconds.to_string()])
        .arg("--interval")
        .arg(humantime::format_duration(arguments.interval).to_string())
        .stderr(std::process::Stdio::inherit())
        .kill_on_drop(true)
        .output();
    let most = Duration::from_secs(arguments.seconds + 180) + arguments.interval * 40;
    let output = tokio::time::timeout(most, child).await;
    let output = output.map_err(|_| format!("not done after {} s", most.as_secs()))?;
    let output = output.map_err(told("this program"))?;
    let said: serde_json::Value =
        serde_json::from_slice(&output.stdout).map_err(told("the measurement failed"))?;
    let measured = said["sizes"].get(0).cloned().unwrap_or_default();
    serde_json::from_value(measured).map_err(told("the measurement failed"))
}

/// Measures in this process.
pub(super) async fn measure(arguments: &WatchArguments) -> Result<Measured, String> {
    let mut world = World::start(arguments, "").await?;
    let prometheus = world.prometheus.pid();
    let before = (cpu("self"), cpu(&prometheus), queries(&world).await?);
    let begun = Instant::now();
    let end = begun + Duration::from_secs(arguments.seconds);
    let mut ticks: Vec<Tick> = Vec::new();
    let mut missed = 0;
    while let Ok(next) = tokio::time::timeout_at(end.into(), world.ticks.recv()).await {
        match next {
            Ok(tick) => ticks.push(tick),
            Err(RecvError::Lagged(n)) => missed += n,
            Err(RecvError::Closed) => return Err("the engine ended".to_owned()),
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    let after = (cpu("self"), cpu(&prometheus), queries(&world).await?);
    let series = metric(&world, "prometheus_tsdb_head_series").await?;
    let (memory_bytes, memory_most_bytes) = memory();
    let spread = |of: fn(&Tick) -> Duration| {
        Spread::of(ticks.iter().map(|tick| of(tick).as_secs_f64()).collect())
    };
    let measured = Measured {
        services: arguments.services,
        signals: 10,
        instances: INSTANCES.len() as u32,
        series,
        seconds,
        ticks: ticks.len() as u64 + missed,
        ticks_due: f64::from(arguments.services) * seconds / arguments.interval.as_secs_f64(),
        unanswered: ticks.iter().filter(|tick| !tick.answered).count() as u64,
        lag_s: spread(|tick| tick.lag),
        fetch_s: spread(|tick| tick.fetch),
        tick_s: spread(|tick| tick.whole),
        queries_per_s: (after.2 - before.2) / seconds,
        cores: (after.0 - before.0) / seconds,
        prometheus_cores: (after.1 - before.1) / seconds,
        memory_bytes,
        memory_most_bytes,
    };
    let World {
        tawny, prometheus, ..
    } = world;
    tawny.stop().await;
    prometheus.stop().await.map_err(told("prometheus"))?;
    Ok(measured)
}

/// Processor seconds of a process.
pub(super) fn cpu(process: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // Behind the name, which may hold anything: state is the third field, times the 14th and 15th.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let times = fields.split_whitespace().skip(11).take(2);
    let all: f64 = times.filter_map(|time| time.parse::<f64>().ok()).sum();
    all / KERNEL_TICKS
}

/// Memory of this process now and at its most, in bytes.
fn memory() -> (f64, f64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
        kilobytes.unwrap_or(0.0) * 1024.0
    };
    (field("VmRSS:"), field("VmHWM:"))
}

/// Queries that Prometheus has answered.
async fn queries(world: &World) -> Result<f64, String> {
    metric(
        world,
        "prometheus_http_requests_total{code=\"200\",handler=\"/api/v1/query",
    )
    .await
}

/// The sum of Prometheus' own metrics that begin so.
async fn metric(world: &World, begins: &str) -> Result<f64, String> {
    let client = reqwest::Client::builder().no_proxy().build();
    let client = client.map_err(told("a client"))?;
    let page = client.get(format!("{}/metrics", world.prometheus.url()));
    let page = page.send().await.map_err(told("prometheus' own metrics"))?;
    let page = page.text().await.map_err(told("prometheus' own metrics"))?;
    let lines = page.lines().filter(|line| line.starts_with(begins));
    let values = lines.filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok());
    Ok(values.sum())
}
