//! What is read of foreign bodies, without a server.

use super::sample::sample;
use super::stored::{Stored, key};
use super::try_out::tried;
use super::understand::{lines, understand};
use super::verify::genuine;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use config::settings::{WebhookKind, WebhookSource};
use config::{Lookup, Settings};
use engine::told::{Phase, Told};
use guard::alert::AlertStatus;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::path::Path;

const SETTINGS: &str = r#"
metrics:
  main: {type: prometheus, url: "http://127.0.0.1:9090"}
environments: [{name: production}, {name: staging}]
services:
  - {name: shop, platform: observed, metrics: {selector: 'job="shop"'}, signals: [{preset: up}]}
  - {name: cart, environments: [production], platform: observed, metrics: {selector: 'job="cart"'}, signals: [{preset: up}]}
webhooks:
  - {name: github, kind: github, secret: a-secret-of-github, previous_secret: the-secret-before-it}
  - name: mapped
    kind: github
    secret: a-secret-of-github
    services:
      - {when: {repository: acme/shop, environment: "prod*"}, service: shop, environment: production}
      - {when: {repository: acme/cart}, service: cart, on: [release, tag, workflow_run]}
  - {name: generic, kind: generic, secret: whsec_dGhlIHNlY3JldCBvZiB0aGUgdGVzdHM=}
  - {name: alerts, kind: alertmanager, secret: a-secret-of-alerts}
  - {name: basic, kind: alertmanager, secret: a-secret-of-alerts, username: am}
"#;

fn settings() -> Settings {
    let lookup = Lookup::of_variables(&[]);
    config::parse(SETTINGS, "tawny.yaml", Path::new("/etc/tawny"), &lookup)
        .unwrap_or_else(|errors| panic!("{errors}"))
}

fn source<'s>(settings: &'s Settings, name: &str) -> &'s WebhookSource {
    super::source(settings, name).unwrap()
}

fn headers(all: &[(&'static str, String)]) -> HeaderMap {
    let pair = |(name, value): &(&'static str, String)| {
        (
            HeaderName::from_static(name),
            HeaderValue::from_str(value).unwrap(),
        )
    };
    all.iter().map(pair).collect()
}

fn read(name: &str, event: Option<&str>, body: &str) -> Result<Vec<Told>, String> {
    let settings = settings();
    let source = source(&settings, name);
    let stored = Stored {
        kind: source.kind.as_str().to_owned(),
        event: event.map(str::to_owned),
        body: Some(body.to_owned()),
        body_base64: None,
    };
    understand(&settings, source, &stored)
}

fn deployment(repository: &str, environment: &str, of: &Value) -> String {
    let mut made = json!({
        "id": 17, "sha": "6dcb09b5b57875f334f61aebed695e2e4193db5e", "ref": "main", "task": "deploy",
        "environment": environment, "payload": "", "creator": {"login": "octocat"},
    });
    made.as_object_mut()
        .unwrap()
        .extend(of.as_object().unwrap().clone());
    let (_, name) = repository.split_once('/').unwrap();
    json!({"action": "created", "deployment": made,
        "repository": {"name": name, "full_name": repository, "default_branch": "main"}})
    .to_string()
}

fn version(told: &[Told]) -> &str {
    match told {
        [Told::Deployment(said)] => said.version.as_str(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_sample_proves_itself_with_either_secret_and_with_no_other_body_or_secret() {
    let settings = settings();
    let now = jiff::Timestamp::now();
    for source in &settings.webhooks {
        let sample = sample(&settings, source, "id", now).unwrap();
        let said = headers(&sample.headers);
        let body = sample.body.as_bytes();
        let name = source.name.as_str();
        assert!(genuine(source, &said, body), "{name}");
        let rotated = WebhookSource {
            secret: config::Secret::new("bmV3IHNlY3JldCBvZiB0aGUgdGVzdHM="),
            previous_secret: Some(source.secret.clone()),
            ..source.clone()
        };
        assert!(genuine(&rotated, &said, body), "{name}: the secret before");
        let other = WebhookSource {
            previous_secret: None,
            ..rotated
        };
        assert!(!genuine(&other, &said, body), "{name}: another secret");
        assert!(
            !genuine(source, &HeaderMap::new(), body),
            "{name}: no proof"
        );
        if source.kind != WebhookKind::Alertmanager {
            assert!(!genuine(source, &said, b"{}"), "{name}: another body");
        }
        let understood = tried(&settings, source, &said, body);
        assert!(understood["understood"][0].is_string(), "{understood}");
    }
}

#[test]
fn a_stamp_that_is_off_by_more_than_five_minutes_proves_nothing() {
    let settings = settings();
    let source = source(&settings, "generic");
    for (seconds, good) in [(-310, false), (-250, true), (250, true), (310, false)] {
        let at = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
        let sample = sample(&settings, source, "id", at).unwrap();
        let said = headers(&sample.headers);
        assert_eq!(
            genuine(source, &said, sample.body.as_bytes()),
            good,
            "{seconds}"
        );
    }
}

#[test]
fn a_deployment_at_github_names_service_environment_version_and_how_far_it_is() {
    let told = read(
        "github",
        Some("deployment"),
        &deployment("acme/shop", "staging", &json!({"ref": "v2"})),
    );
    let told = told.unwrap();
    let [Told::Deployment(said)] = &told[..] else {
        panic!("{told:?}")
    };
    assert_eq!(
        (
            said.service.as_str(),
            said.environment.as_str(),
            said.version.as_str(),
            said.by.as_str()
        ),
        ("shop", "staging", "v2", "github:octocat")
    );
    assert_eq!(
        (said.origin.id.as_str(), said.phase),
        ("acme/shop/17", Phase::UnderWay)
    );
    for (state, phase) in [
        ("in_progress", Some(Phase::UnderWay)),
        ("success", Some(Phase::Succeeded)),
        ("failure", Some(Phase::Failed)),
        ("error", Some(Phase::Failed)),
        ("inactive", None),
    ] {
        let mut body: Value =
            serde_json::from_str(&deployment("acme/shop", "staging", &json!({}))).unwrap();
        body["deployment_status"] = json!({"state": state, "description": null});
        let told = read("github", Some("deployment_status"), &body.to_string()).unwrap();
        let found = match &told[..] {
            [Told::Deployment(said)] => Some(said.phase),
            _ => None,
        };
        assert_eq!(found, phase, "{state}");
    }
}

#[test]
fn the_version_is_the_payloads_or_the_ref_or_the_commit_and_never_a_branch_that_is_the_default() {
    let sha = "6dcb09b5b57875f334f61aebed695e2e4193db5e";
    for (of, expected) in [
        (json!({}), sha),
        (json!({"ref": "v2"}), "v2"),
        (json!({"ref": "refs/tags/v2"}), "v2"),
        (json!({"ref": "refs/heads/topic"}), sha),
        (json!({"ref": "topic/../../etc"}), sha),
        (
            json!({"ref": "main", "payload": {"version": "build-9"}}),
            "build-9",
        ),
        (json!({"ref": "v2", "payload": {"version": "../9"}}), "v2"),
    ] {
        let told = read(
            "github",
            Some("deployment"),
            &deployment("acme/shop", "production", &of),
        )
        .unwrap();
        assert_eq!(version(&told), expected);
    }
}

#[test]
fn what_fits_no_entry_is_ignored_with_the_reason_and_other_events_begin_only_where_an_entry_says_so()
 {
    let of = |repository: &str, environment: &str| {
        let body = deployment(repository, environment, &json!({}));
        lines(&read("mapped", Some("deployment"), &body).unwrap())
    };
    assert!(
        of("acme/shop", "prod-eu")[0].starts_with("deployment: shop"),
        "{:?}",
        of("acme/shop", "prod-eu")
    );
    assert!(of("acme/shop", "staging")[0].contains("no entry of `services` fits"));
    assert!(
        of("acme/cart", "production")[0].starts_with("ignored"),
        "cart has `on` without deployment"
    );
    let repository = json!({"name": "cart", "full_name": "acme/cart", "default_branch": "main"});
    let release = json!({"action": "published", "repository": repository, "release": {"id": 3, "tag_name": "v3"}});
    let push = json!({"ref": "refs/tags/v3", "after": "aa", "repository": repository});
    let run = json!({"action": "completed", "repository": repository, "workflow_run": {"id": 3, "head_sha": "aa",
        "conclusion": "success", "name": "deploy", "head_branch": "main"}});
    for (event, body, of_cart) in [
        ("release", &release, "v3"),
        ("push", &push, "v3"),
        ("workflow_run", &run, "aa"),
    ] {
        let told = read("mapped", Some(event), &body.to_string()).unwrap();
        assert_eq!(version(&told), of_cart, "{event}");
        let unmapped = lines(&read("github", Some(event), &body.to_string()).unwrap());
        assert!(
            unmapped[0].contains("no entry of `services` says"),
            "{unmapped:?}"
        );
    }
}

fn group(alerts: &Value) -> String {
    json!({"version": "4", "groupKey": "g", "truncatedAlerts": 3, "status": "firing", "notification_reason": "new",
        "receiver": "tawny", "alerts": alerts})
    .to_string()
}

#[test]
fn alerts_are_read_one_by_one_and_those_that_the_sender_left_out_are_counted() {
    let alerts = json!([
        {"status": "firing", "labels": {"alertname": "High", "service": "shop", "environment": "staging", "severity": "critical"},
         "annotations": {"summary": "too many"}, "startsAt": "2026-11-21T05:12:00.123+02:00", "fingerprint": "a", "unknown": [1]},
        {"status": "resolved", "labels": {"alertname": "Low", "job": "cart"}, "startsAt": "2026-11-21T03:12:00Z", "fingerprint": "b"},
        {"status": "firing", "labels": {"alertname": "Other", "job": "nobody"}, "startsAt": "2026-11-21T03:12:00Z", "fingerprint": "c"},
    ]);
    let told = read("alerts", None, &group(&alerts)).unwrap();
    let [
        Told::Alert {
            alert: high,
            status: AlertStatus::Firing,
            group: Some(group_of_high),
        },
        Told::Alert {
            alert: low,
            status: AlertStatus::Over,
            ..
        },
        Told::Ignored(other),
        Told::Ignored(left_out),
    ] = &told[..]
    else {
        panic!("{told:?}")
    };
    assert_eq!(group_of_high, "g");
    assert_eq!(high.key.starts_at.to_string(), "2026-11-21T03:12:00.123Z");
    assert_eq!(high.environment.as_ref().unwrap().as_str(), "staging");
    assert_eq!(
        (
            low.service.as_str(),
            low.environment.as_ref().unwrap().as_str()
        ),
        ("cart", "production")
    );
    assert!(other.contains("alert Other"), "{other}");
    assert!(left_out.contains("3 more"), "{left_out}");
}

#[test]
fn a_group_of_alerts_has_the_same_key_when_it_is_repeated_and_another_when_something_changed() {
    let one = |status: &str, starts_at: &str| {
        let alert = json!({"status": status, "labels": {}, "startsAt": starts_at, "endsAt": status, "fingerprint": "a"});
        let other = json!({"status": "firing", "labels": {}, "startsAt": "2026-11-21T03:12:00Z", "fingerprint": "b"});
        [json!([alert, other]), json!([other, alert])]
    };
    let keyed = |alerts: &Value| {
        key(
            WebhookKind::Alertmanager,
            &HeaderMap::new(),
            group(alerts).as_bytes(),
        )
    };
    let [first, turned] = one("firing", "2026-11-21T03:12:00Z");
    assert_eq!(keyed(&first), keyed(&turned));
    for changed in [
        one("resolved", "2026-11-21T03:12:00Z"),
        one("firing", "2026-11-21T03:13:00Z"),
    ] {
        assert_ne!(keyed(&first), keyed(&changed[0]));
    }
}

#[test]
fn what_is_of_another_form_is_not_understood_and_what_is_no_text_neither() {
    for (name, event, body) in [
        ("github", Some("deployment"), "{}"),
        ("github", Some("issues"), "not json"),
        ("generic", None, r#"{"type": "weather"}"#),
        ("alerts", None, r#"{"version": "3", "alerts": []}"#),
        ("alerts", None, "[[[["),
    ] {
        let why = read(name, event, body).unwrap_err();
        assert!(why.starts_with("unknown form"), "{why}");
    }
    let settings = settings();
    let source = source(&settings, "alerts");
    let stored = Stored::of(source.kind, &HeaderMap::new(), &[0xff, 0xfe]);
    assert_eq!(stored.body, None);
    assert!(understand(&settings, source, &stored).is_err());
}

proptest! {
    // Every source is compiled anew for each case.
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_body_panics_and_what_is_kept_of_foreign_text_is_bounded(
        name in prop::sample::select(vec!["github", "mapped", "generic", "alerts"]),
        event in prop::option::of("[a-z_]{0,20}"),
        text in any::<String>(),
        deep in 0_usize..300,
    ) {
        let nested = format!("{}{}", "[".repeat(deep), "]".repeat(deep));
        for body in [text.clone(), nested, group(&json!([{"status": "firing", "labels": {"alertname": text, "service": "shop"},
            "annotations": {"summary": text.repeat(50)}, "startsAt": "2026-11-21T03:12:00Z", "fingerprint": text.repeat(20)}]))]
        {
            for told in read(name, event.as_deref(), &body).unwrap_or_default() {
                let shown = format!("{told:?}").chars().count();
                prop_assert!(shown < 12_000, "{shown}");
            }
        }
        let hostile = deployment("acme/shop", &text, &json!({"ref": text, "payload": {"version": text}, "creator": {"login": text}}));
        for told in read("github", Some("deployment"), &hostile).unwrap_or_default() {
            if let Told::Deployment(said) = told {
                prop_assert!(said.version.as_str().len() <= 128);
            }
        }
    }
}
