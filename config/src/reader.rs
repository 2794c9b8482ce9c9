//! The reader of a tree: where it is, what it has found wrong, and what it may look up.

use crate::error::ConfigError;
use crate::lookup::Lookup;
use crate::shape::Shape;
use crate::yaml::{Kind, Mark, Node};
use std::fmt;
use std::path::{Path, PathBuf};

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
        // Without the `.` in it, which messages would show.
        self.base.join(text).components().collect()
    }
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

pub(crate) fn shorten(text: &str) -> String {
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
