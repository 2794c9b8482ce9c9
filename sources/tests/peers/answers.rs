//! Every verb, and the words of a refusal.

use std::time::Duration;

use sources::metrics::{
    AlertState, Problem, Prometheus, PrometheusConfig, QueryValue, Rule, ScrapeHealth, Selector,
};

use crate::exporter::Exporter;
use crate::now_ms;
use crate::peer::{Make, Peer};

async fn every_verb_is_answered(make: Make) {
    let exporter = Exporter::start().await;
    let peer = Peer::start(make, exporter.address).await;
    let client = &peer.client;
    client.healthy().await.unwrap();
    let version = client.build_info().await.unwrap();
    let major = match make {
        Make::Prometheus3 => Some(3),
        Make::Prometheus2 | Make::NewVictoria => Some(2),
        Make::OldVictoria => None,
    };
    assert_eq!(version.major(), major, "{version:?}");

    let requests: Selector = r#"tiny_requests_total{job="tiny"}"#.parse().unwrap();
    let begin_ms = now_ms() - 5_000;
    let deadline_ms = now_ms() + 60_000;
    let whole = loop {
        let found = client
            .raw(&requests, begin_ms, now_ms())
            .await
            .unwrap()
            .value;
        if found
            .first()
            .is_some_and(|series| series.samples.len() >= 4)
        {
            break found;
        }
        assert!(now_ms() < deadline_ms, "{found:?}");
        tokio::time::sleep(Duration::from_millis(300)).await;
    };
    let (first, third) = (whole[0].samples[0].0, whole[0].samples[2].0);
    let exact = client.raw(&requests, first, third).await.unwrap().value;
    assert_eq!(
        exact[0].samples,
        whole[0].samples[..3],
        "both ends are included"
    );

    // VictoriaMetrics evaluates nothing of the last 30 s: its latency offset.
    let deadline_ms = now_ms() + 60_000;
    let vector = loop {
        let answer = client.instant("tiny_requests_total", now_ms()).await;
        match answer.unwrap().value {
            QueryValue::Vector(vector) if !vector.is_empty() => break vector,
            other => assert!(now_ms() < deadline_ms, "{other:?}"),
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    };
    assert_eq!(vector[0].labels["role"], "canary");
    let value = vector[0].sample.unwrap().1;
    let served = exporter.served();
    assert!(served.iter().any(|page| page.counter == value), "{value}");
    let absent = client.instant("never_exported", now_ms()).await.unwrap();
    assert!(absent.value.is_empty());
    loop {
        let second = Duration::from_secs(1);
        let steps = client.range("up", begin_ms, now_ms(), second).await;
        if steps.unwrap().value.iter().any(|s| !s.samples.is_empty()) {
            break;
        }
        assert!(now_ms() < deadline_ms, "no steps");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }

    let of_tiny = std::slice::from_ref(&requests);
    let series = client.series(of_tiny, begin_ms, now_ms()).await;
    assert_eq!(series.unwrap().value[0]["code"], "200");
    let buckets = [Selector::metric("tiny_latency_seconds_bucket")];
    let values = client
        .label_values("le", &buckets, begin_ms, now_ms())
        .await;
    assert_eq!(values.unwrap().value, ["+Inf", "0.1", "0.5"]);
    let targets = client.targets().await.unwrap().value;
    assert_eq!(targets[0].health, ScrapeHealth::Up);
    assert_eq!(targets[0].labels["job"], "tiny");
    client.metadata(None).await.unwrap();
    client.rules().await.unwrap();
    client.alerts().await.unwrap();
}

async fn its_rules_and_alerts_are_read(make: Make) {
    let exporter = Exporter::start().await;
    let peer = Peer::start(make, exporter.address).await;
    let deadline_ms = now_ms() + 30_000;
    let alerts = loop {
        let alerts = peer.client.alerts().await.unwrap().value;
        if !alerts.is_empty() {
            break alerts;
        }
        assert!(now_ms() < deadline_ms, "no alert");
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    assert_eq!(alerts[0].state, AlertState::Firing);
    assert_eq!(alerts[0].annotations["summary"], "tiny is there");
    let age_ms = now_ms() - alerts[0].active_at_ms.unwrap();
    assert!((0..30_000).contains(&age_ms), "{age_ms}");
    let groups = peer.client.rules().await.unwrap().value;
    assert_eq!(groups[0].interval, Duration::from_secs(1));
    let [Rule::Recording(recording), Rule::Alerting(alerting)] = &groups[0].rules[..] else {
        panic!("{groups:?}")
    };
    assert_eq!(recording.name, "job:up:sum");
    assert_eq!(alerting.labels["severity"], "page");
    assert_eq!(alerting.state, "firing");
    assert_eq!(alerting.alerts.len(), 1);
    assert!(alerting.last_evaluation_ms.is_some());
}

async fn a_refusal_is_a_refusal(make: Make) {
    let exporter = Exporter::start().await;
    let peer = Peer::start(make, exporter.address).await;
    let error = peer.client.instant("sum(rate(up[5m])", now_ms()).await;
    let error = error.unwrap_err();
    let Problem::Refused { status, text, .. } = &*error.problem else {
        panic!("{error:?}")
    };
    let expected = if make.is_victoria() { 422 } else { 400 };
    assert_eq!(*status, expected, "{error}");
    assert!(!text.is_empty() && error.attempts == 1);
}

/// Half of the latency offset that it has otherwise.
const SOON_MS: i64 = 15_000;

#[tokio::test]
async fn a_new_victoriametrics_that_is_told_so_evaluates_the_last_seconds_too() {
    let exporter = Exporter::start().await;
    let peer = Peer::start(Make::NewVictoria, exporter.address).await;
    let begin_ms = now_ms();
    let mut config = PrometheusConfig::new(&peer.url);
    config.params = vec![("latency_offset".into(), "1s".into())];
    let told = Prometheus::new(config).unwrap();
    let second = Duration::from_secs(1);
    loop {
        let usual = peer.client.range("up", begin_ms, now_ms(), second).await;
        assert!(usual.unwrap().value.is_empty());
        let steps = told.range("up", begin_ms, now_ms(), second).await;
        if !steps.unwrap().value.is_empty() {
            break;
        }
        assert!(now_ms() - begin_ms < SOON_MS, "nothing yet");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

macro_rules! on_each {
    ($make:ident: $($name:ident => $what:ident),+ $(,)?) => {
        $(#[tokio::test] async fn $name() { $what(Make::$make).await; })+
    };
}

on_each! { Prometheus2:
    prometheus_2_reads_out_its_rules_and_alerts => its_rules_and_alerts_are_read,
}
on_each! { Prometheus3:
    prometheus_3_answers_every_verb => every_verb_is_answered,
    prometheus_3_reads_out_its_rules_and_alerts => its_rules_and_alerts_are_read,
    prometheus_3_refuses_with_400 => a_refusal_is_a_refusal,
}
on_each! { OldVictoria:
    an_old_victoriametrics_answers_every_verb => every_verb_is_answered,
    an_old_victoriametrics_refuses_with_422 => a_refusal_is_a_refusal,
}
on_each! { NewVictoria:
    a_new_victoriametrics_answers_every_verb => every_verb_is_answered,
    a_new_victoriametrics_refuses_with_422 => a_refusal_is_a_refusal,
}
