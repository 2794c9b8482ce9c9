//! What the OpenAPI document says of every call alike, so that no handler has to: who may call, how failures look, and how
//! answers are kept.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;
use utoipa::{PartialSchema, ToSchema};

use super::problem::Problem;

/// What any call may be answered, with why.
const FAILURES: [(&str, &str); 4] = [
    ("401", "no known token"),
    ("422", "a value that cannot be used; `detail` names it"),
    ("500", "a failure of Tawny's own; it is in its log"),
    (
        "503",
        "not now: another server leads, or the journal cannot be reached",
    ),
];

/// The document of the handlers, completed.
pub(super) fn completed(document: &OpenApi) -> Value {
    let mut document = json!(document);
    document["security"] = json!([{ "token": [] }]);
    document["components"]["securitySchemes"] =
        json!({ "token": { "type": "http", "scheme": "bearer" } });
    document["components"]["schemas"][&*Problem::name()] = json!(Problem::schema());
    for (path, calls) in document["paths"].as_object_mut().into_iter().flatten() {
        for (method, call) in calls.as_object_mut().into_iter().flatten() {
            complete(path, call);
            if method == "get" {
                kept(call);
            }
        }
    }
    document
}

fn complete(path: &str, call: &mut Value) {
    // Asked for by its name in brackets, one that is not there would come into being, as null.
    let parameters = call.get_mut("parameters").and_then(Value::as_array_mut);
    for parameter in parameters
        .into_iter()
        .flatten()
        .filter(|one| one["in"] == "path" && one["name"] == "id")
    {
        if path.contains("/deployments/") || path.contains("/incidents/") {
            parameter["schema"]["pattern"] = json!("^[A-Za-z0-9_-]{1,64}$");
        }
    }
    let Some(responses) = call["responses"].as_object_mut() else {
        return;
    };
    for (status, response) in responses.iter_mut() {
        as_problem(response);
        // Required by the specification; what a call answers stands in the words of the call.
        if response.get("description").is_none() {
            let code = StatusCode::from_bytes(status.as_bytes()).ok();
            let words = code.and_then(|code| code.canonical_reason());
            response["description"] = json!(words.unwrap_or_default());
        }
    }
    for (status, why) in FAILURES {
        responses
            .entry(status)
            .or_insert_with(|| json!({ "description": why, "content": problem() }));
    }
}

fn problem() -> Value {
    let of = format!("#/components/schemas/{}", Problem::name());
    json!({ "application/problem+json": { "schema": { "$ref": of } } })
}

/// Failures are problem details (RFC 9457), and their content type says so.
fn as_problem(response: &mut Value) {
    let of = response.pointer("/content/application~1json/schema/$ref");
    let fails = of.and_then(Value::as_str).is_some_and(|of| {
        of.rsplit('/')
            .next()
            .is_some_and(|name| name == Problem::name())
    });
    if fails {
        response["content"] = problem();
    }
}

/// A read is answered with its `ETag`, and with nothing where the caller has the same already.
fn kept(read: &mut Value) {
    let have = json!({
        "name": "If-None-Match", "in": "header", "schema": { "type": "string" },
        "description": "The `ETag` of the answer that you have.",
    });
    match read.get_mut("parameters").and_then(Value::as_array_mut) {
        Some(parameters) => parameters.push(have),
        None => read["parameters"] = json!([have]),
    }
    let responses = read["responses"].as_object_mut();
    let responses = responses.into_iter().flat_map(Map::iter_mut);
    for (_, found) in responses.filter(|(status, _)| *status == "200") {
        found["headers"]["ETag"] = json!({ "schema": { "type": "string" } });
    }
    read["responses"]["304"] = json!({ "description": "It is as it was." });
}

#[cfg(test)]
mod tests {
    use super::super::documented;
    use super::*;

    #[test]
    fn every_call_says_how_it_fails_and_every_read_how_it_is_kept() {
        let document = completed(&documented().into_openapi());
        let paths = document["paths"].as_object().unwrap();
        assert!(paths.len() > 20, "{}", paths.len());
        for (path, calls) in paths {
            for (method, call) in calls.as_object().unwrap() {
                let responses = call["responses"].as_object().unwrap();
                for (status, response) in responses {
                    let fails = status.as_str() >= "400";
                    let words = response["description"].as_str();
                    assert!(words.is_some_and(|words| !words.is_empty()), "{path}");
                    let content = response["content"].as_object();
                    let said =
                        content.is_some_and(|of| of.contains_key("application/problem+json"));
                    assert_eq!(said, fails, "{method} {path}: {status}: {response}");
                }
                assert!(responses.contains_key("401"), "{method} {path}");
                assert_eq!(responses.contains_key("304"), method == "get", "{path}");
                let parameters = call.get("parameters").map(Value::as_array);
                assert_ne!(parameters, Some(None), "{method} {path}");
                for parameter in parameters.flatten().into_iter().flatten() {
                    let name = parameter["name"].as_str().unwrap();
                    let in_path = path.contains(&format!("{{{name}}}"));
                    assert_eq!(parameter["in"] == "path", in_path, "{path}: {name}");
                }
            }
        }
    }
}
