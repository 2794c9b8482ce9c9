//! Lines that are JSON, as logging libraries and container runtimes write them.

use super::line::{Line, Stamp, line as inner};
use guard::signatures::Level;
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::borrow::Cow;

const MESSAGES: [&str; 6] = ["message", "msg", "event", "text", "body", "@message"];
const LEVELS: [&str; 6] = [
    "level",
    "severity",
    "lvl",
    "levelname",
    "log.level",
    "@level",
];
const TIMES: [&str; 7] = [
    "time",
    "timestamp",
    "@timestamp",
    "ts",
    "datetime",
    "asctime",
    "@time",
];
/// Fields that hold a stack trace, or an error with one.
const TRACES: [&str; 13] = [
    "stack",
    "stack_trace",
    "stacktrace",
    "error.stack_trace",
    "exception.stacktrace",
    "exception",
    "exc_info",
    "traceback",
    "backtrace",
    "err",
    "error",
    "cause",
    "throwable",
];
/// Fields that say more of what failed.
const MORE: [&str; 8] = [
    "method", "route", "path", "url", "status", "code", "caller", "logger",
];
/// A dump of objects is no message.
const LONGEST: usize = 500;

/// The record in a line, if the line is an object.
pub(super) fn line(text: &str) -> Option<Line<'static>> {
    if !(text.starts_with('{') && text.ends_with('}')) {
        return None;
    }
    let fields: Map<String, Value> = serde_json::from_str(text).ok()?;
    let at = TIMES.iter().find_map(|name| moment(fields.get(*name)?));
    // Docker wraps each line of a container.
    if let (Some(Value::String(wrapped)), true) = (fields.get("log"), fields.contains_key("stream"))
    {
        let found = inner(wrapped);
        return Some(Line {
            at: at.map_or(found.at, Stamp::At),
            level: found.level,
            text: Cow::Owned(found.text.into_owned()),
            begins: found.begins,
        });
    }
    let level = LEVELS.iter().find_map(|name| level(fields.get(*name)?));
    Some(Line {
        at: at.map_or(Stamp::None, Stamp::At),
        level: level.unwrap_or_default(),
        text: Cow::Owned(said(&fields)),
        begins: true,
    })
}

/// The message with what failed where in its line, and the trace below it.
fn said(fields: &Map<String, Value>) -> String {
    let message = MESSAGES.iter().find_map(|name| fields.get(*name)?.as_str());
    let mut text = message.unwrap_or_default().to_owned();
    for name in MORE {
        if let Some(value) = fields.get(name).and_then(short) {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&format!("{name}={value}"));
        }
    }
    for name in TRACES {
        match fields.get(name) {
            Some(Value::String(trace)) => add(&mut text, trace),
            Some(Value::Object(error)) => {
                for name in [
                    "type",
                    "class",
                    "name",
                    "message",
                    "msg",
                    "stack",
                    "stacktrace",
                    "stack_trace",
                ] {
                    if let Some(Value::String(part)) = error.get(name) {
                        add(&mut text, part);
                    }
                }
            }
            Some(Value::Array(lines)) => {
                for part in lines.iter().filter_map(Value::as_str) {
                    add(&mut text, part);
                }
            }
            _ => {}
        }
    }
    text
}

/// Many libraries say the same in two fields.
fn add(text: &mut String, part: &str) {
    let part = part.trim_end();
    if part.is_empty() || text.contains(part) {
        return;
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(part);
}

fn short(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.len() <= LONGEST && !text.contains('\n') => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn level(value: &Value) -> Option<Level> {
    match value {
        Value::String(word) => Level::of(word),
        Value::Number(number) => Level::of(&number.to_string()),
        _ => None,
    }
}

/// RFC 3339, or seconds, milliseconds, microseconds or nanoseconds of the epoch.
fn moment(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => {
            let number = number.as_f64()?;
            let seconds = match number {
                n if n > 1e17 => n / 1e9,
                n if n > 1e14 => n / 1e6,
                n if n > 1e11 => n / 1e3,
                n => n,
            };
            Timestamp::from_millisecond((seconds * 1000.0) as i64).ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_level_time_and_trace_are_found_under_their_usual_names() {
        let found = line(r#"{"ts":1800000000.5,"level":"error","msg":"request failed","route":"/cart","status":500,"stack":"Error: x\n    at show (/app/cart.js:9:3)"}"#).unwrap();
        assert_eq!(found.level, Level::Error);
        assert_eq!(
            found.at,
            Stamp::At(Timestamp::from_millisecond(1_800_000_000_500).unwrap())
        );
        assert_eq!(
            found.text,
            "request failed route=/cart status=500\nError: x\n    at show (/app/cart.js:9:3)"
        );
        let pino = line(r#"{"level":50,"time":1800000000000,"err":{"type":"TypeError","message":"x is undefined","stack":"TypeError: x is undefined\n    at show (cart.js:9:3)"},"msg":"oh"}"#).unwrap();
        assert_eq!(pino.level, Level::Error);
        assert!(
            pino.text.ends_with("at show (cart.js:9:3)"),
            "{}",
            pino.text
        );
    }

    #[test]
    fn what_docker_wraps_is_unwrapped() {
        let found =
            line(r#"{"log":"ERROR boom\n","stream":"stderr","time":"2026-11-22T03:04:05Z"}"#)
                .unwrap();
        assert_eq!((found.level, found.text.as_ref()), (Level::Error, "boom"));
        assert!(matches!(found.at, Stamp::At(_)));
    }

    #[test]
    fn what_is_no_object_is_no_json() {
        for text in ["{", "{not json}", "[1]", "plain"] {
            assert_eq!(line(text), None, "{text}");
        }
    }
}
