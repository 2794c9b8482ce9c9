//! Alerts: those of deployments, and those of none.

use super::sent::{
    alert, alerts, alerts_of, deployment, github, handled, listening, only_deployment, slow, status,
};
use crate::commands::tawny;
use crate::server::Life;
use crate::settings::ANN;
use crate::wait::until;
use crate::world::World;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alert_joins_the_incident_of_its_deployment_once_and_what_is_over_stays_over() {
    let mut world = listening(&slow()).await;
    let early = alert("Early", "shop", "firing", "2026-01-01T00:00:00Z");
    alerts(&world, json!([early])).await.unwrap();
    let opened = &handled(&world).await[0]["came_to"][0];
    assert_eq!(opened["what"], "opened", "{opened}");
    github(&world, "d", "deployment", &deployment(7, "shop", "v2"))
        .await
        .unwrap();
    handled(&world).await;
    let id = only_deployment(&world).await;
    world
        .view(&id, "watched", |view| view["status"] == "progressing")
        .await;

    let now = jiff::Timestamp::now().to_string();
    let firing = alert("HighErrorRate", "shop", "firing", &now);
    let over = alert("HighErrorRate", "shop", "resolved", &now);
    let first = alerts(&world, json!([firing])).await.unwrap();
    assert_eq!(first.1["status"], "accepted");
    let repeated = alerts(&world, json!([firing])).await.unwrap();
    assert_eq!(repeated.1["status"], "duplicate");
    world.event(&id, "alert_joined").await;
    // Here Tawny only observes: a critical alert warns.
    world.event(&id, "tier_raised").await;
    alerts(&world, json!([over])).await.unwrap();
    world.event(&id, "alert_over").await;
    let late = alert("HighErrorRate", "shop", "firing", &now);
    alerts(
        &world,
        json!([late, alert("Other", "cart", "firing", &now)]),
    )
    .await
    .unwrap();
    let all = handled(&world).await;
    let came: Vec<&Value> = all[0]["came_to"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| &c["what"])
        .collect();
    // The same group as the first one, which belonged to no deployment.
    assert_eq!(came, ["known", "joined"]);
    let events = world.events(&id).await;
    assert_eq!(
        events.iter().filter(|name| *name == "alert_joined").count(),
        1,
        "{events:?}"
    );
    let report = tawny(&world, ANN, &["report", &id]).await;
    assert!(
        report.out.contains("HighErrorRate"),
        "{}{}",
        report.out,
        report.err
    );
    let joined = world.event(&id, "alert_joined").await;
    let alert = &joined["details"]["alert"];
    assert_eq!(
        (&alert["name"], &alert["summary"]),
        (&json!("HighErrorRate"), &json!("too many errors"))
    );
    // The alert and the warning that it led to, each once.
    until("the thread", async || {
        let heard = world.receiver.heard(&id);
        let replies = heard.iter().filter(|heard| heard.kind == "reply").count();
        assert!(replies <= 2, "{heard:?}");
        (replies == 2).then_some(())
    })
    .await;
}

pub(super) fn moment(ago_s: i64) -> String {
    (jiff::Timestamp::now() - jiff::SignedDuration::from_secs(ago_s)).to_string()
}

/// What the incidents of no deployment are, as the API says it, the newest first.
pub(super) async fn incidents(world: &World) -> Vec<Value> {
    let (_, all) = world.server.call(ANN, Method::GET, "incidents", None).await;
    let all = all["incidents"].as_array().unwrap().iter();
    all.filter(|one| one["kind"] == "alerts").cloned().collect()
}

/// What was told of an incident, once it is as much as this.
pub(super) async fn told(world: &World, id: &str, count: usize) {
    until("the receiver heard of the incident", async || {
        let heard = world.receiver.heard(id);
        assert!(
            heard.iter().all(|heard| heard.kind == "incident"),
            "{heard:?}"
        );
        assert!(heard.len() <= count, "{heard:?}");
        (heard.len() == count).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alert_of_no_deployment_is_an_incident_that_is_told_once_and_ends_with_its_alerts() {
    let mut world = listening(&slow()).await;
    // Deployed yesterday, as far as the alert is concerned: it began before.
    github(&world, "d", "deployment", &deployment(7, "shop", "v2"))
        .await
        .unwrap();
    handled(&world).await;
    let before = moment(600);
    let firing = |name: &str| alert(name, "shop", "firing", &before);
    let over = |name: &str| alert(name, "shop", "resolved", &before);
    alerts(
        &world,
        json!([firing("HighErrorRate"), firing("SlowAnswers")]),
    )
    .await
    .unwrap();
    alerts(
        &world,
        json!([
            firing("HighErrorRate"),
            firing("SlowAnswers"),
            firing("Third")
        ]),
    )
    .await
    .unwrap();
    let all = handled(&world).await;
    let came = |delivery: &Value| -> Vec<String> {
        let came = delivery["came_to"].as_array().unwrap().iter();
        came.map(|came| came["what"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(came(&all[1]), ["opened", "joined"]);
    assert_eq!(came(&all[0]), ["known", "known", "joined"]);
    let open = incidents(&world).await;
    assert_eq!(open.len(), 1, "{open:#?}");
    let id = open[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(all[1]["came_to"][0]["incident"], id.as_str());
    assert_eq!(
        (&open[0]["open"], &open[0]["alerts"]),
        (&json!(true), &json!(3))
    );
    assert!(
        open[0]["text"].as_str().unwrap().contains("HighErrorRate"),
        "{}",
        open[0]
    );
    told(&world, &id, 1).await;

    // Killed and begun again, and told anew, nothing is said twice.
    world.server.kill();
    world.server.begin(&Life::default());
    world.server.ready().await;
    alerts(&world, json!([over("HighErrorRate"), over("SlowAnswers")]))
        .await
        .unwrap();
    handled(&world).await;
    assert_eq!(incidents(&world).await[0]["firing"], 1);
    alerts(&world, json!([over("Third")])).await.unwrap();
    handled(&world).await;
    let closed = incidents(&world).await;
    assert_eq!(
        (&closed[0]["open"], &closed[0]["firing"]),
        (&json!(false), &json!(0))
    );
    told(&world, &id, 2).await;
    // Late news of what is over open nothing.
    alerts(&world, json!([firing("Third"), firing("HighErrorRate")]))
        .await
        .unwrap();
    let all = handled(&world).await;
    assert_eq!(came(&all[0]), ["known", "known"]);
    assert_eq!(incidents(&world).await.len(), 1);
    told(&world, &id, 2).await;

    let (status, shown) = world
        .server
        .call(ANN, Method::GET, &format!("incidents/{id}"), None)
        .await;
    assert_eq!(status, 200);
    let names: Vec<&str> = shown["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["event"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "incident_opened",
            "incident_joined",
            "incident_joined",
            "incident_over",
            "incident_over",
            "incident_over",
            "incident_resolved"
        ]
    );
    // An hour later something else begins: what was deployed before it is named.
    let later = (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(48)).to_string();
    github(&world, "f", "deployment_status", &status_of_end())
        .await
        .unwrap();
    handled(&world).await;
    let id = only_deployment(&world).await;
    world.event(&id, "abandoned").await;
    alerts_of(
        &world,
        "other",
        json!([alert("Later", "shop", "firing", &later)]),
    )
    .await
    .unwrap();
    handled(&world).await;
    let newest = &incidents(&world).await[0];
    assert_eq!(
        newest["recent"][0]["deployment_id"],
        id.as_str(),
        "{newest:#}"
    );
    assert_eq!(newest["recent"][0]["relation"], "own");
    assert_eq!(world.receiver.faults(), [""; 0]);
}

fn status_of_end() -> Value {
    status(7, "shop", "v2", "failure")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_ten_alerts_in_an_hour_are_a_storm_that_is_said_once_and_counted() {
    let world = listening(&slow()).await;
    let since = moment(600);
    // Each of a group of its own, one after the other.
    for n in 0..40 {
        let one = alert(&format!("Alert{n}"), "shop", "firing", &since);
        alerts_of(&world, &format!("g{n}"), json!([one]))
            .await
            .unwrap();
    }
    handled(&world).await;
    let all = incidents(&world).await;
    let storms: Vec<&Value> = all.iter().filter(|one| one["storm"] == true).collect();
    assert_eq!((all.len(), storms.len()), (11, 1), "{all:#?}");
    assert_eq!(
        (&storms[0]["alerts"], &storms[0]["open"]),
        (&json!(30), &json!(true))
    );
    for one in &all {
        told(&world, one["id"].as_str().unwrap(), 1).await;
    }
    let ends: Vec<Value> = (0..40)
        .map(|n| alert(&format!("Alert{n}"), "shop", "resolved", &since))
        .collect();
    alerts(&world, json!(ends)).await.unwrap();
    handled(&world).await;
    let all = incidents(&world).await;
    assert!(all.iter().all(|one| one["open"] == false), "{all:#?}");
    for one in &all {
        told(&world, one["id"].as_str().unwrap(), 2).await;
    }
    assert_eq!(world.receiver.faults(), [""; 0]);
}
