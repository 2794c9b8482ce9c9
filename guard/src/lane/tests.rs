use super::*;
use crate::testing::start;

fn id(name: &str) -> DeploymentId {
    DeploymentId::new(name).unwrap()
}

/// `dep_1` has the lane, `dep_2` and `dep_3` wait.
fn busy() -> Lane {
    let mut lane = Lane::empty(
        ServiceName::new("shop").unwrap(),
        Environment::new("prod").unwrap(),
    );
    let taken = lane.take(&id("dep_1")).unwrap();
    then(&mut lane, &taken);
    for waits in ["dep_2", "dep_3"] {
        let queued = lane.wait(&id(waits)).unwrap();
        then(&mut lane, &queued);
    }
    lane
}

fn then(lane: &mut Lane, event: &LaneEvent) {
    lane.push(event, lane.revision() + 1, start());
}

fn released(by: &str) -> LaneEvent {
    LaneEvent::Released { by: id(by) }
}

#[test]
fn those_who_wait_come_in_the_order_in_which_they_came() {
    let mut lane = busy();
    assert_eq!(lane.next(), None, "it is busy");
    assert_eq!(lane.last(), Some(&id("dep_3")));
    assert_eq!(lane.before(&id("dep_2")), Some(&id("dep_1")));
    assert_eq!(lane.before(&id("dep_3")), Some(&id("dep_2")));
    then(&mut lane, &released("dep_1"));
    assert_eq!(lane.next(), Some(&id("dep_2")));
    let taken = lane.take(&id("dep_2")).unwrap();
    then(&mut lane, &taken);
    assert_eq!(lane.holder(), Some(&id("dep_2")));
    assert!(!lane.waits(&id("dep_2")), "it has its turn");
    assert_eq!(lane.next(), None);
    then(&mut lane, &released("dep_2"));
    assert_eq!(lane.next(), Some(&id("dep_3")));
}

#[test]
fn nobody_overtakes_those_who_wait() {
    let mut lane = busy();
    then(&mut lane, &released("dep_1"));
    let refused = lane.take(&id("dep_4")).unwrap_err().to_string();
    assert!(refused.contains("busy with deployment dep_2"), "{refused}");
    assert!(refused.contains("`--queue`"), "{refused}");
    assert!(lane.take(&id("dep_3")).is_err());
    assert!(lane.take(&id("dep_2")).is_ok());
    // Who had it may go back before the next one begins.
    assert!(lane.goes_back(&id("dep_1")).is_ok());
}

#[test]
fn who_leaves_the_queue_is_no_longer_before_anybody() {
    let mut lane = busy();
    let deployment = id("dep_2");
    then(&mut lane, &LaneEvent::Left { deployment });
    assert_eq!(lane.queue().collect::<Vec<_>>(), [&id("dep_3")]);
    assert_eq!(lane.before(&id("dep_3")), Some(&id("dep_1")));
    assert_eq!(lane.before(&id("dep_2")), None);
    assert_eq!(lane.holder(), Some(&id("dep_1")));
}

#[test]
fn a_frozen_lane_takes_nobody_in_and_lets_nobody_begin() {
    let mut lane = busy();
    then(&mut lane, &released("dep_1"));
    let by = "mei".to_owned();
    let reason = None;
    then(&mut lane, &LaneEvent::Frozen { by, reason });
    assert_eq!(lane.next(), None);
    for refused in [lane.take(&id("dep_2")), lane.wait(&id("dep_4"))] {
        assert!(matches!(refused, Err(LaneRefusal::Frozen { .. })));
    }
    let by = "mei".to_owned();
    then(&mut lane, &LaneEvent::Unfrozen { by });
    assert_eq!(lane.next(), Some(&id("dep_2")));
}
