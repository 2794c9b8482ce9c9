//! Incidents of alerts that somebody closes.

use super::alerts::{incidents, moment, told};
use super::sent::{alert, alerts, handled, listening, listening_and, slow};
use crate::commands::tawny;
use crate::settings::{ANN, BO, CY};
use crate::world::World;
use reqwest::Method;
use reqwest::header::{COOKIE, ORIGIN, SET_COOKIE};
use serde_json::{Value, json};

/// A machine that may only look.
const GUEST: &str = "a-token-of-a-guest-for-tests";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_incident_that_is_closed_by_hand_is_told_stays_closed_and_opens_again_with_another_alert()
 {
    let mut world = listening_and(&slow(), |text| {
        let guest = format!("  - {{name: guest, machine: guest, secret: {GUEST}}}\nenvironments:");
        text.replacen("environments:", &guest, 1)
    })
    .await;
    let before = moment(600);
    let firing = |name: &str| alert(name, "shop", "firing", &before);
    alerts(&world, json!([firing("HighErrorRate")]))
        .await
        .unwrap();
    handled(&world).await;
    let id = incidents(&world).await[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    told(&world, &id, 1).await;
    let shown = tawny(&world, ANN, &["incidents", "list", "--open"]).await;
    assert!(
        shown.out.contains(&id) && shown.out.contains("1 firing"),
        "{}{}",
        shown.out,
        shown.err
    );

    // Who may not is told so, and on record; what there is not cannot be closed.
    let refused = tawny(&world, GUEST, &["incidents", "close", &id]).await;
    assert_eq!(refused.code, 1, "{}{}", refused.out, refused.err);
    assert!(refused.err.contains("lacks the role"), "{}", refused.err);
    let unknown = tawny(&world, ANN, &["--json", "incidents", "close", "inc_0"]).await;
    assert_eq!(unknown.code, 3, "{}", unknown.err);
    unknown.document("tawny.incidents-close/1");

    let because = ["--reason", "a test of the alerts"];
    let close = [&["--json", "incidents", "close", &id][..], &because].concat();
    let closed = tawny(&world, ANN, &close).await;
    assert_eq!(closed.code, 0, "{}", closed.err);
    let closed = closed.document("tawny.incidents-close/1");
    assert_eq!(
        (&closed["open"], &closed["closed_by"], &closed["firing"]),
        (&json!(false), &json!("ann"), &json!(1))
    );
    told(&world, &id, 2).await;
    let late = tawny(&world, BO, &["incidents", "close", &id]).await;
    assert_eq!(late.code, 1, "{}{}", late.out, late.err);
    assert!(late.err.contains("over already"), "{}", late.err);

    // That it still fires is no news, and neither is that it does not.
    alerts(&world, json!([firing("HighErrorRate"), firing("Second")]))
        .await
        .unwrap();
    handled(&world).await;
    let again = &incidents(&world).await[0];
    assert_eq!(
        (&again["id"], &again["open"], &again["closed_by"]),
        (&json!(id), &json!(true), &Value::Null)
    );
    told(&world, &id, 3).await;
    let said = tawny(&world, BO, &["say", "close", "because", "known"]).await;
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    told(&world, &id, 4).await;
    let none = tawny(&world, BO, &["say", "close"]).await;
    assert!(none.out.contains("No incident"), "{}", none.out);
    let over = |name: &str| alert(name, "shop", "resolved", &before);
    alerts(&world, json!([over("HighErrorRate"), over("Second")]))
        .await
        .unwrap();
    handled(&world).await;
    told(&world, &id, 4).await;

    let shown = tawny(&world, ANN, &["incidents", "show", &id]).await;
    assert!(
        shown
            .out
            .contains("ann closed this incident: a test of the alerts"),
        "{}",
        shown.out
    );
    let audit = tawny(&world, ANN, &["--json", "audit"]).await;
    let audit = audit.document("tawny.audit/1");
    let entries = audit["entries"].as_array().unwrap().iter();
    let deeds: Vec<(&str, &str, &str)> = entries
        .filter(|entry| entry["stream"] == format!("incident/{id}"))
        .map(|entry| {
            let text = |field: &str| entry[field].as_str().unwrap_or_default();
            (text("who"), text("what"), text("why"))
        })
        .collect();
    assert_eq!(
        deeds,
        [
            ("bo", "close", "known"),
            ("ann", "close", "a test of the alerts"),
            ("guest", "refused", "")
        ]
    );
    assert_eq!(world.receiver.faults(), [""; 0]);
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_incident_is_closed_on_its_page_once_with_the_form_of_the_session() {
    let mut world = listening(&slow()).await;
    alerts(
        &world,
        json!([alert("HighErrorRate", "shop", "firing", &moment(60))]),
    )
    .await
    .unwrap();
    handled(&world).await;
    let id = incidents(&world).await[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let url = world.server.url().to_owned();
    let path = format!("{url}/incidents/{id}");
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap();
    let cookies = session(&world, &http, CY).await;
    let page = async || {
        let page = http.get(&path).header(COOKIE, &cookies).send().await;
        page.unwrap().text().await.unwrap()
    };
    let before = page().await;
    let (_, token) = before
        .split_once("name=\"form_token\" value=\"")
        .unwrap_or_else(|| panic!("no form: {before}"));
    let (token, _) = token.split_once('"').unwrap();
    let press = async |token: &str| {
        let form = [("form_token", token), ("reason", "<b>done</b>")];
        let sent = http.post(format!("{path}/close")).form(&form);
        let sent = sent.header(COOKIE, &cookies).header(ORIGIN, &url);
        let sent = sent.send().await.unwrap();
        (sent.status().as_u16(), sent.text().await.unwrap())
    };
    assert_eq!(press("another").await.0, 403);
    assert!(!page().await.contains("closed by"));
    let (status, said) = press(token).await;
    assert_eq!(status, 303, "{said}");
    let (status, said) = press(token).await;
    assert_eq!(status, 409, "{said}");
    assert!(said.contains("over already"), "{said}");
    let after = page().await;
    assert!(after.contains("closed by"), "{after}");
    assert!(
        !after.contains("/close\"") && !after.contains("<b>done"),
        "{after}"
    );
    let (_, shown) = world
        .server
        .call(ANN, Method::GET, &format!("incidents/{id}"), None)
        .await;
    assert_eq!(shown["closed_because"], "<b>done</b>");
    told(&world, &id, 2).await;
    world.server.stop().await;
}

/// The cookies of somebody who has followed their link.
async fn session(world: &World, http: &reqwest::Client, token: &str) -> String {
    let made = tawny(world, token, &["--json", "login"]).await;
    let link = made.document("tawny.login/1");
    let opened = http.get(link["link"].as_str().unwrap()).send();
    let opened = opened.await.unwrap();
    let cookies = opened.headers().get_all(SET_COOKIE).iter();
    let cookies: Vec<&str> = cookies
        .map(|one| one.to_str().unwrap().split(';').next().unwrap())
        .collect();
    cookies.join("; ")
}
