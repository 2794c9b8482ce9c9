//! Where code is kept.

use crate::reader::Reader;
use crate::shape::Shape;
use crate::value::{Value, compare_whole};
use crate::yaml::Node;
use std::fmt;
use std::path::Path;

/// A repository as its host names it: `https://host/owner/name`, `git@host:owner/name`, `owner/name`; or a folder on
/// this machine: `/srv/shop.git`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository(String);

impl Repository {
    /// Where it is on this machine: `/path/to/repository`, `file:///path/to/repository`.
    #[must_use]
    pub fn local(&self) -> Option<&Path> {
        let path = self.0.strip_prefix("file://").unwrap_or(&self.0);
        path.starts_with('/').then(|| Path::new(path))
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
        Some(Self(text))
    }

    compare_whole!();
}
