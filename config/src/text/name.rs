//! Names that only the configuration knows: of sources, tokens, webhooks.

use crate::reader::Reader;
use crate::shape::Shape;
use crate::value::{Value, checked_name, compare_whole};
use crate::yaml::Node;
use guard::ids::{Environment, InstanceId, PersonId, ServiceName, SignalKey, Version};
use std::fmt;

/// A name within the configuration: 1-63 letters, digits, `-`, `_` or `.`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Value for Name {
    fn shape() -> Shape {
        Shape::Text("name")
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let expected =
            "a name of 1-63 letters, digits, `-`, `_` or `.`, starting with a letter or digit";
        let text = reader.verbatim(node, expected)?;
        let fits = text.len() <= 63
            && text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
        if !fits {
            reader.wrong_value(node, expected);
        }
        fits.then_some(Self(text))
    }

    compare_whole!();
}

checked_name! {
    ServiceName: "service name";
    Environment: "environment";
    InstanceId: "instance";
    SignalKey: "signal";
    Version: "version";
    PersonId: "person";
}
