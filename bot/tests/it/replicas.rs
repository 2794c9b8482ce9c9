//! Two servers that share a PostgreSQL database: one watches and acts, both answer.
//!
//! Which of them leads first is left to them. Whatever happens to the one that leads, the other goes on:
//! [`World::examine`] then holds the journal against the starts that the instances themselves have noted.

use crate::double::Reply;
use crate::packages::{SERVES, package};
use crate::postgres;
use crate::server::{Life, Server};
use crate::settings::{ANN, Guarding};
use crate::wait::until;
use crate::wire::{Way, Wire};
use crate::world::World;
use reqwest::Method;
use rustix::process::Signal;
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// Between two looks of a watch, as the source scrapes.
const TICK: Duration = Duration::from_secs(1);
/// The lease that goes with it.
const LEASE: Duration = Duration::from_secs(2);

struct Replica {
    name: &'static str,
    server: Server,
    wire: Wire,
}

/// The one that is asked in a test is `world.server`; it follows when the test begins.
struct Pair {
    world: World,
    leader: Replica,
    follower: (&'static str, Wire),
    database: postgres::Server,
}

impl Pair {
    /// Both begin at once on an empty database, and `v1` is brought out.
    async fn start(guarding: &Guarding) -> Self {
        let database = postgres::Server::own();
        let url = database.url("postgres");
        let mut world = World::on(Some(url.clone()), &[("shop", 2)], guarding).await;
        let (one, other) = (
            Wire::to(database.port()).await,
            Wire::to(database.port()).await,
        );
        let through = |wire: &Wire| {
            format!(
                "postgres://postgres@127.0.0.1:{}/postgres?connect_timeout=1&answer_timeout=2",
                wire.port
            )
        };
        world.server = world.another("one", 17700, &through(&one));
        let mut second = world.another("other", 17701, &through(&other));
        world.server.begin(&Life::default());
        second.begin(&Life::default());
        world.server.ready().await;
        second.ready().await;
        let leader = Replica {
            name: "other",
            server: second,
            wire: other,
        };
        let mut pair = Self {
            world,
            leader,
            follower: ("one", one),
            database,
        };
        pair.settle().await;
        pair.world.bring_out("shop", "v1").await;
        pair.settle().await;
        pair
    }

    /// Waits until one leads and the other follows, and notes which.
    async fn settle(&mut self) {
        until("one of them leads", async || {
            let (one, other) = (
                self.world.server.leads_itself().await,
                self.leader.server.leads_itself().await,
            );
            if one && !other {
                std::mem::swap(&mut self.world.server, &mut self.leader.server);
                std::mem::swap(&mut self.leader.name, &mut self.follower.0);
                std::mem::swap(&mut self.leader.wire, &mut self.follower.1);
            }
            (one != other).then_some(())
        })
        .await;
    }

    /// The other one leads now.
    async fn taken_over(&self) {
        until("the other one leads", async || {
            self.world.server.leads_itself().await.then_some(())
        })
        .await;
    }

    /// A release whose steps are watched for some seconds, seen up to the watch of its first instance.
    async fn watched_release(&mut self, version: &str) -> String {
        let package = self.world.put("shop", version, SERVES);
        let id = self.world.deploy("shop", version, &package).await;
        self.world.event(&id, "step_finished").await;
        id
    }

    fn looks_of_the_first(&self) -> usize {
        let looks = self.world.prometheus.looks();
        looks
            .iter()
            .filter(|look| look.server == self.leader.name)
            .count()
    }

    /// The same, once the first knows that it does not lead: what it was asking when it was stopped, it asks to the
    /// end, and no more.
    async fn looks_until_it_follows(&self) -> usize {
        until("it knows that it does not lead", async || {
            let said = self.leader.server.readiness().await?;
            (!said.contains("this server leads")).then_some(())
        })
        .await;
        // Whoever followed and still looked would do so at every tick.
        until("it has asked to the end", async || {
            let looks = self.looks_of_the_first();
            tokio::time::sleep(TICK * 3 / 2).await;
            (self.looks_of_the_first() == looks).then_some(looks)
        })
        .await
    }

    /// How long nobody looked, at most, from that time on. Asserted only on a machine that has time
    /// (`TAWNY_TIMED`): three ticks are a promise to users, and not to a busy test machine.
    fn longest_blindness(&self, since: Instant) -> Duration {
        let looks = self.world.prometheus.looks();
        let times: Vec<Instant> = looks
            .iter()
            .map(|look| look.at)
            .filter(|at| *at >= since)
            .collect();
        let gaps = times.windows(2).map(|two| two[1] - two[0]);
        let first = times.first().map(|first| *first - since);
        let longest = gaps.chain(first).max().unwrap_or_default();
        eprintln!("nobody looked for {:.2} s at most", longest.as_secs_f64());
        if std::env::var_os("TAWNY_TIMED").is_some() {
            assert!(longest <= TICK * 3, "{longest:?}");
        }
        longest
    }
}

/// Steps that are watched long enough for a takeover in their midst.
fn slow() -> Guarding {
    Guarding {
        step_bake_s: 6,
        ..Guarding::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_given_to_one_replica_reaches_the_release_that_the_other_leads() {
    let guarding = Guarding {
        when_unsure: "hold",
        tolerance: "0.01%",
        ..Guarding::default()
    };
    let mut pair = Pair::start(&guarding).await;
    let package = pair.world.put("shop", "v2", SERVES);
    let id = pair.world.deploy("shop", "v2", &package).await;
    let paused = pair
        .world
        .view(&id, "a question", |view| view["approval"].is_object())
        .await;
    let approval = paused["approval"]["id"].as_str().unwrap();
    let path = format!("approvals/{approval}");
    let body = json!({ "choice": "hold", "reason": "asked elsewhere" });
    let answered = pair
        .world
        .server
        .call(ANN, Method::POST, &path, Some(&body));
    let (status, view) = answered.await;
    assert_eq!(status, 200, "{view}");
    // The same question, answered again where it is led: the first answer is known there.
    let answered = pair
        .leader
        .server
        .call(ANN, Method::POST, &path, Some(&body));
    let (status, problem) = answered.await;
    assert_eq!(status, 409, "{problem}");
    // A command too goes to the one that only follows.
    let path = format!("deployments/{id}/rollback");
    let nothing = json!({});
    let commanded = pair
        .world
        .server
        .call(ANN, Method::POST, &path, Some(&nothing));
    let (status, view) = commanded.await;
    assert_eq!(status, 200, "{view}");
    pair.world.over(&id, "rolled_back").await;
    assert_eq!(pair.world.places[0].started(), ["v1", "v2", "v1"]);
    let led = pair.leader.server.whole_log();
    assert!(led.contains("action ended"), "{led}");
    pair.world.examine().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_leader_is_killed_the_other_goes_on_with_its_watch() {
    let mut pair = Pair::start(&slow()).await;
    let id = pair.watched_release("v2").await;
    let killed = Instant::now();
    pair.leader.server.kill();
    pair.taken_over().await;
    pair.world.over(&id, "promoted").await;
    pair.longest_blindness(killed);
    // A bad release after it: the new leader finds it and acts.
    pair.world.prometheus.spoil("v3");
    let package = pair.world.put("shop", "v3", SERVES);
    let id = pair.world.deploy("shop", "v3", &package).await;
    pair.world.over(&id, "rolled_back").await;
    pair.world.examine().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopped_past_its_lease_and_woken_a_leader_does_nothing_more() {
    let mut pair = Pair::start(&slow()).await;
    // Stopped with an action under way: it waits for a package that then comes to both.
    let bytes = package(SERVES);
    let said = pair.world.packages.put("shop", "v2", bytes.clone());
    let gate = Arc::new(Semaphore::new(0));
    let later = Reply::Later {
        gate: Arc::clone(&gate),
        body: bytes,
    };
    pair.world.packages.answer("shop", "v2", later);
    let id = pair.world.deploy("shop", "v2", &said).await;
    until("the package is asked for", async || {
        pair.world.packages.was_asked("shop", "v2").then_some(())
    })
    .await;
    pair.leader.server.signal(Signal::STOP);
    pair.taken_over().await;
    gate.add_permits(1000);
    pair.leader.server.signal(Signal::CONT);
    pair.world.event(&id, "step_finished").await;
    // Woken, it follows: no look, no start, no word comes from it.
    let looks = pair.looks_until_it_follows().await;

    // Stopped in the middle of a watch this time, the one that leads now.
    pair.world.over(&id, "promoted").await;
    assert_eq!(pair.looks_of_the_first(), looks, "a follower looked");
    pair.settle().await;
    let id = pair.watched_release("v3").await;
    let stopped = Instant::now();
    pair.leader.server.signal(Signal::STOP);
    pair.taken_over().await;
    tokio::time::sleep(LEASE).await;
    pair.leader.server.signal(Signal::CONT);
    let looks = pair.looks_until_it_follows().await;
    pair.world.over(&id, "promoted").await;
    pair.longest_blindness(stopped);
    assert_eq!(
        pair.looks_of_the_first(),
        looks,
        "it looked after it was woken"
    );
    pair.world.examine().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_restarts_in_either_way_loses_and_doubles_nothing() {
    let mut pair = Pair::start(&slow()).await;
    for (mode, version) in [("fast", "v2"), ("immediate", "v3")] {
        let id = pair.watched_release(version).await;
        pair.database.stop_as(mode);
        let path = format!("deployments/{id}");
        let (status, problem) = pair.world.server.call(ANN, Method::GET, &path, None).await;
        assert_eq!(status, 503, "{problem}");
        pair.database.start(&[]);
        let back = Instant::now();
        pair.world.over(&id, "promoted").await;
        pair.longest_blindness(back);
    }
    pair.world.examine().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_off_from_the_database_in_any_way_a_leader_is_stood_in_for_and_follows_afterwards() {
    let mut pair = Pair::start(&slow()).await;
    let ways = [Way::Held, Way::Lost, Way::AnswersLost, Way::Refused];
    for (way, version) in ways.into_iter().zip(["v2", "v3", "v4", "v5"]) {
        let id = pair.watched_release(version).await;
        pair.settle().await;
        let cut = Instant::now();
        pair.leader.wire.set(way);
        pair.taken_over().await;
        until("it says that it is cut off", async || {
            pair.leader.server.readiness().await.is_none().then_some(())
        })
        .await;
        let looks = pair.looks_of_the_first();
        pair.world.event(&id, "promoted").await;
        assert_eq!(
            pair.looks_of_the_first(),
            looks,
            "{way:?}: it looked while cut off"
        );
        pair.longest_blindness(cut);
        pair.leader.wire.set(Way::Open);
        pair.leader.server.ready().await;
        pair.world.over(&id, "promoted").await;
    }
    // The one that was cut off last can still lead.
    pair.settle().await;
    pair.leader.server.kill();
    pair.taken_over().await;
    pair.world.bring_out("shop", "v6").await;
    pair.world.examine().await;
}
