//! A double of Sentry: pages by links, and answers that ask for patience.

use super::{TOKEN, at, read, texts, web, window};
use crate::double::{Double, Reply, Seen};
use guard::signatures::Level;
use sources::logs::{Bounds, LogReader, Sentry};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn issue(id: &str, title: &str, count: u64) -> serde_json::Value {
    serde_json::json!({"id": id, "title": title, "culprit": "shop.cart in show", "level": "error", "count": count.to_string(),
        "firstSeen": at(10).to_string(), "lastSeen": at(50).to_string()})
}

const EVENT: &str = r#"{"id":"e1","entries":[{"type":"breadcrumbs","data":{}},{"type":"exception","data":{"values":[
  {"type":"IndexError","value":"list index out of range for ann@example.com","stacktrace":{"frames":[
    {"filename":"wsgi.py","absPath":"/usr/lib/python3/wsgi.py","function":"run","lineNo":3,"inApp":false},
    {"filename":"shop/cart.py","function":"show","lineNo":9,"inApp":true}]}}]}}]}"#;

fn answer(seen: &Seen, base: &str) -> Reply {
    let token = seen
        .headers
        .iter()
        .any(|line| line.eq_ignore_ascii_case(&format!("authorization: Bearer {TOKEN}")));
    if !token {
        return Reply::json(
            401,
            r#"{"detail":"Authentication credentials were not provided."}"#,
        );
    }
    let issues = "/api/0/projects/acme/shop/issues/";
    if seen.path == "/api/0/issues/7/events/latest/" {
        return Reply::json(200, EVENT);
    }
    if seen.path != issues {
        return Reply::json(404, r#"{"detail":"The requested resource does not exist"}"#);
    }
    if seen.param("query") != "firstRelease:\"v2\"" {
        return Reply::json(400, r#"{"detail":"Error parsing search query"}"#);
    }
    let link = |cursor: &str, results: bool| {
        format!(
            "<{base}{issues}?cursor=0:0:1>; rel=\"previous\"; results=\"false\"; cursor=\"0:0:1\", \
                 <{base}{issues}?query=firstRelease%3A%22v2%22&cursor={cursor}>; rel=\"next\"; results=\"{results}\"; cursor=\"{cursor}\""
        )
    };
    match seen.param("cursor") {
        "" => Reply::json(
            200,
            serde_json::json!([issue("8", "ValueError: rare", 2)]).to_string(),
        )
        .with("link", link("0:100:0", true)),
        "0:100:0" => Reply::json(
            200,
            serde_json::json!([issue("7", "IndexError: list index", 40)]).to_string(),
        )
        .with("link", link("0:200:0", false)),
        _ => Reply::json(400, r#"{"detail":"Invalid cursor"}"#),
    }
}

/// The links of the answers name the double itself.
async fn sentry() -> Double {
    Double::start(|seen, _| {
        let host = seen
            .headers
            .iter()
            .find_map(|line| line.strip_prefix("host: "))
            .unwrap();
        answer(seen, &format!("http://{host}"))
    })
    .await
}

fn reader(double: &Double) -> LogReader {
    LogReader::Sentry(Sentry::new(web(&double.url), "acme", "shop", "v2"))
}

#[tokio::test]
async fn issues_of_all_pages_are_read_with_the_trace_of_their_latest_event() {
    let double = sentry().await;
    let mut reader = reader(&double);
    let (came, records) = read(&mut reader, &window(), &Bounds::default()).await;
    came.unwrap();
    assert_eq!(
        texts(&records),
        [
            "IndexError: list index in shop.cart in show\nTraceback (most recent call last):\n  File \"shop/cart.py\", line 9, in show\nIndexError: list index out of range for [e-mail]",
            "ValueError: rare in shop.cart in show",
        ]
    );
    assert_eq!(
        (records[0].times, records[0].level, records[0].at),
        (40, Level::Error, Some(at(50)))
    );
    // What was counted is not counted again.
    let (_, again) = read(&mut reader, &window(), &Bounds::default()).await;
    assert_eq!(texts(&again), Vec::<&str>::new());
}

#[tokio::test]
async fn who_asks_to_wait_a_moment_is_asked_once_more_and_who_asks_for_long_is_not() {
    let times = Arc::new(AtomicUsize::new(0));
    let counted = times.clone();
    let busy = |after: &str| {
        Reply::json(
            429,
            r#"{"detail":"You are attempting to use this endpoint too frequently."}"#,
        )
        .with("retry-after", after.to_owned())
        .with("x-sentry-rate-limit-remaining", "0")
    };
    let double = Double::start(move |_, _| match counted.fetch_add(1, Ordering::SeqCst) {
        0 => busy("0"),
        1 => Reply::json(200, "[]"),
        _ => busy("3600"),
    })
    .await;
    let (came, _) = read(&mut reader(&double), &window(), &Bounds::default()).await;
    came.unwrap();
    assert_eq!(times.load(Ordering::SeqCst), 2);
    let (came, _) = read(&mut reader(&double), &window(), &Bounds::default()).await;
    assert!(came.unwrap_err().to_string().contains("status 429"));
    assert_eq!(times.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_next_page_elsewhere_is_not_asked_for() {
    let elsewhere = Double::script(vec![Reply::json(200, "[]")]).await;
    let link = format!(
        "<{}/api/0/x>; rel=\"next\"; results=\"true\"",
        elsewhere.url
    );
    let double = Double::script(vec![Reply::json(200, "[]").with("link", link)]).await;
    let (came, _) = read(&mut reader(&double), &window(), &Bounds::default()).await;
    came.unwrap();
    assert_eq!(elsewhere.seen().len(), 0);
    assert_eq!(double.seen().len(), 1);
}
