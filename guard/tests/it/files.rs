//! How the files of the house look.

use crate::house::{File, files};

/// Past this many lines a file is split.
const MOST_LINES: usize = 600;
/// Files that may be longer. None.
const LONGER: [&str; 0] = [];
/// Nine of ten files of the product are no longer than this.
const USUAL_LINES: usize = 300;

fn rust() -> Vec<File> {
    files().into_iter().filter(File::is_rust).collect()
}

fn product() -> Vec<File> {
    rust().into_iter().filter(|file| !file.is_test()).collect()
}

#[test]
fn no_file_is_longer_than_six_hundred_lines() {
    for file in files() {
        let written = [".rs", ".py", ".js", ".css", ".sh"]
            .iter()
            .any(|kind| file.path.ends_with(kind));
        let lines = file.text.lines().count();
        assert!(
            !written || lines <= MOST_LINES || LONGER.contains(&file.path.as_str()),
            "{}: {lines} lines",
            file.path
        );
    }
}

#[test]
fn half_of_the_files_are_short_and_nine_of_ten_fit_the_mind() {
    let mut lines: Vec<usize> = product()
        .iter()
        .map(|file| file.product().lines().count())
        .collect();
    lines.sort_unstable();
    let part = |share: f64| lines[(lines.len() as f64 * share) as usize];
    assert!(part(0.5) <= 130, "half have more than {} lines", part(0.5));
    assert!(
        part(0.9) <= USUAL_LINES,
        "one of ten has more than {} lines",
        part(0.9)
    );
}

#[test]
fn nothing_is_left_to_do_later() {
    for file in rust() {
        let code = file.code();
        for later in [concat!("to", "do!("), concat!("unimple", "mented!(")] {
            assert!(!code.contains(later), "{}: {later}", file.path);
        }
    }
}

#[test]
fn no_test_is_switched_off() {
    let switched_off = concat!("#[ign", "ore");
    for file in rust() {
        for (at, line) in file.text.lines().enumerate() {
            // Some programs of tests are written as tests: children that the real ones start.
            let program = line.contains(concat!("#[ign", "ore = \"no test: "));
            assert!(
                !line.contains(switched_off) || program,
                "{}:{}: {line}",
                file.path,
                at + 1
            );
        }
    }
}

#[test]
fn no_file_knows_the_machine_it_was_written_on() {
    let places = [
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
        concat!("/wo", "rk/"),
        concat!("/Us", "ers/"),
        concat!("C:", "\\"),
    ];
    for file in files() {
        for place in places {
            assert!(!file.text.contains(place), "{}: {place}", file.path);
        }
    }
}

#[test]
fn the_domain_has_no_clock_no_dice_and_no_surroundings() {
    let forbidden = [
        "std::env",
        "std::fs",
        "std::io",
        "std::net",
        "std::process",
        "std::thread",
        "Timestamp::now",
        "SystemTime",
        "Instant::now",
        "async fn",
        // Its order is drawn anew in every process.
        "HashMap",
        "HashSet",
        "rand::",
        "println!",
    ];
    for file in product() {
        if !file.path.starts_with("guard/src/") {
            continue;
        }
        let code = file.code();
        for word in forbidden {
            assert!(!code.contains(word), "{}: {word}", file.path);
        }
    }
}

/// Traits that are a way to write less, and no border: their kinds are all in one file or macro.
const NO_BORDER: [&str; 2] = ["Value", "Put"];

#[test]
fn a_trait_has_two_real_implementations() {
    let product = product();
    for file in &product {
        let code = file.product();
        for (at, _) in code.match_indices("trait ") {
            let before = code.get(..at).unwrap().rsplit('\n').next().unwrap();
            if !before
                .split_whitespace()
                .all(|word| word.starts_with("pub"))
            {
                continue;
            }
            let after = code.get(at + "trait ".len()..).unwrap();
            let name = after
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .next()
                .unwrap();
            let real: usize = product.iter().map(|file| implementations(file, name)).sum();
            assert!(
                real >= 2 || NO_BORDER.contains(&name),
                "{}: {name} has {real}",
                file.path
            );
        }
    }
}

fn implementations(file: &File, name: &str) -> usize {
    let implements = format!(" {name} for ");
    let lines = file.product().lines();
    lines
        .filter(|line| line.starts_with("impl") && line.contains(&implements))
        .count()
}
