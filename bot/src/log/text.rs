//! A line for people: when, how serious, what, and the fields.

use super::layer::Line;
use serde_json::Value;
use std::fmt::Write;
use tracing::Level;

pub(super) fn render(line: &Line<'_>, colours: bool) -> String {
    let mut text = String::with_capacity(160);
    let level = format!("{:5}", line.level.as_str());
    // Writing to a string cannot fail.
    let _ = match colour(line.level).filter(|_| colours) {
        Some(code) => write!(text, "{:.3} \u{1b}[{code}m{level}\u{1b}[0m ", line.at),
        None => write!(text, "{:.3} {level} ", line.at),
    };
    text.push_str(&one_line(&line.message));
    for (name, value) in line.fields.iter() {
        let _ = match value {
            Value::String(word) if plain(word) => write!(text, " {name}={word}"),
            other => write!(text, " {name}={}", one_line(&other.to_string())),
        };
    }
    text.push('\n');
    text
}

/// Without quotes only what cannot be mistaken for another field.
fn plain(word: &str) -> bool {
    let unusual = |c: char| c.is_whitespace() || c.is_control() || c == '"' || c == '=';
    !word.is_empty() && !word.contains(unusual)
}

/// Foreign text begins no line and moves no cursor.
fn one_line(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            clean.extend(c.escape_default());
        } else {
            clean.push(c);
        }
    }
    clean
}

fn colour(level: &Level) -> Option<u8> {
    match *level {
        Level::ERROR => Some(31),
        Level::WARN => Some(33),
        Level::INFO => Some(32),
        Level::DEBUG => Some(34),
        Level::TRACE => None,
    }
}
