//! Structures and choices, declared once.

use super::word;
use crate::reader::{Reader, Step, shown};
use crate::shape::Shape;
use crate::yaml::{Kind, Node};

/// Declares a structure once: the type, its reader, its shape and its comparison.
///
/// A field is required unless it has a default (YAML, read like any value) or its type can be absent.
macro_rules! settings {
    ($(
        $(#[doc = $doc:literal])+
        $vis:vis struct $name:ident $(check $check:path)? {
            $( $(#[doc = $field_doc:literal])+ $field:ident : $ty:ty $(= $default:literal)?, )*
        }
    )*) => { $(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq)]
        $vis struct $name {
            $( $(#[doc = $field_doc])+ pub $field: $ty, )*
        }

        impl $crate::value::Value for $name {
            fn shape() -> $crate::shape::Shape {
                $crate::shape::Shape::Object($crate::shape::ObjectShape {
                    doc: $crate::shape::doc(&[$($doc),+]),
                    fields: vec![ $({
                        let default: Option<&'static str> = None $(.or(Some($default)))?;
                        $crate::shape::FieldShape {
                            name: stringify!($field),
                            doc: $crate::shape::doc(&[$($field_doc),+]),
                            default,
                            required: default.is_none() && <$ty>::absent().is_none(),
                            shape: <$ty>::shape(),
                        }
                    }),* ],
                })
            }

            fn read(
                node: &$crate::yaml::Node,
                reader: &mut $crate::reader::Reader<'_>,
            ) -> Option<Self> {
                let mut object = $crate::object::Object::open(node, reader, &Self::shape())?;
                $( let $field = object.field::<$ty>(
                    stringify!($field), None $(.or(Some($default)))?, concat!($($field_doc),+), reader,
                ); )*
                object.close(reader);
                let read = Self { $($field: $field?),* };
                $( $check(&read, node, reader)?; )?
                Some(read)
            }

            fn compare(
                &self,
                other: &Self,
                at: &mut $crate::reader::At,
                changed: &mut Vec<String>,
            ) {
                $(
                    at.0.push($crate::reader::Step::Field(stringify!($field).to_owned()));
                    self.$field.compare(&other.$field, at, changed);
                    at.0.pop();
                )*
            }
        }
    )* };
}
pub(crate) use settings;

/// Declares a choice by `type`; the bare word stands for a choice without further fields.
macro_rules! tagged {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$variant_doc:meta])* $variant:ident($inner:ty) = $tag:literal, )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        #[allow(clippy::large_enum_variant, reason = "a handful per process; a box would only cost readers")]
        pub enum $name {
            $( $(#[$variant_doc])* $variant($inner), )+
        }

        impl $crate::value::Value for $name {
            fn shape() -> $crate::shape::Shape {
                $crate::shape::Shape::Tagged(vec![ $(
                    ($tag, match <$inner>::shape() {
                        $crate::shape::Shape::Object(object) => object,
                        _ => $crate::shape::ObjectShape { doc: String::new(), fields: Vec::new() },
                    })
                ),+ ])
            }

            fn read(
                node: &$crate::yaml::Node,
                reader: &mut $crate::reader::Reader<'_>,
            ) -> Option<Self> {
                let (tag, rest) =
                    $crate::value::tag(node, reader, &[$($tag),+], &Self::shape())?;
                match tag {
                    $( $tag => <$inner>::read(&rest, reader).map(Self::$variant), )+
                    _ => None,
                }
            }

            fn compare(
                &self,
                other: &Self,
                at: &mut $crate::reader::At,
                changed: &mut Vec<String>,
            ) {
                #[allow(unreachable_patterns, reason = "a choice may have one form so far")]
                match (self, other) {
                    $( (Self::$variant(one), Self::$variant(two)) => one.compare(two, at, changed), )+
                    _ => changed.push(at.to_string()),
                }
            }
        }
    };
}
pub(crate) use tagged;

/// The `type` of a choice, and what is left for the chosen form.
pub(crate) fn tag<'w>(
    node: &Node,
    reader: &mut Reader<'_>,
    tags: &[&'w str],
    shape: &Shape,
) -> Option<(&'w str, Node)> {
    let listed: Vec<String> = tags.iter().map(|tag| format!("`{tag}`")).collect();
    match &node.kind {
        Kind::Scalar { text, .. } => match tags.iter().find(|tag| *tag == text) {
            Some(tag) => Some((
                tag,
                Node {
                    at: node.at,
                    kind: Kind::Nothing,
                },
            )),
            None => {
                let near = crate::near::nearest(text, tags.iter().copied());
                let found = if shape.holds_secret() {
                    "a text".to_owned()
                } else {
                    shown(node)
                };
                let expected = format!("a mapping with `type` {}", listed.join(" or "));
                reader.wrong_near(node.at, found, expected, near);
                None
            }
        },
        Kind::Map(entries) => {
            let Some(tag) = node.get("type") else {
                let step = Step::Field("type".to_owned());
                let expected = format!("one of {}", listed.join(", "));
                reader.inside(step, |reader| reader.wrong(node.at, "missing", expected));
                return None;
            };
            let tag = reader.inside(Step::Field("type".to_owned()), |reader| {
                word(tag, reader, tags)
            })?;
            let rest = entries
                .iter()
                .filter(|entry| entry.key != "type")
                .cloned()
                .collect();
            Some((
                tag,
                Node {
                    at: node.at,
                    kind: Kind::Map(rest),
                },
            ))
        }
        Kind::Nothing | Kind::List(_) => {
            reader.wrong_form(
                node,
                shape,
                format!("a mapping with `type` {}", listed.join(" or ")),
            );
            None
        }
    }
}
