//! The files of a case.

use guard::suspects::{Case, Change};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Why a case cannot be read.
#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum ReadError {
    #[error("{}: {source}", path.display())]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{}:{line}: {field}: {problem}", path.display())]
    Field {
        path: PathBuf,
        line: usize,
        field: String,
        problem: String,
    },
    #[error("{}:{line}: id `{id}` is also in line {first}: expected each change once", path.display())]
    Twice {
        path: PathBuf,
        line: usize,
        id: String,
        first: usize,
    },
    #[error("{}: no changes: expected one JSON object a line, from the old version to the new one", path.display())]
    Empty { path: PathBuf },
}

/// Reads `case.json`, `changes.jsonl`, and where they are there, `symptoms.json` and `context.json`.
pub(in crate::cli) fn read(folder: &Path) -> Result<Case, ReadError> {
    let at = |name: &str| folder.join(name);
    let deployment = required(&at("case.json"))?;
    Ok(Case {
        deployment: document(&at("case.json"), &deployment)?,
        changes: changes(&at("changes.jsonl"))?,
        symptoms: optional(&at("symptoms.json"))?,
        context: optional(&at("context.json"))?,
    })
}

fn required(path: &Path) -> Result<String, ReadError> {
    std::fs::read_to_string(path).map_err(|source| ReadError::File {
        path: path.to_owned(),
        source,
    })
}

fn optional<T: DeserializeOwned + Default>(path: &Path) -> Result<T, ReadError> {
    match std::fs::read_to_string(path) {
        Ok(text) => document(path, &text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(T::default()),
        Err(source) => Err(ReadError::File {
            path: path.to_owned(),
            source,
        }),
    }
}

fn document<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, ReadError> {
    parse(path, text.trim_start_matches('\u{FEFF}'), 0)
}

fn changes(path: &Path) -> Result<Vec<Change>, ReadError> {
    let text = required(path)?;
    let mut found: Vec<Change> = Vec::new();
    let mut seen = BTreeMap::new();
    for (at, line) in text.trim_start_matches('\u{FEFF}').lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let change: Change = parse(path, line, at)?;
        if let Some(first) = seen.insert(change.id.clone(), at + 1) {
            return Err(ReadError::Twice {
                path: path.to_owned(),
                line: at + 1,
                id: change.id,
                first,
            });
        }
        found.push(change);
    }
    if found.is_empty() {
        return Err(ReadError::Empty {
            path: path.to_owned(),
        });
    }
    Ok(found)
}

/// `before` lines stand before the text in its file.
fn parse<T: DeserializeOwned>(path: &Path, text: &str, before: usize) -> Result<T, ReadError> {
    let mut from = serde_json::Deserializer::from_str(text);
    let wrong = |error: &serde_json::Error, field: String| {
        let said = error.to_string();
        // The line is told once, with the file.
        let problem = said
            .split(" at line ")
            .next()
            .unwrap_or_default()
            .to_owned();
        ReadError::Field {
            path: path.to_owned(),
            line: before + error.line().max(1),
            field: if matches!(field.as_str(), "." | "?") {
                "the document".to_owned()
            } else {
                field
            },
            problem,
        }
    };
    let read = serde_path_to_error::deserialize(&mut from)
        .map_err(|error| wrong(error.inner(), error.path().to_string()))?;
    from.end().map_err(|error| wrong(&error, ".".to_owned()))?;
    Ok(read)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // helpers of tests may fail by panicking

    use super::*;

    fn said(files: &[(&str, &str)]) -> String {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let error = read(folder.path()).unwrap_err().to_string();
        error.replace(&format!("{}/", folder.path().display()), "")
    }

    #[test]
    fn what_is_wrong_is_told_with_file_line_field_and_what_was_expected() {
        let case = ("case.json", r#"{"id":"a"}"#);
        assert_eq!(
            said(&[
                case,
                (
                    "changes.jsonl",
                    "{\"id\":\"1\"}\n\n{\"id\":\"2\",\"files\":[{\"path\":\"a\",\"additions\":\"x\"}]}\n"
                )
            ]),
            "changes.jsonl:3: files[0].additions: invalid type: string \"x\", expected u32"
        );
        assert_eq!(
            said(&[("case.json", "{\n}")]),
            "case.json:2: the document: missing field `id`"
        );
        assert_eq!(
            said(&[case, ("changes.jsonl", "{\"id\":\"1\"}\n{\"id\":\"1\"}\n")]),
            "changes.jsonl:2: id `1` is also in line 1: expected each change once"
        );
        assert!(said(&[case]).starts_with("changes.jsonl: "));
        assert!(said(&[case, ("changes.jsonl", "\n")]).contains("no changes"));
    }

    #[test]
    fn optional_files_may_be_missing_and_unknown_fields_are_tolerated() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        put("case.json", r#"{"id":"a","onset":null,"more":{"x":1}}"#);
        put(
            "changes.jsonl",
            r#"{"id":"1","title":null,"merged_at":"2026-01-01T10:00:00+01:00","files":[{"path":"a","status":"C","patch":null,"mode":7}]}"#,
        );
        let case = read(folder.path()).unwrap();
        assert_eq!(case.changes.len(), 1);
        assert!(case.symptoms.errors.is_empty());
    }
}
