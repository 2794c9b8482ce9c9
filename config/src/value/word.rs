//! Words and names: texts of which only some are right.

use crate::reader::{Reader, shown};
use crate::yaml::Node;

/// Declares the words of an enum, its own or the domain's.
macro_rules! words {
    ($type:ty { $( $word:literal => $variant:path, $doc:literal; )+ }) => {
        impl $crate::value::Value for $type {
            fn shape() -> $crate::shape::Shape {
                $crate::shape::Shape::Words(vec![$( ($word, $doc) ),+])
            }

            fn read(
                node: &$crate::yaml::Node,
                reader: &mut $crate::reader::Reader<'_>,
            ) -> Option<Self> {
                match $crate::value::word(node, reader, &[$($word),+])? {
                    $( $word => Some($variant), )+
                    _ => None,
                }
            }

            $crate::value::compare_whole!();
        }
    };
}
pub(crate) use words;

/// Reads one of some words.
pub(crate) fn word<'w>(node: &Node, reader: &mut Reader<'_>, words: &[&'w str]) -> Option<&'w str> {
    let listed: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    let expected = format!("one of {}", listed.join(", "));
    let text = reader.text(node, &expected)?;
    let found = words.iter().find(|word| **word == text);
    if found.is_none() {
        let near = crate::near::nearest(&text, words.iter().copied());
        reader.wrong_near(node.at, shown(node), expected, near);
    }
    found.copied()
}

/// Declares a domain name that checks itself.
macro_rules! checked_name {
    ($($type:ty: $name:literal;)+) => { $(
        impl $crate::value::Value for $type {
            fn shape() -> $crate::shape::Shape {
                $crate::shape::Shape::Text($name)
            }

            fn read(
                node: &$crate::yaml::Node,
                reader: &mut $crate::reader::Reader<'_>,
            ) -> Option<Self> {
                let text = reader.verbatim(node, $name)?;
                match <$type>::new(text) {
                    Ok(name) => Some(name),
                    Err(bad) => {
                        reader.wrong_value(node, format!("{} of {}", $name, bad.expected));
                        None
                    }
                }
            }

            $crate::value::compare_whole!();
        }
    )+ };
}
pub(crate) use checked_name;
