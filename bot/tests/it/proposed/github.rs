//! A double of GitHub in which code is: a real repository behind the Git data API, and requests. It refuses what GitHub
//! refuses.

use crate::double::{Double, Reply, Request};
use crate::git::Git;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::io::Write;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard};

pub(super) const TOKEN: &str = "ghp_writesInTheDouble";
const PREFIX: &str = "/api/v3";

/// What happens to the next request that writes to a path which ends so.
#[derive(Debug, Clone)]
pub(super) enum Mood {
    /// It is done, and nobody learns that it was.
    DoesAndHangsUp(&'static str),
    /// Too much: again after so many seconds.
    Wait(&'static str, u64),
    /// Refused for good.
    Refuses(&'static str, u16, &'static str),
}

pub(super) struct Inner {
    pub(super) git: Git,
    pub(super) pulls: Vec<Value>,
    planned: VecDeque<Mood>,
    /// Requests that wrote, as method and path.
    pub(super) writes: Vec<String>,
    faults: Vec<String>,
}

pub(super) struct GitHub {
    inner: Arc<Mutex<Inner>>,
    address: SocketAddr,
    _double: Double,
}

impl GitHub {
    pub(super) async fn start(address: SocketAddr, git: Git) -> Self {
        let inner = Arc::new(Mutex::new(Inner {
            git,
            pulls: Vec::new(),
            planned: VecDeque::new(),
            writes: Vec::new(),
            faults: Vec::new(),
        }));
        let taking = Arc::clone(&inner);
        let double =
            Double::start(address, move |request| taking.lock().unwrap().take(request)).await;
        Self {
            inner,
            address,
            _double: double,
        }
    }

    /// The part of the configuration that is about it.
    pub(super) fn settings(&self, more: &str) -> String {
        let address = self.address;
        format!(
            "code:\n  hub: {{type: github, url: \"http://{address}\", api_url: \"http://{address}{PREFIX}\", proxy: direct, {more}}}\n"
        )
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn plan(&self, mood: Mood) {
        self.inner.lock().unwrap().planned.push_back(mood);
    }

    /// Everything in it; nothing was refused that GitHub would refuse for its form.
    pub(super) fn sound(&self) -> MutexGuard<'_, Inner> {
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

fn invalid(message: &str) -> Reply {
    Reply::json(
        422,
        &json!({ "message": "Validation Failed", "errors": [{ "resource": "PullRequest", "code": "custom", "message": message }] }),
    )
}

impl Inner {
    fn take(&mut self, request: &Request) -> Reply {
        let header = |name: &str| request.headers.get(name).map(String::as_str);
        let sound = header("user-agent").is_some_and(|agent| agent.starts_with("tawny/"))
            && header("accept") == Some("application/vnd.github+json")
            && header("x-github-api-version") == Some("2022-11-28");
        let path = request.path.strip_prefix(PREFIX).filter(|_| sound);
        let Some(path) = path.and_then(|path| path.strip_prefix("/repos/acme/shop")) else {
            return self.fault(request, "headers or path");
        };
        if header("authorization") != Some(&format!("Bearer {TOKEN}")) {
            return self.fault(request, "Bad credentials");
        }
        if request.method == "GET" {
            return self.shown(path, request);
        }
        let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        self.writes.push(format!("{} {path}", request.method));
        let (Mood::DoesAndHangsUp(end) | Mood::Wait(end, _) | Mood::Refuses(end, ..)) =
            self.planned.front().cloned().unwrap_or(Mood::Wait("\0", 0));
        if !path.ends_with(end) {
            return self.written(path, request, &body);
        }
        match self.planned.pop_front() {
            Some(Mood::Wait(_, seconds)) => Reply::Wait(seconds),
            Some(Mood::Refuses(_, status, message)) => refusal(status, message),
            _ => {
                self.written(path, request, &body);
                Reply::HangUp
            }
        }
    }

    fn fault(&mut self, request: &Request, why: &str) -> Reply {
        self.faults
            .push(format!("{why}: {} {}", request.method, request.path));
        refusal(422, why)
    }

    fn git(&self, arguments: &[&str]) -> Option<String> {
        let out = self.git.command(arguments).output().unwrap();
        let said = String::from_utf8(out.stdout).unwrap();
        out.status.success().then(|| said.trim().to_owned())
    }

    /// The name of an object of this type.
    fn object(&self, name: &str, kind: &str) -> Option<String> {
        let found = self.git(&["cat-file", "-t", name])?;
        (found == kind).then(|| name.to_owned())
    }

    fn shown(&mut self, path: &str, request: &Request) -> Reply {
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        match &parts[..] {
            [] => Reply::json(
                200,
                &json!({ "full_name": "acme/shop", "default_branch": "main", "archived": false }),
            ),
            ["pulls"] => self.listed(request),
            ["git", "ref", "heads", branch @ ..] => {
                let branch = format!("refs/heads/{}", branch.join("/"));
                match self.git(&["rev-parse", "--verify", "--quiet", &branch]) {
                    Some(sha) => Reply::json(
                        200,
                        &json!({ "ref": branch, "object": { "type": "commit", "sha": sha } }),
                    ),
                    None => refusal(404, "Not Found"),
                }
            }
            ["git", "commits", sha] => match self.object(sha, "commit") {
                Some(_) => Reply::json(200, &self.plain(sha)),
                None => refusal(404, "Not Found"),
            },
            ["git", "trees", sha] => match self.object(sha, "tree") {
                Some(_) => Reply::json(200, &self.tree(sha)),
                None => refusal(404, "Not Found"),
            },
            ["git", "blobs", sha] => match self.object(sha, "blob") {
                Some(_) => Reply::json(200, &self.blob(sha)),
                None => refusal(404, "Not Found"),
            },
            ["commits", sha] => match self.git(&[
                "rev-parse",
                "--verify",
                "--quiet",
                &format!("{sha}^{{commit}}"),
            ]) {
                Some(sha) => Reply::json(200, &self.commit(&sha)),
                None => refusal(422, &format!("No commit found for SHA: {sha}")),
            },
            ["compare", both] => self.compared(both),
            _ => self.fault(request, "Not Found"),
        }
    }

    fn listed(&mut self, request: &Request) -> Reply {
        let asked: Vec<(String, String)> = url::form_urlencoded::parse(request.query.as_bytes())
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        let asked = |name: &str| {
            asked
                .iter()
                .find(|(own, _)| own == name)
                .map(|(_, value)| value.clone())
        };
        if asked("state").as_deref() != Some("all") {
            return self.fault(request, "closed ones are not seen like this");
        }
        let head = asked("head").unwrap_or_default();
        let found = self
            .pulls
            .iter()
            .filter(|pull| pull["head"]["label"] == head.as_str());
        Reply::json(200, &json!(found.collect::<Vec<_>>()))
    }

    fn plain(&self, sha: &str) -> Value {
        let tree = self
            .git(&["rev-parse", &format!("{sha}^{{tree}}")])
            .unwrap();
        let message = self.git(&["log", "-1", "--format=%B", sha]).unwrap();
        json!({ "sha": sha, "message": message, "tree": { "sha": tree }, "parents": self.parents(sha) })
    }

    fn parents(&self, sha: &str) -> Vec<Value> {
        let parents = self.git(&["log", "-1", "--format=%P", sha]).unwrap();
        parents
            .split_whitespace()
            .map(|sha| json!({ "sha": sha }))
            .collect()
    }

    fn tree(&self, sha: &str) -> Value {
        let listed = self.git(&["ls-tree", sha]).unwrap();
        let entries = listed.lines().map(|line| {
            let (about, path) = line.split_once('\t').unwrap();
            let about: Vec<&str> = about.split(' ').collect();
            json!({ "path": path, "mode": about[0], "type": about[1], "sha": about[2] })
        });
        json!({ "sha": sha, "tree": entries.collect::<Vec<_>>(), "truncated": false })
    }

    fn blob(&self, sha: &str) -> Value {
        let out = self
            .git
            .command(&["cat-file", "blob", sha])
            .output()
            .unwrap()
            .stdout;
        // GitHub breaks its lines.
        let packed = STANDARD.encode(&out);
        let lines: Vec<&str> = packed
            .as_bytes()
            .chunks(60)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        json!({ "sha": sha, "size": out.len(), "encoding": "base64", "content": lines.join("\n") })
    }

    fn commit(&self, sha: &str) -> Value {
        let parents = self.parents(sha);
        let mut commit = json!({ "sha": sha, "parents": parents, "files": [] });
        commit["commit"] =
            json!({ "tree": self.plain(sha)["tree"], "message": self.plain(sha)["message"] });
        if let [one, ..] = &parents[..] {
            commit["files"] = json!(self.files(one["sha"].as_str().unwrap(), sha));
        }
        commit
    }

    fn files(&self, from: &str, to: &str) -> Vec<Value> {
        let listed = self
            .git(&["diff", "--raw", "-M", "--name-status", from, to])
            .unwrap();
        let files = listed.lines().map(|line| {
            let parts: Vec<&str> = line.split('\t').collect();
            let status = match parts[0].chars().next().unwrap() {
                'A' => "added",
                'D' => "removed",
                'R' => "renamed",
                _ => "modified",
            };
            let mut file = json!({ "filename": parts[parts.len() - 1], "status": status });
            if status == "renamed" {
                file["previous_filename"] = json!(parts[1]);
            }
            file
        });
        files.collect()
    }

    fn compared(&self, both: &str) -> Reply {
        let (from, to) = both.split_once("...").unwrap();
        if self.object(from, "commit").is_none() || self.object(to, "commit").is_none() {
            return refusal(404, "Not Found");
        }
        let base = self.git(&["merge-base", from, to]);
        let status = match base.as_deref() {
            Some(base) if from == to && base == from => "identical",
            Some(base) if base == from => "ahead",
            Some(base) if base == to => "behind",
            _ => "diverged",
        };
        let files = if status == "ahead" {
            self.files(from, to)
        } else {
            Vec::new()
        };
        Reply::json(200, &json!({ "status": status, "files": files }))
    }

    fn written(&mut self, path: &str, request: &Request, body: &Value) -> Reply {
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        match &parts[..] {
            ["git", "blobs"] => {
                let bytes = STANDARD.decode(body["content"].as_str().unwrap_or("?"));
                match (bytes, body["encoding"].as_str()) {
                    (Ok(bytes), Some("base64")) => {
                        let sha = self.put(&["hash-object", "-w", "--stdin"], &bytes);
                        Reply::json(201, &json!({ "sha": sha, "url": "x" }))
                    }
                    _ => self.fault(request, "no content"),
                }
            }
            ["git", "trees"] => self.new_tree(request, body),
            ["git", "commits"] => self.new_commit(request, body),
            ["git", "refs"] => self.new_ref(request, body),
            ["pulls"] => self.new_pull(request, body),
            ["issues", number, "labels"] => {
                let number: usize = number.parse().unwrap();
                let labels = body["labels"].as_array().cloned().unwrap_or_default();
                self.pulls[number - 1]["labels"] = json!(labels);
                Reply::json(200, &json!(labels))
            }
            _ => self.fault(request, "Not Found"),
        }
    }

    fn put(&self, arguments: &[&str], input: &[u8]) -> String {
        let mut child = self
            .git
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let out = child.wait_with_output().unwrap();
        assert!(out.status.success());
        String::from_utf8(out.stdout).unwrap().trim().to_owned()
    }

    fn new_tree(&mut self, request: &Request, body: &Value) -> Reply {
        let base = body["base_tree"].as_str().unwrap_or_default();
        if self.object(base, "tree").is_none() {
            return self.fault(request, "base_tree is not a valid tree oid");
        }
        let index = self.git.path().join(".git/double-index");
        let indexed = |arguments: &[&str]| {
            let mut command = self.git.command(arguments);
            command.env("GIT_INDEX_FILE", &index);
            let out = command.output().unwrap();
            assert!(
                out.status.success(),
                "{arguments:?}: {}",
                String::from_utf8_lossy(&out.stderr)
            );
            String::from_utf8(out.stdout).unwrap().trim().to_owned()
        };
        indexed(&["read-tree", base]);
        for entry in body["tree"].as_array().cloned().unwrap_or_default() {
            let (path, mode) = (
                entry["path"].as_str().unwrap(),
                entry["mode"].as_str().unwrap(),
            );
            let modes = ["100644", "100755", "040000", "160000", "120000"];
            if !modes.contains(&mode) || path.starts_with('/') || path.contains("..") {
                return self.fault(request, "tree.path or tree.mode");
            }
            match entry["sha"].as_str() {
                None if entry["sha"].is_null() && entry.get("content").is_none() => {
                    // GitHub: a path that is not there cannot be removed.
                    let there = self.git(&["cat-file", "-e", &format!("{base}:{path}")]);
                    if there.is_none() {
                        return self.fault(request, "GitRPC::BadObjectState");
                    }
                    indexed(&["update-index", "--force-remove", path]);
                }
                Some(sha) => {
                    if self.object(sha, "blob").is_none() {
                        return self.fault(request, "tree.sha is not a valid blob");
                    }
                    indexed(&[
                        "update-index",
                        "--add",
                        "--cacheinfo",
                        &format!("{mode},{sha},{path}"),
                    ]);
                }
                _ => return self.fault(request, "tree.sha"),
            }
        }
        let tree = indexed(&["write-tree"]);
        Reply::json(201, &self.tree(&tree))
    }

    fn new_commit(&mut self, request: &Request, body: &Value) -> Reply {
        let (tree, parent) = (
            body["tree"].as_str().unwrap_or_default(),
            body["parents"][0].as_str().unwrap_or_default(),
        );
        let message = body["message"].as_str().unwrap_or_default();
        if message.is_empty()
            || self.object(tree, "tree").is_none()
            || self.object(parent, "commit").is_none()
        {
            return self.fault(request, "tree, parents or message");
        }
        let sha = self.put(&["commit-tree", tree, "-p", parent], message.as_bytes());
        Reply::json(201, &self.plain(&sha))
    }

    fn new_ref(&mut self, request: &Request, body: &Value) -> Reply {
        let (name, sha) = (
            body["ref"].as_str().unwrap_or_default(),
            body["sha"].as_str().unwrap_or_default(),
        );
        if !name.starts_with("refs/heads/tawny/") || self.object(sha, "commit").is_none() {
            return self.fault(request, "Reference name or object does not exist");
        }
        if self
            .git(&["rev-parse", "--verify", "--quiet", name])
            .is_some()
        {
            return refusal(422, "Reference already exists");
        }
        self.git(&["update-ref", name, sha]).unwrap();
        Reply::json(
            201,
            &json!({ "ref": name, "object": { "type": "commit", "sha": sha } }),
        )
    }

    fn new_pull(&mut self, request: &Request, body: &Value) -> Reply {
        let known = [
            "title",
            "head",
            "base",
            "body",
            "draft",
            "maintainer_can_modify",
        ];
        let strange = body
            .as_object()
            .is_none_or(|body| body.keys().any(|key| !known.contains(&key.as_str())));
        let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
        let (head, base, title) = (text("head"), text("base"), text("title"));
        if strange || title.is_empty() || title.chars().count() > 256 || text("body").len() > 65_536
        {
            return self.fault(request, "title, body or an unknown field");
        }
        let branch = format!("refs/heads/{head}");
        let base_ref = format!("refs/heads/{base}");
        let (Some(own), Some(into)) = (
            self.git(&["rev-parse", "--verify", "--quiet", &branch]),
            self.git(&["rev-parse", "--verify", "--quiet", &base_ref]),
        ) else {
            return invalid("head or base is invalid");
        };
        if self
            .pulls
            .iter()
            .any(|pull| pull["head"]["ref"] == head.as_str() && pull["state"] == "open")
        {
            return invalid(&format!("A pull request already exists for acme:{head}."));
        }
        if self
            .git(&["rev-list", "--count", &format!("{into}..{own}")])
            .as_deref()
            == Some("0")
        {
            return invalid(&format!("No commits between {base} and {head}"));
        }
        let number = self.pulls.len() + 1;
        let pull = json!({
            "number": number, "state": "open", "merged_at": null, "title": title, "body": text("body"),
            "draft": body["draft"].as_bool().unwrap_or(false), "labels": [],
            "html_url": "https://evil.example/pull",
            "head": { "ref": head, "sha": own, "label": format!("acme:{head}") }, "base": { "ref": base },
        });
        self.pulls.push(pull.clone());
        Reply::json(201, &pull)
    }
}
