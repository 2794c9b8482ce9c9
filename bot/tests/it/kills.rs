//! Killed at any moment, again and again, while releases go on.

use crate::packages::SERVES;
use crate::server::Life;
use crate::settings::{ANN, Guarding};
use crate::wait::LOOK_EVERY;
use crate::world::World;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reqwest::Method;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Services that are released side by side.
const SERVICES: [(&str, usize); 5] = [("a", 2), ("b", 2), ("c", 2), ("d", 2), ("e", 2)];
/// Releases of each, after the first.
const RELEASES: usize = 2;
/// A killed life's length in milliseconds: from before it leads to well into its work.
const LIFE_MS: std::ops::Range<u64> = 50..1500;
/// When it is given up.
const DEADLINE: Duration = Duration::from_secs(600);

/// One service on its way from version to version.
struct Way {
    service: &'static str,
    version: usize,
    id: Option<String>,
}

/// Ten releases at least, and so many kills, the moments of which the seed decides.
async fn killed(times: u32, seed: u64) {
    let mut world = World::of(&SERVICES, &Guarding::default()).await;
    let mut random = StdRng::seed_from_u64(seed);
    let mut ways: Vec<Way> = SERVICES
        .iter()
        .map(|(service, _)| Way {
            service,
            version: 1,
            id: None,
        })
        .collect();
    let deadline = Instant::now() + DEADLINE;
    let mut kills = 0;
    world.server.begin(&Life::default());
    let mut next = next_kill(&mut random);
    loop {
        assert!(Instant::now() < deadline, "after {kills} kills it is stuck");
        if kills < times && Instant::now() >= next {
            world.server.kill();
            kills += 1;
            next = next_kill(&mut random);
        }
        world.server.revive();
        let mut over = true;
        for way in &mut ways {
            // As long as it is to be killed there is always something to do.
            over &= way.go_on(&world, kills < times).await;
        }
        if over && kills == times {
            break;
        }
        sleep(LOOK_EVERY).await;
    }
    for way in &ways {
        let id = way.id.clone().expect("it was asked for");
        world.over(&id, "promoted").await;
    }
    let examined = world.examine().await;
    assert!(examined.deployments.len() >= SERVICES.len() * RELEASES);
    assert_eq!(world.server.lives, times + 1);
}

fn next_kill(random: &mut StdRng) -> Instant {
    Instant::now() + Duration::from_millis(random.random_range(LIFE_MS))
}

impl Way {
    /// Takes the next step of the service's releases, if the server hears it; whether all are over.
    async fn go_on(&mut self, world: &World, more: bool) -> bool {
        let version = format!("v{}", self.version);
        let Some(id) = &self.id else {
            let package = world.put(self.service, &version, SERVES);
            self.id = world.ask_once(self.service, &version, &package).await;
            return false;
        };
        let path = format!("deployments/{id}");
        let asked = world.server.try_call(ANN, Method::GET, &path, None).await;
        let Some((200, view)) = asked else {
            return false;
        };
        match view["status"].as_str() {
            Some("paused") => world.answer(&view, "resume").await,
            Some("promoted") => return self.promoted(more),
            Some("rolled_back" | "failed" | "superseded") => panic!("{view:#}"),
            _ => {}
        }
        false
    }

    fn promoted(&mut self, more: bool) -> bool {
        let enough = self.version > RELEASES;
        if !enough || (more && self.version < 9) {
            self.version += 1;
            self.id = None;
        }
        enough
    }
}

/// Ten times; `TAWNY_KILLS` asks for more (`make verify`: a hundred, in some minutes).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_random_moments_every_release_comes_to_its_end_and_every_start_happens_once() {
    let times = std::env::var("TAWNY_KILLS").map_or(10, |times| times.parse().unwrap());
    let seed = std::env::var("TAWNY_SEED").map_or(1, |seed| seed.parse().unwrap());
    killed(times, seed).await;
}
