//! What can stand in a field: read from a node, described as a shape, compared with another.

mod container;
mod declare;
mod scalar;
mod word;

pub(crate) use declare::{settings, tag, tagged};
pub(crate) use scalar::integer;
pub(crate) use word::{checked_name, word, words};

use crate::reader::{At, Reader};
use crate::shape::Shape;
use crate::yaml::Node;

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
