//! Setting an instance to a version.

use crate::release::{SERVE, archive, good, release};
use crate::rig::{Rig, unheeded};
use guard::ids::{InstanceId, ServiceName};
use guard::input::Command;
use platforms::hosts::{HostsError, NotUp, PutBack, Stage};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Mutex;

fn not_up(error: HostsError) -> (NotUp, PutBack) {
    match error {
        HostsError::NotUp {
            cause, put_back, ..
        } => (*cause, *put_back),
        other => panic!("expected that it does not come up, got: {other}"),
    }
}

#[tokio::test]
async fn a_first_release_is_installed_started_and_answers_its_version() {
    let mut rig = Rig::new(&["shop-1"]).await;
    let (_, brought) = rig.run("v1").await;
    assert!(!brought.already && brought.previous.is_none());
    assert_eq!(rig.serving().await.as_deref(), Some("v1"));
    assert_eq!(rig.current().as_deref(), Some(Path::new("releases/v1")));
    assert_eq!(rig.starts(), ["v1"]);
}

#[tokio::test]
async fn an_instance_that_is_healthy_there_already_is_not_touched() {
    let mut rig = Rig::new(&["shop-1"]).await;
    let (package, first) = rig.run("v1").await;
    let again = rig.story(None, ("v1", &package));
    let second = rig.bring(&again).await.unwrap();
    assert!(second.already);
    assert_eq!(second.pid, first.pid);
    assert_eq!(rig.starts(), ["v1"]);
    assert_eq!(
        rig.server.fetched(),
        1,
        "a verified release is not fetched again"
    );
}

#[tokio::test]
async fn a_new_version_takes_over_and_a_rollback_brings_the_old_one_without_fetching() {
    let mut rig = Rig::new(&["shop-1"]).await;
    let (v1, _) = rig.run("v1").await;
    let v2 = rig.server.put("v2", good("v2"));
    let story = rig.story(Some(("v1", &v1)), ("v2", &v2));
    let brought = rig.bring(&story).await.unwrap();
    assert_eq!(
        brought.previous.as_ref().map(guard::ids::Version::as_str),
        Some("v1")
    );
    assert_eq!(rig.serving().await.as_deref(), Some("v2"));

    let story = story.done().command(Command::Rollback);
    rig.bring(&story).await.unwrap();
    assert_eq!(rig.serving().await.as_deref(), Some("v1"));
    assert_eq!(rig.starts(), ["v1", "v2", "v1"]);
    assert_eq!(rig.processes().len(), 1);
    assert_eq!(rig.server.fetched(), 2);
}

#[tokio::test]
async fn a_start_command_that_exits_is_reported_at_once_and_the_old_version_serves_again() {
    let mut rig = Rig::new(&["shop-1"]).await;
    let (v1, _) = rig.run("v1").await;
    let bytes = release("v2", "echo cannot open the till >&2\nexit 3\n");
    let v2 = rig.server.put("v2", bytes);
    let story = rig.story(Some(("v1", &v1)), ("v2", &v2));
    let (cause, put_back) = not_up(rig.bring(&story).await.unwrap_err());
    assert_eq!(
        cause,
        NotUp::Exited {
            status: "exit code 3".to_owned(),
            log: "cannot open the till".to_owned()
        }
    );
    assert!(matches!(put_back, PutBack::Serving { version } if version.as_str() == "v1"));
    assert_eq!(rig.serving().await.as_deref(), Some("v1"));
    assert_eq!(rig.current().as_deref(), Some(Path::new("releases/v1")));

    let again = rig.bring(&story).await.unwrap_err();
    assert!(again.to_string().contains("exit code 3"), "{again}");
    assert_eq!(
        rig.starts(),
        ["v1", "v1"],
        "the same action does not try it again"
    );
}

#[tokio::test]
async fn where_the_disk_is_in_the_way_the_old_version_serves_again() {
    let mut rig = Rig::new(&["shop-1"]).await;
    let (v1, _) = rig.run("v1").await;
    let v2 = rig.server.put("v2", good("v2"));
    let story = rig.story(Some(("v1", &v1)), ("v2", &v2));
    assert!(!rig.hosts.touched_by(story.authority().action()).await);
    let state = rig.root().join("state.json");
    assert!(state.is_file());
    let broken = |stage: &Stage| {
        match stage {
            Stage::Starting { version } if version.as_str() == "v2" => {
                std::fs::remove_file(&state).unwrap();
                std::fs::create_dir_all(state.join("in-the-way")).unwrap();
            }
            Stage::PuttingBack { .. } => std::fs::remove_dir_all(&state).unwrap(),
            _ => {}
        }
        ControlFlow::Continue(())
    };
    let error = rig
        .hosts
        .bring(&story.authority(), &rig.id(), &broken)
        .await
        .unwrap_err();
    assert!(error.restored(), "{error}");
    assert!(rig.hosts.touched_by(story.authority().action()).await);
    let (cause, put_back) = not_up(error);
    assert!(matches!(cause, NotUp::Hindered { .. }), "{cause}");
    assert!(matches!(put_back, PutBack::Serving { .. }), "{put_back}");
    assert_eq!(rig.serving().await.as_deref(), Some("v1"));
    assert_eq!(rig.processes().len(), 1);
}

#[tokio::test]
async fn a_version_that_stays_sick_is_replaced_by_the_old_one() {
    let mut rig = Rig::with(&["shop-1"], |config| config.health.attempts = 20).await;
    let (v1, _) = rig.run("v1").await;
    let sick = archive(&[("run.sh", SERVE), ("version", "v2"), ("sick", "")]);
    let v2 = rig.server.put("v2", sick);
    let story = rig.story(Some(("v1", &v1)), ("v2", &v2));
    let (cause, _) = not_up(rig.bring(&story).await.unwrap_err());
    assert!(
        matches!(&cause, NotUp::NotHealthy { last, .. } if last.contains("/healthz answers 503")),
        "{cause}"
    );
    assert_eq!(rig.serving().await.as_deref(), Some("v1"));
    assert_eq!(rig.processes().len(), 1);
}

#[tokio::test]
async fn a_version_that_answers_another_version_is_not_up() {
    let mut rig = Rig::with(&["shop-1"], |config| config.health.attempts = 20).await;
    let bytes = release("v9", SERVE);
    let v2 = rig.server.put("v2", bytes);
    let story = rig.story(None, ("v2", &v2));
    let (cause, put_back) = not_up(rig.bring(&story).await.unwrap_err());
    assert!(
        cause
            .to_string()
            .contains("it says it is version v9: expected v2"),
        "{cause}"
    );
    assert_eq!(put_back, PutBack::Nothing);
    assert_eq!(rig.processes(), [] as [i32; 0]);
    assert_eq!(rig.current(), None);
}

#[tokio::test]
async fn health_is_the_status_that_is_configured_and_no_other() {
    let mut rig = Rig::with(&["shop-1"], |config| {
        config.health.expected_status = 503;
        config.health.attempts = 20;
    })
    .await;
    let unavailable = archive(&[("run.sh", SERVE), ("version", "v1"), ("sick", "")]);
    let v1 = rig.server.put("v1", unavailable);
    let story = rig.story(None, ("v1", &v1));
    rig.bring(&story).await.unwrap();
    assert_eq!(rig.serving().await.as_deref(), Some("v1"));

    let v2 = rig.server.put("v2", release("v2", SERVE));
    let story = rig.story(Some(("v1", &v1)), ("v2", &v2));
    let (cause, _) = not_up(rig.bring(&story).await.unwrap_err());
    assert!(
        matches!(&cause, NotUp::NotHealthy { last, .. } if last.contains("/healthz answers 200 OK: expected 503")),
        "{cause}"
    );
}

#[tokio::test]
async fn without_a_version_path_what_was_started_is_taken_for_what_runs() {
    let mut rig = Rig::with(&["shop-1"], |config| config.health.version_path = None).await;
    let v1 = rig.server.put("v1", release("says-something-else", SERVE));
    let story = rig.story(None, ("v1", &v1));
    rig.bring(&story).await.unwrap();
    let look = rig.hosts.observe().await;
    let view = &look.instances[&rig.id()];
    assert_eq!(view.version.as_ref().unwrap().as_str(), "v1");
    assert_eq!(view.state, platforms::hosts::InstanceState::Running);
    assert_eq!(view.error, None);

    let v2 = rig.server.put("v2", release("v2", SERVE));
    let story = rig.story(Some(("v1", &v1)), ("v2", &v2));
    rig.bring(&story).await.unwrap();
    assert_eq!(rig.serving().await.as_deref(), Some("v2"));
}

#[tokio::test]
async fn an_authority_for_something_else_touches_nothing() {
    let mut rig = Rig::new(&["shop-1", "shop-2"]).await;
    let v1 = rig.server.put("v1", good("v1"));
    let story = rig.story(None, ("v1", &v1));
    let second = InstanceId::new("shop-2").unwrap();
    // The first step is the gray instance alone.
    let error = rig
        .hosts
        .bring(&story.authority(), &second, &unheeded)
        .await
        .unwrap_err();
    assert!(matches!(error, HostsError::NotListed { .. }), "{error}");

    let other = Rig::with(&["shop-1"], |config| {
        config.service = ServiceName::new("till").unwrap();
    })
    .await;
    for error in [
        other.bring(&story).await.map(|_| ()),
        other.hosts.prepare(&story.authority()).await.map(|_| ()),
    ] {
        let error = error.unwrap_err();
        assert!(matches!(error, HostsError::WrongTarget { .. }), "{error}");
    }
    assert_eq!(rig.server.fetched(), 0);
}

#[tokio::test]
async fn a_version_that_nobody_expected_stops_the_action() {
    let mut rig = Rig::new(&["shop-1"]).await;
    let (v3, _) = rig.run("v3").await;
    let v2 = rig.server.put("v2", good("v2"));
    let story = rig.story(Some(("v1", &v3)), ("v2", &v2));
    let error = rig.bring(&story).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("instance shop-1 runs v3, expected v1 or v2"),
        "{error}"
    );
    assert_eq!(rig.serving().await.as_deref(), Some("v3"));
}

#[tokio::test]
async fn preparing_fetches_once_for_all_instances_and_touches_none() {
    let mut rig = Rig::new(&["shop-1", "shop-2", "shop-3"]).await;
    let v1 = rig.server.put("v1", good("v1"));
    let story = rig.story(None, ("v1", &v1)).command(Command::Promote);
    let story = story.done().command(Command::Promote);
    let authority = story.authority();
    let prepared = rig.hosts.prepare(&authority).await.unwrap();
    assert_eq!(prepared.installed.len(), authority.action().instances.len());
    assert!(prepared.installed.len() >= 2);
    assert_eq!(rig.server.fetched(), 1);
    assert_eq!(rig.processes(), [] as [i32; 0]);
    let again = rig.hosts.prepare(&authority).await.unwrap();
    assert_eq!(again.reused.len(), prepared.installed.len());
    assert_eq!(rig.server.fetched(), 1);
}

#[tokio::test]
async fn the_caller_hears_every_stage_and_may_withdraw_before_any() {
    let mut rig = Rig::new(&["shop-1"]).await;
    let (v1, _) = rig.run("v1").await;
    let v2 = rig.server.put("v2", good("v2"));
    let story = rig.story(Some(("v1", &v1)), ("v2", &v2));
    let withdraw = |stage: &Stage| match stage {
        Stage::Stopping { .. } => ControlFlow::Break("the lease is lost".to_owned()),
        _ => ControlFlow::Continue(()),
    };
    let authority = story.authority();
    let error = rig
        .hosts
        .bring(&authority, &rig.id(), &withdraw)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "instance shop-1: stopped before stopping v1: the lease is lost"
    );
    assert_eq!(rig.serving().await.as_deref(), Some("v1"));

    let heard = Mutex::new(Vec::new());
    let listen = |stage: &Stage| {
        heard.lock().unwrap().push(stage.to_string());
        ControlFlow::Continue(())
    };
    rig.hosts
        .bring(&authority, &rig.id(), &listen)
        .await
        .unwrap();
    assert_eq!(
        *heard.lock().unwrap(),
        [
            "preparing v2",
            "stopping v1",
            "switching to v2",
            "starting v2",
            "waiting for v2 to be healthy"
        ]
    );
}

#[tokio::test]
async fn old_releases_go_and_the_current_and_previous_stay() {
    let mut rig = Rig::with(&["shop-1"], |config| config.keep_releases = 1).await;
    let mut last = rig.run("v1").await.0;
    for (from, to) in [("v1", "v2"), ("v2", "v3"), ("v3", "v4")] {
        let package = rig.server.put(to, good(to));
        let story = rig.story(Some((from, &last)), (to, &package));
        rig.bring(&story).await.unwrap();
        last = package;
    }
    let mut left: Vec<String> = std::fs::read_dir(rig.root().join("releases"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, [".v3.json", ".v4.json", "v3", "v4"]);
}

#[tokio::test]
async fn the_process_sees_its_own_environment_its_configuration_and_nothing_of_ours() {
    let mut rig = Rig::with(&["shop-1"], |config| {
        let file = config.deploy_path.join("shop.yaml");
        std::fs::create_dir_all(&config.deploy_path).unwrap();
        std::fs::write(&file, "till: 3").unwrap();
        config.config_path = Some(file);
    })
    .await;
    let (_, brought) = rig.run("v1").await;
    let environment = rig.answer("/environment").await.unwrap();
    let has = |line: &str| environment.lines().any(|found| found == line);
    let root = rig.root();
    for line in [
        "TAWNY_SERVICE=shop".to_owned(),
        "TAWNY_ENVIRONMENT=test".to_owned(),
        "TAWNY_INSTANCE=shop-1".to_owned(),
        "TAWNY_VERSION=v1".to_owned(),
        format!("TAWNY_RELEASE_DIR={}/releases/v1", root.display()),
        format!(
            "TAWNY_CONFIG={}/shop.yaml",
            rig.hosts.config().deploy_path.display()
        ),
    ] {
        assert!(has(&line), "{line} is not in:\n{environment}");
    }
    assert!(!environment.contains("CARGO"), "{environment}");
    assert_eq!(
        std::fs::read_to_string(root.join("config")).unwrap(),
        "till: 3"
    );
    let stat = procfs::process::Process::new(brought.pid)
        .and_then(|process| process.stat())
        .unwrap();
    assert_eq!(stat.session, brought.pid, "it has a session of its own");
}

#[tokio::test]
async fn a_missing_configuration_file_is_said_before_anything_is_touched() {
    let mut rig = Rig::with(&["shop-1"], |config| {
        config.config_path = Some(config.deploy_path.join("shop.yaml"));
        std::fs::create_dir_all(&config.deploy_path).unwrap();
        std::fs::write(config.deploy_path.join("shop.yaml"), "x").unwrap();
    })
    .await;
    let (v1, _) = rig.run("v1").await;
    std::fs::remove_file(rig.hosts.config().deploy_path.join("shop.yaml")).unwrap();
    let v2 = rig.server.put("v2", good("v2"));
    let story = rig.story(Some(("v1", &v1)), ("v2", &v2));
    let error = rig.bring(&story).await.unwrap_err();
    assert!(matches!(error, HostsError::NoConfigFile(_)), "{error}");
    assert_eq!(rig.serving().await.as_deref(), Some("v1"));
}
