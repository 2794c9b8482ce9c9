//! Text in which one's own words and foreign ones stay apart.

use crate::foreign::Foreign;
use crate::spark::Spark;
use jiff::Timestamp;

/// One part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// From the locales, or a number: safe as it is.
    Words(String),
    /// Somebody else's words.
    Foreign(Foreign),
    /// Somebody else's words that are code: a query.
    Code(Foreign),
    /// A course of values.
    Spark(Spark),
    /// A moment: chats that know the reader's zone show it themselves, others show the words.
    Time {
        /// When.
        at: Timestamp,
        /// The same in words, UTC.
        words: String,
    },
}

/// A line of text. Made from the locales by [`say!`](crate::say), or from foreign text; there is no way
/// to pass off a string as one's own words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text(Vec<Piece>);

impl Text {
    /// A quoted foreign text.
    #[must_use]
    pub fn foreign(text: impl Into<Foreign>) -> Self {
        Self(vec![Piece::Foreign(text.into())])
    }

    /// A quoted piece of code.
    #[must_use]
    pub fn code(text: impl Into<Foreign>) -> Self {
        Self(vec![Piece::Code(text.into())])
    }

    pub(crate) fn spark(spark: Spark) -> Self {
        Self(vec![Piece::Spark(spark)])
    }

    pub(crate) fn trusted(words: impl Into<String>) -> Self {
        Self(vec![Piece::Words(words.into())])
    }

    pub(crate) fn time(at: Timestamp, words: String) -> Self {
        Self(vec![Piece::Time { at, words }])
    }

    pub(crate) fn push(&mut self, piece: Piece) {
        match (self.0.last_mut(), piece) {
            (_, Piece::Words(words)) if words.is_empty() => {}
            (Some(Piece::Words(before)), Piece::Words(words)) => before.push_str(&words),
            (_, piece) => self.0.push(piece),
        }
    }

    pub(crate) fn append(&mut self, other: Self) {
        for piece in other.0 {
            self.push(piece);
        }
    }

    /// Texts one after the other, with `between` between them.
    #[must_use]
    pub fn join(texts: impl IntoIterator<Item = Self>, between: &Self) -> Self {
        let mut joined = Self::default();
        for (place, text) in texts.into_iter().enumerate() {
            if place > 0 {
                joined.append(between.clone());
            }
            joined.append(text);
        }
        joined
    }

    /// Its parts in order.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// Whether there is nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Foreign> for Text {
    fn from(text: Foreign) -> Self {
        Self::foreign(text)
    }
}
