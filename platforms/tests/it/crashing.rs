//! Tawny dies in the middle, or its work is dropped, and the next call goes on.

use crate::authority::{Story, plan};
use crate::release::{good, release};
use crate::rig::{Rig, unheeded};
use guard::plan::{Package, Plan};
use platforms::crash;
use platforms::hosts::{Hosts, HostsConfig};
use serde::{Deserialize, Serialize};
use std::future::Future;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::pin::pin;
use std::process::{Command, ExitStatus};
use std::task::Poll;

/// What another life of Tawny is to do.
#[derive(Serialize, Deserialize)]
struct Orders {
    config: HostsConfig,
    plan: Plan,
}

/// Another life of Tawny: brings the first instance, as ordered by the file in `TEST_ORDERS`.
#[tokio::test]
#[ignore = "no test: another life of Tawny, started by the tests below"]
async fn another_life() {
    let Ok(path) = std::env::var("TEST_ORDERS") else {
        return;
    };
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let orders: Orders = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let instance = orders.config.instances[0].id.clone();
    let hosts = Hosts::new(orders.config).unwrap();
    let story = Story::of(orders.plan);
    let done = hosts.bring(&story.authority(), &instance, &unheeded).await;
    if let Err(error) = done {
        eprintln!("{error}");
        std::process::exit(7);
    }
}

struct Lives {
    orders: PathBuf,
}

impl Lives {
    fn of(rig: &Rig, from: &Package, to: (&str, &Package)) -> Self {
        let ids = [rig.id()];
        let orders = Orders {
            config: rig.hosts.config().clone(),
            plan: plan("dep_killed", &ids, Some(("v1", from)), to),
        };
        let path = rig.folder.path().join("orders.json");
        std::fs::write(&path, serde_json::to_vec(&orders).unwrap()).unwrap();
        Self { orders: path }
    }

    /// One life, which ends at the named place, if there is one. Returns how, and what it said.
    async fn live(&self, until: Option<&str>) -> (ExitStatus, String) {
        let mut life = Command::new(std::env::current_exe().unwrap());
        life.args([
            "--exact",
            "crashing::another_life",
            "--ignored",
            "--nocapture",
        ])
        .env("TEST_ORDERS", &self.orders)
        .env_remove(crash::VARIABLE);
        if let Some(point) = until {
            life.env(crash::VARIABLE, point);
        }
        let ended = tokio::task::spawn_blocking(move || life.output()).await;
        let ended = ended.unwrap().unwrap();
        (
            ended.status,
            String::from_utf8_lossy(&ended.stderr).into_owned(),
        )
    }
}

async fn killed_at(point: &str) {
    let mut rig = Rig::new(&["shop-1"]).await;
    let (v1, _) = rig.run("v1").await;
    let v2 = rig.server.put("v2", good("v2"));
    let lives = Lives::of(&rig, &v1, ("v2", &v2));
    let (status, _) = lives.live(Some(point)).await;
    assert_eq!(status.signal(), Some(9), "it passed {point}");
    let (status, said) = lives.live(None).await;
    assert!(status.success(), "after {point}: {said}");
    assert_eq!(
        rig.serving().await.as_deref(),
        Some("v2"),
        "it outlives both"
    );
    assert_eq!(rig.starts(), ["v1", "v2"], "each was started once");
    assert_eq!(rig.processes().len(), 1);
}

macro_rules! killed {
    ($($name:ident $point:literal)*) => {$(
        #[tokio::test]
        async fn $name() {
            killed_at($point).await;
        }
    )*};
}

killed! {
    killed_after_preparing_it_starts_the_new_version_once "after-prepare"
    killed_after_setting_out_it_starts_the_new_version_once "after-change"
    killed_after_stopping_it_starts_the_new_version_once "after-stop"
    killed_after_switching_it_starts_the_new_version_once "after-switch"
    killed_after_the_nonce_it_starts_the_new_version_once "after-nonce"
    killed_after_the_spawn_it_adopts_the_new_version "after-spawn"
    killed_after_the_start_it_adopts_the_new_version "after-start"
    killed_after_the_gate_it_finds_the_new_version_healthy "after-gate"
}

#[tokio::test]
async fn killed_while_putting_back_it_goes_on_putting_back_and_keeps_the_answer() {
    for point in [
        "after-failure",
        "after-switch:2",
        "after-spawn:2",
        "after-gate",
    ] {
        let mut rig = Rig::new(&["shop-1"]).await;
        let (v1, _) = rig.run("v1").await;
        let v2 = rig
            .server
            .put("v2", release("v2", "echo no till\nexit 3\n"));
        let lives = Lives::of(&rig, &v1, ("v2", &v2));
        let (status, _) = lives.live(Some(point)).await;
        assert_eq!(status.signal(), Some(9), "it passed {point}");
        for _ in 0..2 {
            let (status, said) = lives.live(None).await;
            assert_eq!(status.code(), Some(7));
            assert!(
                said.contains("exit code 3") && said.contains("v1 was put back and serves again"),
                "after {point}: {said}"
            );
        }
        assert_eq!(rig.serving().await.as_deref(), Some("v1"));
        assert_eq!(rig.starts(), ["v1", "v1"], "after {point}");
        assert_eq!(rig.processes().len(), 1);
    }
}

/// Polls a future so many times, then drops it.
async fn polled<F: Future>(future: F, mut times: u32) -> Option<F::Output> {
    let mut future = pin!(future);
    std::future::poll_fn(move |context| {
        if times == 0 {
            return Poll::Ready(None);
        }
        times -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}

#[tokio::test]
async fn dropped_at_any_wait_the_next_call_goes_on_and_starts_nothing_twice() {
    let mut rig = Rig::new(&["shop-1"]).await;
    let (v1, _) = rig.run("v1").await;
    let v2 = rig.server.put("v2", good("v2"));
    let story = rig.story(Some(("v1", &v1)), ("v2", &v2));
    let mut polls = 1;
    let brought = loop {
        match polled(rig.bring(&story), polls).await {
            Some(done) => break done.unwrap(),
            None => polls += 1,
        }
    };
    assert!(polls > 5, "it was dropped only {polls} times");
    assert_eq!(rig.starts(), ["v1", "v2"]);
    assert_eq!(rig.processes(), [brought.pid]);
}
