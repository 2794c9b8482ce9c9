//! What every surface does to foreign text before its own escaping.

use crate::foreign::Foreign;

/// The most characters that are shown of a name, a reason or an error.
pub(super) const FOREIGN_CHARS: usize = 300;
/// The most characters that are shown of a query.
pub(super) const CODE_CHARS: usize = 1000;

/// What stands between a label and its value: Chinese has a colon of its own.
pub(super) fn colon(label: &str) -> &'static str {
    let chinese = label
        .chars()
        .next_back()
        .is_some_and(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
    if chinese { "：" } else { ": " }
}

/// One line without control, direction or invisible characters, cut after `most` characters.
pub(super) fn clean(text: &Foreign, most: usize) -> String {
    let mut out = String::new();
    let mut length = 0;
    let mut blank = false;
    for c in text.raw().chars() {
        if c.is_whitespace() {
            blank = length > 0;
            continue;
        }
        if c.is_control() || invisible(c) {
            continue;
        }
        if blank {
            out.push(' ');
            length += 1;
            blank = false;
        }
        if length >= most {
            out.push('…');
            break;
        }
        out.push(c);
        length += 1;
    }
    out
}

// Direction marks reorder the words around them; invisible characters hide a link or split a word;
// the private use area and the tag block carry text that nobody sees.
fn invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}'
            | '\u{034F}'
            | '\u{061C}'
            | '\u{115F}'..='\u{1160}'
            | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{E000}'..='\u{F8FF}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{10FFFF}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_one_and_what_cannot_be_seen_goes() {
        let hostile = Foreign::new("  a\r\n\tb\u{1b}[31m\u{202e}c\u{200b}d\u{0}\u{e0041} ");
        assert_eq!(clean(&hostile, 100), "a b[31mcd");
    }

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        assert_eq!(clean(&Foreign::new(&"x".repeat(100_000)), 3), "xxx…");
        assert_eq!(clean(&Foreign::new("xxx"), 3), "xxx");
        assert_eq!(clean(&Foreign::new("xxx   "), 3), "xxx");
    }
}
