//! `tawny bench intake`: signed webhooks at a constant rate into a server with a durable journal.
//!
//! The server is a process of its own; the sender keeps its rate whatever is answered, and counts from when a webhook was
//! due. Each is one of GitHub's statuses that Tawny reads and does not act on.

use super::super::output;
use super::Exit;
use super::flow::{Flow, Latency};
use config::Secret;
use config::settings::WebhookKind;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const SECRET: &str = "a-secret-of-the-bench";
const TOKEN: &str = "a-token-of-the-bench";
/// How long the server may take to begin, and to handle what it has taken.
const PATIENCE: Duration = Duration::from_secs(120);

/// How much.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Webhooks per second.
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    rate: u32,
    /// Seconds.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: u32,
}

/// What it came to.
#[derive(Debug, Serialize)]
struct Report {
    #[serde(flatten)]
    flow: Flow,
    /// Seconds after the last answer until all were handled.
    handled_after_s: f64,
    /// Memory of the server after a fifth of the time and at its end, in bytes.
    memory_early_bytes: u64,
    memory_late_bytes: u64,
}

/// Exits with 1 where anything was lost or doubled, or the answers took too long.
pub(super) async fn run(arguments: &Arguments, json: bool) -> Exit {
    match measure(arguments).await {
        Err(error) => super::failed(&error),
        Ok(report) => {
            let good = report.flow.is_good();
            if json {
                output::document("bench.intake", &report);
            } else {
                tell(&report);
            }
            if good { Exit::Done } else { Exit::Failed }
        }
    }
}

fn tell(report: &Report) {
    let mb = |bytes: u64| bytes / 1_000_000;
    let flow = &report.flow;
    output::line(&format!("{}: {}", flow.amount("webhooks"), flow.outcome()));
    output::line(&format!(
        "answered after {}; all handled {:.1} s after the last; memory {} MB, then {} MB",
        flow.took.said(),
        report.handled_after_s,
        mb(report.memory_early_bytes),
        mb(report.memory_late_bytes)
    ));
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn configuration(dir: &Path, listen: std::net::SocketAddr) -> String {
    format!(
        r#"server: {{listen: "{listen}", data_dir: "{}"}}
metrics: {{main: {{type: prometheus, url: "http://127.0.0.1:9"}}}}
people: [{{name: bench, roles: [responder, operator]}}]
tokens: [{{name: bench, person: bench, secret: {TOKEN}}}]
services: [{{name: shop, platform: observed, metrics: {{selector: 'job="shop"'}}, signals: [{{preset: up}}]}}]
webhooks: [{{name: bench, kind: {}, secret: {SECRET}}}]
log: {{level: error}}
"#,
        dir.join("data").display(),
        WebhookKind::Github.as_str()
    )
}

fn begin(dir: &Path) -> Result<(Server, String), String> {
    let free = std::net::TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let listen = free.local_addr().map_err(|error| error.to_string())?;
    drop(free);
    let file = dir.join("tawny.yaml");
    std::fs::write(&file, configuration(dir, listen)).map_err(|error| error.to_string())?;
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let child = Command::new(program)
        .args(["serve", "--config"])
        .arg(file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    Ok((Server(child), format!("http://{listen}")))
}

async fn measure(arguments: &Arguments) -> Result<Report, String> {
    let dir = tempfile::tempdir().map_err(|error| error.to_string())?;
    let (server, url) = begin(dir.path())?;
    let http = reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(20))
        .build()
        .map_err(|error| error.to_string())?;
    let ready = format!("{url}/readyz");
    let begun = Instant::now();
    while !http
        .get(&ready)
        .send()
        .await
        .is_ok_and(|answer| answer.status().is_success())
    {
        if begun.elapsed() > PATIENCE {
            return Err("the server does not begin".to_owned());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let sent = (arguments.rate * arguments.seconds) as usize;
    let secret = Arc::new(Secret::new(SECRET));
    let target = Arc::new(format!("{url}/hooks/bench"));
    let mut tasks = JoinSet::new();
    let mut ticks = tokio::time::interval(Duration::from_millis(5));
    let start = Instant::now();
    let mut done = Vec::with_capacity(sent);
    let mut next = 0;
    let mut early = 0;
    while next < sent {
        ticks.tick().await;
        let due = ((start.elapsed().as_secs_f64() * f64::from(arguments.rate)) as usize).min(sent);
        for number in next..due {
            let at = start + Duration::from_secs_f64(number as f64 / f64::from(arguments.rate));
            let (http, target, secret) = (http.clone(), Arc::clone(&target), Arc::clone(&secret));
            tasks.spawn(async move { post(&http, &target, &secret, number, at).await });
        }
        next = due.max(next);
        while let Some(Ok(one)) = tasks.try_join_next() {
            done.push(one);
        }
        if early == 0 && next * 5 > sent {
            early = memory(server.0.id());
        }
    }
    while let Some(ended) = tasks.join_next().await {
        done.extend(ended.ok());
    }
    let last = Instant::now();
    let late = memory(server.0.id());
    let (kept, rows) = kept(&http, &url, last).await?;
    let handled_after_s = last.elapsed().as_secs_f64();
    let taken: Vec<usize> = done.iter().filter(|one| one.2).map(|one| one.0).collect();
    let lost = taken.iter().filter(|number| !kept.contains(&key(**number)));
    Ok(Report {
        flow: Flow {
            rate: arguments.rate,
            seconds: arguments.seconds,
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            sent,
            taken: taken.len(),
            refused: sent - taken.len(),
            lost: lost.count(),
            doubled: rows - kept.len(),
            took: Latency::of(done.iter().map(|one| one.1).collect()),
        },
        handled_after_s,
        memory_early_bytes: early,
        memory_late_bytes: late,
    })
}

fn key(number: usize) -> String {
    format!("bench-{number}")
}

/// Posts one, and says which, how long it took since it was due, and whether it was taken.
async fn post(
    http: &reqwest::Client,
    target: &str,
    secret: &Secret,
    number: usize,
    due: Instant,
) -> (usize, f64, bool) {
    let body = json!({ "action": "completed", "check_run": { "id": number, "status": "completed" },
        "repository": { "name": "shop", "full_name": "acme/shop" } })
    .to_string();
    let signature = crate::webhooks::github_signature(secret, body.as_bytes()).unwrap_or_default();
    let answer = http
        .post(target)
        .header("x-github-event", "check_run")
        .header("x-github-delivery", key(number))
        .header("x-hub-signature-256", signature)
        .body(body)
        .send()
        .await;
    let taken = answer.is_ok_and(|answer| answer.status() == reqwest::StatusCode::ACCEPTED);
    (number, due.elapsed().as_secs_f64(), taken)
}

/// The keys in the journal once nothing waits, and the number of rows.
async fn kept(
    http: &reqwest::Client,
    url: &str,
    since: Instant,
) -> Result<(BTreeSet<String>, usize), String> {
    'again: loop {
        let (mut keys, mut rows, mut before) = (BTreeSet::new(), 0, String::new());
        loop {
            let page = format!("{url}/api/v1/deliveries?limit=500{before}");
            let answer = http.get(page).bearer_auth(TOKEN).send().await;
            let answer = answer.map_err(|error| error.to_string())?;
            let page: Value = answer.json().await.map_err(|error| error.to_string())?;
            let all = page["deliveries"].as_array().cloned().unwrap_or_default();
            if all.iter().any(|one| one["status"] != "done") {
                if since.elapsed() > PATIENCE {
                    return Err("deliveries are not handled in time".to_owned());
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue 'again;
            }
            rows += all.len();
            keys.extend(
                all.iter()
                    .filter_map(|one| one["key"].as_str().map(str::to_owned)),
            );
            match all.last() {
                Some(last) if all.len() == 500 => before = format!("&before={}", last["id"]),
                _ => return Ok((keys, rows)),
            }
        }
    }
}

/// Resident memory of a process, in bytes.
pub(super) fn memory(pid: u32) -> u64 {
    let process = procfs::process::Process::new(pid.cast_signed());
    let pages = process
        .and_then(|process| process.statm())
        .map_or(0, |statm| statm.resident);
    pages * procfs::page_size()
}
