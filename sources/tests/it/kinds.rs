//! Proxies, prefixes, Thanos, Mimir, VictoriaMetrics, budgets, storms, gzip.

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::future::join_all;
use sources::metrics::{Auth, Problem, Prometheus, Proxy, QueryBudget, Rule};

use crate::double::{Double, Reply};
use crate::{client, config};

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text).unwrap();
    packer.finish().unwrap()
}

#[tokio::test]
async fn an_explicit_proxy_gets_the_request_and_only_the_proxy_gets_its_password() {
    let proxy = Double::script(vec![Reply::empty()]).await;
    let through = proxy.url.replace("http://", "http://bob:pr0xypass@");
    let mut config = config("http://metrics.invalid:9090/prom");
    config.proxy = Proxy::Through(through);
    config.auth = Auth::Bearer("for-prometheus".into());
    let client = Prometheus::new(config).unwrap();
    client.instant("up", 0).await.unwrap();
    let seen = &proxy.seen()[0];
    assert_eq!(seen.path, "/prom/api/v1/query");
    assert!(seen.has_header("host: metrics.invalid:9090"), "{seen:?}");
    assert!(seen.has_header("proxy-authorization: Basic Ym9iOnByMHh5cGFzcw=="));
    assert!(seen.has_header("authorization: Bearer for-prometheus"));
    assert!(!format!("{client:?}").contains("pr0xypass"));
}

#[tokio::test]
async fn a_proxy_that_cannot_be_used_is_named_without_its_password() {
    for (url, expected) in [
        (
            "socks5://bob:pr0xypass@host:1",
            "proxy has the scheme `socks5`",
        ),
        ("bob:pr0xypass@host", "proxy has the scheme"),
        ("", "proxy is not a url"),
    ] {
        let mut config = config("http://metrics.invalid");
        config.proxy = Proxy::Through(url.into());
        let error = Prometheus::new(config).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert!(!error.contains("pr0xypass"), "{error}");
    }
}

#[tokio::test]
async fn thanos_is_told_about_replicas_and_partial_answers_and_its_warnings_arrive() {
    let double = Double::start(|seen, _| match seen.path.as_str() {
        "/-/healthy" => Reply::html(200, "ok"),
        "/api/v1/labels" | "/api/v1/label/job/values" | "/api/v1/series" => Reply::success("[]"),
        _ => Reply::json(
            200,
            r#"{"status":"success","warnings":["receive store 10.0.0.7 did not answer"],
                "data":{"resultType":"matrix","result":[]}}"#,
        ),
    })
    .await;
    let mut config = config(&double.url);
    config.dedup = Some(true);
    config.partial_response = Some(false);
    config.params = vec![("max_source_resolution".into(), "0s".into())];
    let client = Prometheus::new(config).unwrap();
    let up = "up".parse().unwrap();
    let answer = client.raw(&up, 0, 1000).await.unwrap();
    assert_eq!(answer.warnings, ["receive store 10.0.0.7 did not answer"]);
    let second = Duration::from_secs(1);
    client.range("up", 0, 1000, second).await.unwrap();
    client
        .series(std::slice::from_ref(&up), 0, 1)
        .await
        .unwrap();
    client.label_values("job", &[], 0, 1).await.unwrap();
    client.healthy().await.unwrap();
    let seen = double.seen();
    for request in &seen[..4] {
        assert_eq!(request.param("dedup"), "true", "{request:?}");
        assert_eq!(request.param("partial_response"), "false");
        assert_eq!(request.param("max_source_resolution"), "0s");
    }
    assert!(seen[4].params.is_empty(), "{:?}", seen[4]);
}

#[tokio::test]
async fn a_tenant_behind_a_prefix_is_asked_for_rules_and_alerts_there() {
    let double = Double::start(|seen, _| {
        if !seen.has_header("x-scope-orgid: team-a") {
            return Reply::html(401, "no org id");
        }
        match seen.path.as_str() {
            "/prometheus/api/v1/rules" => Reply::success(
                r#"{"groups":[{"name":"g","file":"team-a","interval":60,"rules":[
                    {"type":"alerting","name":"Down","query":"up == 0","state":"firing"}]}]}"#,
            ),
            "/prometheus/api/v1/alerts" => Reply::success(
                r#"{"alerts":[{"labels":{"alertname":"Down"},"state":"firing","value":"0e+00"}]}"#,
            ),
            _ => Reply::html(404, "404 page not found"),
        }
    })
    .await;
    let mut config = config(&format!("{}/prometheus/", double.url));
    config.headers = vec![("X-Scope-OrgID".into(), "team-a".into())];
    let mimir = Prometheus::new(config).unwrap();
    let groups = mimir.rules().await.unwrap().value;
    assert!(matches!(&groups[0].rules[0], Rule::Alerting(rule) if rule.state == "firing"));
    let alerts = mimir.alerts().await.unwrap().value;
    assert_eq!(alerts[0].labels["alertname"], "Down");
    assert_eq!(alerts[0].value, 0.0);

    let error = mimir.instant("up", 0).await.unwrap_err().to_string();
    assert!(
        error.contains("check the url and its path prefix"),
        "{error}"
    );
    let error = client(&double.url).rules().await.unwrap_err().to_string();
    assert!(error.contains("http 401"), "{error}");
}

#[tokio::test]
async fn victoriametrics_stale_markers_are_absence_and_prometheus_nan_is_nan() {
    let body = r#"{"status":"success","data":{"resultType":"matrix","result":[
        {"metric":{"__name__":"up"},"values":[[1,"1"],[2,"NaN"],[3,"3"]]}]}}"#;
    let up = "up".parse().unwrap();
    for (content_type, times) in [
        ("application/stream+json; charset=utf-8", vec![1000, 3000]),
        ("application/json", vec![1000, 2000, 3000]),
    ] {
        let reply = Reply::Http {
            status: 200,
            headers: vec![("content-type", content_type.into())],
            body: body.into(),
        };
        let double = Double::script(vec![reply]).await;
        let answer = client(&double.url).raw(&up, 0, 5000).await.unwrap();
        let found: Vec<i64> = answer.value[0].samples.iter().map(|s| s.0).collect();
        assert_eq!(found, times);
    }
}

#[tokio::test]
async fn the_query_budget_holds_for_all_clones_and_retries() {
    let double = Double::script(vec![
        Reply::html(503, "down"),
        Reply::empty(),
        Reply::empty(),
    ])
    .await;
    let mut config = config(&double.url);
    config.retry.total = Duration::from_millis(300);
    config.budget = Some(QueryBudget {
        requests: 2,
        per: Duration::from_secs(3600),
        burst: 2,
    });
    let client = Prometheus::new(config).unwrap();
    client.instant("up", 0).await.unwrap();
    let error = client.clone().instant("up", 0).await.unwrap_err();
    assert_eq!(
        *error.problem,
        Problem::OverBudget(Duration::from_millis(300))
    );
    assert!(error.to_string().contains("raise the query budget"));
    assert_eq!(double.seen().len(), 2);
}

#[tokio::test]
async fn one_429_that_asks_for_a_pause_stops_the_whole_storm() {
    let slow_down = Reply::html(429, "slow down").with("retry-after", "30");
    let double = Double::script(vec![slow_down]).await;
    let mut config = config(&double.url);
    config.max_concurrency = 1;
    let client = Prometheus::new(config).unwrap();
    let clones = vec![client; 20];
    for answer in join_all(clones.iter().map(|c| c.instant("up", 0))).await {
        let error = answer.unwrap_err();
        assert!(
            matches!(*error.problem, Problem::RateLimited { .. }),
            "{error}"
        );
    }
    assert_eq!(double.seen().len(), 1);
}

#[tokio::test]
async fn an_answer_that_stops_half_way_is_a_timeout_and_one_that_is_cut_is_said_to_be() {
    let half = r#"{"status":"success","data":{"resultType":"vector","resu"#;
    let double = Double::script(vec![
        Reply::Stalls(half.into()),
        Reply::CutShort(half.into()),
    ])
    .await;
    let mut config = config(&double.url);
    config.timeout = Duration::from_millis(150);
    let client = Prometheus::new(config).unwrap();
    let slow = client.instant("up", 0).await.unwrap_err();
    assert_eq!(*slow.problem, Problem::Timeout(Duration::from_millis(150)));
    let cut = client.instant("up", 0).await.unwrap_err();
    assert!(matches!(*cut.problem, Problem::Truncated(_)), "{cut}");
    assert_eq!(double.seen().len(), 2);
}

#[tokio::test]
async fn a_compressed_answer_is_unpacked_but_never_beyond_the_limit() {
    let body = br#"{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}"#;
    let whole = gzip(body);
    let cut = whole[..whole.len() - 12].to_vec();
    let bomb = gzip(&vec![b' '; 10_000_000]);
    assert!(bomb.len() < 100_000);
    let replies = [whole, cut, bomb].map(Reply::Gzip);
    let double = Double::script(replies.to_vec()).await;
    let mut config = config(&double.url);
    config.gzip = Some(true);
    config.max_body_bytes = 1_000_000;
    let client = Prometheus::new(config).unwrap();
    let answer = client.instant("2", 0).await.unwrap();
    assert_eq!(answer.value.kind(), "scalar");
    let cut = client.instant("2", 0).await.unwrap_err();
    assert!(matches!(*cut.problem, Problem::Truncated(_)), "{cut}");
    let bomb = client.instant("2", 0).await.unwrap_err();
    assert_eq!(*bomb.problem, Problem::TooLarge { limit: 1_000_000 });
    assert!(double.seen()[0].has_header("accept-encoding: gzip"));
}

#[tokio::test]
async fn loopback_is_not_asked_to_compress() {
    let double = Double::script(vec![Reply::empty()]).await;
    client(&double.url).instant("up", 0).await.unwrap();
    let seen = &double.seen()[0];
    assert!(
        !seen
            .headers
            .iter()
            .any(|h| h.starts_with("accept-encoding"))
    );
}
