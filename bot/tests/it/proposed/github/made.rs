//! What is made at the double: trees, commits, branches and requests.

use super::Code;
use crate::double::{Reply, Request};
use crate::hub::{Host, refusal};
use crate::proposed::store::Store;
use serde_json::{Value, json};

fn invalid(message: &str) -> Reply {
    Reply::json(
        422,
        &json!({ "message": "Validation Failed", "errors": [{ "resource": "PullRequest", "code": "custom", "message": message }] }),
    )
}

impl Code {
    pub(super) fn new_tree(&mut self, request: &Request, body: &Value) -> Reply {
        let base = body["base_tree"].as_str().unwrap_or_default();
        if self.object(base, "tree").is_none() {
            return self.fault(request, "base_tree is not a valid tree oid");
        }
        self.indexed(&["read-tree", base]);
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
                    let there = self.said(&["cat-file", "-e", &format!("{base}:{path}")]);
                    if there.is_none() {
                        return self.fault(request, "GitRPC::BadObjectState");
                    }
                    self.indexed(&["update-index", "--force-remove", path]);
                }
                Some(sha) => {
                    if self.object(sha, "blob").is_none() {
                        return self.fault(request, "tree.sha is not a valid blob");
                    }
                    self.indexed(&[
                        "update-index",
                        "--add",
                        "--cacheinfo",
                        &format!("{mode},{sha},{path}"),
                    ]);
                }
                _ => return self.fault(request, "tree.sha"),
            }
        }
        let tree = self.indexed(&["write-tree"]);
        Reply::json(201, &self.tree(&tree))
    }

    pub(super) fn new_commit(&mut self, request: &Request, body: &Value) -> Reply {
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

    pub(super) fn new_ref(&mut self, request: &Request, body: &Value) -> Reply {
        let (name, sha) = (
            body["ref"].as_str().unwrap_or_default(),
            body["sha"].as_str().unwrap_or_default(),
        );
        if !name.starts_with("refs/heads/tawny/") || self.object(sha, "commit").is_none() {
            return self.fault(request, "Reference name or object does not exist");
        }
        if self
            .said(&["rev-parse", "--verify", "--quiet", name])
            .is_some()
        {
            return refusal(422, "Reference already exists");
        }
        self.said(&["update-ref", name, sha]).unwrap();
        Reply::json(
            201,
            &json!({ "ref": name, "object": { "type": "commit", "sha": sha } }),
        )
    }

    pub(super) fn new_pull(&mut self, request: &Request, body: &Value) -> Reply {
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
            self.said(&["rev-parse", "--verify", "--quiet", &branch]),
            self.said(&["rev-parse", "--verify", "--quiet", &base_ref]),
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
            .said(&["rev-list", "--count", &format!("{into}..{own}")])
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
