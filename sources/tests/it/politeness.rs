//! How the source asks: credentials, paths, forms, retries, concurrency.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use futures_util::future::join_all;
use sources::metrics::{Auth, MatchOp, Problem, Prometheus, Selector};
use tokio::net::TcpListener;

use crate::double::{Double, Reply};
use crate::{client, config};

#[tokio::test]
async fn headers_credentials_prefix_and_time_arrive_as_configured() {
    let double = Double::script(vec![Reply::empty()]).await;
    let mut with_bearer = config(&format!("{}/prom/", double.url));
    with_bearer.auth = Auth::Bearer("t0ken".into());
    with_bearer.headers = vec![("X-Scope-OrgID".into(), "shop".into())];
    let bearer = Prometheus::new(with_bearer).unwrap();
    bearer.instant("up", 1_700_000_000_007).await.unwrap();
    let with_userinfo = double.url.replace("http://", "http://ann:p%40ss@");
    client(&with_userinfo).instant("up", 0).await.unwrap();

    let seen = double.seen();
    assert_eq!(seen[0].method, "GET");
    assert_eq!(seen[0].path, "/prom/api/v1/query");
    assert_eq!(seen[0].param("time"), "1700000000.007");
    assert!(
        seen[0].has_header("authorization: Bearer t0ken"),
        "{:?}",
        seen[0]
    );
    assert!(seen[0].has_header("x-scope-orgid: shop"), "{:?}", seen[0]);
    assert_eq!(seen[1].path, "/api/v1/query");
    assert!(
        seen[1].has_header("authorization: Basic YW5uOnBAc3M="),
        "{:?}",
        seen[1]
    );
}

#[tokio::test]
async fn a_long_query_goes_as_a_form_and_arrives_whole() {
    let double = Double::script(vec![Reply::empty()]).await;
    let long = format!("up{{job=~\"{}\"}}", "ä+&= ".repeat(1000));
    client(&double.url).instant(&long, 0).await.unwrap();
    let seen = &double.seen()[0];
    assert_eq!(
        (seen.method.as_str(), seen.path.as_str()),
        ("POST", "/api/v1/query")
    );
    assert_eq!(seen.param("query"), long);
}

#[tokio::test]
async fn several_selectors_are_several_parameters() {
    let double = Double::script(vec![Reply::success("[]")]).await;
    let selectors = [
        Selector::metric("up"),
        Selector::metric("load").with("job", MatchOp::Equal, "a&b"),
    ];
    client(&double.url)
        .series(&selectors, 0, 1000)
        .await
        .unwrap();
    let seen = &double.seen()[0];
    let found: Vec<&str> = seen
        .params
        .iter()
        .filter(|(n, _)| n == "match[]")
        .map(|(_, v)| v.as_str())
        .collect();
    assert_eq!(found, ["up", r#"load{job="a&b"}"#]);
}

#[tokio::test]
async fn a_label_is_one_path_segment() {
    let double = Double::script(vec![Reply::success("[]")]).await;
    client(&double.url)
        .label_values("a/../b", &[], 0, 1)
        .await
        .unwrap();
    assert_eq!(double.seen()[0].path, "/api/v1/label/a%2F..%2Fb/values");
}

#[tokio::test]
async fn a_storm_of_5xx_is_ridden_out_or_reported_with_the_number_of_attempts() {
    let passing = Double::script(vec![
        Reply::html(502, "bad gateway"),
        Reply::json(
            503,
            r#"{"status":"error","errorType":"unavailable","error":"tsdb not ready"}"#,
        ),
        Reply::empty(),
    ])
    .await;
    client(&passing.url).instant("up", 0).await.unwrap();
    assert_eq!(passing.seen().len(), 3);

    let lasting = Double::script(vec![Reply::json(
        503,
        r#"{"status":"error","errorType":"unavailable","error":"tsdb not ready"}"#,
    )])
    .await;
    let error = client(&lasting.url).instant("up", 0).await.unwrap_err();
    assert_eq!((error.attempts, lasting.seen().len()), (3, 3));
    let text = error.to_string();
    assert!(
        text.contains("unavailable: tsdb not ready") && text.contains("3 attempts"),
        "{text}"
    );
}

#[tokio::test]
async fn a_429_is_asked_again_when_the_server_says_so_and_given_up_when_that_is_too_late() {
    let soon = Reply::html(429, "slow down").with("retry-after", "0");
    let double = Double::script(vec![soon, Reply::empty()]).await;
    client(&double.url).instant("up", 0).await.unwrap();
    assert_eq!(double.seen().len(), 2);

    for (value, expected) in [("60", 60), ("Fri, 31 Dec 9999 23:59:59 GMT", 1_000_000)] {
        let late = Reply::html(429, "slow down").with("retry-after", value);
        let double = Double::script(vec![late]).await;
        let error = client(&double.url).instant("up", 0).await.unwrap_err();
        let Problem::RateLimited { retry_after, text } = &*error.problem else {
            panic!("{error}")
        };
        assert!(retry_after.is_some_and(|wait| wait >= Duration::from_secs(expected)));
        assert_eq!(text, "slow down");
        assert_eq!(double.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_refused_connection_is_tried_again_and_names_the_place_without_credentials() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = client(&format!("http://ann:pa55word@{address}"));
    let error = client.instant("up", 0).await.unwrap_err();
    assert!(matches!(*error.problem, Problem::Connection(_)), "{error}");
    assert_eq!(error.attempts, 3);
    let text = format!("{error} {error:?} {client:?}");
    assert!(
        text.contains(&address.to_string()) && !text.contains("pa55word"),
        "{text}"
    );
}

#[tokio::test]
async fn a_connection_that_breaks_before_the_answer_is_tried_again() {
    let double = Double::script(vec![Reply::HangUp, Reply::empty()]).await;
    client(&double.url).instant("up", 0).await.unwrap();
    assert_eq!(double.seen().len(), 2);
}

/// Answers only when two requests wait, so that two must come and a third must not.
#[tokio::test]
async fn no_more_requests_are_under_way_than_allowed() {
    let under_way = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let pair = Arc::new(tokio::sync::Barrier::new(2));
    let app = {
        let (under_way, most) = (under_way.clone(), most.clone());
        axum::Router::new().fallback(move || {
            let (under_way, most, pair) = (under_way.clone(), most.clone(), pair.clone());
            async move {
                most.fetch_max(under_way.fetch_add(1, SeqCst) + 1, SeqCst);
                pair.wait().await;
                under_way.fetch_sub(1, SeqCst);
                r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#
            }
        })
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let mut config = config(&url);
    config.max_concurrency = 2;
    let client = Prometheus::new(config).unwrap();
    let clones: Vec<Prometheus> = (0..8).map(|_| client.clone()).collect();
    for answer in join_all(clones.iter().map(|c| c.instant("up", 0))).await {
        answer.unwrap();
    }
    assert_eq!(most.load(SeqCst), 2);
    server.abort();
}

#[tokio::test]
async fn who_waits_for_a_slot_until_the_deadline_is_told_so() {
    let double = Double::script(vec![Reply::Silence]).await;
    let mut config = config(&double.url);
    config.max_concurrency = 1;
    config.retry.total = Duration::from_millis(200);
    let client = Prometheus::new(config).unwrap();
    let (first, second) = tokio::join!(client.instant("a", 0), client.instant("b", 0));
    let problem = *first.unwrap_err().problem;
    assert!(matches!(problem, Problem::Timeout(limit) if limit <= Duration::from_millis(200)));
    let error = second.unwrap_err();
    assert_eq!(*error.problem, Problem::Busy(Duration::from_millis(200)));
    assert!(error.to_string().contains("within 0.2 s"), "{error}");
    assert_eq!(double.seen().len(), 1);
}
