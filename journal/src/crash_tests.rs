//! The crash kernel: a small engine works through a deployment under virtual time and is killed at
//! every await, once or twice, then started again, by the same owner at once or by another one
//! after the lease has run out. Whatever happened before, in the end:
//!
//! * every delivery that was acknowledged led to exactly one event, and every timer fired once;
//! * every action landed once, or ended as stale and never landed; none was begun too late;
//! * no notice was posted twice, and only a crash between posting and noting can lose its answer;
//! * the chains hold.
//!
//! A crash is a dropped future: the engine and the writing task are polled as one, so dropping
//! them after k polls stops both wherever they are, and SQLite rolls back what was not committed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::{Duration, Instant};

use futures_util::future::{Either, select};
use jiff::Timestamp;
use serde_json::json;

use crate::{
    ClaimedEffect, ClaimedInput, DbClock, Inbox, Journal, JournalError, JournalOptions, LeaseHold,
    ManualClock, NewEffect, NewEvent, Reader, StreamId, TIMER_SOURCE, Transaction, Writer,
};

const TTL: Duration = Duration::from_secs(60);
const ACTION_LIMIT: Duration = Duration::from_secs(30);

/// The outside: survives every crash.
#[derive(Clone)]
struct World {
    clock: ManualClock,
    landed: Arc<Mutex<BTreeMap<String, u32>>>,
    /// Deliveries the sender was told are stored: it sends those no more.
    acknowledged: Arc<Mutex<Vec<String>>>,
}

struct Kernel {
    reader: Reader,
    inbox: Inbox,
    writer: Writer,
    world: World,
    lease: LeaseHold,
}

impl Kernel {
    async fn start(journal: &Journal, world: &World, owner: &str) -> Result<Self, JournalError> {
        let writer = journal.writer()?;
        let lease = loop {
            match writer.acquire("engine", owner, TTL, Instant::now()).await {
                Ok(lease) => break lease,
                Err(JournalError::LeaseHeld { until, .. }) => world.clock.set(until),
                Err(other) => return Err(other),
            }
        };
        Ok(Self {
            reader: journal.reader(),
            inbox: journal.inbox()?,
            writer,
            world: world.clone(),
            lease,
        })
    }

    /// Works until nothing is left to do and no timer is set. Time passes only when nothing else does.
    async fn run(&self) -> Result<(), JournalError> {
        let fence = self.lease.fence();
        for delivery in ["started", "found"] {
            self.receive(delivery).await?;
        }
        loop {
            let inputs = self.writer.next_inbox(fence, 10, None).await?;
            for input in &inputs {
                self.handle(input).await?;
            }
            if !inputs.is_empty() {
                continue;
            }
            let kinds = ["platform.pause", "chat.notice"];
            let effects = self.writer.claim_effects(fence, &kinds, 10).await?;
            for effect in &effects {
                self.execute(effect).await?;
            }
            if !effects.is_empty() || self.writer.fire_timers(fence, 10).await? > 0 {
                continue;
            }
            match self.reader.next_timer().await? {
                Some(due) => self.world.clock.set(due),
                None => return Ok(()),
            }
        }
    }

    /// The sender repeats what was not acknowledged, and nothing else.
    async fn receive(&self, delivery: &str) -> Result<(), JournalError> {
        if self
            .world
            .acknowledged
            .lock()
            .unwrap()
            .iter()
            .any(|known| known == delivery)
        {
            return Ok(());
        }
        let now = self.world.clock.now();
        self.inbox
            .deliver("github", delivery, "deployment/d", &json!({}), now)
            .await?;
        self.world
            .acknowledged
            .lock()
            .unwrap()
            .push(delivery.to_owned());
        Ok(())
    }

    /// One input, one event that names it, and what follows.
    async fn handle(&self, input: &ClaimedInput) -> Result<(), JournalError> {
        let now = self.world.clock.now();
        let stream: StreamId = input.stream_key.parse()?;
        let lane = StreamId::lane("shop", "prod")?;
        let revision = self
            .reader
            .head(&stream)
            .await?
            .map_or(0, |head| head.revision);
        let lane_revision = self
            .reader
            .head(&lane)
            .await?
            .map_or(0, |head| head.revision);
        let key = format!("{}:{}", input.source, input.delivery_key);
        let handled = NewEvent::new(
            "handled",
            1,
            json!({"delivery": key, "input": input.payload}),
        );
        let transaction = Transaction::at(now)
            .fenced(self.lease.fence())
            .consume(input);
        let transaction = match input.delivery_key.as_str() {
            "started" => transaction
                .append(&stream, revision, vec![handled.with_effect(notice())])
                .set_timer(&stream, "bake", now + Duration::from_secs(5), json!({})),
            "found" => transaction
                .append(
                    &stream,
                    revision,
                    vec![handled.with_effect(pause(now)).with_effect(notice())],
                )
                .append(
                    &lane,
                    lane_revision,
                    vec![NewEvent::new("locked", 1, json!({}))],
                ),
            _ => transaction.append(&stream, revision, vec![handled]),
        };
        self.writer.append(transaction).await?;
        Ok(())
    }

    async fn execute(&self, effect: &ClaimedEffect) -> Result<(), JournalError> {
        let is_action = effect.kind == "platform.pause";
        let done_before = self.world.landed.lock().unwrap().contains_key(&effect.id);
        if effect.uncertain && (done_before || !is_action) {
            // An action found its own marker; a notice of unknown outcome is not repeated.
            return self
                .writer
                .complete(effect, &json!({"earlier": true}))
                .await;
        }
        if effect.too_late(self.world.clock.now()) {
            return self.writer.stale(effect, &json!({})).await;
        }
        tokio::task::yield_now().await; // a crash after the claim
        *self
            .world
            .landed
            .lock()
            .unwrap()
            .entry(effect.id.clone())
            .or_default() += 1;
        tokio::task::yield_now().await; // a crash after the act, before it is noted
        self.writer.complete(effect, &json!({})).await
    }
}

fn pause(now: Timestamp) -> NewEffect {
    NewEffect::new("platform/shop/prod", "platform.pause", json!({})).not_after(now + ACTION_LIMIT)
}

fn notice() -> NewEffect {
    NewEffect::new("chat/d", "chat.notice", json!({}))
}

/// Polls a future `polls` times, then drops it where it stands. `None`: it was not done by then.
async fn crash_after<F: Future>(polls: u32, future: F) -> Option<F::Output> {
    let mut future = Box::pin(future);
    let mut left = polls;
    std::future::poll_fn(move |cx| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(cx).map(Some)
    })
    .await
}

/// One life of the engine, from open to idle; then its eyes stay open. `None`: it crashed.
async fn live(database: &Path, world: &World, owner: &str, polls: u32) -> Option<Reader> {
    let options = JournalOptions {
        clock: DbClock::Manual(world.clock.clone()),
        ..JournalOptions::default()
    };
    let url = format!("sqlite:{}", database.display());
    let (journal, writing) = Journal::open_unspawned(&url, options).await.unwrap();
    let engine = async {
        let kernel = Kernel::start(&journal, world, owner).await?;
        kernel.run().await
    };
    let lived = crash_after(polls, async {
        match select(pin!(engine), pin!(writing)).await {
            Either::Left((ended, _)) => ended,
            Either::Right(((), _)) => Err(JournalError::Closed),
        }
    })
    .await;
    lived.map(|ended| ended.unwrap())?;
    Some(journal.reader())
}

/// Crashes after each number of polls in turn, then perhaps after another, until the work is done
/// before the crash comes. `owners` are those of the first, second and third life.
async fn crash_everywhere(
    owners: [&str; 3],
    step: usize,
    second_crash: impl Fn(u32) -> Option<u32>,
) {
    let folder = tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap();
    let template = template(folder.path()).await;
    let mut tallies: BTreeMap<String, u32> = BTreeMap::new();
    for polls in (1..).step_by(step) {
        let database = folder.path().join(format!("{polls}.db"));
        std::fs::copy(&template, &database).unwrap();
        let world = World {
            clock: ManualClock::at("2026-11-20T22:00:00Z".parse().unwrap()),
            landed: Arc::default(),
            acknowledged: Arc::default(),
        };
        let mut crashes = 0;
        let mut alive = live(&database, &world, owners[0], polls).await;
        if alive.is_none() {
            crashes += 1;
            if let Some(second) = second_crash(polls) {
                alive = live(&database, &world, owners[1], second).await;
                crashes += u32::from(alive.is_none());
            }
        }
        if alive.is_none() {
            alive = live(&database, &world, owners[2], u32::MAX).await;
        }
        let tally = check(&alive.unwrap(), &world, crashes, polls).await;
        std::fs::remove_file(database).unwrap();
        *tallies.entry(tally).or_default() += 1;
        if crashes == 0 {
            assert!(
                polls > 80,
                "only {polls} polls: the crashes cannot have covered the work"
            );
            break;
        }
    }
    // Shown with --no-capture: which ends there were, and how often.
    eprintln!("{owners:?}: {tallies:?}");
}

async fn template(folder: &Path) -> PathBuf {
    let path = folder.join("template.db");
    let journal = Journal::open(
        &format!("sqlite:{}", path.display()),
        JournalOptions::default(),
    )
    .await
    .unwrap();
    journal.close().await.unwrap();
    path
}

/// Everything the module's head promises. Says how the effects ended.
async fn check(reader: &Reader, world: &World, crashes: u32, polls: u32) -> String {
    let stream = StreamId::deployment("d").unwrap();

    let mut handled: BTreeMap<String, u32> = BTreeMap::new();
    let mut timers = 0;
    for event in reader.events(&stream, 0).await.unwrap() {
        let delivery = event.payload.unwrap()["delivery"]
            .as_str()
            .unwrap()
            .to_owned();
        timers += u32::from(delivery.starts_with(TIMER_SOURCE));
        *handled.entry(delivery).or_default() += 1;
    }
    assert!(
        handled.values().all(|times| *times == 1),
        "crash at {polls}: {handled:?}"
    );
    assert_eq!(
        timers, 1,
        "crash at {polls}: the timer fired {timers} times"
    );
    // started, found, the timer, and the ends of three effects.
    assert_eq!(handled.len(), 6, "crash at {polls}: {handled:?}");
    let lane = reader
        .head(&StreamId::lane("shop", "prod").unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        lane.revision, 1,
        "crash at {polls}: the lane was written with its deployment or not"
    );

    let landed = world.landed.lock().unwrap().clone();
    let mut lost_notices = 0;
    let mut ends = Vec::new();
    for effect in reader.effects(&stream).await.unwrap() {
        let times = landed.get(&effect.id).copied().unwrap_or(0);
        match (effect.kind.as_str(), effect.status.as_str(), times) {
            (_, "done", 1) | ("platform.pause", "stale", 0) => {}
            ("chat.notice", "done", 0) => lost_notices += 1,
            other => panic!("crash at {polls}: {} ended as {other:?}", effect.id),
        }
        let earlier = effect
            .outcome
            .is_some_and(|outcome| outcome["earlier"] == true);
        let mark = if earlier { "?" } else { "" };
        ends.push(format!("{}{times}{mark}", &effect.status[..1]));
    }
    assert!(
        lost_notices <= crashes,
        "crash at {polls}: {lost_notices} notices lost"
    );
    let counts = reader.counts().await.unwrap();
    let open = [
        counts.inputs.pending,
        counts.inputs.claimed,
        counts.inputs.quarantined,
    ]
    .into_iter()
    .chain([
        counts.effects.pending,
        counts.effects.claimed,
        counts.effects.quarantined,
    ]);
    assert_eq!(open.sum::<u64>(), 0, "crash at {polls}: {counts:?}");
    assert_eq!(
        reader.verify(None).await.unwrap().broken,
        [],
        "crash at {polls}"
    );
    ends.join(" ")
}

#[tokio::test]
async fn crashed_at_every_await_and_restarted_at_once_nothing_is_lost_doubled_or_late() {
    crash_everywhere(["host-1"; 3], 2, |_| None).await;
}

#[tokio::test]
async fn crashed_at_every_await_and_taken_over_after_the_lease_nothing_is_lost_doubled_or_late() {
    crash_everywhere(["host-1", "host-2", "host-3"], 1, |_| None).await;
}

#[tokio::test]
async fn crashed_at_every_await_and_crashed_again_in_recovery_nothing_is_lost_doubled_or_late() {
    crash_everywhere(["host-1", "host-1", "host-2"], 3, |first| {
        Some(1 + first * 7 % 90)
    })
    .await;
}

#[tokio::test]
async fn an_open_that_crashes_at_any_await_leaves_a_database_that_opens() {
    let folder = tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap();
    for polls in 1.. {
        let url = format!("sqlite:{}/{polls}.db", folder.path().display());
        let opened = crash_after(polls, async {
            let (journal, _) = Journal::open_unspawned(&url, JournalOptions::default())
                .await
                .unwrap();
            journal
        })
        .await;
        let crashed = opened.is_none();
        drop(opened);
        let journal = Journal::open(&url, JournalOptions::default())
            .await
            .unwrap();
        let stream = StreamId::deployment("d").unwrap();
        let event = NewEvent::new("e", 1, json!({}));
        let append = Transaction::at(Timestamp::UNIX_EPOCH).append(&stream, 0, vec![event]);
        journal.writer().unwrap().append(append).await.unwrap();
        journal.close().await.unwrap();
        if !crashed {
            // How many there are depends on how quickly the database's thread answers.
            assert!(polls > 10, "only {polls} polls");
            break;
        }
    }
}
