//! What a model wrote, read as a draft; or why it is none, in words that let it mend it.

use super::question::Question;
use guard::links::{Hosts, inert};
use guard::redact::redact;
use guard::root_cause::{Conclusion, Draft};
use serde_json::Value;

/// Suspects that are listed to a model that named none of them.
const LISTED: usize = 20;
/// Digits from which a commit is recognised.
const LEAST_DIGITS: usize = 7;
/// Characters of a line of our own words by which they are known again.
const OWN: usize = 48;
/// What has these names is looked up and not read by people as prose.
const EXACT: [&str; 5] = ["promql", "evidence", "id", "path", "quote"];

/// The draft that a model wrote.
pub(super) fn read(text: &str, question: &Question) -> Result<Draft, String> {
    let mut value: Value = serde_json::from_str(object_of(text))
        .map_err(|error| format!("it is not one JSON object: {error}"))?;
    without_nulls(&mut value);
    let mut draft: Draft = serde_path_to_error::deserialize(value).map_err(|error| {
        let at = error.path().to_string();
        format!("`{at}`: {}", error.into_inner())
    })?;
    if draft.summary.trim().is_empty() {
        return Err("`summary` is missing or empty".to_owned());
    }
    chosen(&mut draft.conclusion, question)?;
    for hypothesis in &mut draft.hypotheses {
        chosen(&mut hypothesis.conclusion, question)
            .map_err(|problem| format!("`hypotheses`: {problem}"))?;
    }
    Ok(draft)
}

/// The same, with what names no suspect made `unknown`: for a model that keeps naming others.
pub(super) fn read_anyhow(text: &str, question: &Question) -> Option<Draft> {
    let mut value: Value = serde_json::from_str(object_of(text)).ok()?;
    without_nulls(&mut value);
    let mut draft: Draft = serde_json::from_value(value).ok()?;
    if chosen(&mut draft.conclusion, question).is_err() {
        draft.conclusion = Conclusion::Unknown;
    }
    let mut own = Vec::new();
    for mut hypothesis in draft.hypotheses {
        if chosen(&mut hypothesis.conclusion, question).is_ok() {
            own.push(hypothesis);
        }
    }
    draft.hypotheses = own;
    (!draft.summary.trim().is_empty()).then_some(draft)
}

/// The draft without links elsewhere, without calls, without secrets and without our own words to the model.
pub(super) fn harmless(draft: &Draft, hosts: &Hosts, guidance: &str) -> Draft {
    let Ok(mut value) = serde_json::to_value(draft) else {
        return Draft::default();
    };
    quieten(&mut value, hosts, guidance);
    serde_json::from_value(value).unwrap_or_default()
}

/// A text without links elsewhere, without calls, without secrets and without our own words to the model.
pub(super) fn quiet(text: &str, hosts: &Hosts, guidance: &str) -> String {
    let (quiet, _) = inert(text, hosts);
    let mut quiet = redact(&quiet).into_owned();
    let own = guidance.lines().map(str::trim);
    for line in own.filter(|line| line.chars().count() >= OWN) {
        quiet = quiet.replace(line, "…");
    }
    quiet
}

fn quieten(value: &mut Value, hosts: &Hosts, guidance: &str) {
    match value {
        Value::String(text) => *text = quiet(text, hosts, guidance),
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| quieten(item, hosts, guidance)),
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                match value {
                    Value::String(text) if EXACT.contains(&name.as_str()) => {
                        *text = redact(text).into_owned();
                    }
                    value => quieten(value, hosts, guidance),
                }
            }
        }
        _ => {}
    }
}

/// A suspect by its full name, from its beginning.
fn chosen(conclusion: &mut Conclusion, question: &Question) -> Result<(), String> {
    let Conclusion::Suspect { id } = conclusion else {
        return Ok(());
    };
    let suspects = question.suspects();
    let typed = id.trim();
    let mut begin = suspects.iter().filter(|known| {
        **known == typed || (typed.len() >= LEAST_DIGITS && known.starts_with(typed))
    });
    match (begin.next(), begin.next()) {
        (Some(known), None) => {
            (*known).clone_into(id);
            Ok(())
        }
        _ if suspects.is_empty() => {
            Err("there are no suspects: the conclusion is `none` or `unknown`".to_owned())
        }
        _ => {
            let listed: Vec<_> = suspects.iter().take(LISTED).copied().collect();
            let listed = listed.join(", ");
            Err(format!(
                "the suspect is none of those that there are: {listed}; or choose `none` or `unknown`"
            ))
        }
    }
}

/// What stands between the first and the last brace: models add words and fences.
pub(super) fn object_of(text: &str) -> &str {
    match (text.find('{'), text.rfind('}')) {
        (Some(from), Some(to)) if from < to => &text[from..=to],
        _ => text,
    }
}

/// What is null is as what is missing.
fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(without_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(without_nulls),
        _ => {}
    }
}
