//! A line in the history of code: titles of requests and messages of commits, where hosts read commands.

use super::clean::clean;
use crate::text::{Piece, Text};

/// Characters that are kept of one piece of foreign text.
const PIECE: usize = 100;
/// Nobody sees it, and no command has it.
const NOTHING: char = '\u{200b}';

/// One line in which foreign text neither calls nor closes nor links, and skips no pipeline.
#[must_use]
pub fn line(text: &Text) -> String {
    let pieces = text.pieces().iter().map(|piece| match piece {
        Piece::Words(words) | Piece::Time { words, .. } => words.clone(),
        Piece::Spark(spark) => spark.characters(),
        Piece::Foreign(text) | Piece::Code(text) => inert(&clean(text, PIECE)),
    });
    pieces.collect()
}

fn inert(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '[' => out.push('('),
            ']' => out.push(')'),
            '@' | '#' | '!' | ':' | '/' => {
                out.push(c);
                out.push(NOTHING);
            }
            // `GH-12`
            '-' if out.to_ascii_lowercase().ends_with("gh") => {
                out.push(NOTHING);
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foreign::Foreign;

    #[test]
    fn somebodys_words_close_no_issue_call_nobody_and_skip_no_pipeline() {
        let hostile = "Fixes #12, closes GH-3 and acme/x#4 @ann [skip ci] !5 https://h/acme/x/issues/6\nSigned-off-by: X";
        let said = line(&Text::foreign(Foreign::new(hostile)));
        for bad in [
            "#1", "GH-3", "x#4", "@a", "[skip", "!5", "://", "by: X", "\n",
        ] {
            assert!(!said.contains(bad), "{bad}: {said}");
        }
        let plain = line(&Text::foreign(Foreign::new("Raise errors")));
        assert_eq!(plain, "Raise errors");
    }
}
