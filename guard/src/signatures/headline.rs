//! What a record is about: its message, what was thrown, and where.

use crate::suspects::{Frame, is_library, parse};

/// Lines of a stack trace that are looked at.
const LINES: usize = 60;
/// What of a message tells it from others, in bytes.
const LONGEST: usize = 400;

/// What tells a kind of record from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Headline<'a> {
    /// The message.
    pub(super) message: &'a str,
    /// What was thrown, where that stands in another line.
    pub(super) thrown: &'a str,
    /// The innermost frame that is the service's own: `file in symbol`.
    pub(super) place: Option<String>,
}

pub(super) fn headline(text: &str) -> Headline<'_> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let message = lines.next().unwrap_or_default();
    let rest: Vec<&str> = lines.take(LINES).collect();
    if rest.is_empty() {
        return Headline {
            message: cut(message),
            thrown: "",
            place: None,
        };
    }
    // Python tells the innermost frame last, and what was thrown after it.
    let python = rest
        .iter()
        .any(|line| line.trim_start().starts_with("File \""));
    let mut frames = rest.iter().filter_map(|line| parse(line));
    let own = |frame: &Frame| !is_library(&frame.file);
    let innermost = if python {
        frames.rfind(own)
    } else {
        frames.find(own)
    };
    let thrown = python
        .then(|| rest.iter().rev().find(|line| is_plain(line)))
        .flatten()
        .copied()
        .unwrap_or_default();
    let message = if is_opening(message) && !thrown.is_empty() {
        ""
    } else {
        message
    };
    Headline {
        message: cut(message),
        thrown: cut(thrown),
        place: innermost.map(|frame| match frame.symbol {
            Some(symbol) => format!("{} in {symbol}", frame.file),
            None => frame.file,
        }),
    }
}

fn is_opening(line: &str) -> bool {
    line.starts_with("Traceback (most recent call last)")
}

fn is_plain(line: &str) -> bool {
    !line.starts_with(char::is_whitespace) && !is_opening(line)
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_python_trace_the_last_own_frame_and_what_was_thrown_count() {
        let text = "request failed\nTraceback (most recent call last):\n  File \"/srv/shop/app.py\", line 22, in do_GET\n    page()\n  File \"/srv/shop/cart.py\", line 9, in show\n    x[0]\nIndexError: list index out of range";
        let found = headline(text);
        assert_eq!(found.message, "request failed");
        assert_eq!(found.thrown, "IndexError: list index out of range");
        assert_eq!(found.place.as_deref(), Some("/srv/shop/cart.py in show"));
    }

    #[test]
    fn of_other_traces_the_first_own_frame_counts() {
        let text = "java.lang.IllegalStateException: empty\n\tat com.shop.Cart.total(Cart.java:9)\n\tat com.shop.App.get(App.java:22)";
        let found = headline(text);
        assert_eq!(found.message, "java.lang.IllegalStateException: empty");
        assert_eq!(
            found.place.as_deref(),
            Some("com/shop/Cart.java in com.shop.Cart.total")
        );
    }

    #[test]
    fn a_long_line_is_cut_between_characters() {
        let text = "ü".repeat(1000);
        assert_eq!(headline(&text).message.len(), LONGEST);
    }
}
