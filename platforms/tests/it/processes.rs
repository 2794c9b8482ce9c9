//! Whose process is whose.

use crate::release::{SERVE, good, release};
use crate::rig::{Rig, kill, unheeded};
use guard::ids::ServiceName;
use platforms::hosts::{Hosts, HostsError, InstanceState};
use procfs::process::Process;
use serde_json::Value;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A process that is none of Tawny's business.
struct Stranger(Child);

impl Stranger {
    fn new() -> Self {
        let child = Command::new("sleep")
            .arg("60")
            .stdout(Stdio::null())
            .spawn();
        Self(child.unwrap())
    }

    fn lives(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn edit(rig: &Rig, change: impl FnOnce(&mut Value)) {
    let path = rig.root().join("state.json");
    let mut state = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    change(&mut state);
    std::fs::write(&path, serde_json::to_vec(&state).unwrap()).unwrap();
}

async fn gone(rig: &Rig) {
    for _ in 0..200 {
        if rig.processes().is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it is still there");
}

#[tokio::test]
async fn a_stranger_who_got_the_number_of_our_process_is_never_signalled() {
    for same_start in [false, true] {
        let mut rig = Rig::new(&["shop-1"]).await;
        let (v1, brought) = rig.run("v1").await;
        kill(brought.pid);
        gone(&rig).await;
        let mut stranger = Stranger::new();
        let pid = i32::try_from(stranger.0.id()).unwrap();
        edit(&rig, |state| {
            state["run"]["process"]["pid"] = pid.into();
            if same_start {
                let start = Process::new(pid).unwrap().stat().unwrap().starttime;
                state["run"]["process"]["start"] = start.into();
            }
        });
        let v2 = rig.server.put("v2", good("v2"));
        let story = rig.story(Some(("v1", &v1)), ("v2", &v2));
        rig.bring(&story).await.unwrap();
        assert!(stranger.lives());
        assert_eq!(rig.serving().await.as_deref(), Some("v2"));
    }
}

#[tokio::test]
async fn a_number_from_before_a_reboot_means_nothing() {
    let mut rig = Rig::new(&["shop-1"]).await;
    let (_, brought) = rig.run("v1").await;
    kill(brought.pid);
    gone(&rig).await;
    let mut stranger = Stranger::new();
    let pid = stranger.0.id();
    edit(&rig, |state| {
        state["run"]["process"]["pid"] = pid.into();
        state["run"]["boot"] = "another boot".into();
    });
    let look = rig.hosts.observe().await;
    assert_eq!(look.instances[&rig.id()].pid, None);
    assert!(stranger.lives());
}

#[tokio::test]
async fn an_orphan_whose_start_was_never_recorded_is_adopted_and_not_started_again() {
    let mut rig = Rig::new(&["shop-1"]).await;
    let (v1, brought) = rig.run("v1").await;
    edit(&rig, |state| state["run"]["process"] = Value::Null);
    let adopted = rig.hosts.adopt().await;
    let adopted = adopted[&rig.id()].as_ref().unwrap().as_ref().unwrap();
    assert!(adopted.orphan);
    assert_eq!(adopted.pid, brought.pid);

    edit(&rig, |state| state["run"]["process"] = Value::Null);
    let story = rig.story(None, ("v1", &v1));
    let again = rig.bring(&story).await.unwrap();
    assert!(again.already && again.adopted);
    assert_eq!(rig.starts(), ["v1"]);
}

#[tokio::test]
async fn something_foreign_in_the_instances_place_is_neither_stopped_nor_competed_with() {
    let mut rig = Rig::new(&["shop-1"]).await;
    let listen = rig.hosts.config().instances[0].env["TEST_LISTEN"].clone();
    let listener = tokio::net::TcpListener::bind(listen).await.unwrap();
    let app = axum::Router::new().route("/version", axum::routing::get(async || "v7"));
    let foreign = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let v1 = rig.server.put("v1", good("v1"));
    let story = rig.story(None, ("v1", &v1));
    let error = rig.bring(&story).await.unwrap_err();
    assert!(matches!(&error, HostsError::Foreign { .. }), "{error}");
    assert!(error.to_string().contains("version v7"), "{error}");
    assert_eq!(rig.starts(), [] as [&str; 0]);
    foreign.abort();
}

#[tokio::test]
async fn a_process_that_ignores_the_request_to_stop_is_killed_with_its_family() {
    let mut rig = Rig::with(&["shop-1"], |config| config.stop_timeout_s = 0.3).await;
    let stubborn = release("v1", &format!("trap '' TERM\nsleep 60 &\n{SERVE}"));
    let v1 = rig.server.put("v1", stubborn);
    let story = rig.story(None, ("v1", &v1));
    rig.bring(&story).await.unwrap();
    assert_eq!(rig.processes().len(), 2);
    let v2 = rig.server.put("v2", good("v2"));
    let story = rig.story(Some(("v1", &v1)), ("v2", &v2));
    let brought = rig.bring(&story).await.unwrap();
    assert_eq!(rig.processes(), [brought.pid]);
}

#[tokio::test]
async fn a_stop_command_is_used_where_there_is_one() {
    let mut rig = Rig::with(&["shop-1"], |config| {
        config.stop_cmd =
            Some("echo $TAWNY_VERSION $TAWNY_PID > ../../stopped; kill $TAWNY_PID".into());
    })
    .await;
    let (v1, brought) = rig.run("v1").await;
    let v2 = rig.server.put("v2", good("v2"));
    let story = rig.story(Some(("v1", &v1)), ("v2", &v2));
    rig.bring(&story).await.unwrap();
    let said = std::fs::read_to_string(rig.root().join("stopped")).unwrap();
    assert_eq!(said.trim(), format!("v1 {}", brought.pid));
}

#[tokio::test]
async fn a_crashed_instance_is_started_again_by_the_next_action() {
    let mut rig = Rig::new(&["shop-1"]).await;
    let (v1, brought) = rig.run("v1").await;
    kill(brought.pid);
    gone(&rig).await;
    let story = rig.story(None, ("v1", &v1));
    let again = rig.bring(&story).await.unwrap();
    assert!(!again.already);
    assert_ne!(again.pid, brought.pid);
    assert_eq!(rig.serving().await.as_deref(), Some("v1"));
}

#[tokio::test]
async fn a_state_file_that_cannot_be_read_stops_everything_and_says_where_it_is() {
    let mut rig = Rig::new(&["shop-1"]).await;
    let (v1, brought) = rig.run("v1").await;
    std::fs::write(rig.root().join("state.json"), "{").unwrap();
    let story = rig.story(None, ("v1", &v1));
    let error = rig.bring(&story).await.unwrap_err();
    assert!(matches!(error, HostsError::State { .. }), "{error}");
    assert_eq!(rig.processes(), [brought.pid]);
}

#[tokio::test]
async fn two_tawnies_at_once_start_it_once() {
    let mut rig = Rig::new(&["shop-1"]).await;
    let v1 = rig.server.put("v1", good("v1"));
    let story = rig.story(None, ("v1", &v1));
    let other = Hosts::new(rig.hosts.config().clone()).unwrap();
    let (authority, id) = (story.authority(), rig.id());
    let (first, second) = tokio::join!(rig.bring(&story), other.bring(&authority, &id, &unheeded));
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.pid, second.pid);
    assert_ne!(first.already, second.already);
    assert_eq!(rig.starts(), ["v1"]);
}

#[tokio::test]
async fn an_instance_that_belongs_to_another_service_is_left_alone() {
    let mut rig = Rig::new(&["shop-1"]).await;
    let (_, brought) = rig.run("v1").await;
    let mut config = rig.hosts.config().clone();
    config.service = ServiceName::new("till").unwrap();
    let look = Hosts::new(config).unwrap().observe().await;
    let view = &look.instances[&rig.id()];
    assert_eq!(view.state, InstanceState::Unknown);
    let error = view.error.as_ref().unwrap();
    assert!(error.contains("it belongs to shop in test"), "{error}");
    assert_eq!(rig.processes(), [brought.pid]);
}

#[tokio::test]
async fn leftovers_of_a_crash_are_neither_trusted_nor_kept() {
    let mut rig = Rig::new(&["shop-1"]).await;
    let releases = rig.root().join("releases");
    // Half a release without its marker, and half an unpacking.
    for folder in ["v1", ".unpack-dead"] {
        std::fs::create_dir_all(releases.join(folder)).unwrap();
        std::fs::write(releases.join(folder).join("run.sh"), "exit 9").unwrap();
    }
    rig.run("v1").await;
    assert_eq!(rig.serving().await.as_deref(), Some("v1"));
    assert!(!releases.join(".unpack-dead").exists());
}
