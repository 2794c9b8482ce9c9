//! How something outside is reached.

use crate::reader::Reader;
use crate::shape::Shape;
use crate::text::Secret;
use crate::value::{Value, compare_whole};
use crate::yaml::Node;

/// Directly, or through a proxy.
#[derive(Debug, Clone, PartialEq)]
pub enum Proxy {
    /// As `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` say; never to this machine itself.
    Environment,
    /// Directly, whatever the environment says.
    Direct,
    /// Through this one.
    Through(Secret),
}

impl Value for Proxy {
    fn shape() -> Shape {
        Shape::Secret
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let secret = Secret::read(node, reader)?;
        match secret.expose() {
            "environment" => return Some(Self::Environment),
            "direct" => return Some(Self::Direct),
            _ => {}
        }
        let fits = url::Url::parse(secret.expose()).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.has_host()
                && matches!(url.path(), "" | "/")
                && url.query().is_none()
                && url.fragment().is_none()
        });
        if !fits {
            reader.wrong(
                node.at,
                "another text",
                "`environment`, `direct` or `http://[user:password@]host:port`",
            );
            return None;
        }
        Some(Self::Through(secret))
    }

    compare_whole!();
}
