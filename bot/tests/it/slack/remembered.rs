//! A Prometheus that remembers what it answered in a demo, and refuses everything else as Prometheus refuses what it cannot
//! parse: the finding's own queries, and how many series they touch.

use crate::double::{Double, Reply, Request};
use journal::Evidence;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// Answers as it did then.
pub(super) async fn remembering(address: SocketAddr, known: &[Evidence]) -> Double {
    let known: BTreeMap<String, Value> = known
        .iter()
        .filter(|one| one.result.is_object())
        .map(|one| (one.query.clone(), said(&one.result)))
        .collect();
    Double::start(address, move |request| answer(&known, request)).await
}

fn answer(known: &BTreeMap<String, Value>, request: &Request) -> Reply {
    let Some(parameters) = parameters(request) else {
        return refused(404, "not_found", "only /api/v1/query is here");
    };
    let (Some(query), Some(Ok(time))) = (
        parameters.get("query"),
        parameters.get("time").map(|time| time.parse::<f64>()),
    ) else {
        return refused(400, "bad_data", "query and time are needed");
    };
    let counted = query
        .strip_prefix("count(")
        .and_then(|rest| rest.strip_suffix(')'));
    let data = match (known.get(query), counted) {
        (Some(data), _) => data.clone(),
        (None, Some(selector)) => {
            let series = known
                .iter()
                .filter(|(query, _)| query.contains(selector))
                .map(|(_, data)| data["result"].as_array().map_or(0, Vec::len))
                .max();
            let Some(series) = series else {
                return refused(400, "bad_data", &format!("not remembered: {query}"));
            };
            json!({ "resultType": "vector", "result": [{ "metric": {}, "value": [time, series.to_string()] }] })
        }
        (None, None) => return refused(400, "bad_data", &format!("not remembered: {query}")),
    };
    Reply::json(200, &json!({ "status": "success", "data": data }))
}

/// Stored are milliseconds and numbers; Prometheus says seconds and texts.
fn said(result: &Value) -> Value {
    let mut result = result.clone();
    let all = result.get_mut("result").and_then(Value::as_array_mut);
    for one in all.into_iter().flatten() {
        if let Some([at, value]) = one["value"].as_array().map(Vec::as_slice) {
            let at = at.as_f64().unwrap() / 1000.0;
            let value = value
                .as_f64()
                .map_or("NaN".to_owned(), |value| value.to_string());
            one["value"] = json!([at, value]);
        }
    }
    result
}

fn refused(status: u16, kind: &str, why: &str) -> Reply {
    let body = json!({ "status": "error", "errorType": kind, "error": why });
    Reply::json(status, &body)
}

fn parameters(request: &Request) -> Option<BTreeMap<String, String>> {
    let text = match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/api/v1/query") => request.query.clone(),
        ("POST", "/api/v1/query") => String::from_utf8(request.body.clone()).ok()?,
        _ => return None,
    };
    let pairs = url::form_urlencoded::parse(text.as_bytes());
    Some(pairs.into_owned().collect())
}
