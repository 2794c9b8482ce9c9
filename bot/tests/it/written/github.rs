//! A double of GitHub that is written to: it refuses what GitHub refuses, and keeps what it took.

use crate::double::{Reply, Request};
use crate::hub::{Door, Host, Hub, PREFIX, bears, to_github};
use serde_json::{Value, json};
use std::net::SocketAddr;

pub(super) const TOKEN: &str = "ghp_onlyForTheDouble";
pub(super) const SHA: &str = "6dcb09b5b57875f334f61aebed695e2e4193db5e";

#[derive(Default)]
pub(super) struct Told {
    statuses: Vec<Value>,
    checks: Vec<Value>,
    /// The hook's deliveries, the newest first.
    deliveries: Vec<Value>,
    attempts: Vec<u64>,
    /// Which run was answered, and what.
    answers: Vec<(u64, Value)>,
    faults: Vec<String>,
}

pub(super) type GitHub = Hub<Told>;

impl GitHub {
    pub(super) async fn start(address: SocketAddr) -> Self {
        Self::open(address, Told::default()).await
    }

    /// The part of the configuration that is about it; `auth` and `more` as they stand there.
    pub(super) fn settings(&self, auth: &str, more: &str) -> String {
        format!(
            "code:\n  hub: {{type: github, api_url: \"http://{}{PREFIX}\", auth: {auth}, proxy: direct, {more}}}\n",
            self.address
        )
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
        (inner.writes.len(), inner.looks)
    }

    pub(super) fn delivered(&self, deliveries: Vec<Value>) {
        self.set(|told| told.deliveries = deliveries);
    }

    /// The tries that were asked for again.
    pub(super) fn attempts(&self) -> Vec<u64> {
        self.sound().attempts.clone()
    }

    /// The protection rules that were answered: of which run, and what.
    pub(super) fn answers(&self) -> Vec<(u64, Value)> {
        self.sound().answers.clone()
    }
}

impl Host for Told {
    fn door(&self, request: &Request) -> Door {
        let Some(path) = to_github(request) else {
            return Door::Wrong("headers or path");
        };
        if path == "/app/installations/77/access_tokens" {
            let proof = request.headers.get("authorization");
            let parts = proof.map_or(0, |proof| proof.split('.').count());
            let until = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
            assert_eq!(parts, 3, "the app proves itself with a token of its own");
            let token = json!({ "token": TOKEN, "expires_at": until });
            return Door::Answered(Reply::json(201, &token));
        }
        if !bears(request, TOKEN) {
            return Door::Wrong("Bad credentials");
        }
        Door::Open(path.to_owned())
    }

    fn faults(&mut self) -> &mut Vec<String> {
        &mut self.faults
    }

    fn shown(&mut self, path: &str, request: &Request) -> Reply {
        let path: Vec<&str> = path.split('/').skip(1).collect();
        match path[..] {
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

    fn written(&mut self, path: &str, request: &Request, body: &Value) -> Reply {
        let path: Vec<&str> = path.split('/').skip(1).collect();
        match (request.method.as_str(), &path[..]) {
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
            (
                "POST",
                [
                    "repos",
                    "acme",
                    "shop",
                    "actions",
                    "runs",
                    run,
                    "deployment_protection_rule",
                ],
            ) => {
                let states = ["approved", "rejected"];
                let sound = only(body, &["environment_name", "state", "comment"]).is_ok()
                    && body["environment_name"] == "test"
                    && states.contains(&body["state"].as_str().unwrap_or_default())
                    && body["comment"]
                        .as_str()
                        .is_some_and(|comment| !comment.is_empty());
                if !sound {
                    return self.fault(request, "Validation Failed");
                }
                self.answers.push((run.parse().unwrap(), body.clone()));
                Reply::Http {
                    status: 204,
                    body: Vec::new(),
                }
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
