//! Alerts of others join the incident, and what whoever deploys says of its end is noted.

use super::*;
use crate::alert::{Alert, AlertKey, AlertSeverity, AlertStatus, Relation};
use crate::event::{PauseReason, Reported};
use crate::ids::ServiceName;
use crate::incident;
use jiff::SignedDuration;

fn alert(story: &Story, fingerprint: &str) -> Alert {
    Alert {
        key: AlertKey {
            source: "alertmanager".into(),
            fingerprint: fingerprint.into(),
            starts_at: story.state().requested_at() + SignedDuration::from_secs(5),
        },
        name: "HighErrorRate".into(),
        severity: AlertSeverity::Critical,
        service: ServiceName::new("shop").unwrap(),
        environment: None,
        summary: None,
    }
}

fn said(alert: &Alert, relation: Relation, status: AlertStatus) -> Happened {
    Happened::Alerted {
        alert: Box::new(alert.clone()),
        relation,
        status,
    }
}

fn fires(alert: &Alert) -> Happened {
    said(alert, Relation::Own, AlertStatus::Firing)
}

fn over(alert: &Alert) -> Happened {
    said(alert, Relation::Own, AlertStatus::Over)
}

fn failed() -> Happened {
    Happened::Reported {
        by: "github".into(),
        outcome: Reported::Failed,
        reason: Some("the job failed".into()),
    }
}

#[test]
fn a_critical_alert_pauses_and_asks_once_however_often_it_is_repeated() {
    let mut story = Story::gray(Autonomy::Rollback);
    story.wait(10);
    let alert = alert(&story, "a");
    let first = story.tell(fires(&alert));
    assert_eq!(
        names(&first),
        ["alert_joined", "tier_raised", "paused", "approval_asked"]
    );
    assert_eq!(story.state().status(), Status::Paused);
    assert_eq!(
        story.state().paused(),
        Some(&PauseReason::Findings { keys: vec![] })
    );
    assert!(story.wait(60).tell(fires(&alert)).is_empty());
    let resume = answer(&story, mei(), Choice::Resume);
    story.tell(resume);
    assert!(story.wait(60).tell(fires(&alert)).is_empty(), "repeated");
    assert_eq!(story.state().status(), Status::Progressing);
}

#[test]
fn where_the_policy_only_observes_a_critical_alert_warns() {
    let mut story = Story::gray(Autonomy::Observe);
    story.wait(10);
    let alert = alert(&story, "a");
    assert_eq!(
        names(&story.tell(fires(&alert))),
        ["alert_joined", "tier_raised"]
    );
    assert_eq!(story.state().tier(), Tier::Warn);
}

#[test]
fn an_alert_that_is_over_never_fires_again_since_the_same_time_in_whatever_order_it_is_told() {
    for first_is_late in [false, true] {
        let mut story = Story::gray(Autonomy::Observe);
        story.wait(10);
        let alert = alert(&story, "a");
        if !first_is_late {
            story.tell(fires(&alert));
        }
        assert_eq!(names(&story.tell(over(&alert))), ["alert_over"]);
        assert!(story.tell(fires(&alert)).is_empty());
        assert!(story.tell(over(&alert)).is_empty());
        // Firing anew, since another time, is another firing.
        let mut again = alert.clone();
        again.key.starts_at += SignedDuration::from_secs(2);
        let told = story.tell(fires(&again));
        assert_eq!(names(&told)[0], "alert_joined");
    }
}

#[test]
fn an_alert_and_a_finding_are_one_incident_that_is_over_when_both_are() {
    let mut story = Story::gray(Autonomy::Observe);
    story.wait(1).tell(degraded(finding()));
    let alert = alert(&story, "a");
    story.wait(10).tell(fires(&alert));
    let incident = |story: &Story| story.state().incident().unwrap().clone();
    assert_eq!(incident(&story).standing, incident::Standing::Open);
    let turns: Vec<_> = incident(&story)
        .moments
        .iter()
        .map(|moment| moment.turn.clone())
        .collect();
    let joined = incident::Turn::Alerted {
        alert: "HighErrorRate".into(),
    };
    assert_eq!(turns, [incident::Turn::Opened, joined]);
    story.wait(10).tell(healthy());
    assert_eq!(incident(&story).standing, incident::Standing::Open);
    story.wait(10).tell(over(&alert));
    assert_eq!(incident(&story).standing, incident::Standing::Recovered);
}

#[test]
fn a_neighbours_alert_alone_is_noted_and_is_no_incident_and_the_services_own_is() {
    let mut story = Story::gray(Autonomy::Pause);
    story.wait(10);
    let mut neighbours = alert(&story, "a");
    neighbours.service = ServiceName::new("cart").unwrap();
    let told = story.tell(said(&neighbours, Relation::Calls, AlertStatus::Firing));
    assert_eq!(names(&told), ["alert_joined"]);
    assert!(story.state().incident().is_none());
    let mut own = alert(&story, "b");
    own.severity = AlertSeverity::Warning;
    assert_eq!(names(&story.tell(fires(&own))), ["alert_joined"]);
    let incident = story.state().incident().unwrap();
    assert_eq!((incident.findings, incident.tier), (0, Tier::Quiet));
}

#[test]
fn a_storm_is_said_once_and_what_follows_is_bounded() {
    let mut story = Story::gray(Autonomy::Observe);
    story.wait(10);
    let mut storms = 0;
    for n in 0..300 {
        let alert = alert(&story, &n.to_string());
        let told = story.tell(fires(&alert));
        storms += names(&told).iter().filter(|n| **n == "alert_storm").count();
        let storm = told
            .iter()
            .any(|e| matches!(e, Event::AlertStorm { alerts: 11 }));
        assert_eq!(storm, n == 10);
    }
    assert_eq!(storms, 1);
    assert!(story.state().alert_storm());
    assert_eq!(story.state().alerts().count(), crate::alert::MOST);
}

#[test]
fn a_failure_told_by_who_deploys_frees_the_lane_and_is_noted_once() {
    let mut story = Story::gray(Autonomy::Observe);
    story.wait(10);
    assert_eq!(
        names(&story.tell(failed())),
        ["deploy_reported", "abandoned"]
    );
    assert!(story.state().watch_over());
    assert!(story.tell(failed()).is_empty());
    let mut good = promoted(Autonomy::Observe);
    let succeeded = Happened::Reported {
        by: "github".into(),
        outcome: Reported::Succeeded,
        reason: None,
    };
    assert_eq!(names(&good.tell(succeeded)), ["deploy_reported"]);
    assert!(
        good.tell(failed()).is_empty(),
        "late news take nothing back"
    );
}
