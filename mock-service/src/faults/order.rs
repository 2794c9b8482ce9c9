//! From the body of `POST /faults` to an order that can be carried out.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Kind;
use crate::Route;

/// The longest fault: one day.
const MAX_SECONDS: f64 = 86_400.0;

/// A fault as ordered, checked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Order {
    pub(crate) kind: Kind,
    pub(crate) intensity: f64,
    pub(crate) seconds: f64,
    pub(crate) routes: Option<Vec<Route>>,
    pub(crate) loss: f64,
    pub(crate) reset: f64,
}

/// The first field of a body that makes no sense, and what would.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct BadOrder {
    pub(crate) field: String,
    pub(crate) value: Value,
    pub(crate) expected: String,
}

impl Order {
    pub(crate) fn duration(&self) -> Duration {
        Duration::from_secs_f64(self.seconds)
    }

    /// Reads a body; `can_loop` if a crash loop could be remembered.
    pub(crate) fn parse(body: &[u8], can_loop: bool) -> Result<Self, BadOrder> {
        let fields = object(body)?;
        let kind = kind(&fields)?;
        only_known_fields(&fields, kind)?;
        let order = Self {
            kind,
            intensity: intensity(&fields, kind, can_loop)?,
            seconds: seconds(&fields)?,
            routes: routes(&fields, kind)?,
            loss: share(&fields, "loss")?,
            reset: share(&fields, "reset")?,
        };
        Ok(order)
    }
}

/// Everything a body may say, for people who guessed wrong.
pub(crate) fn possible() -> Value {
    let kinds: Vec<_> = Kind::ALL
        .into_iter()
        .map(|kind| {
            json!({
                "kind": kind.name(),
                "intensity": kind.unit(),
                "min": kind.range().start(),
                "max": kind.range().end(),
                "routes": kind.routes(),
                "extra_fields": kind.extras(),
            })
        })
        .collect();
    json!({
        "fields": {
            "kind": "required",
            "intensity": "required",
            "seconds": format!("required, above 0, at most {MAX_SECONDS}"),
            "routes": "optional, a list; without it all but /version, /healthz and /metrics",
            "loss": "optional, network only: share of packets lost, 0 to 1",
            "reset": "optional, network only: share of requests whose connection is reset, 0 to 1",
        },
        "kinds": kinds,
    })
}

fn bad<T>(field: &str, value: &Value, expected: impl Into<String>) -> Result<T, BadOrder> {
    Err(BadOrder {
        field: field.to_owned(),
        value: value.clone(),
        expected: expected.into(),
    })
}

fn object(body: &[u8]) -> Result<Map<String, Value>, BadOrder> {
    const EXPECTED: &str =
        r#"a JSON object such as {"kind":"errors","intensity":0.2,"seconds":60}"#;
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(other) => bad("body", &other, EXPECTED),
        Err(_) => {
            let text: String = String::from_utf8_lossy(body).chars().take(200).collect();
            bad("body", &Value::String(text), EXPECTED)
        }
    }
}

fn get<'a>(fields: &'a Map<String, Value>, name: &str) -> &'a Value {
    fields.get(name).unwrap_or(&Value::Null)
}

fn kind(fields: &Map<String, Value>) -> Result<Kind, BadOrder> {
    let value = get(fields, "kind");
    match value.as_str().and_then(Kind::parse) {
        Some(kind) => Ok(kind),
        None => bad(
            "kind",
            value,
            format!("one of {}", Kind::ALL.map(Kind::name).join(", ")),
        ),
    }
}

fn only_known_fields(fields: &Map<String, Value>, kind: Kind) -> Result<(), BadOrder> {
    let mut known = vec!["kind", "intensity", "seconds", "routes"];
    known.extend(kind.extras());
    match fields
        .iter()
        .find(|(name, _)| !known.contains(&name.as_str()))
    {
        None => Ok(()),
        Some((name, value)) => {
            let expected = format!("no such field for {}; {}", kind.name(), known.join(", "));
            bad(name, value, expected)
        }
    }
}

fn intensity(fields: &Map<String, Value>, kind: Kind, can_loop: bool) -> Result<f64, BadOrder> {
    let value = get(fields, "intensity");
    let range = kind.range();
    let wanted = format!(
        "a number from {} to {} ({})",
        range.start(),
        range.end(),
        kind.unit()
    );
    let Some(number) = value.as_f64().filter(|n| range.contains(n)) else {
        return bad("intensity", value, wanted);
    };
    if kind.is_whole() && number.fract() != 0.0 {
        return bad("intensity", value, wanted);
    }
    if kind == Kind::Crash && number == 3.0 && !can_loop {
        let expected = "1 or 2; 3 needs a shop started with --state-dir";
        return bad("intensity", value, expected);
    }
    Ok(number)
}

fn seconds(fields: &Map<String, Value>) -> Result<f64, BadOrder> {
    let value = get(fields, "seconds");
    match value.as_f64().filter(|s| *s > 0.0 && *s <= MAX_SECONDS) {
        Some(seconds) => Ok(seconds),
        None => bad(
            "seconds",
            value,
            format!("a number above 0, at most {MAX_SECONDS}"),
        ),
    }
}

fn share(fields: &Map<String, Value>, name: &str) -> Result<f64, BadOrder> {
    let Some(value) = fields.get(name) else {
        return Ok(0.0);
    };
    match value.as_f64().filter(|s| (0.0..=1.0).contains(s)) {
        Some(share) => Ok(share),
        None => bad(name, value, "a share from 0 to 1"),
    }
}

fn routes(fields: &Map<String, Value>, kind: Kind) -> Result<Option<Vec<Route>>, BadOrder> {
    let value = match fields.get("routes") {
        None | Some(Value::Null) => return Ok(None),
        Some(value) => value,
    };
    let possible = kind.routes();
    if possible.is_empty() {
        let expected = format!("no routes, {} hits the whole process", kind.name());
        return bad("routes", value, expected);
    }
    let paths: Vec<_> = possible.iter().map(|r| r.path()).collect();
    let expected = format!("a list of one or more of {}", paths.join(", "));
    let Some(names) = value.as_array().filter(|names| !names.is_empty()) else {
        return bad("routes", value, expected);
    };
    let mut chosen = Vec::with_capacity(names.len());
    for name in names {
        match possible.iter().find(|r| Some(r.path()) == name.as_str()) {
            Some(route) => chosen.push(*route),
            None => return bad("routes", name, expected),
        }
    }
    Ok(Some(chosen))
}
