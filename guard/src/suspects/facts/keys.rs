//! Keys of configurations whose values changed: YAML, TOML, JSON, environment, properties.

use super::super::patch::{Hunk, Side};
use super::{Fact, paired};
use crate::redact::MASK;

/// Whether the value of a key of this name is nobody's business.
#[must_use]
pub fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let marks = [
        "password",
        "passwd",
        "secret",
        "token",
        "apikey",
        "api_key",
        "api-key",
        "private",
        "credential",
        "dsn",
        "access_key",
        "auth_key",
        "salt",
        "signing",
    ];
    let harmless = [
        "ttl", "timeout", "expir", "length", "path", "file", "name", "limit",
    ];
    marks.iter().any(|mark| key.contains(mark)) && !harmless.iter().any(|end| key.ends_with(end))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Yaml,
    Json,
    Toml,
    Lines,
}

fn form(path: &str) -> Option<Form> {
    let name = path.rsplit('/').next()?.to_ascii_lowercase();
    match name.rsplit_once('.').map(|(_, kind)| kind) {
        Some("yaml" | "yml") => Some(Form::Yaml),
        Some("json" | "json5") => Some(Form::Json),
        Some("toml") => Some(Form::Toml),
        Some("properties" | "env" | "ini" | "cfg" | "conf" | "tfvars") => Some(Form::Lines),
        _ if name.starts_with(".env") || name == "procfile" => Some(Form::Lines),
        _ => None,
    }
}

pub(super) fn keys(path: &str, hunk: &Hunk<'_>) -> Vec<(u32, Fact)> {
    let Some(form) = form(path) else {
        return Vec::new();
    };
    let removed = side(form, hunk, Side::Removed);
    let added = side(form, hunk, Side::Added);
    let hide = |key: &str, value: Option<String>| {
        let open = |value: &String| value.contains("://") && value.contains('@');
        value.map(|value| {
            if is_secret(key) || open(&value) {
                MASK.to_owned()
            } else {
                value
            }
        })
    };
    paired(removed, added)
        .into_iter()
        .map(|(line, key, old, new)| {
            let (old, new) = (hide(&key, old), hide(&key, new));
            (line, Fact::Key { key, old, new })
        })
        .collect()
}

/// Keys and values of the changed lines of one side. What stands above them in the hunk tells their place.
fn side(form: Form, hunk: &Hunk<'_>, side: Side) -> Vec<(u32, String, String)> {
    let mut above: Vec<(usize, String)> = Vec::new();
    let mut found = Vec::new();
    for line in hunk
        .lines
        .iter()
        .filter(|line| line.side == side || line.side == Side::Kept)
    {
        let text = line.text;
        if form == Form::Toml && text.trim_start().starts_with('[') {
            above = vec![(0, text.trim().trim_matches(['[', ']']).to_owned())];
            continue;
        }
        let Some((depth, key, value)) = entry(form, text) else {
            continue;
        };
        if matches!(form, Form::Yaml | Form::Json) {
            above.retain(|(of, _)| *of < depth);
        }
        let opens = value.is_empty() || value == "{" || value == "[";
        if line.side == side && !opens {
            let mut path: Vec<&str> = above.iter().map(|(_, key)| key.as_str()).collect();
            path.push(&key);
            found.push((line.number, path.join("."), value));
        }
        if opens && matches!(form, Form::Yaml | Form::Json) {
            above.push((depth, key));
        }
    }
    found
}

/// Depth, key and value of a line.
fn entry(form: Form, text: &str) -> Option<(usize, String, String)> {
    let trimmed = text.trim_start();
    let depth = text.len() - trimmed.len();
    let trimmed = trimmed
        .trim_start_matches("- ")
        .trim_start_matches("export ");
    if trimmed.starts_with(['#', ';', '/', '!']) {
        return None;
    }
    let (key, value) = match form {
        Form::Yaml => trimmed
            .split_once(": ")
            .or_else(|| Some((trimmed.trim_end().strip_suffix(':')?, "")))?,
        Form::Json => trimmed.split_once(':')?,
        Form::Toml => trimmed.split_once('=')?,
        Form::Lines => trimmed
            .split_once('=')
            .or_else(|| trimmed.split_once(": "))
            .or_else(|| trimmed.split_once(' '))?,
    };
    let key = key.trim().trim_matches(['"', '\'']);
    let value = value.split(" #").next().unwrap_or_default().trim();
    let value = value.trim_end_matches([',', ';']).trim_matches(['"', '\'']);
    let named = |c: char| c.is_ascii_alphanumeric() || "_-.:/${}[]".contains(c);
    let plain = !key.is_empty() && key.len() <= 100 && key.chars().all(named);
    plain.then(|| (depth, key.to_owned(), value.chars().take(120).collect()))
}
