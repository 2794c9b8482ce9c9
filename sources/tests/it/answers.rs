//! Every kind of answer becomes its own, clear result.

use std::time::Duration;

use sources::metrics::{Auth, MetricsError, Problem, Prometheus, PrometheusConfig, QueryValue};

use crate::double::{Double, Reply};
use crate::{client, config};

const BAD_DATA: &str = r#"{"status":"error","errorType":"bad_data","error":"1:4: parse error: unexpected end of input"}"#;

async fn ask(config: PrometheusConfig) -> Result<QueryValue, MetricsError> {
    let client = Prometheus::new(config).unwrap();
    client
        .instant("up{", 1_700_000_000_500)
        .await
        .map(|a| a.value)
}

/// The error of an instant query to which the server has only `reply`, and how often it was asked.
async fn error_for(reply: Reply) -> (MetricsError, usize) {
    let double = Double::script(vec![reply]).await;
    let error = ask(config(&double.url)).await.unwrap_err();
    (error, double.seen().len())
}

#[tokio::test]
async fn a_query_that_prometheus_refuses_is_asked_once_and_its_words_are_kept() {
    let (error, asked) = error_for(Reply::json(400, BAD_DATA)).await;
    assert_eq!(
        *error.problem,
        Problem::Refused {
            status: 400,
            error_type: "bad_data".into(),
            text: "1:4: parse error: unexpected end of input".into()
        }
    );
    let text = error.to_string();
    for part in [
        "/api/v1/query",
        "http 400",
        "bad_data",
        "unexpected end",
        "`up{`",
        "check the syntax",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!((asked, error.attempts), (1, 1));
}

#[tokio::test]
async fn the_422_of_victoriametrics_is_a_refusal_too() {
    let body = r#"{"status":"error","errorType":"422","error":"cannot parse up{"}"#;
    let (error, asked) = error_for(Reply::json(422, body)).await;
    assert_eq!(
        *error.problem,
        Problem::Refused {
            status: 422,
            error_type: "422".into(),
            text: "cannot parse up{".into()
        }
    );
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn broken_bodies_are_told_apart_and_not_asked_for_again() {
    let (error, asked) = error_for(Reply::CutShort(r#"{"status":"succ"#.into())).await;
    assert!(matches!(*error.problem, Problem::Truncated(_)), "{error}");
    assert_eq!(asked, 1);
    let (error, _) = error_for(Reply::json(
        200,
        r#"{"status":"success","data":{"resultType":"vec"#,
    ))
    .await;
    assert!(matches!(*error.problem, Problem::Truncated(_)), "{error}");
    let (error, _) = error_for(Reply::html(200, "<html>please log in</html>")).await;
    assert!(
        matches!(&*error.problem, Problem::NotJson { content_type, text }
        if content_type == "text/html" && text.contains("log in")),
        "{error}"
    );
    let (error, _) = error_for(Reply::json(
        200,
        r#"{"status":"success","data":{"resultType":"cube","result":1}}"#,
    ))
    .await;
    assert!(matches!(*error.problem, Problem::Shape(_)), "{error}");
    let (error, _) = error_for(Reply::html(404, "<h1>not here</h1>")).await;
    assert!(
        matches!(*error.problem, Problem::Status { status: 404, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("path prefix"), "{error}");
    let (error, asked) = error_for(Reply::html(401, "who are you")).await;
    assert!(
        matches!(*error.problem, Problem::Forbidden { status: 401, .. }),
        "{error}"
    );
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn a_redirect_is_an_error_that_names_the_target_without_its_query() {
    let elsewhere = Double::script(vec![Reply::empty()]).await;
    let location = format!("{}/login?next=secret", elsewhere.url);
    let (error, _) = error_for(Reply::html(302, "").with("location", location)).await;
    assert_eq!(
        *error.problem,
        Problem::Redirect {
            status: 302,
            location: format!("{}/login", elsewhere.url)
        }
    );
    assert!(elsewhere.seen().is_empty(), "it must not be followed");
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_whether_or_not_it_says_its_size() {
    for reply in [Reply::json(200, " ".repeat(5000)), Reply::Endless] {
        let double = Double::script(vec![reply]).await;
        let mut config = config(&double.url);
        config.max_body_bytes = 4096;
        let error = ask(config).await.unwrap_err();
        assert_eq!(*error.problem, Problem::TooLarge { limit: 4096 });
    }
}

#[tokio::test]
async fn silence_ends_in_a_timeout_and_is_not_repeated() {
    let double = Double::script(vec![Reply::Silence]).await;
    let mut config = config(&double.url);
    config.timeout = Duration::from_millis(150);
    let error = ask(config).await.unwrap_err();
    assert_eq!(*error.problem, Problem::Timeout(Duration::from_millis(150)));
    assert!(
        error.to_string().contains("no full answer within 0.15 s"),
        "{error}"
    );
    assert_eq!(double.seen().len(), 1);
}

#[tokio::test]
async fn warnings_and_infos_come_with_the_data() {
    let body = r#"{"status":"success","data":{"resultType":"vector","result":[]},
        "warnings":["store 10.0.0.9 is away"],"infos":["not a counter"]}"#;
    let double = Double::script(vec![Reply::json(200, body)]).await;
    let answer = client(&double.url).instant("up", 0).await.unwrap();
    assert!(answer.value.is_empty());
    assert_eq!(answer.warnings, ["store 10.0.0.9 is away"]);
    assert_eq!(answer.infos, ["not a counter"]);
}

#[tokio::test]
async fn no_secret_shows_even_when_the_server_echoes_it() {
    let echo = r#"{"status":"error","errorType":"bad_data","error":"token tok-5ecret, tenant ten-5ecret"}"#;
    for (status, body) in [
        (400, echo),
        (500, echo),
        (429, echo),
        (403, echo),
        (404, "tok-5ecret ten-5ecret"),
        (200, "tok-5ecret ten-5ecret"),
        (200, echo),
    ] {
        let double = Double::script(vec![Reply::json(status, body)]).await;
        let mut config = config(&double.url);
        config.auth = Auth::Bearer("tok-5ecret".into());
        config.headers = vec![("X-Scope-OrgID".into(), "ten-5ecret".into())];
        let error = ask(config).await.unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("5ecret"), "{status}: {shown}");
        assert!(shown.contains("[REDACTED]"), "{status}: {shown}");
    }
}

#[tokio::test]
async fn a_front_end_without_a_health_page_is_healthy_when_it_answers_queries() {
    let double = Double::start(|seen, _| {
        if seen.path == "/-/healthy" {
            return Reply::html(404, "");
        }
        assert_eq!(seen.param("query"), "vector(1)");
        Reply::empty()
    })
    .await;
    client(&double.url).healthy().await.unwrap();
    let down = Double::script(vec![Reply::html(503, "starting")]).await;
    let error = client(&down.url).healthy().await.unwrap_err();
    assert!(
        matches!(*error.problem, Problem::Server { status: 503, .. }),
        "{error}"
    );
}
