//! A strict double of GitHub's REST API: it refuses what GitHub would refuse, and limits what GitHub limits.

use super::world::{Log, Made, MadeRequest, Seen, Server, World};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// The prefix of an own server's API, so that prefixes are held too.
pub(crate) const PREFIX: &str = "/api/v3";
pub(crate) const TOKEN: &str = "ghp_onlyForTheDouble";

/// What the double does beside telling its world.
pub(crate) type Behave = dyn Fn(&str, usize) -> Option<Response> + Send + Sync;

#[derive(Clone)]
struct Double {
    world: Arc<World>,
    log: Log,
    behave: Arc<Behave>,
    tokens: Arc<Mutex<Vec<String>>>,
}

pub(crate) async fn github(
    world: World,
    behave: impl Fn(&str, usize) -> Option<Response> + Send + Sync + 'static,
) -> Server {
    let tokens = Arc::new(Mutex::new(vec![TOKEN.to_owned()]));
    Server::start(|_, log| {
        let double = Double {
            world: Arc::new(world),
            log,
            behave: Arc::new(behave),
            tokens,
        };
        Router::new().fallback(serve).with_state(double)
    })
    .await
}

/// Nothing special.
pub(crate) fn plainly(_: &str, _: usize) -> Option<Response> {
    None
}

pub(crate) fn refusal(status: u16, message: &str, headers: &[(&'static str, &str)]) -> Response {
    let body = json!({"message": message, "documentation_url": "https://docs.github.com/rest", "status": status.to_string()});
    let mut response = (StatusCode::from_u16(status).unwrap(), Json(body)).into_response();
    for (name, value) in headers {
        response.headers_mut().insert(*name, value.parse().unwrap());
    }
    response
}

async fn serve(State(double): State<Double>, request: Request) -> Response {
    let (path, query) = (
        request.uri().path().to_owned(),
        request.uri().query().unwrap_or_default().to_owned(),
    );
    let headers = request.headers().clone();
    let number = double.log.lock().unwrap().len();
    tokio::time::sleep(double.world.slow).await;
    let mut response = match (double.behave)(&path, number) {
        Some(response) => response,
        None => answer(&double, request.method().as_str(), &path, &query, &headers),
    };
    if response.status().is_success() {
        response = with_tag(response, &headers, &format!("{path}?{query}")).await;
    }
    double.log.lock().unwrap().push(Seen {
        path,
        query,
        headers,
        status: response.status().as_u16(),
    });
    response
}

/// What is asked for again with its tag is not sent again.
async fn with_tag(response: Response, headers: &HeaderMap, what: &str) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let sum: u64 = body
        .iter()
        .fold(7, |sum, byte| sum.wrapping_mul(31) + u64::from(*byte));
    let tag = format!("W/\"{sum:x}-{}\"", what.len());
    if headers
        .get("if-none-match")
        .is_some_and(|known| known == tag.as_str())
    {
        return (StatusCode::NOT_MODIFIED, [("etag", tag)]).into_response();
    }
    parts.headers.insert("etag", tag.parse().unwrap());
    Response::from_parts(parts, body.into())
}

fn answer(double: &Double, method: &str, path: &str, query: &str, headers: &HeaderMap) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if header("user-agent").is_none_or(str::is_empty) {
        return refusal(403, "Request forbidden by administrative rules.", &[]);
    }
    if header("accept") != Some("application/vnd.github+json")
        || header("x-github-api-version") != Some("2022-11-28")
    {
        return refusal(400, "Invalid API version", &[]);
    }
    let Some(path) = path.strip_prefix(PREFIX) else {
        return refusal(404, "Not Found", &[]);
    };
    let bearer = header("authorization").and_then(|text| text.strip_prefix("Bearer "));
    if path.starts_with("/app/") {
        return super::app::token(method, path, bearer, &double.tokens);
    }
    let tokens = double.tokens.lock().unwrap();
    if bearer.is_none_or(|bearer| !tokens.iter().any(|known| known == bearer)) {
        return refusal(401, "Bad credentials", &[]);
    }
    assert_eq!(method, "GET", "nothing is written");
    let Some(path) = path.strip_prefix("/repos/acme/shop/") else {
        return refusal(404, "Not Found", &[]);
    };
    let query: HashMap<String, String> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let number = |name: &str, usual: usize| query.get(name).map_or(usual, |n| n.parse().unwrap());
    let page = Page {
        number: number("page", 1),
        size: number("per_page", 30).min(100),
        path: path.to_owned(),
    };
    let world = &double.world;
    let parts: Vec<String> = path
        .split('/')
        .map(|part| {
            percent_encoding::percent_decode_str(part)
                .decode_utf8()
                .unwrap()
                .into_owned()
        })
        .collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["compare", range] => compare(world, range, &page, query.contains_key("per_page")),
        ["commits", version] => match world.resolve(version) {
            Some(commit) => single(world, commit, &page),
            None => refusal(422, &format!("No commit found for SHA: {version}"), &[]),
        },
        ["commits", version, "pulls"] => {
            let pulls = world.requests.iter().filter(|one| one.commit == *version);
            page.of(pulls.map(|one| pull(world, one, false)).collect())
        }
        ["pulls"] => {
            assert_eq!(
                (query["state"].as_str(), query["sort"].as_str()),
                ("closed", "updated")
            );
            let pulls = world.requests.iter().rev();
            page.of(pulls.map(|one| pull(world, one, false)).collect())
        }
        ["pulls", n] => match find(world, n) {
            Some(one) => Json(pull(world, one, true)).into_response(),
            None => refusal(404, "Not Found", &[]),
        },
        ["pulls", n, "reviews"] => match find(world, n) {
            Some(_) => Json(json!([
                {"id": 1, "state": "APPROVED", "user": {"login": "rita"}},
                {"id": 2, "state": "COMMENTED", "user": null},
                {"id": 3, "state": "APPROVED", "user": {"login": "rita"}},
            ]))
            .into_response(),
            None => refusal(404, "Not Found", &[]),
        },
        ["git", "trees", tree] => {
            let tip = tree.replacen('t', "", 1);
            let mut files: Vec<(String, String)> = Vec::new();
            for commit in world.history(&tip) {
                for (path, _) in &commit.files {
                    files.retain(|(known, _)| known != path);
                    files.push((path.clone(), commit.id.clone()));
                }
            }
            let entry = |(path, sha): &(String, String)| json!({"path": path, "mode": "100644", "type": "blob", "sha": format!("{sha}{path}"), "size": 3});
            Json(json!({"sha": tree, "tree": files.iter().map(entry).collect::<Vec<_>>(), "truncated": false})).into_response()
        }
        _ => refusal(404, "Not Found", &[]),
    }
}

struct Page {
    number: usize,
    size: usize,
    path: String,
}

impl Page {
    fn of(&self, all: Vec<Value>) -> Response {
        let last = all.len().div_ceil(self.size).max(1);
        let told: Vec<Value> = all
            .into_iter()
            .skip((self.number - 1) * self.size)
            .take(self.size)
            .collect();
        self.linked(Json(told).into_response(), last)
    }

    fn linked(&self, mut response: Response, last: usize) -> Response {
        let link = |page: usize, rel: &str| {
            format!("<http://double/{}?page={page}>; rel=\"{rel}\"", self.path)
        };
        let mut links = Vec::new();
        if self.number < last {
            links.push(link(self.number + 1, "next"));
            links.push(link(last, "last"));
        }
        if self.number > 1 {
            links.push(link(self.number - 1, "prev"));
        }
        if !links.is_empty() {
            response
                .headers_mut()
                .insert("link", links.join(", ").parse().unwrap());
        }
        response
    }
}

fn find<'w>(world: &'w World, number: &str) -> Option<&'w MadeRequest> {
    let number: u64 = number.parse().ok()?;
    world.requests.iter().find(|one| one.number == number)
}

fn compare(world: &World, range: &str, page: &Page, paged: bool) -> Response {
    assert!(paged, "without pages only 250 commits are told");
    let Some((base, head)) = range.split_once("...") else {
        return refusal(404, "Not Found", &[]);
    };
    let (Some(base), Some(head)) = (world.resolve(base), world.resolve(head)) else {
        return refusal(404, "Not Found", &[]);
    };
    let Some(common) = world.base(&base.id, &head.id) else {
        let text = format!("No common ancestor between {} and {}.", base.id, head.id);
        return refusal(404, &text, &[]);
    };
    let (ahead, behind) = (
        world.beyond(&base.id, &head.id),
        world.beyond(&head.id, &base.id),
    );
    let status = match (ahead.len(), behind.len()) {
        (0, 0) => "identical",
        (_, 0) => "ahead",
        (0, _) => "behind",
        _ => "diverged",
    };
    let told = ahead
        .iter()
        .skip((page.number - 1) * page.size)
        .take(page.size);
    let mut body = json!({
        "status": status, "ahead_by": ahead.len(), "behind_by": behind.len(), "total_commits": ahead.len(),
        "base_commit": listed(world, base), "merge_base_commit": listed(world, common),
        "commits": told.map(|one| listed(world, one)).collect::<Vec<_>>(),
    });
    if page.number == 1 {
        let files = ahead.iter().flat_map(|one| &one.files);
        // GitHub tells 300 of them, on the first page.
        body["files"] = files.take(300).map(file).collect();
    }
    let last = ahead.len().div_ceil(page.size).max(1);
    page.linked(Json(body).into_response(), last)
}

fn single(world: &World, commit: &Made, page: &Page) -> Response {
    let size = 300;
    let mut body = listed(world, commit);
    let files = commit
        .files
        .iter()
        .skip((page.number - 1) * size)
        .take(size);
    body["files"] = files.map(file).collect();
    let last = commit.files.len().min(3000).div_ceil(size).max(1);
    page.linked(Json(body).into_response(), last)
}

fn listed(world: &World, commit: &Made) -> Value {
    let who = json!({"name": "Ann", "email": "ann@example.com", "date": world.at(commit)});
    json!({
        "sha": commit.id,
        "commit": {"message": commit.message, "author": who, "committer": who, "tree": {"sha": format!("t{}", commit.id)}},
        "html_url": "https://evil.example/phish",
        "author": {"login": "ann"}, "committer": null,
        "parents": commit.parents.iter().map(|id| json!({"sha": id})).collect::<Vec<_>>(),
    })
}

fn file((path, patch): &(String, String)) -> Value {
    let mut file = json!({"sha": "x", "filename": path, "status": "added", "additions": 1, "deletions": 0, "changes": 1});
    if !patch.is_empty() {
        file["patch"] = json!(patch);
    }
    file
}

fn pull(world: &World, one: &MadeRequest, whole: bool) -> Value {
    let commit = world.resolve(&one.commit).unwrap();
    let at = world.at(commit);
    let mut pull = json!({
        "number": one.number, "title": format!("Request {}", one.number), "body": "Because customers asked for it.",
        "user": {"login": "ann"}, "labels": [{"name": "payments"}], "requested_reviewers": [{"login": "rob"}],
        "state": "closed", "updated_at": at, "merged_at": one.merged.then_some(&at),
        "merge_commit_sha": one.commit, "html_url": "https://evil.example/phish",
    });
    if whole {
        pull["merged_by"] = json!({"login": "mia"});
    }
    pull
}
