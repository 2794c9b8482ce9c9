//! A double of GitHub in which code is: a real repository behind the Git data API, and requests. It refuses what GitHub
//! refuses.

mod made;

use super::store::Store;
use crate::double::{Reply, Request};
use crate::git::Git;
use crate::hub::{Door, Host, Hub, PREFIX, bears, refusal, to_github};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::net::SocketAddr;

pub(crate) const TOKEN: &str = "ghp_writesInTheDouble";

pub(crate) struct Code {
    pub(crate) git: Git,
    pub(crate) pulls: Vec<Value>,
    faults: Vec<String>,
}

pub(crate) type GitHub = Hub<Code>;

impl GitHub {
    pub(crate) async fn start(address: SocketAddr, git: Git) -> Self {
        let code = Code {
            git,
            pulls: Vec::new(),
            faults: Vec::new(),
        };
        Self::open(address, code).await
    }

    /// The part of the configuration that is about it.
    pub(crate) fn settings(&self, more: &str) -> String {
        let address = self.address;
        format!(
            "code:\n  hub: {{type: github, url: \"http://{address}\", api_url: \"http://{address}{PREFIX}\", proxy: direct, {more}}}\n"
        )
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Store for Code {
    fn git(&self) -> &Git {
        &self.git
    }
}

impl Host for Code {
    fn door(&self, request: &Request) -> Door {
        if request.path.starts_with("/codeload/") {
            return self.handed_out(request);
        }
        let path = to_github(request).and_then(|path| path.strip_prefix("/repos/acme/shop"));
        match path {
            None => Door::Wrong("headers or path"),
            Some(_) if !bears(request, TOKEN) => Door::Wrong("Bad credentials"),
            Some(path) => Door::Open(path.to_owned()),
        }
    }

    fn faults(&mut self) -> &mut Vec<String> {
        &mut self.faults
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
                match self.said(&["rev-parse", "--verify", "--quiet", &branch]) {
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
            ["commits", sha] => match self.said(&[
                "rev-parse",
                "--verify",
                "--quiet",
                &format!("{sha}^{{commit}}"),
            ]) {
                Some(sha) => Reply::json(200, &self.commit(&sha)),
                None => refusal(422, &format!("No commit found for SHA: {sha}")),
            },
            ["tarball", sha] => {
                let host = &request.headers["host"];
                Reply::Elsewhere(format!("http://{host}/codeload/{sha}?token=once"))
            }
            ["compare", both] => self.compared(both),
            _ => self.fault(request, "Not Found"),
        }
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
}

impl Code {
    /// The code as one archive, without anybody's credentials.
    fn handed_out(&self, request: &Request) -> Door {
        if request.headers.contains_key("authorization") || request.query != "token=once" {
            return Door::Wrong("credentials that are nobody's business there");
        }
        let sha = request.path.rsplit('/').next().unwrap();
        let prefix = "--prefix=acme-shop-0123456/";
        let mut command = self
            .git
            .command(&["archive", "--format=tar.gz", prefix, sha]);
        let body = command.output().unwrap().stdout;
        Door::Answered(Reply::Http { status: 200, body })
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
            .said(&["rev-parse", &format!("{sha}^{{tree}}")])
            .unwrap();
        let message = self.said(&["log", "-1", "--format=%B", sha]).unwrap();
        json!({ "sha": sha, "message": message, "tree": { "sha": tree }, "parents": self.parents(sha) })
    }

    fn parents(&self, sha: &str) -> Vec<Value> {
        let parents = self.said(&["log", "-1", "--format=%P", sha]).unwrap();
        parents
            .split_whitespace()
            .map(|sha| json!({ "sha": sha }))
            .collect()
    }

    fn tree(&self, sha: &str) -> Value {
        let listed = self.said(&["ls-tree", sha]).unwrap();
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
            .said(&["diff", "--raw", "-M", "--name-status", from, to])
            .unwrap();
        let files = listed.lines().map(|line| {
            let parts: Vec<&str> = line.split('\t').collect();
            let status = match parts[0].chars().next().unwrap() {
                'A' => "added",
                'D' => "removed",
                'R' => "renamed",
                _ => "modified",
            };
            let path = parts[parts.len() - 1];
            let diff = self.said(&["diff", from, to, "--", path]).unwrap();
            let mut file = json!({ "filename": path, "status": status });
            if let Some(at) = diff.find("@@") {
                file["patch"] = json!(diff[at..]);
            }
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
        let base = self.said(&["merge-base", from, to]);
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
}
