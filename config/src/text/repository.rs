//! Where code is kept.

use crate::reader::Reader;
use crate::shape::Shape;
use crate::value::{Value, compare_whole};
use crate::yaml::Node;
use std::fmt;
use std::path::Path;

/// A repository as its host names it: `github:owner/name`, `gitlab:group/name`, `https://host/owner/name`,
/// `git@host:owner/name`, `owner/name`; or a folder on this machine: `/srv/shop.git`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository(String);

impl Repository {
    /// Where it is on this machine: `/path/to/repository`, `file:///path/to/repository`.
    #[must_use]
    pub fn local(&self) -> Option<&Path> {
        let path = self.0.strip_prefix("file://").unwrap_or(&self.0);
        path.starts_with('/').then(|| Path::new(path))
    }

    /// The kind of host and the path there: `github:owner/name`, `gitlab:group/subgroup/name`.
    #[must_use]
    pub fn short(&self) -> Option<(&'static str, &str)> {
        short(&self.0)
    }

    /// The path of the repository below the address of a host, without `.git`: `owner/name`.
    #[must_use]
    pub fn below(&self, host: &str) -> Option<&str> {
        let path = self.0.strip_prefix(host)?.strip_prefix('/')?;
        let path = path.trim_end_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        is_path(path).then_some(path)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Value for Repository {
    fn shape() -> Shape {
        Shape::Text("repository")
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let text = String::read(node, reader)?;
        // `git@host` is a habit and no secret; any other user name before an `@` may be a token.
        let credentials = text
            .split_once("://")
            .and_then(|(_, rest)| rest.split_once('@'))
            .is_some_and(|(user, _)| user != "git");
        if credentials {
            reader.wrong(
                node.at,
                "a URL with credentials",
                "a repository without `user:password@`, which would be shown",
            );
            return None;
        }
        if let Some((kind, path)) = short(&text) {
            let parts = path.split('/').count();
            if !is_path(path) || (kind == "github" && parts != 2) {
                reader.wrong_value(node, "`github:owner/name` or `gitlab:group/name`");
                return None;
            }
        }
        Some(Self(text))
    }

    compare_whole!();
}

fn short(text: &str) -> Option<(&'static str, &str)> {
    let of = |kind: &'static str| Some((kind, text.strip_prefix(kind)?.strip_prefix(':')?));
    of("github").or_else(|| of("gitlab"))
}

/// Two names or more, each of letters, digits and `.`, `-`, `_`.
fn is_path(path: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let name =
        |part: &str| !part.is_empty() && !matches!(part, "." | "..") && part.chars().all(plain);
    path.contains('/') && path.split('/').all(name)
}
