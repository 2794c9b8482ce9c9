//! A double of GitHub that is written to: it refuses what GitHub refuses, and keeps what it took.

use crate::double::{Double, Reply, Request};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

pub(super) const TOKEN: &str = "ghp_onlyForTheDouble";
pub(super) const SHA: &str = "6dcb09b5b57875f334f61aebed695e2e4193db5e";
const PREFIX: &str = "/api/v3";

/// What happens to the next request that writes something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mood {
    /// It is done, and nobody learns that it was.
    DoesAndHangsUp,
    /// Too much: again after so many seconds.
    Wait(u64),
    /// Refused for good.
    Refuses(u16),
}

#[derive(Default)]
struct Inner {
    statuses: Vec<Value>,
    checks: Vec<Value>,
    /// The hook's deliveries, the newest first.
    deliveries: Vec<Value>,
    attempts: Vec<u64>,
    planned: VecDeque<Mood>,
    writes: usize,
    looks: usize,
    faults: Vec<String>,
}

pub(super) struct GitHub {
    inner: Arc<Mutex<Inner>>,
    address: SocketAddr,
    _double: Double,
}

impl GitHub {
    pub(super) async fn start(address: SocketAddr) -> Self {
        let inner: Arc<Mutex<Inner>> = Arc::default();
        let taking = Arc::clone(&inner);
        let double =
            Double::start(address, move |request| taking.lock().unwrap().take(request)).await;
        Self {
            inner,
            address,
            _double: double,
        }
    }

    /// The part of the configuration that is about it; `auth` and `more` as they stand there.
    pub(super) fn settings(&self, auth: &str, more: &str) -> String {
        format!(
            "code:\n  hub: {{type: github, api_url: \"http://{}{PREFIX}\", auth: {auth}, proxy: direct, {more}}}\n",
            self.address
        )
    }

    pub(super) fn plan(&self, mood: Mood) {
        self.inner.lock().unwrap().planned.push_back(mood);
    }

    /// The statuses that were taken, the oldest first: state and description.
    pub(super) fn statuses(&self) -> Vec<(String, String)> {
        let inner = self.sound();
        let text = |status: &Value, field: &str| status[field].as_str().unwrap().to_owned();
        let all = inner.statuses.iter();
        all.map(|one| (text(one, "state"), text(one, "description")))
            .collect()
    }

    pub(super) fn raw_statuses(&self) -> Vec<Value> {
        self.sound().statuses.clone()
    }

    pub(super) fn checks(&self) -> Vec<Value> {
        self.sound().checks.clone()
    }

    /// Requests that wanted to write, and that looked.
    pub(super) fn asked(&self) -> (usize, usize) {
        let inner = self.sound();
        (inner.writes, inner.looks)
    }

    pub(super) fn delivered(&self, deliveries: Vec<Value>) {
        self.inner.lock().unwrap().deliveries = deliveries;
    }

    /// The tries that were asked for again.
    pub(super) fn attempts(&self) -> Vec<u64> {
        self.sound().attempts.clone()
    }

    fn sound(&self) -> std::sync::MutexGuard<'_, Inner> {
        let inner = self.inner.lock().unwrap();
        assert_eq!(inner.faults, [""; 0], "what GitHub refuses");
        inner
    }
}

fn refusal(status: u16, message: &str) -> Reply {
    Reply::json(
        status,
        &json!({ "message": message, "documentation_url": "https://docs.github.com/rest" }),
    )
}

impl Inner {
    fn take(&mut self, request: &Request) -> Reply {
        let header = |name: &str| request.headers.get(name).map(String::as_str);
        let sound = header("user-agent").is_some_and(|agent| agent.starts_with("tawny/"))
            && header("accept") == Some("application/vnd.github+json")
            && header("x-github-api-version") == Some("2022-11-28");
        let Some(path) = request.path.strip_prefix(PREFIX).filter(|_| sound) else {
            return self.fault(request, "headers or path");
        };
        let path: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        if let ["app", "installations", "77", "access_tokens"] = path[..] {
            let parts = header("authorization")
                .unwrap_or_default()
                .split('.')
                .count();
            let until = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
            assert_eq!(parts, 3, "the app proves itself with a token of its own");
            return Reply::json(201, &json!({ "token": TOKEN, "expires_at": until }));
        }
        if header("authorization") != Some(&format!("Bearer {TOKEN}")) {
            return self.fault(request, "Bad credentials");
        }
        if request.method == "GET" {
            self.looks += 1;
            return self.shown(&path, request);
        }
        self.writes += 1;
        let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        match self.planned.pop_front() {
            Some(Mood::Wait(seconds)) => Reply::Wait(seconds),
            Some(Mood::Refuses(status)) => {
                refusal(status, "Resource not accessible by integration")
            }
            Some(Mood::DoesAndHangsUp) => {
                self.written(&path, request, &body);
                Reply::HangUp
            }
            None => self.written(&path, request, &body),
        }
    }

    fn fault(&mut self, request: &Request, why: &str) -> Reply {
        self.faults
            .push(format!("{why}: {} {}", request.method, request.path));
        refusal(422, why)
    }

    fn shown(&mut self, path: &[&str], request: &Request) -> Reply {
        match path {
            ["repos", "acme", "shop", "deployments", "17"] => Reply::json(
                200,
                &json!({ "id": 17, "sha": SHA, "ref": "v2", "environment": "test" }),
            ),
            ["repos", "acme", "shop", "deployments", "17", "statuses"] => {
                let newest: Vec<&Value> = self.statuses.iter().rev().collect();
                Reply::json(200, &json!(newest))
            }
            ["repos", "acme", "shop", "commits", SHA, "check-runs"] => Reply::json(
                200,
                &json!({ "total_count": self.checks.len(), "check_runs": self.checks }),
            ),
            ["repos", "acme", "shop", "hooks", "99", "deliveries"] => {
                Reply::json(200, &json!(self.deliveries))
            }
            _ => self.fault(request, "Not Found"),
        }
    }

    fn written(&mut self, path: &[&str], request: &Request, body: &Value) -> Reply {
        match (request.method.as_str(), path) {
            ("POST", ["repos", "acme", "shop", "deployments", "17", "statuses"]) => {
                if let Err(why) = sound_status(body) {
                    return self.fault(request, &why);
                }
                let mut status = body.clone();
                status["id"] = json!(self.statuses.len() + 1);
                self.statuses.push(status.clone());
                Reply::json(201, &status)
            }
            ("POST", ["repos", "acme", "shop", "check-runs"]) => {
                let named = body["name"].is_string() && body["head_sha"] == SHA;
                if let Err(why) = sound_check(body)
                    .and_then(|()| named.then_some(()).ok_or("name or head_sha".to_owned()))
                {
                    return self.fault(request, &why);
                }
                let mut check = body.clone();
                check["id"] = json!(self.checks.len() + 41);
                self.checks.push(check.clone());
                Reply::json(201, &check)
            }
            ("PATCH", ["repos", "acme", "shop", "check-runs", id]) => {
                if let Err(why) = sound_check(body) {
                    return self.fault(request, &why);
                }
                let number: usize = id.parse().unwrap();
                let check = &mut self.checks[number - 41];
                for (field, value) in body.as_object().unwrap() {
                    check[field] = value.clone();
                }
                Reply::json(200, check)
            }
            (
                "POST",
                [
                    "repos",
                    "acme",
                    "shop",
                    "hooks",
                    "99",
                    "deliveries",
                    id,
                    "attempts",
                ],
            ) => {
                self.attempts.push(id.parse().unwrap());
                Reply::json(202, &json!({}))
            }
            _ => self.fault(request, "Not Found"),
        }
    }
}

fn only(body: &Value, fields: &[&str]) -> Result<(), String> {
    let body = body.as_object().ok_or("no object")?;
    let strange = body.keys().find(|key| !fields.contains(&key.as_str()));
    strange.map_or(Ok(()), |key| Err(format!("unknown field {key}")))
}

fn is_url(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|url| url.starts_with("http://") || url.starts_with("https://"))
}

/// As GitHub's published description says.
fn sound_status(body: &Value) -> Result<(), String> {
    only(
        body,
        &[
            "state",
            "description",
            "log_url",
            "environment_url",
            "environment",
            "auto_inactive",
        ],
    )?;
    let states = [
        "error",
        "failure",
        "inactive",
        "in_progress",
        "queued",
        "pending",
        "success",
    ];
    if !states.contains(&body["state"].as_str().unwrap_or_default()) {
        return Err(format!("state {}", body["state"]));
    }
    let description = body["description"].as_str().ok_or("no description")?;
    if description.chars().count() > 140 {
        return Err("description is too long (maximum is 140 characters)".to_owned());
    }
    if !is_url(&body["log_url"]) || !is_url(&body["environment_url"]) {
        return Err("an url that is none".to_owned());
    }
    Ok(())
}

fn sound_check(body: &Value) -> Result<(), String> {
    only(
        body,
        &[
            "name",
            "head_sha",
            "external_id",
            "details_url",
            "status",
            "conclusion",
            "output",
        ],
    )?;
    let completed = body["status"] == "completed";
    let conclusions = [
        "success",
        "failure",
        "neutral",
        "cancelled",
        "skipped",
        "timed_out",
        "action_required",
    ];
    let concluded = body["conclusion"]
        .as_str()
        .is_some_and(|word| conclusions.contains(&word));
    if completed != concluded || !(completed || body["status"] == "in_progress") {
        return Err("status and conclusion do not agree".to_owned());
    }
    let (title, summary) = (&body["output"]["title"], &body["output"]["summary"]);
    if !title.is_string()
        || summary
            .as_str()
            .is_none_or(|summary| summary.len() > 65_535)
    {
        return Err("output".to_owned());
    }
    is_url(&body["details_url"])
        .then_some(())
        .ok_or("details_url".to_owned())
}
