//! Paths on an instance.

use crate::reader::Reader;
use crate::shape::Shape;
use crate::value::{Value, compare_whole};
use crate::yaml::Node;
use std::fmt;

/// The path of a URL: `/healthz`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlPath(String);

impl UrlPath {
    /// The text, with its leading slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UrlPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Value for UrlPath {
    fn shape() -> Shape {
        Shape::Text("URL path")
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let expected = "a path on the instance that starts with `/`, such as `/healthz`";
        let text = reader.text(node, expected)?;
        let fits = text.starts_with('/') && !text.contains(char::is_whitespace);
        if !fits {
            reader.wrong_value(node, expected);
        }
        fits.then_some(Self(text))
    }

    compare_whole!();
}
