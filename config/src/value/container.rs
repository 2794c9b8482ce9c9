//! Values of values: optional ones, lists, mappings by name.

use super::Value;
use crate::reader::{At, Reader, Step};
use crate::shape::Shape;
use crate::yaml::{Kind, Node};
use std::collections::{BTreeMap, BTreeSet};

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
        let names: BTreeSet<&K> = self.keys().chain(other.keys()).collect();
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
