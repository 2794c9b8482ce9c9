//! Who may answer what, by what they are to the deployment at that moment.

use crate::packages::SERVES;
use crate::server::Life;
use crate::settings::{ANN, BO, CY, Guarding};
use crate::world::World;
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

/// The rules as they are by default, and what else is said in the configuration.
pub(crate) fn with_rules(world: &World, of_service: &str, more: &str) {
    let file = world.dir.path().join("main/tawny.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let text = text.replace(", author_may_resume: true", "");
    let own = format!("{of_service}    versions: [");
    let text = text.replacen("    versions: [", &own, 1);
    std::fs::write(&file, text + more).unwrap();
}

/// The code that somebody was given, in what they were told.
pub(crate) fn code_in(text: &str) -> String {
    let is_code = |word: &&str| word.len() == 14 && word.matches('-').count() == 2;
    let mut words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    let code = words.find(is_code);
    code.unwrap_or_else(|| panic!("no code: {text}")).to_owned()
}

/// A world with them.
async fn world(of_service: &str, more: &str) -> World {
    let guarding = Guarding {
        autonomy: "pause",
        ..Guarding::default()
    };
    let world = World::of(&[("shop", 2)], &guarding).await;
    with_rules(&world, of_service, more);
    world
}

/// A deployment of ann's that is asked about.
async fn asked(world: &mut World) -> (String, Value) {
    world.prometheus.spoil("bad");
    let package = world.put("shop", "bad", SERVES);
    let id = world.deploy("shop", "bad", &package).await;
    let view = world
        .view(&id, "a question", |view| view["approval"].is_object())
        .await;
    let path = format!("approvals/{}", view["approval"]["id"].as_str().unwrap());
    (id, json!(path))
}

async fn says(world: &World, token: &str, path: &Value, body: Value) -> (u16, String) {
    let path = path.as_str().unwrap();
    let (status, said) = world
        .server
        .call(token, Method::POST, path, Some(&body))
        .await;
    (
        status,
        said["detail"].as_str().unwrap_or_default().to_owned(),
    )
}

/// The first version is out before the rules are as they should be: it is theirs too.
async fn begun(world: World) -> World {
    let mut world = world.with_first_version().await;
    world.at_rest().await;
    world
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_sent_a_change_out_does_not_resume_it_alone_and_one_other_person_is_enough() {
    let mut world = begun(world("", "").await).await;
    let (id, question) = asked(&mut world).await;
    let resume = || json!({ "choice": "resume", "reason": "known noise" });
    assert_eq!(says(&world, ANN, &question, resume()).await.0, 200);
    let (status, why) = says(&world, ANN, &question, resume()).await;
    assert_eq!(status, 409);
    assert!(why.contains("Another person has to agree"), "{why}");
    let view = world
        .view(&id, "still paused", |view| view["status"] == "paused")
        .await;
    assert!(view["approval"].is_object(), "{view}");
    let (status, why) = says(&world, CY, &question, resume()).await;
    assert_eq!(status, 409, "who may not is no second person");
    assert!(why.contains("lacks the role"), "{why}");
    assert_eq!(says(&world, BO, &question, resume()).await.0, 200);
    world.event(&id, "resumed").await;
    let events = world.events(&id).await;
    let count = |name: &str| events.iter().filter(|event| *event == name).count();
    assert_eq!(
        (count("approval_backed"), count("approval_answered")),
        (1, 1),
        "{events:?}"
    );
    let (_, audit) = world.server.call(ANN, Method::GET, "audit", None).await;
    let deeds: Vec<(&str, &str)> = audit["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|entry| Some((entry["who"].as_str()?, entry["what"].as_str()?)))
        .collect();
    for deed in [
        ("ann", "back"),
        ("ann", "refused"),
        ("cy", "refused"),
        ("bo", "answer"),
    ] {
        assert!(deeds.contains(&deed), "{deed:?} in {deeds:?}");
    }
    world.server.stop().await;
}

/// A calendar in which somebody is on call now.
fn calendar(name: &str) -> String {
    let at = |hours: i64| {
        let time = Timestamp::now() + SignedDuration::from_hours(hours);
        time.strftime("%Y%m%dT%H%M%SZ").to_string()
    };
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//tests//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:{}\r\nDTSTART:{}\r\n\
         DTEND:{}\r\nSUMMARY:On call: {name}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        at(-2),
        at(-1),
        at(1)
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_on_call_by_the_calendar_resumes_others_roll_back_what_is_theirs_or_break_the_glass()
{
    let world = world(
        "    on_call: [nights]\n",
        "on_call: [{name: nights, calendar: oncall.ics, refresh: 10s}]\n",
    )
    .await;
    std::fs::write(world.dir.path().join("main/oncall.ics"), calendar("Bo")).unwrap();
    let mut world = begun(world).await;
    let (id, question) = asked(&mut world).await;
    let order = json!({ "text": "oncall shop" });
    let (_, said) = world
        .server
        .call(CY, Method::POST, "orders", Some(&order))
        .await;
    assert!(said["text"].as_str().unwrap().contains("bo"), "{said}");

    let resume = json!({ "choice": "resume" });
    let (status, why) = says(&world, ANN, &question, resume.clone()).await;
    assert_eq!(status, 409);
    assert!(
        why.contains("ann is not on call") && why.contains("On call: bo"),
        "{why}"
    );
    let glass = |reason: &str| json!({ "choice": "resume", "reason": reason, "break_glass": true });
    let (status, why) = says(&world, ANN, &question, glass("now")).await;
    assert_eq!(status, 409);
    assert!(why.contains("at least 10 characters"), "{why}");
    let (status, why) = says(&world, CY, &question, glass("nobody answers the phone")).await;
    assert_eq!(status, 409);
    assert!(why.contains("may not go past"), "{why}");
    let (status, why) = says(
        &world,
        ANN,
        &question,
        glass("bo does not answer the phone"),
    )
    .await;
    assert_eq!(status, 200, "{why}");
    world.event(&id, "resumed").await;
    let broken = world.event(&id, "glass_broken").await;
    let details = &broken["details"];
    assert_eq!(
        details["reason"], "bo does not answer the phone",
        "{broken}"
    );
    assert_eq!(details["instead"]["why"], "not_on_call", "{broken}");
    world.at_rest().await;
    let told = format!("@{}#", broken["revision"]);
    let heard = world.receiver.heard(&id);
    let notice =
        |heard: &&crate::receiver::Heard| heard.kind == "notice" && heard.id.contains(&told);
    assert_eq!(
        heard.iter().filter(notice).count(),
        1,
        "everybody is told: {heard:?}"
    );
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nobody_knows_who_is_on_call_nobody_resumes_and_going_back_stays_possible() {
    let world = world(
        "    on_call: [nights]\n    owners: [cy]\n",
        "on_call: [{name: nights, calendar: oncall.ics, refresh: 10s}]\n",
    )
    .await;
    std::fs::write(
        world.dir.path().join("main/oncall.ics"),
        "<html>sign in</html>",
    )
    .unwrap();
    let mut world = begun(world).await;
    let (id, question) = asked(&mut world).await;
    let (status, why) = says(&world, BO, &question, json!({ "choice": "resume" })).await;
    assert_eq!(status, 409);
    assert!(
        why.contains("cannot be found out") && why.contains("nights"),
        "{why}"
    );
    // No operator, and the service is theirs.
    let (status, why) = says(&world, CY, &question, json!({ "choice": "rollback" })).await;
    assert_eq!(status, 200, "{why}");
    world.over(&id, "rolled_back").await;
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_is_given_to_a_person_and_to_no_machine_and_never_stands_in_the_record() {
    let mut world = World::small().await;
    world.server.begin(&Life::default());
    world.server.ready().await;
    let order = json!({ "text": "link" });
    let (status, said) = world
        .server
        .call(ANN, Method::POST, "orders", Some(&order))
        .await;
    assert_eq!(status, 200, "{said}");
    let code = code_in(said["text"].as_str().unwrap());
    let (_, said) = world
        .server
        .call(crate::settings::CI, Method::POST, "orders", Some(&order))
        .await;
    assert!(
        said["text"].as_str().unwrap().contains("Only people can"),
        "{said}"
    );
    let said_here = json!({ "text": format!("link {code}") });
    let (_, said) = world
        .server
        .call(BO, Method::POST, "orders", Some(&said_here))
        .await;
    assert!(
        said["text"].as_str().unwrap().contains("known already"),
        "{said}"
    );
    assert!(!world.server.whole_log().contains(&code));
    let data = world.dir.path().join("main/data");
    world.server.stop().await;
    for file in std::fs::read_dir(data).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes
                .windows(code.len())
                .any(|some| some == code.as_bytes());
            assert!(!found, "{}", path.display());
        }
    }
}
