//! `tawny agent test`: what servers can, what they lack, and what is done instead.

use crate::model::{Answer, Double, KEY, Manners};
use serde_json::{Value, json};
use std::process::Stdio;

/// A model that does as it is told by the trial.
fn willing(request: &Value, _: usize) -> Answer {
    let messages = request["messages"].as_array().unwrap();
    let task = messages
        .iter()
        .rev()
        .find_map(|one| (one["role"] == "user").then(|| one["content"].as_str())?);
    let task = messages
        .iter()
        .filter_map(|one| one["content"].as_str())
        .collect::<String>()
        + task.unwrap_or_default();
    let answered = messages.last().unwrap()["role"] == "tool";
    match () {
        () if task.contains("colour red") => {
            Answer::Text(json!({"colour": "red", "count": 3}).to_string())
        }
        () if answered => Answer::Text("41".to_owned()),
        () if task.contains("read_gauge") => Answer::Calls(vec![
            ("read_gauge", json!({"name": "a"})),
            ("read_gauge", json!({"name": "b"})),
        ]),
        () => Answer::Text("ready".to_owned()),
    }
}

async fn tested(double: &Double, key: &str, quirks: &str) -> (Option<i32>, Value) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("tawny.yaml");
    let text = format!(
        "metrics: {{p: {{type: prometheus, url: \"http://127.0.0.1:9\"}}}}\nservices: [{{name: a, platform: {{type: observed}}, metrics: {{selector: \"job=\\\"a\\\"\"}}, signals: [{{preset: http}}]}}]\nagent: {{endpoints: [{{name: own, url: \"{}\", model: m, key: {key}{quirks}}}]}}\n",
        double.url()
    );
    std::fs::write(&file, text).unwrap();
    let run = tokio::process::Command::new(env!("CARGO_BIN_EXE_tawny"))
        .args(["agent", "test", "--json", "--config"])
        .arg(&file)
        .stderr(Stdio::piped())
        .output();
    let run = run.await.unwrap();
    let said = String::from_utf8(run.stdout).unwrap();
    assert!(!said.contains(key), "{said}");
    let document = serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}"));
    (run.status.code(), document)
}

fn went<'v>(document: &'v Value, ability: &str) -> &'v Value {
    let tried = document["endpoints"][0]["tried"].as_array().unwrap();
    let found = tried.iter().find(|one| one["ability"] == ability);
    found.unwrap_or_else(|| panic!("{ability}: {document}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_good_server_is_good_at_everything() {
    let double = Double::of(willing).await;
    let (code, document) = tested(&double, KEY, "").await;
    assert_eq!(double.refused(), Vec::<String>::new());
    assert_eq!(
        (code, &document["ok"]),
        (Some(0), &json!(true)),
        "{document}"
    );
    assert_eq!(document["schema"], "tawny.agent-test/1");
    for ability in ["answers", "tools", "parallel", "form", "streams", "counts"] {
        assert_eq!(went(&document, ability)["went"], "good", "{document}");
    }
    assert_eq!(document["endpoints"][0]["quirks"], json!({}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_differs_is_told_how_to_be_configured() {
    let manners = Manners {
        streams: false,
        counts: false,
        schema: false,
        old_bound: true,
        ..Manners::default()
    };
    let double = Double::with(manners, willing).await;
    let (code, document) = tested(&double, KEY, "").await;
    assert_eq!(code, Some(0), "{document}");
    let wanted = json!({"max_tokens_field": "max_tokens", "answers": "json_object"});
    assert_eq!(document["endpoints"][0]["quirks"], wanted, "{document}");
    for ability in ["answers", "form", "streams", "counts"] {
        let tried = went(&document, ability);
        assert_eq!(tried["went"], "otherwise", "{document}");
        assert!(tried["instead"].is_string(), "{tried}");
    }
    assert_eq!(double.refused(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_without_tools_is_no_analyst_and_a_wrong_key_is_said() {
    let double = Double::of(|request, before| match willing(request, before) {
        Answer::Calls(_) => Answer::Text("I would call read_gauge.".to_owned()),
        other => other,
    })
    .await;
    let (code, document) = tested(&double, KEY, "").await;
    assert_eq!(code, Some(1), "{document}");
    assert_eq!(went(&document, "tools")["went"], "bad");

    let (code, document) = tested(&double, "another-key-than-the-right-one", "").await;
    assert_eq!(code, Some(3), "{document}");
    assert_eq!(document["endpoints"][0]["reached"], false);
    let seen = went(&document, "answers")["seen"].as_str().unwrap();
    assert!(seen.contains("401"), "{seen}");
}
