use super::*;
use crate::alert::{Alert, AlertKey, AlertSeverity, AlertStatus, Candidate, STORM};
use crate::ids::{DeploymentId, Environment, IncidentId, ServiceName, Version};
use crate::testing::start;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

fn at(after_s: i64) -> Timestamp {
    start() + SignedDuration::from_secs(after_s)
}

fn heard(fingerprint: &str, since_s: i64, status: AlertStatus) -> Heard {
    Heard {
        alert: Alert {
            key: AlertKey {
                source: "alerts".into(),
                fingerprint: fingerprint.into(),
                starts_at: at(since_s),
            },
            name: format!("Name{fingerprint}"),
            severity: AlertSeverity::Critical,
            service: ServiceName::new("shop").unwrap(),
            environment: None,
            summary: None,
        },
        status,
        group: None,
        recent: Vec::new(),
        opens: IncidentId::new(format!("inc_{fingerprint}_{since_s}")).unwrap(),
    }
}

fn firing(fingerprint: &str, since_s: i64) -> Heard {
    heard(fingerprint, since_s, AlertStatus::Firing)
}

fn over(fingerprint: &str, since_s: i64) -> Heard {
    heard(fingerprint, since_s, AlertStatus::Over)
}

fn grouped(group: &str, heard: Heard) -> Heard {
    Heard {
        group: Some(group.to_owned()),
        ..heard
    }
}

fn names(verdict: &Verdict) -> Vec<&'static str> {
    verdict.events.iter().map(ApartEvent::name).collect()
}

/// What each of these comes to, one second after the other.
fn story(board: &mut Board, all: &[Heard]) -> Vec<(String, Vec<&'static str>)> {
    let told = all.iter().zip(1..);
    told.map(|(one, second)| {
        let verdict = board.hear(one, at(second));
        let id = verdict.incident.as_ref().map(ToString::to_string);
        (id.unwrap_or_default(), names(&verdict))
    })
    .collect()
}

#[test]
fn an_alert_opens_an_incident_that_ends_with_it_and_never_again_since_the_same_time() {
    let mut board = Board::default();
    let all = [
        firing("a", 0),
        firing("a", 0),
        over("a", 0),
        over("a", 0),
        firing("a", 0),
    ];
    let came = story(&mut board, &all);
    let id = "inc_a_0".to_owned();
    assert_eq!(
        came,
        [
            (id.clone(), vec!["incident_opened"]),
            (id.clone(), vec![]),
            (id.clone(), vec!["incident_over", "incident_resolved"]),
            (id.clone(), vec![]),
            (id, vec![]),
        ]
    );
}

#[test]
fn an_end_that_is_heard_first_opens_nothing_and_neither_does_the_beginning_that_comes_late() {
    let mut board = Board::default();
    let came = story(&mut board, &[over("a", 0), firing("a", 0)]);
    assert_eq!(came[0].1, ["incident_over"]);
    assert_eq!(came[1].1, Vec::<&str>::new());
    let kept = board
        .incident(&IncidentId::new("inc_a_0").unwrap())
        .unwrap();
    assert!(!kept.is_one() && !kept.is_open());
}

#[test]
fn the_same_group_or_the_same_alert_anew_joins_and_opens_again_within_the_hour() {
    let mut board = Board::default();
    let group = |one| grouped("g", one);
    let all = [
        group(firing("a", 0)),
        group(firing("b", 1)),
        firing("c", 2),
        group(over("a", 0)),
        group(over("b", 1)),
        firing("a", 300),
    ];
    let came = story(&mut board, &all);
    let of: Vec<&str> = came.iter().map(|(id, _)| id.as_str()).collect();
    let first = "inc_a_0";
    assert_eq!(of, [first, first, "inc_c_2", first, first, first]);
    assert_eq!(came[1].1, ["incident_joined"]);
    assert_eq!(came[3].1, ["incident_over"]);
    assert_eq!(came[4].1, ["incident_over", "incident_resolved"]);
    assert_eq!(came[5].1, ["incident_reopened", "incident_joined"]);

    // Long after its end it is another one.
    board.hear(&over("a", 300), at(310));
    let late = board.hear(&firing("a", 4000), at(4000));
    assert_eq!(names(&late), ["incident_opened"]);
}

/// The board, with an incident on it closed.
fn closed(mut board: Board, id: &str, now: Timestamp) -> Board {
    let mut incident = board
        .incident(&IncidentId::new(id).unwrap())
        .unwrap()
        .clone();
    incident.push(&RecordedApart {
        revision: incident.revision + 1,
        at: now,
        event: ApartEvent::Closed {
            by: "ann".into(),
            reason: None,
        },
    });
    assert!(!incident.is_open());
    board.put(incident);
    board
}

#[test]
fn who_closes_an_incident_hears_of_another_alert_and_not_of_those_that_it_had() {
    let mut board = Board::default();
    story(&mut board, &[firing("a", 0), firing("b", 0)]);
    let mut board = closed(board, "inc_a_0", at(10));
    assert_eq!(names(&board.hear(&firing("a", 0), at(11))), [""; 0]);
    assert_eq!(names(&board.hear(&over("a", 0), at(12))), ["incident_over"]);
    let id = IncidentId::new("inc_a_0").unwrap();
    assert!(board.incident(&id).unwrap().closed.is_some());
    let again = board.hear(&firing("a", 20), at(20));
    assert_eq!(names(&again), ["incident_reopened", "incident_joined"]);
    let incident = board.incident(&id).unwrap();
    assert!(incident.is_open() && incident.closed.is_none());
    // It ends with its alerts, as if nobody had closed it.
    let end = board.hear(&over("a", 20), at(30));
    assert_eq!(names(&end), ["incident_over", "incident_resolved"]);
}

#[test]
fn a_storm_that_somebody_closed_is_counted_on_and_not_opened_again() {
    let mut board = Board::default();
    let many: Vec<Heard> = (0..=STORM).map(|n| firing(&format!("s{n}"), 0)).collect();
    let came = story(&mut board, &many);
    let (storm, names_of_last) = came.last().unwrap();
    assert_eq!(names_of_last, &["incident_storm"]);
    let mut board = closed(board, storm, at(60));
    let more = board.hear(&firing("more", 70), at(70));
    assert_eq!(names(&more), ["incident_counted"]);
    let storm = board.incident(&IncidentId::new(storm.as_str()).unwrap());
    assert!(!storm.unwrap().is_open());
}

#[test]
fn what_is_for_information_alone_opens_nothing() {
    let mut heard = firing("watchdog", 0);
    heard.alert.severity = AlertSeverity::Info;
    let verdict = Board::default().hear(&heard, at(0));
    assert_eq!((verdict.incident, verdict.events), (None, Vec::new()));
}

#[test]
fn more_than_ten_alerts_of_a_source_in_an_hour_are_one_storm_said_once_and_counted() {
    let mut board = Board::default();
    let all: Vec<Heard> = (0..40).map(|n| firing(&format!("f{n}"), n)).collect();
    let came = story(&mut board, &all);
    let opened = |name: &str| came.iter().filter(|(_, events)| events == &[name]).count();
    assert_eq!(opened("incident_opened"), STORM);
    assert_eq!(opened("incident_storm"), 1);
    assert_eq!(opened("incident_counted"), 40 - STORM - 1);
    let storm = IncidentId::new("inc_f10_10").unwrap();
    let state = board.incident(&storm).unwrap();
    assert_eq!((state.storm, state.joined()), (true, 30));

    // It is over with its last alert, and one more of the hour opens it again without a word.
    let ends: Vec<Heard> = (10..40).map(|n| over(&format!("f{n}"), n)).collect();
    let came = story(&mut board, &ends);
    assert_eq!(
        came.last().unwrap().1,
        ["incident_over", "incident_resolved"]
    );
    let again = board.hear(&firing("more", 100), at(100));
    assert_eq!(names(&again), ["incident_reopened", "incident_counted"]);
    let state = board.incident(&storm).unwrap();
    let said: Vec<ApartEffect> = again
        .events
        .iter()
        .flat_map(|e| effects(e, 1, state))
        .collect();
    assert_eq!(said, [ApartEffect::ShowIncident]);

    // Another source is not in the storm; those that joined deployments count, too.
    let mut other = firing("x", 100);
    other.alert.key.source = "other".into();
    assert_eq!(names(&board.hear(&other, at(101))), ["incident_opened"]);
    for second in 0..STORM {
        board.also("other", at(i64::try_from(second).unwrap()));
    }
    let mut next = firing("y", 100);
    next.alert.key.source = "other".into();
    assert_eq!(names(&board.hear(&next, at(102))), ["incident_storm"]);
    // An hour later they do not.
    let mut late = firing("z", 9000);
    late.alert.key.source = "other".into();
    assert_eq!(names(&board.hear(&late, at(9000))), ["incident_opened"]);
}

#[test]
fn a_group_that_becomes_a_storm_stays_one_incident() {
    let mut board = Board::default();
    let all: Vec<Heard> = (0..30)
        .map(|n| grouped("g", firing(&format!("f{n}"), n)))
        .collect();
    let came = story(&mut board, &all);
    assert!(came.iter().all(|(id, _)| id == "inc_f0_0"), "{came:?}");
    assert_eq!(came[STORM].1, ["incident_storm"]);
}

fn deployed(id: &str, service: &str, begun_s: i64, undone: bool) -> Deployed {
    let name = |name: &str| ServiceName::new(name).unwrap();
    let neighbours = match service {
        "front" => vec![(name("shop"), true)],
        "cart" => vec![(name("shop"), false)],
        _ => Vec::new(),
    };
    Deployed {
        candidate: Candidate {
            deployment: DeploymentId::new(id).unwrap(),
            service: name(service),
            environment: Environment::new("prod").unwrap(),
            begun: at(begun_s),
            ended: None,
            neighbours,
            knows: false,
        },
        version: Version::new("v2").unwrap(),
        undone,
    }
}

#[test]
fn the_likeliest_deployment_is_the_own_and_the_newest_and_none_that_came_later() {
    let hours = |hours: i64| -hours * 3600;
    let all = [
        deployed("older", "shop", hours(20), false),
        deployed("own", "shop", hours(1), false),
        deployed("caller", "front", hours(1), false),
        deployed("called", "cart", hours(1), false),
        deployed("undone", "shop", hours(1), true),
        deployed("stranger", "mail", hours(1), false),
        deployed("later", "shop", 600, false),
        deployed("long-ago", "shop", hours(200), false),
    ];
    let alert = firing("a", 0).alert;
    let found: Vec<String> = likely(&alert, &all)
        .into_iter()
        .map(|recent| recent.deployment.to_string())
        .collect();
    assert_eq!(found, ["own", "called", "undone", "caller", "older"]);
    let mut elsewhere = alert;
    elsewhere.environment = Some(Environment::new("test").unwrap());
    assert_eq!(likely(&elsewhere, &all), []);
}

proptest! {
    #[test]
    fn however_news_are_ordered_what_is_over_stays_over_and_each_alert_counts_once(
        news in prop::collection::vec((0_u8..14, 0_u8..2, any::<bool>(), any::<bool>()), 0..60),
    ) {
        let mut board = Board::default();
        let mut records: std::collections::BTreeMap<IncidentId, Vec<RecordedApart>> = Default::default();
        let mut ended = std::collections::BTreeSet::new();
        let mut known = std::collections::BTreeSet::new();
        for (second, (which, since, firing, group)) in news.into_iter().enumerate() {
            let now = at(i64::try_from(second).unwrap());
            let status = if firing { AlertStatus::Firing } else { AlertStatus::Over };
            let mut heard = heard(&format!("f{which}"), i64::from(since), status);
            heard.group = group.then(|| "g".to_owned());
            let verdict = board.hear(&heard, now);
            let key = heard.alert.key.clone();
            let begins = verdict.events.iter().any(|event| matches!(event,
                ApartEvent::Opened { .. } | ApartEvent::Joined { .. } | ApartEvent::Storm { .. } | ApartEvent::Counted { .. }));
            prop_assert_eq!(begins, firing && !known.contains(&key), "{:?}", verdict);
            prop_assert!(!(begins && ended.contains(&key)));
            known.insert(key.clone());
            if !firing {
                ended.insert(key);
            }
            let id = verdict.incident.unwrap();
            let stream = records.entry(id).or_default();
            for event in verdict.events {
                let revision = stream.len() as u64 + 1;
                stream.push(RecordedApart { revision, at: now, event });
            }
        }
        // What is folded again is what was decided on, and open exactly while an alert fires.
        for (id, stream) in records {
            let folded = Apart::fold(id.clone(), &stream);
            prop_assert_eq!(Some(&folded), board.incident(&id));
            if folded.is_one() {
                prop_assert_eq!(folded.is_open(), folded.firing() > 0);
            }
        }
    }
}
