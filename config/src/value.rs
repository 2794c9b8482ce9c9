//! What can stand in a field: read from a node, described as a shape, compared with another.

use crate::reader::{At, Reader, Step, shown};
use crate::shape::Shape;
use crate::yaml::{Kind, Node};
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::PathBuf;

/// A type that the configuration can hold.
pub(crate) trait Value: Sized {
    /// What it looks like.
    fn shape() -> Shape;

    /// Reads it; none after recording every error found on the way.
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self>;

    /// What stands for a field that is not there and has no default; none where it is required.
    fn absent() -> Option<Self> {
        None
    }

    /// Adds the paths at which two values differ.
    fn compare(&self, other: &Self, at: &mut At, changed: &mut Vec<String>);
}

/// Implements `compare` for a type without parts.
macro_rules! compare_whole {
    () => {
        fn compare(&self, other: &Self, at: &mut $crate::reader::At, changed: &mut Vec<String>) {
            if self != other {
                changed.push(at.to_string());
            }
        }
    };
}
pub(crate) use compare_whole;

impl Value for bool {
    fn shape() -> Shape {
        Shape::Bool
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match node.text() {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => {
                reader.wrong_value(node, "`true` or `false`");
                None
            }
        }
    }

    compare_whole!();
}

impl Value for String {
    fn shape() -> Shape {
        Shape::Text("text")
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.text(node, "a text")?;
        if text.trim().is_empty() {
            reader.wrong_value(node, "a text that is not empty");
            return None;
        }
        Some(text)
    }

    compare_whole!();
}

impl Value for PathBuf {
    fn shape() -> Shape {
        Shape::Text("path")
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let text = String::read(node, reader)?;
        Some(reader.path(&text))
    }

    compare_whole!();
}

impl<T: Value + PartialEq> Value for Option<T> {
    fn shape() -> Shape {
        T::shape()
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        T::read(node, reader).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn compare(&self, other: &Self, at: &mut At, changed: &mut Vec<String>) {
        match (self, other) {
            (Some(one), Some(two)) => one.compare(two, at, changed),
            (None, None) => {}
            _ => changed.push(at.to_string()),
        }
    }
}

impl<T: Value + PartialEq> Value for Vec<T> {
    fn shape() -> Shape {
        Shape::List(Box::new(T::shape()))
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let Kind::List(items) = &node.kind else {
            reader.wrong_form(node, &Self::shape(), "a list (`- ...`)");
            return None;
        };
        let read: Vec<Option<T>> = items
            .iter()
            .enumerate()
            .map(|(index, item)| reader.inside(Step::Item(index), |reader| T::read(item, reader)))
            .collect();
        read.into_iter().collect()
    }

    fn compare(&self, other: &Self, at: &mut At, changed: &mut Vec<String>) {
        for (index, (one, two)) in self.iter().zip(other).enumerate() {
            at.0.push(Step::Item(index));
            one.compare(two, at, changed);
            at.0.pop();
        }
        for index in self.len().min(other.len())..self.len().max(other.len()) {
            at.0.push(Step::Item(index));
            changed.push(at.to_string());
            at.0.pop();
        }
    }
}

impl<K: Value + Ord, T: Value + PartialEq> Value for BTreeMap<K, T>
where
    K: std::fmt::Display,
{
    fn shape() -> Shape {
        Shape::Map(Box::new(T::shape()))
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let Kind::Map(entries) = &node.kind else {
            reader.wrong_form(node, &Self::shape(), "a mapping of names (`name: value`)");
            return None;
        };
        let mut read = BTreeMap::new();
        let mut complete = true;
        for entry in entries {
            let name = Node {
                at: entry.at,
                kind: Kind::Scalar {
                    text: entry.key.clone(),
                    plain: false,
                },
            };
            let pair = reader.inside(Step::Field(entry.key.clone()), |reader| {
                let key = K::read(&name, reader);
                let value = T::read(&entry.value, reader);
                key.zip(value)
            });
            match pair {
                Some((key, value)) => {
                    read.insert(key, value);
                }
                None => complete = false,
            }
        }
        complete.then_some(read)
    }

    fn compare(&self, other: &Self, at: &mut At, changed: &mut Vec<String>) {
        let names: std::collections::BTreeSet<&K> = self.keys().chain(other.keys()).collect();
        for name in names {
            at.0.push(Step::Field(name.to_string()));
            match (self.get(name), other.get(name)) {
                (Some(one), Some(two)) => one.compare(two, at, changed),
                _ => changed.push(at.to_string()),
            }
            at.0.pop();
        }
    }
}

impl Value for f64 {
    fn shape() -> Shape {
        Shape::Number {
            min: 0.0,
            max: f64::MAX,
        }
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        number(node, reader, 0.0, f64::MAX)
    }

    compare_whole!();
}

/// Reads a whole number within bounds.
pub(crate) fn integer(node: &Node, reader: &mut Reader<'_>, min: u64, max: u64) -> Option<u64> {
    let expected = format!("a whole number from {min} to {max}");
    let text = reader.text(node, &expected)?;
    match text.parse::<u64>() {
        Ok(number) if (min..=max).contains(&number) => Some(number),
        _ => {
            reader.wrong(node.at, shown(node), expected);
            None
        }
    }
}

/// Reads a finite number within bounds.
pub(crate) fn number(node: &Node, reader: &mut Reader<'_>, min: f64, max: f64) -> Option<f64> {
    let expected = if max == f64::MAX {
        format!("a number of at least {min}")
    } else {
        format!("a number from {min} to {max}")
    };
    let text = reader.text(node, &expected)?;
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && (min..=max).contains(&number) => Some(number),
        _ => {
            reader.wrong(node.at, shown(node), expected);
            None
        }
    }
}

/// Declares number types with the bounds that they bring.
macro_rules! whole_numbers {
    ($($type:ty: $min:literal to $max:expr;)+) => { $(
        impl Value for $type {
            fn shape() -> Shape {
                Shape::Integer { min: $min, max: $max }
            }

            fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
                integer(node, reader, $min, $max).and_then(|number| Self::try_from(number).ok())
            }

            compare_whole!();
        }
    )+ };
}

whole_numbers! {
    u16: 0 to u16::MAX.into();
    u32: 0 to u32::MAX.into();
    u64: 0 to u64::MAX;
}

impl Value for NonZeroU32 {
    fn shape() -> Shape {
        Shape::Integer {
            min: 1,
            max: u32::MAX.into(),
        }
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        integer(node, reader, 1, u32::MAX.into())
            .and_then(|number| u32::try_from(number).ok())
            .and_then(Self::new)
    }

    compare_whole!();
}

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
        let near = crate::reader::nearest(&text, words.iter().copied());
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
                let mut object = $crate::reader::Object::open(node, reader, &Self::shape())?;
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
                let near = crate::reader::nearest(text, tags.iter().copied());
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
