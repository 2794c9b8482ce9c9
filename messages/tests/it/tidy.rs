//! House rules of this room.

use messages::Locale;
use messages::words::files;
use std::fs;
use std::path::{Path, PathBuf};

fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    walk(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    assert!(found.len() > 20, "{} files", found.len());
    found
}

fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else {
            let text = fs::read_to_string(&path).unwrap();
            // Tests stand at the end of their file and may say what they like.
            let product = text.split("#[cfg(test)]").next().unwrap().to_owned();
            found.push((path, product));
        }
    }
}

/// Without the attributes that word errors: those are for logs.
fn without_error_texts(source: &str) -> String {
    let mut parts = source.split("#[error(");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |kept, part| kept + part.split_once(")]").unwrap().1)
}

/// The string literals of a piece of Rust, without comments and attributes.
fn literals(source: &str) -> Vec<String> {
    let code: String = without_error_texts(source)
        .lines()
        .filter(|line| !line.trim_start().starts_with("//") && !line.trim_start().starts_with("#["))
        .map(|line| line.split(" // ").next().unwrap().to_owned() + "\n")
        .collect();
    let mut found = Vec::new();
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        match c {
            // A quote as a character is no literal.
            '\'' => {
                let mut ahead = chars.clone();
                if ahead.next() == Some('"') && ahead.next() == Some('\'') {
                    chars = ahead;
                }
            }
            '"' => {
                let mut literal = String::new();
                while let Some(c) = chars.next() {
                    match c {
                        '\\' => literal.extend(chars.next()),
                        '"' => break,
                        c => literal.push(c),
                    }
                }
                found.push(literal);
            }
            _ => {}
        }
    }
    found
}

/// How the domain itself names a state; it is matched, never shown.
const OF_THE_DOMAIN: [&str; 1] = ["rolling back"];

#[test]
fn no_words_for_people_stand_in_the_code() {
    for (path, source) in sources() {
        for literal in literals(&source) {
            if OF_THE_DOMAIN.contains(&literal.as_str()) {
                continue;
            }
            let words = without_braces(&literal);
            let mut words = words
                .split(|c: char| !c.is_alphabetic())
                .filter(|word| word.chars().count() > 1);
            let sentence =
                words.next().is_some() && words.next().is_some() && literal.contains(' ');
            assert!(
                !sentence,
                "{}: {literal:?} belongs into locales/",
                path.display()
            );
        }
    }
}

fn without_braces(literal: &str) -> String {
    literal
        .split('{')
        .map(|part| part.split_once('}').map_or(part, |(_, rest)| rest))
        .collect()
}

#[test]
fn the_search_for_words_finds_some() {
    let source = "let a = '\"'; // \"not this one\"\nlet b = \"Hello there\"; /// \"nor this\"\n";
    assert!(literals(source).contains(&"Hello there".to_owned()));
    assert!(
        !literals(source)
            .iter()
            .any(|literal| literal.contains("not this one"))
    );
}

#[test]
fn every_key_of_a_message_is_used_and_every_used_key_exists() {
    let sources: String = sources().into_iter().map(|(_, source)| source).collect();
    let used = literals(&sources);
    let mut known = Vec::new();
    // The page's own words are used, and checked, by the page.
    for (file, text) in files(Locale::En)
        .iter()
        .filter(|(file, _)| *file != "page.ftl")
    {
        for line in text
            .lines()
            .filter(|line| !line.starts_with(['#', ' ', '}']))
        {
            let Some((key, _)) = line.split_once(" = ") else {
                continue;
            };
            assert!(
                used.iter().any(|literal| literal == key),
                "{file}: nobody says {key}"
            );
            known.push(key);
        }
    }
    let said = sources.match_indices("say!(").filter_map(|(at, _)| {
        let call = sources.get(at..)?;
        let end = call.find(';').unwrap_or(call.len()).min(200);
        literals(call.get(..end)?).into_iter().next()
    });
    for key in said {
        assert!(
            known.contains(&key.as_str()),
            "{key} is said, but no locale has it"
        );
    }
}

#[test]
fn no_file_of_this_room_is_longer_than_three_hundred_lines() {
    for (path, source) in sources() {
        assert!(source.lines().count() <= 300, "{}", path.display());
    }
}

#[test]
fn this_room_does_no_input_or_output_and_reads_no_clock() {
    for (path, source) in sources() {
        for forbidden in [
            "std::fs",
            "std::net",
            "std::env",
            "std::io",
            "std::process",
            "Timestamp::now",
            "SystemTime",
            "Instant::now",
            "tokio",
            "async ",
        ] {
            assert!(
                !source.contains(forbidden),
                "{}: {forbidden}",
                path.display()
            );
        }
    }
    let manifest = include_str!("../../Cargo.toml");
    assert!(!manifest.contains("tokio"));
}
