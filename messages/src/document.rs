//! A document: a report or a postmortem, before it is laid out.

use crate::model::{Fact, Link, Severity, Table};
use crate::text::Text;

/// A whole document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// How loud.
    pub severity: Severity,
    /// What it is about.
    pub title: Text,
    /// All of it in one sentence.
    pub headline: Text,
    /// Label and value.
    pub facts: Vec<Fact>,
    /// Its parts; each has a title and something below it.
    pub sections: Vec<Section>,
    /// Identity and times, small.
    pub footer: Text,
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Section {
    /// What it is about.
    pub title: Text,
    /// Sentences.
    pub body: Vec<Text>,
    /// Label and value.
    pub facts: Vec<Fact>,
    /// One under the other.
    pub items: Vec<Text>,
    /// Rows and columns; its own title is not shown.
    pub table: Option<Table>,
    /// Where to look further.
    pub links: Vec<Link>,
}

impl Section {
    pub(crate) fn new(title: Text) -> Self {
        Self {
            title,
            ..Self::default()
        }
    }

    /// Whether there is nothing below the title.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.body.is_empty()
            && self.facts.is_empty()
            && self.items.is_empty()
            && self.links.is_empty()
            && self
                .table
                .as_ref()
                .is_none_or(|table| table.rows.is_empty())
    }
}
