//! Texts that must never be shown.

use crate::reader::Reader;
use crate::shape::Shape;
use crate::value::{Value, compare_whole};
use crate::yaml::{Kind, Node};
use secrecy::{ExposeSecret, SecretString};
use std::fmt;

/// What stands for a secret wherever one would be printed.
const MASK: &str = "[secret]";

/// A text that no `Debug`, `Display` or `Serialize` shows, and that is wiped when dropped.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The text, for the one place that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<Secret> for SecretString {
    fn from(secret: Secret) -> Self {
        secret.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl serde::Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(MASK)
    }
}

/// For noticing a change on reload. Not for comparing what somebody sent: use a constant-time comparison there.
impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Value for Secret {
    fn shape() -> Shape {
        Shape::Secret
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let Kind::Scalar { text, .. } = &node.kind else {
            reader.wrong_form(
                node,
                &Shape::Secret,
                "a secret: `${NAME}`, `file:PATH` or a text",
            );
            return None;
        };
        let text = match text.strip_prefix("file:") {
            Some(path) => from_file(path.trim(), node, reader)?,
            None => reader.interpolate(text, node.at)?,
        };
        if text.is_empty() {
            reader.wrong(
                node.at,
                "an empty secret",
                "a secret: `${NAME}`, `file:PATH` or a text",
            );
            return None;
        }
        Some(Self::new(text))
    }

    compare_whole!();
}

fn from_file(path: &str, node: &Node, reader: &mut Reader<'_>) -> Option<String> {
    let resolved = reader.interpolate(path, node.at)?;
    match reader.lookup.file(&reader.path(&resolved)) {
        // Editors and `echo` end a file with a line break that belongs to no password.
        Ok(text) => Some(text.trim_end_matches(['\n', '\r']).to_owned()),
        Err(error) => {
            reader.wrong(
                node.at,
                // As written: what a variable holds may be more than a path.
                format!("file `{path}` cannot be read ({})", error.kind()),
                "a file with the secret, readable by tawny",
            );
            None
        }
    }
}
