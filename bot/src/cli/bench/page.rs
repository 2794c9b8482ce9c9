//! `tawny bench page`: how long the pages that people open take with many services and a long past, how heavy they are,
//! and what it costs to tell many viewers that something happened.
//!
//! The server is a process of its own with a journal that was made before. Each page is asked for over loopback, one
//! after another, so the time of its transfer is in it; a deployment is seldom the same one twice.

use super::super::output;
use super::Exit;
use super::flow::Latency;
use super::intake::memory;
use super::measure::cpu;
use super::world::told;
use jiff::{SignedDuration, Timestamp};
use journal::{Journal, JournalOptions};
use past::Goes;
use rand::RngExt;
use reqwest::Client;
use reqwest::header::{ACCEPT_ENCODING, COOKIE, SET_COOKIE};
use serde::Serialize;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

mod past;
mod viewers;

const TOKEN: &str = "a-token-of-the-bench";
/// No page may take longer, but for one in a hundred.
const GOAL_S: f64 = 0.05;
/// What a first visit may weigh, styles and scripts included.
const GOAL_BYTES: usize = 100_000;
/// How long the server may take to begin: without kept lines it reads the whole past.
const PATIENCE: Duration = Duration::from_secs(600);
/// Of each service so many days between two deployments.
const DAYS: i64 = 3;

/// How much.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Services, of three instances each.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=5000))]
    services: u32,
    /// Deployments that are over, of all services together.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=200_000))]
    past: u32,
    /// Deployments under way, of which every fifth asks somebody.
    #[arg(long, default_value_t = 25, value_parser = clap::value_parser!(u32).range(0..=1000))]
    open: u32,
    /// How often each page is asked for.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(20..=100_000))]
    calls: u32,
    /// Viewers that are told what happens.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=500))]
    viewers: u32,
    /// Seconds that viewers look on, and that the server is watched without them.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(5..=600))]
    seconds: u64,
}

/// What it came to.
#[derive(Debug, Serialize)]
struct Report {
    processors: usize,
    services: u32,
    past: u32,
    open: u32,
    events: usize,
    /// From the start of the process to the first overview, reading the whole past and then what was kept of it.
    first_start_s: f64,
    next_start_s: f64,
    /// Memory of the server after all calls.
    memory_bytes: u64,
    pages: Vec<Asked>,
    /// Styles, scripts and the picture.
    assets_bytes: usize,
    viewers: viewers::Told,
}

/// One page, many times.
#[derive(Debug, Serialize)]
struct Asked {
    what: &'static str,
    /// Whether a browser shows it, with styles and scripts.
    shown: bool,
    #[serde(flatten)]
    took: Latency,
    /// The heaviest answer.
    bytes: usize,
}

impl Report {
    fn is_good(&self) -> bool {
        let shown = self.pages.iter().filter(|page| page.shown);
        let heaviest = shown.map(|page| page.bytes).max();
        self.pages.iter().all(|page| page.took.p99_s < GOAL_S)
            && heaviest.unwrap_or(0) + self.assets_bytes < GOAL_BYTES
            && self.viewers.is_good()
    }
}

/// Exits with 1 where a page takes too long or weighs too much, or the viewers cost too much.
pub(super) async fn run(arguments: &Arguments, json: bool) -> Exit {
    match measure(arguments).await {
        Err(error) => super::failed(&error),
        Ok(report) => {
            if json {
                output::document("bench.page", &report);
            } else {
                tell(&report);
            }
            if report.is_good() {
                Exit::Done
            } else {
                Exit::Failed
            }
        }
    }
}

fn tell(report: &Report) {
    output::line(&format!(
        "{} services, {} deployments that are over and {} under way ({} events), on {} processors",
        report.services, report.past, report.open, report.events, report.processors
    ));
    output::line(&format!(
        "from start to the first overview {:.1} s, reading everything once; {:.1} s at the next start; memory {} MB",
        report.first_start_s,
        report.next_start_s,
        report.memory_bytes / 1_000_000
    ));
    for page in &report.pages {
        output::line(&format!(
            "{}: {}, {:.0} % of the goal; {:.1} KB",
            page.what,
            page.took.said(),
            page.took.p99_s / GOAL_S * 100.0,
            page.bytes as f64 / 1e3
        ));
    }
    output::line(&format!(
        "styles, scripts, picture: {:.1} KB, once",
        report.assets_bytes as f64 / 1e3
    ));
    output::line(&report.viewers.said());
}

/// The server, and somebody who is logged in.
struct Server {
    child: Child,
    url: String,
    http: Client,
    cookie: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts it and has somebody open the overview; how long that took together.
    async fn start(dir: &Path, arguments: &Arguments) -> Result<(Self, f64), String> {
        let free = std::net::TcpListener::bind("127.0.0.1:0").map_err(told("a port"))?;
        let listen = free.local_addr().map_err(told("a port"))?;
        drop(free);
        let file = dir.join("tawny.yaml");
        let text = configuration(dir, listen, arguments.services);
        std::fs::write(&file, text).map_err(told("the configuration"))?;
        let begun = Instant::now();
        let child = Command::new(std::env::current_exe().map_err(told("this program"))?)
            .args(["serve", "--config"])
            .arg(file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .map_err(told("the server"))?;
        let http = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(told("a client"))?;
        let mut server = Self {
            child,
            url: format!("http://{listen}"),
            http,
            cookie: String::new(),
        };
        server.login(begun).await?;
        server.page("/").await?;
        Ok((server, begun.elapsed().as_secs_f64()))
    }

    async fn login(&mut self, begun: Instant) -> Result<(), String> {
        let links = format!("{}/api/v1/login-links", self.url);
        let link: serde_json::Value = loop {
            match self.http.post(&links).bearer_auth(TOKEN).send().await {
                Ok(answer) if answer.status().is_success() => {
                    break answer.json().await.map_err(told("a link"))?;
                }
                _ if begun.elapsed() > PATIENCE => {
                    return Err("the server does not begin".to_owned());
                }
                _ if !matches!(self.child.try_wait(), Ok(None)) => {
                    return Err("the server ended".to_owned());
                }
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        };
        let link = link["link"].as_str().unwrap_or_default();
        let answer = self
            .http
            .get(link)
            .send()
            .await
            .map_err(told("logging in"))?;
        let cookies = answer.headers().get_all(SET_COOKIE).iter();
        let pairs = cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
        self.cookie = pairs.collect::<Vec<_>>().join("; ");
        Ok(())
    }

    /// One page; how many bytes it has.
    async fn page(&self, path: &str) -> Result<usize, String> {
        let asked = self.http.get(format!("{}{path}", self.url));
        let asked = asked
            .header(COOKIE, &self.cookie)
            .header(ACCEPT_ENCODING, "identity");
        let answer = asked.bearer_auth(TOKEN).send().await.map_err(told(path))?;
        let answer = answer.error_for_status().map_err(told(path))?;
        Ok(answer.bytes().await.map_err(told(path))?.len())
    }

    async fn asked(
        &self,
        what: &'static str,
        calls: u32,
        path: impl Fn() -> String,
    ) -> Result<Asked, String> {
        let (mut took, mut bytes) = (Vec::new(), 0);
        for _ in 0..calls {
            let path = path();
            let begun = Instant::now();
            bytes = bytes.max(self.page(&path).await?);
            took.push(begun.elapsed().as_secs_f64());
        }
        let took = Latency::of(took);
        Ok(Asked {
            what,
            shown: !path().starts_with("/api/"),
            took,
            bytes,
        })
    }
}

fn name(n: u32) -> String {
    format!("service-{n}")
}

fn configuration(dir: &Path, listen: std::net::SocketAddr, services: u32) -> String {
    let mut text = format!(
        r#"server: {{listen: "{listen}", data_dir: "{}"}}
metrics: {{main: {{type: prometheus, url: "http://127.0.0.1:9", scrape_interval: 5s}}}}
people: [{{name: mei, roles: [responder, operator]}}]
tokens: [{{name: bench, person: mei, secret: {TOKEN}}}]
log: {{level: error}}
services:
"#,
        dir.join("data").display()
    );
    for n in 0..services {
        let name = name(n);
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "  - {{name: {name}, platform: observed, metrics: {{selector: 'service=\"{name}\"'}}, signals: [{{preset: up}}]}}"
        );
    }
    text
}

/// Writes the past of all services at once; how many events it has.
async fn write(dir: &Path, arguments: &Arguments) -> Result<usize, String> {
    let data = dir.join("data");
    std::fs::create_dir_all(&data).map_err(told("the data folder"))?;
    let url = format!("sqlite:{}", data.join("journal.db").display());
    let failed = "the journal";
    let journal = Journal::open(&url, JournalOptions::default())
        .await
        .map_err(told(failed))?;
    let journal = std::sync::Arc::new(journal);
    let now = Timestamp::now();
    let mut services = JoinSet::new();
    for n in 0..arguments.services {
        // What does not come out even goes to the first ones.
        let rest = u32::from(n < arguments.past % arguments.services);
        let rounds = arguments.past / arguments.services + rest;
        let mut courses = Vec::new();
        for round in 0..rounds {
            let days = DAYS * i64::from(rounds - round);
            let minutes = i64::from(n * 7 % 1000);
            let ago = SignedDuration::from_hours(24 * days) + SignedDuration::from_mins(minutes);
            let at = now.saturating_sub(ago).map_err(told("a time"))?;
            courses.push((at, past::goes(n, round)));
        }
        if n < arguments.open {
            let at = now
                .saturating_sub(SignedDuration::from_secs(60))
                .map_err(told("a time"))?;
            courses.push((
                at,
                if n % 5 == 0 {
                    Goes::Asking
                } else {
                    Goes::UnderWay
                },
            ));
        }
        let journal = std::sync::Arc::clone(&journal);
        services.spawn(async move { past::write(&journal, &name(n), &courses).await });
    }
    let mut events = 0;
    while let Some(written) = services.join_next().await {
        events += written.map_err(told(failed))??;
    }
    if let Ok(journal) = std::sync::Arc::try_unwrap(journal) {
        journal.close().await.map_err(told(failed))?;
    }
    Ok(events)
}

/// What was read is kept in the background: waits until that is done, so that the next start finds it.
async fn kept(dir: &Path, past: u32) -> Result<(), String> {
    let url = format!("sqlite:{}", dir.join("data/journal.db").display());
    let journal = Journal::open_read_only(&url, JournalOptions::default()).await;
    let reader = journal.map_err(told("the journal"))?.reader();
    let begun = Instant::now();
    loop {
        let lines = reader.summaries(guard::summary::VERSION).await;
        let lines = lines.map_err(told("what is kept"))?.len();
        if lines >= past as usize {
            return Ok(());
        }
        if begun.elapsed() > PATIENCE {
            return Err(format!("{lines} of {past} deployments are kept"));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn measure(arguments: &Arguments) -> Result<Report, String> {
    let dir = tempfile::tempdir().map_err(told("a folder"))?;
    let events = write(dir.path(), arguments).await?;
    let (server, first_start_s) = Server::start(dir.path(), arguments).await?;
    kept(dir.path(), arguments.past).await?;
    drop(server);
    let (server, next_start_s) = Server::start(dir.path(), arguments).await?;
    let rounds = (arguments.past / arguments.services).max(1);
    let any = |most: u32| rand::rng().random_range(0..most.max(1));
    let deployment = || format!("dep_{}_{}", name(any(arguments.services)), any(rounds));
    let calls = arguments.calls;
    let mut pages = vec![
        server.asked("overview", calls, || "/".to_owned()).await?,
        server
            .asked("a deployment that is over", calls, || {
                format!("/deployments/{}", deployment())
            })
            .await?,
    ];
    if arguments.open > 0 {
        let open = || {
            let n = any(arguments.open.min(arguments.services));
            format!("/deployments/dep_{}_{rounds}", name(n))
        };
        pages.push(server.asked("a deployment under way", calls, open).await?);
    }
    pages.push(
        server
            .asked("a service", calls, || {
                format!("/services/{}", name(any(arguments.services)))
            })
            .await?,
    );
    pages.push(
        server
            .asked("50 deployments of the API", calls, || {
                "/api/v1/deployments?limit=50".to_owned()
            })
            .await?,
    );
    let mut assets_bytes = 0;
    for asset in ["style.css", "fresh.js", "chart.js", "owl.svg"] {
        assets_bytes += server.page(&format!("/assets/{asset}")).await?;
    }
    let memory_bytes = memory(server.child.id());
    let viewers = viewers::look_on(&server, arguments).await?;
    Ok(Report {
        processors: std::thread::available_parallelism().map_or(1, usize::from),
        services: arguments.services,
        past: arguments.past,
        open: arguments.open,
        events,
        first_start_s,
        next_start_s,
        memory_bytes,
        pages,
        assets_bytes,
        viewers,
    })
}
