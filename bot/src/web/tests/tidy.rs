//! House rules of the page.

use messages::Locale;
use std::fs;
use std::path::Path;

fn sources() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|ext| ext == "rs"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect()
}

fn page_keys(locale: Locale) -> Vec<String> {
    let files = messages::words::files(locale);
    let (_, text) = files.iter().find(|(name, _)| *name == "page.ftl").unwrap();
    let keys = text
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
    keys.filter_map(|line| Some(line.split_once(" = ")?.0.to_owned()))
        .collect()
}

#[test]
fn every_word_of_the_page_is_used_and_every_used_one_exists() {
    let sources = sources();
    let all: String = messages::words::files(Locale::En)
        .iter()
        .map(|(_, text)| *text)
        .collect();
    let keys = page_keys(Locale::En);
    assert!(keys.len() > 20);
    for key in &keys {
        assert!(sources.contains(&format!("\"{key}\"")), "nobody says {key}");
    }
    let said = sources
        .split("say!(")
        .skip(1)
        .filter_map(|call| call.split('"').nth(1));
    for key in said {
        let known = all
            .lines()
            .any(|line| line.starts_with(&format!("{key} = ")));
        assert!(known, "{key} is said, but no locale has it");
    }
}

#[test]
fn no_page_contains_a_style_or_a_script_of_its_own() {
    let sources = sources();
    for forbidden in ["style=", "onclick", "PreEscaped", " script {"] {
        assert!(!sources.contains(forbidden), "{forbidden}");
    }
}
