//! Mappings with known fields.

use crate::near::nearest;
use crate::reader::{Reader, Step, shorten};
use crate::shape::Shape;
use crate::value::Value;
use crate::yaml::{Kind, Mark, Node};

/// An object whose fields are being taken.
pub(crate) struct Object<'n> {
    node: &'n Node,
    known: Vec<&'static str>,
    /// Required fields that are not there, with the index of the error that says so.
    missing: Vec<(&'static str, usize)>,
}

impl<'n> Object<'n> {
    /// Opens a mapping; an absent one counts as empty, so that every field takes its default.
    pub(crate) fn open(node: &'n Node, reader: &mut Reader<'_>, shape: &Shape) -> Option<Self> {
        match &node.kind {
            Kind::Map(_) | Kind::Nothing => Some(Self {
                node,
                known: Vec::new(),
                missing: Vec::new(),
            }),
            Kind::Scalar { .. } | Kind::List(_) => {
                reader.wrong_form(node, shape, "a mapping of fields");
                None
            }
        }
    }

    /// Reads one field, or its default, or records that it is missing.
    pub(crate) fn field<T: Value>(
        &mut self,
        name: &'static str,
        default: Option<&'static str>,
        doc: &str,
        reader: &mut Reader<'_>,
    ) -> Option<T> {
        self.known.push(name);
        let written = self
            .node
            .get(name)
            .filter(|value| value.kind != Kind::Nothing);
        reader.inside(Step::Field(name.to_owned()), |reader| {
            match (written, default) {
                (Some(value), _) => return T::read(value, reader),
                (None, Some(default)) => return read_default(default, self.node.at, reader),
                (None, None) => {}
            }
            T::absent().or_else(|| {
                self.missing.push((name, reader.errors.len()));
                let expected = format!("{} ({})", T::shape().name(), in_a_sentence(doc));
                reader.wrong(self.node.at, "missing", expected);
                None
            })
        })
    }

    /// Records every field that nobody asked for.
    pub(crate) fn close(self, reader: &mut Reader<'_>) {
        let mut misspelt = Vec::new();
        for entry in self.node.entries() {
            if self.known.contains(&entry.key.as_str()) {
                continue;
            }
            let near = nearest(&entry.key, self.known.iter().copied());
            misspelt.extend(near.clone());
            let expected = match self.known.as_slice() {
                _ if crate::import::UNDERSTOOD.contains(&entry.key.as_str()) => {
                    "a configuration of tawny: `tawny import FILE` converts such a file".to_owned()
                }
                [] => "no further field".to_owned(),
                known => format!("one of {}", known.join(", ")),
            };
            reader.inside(Step::Field(entry.key.clone()), |reader| {
                let found = format!("unknown field `{}`", shorten(&entry.key));
                reader.wrong_near(entry.at, found, expected, near);
            });
        }
        // A required field that is there under a misspelt name is one mistake, not two.
        for (name, index) in self.missing.iter().rev() {
            if misspelt.iter().any(|near| near == name) {
                reader.errors.remove(*index);
            }
        }
    }
}

/// A sentence without its capital and its full stop; a name such as `SHA-256` keeps its capitals.
fn in_a_sentence(doc: &str) -> String {
    let text = doc.trim().trim_end_matches('.');
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            let rest = text.get(first.len_utf8()..).unwrap_or_default();
            first.to_lowercase().chain(rest.chars()).collect()
        }
        _ => text.to_owned(),
    }
}

// A default is read by the same function as a written value: what the table says is what happens.
fn read_default<T: Value>(default: &str, at: Mark, reader: &mut Reader<'_>) -> Option<T> {
    let (node, _) = crate::yaml::parse(default);
    let mut node = node?;
    node.at = at;
    T::read(&node, reader)
}
