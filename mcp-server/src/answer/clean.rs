//! What is done to every text before it is said: secrets go, and what nobody would see is written out.

use guard::redact::{MASK, redact};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt::Write;

/// The text without secrets, with its invisible characters written out.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return redact(text);
    }
    let masked = redact(text);
    let bare = bare(text);
    // A secret must not hide from the patterns behind a character that nobody sees.
    match redact(&bare) {
        Cow::Owned(more) if self::bare(&masked) != more => Cow::Owned(more),
        _ => Cow::Owned(visible(&masked)),
    }
}

/// Cleans every text of a document, the keys of its objects too.
pub(crate) fn document(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(clean) = clean(text) {
                *text = clean;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(document),
        Value::Object(fields) => object(fields),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn object(fields: &mut Map<String, Value>) {
    for (key, value) in fields.iter_mut() {
        match value {
            Value::String(text) if tells_a_secret(key, text) => MASK.clone_into(text),
            value => document(value),
        }
    }
    let hostile = |key: &String| matches!(clean(key), Cow::Owned(_));
    let renamed: Vec<String> = fields.keys().filter(|key| hostile(key)).cloned().collect();
    for key in renamed {
        if let Some(value) = fields.remove(&key) {
            fields.insert(clean(&key).into_owned(), value);
        }
    }
}

/// Whether a field of this name holds a secret: a label may be called `password`.
fn tells_a_secret(key: &str, text: &str) -> bool {
    // Quoted, or a value with a space in it would be looked at only up to there.
    !text.is_empty() && redact(&format!("{key}='x{}'", text.len())).ends_with(MASK)
}

/// Characters that a reader does not see, or that turn round what stands beside them. Line ends and tabs are seen.
fn is_hidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The same with hidden characters written as `<U+202E>`.
fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_hidden(c) {
            // Writing to a string cannot fail.
            let _ = write!(out, "<U+{:04X}>", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// The same without hidden characters.
fn bare(text: &str) -> String {
    text.chars().filter(|c| !is_hidden(*c)).collect()
}

/// At most so many bytes, whole characters.
pub(crate) fn beginning(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// At most so many characters, and how many more there were.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => {
            let more = text[end..].chars().count();
            format!("{}…[+{more}]", &text[..end])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_nobody_sees_is_written_out() {
        assert_eq!(
            clean("a\u{202e}b\u{7}c\u{e0041}\nd\te"),
            "a<U+202E>b<U+0007>c<U+E0041>\nd\te"
        );
        assert!(matches!(clean("plain ü 漢字 🦀"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_secret_does_not_hide_behind_what_nobody_sees() {
        let token = ["gh", "p_abcdefgh\u{200b}ijklmnopqrstuvwxyz0123456789"].concat();
        for text in [
            token.clone(),
            format!("{token} and password=hunter2hunter2"),
            format!("password=hunter2hunter2 and {token}"),
        ] {
            let clean = clean(&text);
            assert!(!clean.contains("ijklm"), "{clean}");
            assert!(!clean.contains("hunter2"), "{clean}");
        }
    }

    #[test]
    fn a_label_that_is_called_a_password_is_masked_whatever_it_holds() {
        let mut value = json!({
            "labels": {"password": "correct horse battery", "api_key": "k1", "job": "shop", "db\u{202e}": "x"},
            "rows": [{"text": "AKIAIOSFODNN7EXAMPLE"}],
            "next": 3,
        });
        document(&mut value);
        assert_eq!(
            value,
            json!({
                "labels": {"password": MASK, "api_key": MASK, "job": "shop", "db<U+202E>": "x"},
                "rows": [{"text": MASK}],
                "next": 3,
            })
        );
    }
}
