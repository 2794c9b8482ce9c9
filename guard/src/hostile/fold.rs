//! The ways in which a text may be meant: without what hides it from a pattern and from nobody else.

use std::collections::BTreeSet;

/// Characters of a sentence that is looked at alone; longer ones are cut.
const LONGEST_PART: usize = 400;

/// The text line by line and sentence by sentence; put together it is the text.
pub(super) fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut from, mut length) = (0, 0);
    let mut letters = text.char_indices().peekable();
    while let Some((_, c)) = letters.next() {
        length += 1;
        let after = letters.peek();
        let ends = match c {
            '\n' | '。' | '！' | '？' | '；' => true,
            '.' | '!' | '?' | ';' => after.is_none_or(|(_, next)| next.is_whitespace()),
            _ => length >= LONGEST_PART && c.is_whitespace(),
        };
        if ends {
            let to = after.map_or(text.len(), |(at, _)| *at);
            parts.extend(text.get(from..to));
            (from, length) = (to, 0);
        }
    }
    parts.extend(text.get(from..).filter(|rest| !rest.is_empty()));
    parts
}

/// The text as it reads, and as it might read.
pub(super) fn views(text: &str) -> BTreeSet<String> {
    let loose = plain(text);
    let plain = squeezed(&loose);
    let words = spaced(&plain, |c| "_-./+*~|,\\\"'`%=()[]{}<>:;#".contains(c));
    let joined = unspelled(&loose);
    let letters: String = words.chars().map(letter_of_digit).collect();
    [plain, words, joined, letters].into()
}

/// Lower case, without what is not seen, with the usual letters for those that look like them.
fn plain(text: &str) -> String {
    let decoded = text.replace("%20", " ").replace("\\n", " ");
    let mut out = String::with_capacity(decoded.len());
    for c in decoded.chars() {
        match c {
            '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{61c}' | '\u{feff}' => {}
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => {}
            '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}' => {}
            // Full width, as Chinese keyboards write it.
            '\u{ff01}'..='\u{ff5e}' => {
                let usual = char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c);
                out.extend(usual.to_lowercase());
            }
            '\u{2018}' | '\u{2019}' => out.push('\''),
            c => out.extend(c.to_lowercase().map(look_alike)),
        }
    }
    // What a reader of our answers wrote out, so that it is seen.
    while let Some(at) = out.find("<u+") {
        let Some(length) = out[at..].find('>').filter(|length| *length <= 10) else {
            break;
        };
        out.replace_range(at..=at + length, "");
    }
    out
}

/// The Latin letter that a Cyrillic or Greek one looks like.
fn look_alike(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ё' | 'ε' => 'e',
        'һ' => 'h',
        'і' | 'ї' | 'ι' | 'ı' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'м' => 'm',
        'н' => 'h',
        'о' | 'ο' => 'o',
        'р' | 'ρ' => 'p',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'ц' | 'υ' => 'u',
        'ѵ' | 'ν' => 'v',
        'ԝ' | 'ω' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        c => c,
    }
}

fn letter_of_digit(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        c => c,
    }
}

/// One blank for any number of them, and none between two Chinese characters.
fn squeezed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    for c in text.chars() {
        if c.is_whitespace() {
            blank = true;
            continue;
        }
        let last = out.chars().next_back();
        let chinese = last.is_some_and(is_chinese) && is_chinese(c);
        if blank && !out.is_empty() && !chinese {
            out.push(' ');
        }
        blank = false;
        out.push(c);
    }
    out
}

fn spaced(text: &str, breaks: impl Fn(char) -> bool) -> String {
    let apart: String = text
        .chars()
        .map(|c| if breaks(c) { ' ' } else { c })
        .collect();
    squeezed(&apart)
}

/// `i g n o r e` is a word; two blanks end one.
fn unspelled(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut single = false;
    for word in text.split(|c: char| c.is_whitespace() || "-_.*".contains(c)) {
        let is_single = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
        let goes_on = single && is_single;
        if !goes_on && !out.ends_with(' ') {
            out.push(' ');
        }
        single = is_single;
        out.push_str(word);
    }
    out
}

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}
