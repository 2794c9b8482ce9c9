//! The reader of a tree: where it is, what it has found wrong, and what it may look up.

use crate::error::ConfigError;
use crate::lookup::Lookup;
use crate::shape::Shape;
use crate::value::Value;
use crate::yaml::{Kind, Mark, Node};
use std::fmt;
use std::path::{Path, PathBuf};

/// How alike two names must be before one is offered for the other, 0 to 1.
const NEAR: f64 = 0.75;
/// Characters of an offending value that are shown.
const SHOWN: usize = 80;

/// A step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Field(String),
    Item(usize),
}

/// Where in the document: `services[1].pacing.batch`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct At(pub(crate) Vec<Step>);

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            match step {
                Step::Field(name) if index == 0 => f.write_str(name)?,
                Step::Field(name) => write!(f, ".{name}")?,
                Step::Item(number) => write!(f, "[{number}]")?,
            }
        }
        Ok(())
    }
}

/// Carries what every reading function needs.
pub(crate) struct Reader<'a> {
    pub(crate) file: &'a str,
    pub(crate) base: &'a Path,
    pub(crate) lookup: &'a Lookup,
    pub(crate) at: At,
    pub(crate) errors: Vec<ConfigError>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(file: &'a str, base: &'a Path, lookup: &'a Lookup) -> Self {
        Self {
            file,
            base,
            lookup,
            at: At::default(),
            errors: Vec::new(),
        }
    }

    /// Does something one step deeper.
    pub(crate) fn inside<T>(&mut self, step: Step, act: impl FnOnce(&mut Self) -> T) -> T {
        self.at.0.push(step);
        let done = act(self);
        self.at.0.pop();
        done
    }

    /// Records that something is wrong here.
    pub(crate) fn wrong(
        &mut self,
        at: Mark,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) {
        self.wrong_near(at, found, expected, None);
    }

    /// The same, with a name to offer.
    pub(crate) fn wrong_near(
        &mut self,
        at: Mark,
        found: impl Into<String>,
        expected: impl Into<String>,
        near: Option<String>,
    ) {
        self.errors.push(ConfigError {
            file: self.file.to_owned(),
            line: at.line,
            column: at.column,
            path: self.at.to_string(),
            found: found.into(),
            expected: expected.into(),
            near,
        });
    }

    /// Records that the value of this node is wrong, and shows it.
    pub(crate) fn wrong_value(&mut self, node: &Node, expected: impl Into<String>) {
        self.wrong(node.at, shown(node), expected);
    }

    /// Records that the value of this node is wrong, and shows it only if no secret can stand here.
    pub(crate) fn wrong_form(&mut self, node: &Node, shape: &Shape, expected: impl Into<String>) {
        let found = if shape.holds_secret() {
            form(node).to_owned()
        } else {
            shown(node)
        };
        self.wrong(node.at, found, expected);
    }

    /// The text of a scalar with each `${NAME}` replaced; none, with the error recorded, otherwise.
    pub(crate) fn text(&mut self, node: &Node, expected: &str) -> Option<String> {
        let Kind::Scalar { text, .. } = &node.kind else {
            self.wrong_value(node, expected);
            return None;
        };
        self.interpolate(text, node.at)
    }

    /// The text of a scalar as it is written: for names, which other places repeat.
    pub(crate) fn verbatim(&mut self, node: &Node, expected: &str) -> Option<String> {
        let text = node.text().map(str::to_owned);
        if text.is_none() {
            self.wrong_value(node, expected);
        }
        text
    }

    /// Replaces `${NAME}`; `$${` stands for `${`.
    pub(crate) fn interpolate(&mut self, text: &str, at: Mark) -> Option<String> {
        let mut out = String::new();
        let mut rest = text;
        let mut complete = true;
        while let Some(start) = rest.find("${") {
            let before = rest.get(..start).unwrap_or_default();
            let after = rest.get(start + 2..).unwrap_or_default();
            if let Some(escaped) = before.strip_suffix('$') {
                out.push_str(escaped);
                out.push_str("${");
                rest = after;
                continue;
            }
            out.push_str(before);
            let Some((name, tail)) = after.split_once('}') else {
                self.wrong(
                    at,
                    "`${` without `}`",
                    "`${NAME}`, or `$${` for the characters themselves",
                );
                return None;
            };
            rest = tail;
            match self.variable(name, at) {
                Some(value) => out.push_str(&value),
                None => complete = false,
            }
        }
        out.push_str(rest);
        complete.then_some(out)
    }

    fn variable(&mut self, name: &str, at: Mark) -> Option<String> {
        let named = !name.is_empty()
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !named {
            // The text between the braces may be a misplaced secret, so it is not repeated.
            self.wrong(
                at,
                "`${...}` that names no variable",
                "letters, digits and `_` between the braces",
            );
            return None;
        }
        match self.lookup.variable(name) {
            Some(value) if !value.is_empty() => Some(value),
            Some(_) => {
                self.wrong(
                    at,
                    format!("environment variable `{name}` is empty"),
                    "a value: set it where tawny is started",
                );
                None
            }
            None => {
                self.wrong(
                    at,
                    format!("environment variable `{name}` is not set"),
                    "it in the environment of tawny, or another name",
                );
                None
            }
        }
    }

    /// A path as written, made absolute against the directory of the configuration.
    pub(crate) fn path(&self, text: &str) -> PathBuf {
        self.base.join(text)
    }
}

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

/// The known name that looks most like this one: a slip of one key, or alike on the whole.
pub(crate) fn nearest<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<String> {
    let wanted = name.to_lowercase();
    known
        .filter(|candidate| *candidate != name)
        .map(|candidate| {
            let lower = candidate.to_lowercase();
            let slip = wanted.len() > 2 && strsim::damerau_levenshtein(&wanted, &lower) == 1;
            let likeness = strsim::normalized_damerau_levenshtein(&wanted, &lower)
                .max(strsim::jaro_winkler(&wanted, &lower) - 0.1);
            (candidate, if slip { likeness.max(NEAR) } else { likeness })
        })
        .filter(|(_, likeness)| *likeness >= NEAR)
        .max_by(|(_, a), (_, b)| a.total_cmp(b))
        .map(|(candidate, _)| candidate.to_owned())
}

/// A value as an error shows it: as written, before any `${NAME}` is replaced.
pub(crate) fn shown(node: &Node) -> String {
    match &node.kind {
        Kind::Scalar { text, .. } => format!("`{}`", shorten(text)),
        _ => form(node).to_owned(),
    }
}

fn form(node: &Node) -> &'static str {
    match node.kind {
        Kind::Nothing => "nothing",
        Kind::Scalar { .. } => "a text",
        Kind::List(_) => "a list",
        Kind::Map(_) => "a mapping",
    }
}

fn shorten(text: &str) -> String {
    let line = text.replace(['\n', '\r', '\t'], " ");
    let mut short: String = line
        .chars()
        .filter(|c| !c.is_control())
        .take(SHOWN)
        .collect();
    if line.chars().count() > SHOWN {
        short.push_str("...");
    }
    short
}
