//! A text, sentence by sentence.

/// The sentences of a text, each with what ends it and the spaces after it.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut begin = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let ends = match c {
            '。' | '！' | '？' | '\n' => true,
            '.' | '!' | '?' => next.is_none_or(char::is_whitespace),
            _ => false,
        };
        if !ends {
            continue;
        }
        let mut end = at + c.len_utf8();
        while let Some((_, space)) = chars.next_if(|(_, next)| next.is_whitespace()) {
            end += space.len_utf8();
        }
        found.push(&text[begin..end]);
        begin = end;
    }
    if begin < text.len() {
        found.push(&text[begin..]);
    }
    found
}

/// The first so many characters of a text, up to the end of a word.
pub(super) fn cut(text: &str, most: usize) -> String {
    let text = text.trim();
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most).collect();
    let whole = kept
        .rsplit_once(' ')
        .map_or(kept.as_str(), |(words, _)| words);
    format!("{}…", whole.trim_end())
}
