//! Slack's own markup. Lengths are counted as Slack's clients count them, in UTF-16 units.

use crate::layout::clean::{CODE_CHARS, FOREIGN_CHARS, clean};
use crate::text::{Piece, Text};

/// Takes no place and parts what would belong together: Slack sees marks only between what is no letter, and
/// Chinese has no blanks.
pub(super) const APART: &str = "\u{200B}";

pub(super) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// As plain text of at most `most` units.
pub(super) fn cut(text: &str, most: usize) -> String {
    if units(text) <= most {
        return text.to_owned();
    }
    let mut line = Line::of(most);
    for c in text.chars() {
        if !line.push(c.encode_utf8(&mut [0; 4])) {
            break;
        }
    }
    line.out
}

/// Plain text where Slack reads markup: its three control characters are escaped, and what is no word of ours
/// has been defused before.
pub(super) fn escaped(text: &str, most: usize) -> String {
    let mut line = Line::of(most);
    for c in text.chars() {
        if !line.push_escaped(c) {
            break;
        }
    }
    line.out
}

/// A text in one line of at most `most` units; a code span that is cut is closed all the same.
pub(super) fn line(text: &Text, most: usize) -> String {
    let mut line = Line::of(most);
    for piece in text.pieces() {
        let whole = match piece {
            Piece::Words(words) | Piece::Time { words, .. } => line.words(words),
            Piece::Spark(spark) => line.words(&spark.characters()),
            Piece::Foreign(text) => line.span(&clean(text, FOREIGN_CHARS)),
            Piece::Code(text) => line.span(&clean(text, CODE_CHARS)),
        };
        if !whole {
            break;
        }
    }
    line.out
}

pub(super) fn bullet(line: &str) -> String {
    format!("• {line}")
}

pub(super) fn detail(line: &str) -> String {
    format!("      {line}")
}

struct Line {
    out: String,
    left: usize,
    after_span: bool,
}

impl Line {
    fn of(most: usize) -> Self {
        Self {
            out: String::new(),
            // For what shows that it was cut.
            left: most.saturating_sub(1),
            after_span: false,
        }
    }

    /// Takes all of it or, with a sign that something is missing, nothing.
    fn push(&mut self, text: &str) -> bool {
        let units = units(text);
        if units > self.left {
            return self.stop();
        }
        self.left -= units;
        self.out.push_str(text);
        true
    }

    fn push_escaped(&mut self, c: char) -> bool {
        match c {
            '&' => self.push("&amp;"),
            '<' => self.push("&lt;"),
            '>' => self.push("&gt;"),
            c => self.push(c.encode_utf8(&mut [0; 4])),
        }
    }

    fn words(&mut self, words: &str) -> bool {
        if self.after_span && !words.starts_with(' ') && !self.push(APART) {
            return false;
        }
        self.after_span &= words.is_empty();
        words.chars().all(|c| {
            // Our own words format nothing by chance.
            self.push_escaped(match c {
                '*' => '∗',
                '~' => '∼',
                '`' => 'ˋ',
                c => c,
            })
        })
    }

    /// Somebody else's words, where Slack reads neither links nor mentions nor emoji. Should it not see the span,
    /// they still mean nothing.
    fn span(&mut self, text: &str) -> bool {
        if text.is_empty() {
            return true;
        }
        let apart = self.out.chars().next_back().is_some_and(|c| c != ' ');
        // Both marks, and what keeps them apart.
        if self.left < 4 {
            return self.stop();
        }
        if apart {
            self.push(APART);
        }
        self.push("`");
        self.left -= 1;
        let whole = self.inside(text);
        self.out.push('`');
        self.after_span = true;
        whole
    }

    fn inside(&mut self, text: &str) -> bool {
        let text = text
            .replace('`', "ˋ")
            .replace('@', "@\u{200B}")
            .replace("://", ":\u{200B}//");
        text.chars().all(|c| self.push_escaped(c))
    }

    /// Shows that something is missing.
    fn stop(&mut self) -> bool {
        self.out.push('…');
        self.left = 0;
        false
    }
}
