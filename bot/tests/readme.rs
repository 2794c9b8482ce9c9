//! The README: its generated tables are those of this build, its configuration can be used.
//!
//! `UPDATE_DOCS=1 cargo test -p bot --test readme` writes the tables anew (`make docs`).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // helpers of tests may fail by panicking

use bot::cli::Cli;
use clap::CommandFactory;
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")
}

fn readme() -> String {
    std::fs::read_to_string(path()).unwrap()
}

/// What stands between the marks of a table.
fn between<'a>(page: &'a str, name: &str) -> (&'a str, &'a str, &'a str) {
    let begin = format!("<!-- begin {name}: made by `make docs` -->\n");
    let end = format!("<!-- end {name} -->");
    let (before, rest) = page
        .split_once(&begin)
        .unwrap_or_else(|| panic!("README.md has no `{begin}`"));
    let (table, after) = rest
        .split_once(&end)
        .unwrap_or_else(|| panic!("README.md has no `{end}`"));
    (before, table, after)
}

fn commands() -> String {
    let mut table = String::from("| command | what it does |\n|---|---|\n");
    let mut cli = Cli::command();
    cli.build();
    for verb in cli
        .get_subcommands_mut()
        .filter(|verb| verb.get_name() != "help")
    {
        let usage = verb.render_usage().to_string();
        let usage = usage.trim_start_matches("Usage: ").trim();
        let about = verb.get_about().map(ToString::to_string);
        let about = about.expect("every verb says what it does");
        writeln!(table, "| `{usage}` | {} |", about.replace('|', "\\|")).unwrap();
    }
    table
}

#[test]
fn the_tables_are_those_of_this_build() {
    let mut page = readme();
    let tables = [
        ("commands", commands()),
        ("configuration", config::reference_markdown()),
        ("tools", bot::cli::mcp::markdown()),
    ];
    for (name, made) in tables {
        let (before, table, after) = between(&page, name);
        let made = format!("\n{made}\n");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            page = format!(
                "{before}<!-- begin {name}: made by `make docs` -->\n{made}<!-- end {name} -->{after}"
            );
            std::fs::write(path(), &page).unwrap();
        } else {
            assert!(
                table == made,
                "README.md: the table of the {name} is old; run: make docs"
            );
        }
    }
}

/// The first block of YAML.
fn example(page: &str) -> &str {
    let (_, rest) = page.split_once("```yaml\n").unwrap();
    rest.split_once("```").unwrap().0
}

#[test]
fn the_configuration_of_the_five_minutes_can_be_used() {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let page = readme();
    let lookup =
        config::Lookup::of_variables(&[("TAWNY_TOKEN", "0123456789abcdef0123456789abcdef")]);
    let settings = config::parse(
        example(&page),
        "tawny.yaml",
        Path::new("/etc/tawny"),
        &lookup,
    )
    .unwrap_or_else(|errors| panic!("{errors}"));
    let services = bot::wire::services(&settings).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(services.len(), 1);
    assert_eq!(services[0].instances.len(), 2);
    assert!(services[0].platform.is_some());
    assert!(services[0].watch.signals.len() >= 3);
}

#[test]
fn every_verb_that_the_readme_tells_to_type_exists() {
    let page = readme();
    let cli = Cli::command();
    let mut seen = 0;
    for block in page.split("```sh\n").skip(1) {
        for line in block.split("```").next().unwrap().lines() {
            let Some(rest) = line.strip_prefix("tawny ") else {
                continue;
            };
            let verb = rest.split_whitespace().next().unwrap();
            assert!(cli.find_subcommand(verb).is_some(), "{line}");
            seen += 1;
        }
    }
    assert!(seen >= 5, "{seen}");
}

#[test]
fn the_pages_of_the_webhooks_are_those_of_this_build() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/integrations");
    for (name, made) in bot::webhooks::docs::pages().unwrap() {
        let path = folder.join(name);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, &made).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == made,
            "docs/integrations/{name} is old; run: make docs"
        );
    }
}
