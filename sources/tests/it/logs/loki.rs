//! A double that is as strict as Loki: nanoseconds, a limit of lines, a direction, the end not included.

use super::{TOKEN, at, read, start, texts, web, window};
use crate::double::{Double, Reply, Seen};
use sources::logs::{Bounds, LogReader, Loki};

const LIMIT: u64 = 5000;

/// Lines of one stream: time in nanoseconds and text.
type Lines = Vec<(i128, String)>;

async fn loki(lines: Lines, most: u64) -> Double {
    Double::start(move |seen, _| answer(seen, &lines, most)).await
}

fn answer(seen: &Seen, lines: &Lines, most: u64) -> Reply {
    if !seen.has_header(&format!("authorization: bearer {}", TOKEN.to_lowercase()))
        && !seen.has_header(&format!("authorization: Bearer {TOKEN}"))
    {
        return Reply::json(401, "no org id");
    }
    if seen.path != "/loki/api/v1/query_range" || seen.method != "GET" {
        return Reply::json(404, "404 page not found");
    }
    let nanoseconds = |name: &str| {
        let text = seen.param(name);
        let number = text.parse::<i128>().ok();
        number.filter(|_| text.len() == 19)
    };
    let (Some(from), Some(until)) = (nanoseconds("start"), nanoseconds("end")) else {
        return Reply::json(400, "start and end must be nanoseconds here");
    };
    if until <= from {
        return Reply::json(
            400,
            "end timestamp must not be before or equal to start time",
        );
    }
    if seen.param("query") != r#"{app="shop"}"# {
        return Reply::json(400, "parse error at line 1, col 1: syntax error");
    }
    let Ok(limit) = seen.param("limit").parse::<u64>() else {
        return Reply::json(400, "limit must be a positive number");
    };
    if limit > most {
        return Reply::json(
            400,
            format!(
                "max entries limit per query exceeded, limit > max_entries_limit_per_query ({limit} > {most})"
            ),
        );
    }
    let mut found: Vec<_> = lines
        .iter()
        .filter(|(at, _)| (from..until).contains(at))
        .collect();
    match seen.param("direction") {
        "backward" => found.sort_by_key(|(at, _)| std::cmp::Reverse(*at)),
        "forward" => found.sort_by_key(|(at, _)| *at),
        _ => return Reply::json(400, "invalid direction"),
    }
    found.truncate(limit as usize);
    let values: Vec<_> = found
        .iter()
        .map(|(at, line)| serde_json::json!([at.to_string(), line]))
        .collect();
    let body = serde_json::json!({"status": "success", "data": {"resultType": "streams", "result": [
        {"stream": {"app": "shop", "pod": "shop-7"}, "values": values},
    ]}});
    Reply::json(200, body.to_string())
}

fn made(count: i64) -> Lines {
    let ns = |second: i64, n: i64| at(second).as_nanosecond() + i128::from(n);
    // Many bear the very same time.
    (0..count)
        .map(|n| (ns(n / 100, n / 3), format!("ERROR number {n}")))
        .collect()
}

fn reader(double: &Double) -> LogReader {
    LogReader::Loki(Loki::new(web(&double.url), r#"{app="shop"}"#))
}

#[tokio::test]
async fn all_lines_of_many_answers_are_read_once_each() {
    let double = loki(made(12_345), LIMIT).await;
    let (came, records) = read(&mut reader(&double), &window(), &Bounds::default()).await;
    assert_eq!(came.unwrap().cut, None);
    let mut numbers: Vec<&str> = texts(&records);
    assert_eq!(numbers.len(), 12_345);
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 12_345);
    assert_eq!(records[0].place, "shop-7");
    assert_eq!(double.seen().len(), 3);
}

#[tokio::test]
async fn a_server_that_allows_less_at_once_is_asked_for_less() {
    let double = loki(made(2500), 1000).await;
    let (came, records) = read(&mut reader(&double), &window(), &Bounds::default()).await;
    came.unwrap();
    assert_eq!(records.len(), 2500);
    let limits: Vec<String> = double
        .seen()
        .iter()
        .map(|s| s.param("limit").to_owned())
        .collect();
    assert_eq!(limits, ["5000", "1000", "1000", "1000"]);
}

#[tokio::test]
async fn of_too_many_lines_the_newest_are_read_and_it_is_said_since_when() {
    let double = loki(made(9000), LIMIT).await;
    let bounds = Bounds {
        lines: 6000,
        ..Bounds::default()
    };
    let (came, records) = read(&mut reader(&double), &window(), &bounds).await;
    let came = came.unwrap();
    assert!(records.len() <= 6000, "{}", records.len());
    assert!(came.cut.unwrap() > start());
    assert!(records.iter().any(|one| one.text == "number 8999"));
    assert!(!records.iter().any(|one| one.text == "number 0"));
}

#[tokio::test]
async fn what_it_refuses_is_told_without_the_token() {
    let double = Double::script(vec![Reply::json(
        400,
        format!("parse error near {TOKEN}\nhunter"),
    )])
    .await;
    let (came, records) = read(&mut reader(&double), &window(), &Bounds::default()).await;
    let error = came.unwrap_err().to_string();
    assert!(
        error.contains("status 400: parse error near •••"),
        "{error}"
    );
    assert!(!error.contains(TOKEN) && !error.contains('\n'), "{error}");
    assert!(records.is_empty());
}

#[tokio::test]
async fn a_query_that_counts_is_refused_with_what_was_expected() {
    let body = r#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#;
    let double = Double::script(vec![Reply::json(200, body)]).await;
    let (came, _) = read(&mut reader(&double), &window(), &Bounds::default()).await;
    let error = came.unwrap_err().to_string();
    assert!(error.contains("expected `streams`"), "{error}");
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_silence_ends() {
    let elsewhere = Double::script(vec![Reply::json(200, "{}")]).await;
    let moved = Reply::json(302, "").with("location", elsewhere.url.clone());
    let double = Double::script(vec![moved]).await;
    let (came, _) = read(&mut reader(&double), &window(), &Bounds::default()).await;
    assert!(came.is_err());
    assert!(elsewhere.seen().is_empty());
    let silent = Double::script(vec![Reply::Silence]).await;
    let bounds = Bounds {
        time: std::time::Duration::from_millis(100),
        ..Bounds::default()
    };
    let (came, _) = read(&mut reader(&silent), &window(), &bounds).await;
    assert!(came.unwrap_err().to_string().contains("not done after"));
}
