//! An investigation that goes well.

use super::scene::{GUILTY, Scene, competent, last, said, truth_with};
use crate::model::{Answer, Double};
use guard::root_cause::{Conclusion, Ended};
use insta::assert_json_snapshot;
use messages::Locale;
use serde_json::{Value, json};

/// A request as a person reads it: who says what, without what never changes.
fn transcript(request: &Value) -> Value {
    let messages = request["messages"].as_array().unwrap().iter();
    let messages = messages.map(|message| {
        let text = message["content"].as_str().unwrap_or_default();
        let text: String = text.chars().take(300).collect();
        let calls = message["tool_calls"].as_array().into_iter().flatten();
        let calls: Vec<_> = calls
            .map(|call| {
                format!(
                    "{} {}",
                    call["function"]["name"], call["function"]["arguments"]
                )
            })
            .collect();
        json!({"role": message["role"], "says": text, "calls": calls})
    });
    json!({
        "messages": messages.collect::<Vec<_>>(),
        "tool_choice": request["tool_choice"],
        "form": request["response_format"]["json_schema"]["name"],
        "stream": request["stream"],
        "bound": request["max_completion_tokens"],
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_analyst_plans_looks_doubts_and_writes_a_draft() {
    let double = Double::of(|_, before| competent(before)).await;
    let scene = Scene::at(&double).await;
    let found = scene.investigate().await;
    assert_eq!(double.refused(), Vec::<String>::new());
    assert_eq!(found.ended, Ended::Whole);
    let draft = found.draft.unwrap();
    assert_eq!(draft.conclusion, Conclusion::Suspect { id: GUILTY.into() });
    assert_eq!(draft.hypotheses.len(), 2);
    assert_eq!(draft.evidence_for[0].cites[0].line, Some(41));

    let requests = double.requests();
    assert_eq!(requests.len(), 4, "look, draft, doubt, draft");
    for pair in requests.windows(2) {
        let (one, two) = (
            pair[0]["messages"].as_array().unwrap(),
            pair[1]["messages"].as_array().unwrap(),
        );
        assert_eq!(
            one[..],
            two[..one.len()],
            "a dialogue is only ever added to"
        );
        assert_eq!(pair[0]["tools"], pair[1]["tools"]);
        assert_eq!(pair[0]["response_format"], pair[1]["response_format"]);
    }
    let tools: Vec<_> = requests[0]["tools"].as_array().unwrap().iter().collect();
    let names: Vec<_> = tools
        .iter()
        .map(|tool| tool["function"]["name"].as_str().unwrap())
        .collect();
    assert!(
        names.contains(&"get_diff") && names.contains(&"note_plan"),
        "{names:?}"
    );
    assert!(!names.contains(&"request_action"), "{names:?}");

    let looked: Vec<_> = scene
        .looked
        .lock()
        .unwrap()
        .iter()
        .map(|one| one.tool.clone())
        .collect();
    assert_eq!(looked, ["get_deployment", "get_timeline", "rank_suspects"]);
    let asked: Vec<_> = found.answers.iter().map(|one| one.tool.as_str()).collect();
    assert_eq!(asked, ["get_deployment", "get_timeline", "rank_suspects"]);
    assert!(
        found
            .answers
            .iter()
            .any(|one| one.evidence.contains(&"ev_1".to_owned()))
    );
    assert_eq!((found.spent.calls, found.spent.steps), (4, 3));
    assert_eq!(
        (found.spent.endpoint.as_str(), found.spent.model.as_str()),
        ("main", "wise-1")
    );
    assert!(
        found.spent.tokens_in > 1_000 && found.spent.tokens_cached > 500,
        "{:?}",
        found.spent
    );
    assert_eq!(found.spent.cost, None, "no price is configured");
    assert_eq!(found.addressed, []);
    assert_json_snapshot!("transcript", transcript(&requests[3]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_that_does_not_hold_is_taken_back_by_the_sceptic() {
    let double = Double::of(|_, before| match before {
        0 => Answer::Text(truth_with(|_| {})),
        _ => Answer::Text(truth_with(|draft| {
            draft["conclusion"] = json!({"was": "none", "id": null});
        })),
    })
    .await;
    let found = Scene::at(&double).await.investigate().await;
    assert_eq!(found.draft.unwrap().conclusion, Conclusion::None);
    let doubt = last(&double.requests()[1]);
    assert!(
        doubt.contains("be the sceptic") && doubt.contains(GUILTY),
        "{doubt}"
    );
    assert_eq!(double.refused(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_language_is_said_and_the_beginning_stays_the_same_in_both() {
    let mut first = Vec::new();
    for (locale, name) in [
        (Locale::En, "English"),
        (Locale::ZhCn, "Simplified Chinese"),
    ] {
        let double = Double::of(|_, before| competent(before)).await;
        let mut scene = Scene::at(&double).await;
        scene.question.locale = locale;
        scene.investigate().await;
        let request = double.requests().remove(0);
        assert!(
            said(&request, 1).contains(&format!("in {name};")),
            "{}",
            said(&request, 1)
        );
        first.push((request["messages"][0].clone(), request["tools"].clone()));
    }
    assert_eq!(first[0], first[1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_asks_and_what_was_said_before_are_data() {
    let double = Double::of(|_, before| competent(before)).await;
    let mut scene = Scene::at(&double).await;
    scene.question.asked = Some("Why did only the gray instance fail?".to_owned());
    scene.question.before = vec![bot::agent::Turn {
        who: "mei".to_owned(),
        text: "the pool was mine".to_owned(),
    }];
    let found = scene.investigate().await;
    assert!(found.draft.is_some());
    let task = said(&double.requests()[0], 1);
    let (words, data) = task
        .split_once('\n')
        .map(|(words, _)| words)
        .zip(task.find('{'))
        .unwrap();
    assert!(words.starts_with("Tawny: somebody"), "{words}");
    let data: Value = serde_json::from_str(&task[data..]).unwrap();
    assert_eq!(
        data["data"]["asked"],
        "Why did only the gray instance fail?"
    );
    assert_eq!(data["data"]["said_before"][0]["who"], "mei");
}
