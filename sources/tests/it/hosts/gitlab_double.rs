//! A strict double of GitLab's REST API, in the shapes of its OpenAPI document.

use super::world::{Log, Made, MadeRequest, Seen, Server, World};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::sync::Arc;

/// An own server below a path.
pub(crate) const PREFIX: &str = "/git/api/v4";
pub(crate) const TOKEN: &str = "glpat-onlyForTheDouble";

#[derive(Clone)]
struct Double {
    world: Arc<World>,
    log: Log,
}

pub(crate) async fn gitlab(world: World) -> Server {
    Server::start(|_, log| {
        let world = Arc::new(world);
        Router::new()
            .fallback(serve)
            .with_state(Double { world, log })
    })
    .await
}

fn refusal(status: u16, message: &str) -> Response {
    let body = Json(json!({"message": message}));
    (StatusCode::from_u16(status).unwrap(), body).into_response()
}

async fn serve(State(double): State<Double>, request: Request) -> Response {
    assert_eq!(request.method(), "GET", "nothing is written");
    let (path, query) = (
        request.uri().path().to_owned(),
        request.uri().query().unwrap_or_default().to_owned(),
    );
    let headers = request.headers().clone();
    tokio::time::sleep(double.world.slow).await;
    let response = answer(&double.world, &path, &query, &headers);
    double.log.lock().unwrap().push(Seen {
        path,
        query,
        headers,
        status: response.status().as_u16(),
    });
    response
}

fn answer(world: &World, path: &str, query: &str, headers: &HeaderMap) -> Response {
    if headers
        .get("private-token")
        .is_none_or(|token| token != TOKEN)
    {
        return refusal(401, "401 Unauthorized");
    }
    // A project's path is one segment, with its slashes encoded.
    let Some(path) = path.strip_prefix("/git/api/v4/projects/acme%2Fteam%2Fshop/") else {
        return refusal(404, "404 Project Not Found");
    };
    let decoded = |text: &str| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8()
            .unwrap()
            .into_owned()
    };
    let query: Vec<(String, String)> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect();
    let all = |name: &str| -> Vec<&str> {
        let of_it = query.iter().filter(|(known, _)| known == name);
        of_it.map(|(_, value)| value.as_str()).collect()
    };
    let one = |name: &str| all(name).first().copied();
    let number = |name: &str, usual: usize| one(name).map_or(usual, |n| n.parse().unwrap());
    let (page, size) = (number("page", 1), number("per_page", 20).min(100));
    let parts: Vec<String> = path.split('/').map(decoded).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["repository", "merge_base"] => {
            let refs = all("refs[]");
            let base = world.base(refs[0], refs[1]);
            match base {
                Some(base) => Json(commit(world, base)).into_response(),
                None => refusal(404, "404 Merge Base Not Found"),
            }
        }
        ["repository", "commits"] => {
            let (from, to) = one("ref_name").unwrap().split_once("..").unwrap();
            let told = world.beyond(from, to).into_iter().rev();
            paged(told.map(|one| commit(world, one)).collect(), page, size)
        }
        ["repository", "commits", version] => match world.resolve(version) {
            Some(one) => Json(commit(world, one)).into_response(),
            None => refusal(404, "404 Commit Not Found"),
        },
        ["repository", "commits", id, "diff"] => {
            let files = &world.resolve(id).unwrap().files;
            paged(files.iter().map(diff).collect(), page, size)
        }
        ["repository", "commits", id, "merge_requests"] => {
            let told = world.requests.iter().filter(|one| one.commit == *id);
            Json(told.map(|one| request(world, one)).collect::<Vec<_>>()).into_response()
        }
        ["repository", "compare"] => {
            assert_eq!(one("straight"), Some("true"));
            let files = |version: &str| -> std::collections::BTreeMap<&str, &str> {
                let all = world
                    .history(version)
                    .into_iter()
                    .flat_map(|one| &one.files);
                all.map(|(path, patch)| (path.as_str(), patch.as_str()))
                    .collect()
            };
            let (old, new) = (files(one("from").unwrap()), files(one("to").unwrap()));
            let told = new
                .iter()
                .filter(|(path, patch)| old.get(*path) != Some(patch));
            let told: Vec<Value> = told
                .map(|(path, patch)| diff(&((*path).to_owned(), (*patch).to_owned())))
                .collect();
            Json(json!({"commits": [], "diffs": told, "compare_timeout": false, "compare_same_ref": false})).into_response()
        }
        ["merge_requests"] => {
            assert_eq!((one("state"), one("scope")), (Some("merged"), Some("all")));
            let after: jiff::Timestamp = one("updated_after").unwrap().parse().unwrap();
            let told = world.requests.iter().rev().filter(|one| {
                let at = world.at(world.resolve(&one.commit).unwrap());
                one.merged && at.parse::<jiff::Timestamp>().unwrap() >= after
            });
            paged(told.map(|one| request(world, one)).collect(), page, size)
        }
        _ => refusal(404, "404 Not Found"),
    }
}

/// GitLab says in headers which page is next; an empty one is the last.
fn paged(all: Vec<Value>, page: usize, size: usize) -> Response {
    let next = if page * size < all.len() {
        (page + 1).to_string()
    } else {
        String::new()
    };
    let told: Vec<Value> = all.into_iter().skip((page - 1) * size).take(size).collect();
    (
        [("x-next-page", next), ("x-page", page.to_string())],
        Json(told),
    )
        .into_response()
}

fn commit(world: &World, one: &Made) -> Value {
    json!({
        "id": one.id, "short_id": &one.id[..8], "title": one.message.lines().next(), "message": one.message,
        "parent_ids": one.parents, "author_name": "Ann", "author_email": "ann@example.com",
        "committed_date": world.at(one), "web_url": "https://evil.example/phish",
    })
}

fn diff((path, patch): &(String, String)) -> Value {
    json!({
        "old_path": path, "new_path": path, "a_mode": "0", "b_mode": "100644", "diff": patch,
        "new_file": true, "renamed_file": false, "deleted_file": false, "generated_file": null,
        "collapsed": false, "too_large": patch.is_empty(),
    })
}

fn request(world: &World, one: &MadeRequest) -> Value {
    let user = |name: &str| json!({"id": 1, "username": name, "name": name});
    json!({
        "iid": one.number, "title": format!("Request {}", one.number), "description": "Because.",
        "state": if one.merged { "merged" } else { "closed" }, "author": user("ann"), "merge_user": user("mia"),
        "labels": ["payments"], "reviewers": [user("rita")], "sha": one.commit, "merge_commit_sha": null,
        "squash_commit_sha": null, "updated_at": world.at(world.resolve(&one.commit).unwrap()),
        "web_url": "https://evil.example/phish",
    })
}
