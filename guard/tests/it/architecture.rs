//! What `ARCHITECTURE.md` promises is held by tests that exist.

use crate::house::{File, files, root, text};

const HELD_BY: &str = "Held by";

/// The names between backticks.
fn quoted(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

/// The paragraphs that follow the heading.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let (_, after) = page.split_once(&format!("\n## {heading}\n")).unwrap();
    after.split("\n## ").next().unwrap()
}

#[test]
fn every_invariant_names_the_tests_that_hold_it_and_they_exist() {
    let page = text("ARCHITECTURE.md");
    let tests: Vec<_> = files().into_iter().filter(File::is_rust).collect();
    let mut invariants = 0;
    for paragraph in section(&page, "Invariants").split("\n\n") {
        if !paragraph.trim_start().starts_with("**") {
            continue;
        }
        invariants += 1;
        let Some((_, held)) = paragraph.split_once(HELD_BY) else {
            panic!("no test holds: {paragraph}");
        };
        let names = quoted(held);
        assert!(!names.is_empty(), "{paragraph}");
        for name in names {
            let found = tests
                .iter()
                .any(|file| is_test(&file.text, name) || is_case(&file.path, name));
            assert!(found, "{name} is no test");
        }
    }
    assert!(invariants >= 12, "{invariants}");
}

fn is_test(source: &str, name: &str) -> bool {
    let Some((before, _)) = source.split_once(&format!("fn {name}(")) else {
        return false;
    };
    let mut lines = before.rsplit('\n').map(str::trim).skip(1);
    let attribute = lines.find(|line| line.contains("test"));
    attribute.is_some_and(|line| line.starts_with("#["))
}

/// A piece of code that must not compile.
fn is_case(path: &str, name: &str) -> bool {
    let beside = root().join(path).with_file_name("control.rs");
    path.ends_with(&format!("/{name}.rs")) && beside.exists()
}

#[test]
fn the_map_has_every_room_and_no_other() {
    let page = text("ARCHITECTURE.md");
    let map = section(&page, "Rooms");
    let mut shown: Vec<&str> = map
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    let workspace: toml::Table = text("Cargo.toml").parse().unwrap();
    let members = workspace["workspace"]["members"].as_array().unwrap();
    let mut members: Vec<&str> = members.iter().map(|name| name.as_str().unwrap()).collect();
    shown.sort_unstable();
    members.sort_unstable();
    assert_eq!(shown, members);
}

#[test]
fn every_file_that_the_pages_point_to_is_there() {
    for page in ["README.md", "ARCHITECTURE.md"] {
        for (_, link) in links(&text(page)) {
            let place = link.split('#').next().unwrap();
            if !place.is_empty() && !place.contains("://") {
                assert!(root().join(place).exists(), "{page}: {link}");
            }
        }
    }
}

/// Words and target of every link.
fn links(page: &str) -> Vec<(&str, &str)> {
    let parts = page.split("](");
    let starts = parts.clone();
    let targets = parts
        .skip(1)
        .filter_map(|after| Some(after.split_once(')')?.0));
    let words = starts.map(|before| before.rsplit('[').next().unwrap_or_default());
    words.zip(targets).collect()
}
