//! Steps, tokens, money and time: of an incident, a day, a channel; and after a restart.

use super::scene::{Scene, competent, endpoint, last, truth};
use crate::model::{Answer, Double};
use guard::root_cause::{Bound, Ended, Short};
use journal::ModelCallsWanted;
use serde_json::json;
use std::sync::atomic::Ordering::Relaxed;

fn partial(why: Short) -> Ended {
    Ended::Partial { why }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_that_only_looks_is_asked_for_its_answer_before_the_steps_are_over() {
    let double = Double::of(|request, before| {
        if request["tool_choice"] == "none" {
            return Answer::Text(truth().to_string());
        }
        Answer::Calls(vec![(
            "get_timeline",
            json!({"deployment": "dep_1", "max_tokens": 1000 + before}),
        )])
    })
    .await;
    let section = format!(
        "{{endpoints: [{}], incident: {{steps: 7}}}}",
        endpoint("main", &double, "")
    );
    let found = Scene::of(&section, "").await.investigate().await;
    assert_eq!(double.refused(), Vec::<String>::new());
    assert_eq!(found.ended, Ended::Whole);
    let requests = double.requests();
    assert!(requests.len() <= 7, "{}", requests.len());
    let forced: Vec<_> = requests
        .iter()
        .filter(|one| one["tool_choice"] == "none")
        .collect();
    assert_eq!(forced.len(), 2, "the draft, and the doubted one");
    assert!(
        last(forced[0]).contains("there is no step for more"),
        "{}",
        last(forced[0])
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_one_step_there_is_one_draft_and_no_doubt() {
    let double = Double::of(|_, _| Answer::Text(truth().to_string())).await;
    let section = format!(
        "{{endpoints: [{}], incident: {{steps: 1}}}}",
        endpoint("main", &double, "")
    );
    let found = Scene::of(&section, "").await.investigate().await;
    assert!(found.draft.is_some());
    assert_eq!(found.ended, partial(Short::Steps));
    assert_eq!(double.requests().len(), 1);
    assert_eq!(double.requests()[0]["tool_choice"], "none");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_hangs_holds_nobody_up_longer_than_agreed() {
    let hangs = Double::of(|_, _| Answer::Hang).await;
    let section = format!(
        "{{endpoints: [{}], incident: {{time: 6s}}}}",
        endpoint("main", &hangs, ", timeout: 600s")
    );
    let scene = Scene::of(&section, "").await;
    let began = tokio::time::Instant::now();
    let found = scene.investigate().await;
    assert_eq!((found.draft, found.ended), (None, partial(Short::Deadline)));
    assert!(
        began.elapsed() <= std::time::Duration::from_secs(15),
        "{:?}",
        began.elapsed()
    );
    let kept = scene
        .stage
        .journal
        .reader()
        .model_calls(&ModelCallsWanted::default(), 10)
        .await
        .unwrap();
    assert_eq!(kept[0].outcome, "deadline");
    assert!(kept[0].tokens_in > 0, "what was perhaps spent counts");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_hangs_while_it_doubts_leaves_the_first_draft() {
    let double = Double::of(|_, before| match before {
        0 => Answer::Text(truth().to_string()),
        _ => Answer::Hang,
    })
    .await;
    let section = format!(
        "{{endpoints: [{}], incident: {{time: 8s}}}}",
        endpoint("main", &double, "")
    );
    let found = Scene::of(&section, "").await.investigate().await;
    assert!(found.draft.is_some());
    assert_eq!(found.ended, partial(Short::Deadline));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_incident_a_day_or_a_channel_may_cost_is_kept_across_restarts() {
    for (bounds, why) in [
        ("incident: {tokens: 15000}", Short::Tokens),
        ("day: {tokens: 15000}", Short::Tokens),
        ("channel: {tokens: 15000}", Short::Tokens),
        (
            "prices: {wise-1: {input: 1, output: 2}}, day: {tokens: 5000000, money: 0.02}",
            Short::Budget,
        ),
        (
            "prices: {wise-1: {input: 1, output: 2}}, incident: {money: 0.02}",
            Short::Budget,
        ),
    ] {
        let double = Double::of(|_, _| Answer::Text(truth().to_string())).await;
        let section = format!(
            "{{endpoints: [{}], {bounds}}}",
            endpoint("main", &double, ", answer_tokens: 200")
        );
        let mut scene = Scene::of(&section, "").await;
        scene.question.channel = Some("C1".to_owned());
        let mut rounds = 0;
        let stopped = loop {
            let found = scene.investigate().await;
            rounds += 1;
            if found.ended != Ended::Whole {
                break found;
            }
            assert!(rounds < 60, "{bounds}: nothing stops it");
            if rounds == 1 {
                let question = scene.question.clone();
                // Another process with the same journal.
                scene = Scene::on(scene.stage, &section, "");
                scene.question = question;
            }
        };
        assert_eq!(stopped.ended, partial(why), "{bounds}");
        assert!(rounds > 1, "{bounds}: at least once it was enough");
        // A short first request may still fit where a longer one did not; then nothing does.
        let mut tries = 0;
        while scene.investigate().await.spent.calls > 0 {
            tries += 1;
            assert!(tries < 30, "{bounds}: it goes on for ever");
        }
        let before = double.requests().len();
        let again = scene.investigate().await;
        assert_eq!(
            (again.ended, double.requests().len()),
            (partial(why), before),
            "{bounds}"
        );
        let spent = scene
            .stage
            .journal
            .reader()
            .spent_on_models(&ModelCallsWanted::default())
            .await
            .unwrap();
        match why {
            Short::Tokens => assert!(spent.tokens() <= 15_000, "{bounds}: {spent:?}"),
            _ => assert!(spent.cost <= 20_000, "{bounds}: {spent:?}"),
        }

        scene.question.channel = Some("C2".to_owned());
        let elsewhere = scene.investigate().await.ended == Ended::Whole;
        assert_eq!(
            elsewhere,
            bounds.starts_with("channel"),
            "{bounds}: another channel"
        );
        scene.clock.fetch_add(86_400_000, Relaxed);
        scene.question.channel = Some("C1".to_owned());
        let tomorrow = scene.investigate().await.ended == Ended::Whole;
        assert_eq!(tomorrow, !bounds.contains("incident"), "{bounds}: tomorrow");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_it_cost_is_counted_with_what_was_read_before() {
    let double = Double::of(|_, before| competent(before)).await;
    let section = format!(
        "{{endpoints: [{}], currency: CNY, prices: {{wise-1: {{input: 8, cached: 1, output: 20}}}}}}",
        endpoint("main", &double, "")
    );
    let scene = Scene::of(&section, "").await;
    let spent = scene.investigate().await.spent;
    let cost = spent.cost.unwrap();
    let fresh = (spent.tokens_in - spent.tokens_cached) as f64;
    let expected =
        (fresh * 8.0 + spent.tokens_cached as f64 + spent.tokens_out as f64 * 20.0) / 1e6;
    assert!((cost.amount - expected).abs() < 1e-5, "{cost:?} {expected}");
    assert_eq!(cost.currency, "CNY");
    let wanted = ModelCallsWanted {
        subject: Some("dep_1".to_owned()),
        ..ModelCallsWanted::default()
    };
    let kept = scene
        .stage
        .journal
        .reader()
        .spent_on_models(&wanted)
        .await
        .unwrap();
    assert_eq!(
        (kept.calls, kept.tokens_in),
        (u64::from(spent.calls), spent.tokens_in)
    );
}

/// The same settings, told in a channel of Slack.
fn told_in(settings: &config::Settings, channel: &str) -> config::Settings {
    let slack = format!(
        "chat: {{slack: {{bot_token: xoxb-of-a-test-000, signing_secret: a-signing-secret-000, channels: [{{channel: {channel}}}]}}}}\n"
    );
    let text = format!(
        "metrics: {{p: {{type: prometheus, url: \"http://127.0.0.1:9\"}}}}\nservices: [{{name: a, platform: {{type: observed}}, metrics: {{selector: \"job=\\\"a\\\"\"}}, signals: [{{preset: http}}]}}]\n{slack}"
    );
    let read = config::parse(
        &text,
        "slack.yaml",
        std::path::Path::new("/"),
        &config::Lookup::of_variables(&[]),
    );
    config::Settings {
        chat: read.unwrap_or_else(|errors| panic!("{errors}")).chat,
        ..settings.clone()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_asked_for_is_on_the_account_of_the_channel_in_which_it_is_told() {
    let double = Double::of(|_, _| Answer::Text(truth().to_string())).await;
    let section = format!(
        "{{endpoints: [{}], channel: {{tokens: 15000}}}}",
        endpoint("main", &double, ", answer_tokens: 200")
    );
    let scene = Scene::of(&section, "").await;
    let live = &scene.stage.world.settings;
    live.set(told_in(&live.get(), "C0SHOP"));
    let reader = scene.stage.journal.reader();
    let id = scene.question.deployment.clone();
    let records = journal::ledger::records(&reader, &id).await.unwrap();
    let state = guard::state::State::fold(&records).unwrap().unwrap();
    let of = state.revision();
    let investigates = scene.agent.investigates(reader.clone());
    let mut rounds = 0;
    let report = loop {
        let (state, records) = (state.clone(), records.clone());
        let inquiry = engine::investigate::Inquiry { state, records, of };
        let report = investigates(inquiry, std::sync::Arc::new(|_| {})).await;
        let report = report.unwrap();
        rounds += 1;
        assert!(rounds < 60, "nothing stops it");
        if report.ended != Ended::Whole {
            break report;
        }
    };
    assert!(rounds > 1, "at least once it was enough");
    assert_eq!(report.ended, partial(Short::Tokens));
    let over = report.spent.unwrap().over.unwrap();
    assert_eq!(over.bound, Bound::Channel);
    assert_eq!(over.until, Some("2026-11-22T00:00:00Z".parse().unwrap()));
    let of_channel = |channel: &str| ModelCallsWanted {
        channel: Some(channel.to_owned()),
        ..ModelCallsWanted::default()
    };
    let spent = reader.spent_on_models(&of_channel("C0SHOP")).await.unwrap();
    assert_eq!(spent.calls, double.requests().len() as u64);
    assert!(spent.tokens() <= 15_000, "{spent:?}");
    let all = reader.spent_on_models(&ModelCallsWanted::default()).await;
    assert_eq!(all.unwrap(), spent, "and on no other");
}
