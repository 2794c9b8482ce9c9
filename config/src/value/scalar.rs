//! Single values: yes or no, texts, paths, numbers.

use super::{Value, compare_whole};
use crate::reader::{Reader, shown};
use crate::shape::Shape;
use crate::yaml::Node;
use std::num::NonZeroU32;
use std::path::PathBuf;

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
    u8: 0 to u8::MAX.into();
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
