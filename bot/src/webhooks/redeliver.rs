//! Deliveries that GitHub made and nobody took: GitHub does not repeat them by itself, so they are asked for again.

use super::inbox_name;
use crate::wire::writers::{Writer, Writers};
use config::settings::Redelivery;
use engine::{Engine, EngineError};
use jiff::{SignedDuration, Timestamp};
use journal::Reader;
use platforms::code_host::{BadRepository, CodeHostError, Delivery, GitHub, Hook, Repository};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// So long GitHub keeps deliveries that can be had again.
const KEPT: SignedDuration = SignedDuration::from_hours(3 * 24);
/// Tries of one delivery, those that GitHub made by itself included.
const MOST_TRIES: usize = 5;
/// Deliveries that are asked for again in one round.
const MOST_AT_ONCE: usize = 20;
/// Pages of deliveries that are read in one round.
const MOST_PAGES: usize = 20;
/// The first round comes soon after the start: that was perhaps why they failed.
const SOON: Duration = Duration::from_secs(5);

/// Looks for deliveries that failed.
pub(crate) struct Redeliverer {
    engine: Engine,
    writers: Writers,
}

/// Why a round ended early.
#[derive(Debug, thiserror::Error)]
enum RoundError {
    #[error(transparent)]
    Host(#[from] CodeHostError),
    #[error("redeliver.repository: {0}")]
    Repository(#[from] BadRepository),
    #[error(transparent)]
    Journal(#[from] EngineError),
}

impl Redeliverer {
    /// None where no webhook is looked after.
    pub(crate) fn new(engine: Engine, writers: Writers) -> Option<Self> {
        let any = writers.all().any(|(_, one)| !one.redeliver.is_empty());
        any.then_some(Self { engine, writers })
    }

    /// Goes on until it is told to stop.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut tasks = JoinSet::new();
        for (name, writer) in self.writers.all() {
            let (name, writer) = (name.clone(), std::sync::Arc::clone(writer));
            let (engine, stop) = (self.engine.clone(), stop.clone());
            tasks.spawn(async move { look_after(&engine, &name, &writer, &stop).await });
        }
        while tasks.join_next().await.is_some() {}
    }
}

async fn look_after(engine: &Engine, name: &str, writer: &Writer, stop: &CancellationToken) {
    let mut told = BTreeSet::new();
    let mut wait = SOON.min(writer.every);
    loop {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stop.cancelled() => return,
        }
        wait = writer.every;
        // One server is enough.
        if !engine.leading() {
            continue;
        }
        for one in &writer.redeliver {
            let webhook = one.webhook.as_str();
            match round(engine.reader(), writer, one).await {
                Ok(0) => {}
                Ok(count) => {
                    tracing::info!(
                        host = name,
                        webhook,
                        count,
                        "deliveries that failed come again"
                    );
                }
                Err(RoundError::Host(CodeHostError::Wait(pause))) => {
                    tracing::debug!(
                        host = name,
                        webhook,
                        ?pause,
                        "deliveries are looked at later"
                    );
                    wait = wait.max(pause);
                }
                Err(error) => {
                    let error = error.to_string();
                    // The same every five minutes says nothing more.
                    if told.insert((webhook.to_owned(), error.clone())) {
                        tracing::error!(
                            host = name,
                            webhook,
                            error,
                            "deliveries that failed cannot be had again"
                        );
                    }
                }
            }
        }
    }
}

/// Has those come again that failed and were never taken; how many.
async fn round(reader: &Reader, writer: &Writer, one: &Redelivery) -> Result<usize, RoundError> {
    let (github, hook) = match (&one.repository, one.hook) {
        (Some(repository), Some(id)) => {
            let repository = Repository::new(repository)?;
            (&writer.github, Hook::OfRepository { repository, id })
        }
        _ => (&writer.app, Hook::OfApp),
    };
    let since = Timestamp::now() - KEPT;
    let all = read(github, &hook, since).await?;
    let failed = failed(&all, since);
    let keys: Vec<String> = failed.keys().map(|guid| (*guid).to_owned()).collect();
    let source = inbox_name(one.webhook.as_str());
    let taken = reader.delivered(&source, &keys).await;
    let taken = taken.map_err(EngineError::from)?;
    let wanted = failed
        .into_iter()
        .filter(|(guid, _)| !taken.contains(*guid));
    let mut count = 0;
    // The oldest first: what it says came first.
    let mut wanted: Vec<&Delivery> = wanted.map(|(_, delivery)| delivery).collect();
    wanted.sort_by_key(|delivery| (delivery.delivered_at, delivery.id));
    for delivery in wanted.into_iter().take(MOST_AT_ONCE) {
        github.redeliver(&hook, delivery.id).await?;
        count += 1;
    }
    Ok(count)
}

async fn read(
    github: &GitHub,
    hook: &Hook,
    since: Timestamp,
) -> Result<Vec<Delivery>, CodeHostError> {
    let mut all = Vec::new();
    let mut cursor = None;
    for _ in 0..MOST_PAGES {
        let (page, next) = github.deliveries(hook, cursor.as_deref()).await?;
        let old = page.last().is_none_or(|last| last.delivered_at < since);
        all.extend(page);
        cursor = next;
        if old || cursor.is_none() {
            break;
        }
    }
    Ok(all)
}

/// The last try of each delivery of which none was answered well, and that has not been tried too often.
fn failed(all: &[Delivery], since: Timestamp) -> BTreeMap<&str, &Delivery> {
    let mut tries: BTreeMap<&str, Vec<&Delivery>> = BTreeMap::new();
    for one in all {
        tries.entry(one.guid.as_str()).or_default().push(one);
    }
    tries.retain(|_, tries| {
        let good = tries
            .iter()
            .any(|one| (200..300).contains(&one.status_code));
        let newest = tries.iter().map(|one| one.delivered_at).max();
        !good && tries.len() < MOST_TRIES && newest.is_some_and(|at| at >= since)
    });
    let last = tries.into_iter().filter_map(|(guid, tries)| {
        let last = tries
            .into_iter()
            .max_by_key(|one| (one.delivered_at, one.id))?;
        Some((guid, last))
    });
    last.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn delivery(id: u64, guid: &str, seconds: i64, status_code: u16) -> Delivery {
        Delivery {
            id,
            guid: guid.to_owned(),
            delivered_at: at(seconds),
            status_code,
        }
    }

    #[test]
    fn what_was_once_taken_is_too_old_or_failed_too_often_is_not_asked_for() {
        let mut all = vec![
            delivery(1, "taken-later", 10, 503),
            delivery(2, "taken-later", 20, 202),
            delivery(3, "unanswered", 10, 0),
            delivery(4, "unanswered", 20, 502),
            delivery(5, "old", -10, 500),
        ];
        let tries = (0..5).map(|n| delivery(10 + n, "hopeless", 30, 401));
        all.extend(tries);
        let found = failed(&all, at(0));
        let found: Vec<(&str, u64)> = found.iter().map(|(guid, one)| (*guid, one.id)).collect();
        assert_eq!(found, [("unanswered", 4)]);
    }
}
