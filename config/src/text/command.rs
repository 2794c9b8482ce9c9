//! Texts that are handed on as they are: `${NAME}` in them belongs to the shell.

use crate::reader::Reader;
use crate::shape::Shape;
use crate::value::{Value, compare_whole};
use crate::yaml::{Kind, Node};
use std::fmt;

macro_rules! verbatim {
    ($(#[$doc:meta])* $name:ident, $shape:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// The text, exactly as written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Value for $name {
            fn shape() -> Shape {
                Shape::Text($shape)
            }

            fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
                match &node.kind {
                    Kind::Scalar { text, .. } if !text.trim().is_empty() => Some(Self(text.clone())),
                    _ => {
                        reader.wrong_value(node, concat!("a ", $shape));
                        None
                    }
                }
            }

            compare_whole!();
        }
    };
}

verbatim!(
    /// A command line. `${NAME}` in it is left to the shell, which knows the instance's own variables.
    Command, "command"
);
verbatim!(
    /// A query in the language of the metrics source.
    Query, "query"
);
