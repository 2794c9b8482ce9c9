//! Files in PEM: certificates and keys. What is in them is read with the configuration, so that a missing one is an
//! error with its line, and a renewed one is a change.

use crate::reader::{Reader, shown};
use crate::shape::Shape;
use crate::text::Secret;
use crate::value::{Value, compare_whole};
use crate::yaml::Node;
use std::path::{Path, PathBuf};

/// A file in PEM with what is in it. The content is never shown.
#[derive(Debug, Clone, PartialEq)]
pub struct PemFile {
    path: PathBuf,
    content: Secret,
}

impl PemFile {
    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is in it, for the one place that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.content.expose()
    }
}

impl Value for PemFile {
    fn shape() -> Shape {
        Shape::Text("path of a PEM file")
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let text = String::read(node, reader)?;
        if text.contains("-----BEGIN") {
            // A key in the place of its path must not be repeated.
            reader.wrong(
                node.at,
                "what belongs into a file",
                "the path of a PEM file",
            );
            return None;
        }
        // The same word as everywhere else, where it does no harm.
        let path = reader.path(text.strip_prefix("file:").unwrap_or(&text));
        match reader.lookup.file(&path) {
            Ok(content) if content.contains("-----BEGIN ") => Some(Self {
                path,
                content: Secret::new(content),
            }),
            Ok(_) => {
                reader.wrong(
                    node.at,
                    shown(node),
                    "a file in PEM (`-----BEGIN ...-----`)",
                );
                None
            }
            Err(error) => {
                let found = format!("{} cannot be read ({})", shown(node), error.kind());
                reader.wrong(node.at, found, "a PEM file, readable by tawny");
                None
            }
        }
    }

    compare_whole!();
}
