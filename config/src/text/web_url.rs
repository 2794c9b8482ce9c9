//! Addresses of web services.

use crate::reader::{Reader, shown};
use crate::shape::Shape;
use crate::value::{Value, compare_whole};
use crate::yaml::Node;
use std::fmt;
use url::Url;

const EXPECTED: &str = "a URL such as `http://127.0.0.1:9090` or `https://host/prefix`";

/// An `http://` or `https://` URL without credentials, shown without its last slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebUrl(Url);

impl WebUrl {
    /// The text without a slash at its end, ready for `format!("{url}/path")`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// The parsed form.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// `host:port`, the port always said; the `instance` label that Prometheus gives a target there.
    #[must_use]
    pub fn host_and_port(&self) -> Option<String> {
        let port = self.0.port_or_known_default()?;
        Some(format!("{}:{port}", self.0.host_str()?))
    }
}

impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Value for WebUrl {
    fn shape() -> Shape {
        Shape::Text("URL")
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.text(node, EXPECTED)?;
        let url = Url::parse(&text)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        match url {
            Some(url) if url.username().is_empty() && url.password().is_none() => Some(Self(url)),
            Some(_) => {
                reader.wrong(
                    node.at,
                    "a URL with credentials",
                    "a URL without `user:password@`, which would be shown; put them into the fields for them",
                );
                None
            }
            // What fails to parse may still carry credentials.
            None if text.contains('@') => {
                reader.wrong(node.at, "no URL", EXPECTED);
                None
            }
            None => {
                reader.wrong(node.at, shown(node), EXPECTED);
                None
            }
        }
    }

    compare_whole!();
}
