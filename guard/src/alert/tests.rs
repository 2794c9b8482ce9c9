use super::*;
use crate::policy::Autonomy;
use crate::testing::{plan, start};

fn name(name: &str) -> ServiceName {
    ServiceName::new(name).unwrap()
}

fn alert(service: &str, after_s: i64) -> Alert {
    Alert {
        key: AlertKey {
            source: "alertmanager".into(),
            fingerprint: "3f2a".into(),
            starts_at: start() + SignedDuration::from_secs(after_s),
        },
        name: "HighErrorRate".into(),
        severity: AlertSeverity::Critical,
        service: name(service),
        environment: None,
        summary: None,
    }
}

fn deployed(id: &str, service: &str, begun_s: i64, ended_s: Option<i64>) -> Candidate {
    Candidate {
        deployment: DeploymentId::new(id).unwrap(),
        service: name(service),
        environment: Environment::new("prod").unwrap(),
        begun: start() + SignedDuration::from_secs(begun_s),
        ended: ended_s.map(|s| start() + SignedDuration::from_secs(s)),
        neighbours: vec![(name("cart"), true), (name("front"), false)],
        knows: false,
    }
}

fn found(alert: &Alert, candidates: &[Candidate]) -> Option<(String, Relation)> {
    belongs(alert, candidates).map(|(id, relation)| (id.to_string(), relation))
}

#[test]
fn an_alert_belongs_to_its_window_and_not_a_second_longer() {
    let one = [deployed("dep_1", "shop", 0, Some(600))];
    for (after_s, belongs) in [
        (-121, false),
        (-120, true),
        (600 + 3600, true),
        (600 + 3601, false),
    ] {
        assert_eq!(
            found(&alert("shop", after_s), &one).is_some(),
            belongs,
            "{after_s}"
        );
    }
    let lasting = [deployed("dep_1", "shop", 0, None)];
    assert!(found(&alert("shop", 900_000), &lasting).is_some());
}

#[test]
fn its_own_service_goes_before_neighbours_and_the_newest_before_older_ones() {
    let all = [
        deployed("dep_old", "shop", 0, None),
        deployed("dep_new", "shop", 60, None),
        deployed("dep_cart", "cart", 90, None),
    ];
    let own = Some(("dep_new".to_owned(), Relation::Own));
    assert_eq!(found(&alert("shop", 100), &all), own);
    let only = &all[..1];
    let of_a_callee = Some(("dep_old".to_owned(), Relation::Calls));
    assert_eq!(found(&alert("cart", 100), only), of_a_callee);
    let of_a_caller = Some(("dep_old".to_owned(), Relation::CalledBy));
    assert_eq!(found(&alert("front", 100), only), of_a_caller);
    assert_eq!(found(&alert("billing", 100), only), None);
}

#[test]
fn news_of_an_alert_go_to_whoever_heard_of_it_although_something_newer_was_deployed() {
    let mut all = [
        deployed("dep_old", "shop", 0, None),
        deployed("dep_new", "shop", 60, None),
    ];
    all[0].knows = true;
    let old = Some(("dep_old".to_owned(), Relation::Own));
    assert_eq!(found(&alert("shop", 30), &all), old);
}

#[test]
fn an_alert_of_another_environment_belongs_to_nothing_here() {
    let one = [deployed("dep_1", "shop", 0, None)];
    let mut staging = alert("shop", 1);
    staging.environment = Some(Environment::new("staging").unwrap());
    assert_eq!(found(&staging, &one), None);
    staging.environment = Some(Environment::new("prod").unwrap());
    assert!(found(&staging, &one).is_some());
}

#[test]
fn only_a_critical_alert_of_the_service_itself_after_its_beginning_counts_and_never_rolls_back() {
    let mut plan = plan(Autonomy::Rollback);
    plan.policy.critical_alert = Tier::RollBack;
    let deserves = |alert: &Alert, relation| deserved(alert, relation, &plan, start());
    assert_eq!(deserves(&alert("shop", 1), Relation::Own), Tier::Pause);
    assert_eq!(deserves(&alert("shop", -1), Relation::Own), Tier::Quiet);
    assert_eq!(deserves(&alert("cart", 1), Relation::Calls), Tier::Quiet);
    let mild = Alert {
        severity: AlertSeverity::Warning,
        ..alert("shop", 1)
    };
    assert_eq!(deserves(&mild, Relation::Own), Tier::Quiet);
}
