//! A double of GitLab in which code is: a real repository, reverted and written by git itself, and merge requests. It refuses
//! what GitLab refuses.

use super::store::Store;
use crate::double::{Reply, Request};
use crate::git::Git;
use crate::hub::{Door, Host, Hub, bears};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use std::net::SocketAddr;

const TOKEN: &str = "glpat-writesInTheDouble";
const PROJECT: &str = "/api/v4/projects/acme%2Fshop";

pub(super) struct Code {
    pub(super) git: Git,
    pub(super) requests: Vec<Value>,
    faults: Vec<String>,
}

pub(super) type GitLab = Hub<Code>;

impl GitLab {
    pub(super) async fn start(address: SocketAddr, git: Git) -> Self {
        let code = Code {
            git,
            requests: Vec::new(),
            faults: Vec::new(),
        };
        Self::open(address, code).await
    }

    /// The part of the configuration that is about it.
    pub(super) fn settings(&self) -> String {
        let address = self.address;
        format!(
            "code:\n  lab: {{type: gitlab, url: \"http://{address}\", proxy: direct, write_token: {TOKEN}}}\n"
        )
    }
}

impl Store for Code {
    fn git(&self) -> &Git {
        &self.git
    }
}

fn refused(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({ "message": message }))
}

impl Host for Code {
    fn door(&self, request: &Request) -> Door {
        let own = request.headers.get("private-token").map(String::as_str) == Some(TOKEN);
        let agent = request.headers.get("user-agent");
        match request.path.strip_prefix(PROJECT) {
            None => Door::Wrong("404 Project Not Found"),
            Some(_) if !own && !bears(request, TOKEN) => Door::Wrong("401 Unauthorized"),
            Some(path) if agent.is_some_and(|agent| agent.starts_with("tawny/")) => {
                Door::Open(path.to_owned())
            }
            Some(_) => Door::Wrong("nobody in particular"),
        }
    }

    fn faults(&mut self) -> &mut Vec<String> {
        &mut self.faults
    }

    fn shown(&mut self, path: &str, request: &Request) -> Reply {
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        match &parts[..] {
            [] => Reply::json(200, &json!({ "id": 7, "default_branch": "main" })),
            ["merge_requests"] => {
                let branch = asked(request, "source_branch").concat();
                if asked(request, "state") != ["all"] || branch.is_empty() {
                    return self.fault(request, "closed ones are not seen like this");
                }
                let all = self.requests.iter();
                let found: Vec<&Value> = all
                    .filter(|one| one["source_branch"] == branch.as_str())
                    .collect();
                Reply::json(200, &json!(found))
            }
            ["repository", "branches", name] => {
                let name = decoded(name);
                match self.head(&name) {
                    Some(sha) => Reply::json(200, &self.branch(&name, &sha)),
                    None => refused(404, "404 Branch Not Found"),
                }
            }
            ["repository", "commits", sha] => match self.object(sha, "commit") {
                Some(_) => Reply::json(200, &self.commit(sha)),
                None => refused(404, "404 Commit Not Found"),
            },
            ["repository", "commits", sha, "diff"] => match self.object(sha, "commit") {
                Some(_) => Reply::json(200, &self.diff(sha)),
                None => refused(404, "404 Commit Not Found"),
            },
            ["repository", "merge_base"] => {
                let refs = asked(request, "refs[]");
                let [one, other] = &refs[..] else {
                    return self.fault(request, "refs is invalid");
                };
                match self.said(&["merge-base", one, other]) {
                    Some(sha) => Reply::json(200, &self.commit(&sha)),
                    None => refused(404, "404 Merge Base Not Found"),
                }
            }
            ["repository", "files", file] => {
                let (file, at) = (decoded(file), asked(request, "ref").concat());
                let mut command = self
                    .git
                    .command(&["cat-file", "blob", &format!("{at}:{file}")]);
                let out = command.output().unwrap();
                if !out.status.success() {
                    return refused(404, "404 File Not Found");
                }
                let content = STANDARD.encode(&out.stdout);
                let told = json!({ "file_path": file, "size": out.stdout.len(), "encoding": "base64", "content": content });
                Reply::json(200, &told)
            }
            ["repository", "archive.tar.gz"] => {
                let sha = asked(request, "sha").concat();
                let prefix = format!("--prefix=shop-{sha}/");
                let mut command = self
                    .git
                    .command(&["archive", "--format=tar.gz", &prefix, &sha]);
                let out = command.output().unwrap();
                if !out.status.success() {
                    return refused(404, "404 File Not Found");
                }
                let body = out.stdout;
                Reply::Http { status: 200, body }
            }
            _ => self.fault(request, "404 Not Found"),
        }
    }

    fn written(&mut self, path: &str, request: &Request, body: &Value) -> Reply {
        let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        match &parts[..] {
            ["repository", "branches"] => {
                let (branch, from) = (text("branch"), text("ref"));
                let (true, Some(sha)) = (branch.starts_with("tawny/"), self.head(&from)) else {
                    return self.fault(request, "Invalid reference name");
                };
                if self.head(&branch).is_some() {
                    return refused(400, "Branch already exists");
                }
                self.point(&branch, &sha);
                Reply::json(201, &self.branch(&branch, &sha))
            }
            ["repository", "commits", sha, "revert"] => {
                let (branch, dry) = (text("branch"), body["dry_run"] == true);
                let (Some(_), Some(head)) = (self.object(sha, "commit"), self.head(&branch)) else {
                    return refused(404, "404 Commit Not Found");
                };
                if !dry && !branch.starts_with("tawny/") {
                    return self.fault(request, "that branch is protected");
                }
                match self.reverted(sha, &head) {
                    Err(why) => Reply::json(
                        400,
                        &json!({ "message": "Sorry, we cannot revert this commit automatically.", "error_code": why }),
                    ),
                    Ok(_) if dry => Reply::json(200, &json!({ "dry_run": "success" })),
                    Ok(made) => {
                        self.point(&branch, &made);
                        Reply::json(201, &self.commit(&made))
                    }
                }
            }
            ["repository", "commits"] => self.new_commit(request, body),
            ["merge_requests"] => self.new_request(request, body),
            _ => self.fault(request, "404 Not Found"),
        }
    }
}

impl Code {
    fn head(&self, branch: &str) -> Option<String> {
        self.said(&[
            "rev-parse",
            "--verify",
            "--quiet",
            &format!("refs/heads/{branch}"),
        ])
    }

    fn point(&self, branch: &str, sha: &str) {
        self.git
            .run(&["update-ref", &format!("refs/heads/{branch}"), sha]);
    }

    fn branch(&self, name: &str, sha: &str) -> Value {
        json!({ "name": name, "protected": false, "commit": self.commit(sha) })
    }

    fn commit(&self, sha: &str) -> Value {
        let line = |form: &str| {
            self.said(&["log", "-1", &format!("--format={form}"), sha])
                .unwrap()
        };
        let parents: Vec<String> = line("%P").split_whitespace().map(str::to_owned).collect();
        json!({ "id": sha, "parent_ids": parents, "title": line("%s"), "message": line("%B") })
    }

    fn diff(&self, sha: &str) -> Value {
        let named = self
            .git
            .run(&["diff-tree", "--no-commit-id", "--name-only", "-r", sha]);
        let of = |path: &str| {
            let diff = self.git.run(&["diff", &format!("{sha}^"), sha, "--", path]);
            let hunks = diff.find("@@").map_or("", |at| &diff[at..]);
            json!({ "old_path": path, "new_path": path, "diff": hunks, "new_file": false, "renamed_file": false, "deleted_file": false })
        };
        named.lines().map(of).collect()
    }

    /// The commit that undoes another one on top of this, as git makes it; or what kind of trouble there is.
    fn reverted(&self, sha: &str, head: &str) -> Result<String, &'static str> {
        self.git.run(&["checkout", "--quiet", "--detach", head]);
        let done = self.said(&["revert", "--no-edit", sha]);
        let made = self.said(&["rev-parse", "HEAD"]).unwrap();
        let unmerged = self.said(&["ls-files", "--unmerged"]).unwrap_or_default();
        self.said(&["revert", "--abort"]);
        self.git.run(&["checkout", "--quiet", "main"]);
        match done {
            Some(_) => Ok(made),
            None if unmerged.is_empty() => Err("empty"),
            None => Err("conflict"),
        }
    }

    fn new_commit(&mut self, request: &Request, body: &Value) -> Reply {
        let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
        let (branch, start, message) = (text("branch"), text("start_sha"), text("commit_message"));
        let sound = branch.starts_with("tawny/") && !message.is_empty();
        if !sound || self.object(&start, "commit").is_none() {
            return self.fault(request, "branch, start_sha or commit_message");
        }
        if self.head(&branch).is_some() {
            let why = format!(
                "A branch called '{branch}' already exists. Switch to that branch in order to make changes"
            );
            return refused(400, &why);
        }
        self.indexed(&["read-tree", &start]);
        for action in body["actions"].as_array().cloned().unwrap_or_default() {
            let path = action["file_path"].as_str().unwrap_or_default();
            let bytes = STANDARD.decode(action["content"].as_str().unwrap_or("?"));
            let there = self.said(&["cat-file", "-e", &format!("{start}:{path}")]);
            let (Ok(bytes), Some(_), true) = (bytes, there, action["encoding"] == "base64") else {
                return refused(400, "A file with this name doesn't exist");
            };
            let blob = self.put(&["hash-object", "-w", "--stdin"], &bytes);
            self.indexed(&[
                "update-index",
                "--cacheinfo",
                &format!("100644,{blob},{path}"),
            ]);
        }
        let tree = self.indexed(&["write-tree"]);
        let made = self.put(&["commit-tree", &tree, "-p", &start], message.as_bytes());
        self.point(&branch, &made);
        Reply::json(201, &self.commit(&made))
    }

    fn new_request(&mut self, request: &Request, body: &Value) -> Reply {
        let known = [
            "source_branch",
            "target_branch",
            "title",
            "description",
            "labels",
            "remove_source_branch",
        ];
        let strange = body
            .as_object()
            .is_none_or(|body| body.keys().any(|key| !known.contains(&key.as_str())));
        let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
        let (source, title) = (text("source_branch"), text("title"));
        let there = self.head(&source).is_some() && self.head(&text("target_branch")).is_some();
        if strange || !there || title.is_empty() || title.chars().count() > 255 {
            return self.fault(request, "branches, title or an unknown field");
        }
        let same =
            |one: &&Value| one["source_branch"] == source.as_str() && one["state"] == "opened";
        if let Some(open) = self.requests.iter().find(same) {
            let why = format!(
                "Another open merge request already exists for this source branch: !{}",
                open["iid"]
            );
            return Reply::json(409, &json!({ "message": [why] }));
        }
        let mut made = body.clone();
        made["iid"] = json!(self.requests.len() + 1);
        made["state"] = json!("opened");
        made["web_url"] = json!("https://evil.example/merge");
        self.requests.push(made.clone());
        Reply::json(201, &made)
    }
}

fn decoded(part: &str) -> String {
    percent_decode_str(part).decode_utf8().unwrap().into_owned()
}

fn asked(request: &Request, name: &str) -> Vec<String> {
    url::form_urlencoded::parse(request.query.as_bytes())
        .filter(|(own, _)| own == name)
        .map(|(_, value)| value.into_owned())
        .collect()
}
