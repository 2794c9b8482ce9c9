//! What it costs to tell many viewers that something happened.

use super::super::world::told;
use super::past::{self, Goes};
use super::{Arguments, Server, TOKEN, cpu, name};
use futures_util::StreamExt;
use reqwest::header::COOKIE;
use serde::Serialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// A share of one core.
const GOAL_CORES: f64 = 0.05;
/// Somebody says something about a deployment this often, which all viewers are told.
const EVERY: Duration = Duration::from_secs(1);

/// Viewers who were told, and what that took.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    viewers: u32,
    seconds: f64,
    /// Things that happened meanwhile, and of which each viewer was told.
    happened: u32,
    /// What all viewers together were told.
    told: u64,
    /// Cores that the server used while the same happened without viewers, and with them.
    cores_without: f64,
    cores_with: f64,
}

impl Told {
    fn cost(&self) -> f64 {
        self.cores_with - self.cores_without
    }

    pub(super) fn is_good(&self) -> bool {
        // Nobody told would cost nothing.
        self.cost() < GOAL_CORES && self.told >= u64::from(self.viewers) * u64::from(self.happened)
    }

    pub(super) fn said(&self) -> String {
        format!(
            "{} viewers in {:.0} s, told {} times of {} things that happened: {:.1} % of a core more ({:.1} % without them, {:.1} % with), {:.0} % of the goal",
            self.viewers,
            self.seconds,
            self.told,
            self.happened,
            self.cost() * 100.0,
            self.cores_without * 100.0,
            self.cores_with * 100.0,
            self.cost() / GOAL_CORES * 100.0
        )
    }
}

/// Measures without viewers and with them.
pub(super) async fn look_on(server: &Server, arguments: &Arguments) -> Result<Told, String> {
    let (_, cores_without) = while_it_happens(server, arguments, "alone").await?;
    let told_all = Arc::new(AtomicU64::new(0));
    let mut viewers = JoinSet::new();
    for _ in 0..arguments.viewers {
        let asked = server.http.get(format!("{}/live", server.url));
        let answer = asked.header(COOKIE, &server.cookie).send().await;
        let answer = answer.and_then(reqwest::Response::error_for_status);
        let mut stream = answer.map_err(told("a viewer"))?.bytes_stream();
        let told_all = Arc::clone(&told_all);
        viewers.spawn(async move {
            while let Some(Ok(bytes)) = stream.next().await {
                let events = bytes.windows(6).filter(|part| part == b"event:").count();
                told_all.fetch_add(events as u64, Ordering::Relaxed);
            }
        });
    }
    let begun = Instant::now();
    let (happened, cores_with) = while_it_happens(server, arguments, "seen").await?;
    let seconds = begun.elapsed().as_secs_f64();
    // What was said last is on its way.
    tokio::time::sleep(EVERY).await;
    viewers.abort_all();
    Ok(Told {
        viewers: arguments.viewers,
        seconds,
        happened,
        told: told_all.load(Ordering::Relaxed),
        cores_without,
        cores_with,
    })
}

/// Somebody judges one deployment after another; how many, and the cores that the server used.
async fn while_it_happens(
    server: &Server,
    arguments: &Arguments,
    when: &str,
) -> Result<(u32, f64), String> {
    let process = server.child.id().to_string();
    let (before, begun) = (cpu(&process), Instant::now());
    let mut happened = 0;
    let mut ticks = tokio::time::interval(EVERY);
    while begun.elapsed() < Duration::from_secs(arguments.seconds) {
        ticks.tick().await;
        let n = happened % arguments.services;
        let id = format!("dep_{}_0", name(n));
        let judgement = if past::goes(n, 0) == Goes::Hurt {
            "real"
        } else {
            "fine"
        };
        let judged = server
            .http
            .post(format!("{}/api/v1/deployments/{id}/judgement", server.url));
        // The same words again would be no news.
        let note = format!("look {happened}, {when}");
        let body = serde_json::json!({ "judgement": judgement, "note": note });
        let answer = judged.bearer_auth(TOKEN).json(&body).send().await;
        let answer = answer.and_then(reqwest::Response::error_for_status);
        answer.map_err(told("a judgement"))?;
        happened += 1;
    }
    Ok((
        happened,
        (cpu(&process) - before) / begun.elapsed().as_secs_f64(),
    ))
}
