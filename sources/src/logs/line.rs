//! One line: its time, its level, its text, and whether a record begins with it.

use super::json;
use guard::signatures::Level;
use jiff::Timestamp;
use jiff::civil::DateTime;
use std::borrow::Cow;

/// What a line says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub(super) at: Stamp,
    pub(super) level: Level,
    pub(super) text: Cow<'a, str>,
    /// Whether a record surely begins here.
    pub(super) begins: bool,
}

/// When it was written, as the line has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stamp {
    /// It does not say.
    None,
    /// A moment.
    At(Timestamp),
    /// A time of day somewhere on earth.
    Somewhere(DateTime),
}

impl Stamp {
    fn is_some(self) -> bool {
        self != Self::None
    }
}

pub(super) fn line(text: &str) -> Line<'_> {
    let text = text.trim_end_matches(['\r', '\n']);
    if let Some(found) = json::line(text) {
        return found;
    }
    let (at, rest) = stamp(text);
    let rest = container(rest);
    if at.is_some()
        && let Some(inner) = json::line(rest)
    {
        let at = if inner.at.is_some() { inner.at } else { at };
        return Line { at, ..inner };
    }
    let (level, said) = level(rest);
    Line {
        at,
        level: level.unwrap_or_default(),
        text: Cow::Borrowed(said),
        begins: at.is_some() || level.is_some(),
    }
}

/// `2026-11-22T03:04:05.1Z`, `2026-11-22 03:04:05,123`, in brackets too; and what comes after it.
fn stamp(text: &str) -> (Stamp, &str) {
    let open = text.trim_start_matches('[');
    let looks = |place: usize, byte: u8| open.as_bytes().get(place) == Some(&byte);
    if !(looks(4, b'-') && looks(7, b'-') && (looks(10, b'T') || looks(10, b' '))) {
        return (Stamp::None, text);
    }
    let time = |c: char| c.is_ascii_digit() || ":.,+-Z".contains(c);
    let end = open
        .char_indices()
        .skip(11)
        .find(|(_, c)| !time(*c))
        .map_or(open.len(), |(at, _)| at);
    let (Some(told), Some(rest)) = (open.get(..end), open.get(end..)) else {
        return (Stamp::None, text);
    };
    let rest = rest.trim_start_matches([']', ' ', '\t', '|']);
    let told = told.trim_end_matches([',', ':', '-']).replace(',', ".");
    if let Ok(at) = told.parse::<Timestamp>() {
        return (Stamp::At(at), rest);
    }
    match told.parse::<DateTime>() {
        Ok(at) => (Stamp::Somewhere(at), rest),
        Err(_) => (Stamp::None, text),
    }
}

/// What a container's runtime puts before each line: `stderr F `.
fn container(text: &str) -> &str {
    let stream = text
        .strip_prefix("stderr ")
        .or_else(|| text.strip_prefix("stdout "));
    let rest = stream.and_then(|rest| rest.strip_prefix("F ").or_else(|| rest.strip_prefix("P ")));
    rest.unwrap_or(text)
}

/// The level, if one of the first words is one, and the text behind it where it comes first.
fn level(text: &str) -> (Option<Level>, &str) {
    if text.starts_with(char::is_whitespace) {
        return (None, text);
    }
    if let Some(level) = glog(text) {
        return (Some(level), text);
    }
    let mut rest = text;
    for place in 0..4 {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let (name, behind) = word.split_once(':').unwrap_or((word, ""));
        let shouted = name.bytes().any(|byte| byte.is_ascii_uppercase())
            && !name.bytes().any(|byte| byte.is_ascii_lowercase());
        let marked = shouted || name.starts_with('[') || name.starts_with('<');
        let digits = name.bytes().any(|byte| byte.is_ascii_digit());
        let first = place == 0 && word.ends_with(':');
        if (marked || first)
            && !digits
            && let Some(level) = Level::of(name)
        {
            // `panic:` of Go is the first word of what it says.
            let said = if place > 0 || name == "panic" {
                text
            } else if behind.is_empty() {
                after.trim_start()
            } else {
                &text[name.len() + 1..]
            };
            return (Some(level), said);
        }
        rest = after.trim_start();
    }
    (logfmt(text), text)
}

/// `E1122 03:04:05.123456 …`
fn glog(text: &str) -> Option<Level> {
    let digits = text.get(1..5)?.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || text.as_bytes().get(5) != Some(&b' ') {
        return None;
    }
    match text.as_bytes()[0] {
        b'I' => Some(Level::Info),
        b'W' => Some(Level::Warn),
        b'E' => Some(Level::Error),
        b'F' => Some(Level::Fatal),
        _ => None,
    }
}

/// `ts=… level=warn msg="…"`
fn logfmt(text: &str) -> Option<Level> {
    let head = &text[..text.floor_char_boundary(200)];
    ["level=", "lvl=", "severity="].iter().find_map(|key| {
        let at = head.find(key)?;
        let value = head[at + key.len()..].split(char::is_whitespace).next()?;
        Level::of(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is(text: &str, level: Level, said: &str) {
        let found = line(text);
        assert_eq!((found.level, found.text.as_ref()), (level, said), "{text}");
        assert!(found.begins, "{text}");
    }

    #[test]
    fn time_and_level_of_common_formats_are_read_and_the_text_remains() {
        is(
            "2026-11-22T03:04:05.123Z ERROR shop: no coupon",
            Level::Error,
            "shop: no coupon",
        );
        is("2026-11-22 03:04:05,123 WARNING slow", Level::Warn, "slow");
        is(
            "[2026-11-22T03:04:05+01:00] [error] boom",
            Level::Error,
            "boom",
        );
        is("ERROR:root:boom", Level::Error, "root:boom");
        is("panic: oh", Level::Fatal, "panic: oh");
        is(
            "CRITICAL shop.prices gone",
            Level::Fatal,
            "shop.prices gone",
        );
        is(
            "2026-11-22T03:04:05Z stderr F WARN slow",
            Level::Warn,
            "slow",
        );
        is(
            "ts=2026 level=error msg=\"no coupon\"",
            Level::Error,
            "ts=2026 level=error msg=\"no coupon\"",
        );
        is(
            "E1122 03:04:05.123456 7 cart.go:9] boom",
            Level::Error,
            "E1122 03:04:05.123456 7 cart.go:9] boom",
        );
    }

    #[test]
    fn a_time_without_a_zone_is_no_moment() {
        let moment = line("2026-11-22T03:04:05Z x").at;
        assert_eq!(moment, Stamp::At("2026-11-22T03:04:05Z".parse().unwrap()));
        assert!(matches!(
            line("2026-11-22 03:04:05 x").at,
            Stamp::Somewhere(_)
        ));
    }

    #[test]
    fn what_says_neither_begins_no_record_for_sure() {
        for text in [
            "\tat com.shop.Cart.total(Cart.java:9)",
            "Traceback (most recent call last):",
            "an error happened",
            "2026-99-99 oh",
            "",
        ] {
            let found = line(text);
            assert!(!found.begins, "{text}");
            assert_eq!(found.text, text);
        }
    }
}
