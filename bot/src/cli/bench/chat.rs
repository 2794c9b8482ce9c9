//! `tawny bench chat`: signed presses at a constant rate into a server that watches many services meanwhile.
//!
//! Each press is of a person who is known, on a message that is known, and answers a question that nobody asked: it is
//! decided and kept like any other, and the person is told. The sender keeps its rate whatever is answered, and counts
//! from when a press was due.

use super::super::output;
use super::flow::{Flow, Latency};
use super::world::{World, told};
use super::{Exit, WatchArguments};
use crate::chat::slack::signature;
use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Json, Router};
use config::Secret;
use engine::ledger;
use guard::event::Event;
use guard::ids::DeploymentId;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const SECRET: &str = "a-signing-secret-of-the-bench";
const PERSON: &str = "U0BENCH";
/// How long until every deployment is told, and until what was taken is done.
const PATIENCE: Duration = Duration::from_secs(120);

/// How much.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Presses per second.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=5_000))]
    rate: u32,
    /// Seconds.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: u32,
    /// Services that are watched meanwhile, of ten signals and three instances each.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1000))]
    services: u32,
}

/// What it came to.
#[derive(Debug, Serialize)]
struct Report {
    services: u32,
    #[serde(flatten)]
    flow: Flow,
    /// How often a person was told what came of it.
    told: usize,
    /// Seconds after the last acknowledgement until everybody was told.
    done_after_s: f64,
}

/// Exits with 1 where anything was lost or doubled, or the acknowledgements took too long.
pub(super) async fn run(arguments: &Arguments, json: bool) -> Exit {
    match measure(arguments).await {
        Err(error) => super::failed(&error),
        Ok(report) => {
            let good = report.flow.is_good();
            if json {
                output::document("bench.chat", &report);
            } else {
                tell(&report);
            }
            if good { Exit::Done } else { Exit::Failed }
        }
    }
}

fn tell(report: &Report) {
    let flow = &report.flow;
    output::line(&format!(
        "{}, while {} services are watched: {}",
        flow.amount("presses"),
        report.services,
        flow.outcome()
    ));
    output::line(&format!(
        "acknowledged after {}; {} were told, the last {:.1} s after the last press",
        flow.took.said(),
        report.told,
        report.done_after_s
    ));
}

/// What stands in for Slack: takes everything and remembers where what was posted.
#[derive(Clone, Default)]
struct Slack(Arc<Posted>);

#[derive(Default)]
struct Posted {
    /// The first message of each channel, and the deployment that it names.
    messages: Mutex<BTreeMap<String, (String, String)>>,
    number: AtomicUsize,
    told: AtomicUsize,
}

impl Slack {
    async fn start() -> Result<(Self, SocketAddr), String> {
        let slack = Self::default();
        let router = Router::new()
            .route("/api/{method}", post(called))
            .route("/told", post(heard))
            .with_state(slack.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.map_err(told("nothing can listen"))?;
        let address = listener.local_addr().map_err(told("nothing can listen"))?;
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok((slack, address))
    }

    fn messages(&self) -> BTreeMap<String, (String, String)> {
        let messages = self.0.messages.lock();
        messages.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn called(
    State(slack): State<Slack>,
    Path(method): Path<String>,
    body: String,
) -> Json<Value> {
    let arguments: Value = serde_json::from_str(&body).unwrap_or_default();
    let number = slack.0.number.fetch_add(1, Ordering::Relaxed);
    let ts = format!("1700000000.{number:06}");
    let channel = arguments["channel"].as_str().unwrap_or_default().to_owned();
    let payload = &arguments["metadata"]["event_payload"];
    if method == "chat.postMessage"
        && let Some(deployment) = payload["deployment"].as_str()
    {
        let mut messages = slack
            .0
            .messages
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let first = messages.entry(channel.clone());
        first.or_insert_with(|| (ts.clone(), deployment.to_owned()));
    }
    Json(json!({ "ok": true, "channel": channel, "ts": ts, "user": { "locale": "en-US" } }))
}

async fn heard(State(slack): State<Slack>) -> Json<Value> {
    slack.0.told.fetch_add(1, Ordering::Relaxed);
    Json(json!({ "ok": true }))
}

/// One channel for each service: Slack takes one message a second in each.
fn configuration(services: u32, slack: SocketAddr) -> String {
    let mut text = format!(
        r#"people: [{{name: bench, roles: [responder, operator], slack: {PERSON}}}]
chat:
  slack:
    bot_token: xoxb-bench
    signing_secret: {SECRET}
    base_url: "http://{slack}/api"
    channels:
"#
    );
    for n in 0..services {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "      - {{channel: C{n:05}, services: [service-{n}]}}"
        );
    }
    text
}

async fn measure(arguments: &Arguments) -> Result<Report, String> {
    let (slack, address) = Slack::start().await?;
    let watch = WatchArguments {
        services: arguments.services,
        interval: Duration::from_secs(5),
        seconds: u64::from(arguments.seconds),
        once: true,
        alone: true,
    };
    let more = configuration(arguments.services, address);
    let world = World::start(&watch, &more).await?;
    let begun = Instant::now();
    while slack.messages().len() < arguments.services as usize {
        if begun.elapsed() > PATIENCE {
            return Err("not every deployment is told in time".to_owned());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let messages: Vec<(String, (String, String))> = slack.messages().into_iter().collect();
    let sent = (arguments.rate * arguments.seconds) as usize;
    let secret = Arc::new(Secret::new(SECRET));
    let target: Arc<str> = format!("http://{}/slack/interactions", world.tawny.address).into();
    let back: Arc<str> = format!("http://{address}/told").into();
    let http = reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(20))
        .build()
        .map_err(told("the HTTP client"))?;
    let mut tasks = JoinSet::new();
    let mut ticks = tokio::time::interval(Duration::from_millis(5));
    let start = Instant::now();
    let mut next = 0;
    while next < sent {
        ticks.tick().await;
        let due = ((start.elapsed().as_secs_f64() * f64::from(arguments.rate)) as usize).min(sent);
        for number in next..due {
            let at = start + Duration::from_secs_f64(number as f64 / f64::from(arguments.rate));
            let (channel, (ts, _)) = &messages[number % messages.len()];
            let payload = press(number, channel, ts, &back);
            let (http, target, secret) = (http.clone(), Arc::clone(&target), Arc::clone(&secret));
            tasks.spawn(async move { send(&http, &target, &secret, &payload, number, at).await });
        }
        next = due.max(next);
    }
    let done = tasks.join_all().await;
    let last = Instant::now();
    let taken: BTreeSet<usize> = done.iter().filter(|one| one.2).map(|one| one.0).collect();
    while slack.0.told.load(Ordering::Relaxed) < taken.len() && last.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let done_after_s = last.elapsed().as_secs_f64();
    let kept = kept(&world, &messages).await?;
    let distinct: BTreeSet<&String> = kept.iter().collect();
    let lost = taken
        .iter()
        .filter(|number| !distinct.contains(&question(**number)));
    let report = Report {
        services: arguments.services,
        flow: Flow {
            rate: arguments.rate,
            seconds: arguments.seconds,
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            sent,
            taken: taken.len(),
            refused: sent - taken.len(),
            lost: lost.count(),
            doubled: kept.len() - distinct.len(),
            took: Latency::of(done.iter().map(|one| one.1).collect()),
        },
        told: slack.0.told.load(Ordering::Relaxed),
        done_after_s,
    };
    world.tawny.stop().await;
    Ok(report)
}

/// The question that a press answers: nobody asked it.
fn question(number: usize) -> String {
    format!("apr_{number:032x}")
}

fn press(number: usize, channel: &str, ts: &str, back: &str) -> String {
    let payload = json!({
        "type": "block_actions",
        "team": { "id": "T0BENCH" },
        "user": { "id": PERSON, "team_id": "T0BENCH" },
        "container": { "type": "message", "message_ts": ts, "channel_id": channel },
        "channel": { "id": channel },
        "trigger_id": format!("{number}.1.x"),
        "response_url": back,
        "actions": [{
            "type": "button", "action_id": "answer.hold", "action_ts": format!("{number}.1"),
            "value": format!("{}/hold", question(number)),
        }],
    });
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("payload", &payload.to_string()).finish()
}

/// Sends one, and says which, how long it took since it was due, and whether it was acknowledged.
async fn send(
    http: &reqwest::Client,
    target: &str,
    secret: &Secret,
    body: &str,
    number: usize,
    due: Instant,
) -> (usize, f64, bool) {
    let stamp = jiff::Timestamp::now().as_second().to_string();
    let signed = signature(secret, &stamp, body.as_bytes()).unwrap_or_default();
    let answer = http
        .post(target)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-slack-request-timestamp", stamp)
        .header("x-slack-signature", signed)
        .body(body.to_owned())
        .send()
        .await;
    let taken = answer.is_ok_and(|answer| answer.status() == reqwest::StatusCode::OK);
    (number, due.elapsed().as_secs_f64(), taken)
}

/// The questions that presses answered, as the journal has them.
async fn kept(
    world: &World,
    messages: &[(String, (String, String))],
) -> Result<Vec<String>, String> {
    let mut all = Vec::new();
    for (_, (_, deployment)) in messages {
        let id = DeploymentId::new(deployment).map_err(told("a message names no deployment"))?;
        let records = ledger::records(world.tawny.engine.reader(), &id).await;
        let records = records.map_err(told("the journal"))?;
        all.extend(records.into_iter().filter_map(|record| match record.event {
            Event::Refused { approval, .. } => approval.map(|id| id.to_string()),
            _ => None,
        }));
    }
    Ok(all)
}
