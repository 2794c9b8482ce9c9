//! Looking.

use crate::rig::{Rig, kill};
use guard::ids::InstanceId;
use platforms::hosts::InstanceState;

#[tokio::test]
async fn a_look_tells_running_stopped_and_not_installed_apart() {
    let mut rig = Rig::new(&["shop-1", "shop-2"]).await;
    let (_, brought) = rig.run("v1").await;
    let look = rig.hosts.observe().await;
    let first = &look.instances[&rig.id()];
    assert_eq!(first.state, InstanceState::Running);
    assert_eq!(first.pid, Some(brought.pid));
    assert_eq!(first.error, None);
    assert!(first.started_at.is_some());
    let second = InstanceId::new("shop-2").unwrap();
    assert_eq!(look.instances[&second].state, InstanceState::Stopped);
    assert_eq!(look.rollout.versions[&second], None);
    assert_eq!(
        (look.machine_count, look.health_count, look.error_count),
        (2, 1, 0)
    );

    kill(brought.pid);
    while !rig.processes().is_empty() {
        tokio::task::yield_now().await;
    }
    let look = rig.hosts.observe().await;
    let first = &look.instances[&rig.id()];
    assert_eq!(first.state, InstanceState::Stopped);
    assert_eq!(
        first.error.as_deref(),
        Some("version v1 is installed and does not run")
    );
    assert_eq!(
        look.rollout.versions[&rig.id()].as_ref().unwrap().as_str(),
        "v1"
    );
    assert_eq!(
        (look.machine_count, look.health_count, look.error_count),
        (2, 0, 1)
    );
}

#[tokio::test]
async fn an_instance_that_turns_sick_is_unhealthy_and_says_why() {
    let mut rig = Rig::new(&["shop-1"]).await;
    rig.run("v1").await;
    std::fs::write(rig.root().join("current/sick"), "").unwrap();
    let look = rig.hosts.observe().await;
    let view = &look.instances[&rig.id()];
    assert_eq!(view.state, InstanceState::Unhealthy);
    assert!(
        view.error
            .as_ref()
            .unwrap()
            .contains("/healthz answers 503"),
        "{view:?}"
    );
    assert_eq!(view.version.as_ref().unwrap().as_str(), "v1");
    assert_eq!(look.error_count, 1);
}
