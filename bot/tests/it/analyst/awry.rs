//! Models and servers that do what they should not.

use super::scene::{GUILTY, Scene, competent, endpoint, last, truth, truth_with};
use crate::model::{Answer, Double, Manners};
use guard::root_cause::{Conclusion, Ended, Short};
use serde_json::{Value, json};

fn partial(why: Short) -> Ended {
    Ended::Partial { why }
}

/// What the tools said to each call of the turn before.
fn told(request: &Value) -> Vec<String> {
    let messages = request["messages"].as_array().unwrap().iter();
    let tools = messages.filter(|message| message["role"] == "tool");
    tools
        .map(|message| message["content"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_that_make_no_sense_are_told_so_and_the_investigation_goes_on() {
    let double = Double::of(|_, before| match before {
        0 => Answer::RawCalls(vec![
            ("get_deployment", "{\"deployment\": \"dep_1\""),
            ("roll_back_now", "{}"),
            ("get_deployment", "{\"deployment\": 7, \"colour\": \"red\"}"),
            ("get_deployment", "{\"deployment\": \"dep_1\"}"),
            ("get_deployment", "{\"deployment\": \"dep_1\"}"),
            ("get_report", "{\"deployment\": \"dep_1\"}"),
            ("get_timeline", "{\"deployment\": \"dep_1\"}"),
        ]),
        _ => competent(1),
    })
    .await;
    let found = Scene::at(&double).await.investigate().await;
    assert_eq!(double.refused(), Vec::<String>::new());
    assert_eq!(found.ended, Ended::Whole);
    let said = told(&double.requests()[1]);
    for (said, part) in said.iter().zip([
        "not one JSON object",
        "there is no tool `roll_back_now`",
        "do not fit the tool's input schema",
        "data_from",
        "asked before with the same arguments",
        "data_from",
        "too many calls at once",
    ]) {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(said.len(), 7, "each call is answered");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspect_that_there_is_not_is_asked_about_twice_and_then_unknown() {
    let wrong = || truth_with(|draft| draft["conclusion"]["id"] = json!("deadbeef00"));
    let double = Double::of(move |_, _| Answer::Text(wrong())).await;
    let found = Scene::at(&double).await.investigate().await;
    let draft = found.draft.unwrap();
    assert_eq!(draft.conclusion, Conclusion::Unknown);
    assert!(
        draft
            .hypotheses
            .iter()
            .all(|one| one.conclusion != Conclusion::Unknown)
    );
    let asked = last(&double.requests()[1]);
    assert!(
        asked.contains("cannot be used") && asked.contains(GUILTY),
        "{asked}"
    );

    let short = truth_with(|draft| draft["conclusion"]["id"] = json!(&GUILTY[..8]));
    let double = Double::of(move |_, _| Answer::Text(short.clone())).await;
    let found = Scene::at(&double).await.investigate().await;
    let whole = Conclusion::Suspect { id: GUILTY.into() };
    assert_eq!(
        found.draft.unwrap().conclusion,
        whole,
        "its beginning names it"
    );
    assert_eq!(double.requests().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_in_another_form_is_sent_back_with_the_reason() {
    let double = Double::of(|_, before| match before {
        0 => Answer::Text("The pool did it, I am sure.".to_owned()),
        1 => Answer::Text(truth_with(|draft| {
            draft["recommendation"]["action"] = json!("explode");
        })),
        _ => Answer::Text(format!("Here it is:\n```json\n{}\n```", truth())),
    })
    .await;
    let found = Scene::at(&double).await.investigate().await;
    assert_eq!(found.ended, Ended::Whole);
    let requests = double.requests();
    assert!(
        last(&requests[1]).contains("not one JSON object"),
        "{}",
        last(&requests[1])
    );
    assert!(
        last(&requests[2]).contains("recommendation.action"),
        "{}",
        last(&requests[2])
    );
    assert_eq!(double.refused(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_that_never_finds_the_form_leaves_the_report_to_the_rules() {
    let double = Double::of(|_, _| Answer::Text("no".to_owned())).await;
    let found = Scene::at(&double).await.investigate().await;
    assert_eq!(
        (found.draft, found.ended),
        (None, partial(Short::Unreadable))
    );
    assert_eq!(double.requests().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_refuses_is_not_asked_again_and_what_was_drafted_before_stands() {
    for refusal in [
        Answer::Refusal("I cannot help with that."),
        Answer::Filtered,
    ] {
        let (at_once, later) = (refusal.clone(), refusal);
        let double = Double::playing(vec![at_once]).await;
        let found = Scene::at(&double).await.investigate().await;
        assert_eq!((found.draft, found.ended), (None, partial(Short::Refused)));
        let double = Double::playing(vec![Answer::Text(truth().to_string()), later]).await;
        let found = Scene::at(&double).await.investigate().await;
        assert_eq!(found.ended, partial(Short::Refused));
        assert!(found.draft.is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_for_which_there_was_no_room_is_asked_for_shorter() {
    let double = Double::of(|_, before| match before {
        0 => Answer::Cut(truth().to_string()[..200].to_owned()),
        _ => Answer::Text(truth().to_string()),
    })
    .await;
    let found = Scene::at(&double).await.investigate().await;
    assert_eq!(found.ended, Ended::Whole);
    assert!(last(&double.requests()[1]).contains("be shorter"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_in_trouble_are_waited_for_as_they_say_and_then_the_next_one_is_asked() {
    let busy = || {
        Answer::Status(
            429,
            vec![("retry-after-ms", "20")],
            json!({"message": "slow down"}),
        )
    };
    let storm = Double::of(move |_, _| busy()).await;
    let spare = Double::of(|_, before| competent(before)).await;
    let section = format!(
        "{{endpoints: [{}, {}]}}",
        endpoint("main", &storm, ""),
        endpoint("spare", &spare, "")
    );
    let found = Scene::of(&section, "").await.investigate().await;
    assert_eq!(found.ended, Ended::Whole);
    assert_eq!(found.spent.endpoint, "spare");
    assert_eq!(
        storm.requests().len(),
        3,
        "the dialogue stays with who answered"
    );

    let long =
        Double::of(|_, _| Answer::Status(503, vec![("retry-after", "3600")], json!("down"))).await;
    let found = Scene::at(&long).await.investigate().await;
    assert_eq!((found.draft, found.ended), (None, partial(Short::Busy)));
    assert_eq!(long.requests().len(), 1, "nobody waits for an hour");

    let poor = Double::of(|_, _| {
        Answer::Status(
            429,
            vec![],
            json!({"message": "x", "code": "insufficient_quota"}),
        )
    })
    .await;
    let found = Scene::at(&poor).await.investigate().await;
    assert_eq!(found.ended, partial(Short::Budget));
    assert_eq!(poor.requests().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_take_the_key_or_sends_elsewhere_is_not_asked_again() {
    let elsewhere = vec![("location", "http://evil.example/v1/chat/completions")];
    for (status, headers) in [
        (401, vec![]),
        (403, vec![]),
        (404, vec![]),
        (307, elsewhere),
    ] {
        let double = Double::playing(vec![Answer::Status(
            status,
            headers,
            json!({"message": "no"}),
        )])
        .await;
        let found = Scene::at(&double).await.investigate().await;
        assert_eq!(
            (found.draft, found.ended),
            (None, partial(Short::Failed)),
            "{status}"
        );
        assert_eq!(double.requests().len(), 1, "{status}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_breaks_off_or_is_none_is_tried_again_or_given_up() {
    let double = Double::of(|_, before| match before {
        0 => Answer::BreaksOff,
        _ => Answer::Text(truth().to_string()),
    })
    .await;
    assert_eq!(
        Scene::at(&double).await.investigate().await.ended,
        Ended::Whole
    );
    let double = Double::of(|_, _| Answer::Raw("<html>welcome</html>")).await;
    let found = Scene::at(&double).await.investigate().await;
    assert_eq!(
        (found.draft, found.ended),
        (None, partial(Short::Unreadable))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_an_endpoint_or_with_one_that_is_not_there_it_is_said_in_a_word() {
    let found = Scene::of("{}", "").await.investigate().await;
    assert_eq!((found.draft, found.ended), (None, partial(Short::NoModel)));
    assert_eq!(found.spent.calls, 0);
    let section = "{endpoints: [{name: gone, url: \"http://127.0.0.1:9/v1\", model: m}], incident: {time: 20s}}";
    let found = Scene::of(section, "").await.investigate().await;
    assert_eq!((found.draft, found.ended), (None, partial(Short::Failed)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_without_schemas_streams_or_counts_are_understood_by_their_quirks() {
    let manners = Manners {
        streams: false,
        counts: false,
        schema: false,
        beside: false,
        old_bound: true,
    };
    let double = Double::with(manners, |request, _| {
        let asked = request["response_format"]["type"] == "json_object";
        let looked = request["messages"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["role"] == "tool");
        match (asked, looked) {
            (true, _) => Answer::Text(truth().to_string()),
            (false, false) => {
                Answer::Calls(vec![("get_deployment", json!({"deployment": "dep_1"}))])
            }
            (false, true) => Answer::Text("I know enough.".to_owned()),
        }
    })
    .await;
    let quirks = ", quirks: {max_tokens_field: max_tokens, answers: json_object, answers_beside_tools: false, stream: false, system_role: user}";
    let section = format!("{{endpoints: [{}]}}", endpoint("own", &double, quirks));
    let found = Scene::of(&section, "").await.investigate().await;
    assert_eq!(double.refused(), Vec::<String>::new());
    assert_eq!(found.ended, Ended::Whole);
    assert!(
        found.spent.tokens_in > 0 && found.spent.tokens_out > 0,
        "they are estimated"
    );
    let requests = double.requests();
    assert!(
        requests
            .iter()
            .all(|one| one["messages"][0]["role"] == "user")
    );
    assert!(
        requests
            .iter()
            .any(|one| last(one).contains("Its JSON schema:"))
    );
}
