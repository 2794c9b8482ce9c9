//! Where a request goes, and what goes with it.

use super::scene::{Scene, endpoint, truth};
use crate::model::{Answer, Double};
use guard::root_cause::Ended;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn further_fields_are_sent_and_a_key_shows_itself_nowhere() {
    let double = Double::of(|_, _| Answer::Text(truth().to_string())).await;
    let more = ", headers: {X-Team: a-secret-team}, quirks: {body: '{\"temperature\": 0}', system_role: developer, parallel_tools: false}";
    let section = format!("{{endpoints: [{}]}}", endpoint("main", &double, more));
    let scene = Scene::of(&section, "").await;
    let found = scene.investigate().await;
    assert_eq!(double.refused(), Vec::<String>::new());
    assert_eq!(found.ended, Ended::Whole);
    let request = double.requests().remove(0);
    assert_eq!(request["temperature"], json!(0));
    assert_eq!(request["parallel_tool_calls"], json!(false));
    assert_eq!(request["messages"][0]["role"], "developer");
    assert_eq!(request["stream_options"], json!({"include_usage": true}));
    let settings = scene.stage.world.settings.get();
    let endpoint = bot::agent::endpoint::Endpoint::new(&settings.agent.endpoints[0]).unwrap();
    let shown = format!("{endpoint:?}");
    for secret in [crate::model::KEY, "a-secret-team"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_that_is_configured_anew_is_asked_from_then_on() {
    let (old, new) = (
        Double::of(|_, _| Answer::Text(truth().to_string())).await,
        Double::of(|_, _| Answer::Text(truth().to_string())).await,
    );
    let scene = Scene::at(&old).await;
    scene.investigate().await;
    let section = format!("{{endpoints: [{}]}}", endpoint("main", &new, ""));
    let settings = &scene.stage.world.settings;
    settings.set(super::scene::with_agent(&settings.get(), &section));
    scene.investigate().await;
    assert_eq!((old.requests().len(), new.requests().len()), (2, 2));
}
